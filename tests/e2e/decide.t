#!/usr/bin/env python3
"""What people decide, from the command line: accept, return, reject, correct; search, export and figures of the sample mails."""
import csv, email, email.policy, glob, io, json, os, shutil, sqlite3, subprocess, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [f"{HERE}/../lib"]
from sheets import read_xlsx
from tap import build, case, run

SHOUWEN = f"{build()}/shouwen"
SAMPLES = f"{HERE}/../samples"
FORMULA = '=HYPERLINK("http://evil.example","张三")'


class Office:
    """The sample mails, and one whose sender is called as a formula is written, taken in."""

    def __init__(self, folder, only=None, settings=""):
        self.folder, self.spool, self.conf = folder, f"{folder}/spool", f"{folder}/shouwen.conf"
        os.makedirs(f"{folder}/mail")
        for name in sorted(os.listdir(SAMPLES)):
            if name.endswith(".eml") and (not only or name[:2] in only):
                shutil.copy(f"{SAMPLES}/{name}", f"{folder}/mail/")
        with open(f"{folder}/mail/99.eml", "wb") as f:
            name = email.header.Header(FORMULA, "utf-8").encode()
            f.write(f"From: {name} <formula@expert.example>\r\nTo: office@committee.example\r\nSubject: +1 question\r\n"
                    f"Message-ID: <formula@expert.example>\r\nDate: Mon, 02 Mar 2026 09:00:00 +0800\r\n"
                    f"Content-Type: text/plain\r\n\r\nWhen?\r\n".encode())
        with open(f"{folder}/mail/98.eml", "wb") as f:
            f.write("From: secret@expert.example\r\nTo: office@committee.example\r\nSubject: papers\r\n"
                    "Message-ID: <secret@expert.example>\r\nDate: Mon, 02 Mar 2026 09:00:00 +0800\r\nMIME-Version: 1.0\r\n"
                    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nattached\r\n"
                    "--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Disposition: attachment; filename=paper.html\r\n\r\n"
                    "<html><body><p>机密★5年</p><h1>专家申请表</h1><p>此处有隐秘词语</p></body></html>\r\n--b--\r\n".encode())
        with open(self.conf, "w") as f:
            f.write(f"[general]\nspool = {self.spool}\nmin_free = 1M\n[office]\nname_zh = 示例委员会秘书处\n"
                    f"name_en = Example Secretariat\naddress = office@committee.example\n[mailbox samples]\ntype = eml\n"
                    f"path = {folder}/mail\nsince = 2020-01-01\nhistory = answer\n[filter]\n"
                    f"authserv_id = mx.committee.example\n[letters]\nsend = folder\n{settings}")
        os.chmod(self.conf, 0o600)
        self("run", "--once")

    def __call__(self, *arguments, code=0, raw=False, stdin=None):
        done = subprocess.run([SHOUWEN, *arguments], env=dict(os.environ, SHOUWEN_CONFIG=self.conf, USER="wang"),
                              input=stdin or b"", capture_output=True, timeout=120)
        assert done.returncode == code, f"{arguments}: exit {done.returncode}, wanted {code}\n{done.stdout}\n{done.stderr.decode()}"
        return done.stdout if raw else (done.stdout if code == 0 else done.stderr).decode()

    def ask(self, query, *values):
        db = sqlite3.connect(f"{self.spool}/ledger.db", timeout=20)
        try:
            return db.execute(query, values).fetchall()
        finally:
            db.close()

    def do(self, statement):
        db = sqlite3.connect(f"{self.spool}/ledger.db", timeout=20)
        db.execute(statement)
        db.commit()
        db.close()

    def show(self, entry):
        return json.loads(self("show", "--json", entry))

    def entry(self, address):
        return self.ask("SELECT reference FROM entries WHERE sender_address = ?", address)[0][0]

    def letters(self, kind):
        return [email.message_from_bytes(b, policy=email.policy.default) for (b,) in self.ask("SELECT bytes FROM letters WHERE kind = ?", kind)]


def text_of(letter):
    return letter.get_body(("plain",)).get_content()


@case
def accept(folder):
    """accept: the documents, the letter when nothing is open, the name of who did it"""
    office = Office(folder, ("01", "02", "11"))
    entry = office.entry("wen.ruolan@nanping-crypto.example.cn")
    before = office.show(entry)
    preview = office("accept", entry, "--preview")
    assert preview.startswith("Date: ") and office.show(entry)["version"] == before["version"], "a preview changes nothing"
    said = json.loads(office("accept", entry, "--json"))
    assert said["state"] == "accepted" and said["reference"] == entry and said["version_n"] > before["version"], said
    after = office.show(entry)
    assert {d["state"] for d in after["documents"]} == {"accepted"}
    assert [e["actor"] for e in after["events"] if e["verb"] == "accept"] == ["wang"]
    letter, = office.letters("completion")
    assert letter["To"] == "wen.ruolan@nanping-crypto.example.cn" and letter["In-Reply-To"] and not letter["Auto-Submitted"]
    office("run", "--once")
    assert office.ask("SELECT state FROM letters WHERE kind = 'completion'") == [("sent",)]
    assert "decided already" in office("accept", entry, code=65)
    assert "there is no entry" in office("accept", "SC27-2026-9999", code=66)
    office("accept", code=64)
    office("accept", entry, "--document", "99", code=66)
    office("verify")


