#!/usr/bin/env python3
"""Mails in mails, in files and in signatures: what stands inside is a document, and it says where it stood."""
import base64, io, json, os, struct, subprocess, sys, zipfile
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [f"{HERE}/../lib"]
from tap import case, run, build

def inspect(folder, name, content):
    path = f"{folder}/{name}"
    with open(path, "wb") as f:
        f.write(content)
    done = subprocess.run([f"{build()}/shouwen", "inspect", path], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"exit {done.returncode}: {done.stderr}"
    return json.loads(done.stdout)

def brief(record):
    return [(d["path"], d["filename"], d["status"]) for d in record["documents"]]

def part(content_type, content, disposition="attachment", coding="base64"):
    body = base64.encodebytes(content) if coding == "base64" else content
    return (f"Content-Type: {content_type}\nContent-Disposition: {disposition}\nContent-Transfer-Encoding: {coding}\n\n".encode() + body)

def mixed(*parts, kind="mixed", sender="outer@sender.example", subject="outer", more=""):
    head = (f"From: =?utf-8?b?{base64.b64encode('外面'.encode()).decode()}?= <{sender}>\nTo: office@committee.example\nSubject: {subject}\n"
            f"Date: Mon, 5 Jan 2026 10:00:00 +0800\nMIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary=\"=b={subject}\"{more}\n\n")
    return head.encode() + b"".join(f"--=b={subject}\n".encode() + p + b"\n" for p in parts) + f"--=b={subject}--\n".encode()

TEXT = b"Content-Type: text/plain\n\nsee below\n"
FILE = part("text/plain; name=a.txt", b"an attachment")
INNER = {"from": {"name": "外面", "address": "inner@sender.example"}, "subject": "inner", "date": "2026-01-05T10:00:00+08:00"}

def inner_mail(*parts):
    return mixed(TEXT, *(parts or (FILE,)), sender="inner@sender.example", subject="inner")

@case
def forwarded(folder):
    """a mail in a mail, by type, by name, in a zip: its sender is kept"""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as z:
        z.writestr("f/mail.eml", inner_mail())
    record = inspect(folder, "a.eml", mixed(TEXT, part("message/rfc822", inner_mail(), coding="7bit"), part("application/octet-stream; name=x.eml", inner_mail()),
                                            part("application/zip; name=m.zip", packed.getvalue()), FILE))
    assert brief(record) == [("2/2", "a.txt", "read"), ("3/2", "a.txt", "read"), ("4/f/mail.eml/2", "a.txt", "read"), ("5", "a.txt", "read")], brief(record)
    assert [d.get("inner") for d in record["documents"]] == [INNER, INNER, INNER, None]
    deeper = inspect(folder, "b.eml", mixed(TEXT, part("message/rfc822", mixed(part("message/rfc822", inner_mail(), coding="7bit"), FILE, subject="middle"), coding="7bit")))
    assert [(d["path"], d["inner"]["subject"]) for d in deeper["documents"]] == [("2/1/2", "inner"), ("2/2", "middle")], deeper["documents"]

@case
def called_mail(folder):
    """what is only called a mail is what it is; an empty one is empty"""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as z:
        z.writestr("a.txt", b"inside")
    record = inspect(folder, "a.eml", mixed(TEXT, part("application/octet-stream; name=x.eml", packed.getvalue()), part("message/rfc822; name=y.eml", b"")))
    assert brief(record) == [("2/a.txt", "a.txt", "read"), ("3", "y.eml", "empty")], brief(record)

@case
def folder_of_mails(folder):
    """an attached mbox is each of its mails"""
    mbox = b"From a Mon Jan  5 10:00:00 2026\n" + inner_mail() + b"\nFrom b Mon Jan  5 10:00:00 2026\n" + inner_mail(FILE, FILE)
    record = inspect(folder, "a.eml", mixed(TEXT, part("application/octet-stream; name=mails.mbox", mbox)))
    assert [d["path"] for d in record["documents"]] == ["2/1.eml/2", "2/2.eml/2", "2/2.eml/3"], brief(record)
    assert all(d["inner"] == INNER for d in record["documents"])

@case
def web_page(folder):
    """a page that Word saved with all it needs, named .doc"""
    page = b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=\"p\"\n\n--p\nContent-Location: file:///C:/a.htm\n" \
           b"Content-Type: text/html; charset=gb2312\nContent-Transfer-Encoding: quoted-printable\n\n<html><p>=D0=D5=C3=FB</p></html>\n--p--\n"
    record = inspect(folder, "a.eml", mixed(TEXT, part("application/msword; name=page.doc", page)))
    assert brief(record) == [("2", "page.doc", "read")] and record["documents"][0]["reader"] == "mht", record["documents"]

@case
def winmail(folder):
    """what Outlook wrapped in winmail.dat"""
    def attribute(number, content):
        return b"\2" + struct.pack("<II", number, len(content)) + content + struct.pack("<H", sum(content) & 0xffff)
    tnef = struct.pack("<IH", 0x223e9f78, 1) + attribute(0x69007, struct.pack("<II", 936, 0)) + attribute(0x69002, b"")
    tnef += attribute(0x18010, "表.txt\0".encode("gbk")) + attribute(0x6800f, b"inside")
    record = inspect(folder, "a.eml", mixed(TEXT, part("application/ms-tnef; name=winmail.dat", tnef)))
    assert brief(record) == [("2/表.txt", "表.txt", "read")], brief(record)
    cut = inspect(folder, "b.eml", mixed(TEXT, part("application/ms-tnef; name=winmail.dat", tnef + attribute(0x69002, b"")[:5] + b"\xff" * 8)))
    assert brief(cut) == [("2/表.txt", "表.txt", "read"), ("2", "winmail.dat", "damaged")], brief(cut)

def element(tag, content):
    return bytes([tag, 0x82]) + struct.pack(">H", len(content)) + content

OID = bytes([6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7])

def signed(content):
    data = b"\2\1\1" + element(0x31, b"") + element(0x30, OID + b"\1" + element(0xa0, element(4, content))) + element(0x31, b"")
    return element(0x30, OID + b"\2" + element(0xa0, element(0x30, data)))

@case
def signed_mail(folder):
    """signed mails are read, and their documents say so; nothing is verified"""
    content = b"".join(mixed(TEXT, FILE).partition(b"MIME-Version")[1:])
    record = inspect(folder, "a.eml", b"From: a@sender.example\nContent-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n" +
                     base64.encodebytes(signed(content)))
    assert brief(record) == [("1/2", "a.txt", "read")], brief(record)
    assert record["documents"][0]["signatures"] == ["S/MIME signature of the mail, not verified"]
    apart = mixed(FILE, part("application/pgp-signature; name=signature.asc", b"-----BEGIN PGP SIGNATURE-----\n"), kind="signed",
                  more="; protocol=\"application/pgp-signature\"")
    record = inspect(folder, "b.eml", apart)
    assert brief(record) == [("1", "a.txt", "read")] and record["documents"][0]["signatures"] == ["OpenPGP signature of the mail, not verified"]
    record = inspect(folder, "c.eml", mixed(TEXT, part("application/octet-stream; name=a.txt.p7m", signed(b"inside"))))
    assert brief(record) == [("2/a.txt", "a.txt", "read")] and record["documents"][0]["signatures"], brief(record)

@case
def encrypted_mail(folder):
    """what is encrypted for a key is one document, and said to be"""
    enveloped = element(0x30, OID + b"\3" + element(0xa0, element(0x30, b"\2\1\0")))
    armor = b"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n"
    for name, content, expected in (
            ("smime.eml", b"From: a@sender.example\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n"
                          b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(enveloped), ("1", "smime.p7m")),
            ("mime.eml", mixed(part("application/pgp-encrypted", b"Version: 1\n"), part("application/octet-stream; name=encrypted.asc", armor),
                               kind="encrypted", more="; protocol=\"application/pgp-encrypted\""), ("2", "encrypted.asc")),
            ("inline.eml", b"From: a@sender.example\nSubject: s\n\n" + armor, ("1", None)),
            ("file.eml", mixed(TEXT, part("application/octet-stream; name=a.docx.gpg", b"\x85\1\x0c\3" + b"\xf0" * 40)), ("2", "a.docx.gpg"))):
        record = inspect(folder, name, content)
        assert brief(record) == [(*expected, "encrypted")], (name, brief(record))
        assert [f["rule"] for f in record["documents"][0]["findings"]] == ["unreadable"] and record["route"] == "submission", record

run()
