#!/usr/bin/env python3
"""What comes back for a letter: reports of a real mail server (exim), automatic answers, receipts, strangers, and what was asked for."""
import email, os, re, sqlite3, subprocess, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [f"{HERE}/../lib", f"{HERE}/../samples"]
from exim import Post
from tap import build, case, run
import make as samples

SHOUWEN = f"{build()}/shouwen"
OFFICE = "office@committee.example"


class Office:
    """An instance that reads the Maildir of its address and sends by POST."""

    def __init__(self, folder, post):
        self.post, self.spool, self.conf, self.n = post, f"{folder}/spool", f"{folder}/shouwen.conf", 0
        self.address = f"office@{os.path.basename(folder)}.example"
        with open(self.conf, "w") as f:
            f.write(f"[general]\nspool = {self.spool}\nmin_free = 1M\n[office]\nname_zh = 示例委员会秘书处\nname_en = Example Secretariat\n"
                    f"address = {self.address}\n[mailbox in]\ntype = maildir\npath = {post.box(self.address)}\nsince = 2020-01-01\n"
                    f"history = answer\n[filter]\nauthserv_id = mx.committee.example\n[rules]\nwork_report =\n[letters]\nsend = smtp\n"
                    f"[smtp]\nhost = 127.0.0.1\nport = {post.port}\nsecurity = plain\nauth = none\n")
        os.chmod(self.conf, 0o600)

    def run(self, *words):
        done = subprocess.run([SHOUWEN, *(words or ("run", "--once"))], env=dict(os.environ, SHOUWEN_CONFIG=self.conf), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr

    def take(self, *mails, sender="x@relay.example"):
        """MAILS come in, letters go out, and what the mail server makes of them comes in, too."""
        for mail in mails:
            self.post.send(sender, self.address, mail)
        self.post.deliver()
        self.run()
        self.post.deliver()
        self.run()

    def ask(self, query, *values):
        db = sqlite3.connect(f"{self.spool}/ledger.db", timeout=20)
        try:
            return db.execute(query, values).fetchall()
        finally:
            db.close()

    def events(self, entry=None):
        return [v for (v,) in self.ask("SELECT verb FROM events WHERE ? IS NULL OR entry = ? ORDER BY id", entry, entry)]


def header(sender, subject, number, extra=""):
    return (f"From: <{sender}>\r\nTo: <{OFFICE}>\r\nSubject: {subject}\r\nMessage-ID: <c{number}@{sender.split('@')[1]}>\r\n"
            f"Date: Mon, 02 Mar 2026 09:00:00 +0800\r\nMIME-Version: 1.0\r\n{extra}")


def question(sender, number, extra="", subject="Question"):
    return (header(sender, subject, number, extra) + "Content-Type: text/plain\r\n\r\nWhen is the next meeting?\r\n").encode()


@case
def bounced(folder, post):
    """a letter that cannot be delivered comes back: once, to its entry, with a duty to reach the person"""
    office = Office(folder, post)
    office.take(question("gone@expert.example", 1))
    assert office.ask("SELECT state FROM letters") == [("bounced",)], office.ask("SELECT state, reason FROM letters")
    assert office.ask("SELECT attention FROM entries") == [("letter bounced",)]
    assert office.ask("SELECT what, address, state FROM duties WHERE what = 'reach'") == [("reach", "gone@expert.example", "open")]
    assert office.ask("SELECT route, entry FROM messages ORDER BY id") == [("submission", 1), ("bounce", 1)]
    (report,) = [m for m in post.mails(office.address).values() if b"delivery-status" in m]
    letter, = office.ask("SELECT message_id FROM letters")
    envelope = re.search(rb"(?im)^Original-Envelope-Id: *(\S+)", report)
    assert envelope and f"<{envelope[1].decode()}>" == letter[0], report.decode()
    # The same without the returned headers, and told a second time.
    bare = re.sub(rb"(?im)^Message-ID:.*\n", b"", report) + b"\n"
    office.take(bare.replace(b"\n", b"\r\n"), sender="")
    assert office.events(1).count("letter-bounced") == 1 and office.ask("SELECT count(*) FROM duties WHERE what = 'reach'") == [(1,)]
    assert office.ask("SELECT route, entry FROM messages ORDER BY id")[2] == ("bounce", 1), "tied by the envelope id"
    before = office.ask("SELECT route, entry FROM messages ORDER BY id"), office.ask("SELECT state FROM letters")
    office.run("redo", office.ask("SELECT reference FROM entries")[0][0])
    assert before == (office.ask("SELECT route, entry FROM messages ORDER BY id"), office.ask("SELECT state FROM letters"))
    assert office.events(1).count("letter-bounced") == 1, "read again is not entered again"


@case
def nameless(folder, post):
    """a report that names no letter makes a person look; one that the server still tries changes nothing"""
    office = Office(folder, post)
    office.take(question("wen@expert.example", 2))
    words = "Content-Type: text/plain; charset=utf-8\r\n\r\n收件人 wen@expert.example 不存在，邮件无法投递。550 User not found\r\n"
    office.take((header("postmaster@expert.example", "=?utf-8?B?57O757uf6YCA5L+h?=", 3) + words).encode(), sender="")
    assert office.ask("SELECT state FROM letters") == [("sent",)] and office.ask("SELECT count(*) FROM duties WHERE what = 'reach'") == [(0,)]
    assert office.ask("SELECT attention FROM entries") == [("letter may have bounced",)]
    letter, = office.ask("SELECT message_id FROM letters")[0]
    delay = (header("MAILER-DAEMON@expert.example", "Delayed Mail (still being retried)", 4,
                    'Content-Type: multipart/report; report-type=delivery-status; boundary="p"\r\n') +
             "\r\n--p\r\nContent-Type: text/plain\r\n\r\nstill trying\r\n--p\r\nContent-Type: message/delivery-status\r\n\r\n"
             "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; wen@expert.example\r\nAction: delayed\r\nStatus: 4.4.1\r\n"
             f"--p\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letter}\r\n--p--\r\n").encode()
    office.take(delay, sender="")
    assert office.ask("SELECT state FROM letters") == [("sent",)] and "letter-delayed" in office.events(1)
    assert office.ask("SELECT count(*) FROM letters") == [(1,)], "none of them is answered"


@case
def automatic(folder, post):
    """an automatic answer and a receipt stand in the account of their entry, and are not answered; strangers' do not"""
    office = Office(folder, post)
    office.take(question("wen@expert.example", 5))
    letter, = office.ask("SELECT message_id FROM letters")[0]
    reference, = office.ask("SELECT reference FROM entries")[0]
    away = question("wen@expert.example", 6, f"Auto-Submitted: auto-replied\r\nIn-Reply-To: {letter}\r\n", "Out of office")
    by_number = question("wen@expert.example", 7, "Auto-Submitted: auto-replied\r\n", f"Auto: {reference}")
    foreign = question("other@elsewhere.example", 8, "Auto-Submitted: auto-replied\r\n", f"Auto: {reference}")
    receipt = (header("wen@expert.example", "Read: receipt", 9,
                      'Content-Type: multipart/report; report-type=disposition-notification; boundary="p"\r\n') +
               "\r\n--p\r\nContent-Type: text/plain\r\n\r\nread\r\n--p\r\nContent-Type: message/disposition-notification\r\n\r\n"
               f"Original-Message-ID: {letter}\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n--p--\r\n").encode()
    office.take(away, by_number, foreign, receipt)
    found = dict(office.ask("SELECT message_id, route || ' ' || coalesce(entry, 0) FROM messages WHERE route <> 'submission'"))
    assert found == {"<c6@expert.example>": "auto-reply 1", "<c7@expert.example>": "auto-reply 1",
                     "<c8@elsewhere.example>": "auto-reply 0", "<c9@expert.example>": "auto-reply 1"}, found
    assert office.ask("SELECT count(*) FROM letters") == [(1,)]
    assert office.events(1).count("auto-reply") == 3


@case
def completed(folder, post):
    """what was asked for takes the place of what came before, and the entry is complete"""
    office = Office(folder, post)
    office.take(dict(samples.samples())["02-application-incomplete"])
    assert office.ask("SELECT state FROM entries") == [("waiting",)]
    letter, = office.ask("SELECT message_id FROM letters")[0]
    form = samples.application("郦景行", "Li Jingxing", "云栖网络安全股份有限公司", "13800001111", "lijingxing@yunqi-sec.example", ["WG1"], samples.LONG)
    office.take(samples.mail(30, "郦景行", "lijingxing@yunqi-sec.example", "补充材料", "补充见附件。",
                             [("申请表（补）.docx", samples.DOCX, form)], extra=f"In-Reply-To: {letter}\r\n"))
    documents = office.ask("SELECT kind, state, version, supersedes FROM documents ORDER BY id")
    assert office.ask("SELECT count(*), max(state) FROM entries") == [(1, "complete")], documents
    assert [d[1] for d in documents if d[0] == "expert-application"] == ["closed", "complete"], documents
    assert documents[-1][2:] == (2, 1), documents
    assert office.events(1).count("completed") == 1
    thanks = question("lijingxing@yunqi-sec.example", 31, f"In-Reply-To: {letter}\r\n", "Thanks")
    before = office.ask("SELECT count(*) FROM letters")
    office.take(thanks)
    assert office.ask("SELECT count(*) FROM letters") == before, "thanks get no letter"


@case
def strangers(folder, post):
    """a foreign number and one that nobody has are met with the same silence, and change nothing"""
    office = Office(folder, post)
    office.take(dict(samples.samples())["02-application-incomplete"])
    reference, = office.ask("SELECT reference FROM entries")[0]
    before = office.ask("SELECT state FROM entries WHERE id = 1"), office.ask("SELECT id, state FROM documents")
    unknown = reference[:-4] + "9999"
    form = samples.application("郦景行", "Li Jingxing", "另一单位", "13900002222", "lijingxing@yunqi-sec.example", ["WG1"], samples.LONG)
    for number, words in ((40, reference), (41, unknown)):
        office.take(samples.mail(number, "不相干", "other@elsewhere.example", f"补充材料 {words}", "补充见附件。", [("申请表.docx", samples.DOCX, form)]))
    assert office.ask("SELECT count(*) FROM letters WHERE recipient = 'other@elsewhere.example'") == [(0,)]
    known = [r[0] for r in before[1]]
    assert (office.ask("SELECT state FROM entries WHERE id = 1"),
            office.ask(f"SELECT id, state FROM documents WHERE id IN ({','.join(map(str, known))})")) == before
    assert office.ask("SELECT attention FROM entries WHERE id = 1") == [("mail from a stranger",)]
    assert office.ask("SELECT DISTINCT state FROM documents WHERE message > 1") == [("review",)]
    assert [f for (f,) in office.ask("SELECT rule FROM findings WHERE rule IN ('superseded', 'duplicate')")] == []


run(lambda top: Post(f"{top}/post"), lambda post: post.stop())
