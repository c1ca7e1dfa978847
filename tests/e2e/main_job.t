#!/usr/bin/env python3
"""The main job against a real Dovecot over TLS: sample mails in, ledger, letters and queue out; what happens when things are wrong."""
import json, os, re, shutil, signal, sqlite3, subprocess, sys, time
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [f"{HERE}/../lib", f"{HERE}/../samples"]
from servers import Dovecot, SmtpSink, wait_for
from tap import case, run, build
import make as samples

SHOUWEN = f"{build()}/shouwen"
SAMPLES = dict(samples.samples())

class Office:
    """A configuration, its spool, and the commands on it."""

    def __init__(self, folder, dovecot, user, mails=None, **settings):
        self.folder, self.spool, self.conf = folder, f"{folder}/spool", f"{folder}/shouwen.conf"
        self.user, self.dovecot = user, dovecot
        if mails is not None:
            dovecot.deliver(user, mails)
        with open(f"{folder}/password", "w") as f:
            f.write(Dovecot.PASSWORD + "\n")
        os.chmod(f"{folder}/password", 0o600)
        text = {
            "general": f"spool = {self.spool}\nmin_free = 1M\n",
            "office": "name_zh = 示例委员会秘书处\nname_en = Example Secretariat\naddress = office@committee.example\n",
            "mailbox work": f"type = imap\nhost = localhost\nport = {dovecot.tls}\nsecurity = tls\nca_file = {dovecot.cert}\nuser = {user}\n"
                            f"password_file = {folder}/password\nfolders = INBOX\nsince = 2020-01-01\nhistory = answer\n",
            "filter": "authserv_id = mx.committee.example\n",
            "letters": "send = folder\n",
            "desk": "enabled = false\n", # its port is one for all
        }
        for group, extra in settings.items():
            group = group.replace("_", " ")
            text[group] = text.get(group, "") + extra
        with open(self.conf, "w") as f:
            for group, body in text.items():
                f.write(f"[{group}]\n{body}\n")
        os.chmod(self.conf, 0o600)

    def __call__(self, *words, code=0, **more):
        done = subprocess.run([SHOUWEN, *words], env=dict(os.environ, SHOUWEN_CONFIG=self.conf), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120, **more)
        assert done.returncode == code, f"shouwen {' '.join(words)}: exit {done.returncode}, wanted {code}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def start(self):
        self.log = open(f"{self.folder}/log", "ab")
        return subprocess.Popen([SHOUWEN, "run"], env=dict(os.environ, SHOUWEN_CONFIG=self.conf), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def ask(self, query, *values):
        db = sqlite3.connect(f"{self.spool}/ledger.db", timeout=20)
        try:
            return db.execute(query, values).fetchall()
        finally:
            db.close()

    def letters(self):
        out = f"{self.spool}/outgoing"
        return [open(f"{out}/{n}", "rb").read() for n in sorted(os.listdir(out))]

def daemon_stops(process):
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0

@case
def everything(folder, dovecot):
    """the sample mails become the right entries, states and letters"""
    office = Office(folder, dovecot, "everything", SAMPLES.values())
    office("run", "--once")
    routes = dict(office.ask("SELECT message_id, route FROM messages"))
    assert routes["<sample7@away.example>"] == "auto-reply", routes
    assert routes["<sample8@bulletin.example>"] == "bulk"
    assert routes["<sample14@mx.elsewhere.example>"] == "bounce"
    assert len(routes) == len(SAMPLES)
    entries = office.ask("SELECT reference, state, sender_address, attention FROM entries ORDER BY id")
    by = {}
    for reference, state, address, attention in entries:
        by.setdefault(address, []).append((reference, state, attention))
    assert by["wen.ruolan@nanping-crypto.example.cn"][0][1] == "complete", by
    assert len(by["wen.ruolan@nanping-crypto.example.cn"]) == 1, "the second sending joins the first entry"
    assert by["lijingxing@yunqi-sec.example"][0][1] == "waiting"
    assert by["duan@yunqi.example"][0][1] == "waiting"
    kinds = office.ask("SELECT kind, count(*) FROM documents GROUP BY kind ORDER BY kind")
    assert dict(kinds)["expert-application"] == 4 and dict(kinds)["commitment-letter"] == 2 and dict(kinds)["meeting-summary"] == 2, kinds
    found = {r for (r,) in office.ask("SELECT DISTINCT rule FROM findings")}
    assert {"field-missing", "too-many-groups", "statement-short", "unreadable", "attachment-missing", "duplicate"} <= found, found
    silent = office.ask("SELECT count(*) FROM letters WHERE recipient IN ('wen@away.example', 'news@bulletin.example', 'stranger@elsewhere.example')")
    assert silent == [(0,)]
    assert "SC27-" in office("queue") and "温若岚" in office("show", by["wen.ruolan@nanping-crypto.example.cn"][0][0])
    office("verify")

@case
def letters_are_right(folder, dovecot):
    """letters are valid mail, answer the right one, and carry no text for an unverified sender"""
    import email, email.policy
    office = Office(folder, dovecot, "letters", [SAMPLES["01-application"], SAMPLES["11-question"]])
    office("run", "--once")
    letters = {m["To"].addresses[0].addr_spec: m for m in (email.message_from_bytes(x, policy=email.policy.default) for x in office.letters())}
    full, minimal = letters["wen.ruolan@nanping-crypto.example.cn"], letters["miriam@visitor.example"]
    for letter in (full, minimal):
        assert not letter.defects and letter["Auto-Submitted"] == "auto-replied" and letter["Message-ID"]
        assert {p.get_content_type() for p in letter.walk()} >= {"text/plain", "text/html"}
    assert full["In-Reply-To"] == "<sample1@nanping-crypto.example.cn>" and full["In-Reply-To"] in full["References"]
    text = full.get_body(("plain",)).get_content()
    reference = office.ask("SELECT reference FROM entries WHERE sender_address LIKE 'wen%'")[0][0]
    digest = office.ask("SELECT sha256 FROM documents LIMIT 1")[0][0]
    assert reference in text and digest in text and "专家申请表-温若岚.docx" in text, text
    bare = minimal.get_body(("plain",)).get_content() + minimal["Subject"]
    assert "plenary" not in bare and "meeting" not in minimal["Subject"].lower()

@case
def twice_is_once(folder, dovecot):
    """a second run and a second daemon change nothing"""
    office = Office(folder, dovecot, "twice", [SAMPLES["01-application"]])
    office("run", "--once")
    office("run", "--once")
    assert office.ask("SELECT (SELECT count(*) FROM entries), (SELECT count(*) FROM letters), (SELECT count(*) FROM arrivals)") == [(1, 1, 1)]
    daemon = office.start()
    try:
        wait_for(lambda: os.path.exists(f"{office.spool}/lock") and "run" in open(f"/proc/{daemon.pid}/cmdline").read() and
                 re.search(rf"\b{daemon.pid}\b", open(f"{office.spool}/lock").read()), 20, "the daemon's lock")
        assert str(daemon.pid) in office("run", code=75)
    finally:
        daemon_stops(daemon)

@case
def idle_and_mark(folder, dovecot):
    """the running daemon takes a new mail at once and flags it after commit"""
    office = Office(folder, dovecot, "idle", [SAMPLES["01-application"]], mailbox_work="action = flag\npoll = 300s\n")
    daemon = office.start()
    try:
        def count():
            try:
                return office.ask("SELECT count(*) FROM entries")
            except sqlite3.OperationalError:
                return None # the ledger is just being made
        wait_for(lambda: count() == [(1,)], 30, "the first entry")
        dovecot.deliver("idle", [SAMPLES["04-summary-html"]])
        wait_for(lambda: count() == [(2,)], 30, "the second entry, by IDLE")
        box = f"{dovecot.folder}/home/idle/Maildir/cur"
        wait_for(lambda: sum("F" in n.rsplit(",", 1)[-1] for n in os.listdir(box)) == 2, 30, "both flags")
        wait_for(lambda: len(office.letters()) == 2, 30, "both letters")
    finally:
        daemon_stops(daemon)

@case
def chinese_folder_and_move(folder, dovecot):
    """a folder with a Chinese name is watched, and another is moved to"""
    office = Office(folder, dovecot, "folders", [SAMPLES["01-application"]], mailbox_work="action = move:已处理\nwatch = 垃圾邮件\n")
    dovecot.deliver("folders", [SAMPLES["02-application-incomplete"]], "&V4NXPpCuTvY-")
    office("run", "--once")
    states = dict(office.ask("SELECT e.sender_address, (SELECT count(*) FROM letters l WHERE l.entry = e.id) FROM entries e"))
    assert states == {"wen.ruolan@nanping-crypto.example.cn": 1, "lijingxing@yunqi-sec.example": 0}, states
    home = f"{dovecot.folder}/home/folders/Maildir"
    moved = f"{home}/.&XfJZBHQG-"
    assert os.path.isdir(moved) and len(os.listdir(f"{moved}/cur")) + len(os.listdir(f"{moved}/new")) == 1
    assert len(os.listdir(f"{home}/.&V4NXPpCuTvY-/new")) == 1, "the watched folder is untouched"

@case
def reply_joins(folder, dovecot):
    """a reply by our Message-ID joins its entry; a stranger's changes nothing and is not answered"""
    office = Office(folder, dovecot, "reply", [SAMPLES["02-application-incomplete"]])
    office("run", "--once")
    message_id = re.search(rb"(?im)^Message-ID:\s*(\S+)", office.letters()[0])[1].decode()
    answer = samples.mail(20, "郦景行", "lijingxing@yunqi-sec.example", "补充材料", "补充见附件。",
                          [("申请表（补）.docx", samples.DOCX, samples.application("郦景行", "Li Jingxing", "云栖网络安全股份有限公司", "13800001111", "lijingxing@yunqi-sec.example", ["WG1"], samples.LONG))],
                          extra=f"In-Reply-To: {message_id}\r\n")
    stranger = samples.mail(21, "不相干", "other@elsewhere.example", "Re: 回执", "请问结果？", extra=f"In-Reply-To: {message_id}\r\n")
    dovecot.deliver("reply", [answer, stranger])
    before = office.ask("SELECT state FROM entries")
    office("run", "--once")
    assert office.ask("SELECT count(*) FROM entries") == [(1,)]
    assert office.ask("SELECT route, stranger, entry FROM messages WHERE message_id LIKE '<sample2%' ORDER BY id") == [("submission", 0, 1), ("reply", 0, 1), ("reply", 1, 1)]
    assert office.ask("SELECT count(*) FROM letters WHERE recipient = 'other@elsewhere.example'") == [(0,)]
    assert office.ask("SELECT count(*) FROM letters") == [(2,)]

@case
def smtp_and_outage(folder, dovecot):
    """letters wait while the mail server is away and go out once when it is back"""
    sink = SmtpSink()
    port = sink.port
    sink.stop()
    office = Office(folder, dovecot, "outage", [SAMPLES["01-application"]], letters="", smtp=f"host = 127.0.0.1\nport = {port}\nsecurity = plain\nauth = none\n")
    text = open(office.conf).read().replace("send = folder", "send = smtp")
    open(office.conf, "w").write(text)
    code = subprocess.run([SHOUWEN, "run", "--once", "--config", office.conf], stdin=subprocess.DEVNULL, capture_output=True).returncode
    assert code in (0, 75)
    assert office.ask("SELECT state FROM letters") == [("queued",)]
    office.ask("SELECT 1")
    sink = SmtpSink()
    open(office.conf, "w").write(text.replace(f"port = {port}", f"port = {sink.port}"))
    db = sqlite3.connect(f"{office.spool}/ledger.db")
    db.execute("UPDATE letters SET next_try = 0")
    db.commit()
    db.close()
    office("run", "--once")
    assert office.ask("SELECT state FROM letters") == [("sent",)] and len(sink.got) == 1
    sink.stop()

@case
def rebuild_keeps_numbers(folder, dovecot):
    """a rebuilt ledger has the same numbers and says nothing twice"""
    office = Office(folder, dovecot, "rebuild", SAMPLES.values())
    office("run", "--once")
    query = "SELECT e.reference, e.sender_address, (SELECT count(*) FROM documents d WHERE d.entry = e.id) FROM entries e ORDER BY 1"
    answered = "SELECT DISTINCT e.reference, e.sender_address FROM entries e JOIN letters l ON l.entry = e.id ORDER BY 1"
    before, told, letters = office.ask(query), office.ask(answered), len(office.letters())
    for suffix in ("", "-wal", "-shm"):
        if os.path.exists(f"{office.spool}/ledger.db{suffix}"):
            os.unlink(f"{office.spool}/ledger.db{suffix}")
    office("rebuild")
    assert office.ask(answered) == told, (office.ask(answered), told)
    assert len(office.ask(query)) == len(before)
    assert office.ask("SELECT count(*) FROM letters WHERE state = 'queued'") == [(0,)]
    office("run", "--once")
    assert len(office.letters()) == letters
    office("verify")

@case
def damage_is_seen(folder, dovecot):
    """verify sees a changed byte, and a lost event"""
    office = Office(folder, dovecot, "damage", [SAMPLES["01-application"], SAMPLES["11-question"]])
    office("run", "--once")
    office("verify")
    segment = f"{office.spool}/segments/" + sorted(os.listdir(f"{office.spool}/segments"))[0]
    data = bytearray(open(segment, "rb").read())
    place = data.find(b"Subject:")
    data[place] ^= 1
    open(segment, "wb").write(data)
    assert "fault" in office("verify", code=65)
    data[place] ^= 1
    open(segment, "wb").write(data)
    office("verify")
    db = sqlite3.connect(f"{office.spool}/ledger.db")
    db.execute("UPDATE events SET at = at + 1 WHERE id = 2")
    db.commit()
    db.close()
    assert "event" in office("verify", code=65)

@case
def reconcile_finds_missing(folder, dovecot):
    """reconcile is empty after a run, and names what is missing"""
    office = Office(folder, dovecot, "reconcile", [SAMPLES["01-application"], SAMPLES["11-question"]])
    office("run", "--once")
    office("reconcile")
    dovecot.deliver("reconcile", [SAMPLES["04-summary-html"]])
    office("reconcile", code=65)
    office("run", "--once")
    office("reconcile")

@case
def wrong_things(folder, dovecot):
    """wrong password, wrong certificate, unreachable server, bad config: one clear line and the right exit code"""
    office = Office(folder, dovecot, "wrong", [SAMPLES["01-application"]])
    text = open(office.conf).read()
    put = lambda new: open(office.conf, "w").write(new)
    open(f"{folder}/password", "w").write("not the password\n")
    assert "work" in office("run", "--once", code=77)
    open(f"{folder}/password", "w").write(Dovecot.PASSWORD + "\n")
    put(text.replace(f"ca_file = {dovecot.cert}\n", ""))
    assert "certificate" in office("run", "--once", code=77).lower()
    put(text.replace(f"port = {dovecot.tls}", "port = 1"))
    office("run", "--once", code=75)
    put(text.replace("min_free = 1M", "min_free = lots"))
    assert "shouwen.conf:3" in office("check", code=78)
    put(text.replace("min_free = 1M", "minfree = 1M"))
    assert "min_free" in office("check", code=78)
    os.chmod(f"{folder}/password", 0o644)
    put(text)
    assert "600" in office("run", "--once", code=78)
    os.chmod(f"{folder}/password", 0o600)
    office("run", "--once")

@case
def malformed_is_an_entry(folder, dovecot):
    """a mail that is no mail is kept, stands in the queue, and is not answered"""
    office = Office(folder, dovecot, "malformed", [b"\x01\x02\x00\xff not a mail at all\r\n" * 20])
    office("run", "--once")
    assert office.ask("SELECT route FROM messages") == [("unreadable",)]
    assert office.ask("SELECT state FROM entries") == [("review",)] and office.ask("SELECT count(*) FROM letters") == [(0,)]

@case
def intake_and_redo(folder, dovecot):
    """files handed in become entries; redo reads again and writes no letter"""
    office = Office(folder, dovecot, "given", [])
    path = f"{folder}/one.eml"
    open(path, "wb").write(SAMPLES["02-application-incomplete"])
    office("intake", path)
    assert office.ask("SELECT count(*) FROM entries") == [(1,)]
    assert "no difference" in office("redo", "--dry-run")
    os.mkdir(f"{folder}/kinds")
    for name in "kinds.rng", "commitment-letter.xml":
        shutil.copy(f"filters/kinds/{name}", f"{folder}/kinds")
    changes = [json.loads(line) for line in office("redo", "--dry-run", "--kinds", f"{folder}/kinds", "--json").splitlines()]
    assert ("2 kind", "expert-application", "unknown") in [(c["what"], c["before"], c["after"]) for c in changes], changes
    assert "no difference" in office("redo", "--dry-run")
    office("redo", "1")
    assert office.ask("SELECT (SELECT count(*) FROM entries), (SELECT count(*) FROM letters), (SELECT count(*) FROM documents)") == [(1, 1, 1)]
    rows = [json.loads(line) for line in office("queue", "--json", "--state", "all").splitlines()]
    assert rows[0]["reference"].startswith("SC27-")

run(lambda top: Dovecot(f"{top}/dovecot"), lambda dovecot: dovecot.stop())
