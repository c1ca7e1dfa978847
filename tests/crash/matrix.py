#!/usr/bin/env python3
"""matrix.py SHOUWEN SHIM [--sample N] [--tap]: stops the main job at each of its durable steps and looks what became of the mail.

One run takes three mails from a real Dovecot into the ledger, sends their letters to an SMTP sink and flags the mails. The
shim (shim.c) makes every durable step ask here first. The steps of an undisturbed run are counted; then, for each step:
  kill   every process is killed at it; the run is started again
  power  the same, and the spool is put back to what a power cut leaves: each file cut somewhere between its synced and its
         written length, names not yet synced gone
  fault  the step fails once with ENOSPC or EIO; a sync that fails also loses the bytes it should have kept
After a second, undisturbed run every mail must stand in the ledger once, with its letter sent and its flag set; a letter may
have been sent twice only where the crash fell between the server's yes and its record, and then with one Message-ID.
A second scene begins where the first ends (at some of its steps): one letter was put off by its server and is sent again, another comes back. The letter
that came back must stand so once, with one duty and one event, and the other be sent.
At last the power matrix is run with syncs that do nothing, and must fail."""
import argparse, concurrent.futures, os, shutil, signal, socket, sqlite3, subprocess, sys, tempfile, threading, collections
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from servers import Dovecot, SmtpSink

RUN_SECONDS = 60
ENOSPC, EIO = 28, 5
RETURNED_POINTS = 30 # a mode: the first scene has taken all of them

def mails():
    form = "参会工作总结\n姓名：贺知秋\n会议名称：测试会议\n".encode()
    import base64
    attached = base64.encodebytes(form).decode()
    yield (b"From: \xe8\xb4\xba <he@one.example>\r\nTo: office@committee.example\r\nSubject: summary\r\nMessage-ID: <1@one.example>\r\n"
           b"Date: Mon, 02 Mar 2026 09:00:00 +0800\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nplease find attached\r\n"
           b"--b\r\nContent-Type: text/plain; charset=utf-8; name=summary.txt\r\nContent-Disposition: attachment; filename=summary.txt\r\n"
           b"Content-Transfer-Encoding: base64\r\n\r\n" + attached.replace("\n", "\r\n").encode() + b"--b--\r\n")
    for n in (2, 3):
        yield (f"From: Expert {n} <expert{n}@two.example>\r\nTo: office@committee.example\r\nSubject: question {n}\r\n"
               f"Message-ID: <{n}@two.example>\r\nDate: Mon, 02 Mar 2026 10:00:0{n} +0800\r\n\r\nWhen is the next meeting?\r\n").encode()

def report(letter):
    """That LETTER (a Message-ID) could not be delivered."""
    return (f"From: MAILER-DAEMON@two.example\r\nTo: office@committee.example\r\nSubject: Undelivered Mail Returned to Sender\r\n"
            f"Message-ID: <4@two.example>\r\nReturn-Path: <>\r\nMIME-Version: 1.0\r\n"
            f"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nno\r\n"
            f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.two.example\r\n\r\n"
            f"Final-Recipient: rfc822; expert3@two.example\r\nAction: failed\r\nStatus: 5.1.1\r\n--b\r\n"
            f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letter}\r\n--b--\r\n").encode()

