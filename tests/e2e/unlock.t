#!/usr/bin/env python3
"""What is encrypted in a mail, and the password that a clerk has."""
import json, os, sqlite3, subprocess, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [f"{HERE}/../lib", f"{HERE}/../samples"]
from locked import locked_pdf, locked_zip
from tap import case, run, build
import make as samples

SHOUWEN = f"{build()}/shouwen"
ZIP = "application/zip"

class Office:
    def __init__(self, folder, *mails):
        self.folder, self.conf, self.spool = folder, f"{folder}/shouwen.conf", f"{folder}/spool"
        os.makedirs(f"{folder}/mail")
        for n, data in enumerate(mails):
            with open(f"{folder}/mail/{n}.eml", "wb") as f:
                f.write(data)
        with open(self.conf, "w") as f:
            f.write(f"[general]\nspool = {self.spool}\nmin_free = 1M\n[office]\naddress = office@committee.example\n[mailbox in]\ntype = eml\n"
                    f"path = {folder}/mail\nsince = 2020-01-01\nhistory = answer\n[desk]\nenabled = false\n[filter]\nauthserv_id = mx.committee.example\n")
        os.chmod(self.conf, 0o600)
        self("run", "--once")

    def __call__(self, *words, code=0, stdin=""):
        done = subprocess.run([SHOUWEN, *words, "--config", self.conf], input=stdin, capture_output=True, text=True, timeout=60)
        assert done.returncode == code, f"{words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def ask(self, query):
        db = sqlite3.connect(f"{self.spool}/ledger.db", timeout=20)
        try:
            return db.execute(query).fetchall()
        finally:
            db.close()

def attached(name, mime, data):
    return samples.mail(90, "温若岚", "wen.ruolan@nanping-crypto.example.cn", "材料", "见附件，密码另告。", [(name, mime, data)])

@case
def zip_with_form(folder):
    """a zip is opened by its password and by no other; the form in it takes its place"""
    form = dict(samples.samples())["01-application"]
    import email
    inner = next(p for p in email.message_from_bytes(form).walk() if p.get_filename()).get_payload(decode=True)
    office = Office(folder, attached("材料.zip", ZIP, locked_zip({"专家申请表.docx": inner}, "四海1234")))
    assert office.ask("SELECT status, kind FROM documents") == [("encrypted", "unknown")]
    before = office.ask("SELECT count(*) FROM letters")
    assert "nothing in message" in office("unlock", "1", stdin="wrong\n", code=65)
    assert office.ask("SELECT status FROM documents") == [("encrypted",)]
    office("unlock", "1", stdin="四海1234\n")
    assert office.ask("SELECT path, status, kind FROM documents") == [("2/专家申请表.docx", "read", "expert-application")], office.ask("SELECT path, status, kind FROM documents")
    assert office.ask("SELECT json_extract(value, '$') FROM fields WHERE id = 'name'") == [("温若岚",)]
    assert office.ask("SELECT count(*) FROM letters") == before, "no second letter"
    assert office.ask("SELECT count(*) FROM events WHERE verb = 'unlocked'") == [(1,)]
    for name in os.listdir(office.spool):
        path = f"{office.spool}/{name}"
        if os.path.isfile(path):
            assert "四海1234".encode() not in open(path, "rb").read(), "the password is kept nowhere"
    assert "nothing in" in office("unlock", "1", stdin="x\n", code=65)

@case
def pdf(folder):
    """a PDF is opened by its password"""
    office = Office(folder, attached("a.pdf", "application/pdf", locked_pdf("Meeting summary of WG1", "secret")))
    assert office.ask("SELECT status FROM documents") == [("encrypted",)]
    office("unlock", "1", stdin="secret\n")
    assert office.ask("SELECT status FROM documents") == [("read",)]
    assert "WG1" in office("search", "summary")

run()
