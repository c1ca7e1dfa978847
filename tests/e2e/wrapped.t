#!/usr/bin/env python3
"""Mails in mails, in files and in signatures: what stands inside is a document, and it says where it stood."""
import base64, io, json, math, os, random, struct, subprocess, sys, zipfile, zlib
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

def seal_png(side=240, red=True):
    """A round company seal: a ring, characters of strokes along it, a star of three bars."""
    chance, ink = random.Random(5), bytearray(side * side)
    def bar(x0, y0, x1, y1, wide):
        steps = int(4 * math.hypot(x1 - x0, y1 - y0)) + 1
        for i in range(steps):
            x, y = x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps
            for v in range(int(y - wide), int(y + wide) + 1):
                for u in range(int(x - wide), int(x + wide) + 1):
                    ink[v * side + u] = (u - x) ** 2 + (v - y) ** 2 <= wide * wide or ink[v * side + u]
    middle, radius = side / 2, side * .45
    around = [(middle + radius * math.cos(i / 90 * math.pi), middle + radius * math.sin(i / 90 * math.pi)) for i in range(181)]
    for one, other in zip(around, around[1:]):
        bar(*one, *other, 2.6)
    for i in range(11):
        turn, at = math.radians(150 + 24 * i), radius * .74
        cx, cy, half = middle + at * math.cos(turn), middle + at * math.sin(turn), side * .055
        for k in range(8):
            t = (k // 2 - 1.5) / 2 * half * 1.2 + chance.uniform(-1, 1)
            a, b = ((-half * chance.uniform(.5, 1), t), (half * chance.uniform(.5, 1), t)) if k % 2 else ((t, -half), (t, half * chance.uniform(.5, 1)))
            place = lambda q: (cx - q[0] * math.sin(turn) - q[1] * math.cos(turn), cy + q[0] * math.cos(turn) - q[1] * math.sin(turn))
            bar(*place(a), *place(b), 1)
    for i in range(5):
        turn = math.radians(72 * i - 90)
        bar(middle, middle, middle + side * .12 * math.cos(turn), middle + side * .12 * math.sin(turn), 4)
    colour = b"\xd2\x18\x2a" if red else b"\x20\x20\x20"
    rows = b"".join(b"\0" + b"".join(colour if ink[y * side + x] else b"\xff\xff\xff" for x in range(side)) for y in range(side))
    chunk = lambda name, data: struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")

def form(title, rows):
    cells = "".join(f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in rows)
    return f"<html><body><h1>{title}</h1><table>{cells}<tr><td>单位公章</td><td><img src=\"cid:seal\"></td></tr></table></body></html>"

WITHDRAWAL = form("专家退出申请表", [("姓名", "温若岚"), ("工作单位", "南屏密码技术研究所"), ("退出的工作组", "WG2"), ("退出原因", "岗位调整"), ("日期", "2026年1月5日")])

def shown(picture, more="Content-ID: <seal>\n"):
    return f"Content-Type: image/png\n{more}Content-Disposition: inline\nContent-Transfer-Encoding: base64\n\n".encode() + base64.encodebytes(picture)

def seals(record):
    return [(d["kind"], d["fields"].get("seal", {}).get("value", "unknown")) for d in record["documents"]]

@case
def seal_in_text(folder):
    """a form in the text of a mail, with its seal as a picture that the text shows; a mail without a form is not looked at"""
    def mail(html, picture):
        return mixed(part("text/html; charset=utf-8", html.encode(), disposition="inline"), shown(picture), kind="related")
    sealed = inspect(folder, "sealed.eml", mail(WITHDRAWAL, seal_png()))
    assert seals(sealed) == [("withdrawal", "present")] and sealed["documents"][0]["fields"]["name"]["value"] == "温若岚", sealed["documents"]
    assert seals(inspect(folder, "black.eml", mail(WITHDRAWAL, seal_png(red=False)))) == [("withdrawal", "unknown")]
    assert inspect(folder, "none.eml", mail("<p>您好，附上说明。</p>", seal_png()))["documents"] == []

@case
def seal_in_page(folder):
    """a page saved with its pictures: the seal in it is seen"""
    for picture, expected in ((seal_png(), "present"), (seal_png(red=False), "unknown")):
        page = b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=\"p\"\n\n--p\n" + part("text/html; charset=utf-8", WITHDRAWAL.encode(), disposition="inline")
        page += b"\n--p\n" + shown(picture, "Content-Location: file:///C:/a.png\n") + b"\n--p--\n"
        record = inspect(folder, "a.eml", mixed(TEXT, part("application/msword; name=page.doc", page)))
        assert record["documents"][0]["reader"] == "mht" and seals(record) == [("withdrawal", expected)], record["documents"]

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
