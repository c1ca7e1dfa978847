#!/usr/bin/env python3
"""Letters by a real mail server (exim): TLS, STARTTLS, login; what it refuses, defers, or cannot take now."""
import email, email.policy, os, sqlite3, subprocess, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [f"{HERE}/../lib"]
from exim import Exim
from servers import Cut, free_port, wait_for
from tap import build, case, run

SHOUWEN = f"{build()}/shouwen"


def mail(sender, subject="一个问题"):
    return (f"From: =?utf-8?B?5rip6Iul5bKa?= <{sender}>\r\nTo: office@committee.example\r\nSubject: {subject}\r\n"
            f"Message-ID: <{sender.split('@')[0]}@expert.example>\r\nDate: Mon, 02 Mar 2026 09:00:00 +0800\r\n"
            f"Authentication-Results: mx.committee.example; dmarc=pass header.from=expert.example\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\n\r\n请问下次会议的时间？\r\n").encode()


class Office:
    """A folder of mails, and EXIM to send by."""

    def __init__(self, folder, exim, senders, security, **changes):
        self.folder, self.spool, self.conf = folder, f"{folder}/spool", f"{folder}/shouwen.conf"
        os.makedirs(f"{folder}/mail")
        for n, sender in enumerate(senders):
            with open(f"{folder}/mail/{n}.eml", "wb") as f:
                f.write(mail(sender))
        for name, secret in (("good", exim.PASSWORD), ("bad", "not the password")):
            with open(f"{folder}/{name}", "w") as f:
                f.write(secret + "\n")
            os.chmod(f"{folder}/{name}", 0o600)
        self.smtp = {"host": "localhost", "port": exim.tls if security == "tls" else exim.starttls, "security": security,
                     "ca_file": exim.ca, "user": exim.USER, "password_file": f"{folder}/good"}
        self.write(**changes)

    def write(self, **changes):
        smtp = "\n".join(f"{k} = {v}" for k, v in {**self.smtp, **changes}.items() if v is not None)
        with open(self.conf, "w") as f:
            f.write(f"[general]\nspool = {self.spool}\nmin_free = 1M\n[office]\nname_zh = 示例委员会秘书处\n"
                    f"name_en = Example Secretariat\naddress = office@committee.example\n[mailbox samples]\ntype = eml\n"
                    f"path = {self.folder}/mail\nsince = 2020-01-01\nhistory = answer\n[filter]\n"
                    f"authserv_id = mx.committee.example\n[letters]\nsend = smtp\n[smtp]\n{smtp}\n")
        os.chmod(self.conf, 0o600)

    def __call__(self, code=0):
        done = subprocess.run([SHOUWEN, "run", "--once"], env=dict(os.environ, SHOUWEN_CONFIG=self.conf),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        assert done.returncode == code, f"exit {done.returncode}, wanted {code}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def ask(self, query):
        db = sqlite3.connect(f"{self.spool}/ledger.db", timeout=20)
        try:
            return db.execute(query).fetchall()
        finally:
            db.close()

    def states(self):
        return dict(self.ask("SELECT recipient, state FROM letters"))

    def due_now(self):
        db = sqlite3.connect(f"{self.spool}/ledger.db", timeout=20)
        db.execute("UPDATE letters SET next_try = 0 WHERE state = 'queued'")
        db.commit()
        db.close()


def delivered_to(exim, address):
    return [m for m in exim.mails() if f"Envelope-to: {address}\n".encode() in m]


def arrives(exim, address):
    """exim delivers after its yes; one letter, and no second one."""
    wait_for(lambda: delivered_to(exim, address), 30, f"the letter to {address}")
    assert len(delivered_to(exim, address)) == 1


def sends(folder, exim, security, name):
    office = Office(folder, exim, [f"{name}1@expert.example", f"{name}2@expert.example"], security)
    office()
    for n in (1, 2):
        arrives(exim, f"{name}{n}@expert.example")
    office()
    new = [raw for n in (1, 2) for raw in delivered_to(exim, f"{name}{n}@expert.example")]
    assert len(new) == 2, "a second run sends nothing"
    kept = {bytes(b).replace(b"\r\n", b"\n") for (b,) in office.ask("SELECT bytes FROM letters")}
    for raw in new:
        assert raw.startswith(b"Return-path: <office@committee.example>\n"), raw[:200]
        assert any(raw.endswith(letter) for letter in kept), "what arrived is not what the ledger holds"
        letter = email.message_from_bytes(raw, policy=email.policy.default)
        assert not letter.defects and letter["Subject"].startswith("收文回执 SC27-") and letter["Subject"].endswith("：一个问题")
        assert letter["Auto-Submitted"] == "auto-replied"
    assert [a for (a,) in office.ask("SELECT answer FROM letters WHERE answer LIKE '250 OK id=%'")] and set(office.states().values()) == {"sent"}
    assert f"A=PLAIN:{exim.USER}" in exim.log()


@case
def tls(folder, exim):
    """two letters by TLS, on one connection, byte for byte, once"""
    sends(folder, exim, "tls", "wen")


@case
def starttls(folder, exim):
    """the same by STARTTLS"""
    sends(folder, exim, "starttls", "li")


@case
def fates(folder, exim):
    """a recipient that is refused fails, one that is deferred waits, the others get their letters"""
    office = Office(folder, exim, ["gone@expert.example", "later@expert.example", "duan@expert.example"], "tls")
    office()
    assert office.states() == {"gone@expert.example": "failed", "later@expert.example": "queued", "duan@expert.example": "sent"}
    (why,), = office.ask("SELECT reason FROM letters WHERE state = 'queued'")
    assert "451" in why and "come back later" in why, why
    arrives(exim, "duan@expert.example")
    assert office.ask("SELECT attention FROM entries WHERE sender_address LIKE 'gone%'") == [("letter failed",)]
    assert office.ask("SELECT what, address, state FROM duties WHERE what = 'reach'") == [("reach", "gone@expert.example", "open")]


@case
def greylisted(folder, exim):
    """a greylisted letter is tried again with the same Message-ID, and arrives once"""
    office = Office(folder, exim, ["grey@expert.example"], "tls")
    office()
    (state, reason, letter, bytes_), = office.ask("SELECT state, reason, message_id, bytes FROM letters")
    assert state == "queued" and "greylisted" in reason, (state, reason)
    exim.know()
    office()
    assert office.states() == {"grey@expert.example": "queued"}, "not before its time"
    office.due_now()
    office()
    assert office.ask("SELECT state, message_id, bytes, attempts FROM letters") == [("sent", letter, bytes_, 2)]
    arrives(exim, "grey@expert.example")


@case
def dropped(folder, exim):
    """a connection that is lost within the letter leaves it waiting; nothing arrives, and later it does once"""
    cut = Cut(exim.tls)
    office = Office(folder, exim, ["shi@expert.example"], "tls", port=cut.here)
    office()
    arrives(exim, "shi@expert.example")
    whole = cut.passed
    second = Office(f"{folder}/again", exim, ["tao@expert.example"], "tls", port=cut.here)
    for share in (0.55, 0.75, 0.9):
        cut.limit = int(whole * share)
        second.due_now() if share > 0.55 else None
        second()
        (state, reason), = second.ask("SELECT state, reason FROM letters")
        assert state == "queued" and "the letter failed" in reason, (share, state, reason)
    assert not delivered_to(exim, "tao@expert.example")
    cut.limit = None
    second.due_now()
    second()
    assert second.states() == {"tao@expert.example": "sent"}
    arrives(exim, "tao@expert.example")
    cut.stop()


@case
def wrong_password(folder, exim):
    """a wrong password holds letters back, says so, and fails none; the right one sends them"""
    office = Office(folder, exim, ["qian@expert.example"], "tls", password_file=f"{folder}/bad")
    said = office(code=77)
    assert "office" in said and "535" in said and "not the password" not in said, said
    assert office.states() == {"qian@expert.example": "queued"}
    office.write()
    office.due_now()
    office()
    assert office.states() == {"qian@expert.example": "sent"}
    arrives(exim, "qian@expert.example")


@case
def no_login_no_mail(folder, exim):
    """a server that wants a login and gets none is the configuration's fault, and no letter's"""
    office = Office(folder, exim, ["sun@expert.example"], "tls", auth="none", user=None, password_file=None)
    assert "log in first" in office(code=77)
    assert office.states() == {"sun@expert.example": "queued"}


@case
def wrong_certificate(folder, exim):
    """an authority that we do not trust gets neither password nor letter"""
    office = Office(folder, exim, ["zhou@expert.example"], "tls", ca_file=None)
    said = office(code=77)
    assert "certificate" in said, said
    assert office.states() == {"zhou@expert.example": "queued"} and not delivered_to(exim, "zhou@expert.example")


@case
def server_away(folder, exim):
    """letters wait while the server is away, and go out once when it is back"""
    office = Office(folder, exim, ["wu@expert.example", "zheng@expert.example"], "tls", port=free_port())
    office(code=75)
    assert set(office.states().values()) == {"queued"}
    office.write()
    office.due_now()
    office()
    assert set(office.states().values()) == {"sent"}
    arrives(exim, "wu@expert.example")
    arrives(exim, "zheng@expert.example")


run(lambda top: Exim(f"{top}/exim"), lambda exim: exim.stop())