@case
def return_and_reject(folder):
    """return and reject: the reason and what is missing in the letter, own words, silence"""
    office = Office(folder, ("02", "03", "05"))
    entry = office.entry("lijingxing@yunqi-sec.example")
    assert "the reason must be given" in office("return", entry, code=64)
    office("return", entry, "--reason", "请补充电话号码。", "--as", "li")
    letter, = office.letters("return")
    assert "请补充电话号码。" in text_of(letter) and "电话" in text_of(letter) and entry in letter["Subject"], text_of(letter)
    assert office.show(entry)["due"] and "前提交补正后的材料" in text_of(letter), text_of(letter)
    assert office.show(entry)["state"] == "waiting" and office.show(entry)["events"][-2]["actor"] == "li"
    with open(f"{folder}/words", "w") as f:
        f.write("Subject: 关于您的申请\n\n您好：\n经研究不予受理。\n")
    office("reject", entry, "--reason", "不符合第九条。", "--letter", f"{folder}/words")
    letter, = office.letters("rejection")
    assert letter["Subject"] == "关于您的申请" and "经研究不予受理。" in text_of(letter) and "第九条" not in text_of(letter)
    office("reopen", entry, "--reason", "误操作")
    assert office.show(entry)["state"] == "review"
    office("close", entry)
    assert office.show(entry)["state"] == "closed"
    other, = office.ask("SELECT reference FROM entries WHERE sender_name = '裴知远'")[0]
    count = len(office.ask("SELECT 1 FROM letters"))
    office("reject", other, "--reason", "x", "--silent")
    assert len(office.ask("SELECT 1 FROM letters")) == count
    office("accept", other, "--letter", "/nowhere", code=66)


@case
def correct(folder):
    """correct: the value, its finding and the state; all of it outlasts a new reading"""
    office = Office(folder, ("02",))
    entry = office.entry("lijingxing@yunqi-sec.example")
    document, = [str(d["id"]) for d in office.show(entry)["documents"]]
    assert "must be one mail address" in office("correct", entry, document, "email=nonsense", code=65)
    office("correct", entry, document, "phone", code=64)
    office("correct", entry, "x", "phone=1", code=64)
    office("correct", entry, "99", "phone=1", code=66)
    office("correct", entry, document, "phone=010-12345678", "working_groups=WG1、WG3", "name=郦景星", "birth_date=")
    shown = office.show(entry)
    fields = shown["documents"][0]["fields"]
    assert fields["phone"]["value"] == "010-12345678" and fields["phone"]["origin"] == "person"
    assert fields["working_groups"]["value"] == ["WG1", "WG3"] and fields["birth_date"]["value"] is None
    assert fields["name"]["value"] == "郦景星"
    assert not [f for f in shown["findings"] if f["rule"] == "field-missing"]
    assert shown["documents"][0]["state"] == "complete" and shown["state"] == "complete", shown
    assert entry in office("search", "郦景星") and entry in office("search", "010-12345678")
    message, = [str(m) for (m,) in office.ask("SELECT id FROM messages WHERE entry IS NOT NULL AND sender_address LIKE 'lijing%'")]
    assert "no difference" in office("redo", message)
    assert office.show(entry)["documents"] == shown["documents"] and office.show(entry)["state"] == "complete"
    office("correct", entry, document, "kind=information-change")
    assert office.show(entry)["documents"][0]["kind"] == "information-change" and office.show(entry)["state"] == "review"
    office("redo", message)
    assert office.show(entry)["documents"][0]["kind"] == "information-change" and office.show(entry)["state"] == "review"
    office("accept", entry, "--silent")
    accuracy = {(r["kind"], r["field"]): r for r in map(json.loads, office("stats", "--json").splitlines()) if r["figure"] == "accuracy"}
    assert accuracy["information-change", "name"]["corrected_n"] == 1 and accuracy["information-change", "phone"]["added_n"] == 1
    assert accuracy["expert-application", "kind"]["corrected_n"] == 1


