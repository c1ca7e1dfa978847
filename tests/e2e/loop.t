#!/usr/bin/env python3
"""Machines that answer machines: two offices and an automatic responder mail each other through a real mail server (exim), and
fall silent after one letter each."""
import email, os, sqlite3, subprocess, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [f"{HERE}/../lib"]
from exim import Post
from tap import build, case, run

SHOUWEN = f"{build()}/shouwen"
ROUNDS = 12
RESPONDER = "zhou@away.example"


class Office:
    """An instance with the Maildir of its own address."""

    def __init__(self, folder, post, domain):
        self.post, self.address = post, f"office@{domain}"
        self.spool, self.conf = f"{folder}/{domain}/spool", f"{folder}/{domain}/shouwen.conf"
        os.makedirs(f"{folder}/{domain}")
        with open(self.conf, "w") as f:
            f.write(f"[general]\nspool = {self.spool}\nmin_free = 1M\n[office]\nname_zh = 示例秘书处\nname_en = Example Secretariat\n"
                    f"address = {self.address}\n[mailbox in]\ntype = maildir\npath = {post.box(self.address)}\nsince = 2020-01-01\n"
                    f"history = answer\n[letters]\nsend = smtp\n[smtp]\nhost = 127.0.0.1\nport = {post.port}\nsecurity = plain\nauth = none\n")
        os.chmod(self.conf, 0o600)

    def step(self):
        done = subprocess.run([SHOUWEN, "run", "--once"], env=dict(os.environ, SHOUWEN_CONFIG=self.conf), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr

    def letters(self):
        db = sqlite3.connect(f"{self.spool}/ledger.db", timeout=20)
        try:
            return [r for (r,) in db.execute("SELECT recipient FROM letters ORDER BY id")]
        finally:
            db.close()


class Responder:
    """Answers every mail, whatever it is."""

    def __init__(self, post, make, path):
        self.post, self.make, self.path, self.seen, self.sent = post, make, path, set(post.mails(RESPONDER)), 0

    def step(self):
        for name, raw in self.post.mails(RESPONDER).items():
            if name in self.seen:
                continue
            self.seen.add(name)
            mail = email.message_from_bytes(raw)
            self.sent += 1
            self.post.send(self.path, mail["Return-path"].strip("<>"), self.make(mail, self.sent))

    def letters(self):
        return [str(n) for n in range(self.sent)]


def header(sender, recipient, subject, number, extra=""):
    return (f"From: <{sender}>\r\nTo: <{recipient}>\r\nSubject: {subject}\r\nMessage-ID: <loop{number}@{sender.split('@')[1]}>\r\n"
            f"Date: Mon, 02 Mar 2026 09:00:00 +0800\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n{extra}\r\n")


def question(sender, recipient, number):
    return (header(sender, recipient, "A question", number) + "When is the next meeting?\r\n").encode()


def settle(post, parties):
    """Rounds until nobody has anything to say: no mail moves and no letter is made in a whole round. The number of rounds."""
    before = None
    for n in range(ROUNDS):
        for party in parties:
            party.step()
        left = post.deliver()
        now = [party.letters() for party in parties] + [sorted(post.mails(p.address)) for p in parties if isinstance(p, Office)]
        if left == 0 and now == before:
            return n
        before = now
    raise AssertionError(f"still talking after {ROUNDS} rounds: {[p.letters() for p in parties]}")


def talk(folder, post, make=None, path=RESPONDER):
    """Two offices that wrote to each other, and with MAKE a responder that wrote to both."""
    offices = [Office(folder, post, f"{side}.{os.path.basename(folder)}.example") for side in ("east", "west")]
    post.send(offices[0].address, offices[1].address, question(offices[0].address, offices[1].address, 1))
    post.send(offices[1].address, offices[0].address, question(offices[1].address, offices[0].address, 2))
    parties = list(offices)
    if make:
        responder = Responder(post, make, path)
        parties.append(responder)
        for n, office in enumerate(offices):
            post.send(RESPONDER, office.address, question(RESPONDER, office.address, f"{os.path.basename(folder)}{n}"))
    post.deliver()
    settle(post, parties)
    for office, other in (offices, offices[::-1]):
        wanted = sorted([other.address] + ([RESPONDER] if make else []))
        assert sorted(office.letters()) == wanted, f"{office.address} wrote to {office.letters()}"
    if make:
        assert responder.sent == 2, f"the responder answered {responder.sent} times"


@case
def offices(folder, post):
    """two offices acknowledge each other's mail once, and not each other's letters"""
    talk(folder, post)


@case
def polite(folder, post):
    """with a responder that follows RFC 3834"""
    def make(mail, number):
        return (header(RESPONDER, mail["From"].split("<")[-1].strip(">"), f"Auto: {number}", f"p{number}",
                       f"Auto-Submitted: auto-replied\r\nIn-Reply-To: {mail['Message-ID']}\r\n") + "I am away.\r\n").encode()
    talk(folder, post, make, path="")


@case
def rude(folder, post):
    """with one that gives no sign of being a machine: no header, a subject of its own, no thread"""
    def make(mail, number):
        return (header(RESPONDER, mail["From"].split("<")[-1].strip(">"), f"Your mail ({number})", f"r{number}") +
                "Thank you for your mail. I shall read it soon.\r\n").encode()
    talk(folder, post, make)


@case
def threaded(folder, post):
    """with one that answers like a person, in the thread and with a quotation"""
    def make(mail, number):
        return (header(RESPONDER, mail["From"].split("<")[-1].strip(">"), f"Re: {number}", f"t{number}",
                       f"In-Reply-To: {mail['Message-ID']}\r\nReferences: {mail['Message-ID']}\r\n") + "Thank you.\r\n\r\n> receipt\r\n").encode()
    talk(folder, post, make)


run(lambda top: Post(f"{top}/post"), lambda post: post.stop())
