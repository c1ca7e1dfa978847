#!/usr/bin/env python3
"""When mail itself is dead: a real Dovecot goes away and comes back; who is told, how often, and by which ways."""
import json, os, re, signal, sqlite3, subprocess, sys, time
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [f"{HERE}/../lib"]
from servers import Dovecot, wait_for
from tap import case, run, build

SHOUWEN = f"{build()}/shouwen"

class Office:
    def __init__(self, folder, dovecot, **monitor):
        self.folder, self.conf, self.spool = folder, f"{folder}/shouwen.conf", f"{folder}/spool"
        with open(f"{folder}/password", "w") as f:
            f.write(Dovecot.PASSWORD + "\n")
        with open(f"{folder}/alert", "w") as f:
            f.write(f'#!/bin/sh\ntest -e {folder}/refuse && exit 1\n{{ echo "$SHOUWEN_ALARM_STATE $SHOUWEN_ALARM"; cat; }} >> {folder}/told\n')
        os.chmod(f"{folder}/alert", 0o700)
        with open(self.conf, "w") as f:
            f.write(f"""[general]
spool = {self.spool}
min_free = 1M
[office]
address = office@committee.example
secretariat = head@committee.example
[mailbox work]
host = localhost
port = {dovecot.tls}
ca_file = {dovecot.cert}
user = monitored
password_file = {folder}/password
since = 2020-01-01
timeout = 5s
poll = 1s
idle = false
[desk]
enabled = false
[letters]
digest = never
[monitor]
interval = 1s
fetch_age = 3s
alert_command = {folder}/alert
""" + "".join(f"{k} = {v}\n" for k, v in monitor.items()))
        for name in ("password", "shouwen.conf"):
            os.chmod(f"{folder}/{name}", 0o600)

    def start(self):
        log = open(f"{self.folder}/log", "ab")
        return subprocess.Popen([SHOUWEN, "run", "--config", self.conf], stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def check(self, *words):
        done = subprocess.run([SHOUWEN, "check", "--monitor", "--config", self.conf, *words], capture_output=True, text=True, timeout=20)
        return done.returncode, done.stdout

    def told(self):
        try:
            with open(f"{self.folder}/told", encoding="utf-8") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def notices(self):
        """Subjects of the letters about the system, in the order of their making"""
        db = sqlite3.connect(f"file:{self.spool}/ledger.db?mode=ro", uri=True, timeout=20)
        try:
            return [s for (s,) in db.execute("SELECT subject FROM letters WHERE kind = 'notice' AND recipient = 'head@committee.example' ORDER BY id")]
        finally:
            db.close()

    def metrics(self):
        with open(f"{self.spool}/metrics.prom", encoding="utf-8") as f:
            return f.read()

@case
def dead_and_alive(folder, top):
    """the mail server goes: one alarm within the set time; it comes back: one notice"""
    os.makedirs(f"{folder}/imap")
    dovecot = Dovecot(f"{folder}/imap")
    dovecot.deliver("monitored", [b"From: a@lab.example\r\nSubject: first\r\n\r\nhello\r\n"])
    office = Office(folder, dovecot)
    code, line = office.check()
    assert code == 2 and "not running" in line, (code, line)
    daemon = office.start()
    try:
        wait_for(lambda: office.check()[0] == 0, 30, "a healthy system")
        assert office.told() == ""
        wait_for(lambda: 'shouwen_backlog_messages 0\n' in office.metrics(), 20, "the mail's entry")
        dovecot.stop()
        stopped = time.monotonic()
        wait_for(lambda: "ALARM" in office.told(), 20, "the alarm")
        assert time.monotonic() - stopped > 2, "the alarm waits for its time"
        assert "begun fetch work" in office.told() and "mail server" in office.told()
        code, line = office.check()
        assert code == 2 and line.startswith("SHOUWEN CRITICAL - mailbox work was last read"), line
        age = float(re.search(r'^shouwen_fetch_age_seconds\{mailbox="work"\} (\S+)$', office.metrics(), re.M)[1])
        assert age > 3 and office.metrics().index("fetch_age") < office.metrics().index("backlog"), office.metrics()
        wait_for(lambda: office.metrics().count("\nshouwen_troubles 1\n") == 1, 10, "another look")
        # A restart in the middle of it is no recovery, though what was never read yet has its time.
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(30) == 0
        before = office.metrics()
        daemon = office.start()
        wait_for(lambda: office.metrics() != before, 20, "a look after the restart")
        before = office.metrics()
        wait_for(lambda: office.metrics() != before, 20, "one more")
        assert "over" not in office.told() and len(office.notices()) == 1, (office.told(), office.notices())
        dovecot.start()
        wait_for(lambda: "over fetch work" in office.told(), 60, "the notice of recovery")
        wait_for(lambda: office.check()[0] == 0, 20, "a healthy system again")
        assert office.told().count("ALARM") == 1 and office.told().count("shouwen: over") == 1, office.told()
        notices = office.notices()
        assert len(notices) == 2 and "告警】邮箱长时间未能收取：work" in notices[0] and "恢复通知】邮箱长时间未能收取：work" in notices[1], notices
    finally:
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(30) == 0
        dovecot.stop()

@case
def command_fails(folder, top):
    """an alert that could not be told is told later; other troubles have names of their own"""
    os.makedirs(f"{folder}/imap")
    dovecot = Dovecot(f"{folder}/imap")
    dovecot.deliver("monitored", [])
    office = Office(folder, dovecot)
    open(f"{folder}/refuse", "w").close()
    with open(office.conf) as f:
        text = f.read().replace("min_free = 1M", "min_free = 100000000M")
    with open(office.conf, "w") as f:
        f.write(text)
    daemon = office.start()
    try:
        wait_for(lambda: "alert_command ended with a failure" in open(f"{folder}/log").read(), 20, "the failure")
        assert office.told() == ""
        os.unlink(f"{folder}/refuse")
        wait_for(lambda: "begun disk" in office.told(), 20, "the alarm about the disk")
        rows = [json.loads(l) for l in office.check("--json")[1].splitlines()]
        assert sum("磁盘" in n for n in office.notices()) == 1, office.notices()
        assert any(r["name"] == "disk" and r["state"] == "critical" for r in rows), rows
    finally:
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(30) == 0
        dovecot.stop()

@case
def ledger_lost(folder, top):
    """a ledger that cannot be opened is told, too"""
    class Nothing:
        tls, cert = 1, "/nonexistent"
    office = Office(folder, Nothing)
    os.makedirs(office.spool)
    with open(f"{office.spool}/ledger.db", "w") as f:
        f.write("this is no ledger\n" * 500)
    done = subprocess.run([SHOUWEN, "stage", "monitor", "--once", "--config", office.conf], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0 and office.told().startswith("begun ledger\nshouwen: ALARM:"), (done, office.told())

@case
def unknown(folder, top):
    """without settings the answer is UNKNOWN, 3"""
    done = subprocess.run([SHOUWEN, "check", "--monitor", "--config", f"{folder}/none.conf"], capture_output=True, text=True, timeout=20)
    assert done.returncode == 3 and done.stdout.startswith("SHOUWEN UNKNOWN"), done

run(lambda top: top)