@case
def people(folder):
    """assign and comment; the queue by filters"""
    office = Office(folder, ("02", "03", "11"))
    entry = office.entry("lijingxing@yunqi-sec.example")
    assert "no user 'li'" in office("assign", entry, "li", code=66)
    office.do("INSERT INTO users (name, shown, role, created) VALUES ('li', '李', 'clerk', 0)")
    office("assign", entry, "li")
    office("comment", entry, "已电话联系")
    assert "已电话联系" in office("show", entry)

    def listed(*options):
        return {json.loads(line)["reference"] for line in office("queue", "--json", *options).splitlines()}

    everything = listed("--state", "all")
    assert listed("--assignee", "li") == {entry} and listed("--assignee", "-", "--state", "all") == everything - {entry}
    assert listed("--kind", "expert-application", "--state", "all") == {entry} == listed("--finding", "field-missing")
    assert listed("--sender", "lijingxing@") == {entry} == listed("--organisation", "云栖") == listed("--text", "申请表")
    assert listed("--due", "overdue") == set() and entry in listed("--due", "2099-01-01")
    assert listed("--until", "2020-01-01") == set() and listed("--since", "2020-01-01", "--state", "all") == everything
    office("queue", "--state", "nonsense", code=64)
    office("queue", "--since", "yesterday", code=64)
    office("assign", entry, "-")
    assert listed("--assignee", "li") == set()


@case
def search(folder):
    """search: names of two characters, phrases, numbers; classified papers are not found"""
    office = Office(folder)
    hits = [json.loads(line) for line in office("search", "--json", "温若岚").splitlines()]
    assert hits and all("温若岚" in h["snippet"] for h in hits)
    start, length = map(int, hits[0]["hits"].split()[0].split("+"))
    assert hits[0]["snippet"].encode()[start:start + length].decode() == "温若岚"
    assert office("search", "若岚") != "nothing was found\n" and office("search", "岚若") == "nothing was found\n"
    assert "nothing was found" not in office("search", "WG1", "隐私") and "nothing was found" in office("search", "WG1 隐私")
    assert "miriam@visitor.example" in office("search", "--json", "plenary") # what a mail says that is no form
    assert office("search", "隐私", "绝无此词") == "nothing was found\n"
    assert office.ask("SELECT 1 FROM findings WHERE rule = 'classified-marking'")
    assert office("search", "隐秘词语") == office("search", "paper") == "nothing was found\n"
    assert not office.ask("SELECT 1 FROM texts WHERE body LIKE '%隐秘词语%' OR head LIKE '%paper.html%'")
    office("search", code=64)
    office("search", "——", code=64)


@case
def tables(folder):
    """export: csv, json and xlsx of every table; nothing in them is a formula"""
    office = Office(folder)
    references = {r for (r,) in office.ask("SELECT reference FROM entries")}
    for table in ("queue", "entries", "documents", "experts", "duties", "letters", "meetings"):
        raw = office("export", table, raw=True)
        assert raw.startswith(b"\xef\xbb\xbf") and raw.endswith(b"\r\n")
        rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True))
        records = json.loads(office("export", table, "--format", "json"))
        office("export", table, "--output", f"{folder}/{table}.xlsx")
        assert not glob.glob(f"{folder}/*.part")
        cells = read_xlsx(f"{folder}/{table}.xlsx")
        assert len(rows) == len(records) + 1 == len(cells), f"{table}: {len(rows)} {len(records)} {len(cells)}"
        assert [value for _, value in cells[0]] == rows[0]
        for row in cells:
            assert not [value for kind, value in row if kind == "f"], f"{table}: a formula"
        for row, record in zip(rows[1:], records):
            assert len(row) == len(rows[0]) == len(record)
            assert not [c for c in row if c[:1] in tuple("=+@\t\r")], row
        if table == "entries":
            assert {r["reference"] for r in records} == references
            names = [value for row in cells for _, value in row]
            assert FORMULA in names and "+1 question" in names and any("'" + FORMULA in row for row in rows)
    office("export", "passwords", code=64)
    office("export", "queue", "--format", "doc", code=64)
    assert json.loads(office("export", "entries", "--format", "json", "--kind", "meeting-summary"))
    office("export", "queue", "--output", "/nowhere/x.csv", code=74)


@case
def figures(folder):
    """stats: intake, times and letters; every command explains itself"""
    office = Office(folder)
    office("accept", office.entry("wen.ruolan@nanping-crypto.example.cn"))
    rows = [json.loads(line) for line in office("stats", "--json").splitlines()]
    documents = office.ask("SELECT count(*) FROM documents")[0][0]
    assert sum(r["count_n"] for r in rows if r["figure"] == "intake") == documents
    spread, = [r for r in rows if r["figure"] == "acknowledged"]
    assert spread["count_n"] == len(office.ask("SELECT DISTINCT entry FROM letters WHERE kind = 'acknowledgement'"))
    assert 0 <= spread["median_seconds_n"] <= spread["p90_seconds_n"] < 120
    assert [r for r in rows if r["figure"] == "decided"][0]["count_n"] == 1
    assert "accuracy" in {r["figure"] for r in rows} and "week of" in office("stats")
    office("stats", "--since", "nonsense", code=64)
    for command in ("accept", "return", "reject", "reopen", "close", "correct", "assign", "comment", "search", "export", "stats", "queue"):
        assert "--config" in office(command, "--help"), command


run()