class Durable:
    """What a power cut would leave of the spool: contents by inode, names by folder."""

    def __init__(self, spool):
        self.spool, self.content, self.names, self.kept = spool, {}, {}, {}
        for top, dirs, files in os.walk(spool):
            self.sync_folder(top)
            for name in files:
                self.sync_file(f"{top}/{name}")

    def keep(self, path):
        """Holds the file open, so that its inode number is not given away while an old name of it may come back."""
        try:
            ino = os.stat(path).st_ino
            if ino not in self.kept:
                self.kept[ino] = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            pass

    def sync_file(self, path):
        self.keep(path)
        with open(path, "rb") as f:
            self.content[os.fstat(f.fileno()).st_ino] = f.read()

    def sync_folder(self, path):
        names = {}
        for entry in os.scandir(path):
            if entry.is_file(follow_symlinks=False):
                names[entry.name] = entry.inode()
                self.keep(entry.path)
        self.names[path] = names

    def lose_unsynced(self, path):
        """A sync failed: the kernel may drop what was not yet written."""
        ino = os.stat(path).st_ino
        if ino in self.content:
            with open(path, "r+b") as f:
                f.write(self.content[ino])
                f.truncate()
        else:
            os.truncate(path, 0)

    def cut(self, choice):
        files = {}
        for folder, names in self.names.items():
            for name, ino in names.items():
                if name.endswith("-shm"):
                    continue
                synced = self.content.get(ino, b"")
                now = os.pread(self.kept[ino], 1 << 28, 0) if ino in self.kept else synced
                extra = max(0, len(now) - len(synced))
                tail = (0, extra, extra // 2)[choice % 3]
                files[f"{folder}/{name}"] = synced + now[len(synced):len(synced) + tail]
        for top, dirs, names in os.walk(self.spool):
            for name in names:
                os.unlink(f"{top}/{name}")
        for path, content in files.items():
            with open(path, "wb") as f:
                f.write(content)
            os.chmod(path, 0o600)

    def close(self):
        for fd in self.kept.values():
            os.close(fd)

class Harness:
    """Answers the shim: counts the steps, and at step TARGET does what MODE says."""

    def __init__(self, folder, spool, mode, target, sync_works):
        self.mode, self.target, self.sync_works, self.steps, self.struck = mode, target, sync_works, [], False
        self.durable = Durable(spool) if mode != "count" else None
        self.lock, self.pids, self.dead = threading.Lock(), set(), False
        self.path = f"{folder}/shim.sock"
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.bind(self.path)
        self.socket.listen(50)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection:
            while True:
                try:
                    packet = connection.recv(8192)
                    if not packet:
                        return
                    pid, step, path = packet.decode().split(" ", 2)
                    answer = self.decide(int(pid), step, path)
                    if answer is None:
                        return
                    connection.send(answer.encode())
                except OSError:
                    return

    def decide(self, pid, step, path):
        with self.lock:
            self.pids.add(pid)
            if self.dead:
                self.kill()
                return None
            self.steps.append((step, path))
            if len(self.steps) == self.target and not self.struck:
                self.struck = True
                if self.mode in ("kill", "power"):
                    self.dead = True
                    self.kill()
                    return None
                if self.mode == "fault" and step != "net":
                    if step == "sync":
                        self.durable.lose_unsynced(path)
                    return f"e{ENOSPC if step in ('write', 'create') and self.target % 2 else EIO}"
            if self.durable and self.sync_works:
                if step == "sync":
                    self.durable.sync_file(path)
                elif step == "syncdir":
                    self.durable.sync_folder(path)
            if self.durable and step in ("unlink", "rename"):
                self.durable.keep(path)
            return "c"

    def kill(self):
        for pid in self.pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def close(self):
        self.socket.close()

class Scene:
    """A spool, a mailbox and a sink for one run and its repetition."""

    def __init__(self, matrix, name):
        self.matrix, self.name = matrix, name
        self.folder = f"{matrix.folder}/{name}"
        os.makedirs(self.folder)
        self.returned, self.put_off = False, matrix.returned
        self.sink = SmtpSink(self.answer)
        matrix.dovecot.deliver(name, list(mails()))
        self.spool, self.conf = f"{self.folder}/spool", f"{self.folder}/shouwen.conf"
        with open(f"{self.folder}/password", "w") as f:
            f.write(Dovecot.PASSWORD + "\n")
        os.chmod(f"{self.folder}/password", 0o600)
        with open(self.conf, "w") as f:
            f.write(f"""[general]
spool = {self.spool}
min_free = 1M
[office]
name_zh = 测试秘书处
name_en = Test Secretariat
address = office@committee.example
[mailbox work]
type = imap
host = 127.0.0.1
port = {matrix.dovecot.plain}
security = plain
user = {name}
password_file = {self.folder}/password
folders = INBOX
since = 2020-01-01
history = answer
action = flag
[letters]
send = smtp
[smtp]
host = 127.0.0.1
port = {self.sink.port}
security = plain
auth = none
[filter]
jobs = 1
""")
        os.makedirs(f"{self.spool}/segments"), os.makedirs(f"{self.spool}/sent")
        os.makedirs(f"{self.spool}/cursors"), os.makedirs(f"{self.spool}/outgoing")

    def answer(self, verb, line):
        """The second letter is put off once, in the scene of what comes back."""
        if verb == "RCPT" and "expert2@" in line and self.put_off:
            self.put_off = False
            return b"451 4.7.1 greylisted\r\n"

    def prepare(self):
        """Everything has gone out but what was put off; then a report comes."""
        if self.run() != 0:
            sys.exit("the run before the returned letter failed")
        db = sqlite3.connect(f"{self.spool}/ledger.db")
        (letter,), = db.execute("SELECT message_id FROM letters WHERE recipient = 'expert3@two.example' AND state = 'sent'")
        db.execute("UPDATE letters SET next_try = 0 WHERE state = 'queued'")
        db.commit()
        db.close()
        self.matrix.dovecot.deliver(self.name, [report(letter)])
        self.returned = True

    def run(self, harness=None):
        env = dict(os.environ, SHOUWEN_CONFIG=self.conf)
        if harness:
            env |= {"LD_PRELOAD": self.matrix.shim, "SHIM_SOCKET": harness.path, "SHIM_SPOOL": self.spool}
        with open(f"{self.folder}/log", "ab") as log:
            process = subprocess.Popen([self.matrix.shouwen, "run", "--once"], env=env, stdin=subprocess.DEVNULL,
                                       stdout=log, stderr=log, start_new_session=True)
            try:
                code = process.wait(RUN_SECONDS)
            except subprocess.TimeoutExpired:
                code = "timeout"
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
        return code

    def faults(self):
        """What is wrong after the end, as lines; empty when all is well."""
        wrong = []
        fates = {"<3@two.example>": "bounced"} if self.returned else {}
        db = sqlite3.connect(f"{self.spool}/ledger.db")
        rows = db.execute("SELECT m.message_id, m.entry, m.state, (SELECT count(*) FROM letters l WHERE l.message = m.id),"
                          " (SELECT group_concat(l.state) FROM letters l WHERE l.message = m.id) FROM messages m").fetchall()
        if self.returned:
            back = [r[1] for r in rows if r[0] == "<4@two.example>"]
            about = [r[1] for r in rows if r[0] == "<3@two.example>"]
            counts = db.execute("SELECT (SELECT count(*) FROM duties WHERE what = 'reach'), (SELECT count(*) FROM events WHERE verb = 'letter-bounced')").fetchone()
            wrong += [] if back == about and counts == (1, 1) else [f"the report stands under {back}, duties and events {counts}"]
            rows = [r for r in rows if r[0] != "<4@two.example>"]
        want = {f"<1@one.example>", "<2@two.example>", "<3@two.example>"}
        have = [r[0] for r in rows]
        wrong += [f"message {x} lost" for x in want - set(have)]
        wrong += [f"message {x} twice" for x, n in collections.Counter(have).items() if n > 1]
        wrong += [f"message {r[0]}: state {r[2]}" for r in rows if r[2] != "done"]
        entries = [r[1] for r in rows]
        if len(set(entries)) != len(want) or db.execute("SELECT count(*) FROM entries").fetchone()[0] != len(want):
            wrong.append(f"{len(set(entries))} entries for {len(want)} messages")
        wrong += [f"message {r[0]}: {r[3]} letters ({r[4]})" for r in rows if r[3] != 1 or r[4] != fates.get(r[0], "sent")]
        ids = [i for (i,) in db.execute("SELECT message_id FROM letters")]
        db.close()
        sent = collections.Counter()
        for _, data in self.sink.got:
            header = [l for l in data.split(b"\r\n\r\n")[0].decode().split("\r\n") if l.lower().startswith("message-id:")]
            sent[header[0].split(":", 1)[1].strip() if header else "?"] += 1
        wrong += [f"letter {i} was never sent" for i in ids if not sent[i]]
        wrong += [f"letter {i} was sent but is not in the ledger" for i in sent if i not in ids]
        self.doubled = sum(n - 1 for n in sent.values())
        box = f"{self.matrix.dovecot.folder}/home/{self.name}/Maildir"
        flagged = sum("F" in n.rsplit(",", 1)[-1] for n in os.listdir(f"{box}/cur"))
        if flagged != len(want) + self.returned:
            wrong.append(f"{flagged} of {len(want) + self.returned} mails flagged")
        check = subprocess.run([self.matrix.shouwen, "verify"], env=dict(os.environ, SHOUWEN_CONFIG=self.conf),
                               capture_output=True, text=True, timeout=RUN_SECONDS)
        if check.returncode:
            wrong.append(f"verify: {check.returncode}: {(check.stdout + check.stderr).strip()[:300]}")
        return wrong

    def close(self, keep=False):
        self.sink.stop()
        self.matrix.dovecot.forget(self.name)
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

class Matrix:
    def __init__(self, shouwen, shim, folder):
        self.shouwen, self.shim, self.folder = os.path.abspath(shouwen), os.path.abspath(shim), folder
        self.dovecot = Dovecot(f"{folder}/dovecot")
        self.number, self.lock, self.returned = 0, threading.Lock(), False

    def scene(self):
        with self.lock:
            self.number += 1
            scene = Scene(self, f"s{self.number}")
        if self.returned:
            scene.prepare()
        return scene

    def count(self):
        scene = self.scene()
        harness = Harness(scene.folder, scene.spool, "count", 0, True)
        code = scene.run(harness)
        wrong = scene.faults()
        if code != 0 or wrong or scene.doubled:
            log = open(f"{scene.folder}/log").read()
            sys.exit(f"the undisturbed run failed ({code}): {wrong}\n{log}")
        scene.close()
        harness.close()
        return harness.steps

    def point(self, mode, target, sync_works=True):
        """(what is wrong, letters doubled, the step struck)."""
        scene = self.scene()
        harness = Harness(scene.folder, scene.spool, mode, target, sync_works)
        code = scene.run(harness)
        step = harness.steps[target - 1] if len(harness.steps) >= target else ("none", "-")
        harness.close()
        if mode == "power":
            harness.durable.cut(target)
        harness.durable.close()
        wrong = ["the run did not end"] if code == "timeout" else []
        again = scene.run()
        if again != 0:
            wrong.append(f"the second run ended with {again}")
        try:
            wrong += scene.faults()
        except sqlite3.Error as e:
            wrong.append(f"ledger: {e}")
            scene.doubled = 0
        doubled = scene.doubled
        if wrong:
            wrong.append("log: " + open(f"{scene.folder}/log", errors="replace").read()[-1500:])
        scene.close()
        return wrong, doubled, step

def choose(steps, sample):
    """Every step but writes in the middle of a run of writes to one file, of which only the first, a middle and the last are taken."""
    chosen, i = [], 0
    while i < len(steps):
        j = i
        while j + 1 < len(steps) and steps[j + 1] == steps[i]:
            j += 1
        chosen += sorted({i + 1, (i + j) // 2 + 1, j + 1})
        i = j + 1
    return chosen if not sample else chosen[::max(1, len(chosen) // sample)]

def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shouwen"), parser.add_argument("shim")
    parser.add_argument("--sample", type=int, default=0, help="about so many points a mode instead of all")
    parser.add_argument("--modes", default="kill,power,fault")
    parser.add_argument("--at", type=int, default=0, help="only this step")
    parser.add_argument("--tap", action="store_true", help="print a plan, for prove")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="shouwen-crash-")
    os.chmod(folder, 0o755)
    matrix = Matrix(options.shouwen, options.shim, folder)
    failed = ran = results = 0
    def result(good, text):
        nonlocal results
        results += 1
        print(f"{'ok' if good else 'not ok'} {results} - {text}", flush=True)
        print(f"# crash matrix: {text}", file=sys.stderr, flush=True) # beside the harness, which hides what went well
    def strike(pool, steps, points, scene):
        """Every mode at every one of POINTS."""
        nonlocal failed, ran
        for mode in options.modes.split(","):
            targets = [p for p in points if mode != "fault" or steps[p - 1][0] != "net"]
            doubled = bad = 0
            for target, (wrong, twice, step) in zip(targets, pool.map(lambda t: matrix.point(mode, t), targets)):
                ran += 1
                doubled += twice
                if wrong:
                    bad += 1
                    print(f"# bad: {scene}{mode} at step {target} ({step[0]} {os.path.basename(step[1])}): {'; '.join(wrong)}".replace("\n", "\n#   "), flush=True)
            failed += bad
            result(not bad, f"{scene}{mode}: {len(targets)} points, {len(targets) - bad} good, {doubled} letters sent twice with one Message-ID")
    def count():
        steps = matrix.count()
        print(f"# {len(steps)} durable steps: " + ", ".join(f"{n} {k}" for k, n in collections.Counter(s for s, _ in steps).most_common()))
        return steps
    try:
        steps = count()
        every = choose(steps, 0)
        with concurrent.futures.ThreadPoolExecutor(max_workers=max(2, os.cpu_count())) as pool:
            strike(pool, steps, [options.at] if options.at else choose(steps, options.sample), "")
            lost = sum(bool(wrong) for wrong, _, _ in pool.map(lambda t: matrix.point("power", t, False), every[::max(1, len(every) // 12)]))
            failed += not lost
            result(lost, f"with syncs that do nothing the power matrix fails, as it must ({lost} points bad)")
            if not options.at:
                matrix.returned = True
                steps = count()
                strike(pool, steps, choose(steps, options.sample or RETURNED_POINTS), "a letter that came back, ")
    finally:
        matrix.dovecot.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"# crash matrix: {ran} points run", file=sys.stderr)
    if options.tap:
        print(f"1..{results}")
    sys.exit(1 if failed else 0)

if __name__ == "__main__":
    main()
