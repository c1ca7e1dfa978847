#!/usr/bin/env python3
"""Questions about one document, asked of a real filter in its jail (verbs.c): what is answered, and what is said when it is not."""
import base64, json, os, re, struct, subprocess, sys, time, zlib
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [f"{HERE}/../lib", f"{HERE}/../samples"]
from tap import case, run, build
import make as samples

DATA, NOINPUT = 65, 66
JPEG = base64.b64decode("/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAAIABADASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwChRRRXGfSH/9k=")
WEBP = base64.b64decode("UklGRjgAAABXRUJQVlA4ICwAAACQAQCdASoQAAgAAsBMJaACdLoAA5gA/u5DH+5sc4twV/9tD/9aH/60P+lAAA==")

def ask(folder, verb, name, content, *more, seconds=20, programs=None):
    """(exit code, answer, error) of one question about a file of that name."""
    path = f"{folder}/{name}"
    with open(path, "wb") as f:
        f.write(content)
    extra = {"VERBS_PROGRAMS": f"{build()}/{programs}"} if programs else {}
    done = subprocess.run([f"{build()}/tests/verbs", str(seconds), verb, path, *map(str, more)], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=120, env={**os.environ, **extra})
    return done.returncode, done.stdout, done.stderr.decode()

def good(*arguments, **named):
    code, answer, error = ask(*arguments, **named)
    assert code == 0, f"exit {code}: {error}"
    return answer

def refused(code, words, *arguments, **named):
    got, answer, error = ask(*arguments, **named)
    assert (got, answer) == (code, b""), f"exit {got}, {len(answer)} bytes: {error}"
    assert words in error, error

def attached(*attachments, text="正文在此"):
    return samples.mail(1, "温若岚", "wen@nanping-crypto.example.cn", "申请", text, attachments)

def form():
    return samples.application("温若岚", "Wen Ruolan", "南屏密码技术研究所", "0571-55501234", "wen@nanping-crypto.example.cn", ["WG2"], samples.LONG)

def letter():
    return samples.pdf_of_lines("承诺书", [("承诺单位", "南屏密码技术研究所")])

# --- text, part, view ------------------------------------------------------------------------------------------------------------

@case
def texts(folder):
    """a record holds the text of each document, a line for a paragraph and a tab between cells, up to its limit"""
    long = ("长" * 999 + "\n") * 500
    mail = attached(("a.docx", samples.DOCX, form()), ("b.pdf", "application/pdf", letter()), ("c.html", "text/html", b"<p>one<table><tr><td>x<td>y</table>"),
                    ("d.csv", "text/csv", "姓名,单位\n甲,乙\n".encode("gb18030")), ("e.txt", "text/plain", long.encode()))
    text = good(folder, "text", "m.eml", mail).decode()
    assert "南屏密码技术研究所\n" in text and "承诺单位\t南屏密码技术研究所\n" in text, text[:2000]
    assert "one\nx\ty\n" in text and "姓名\t单位\n甲\t乙\n" in text
    kept = text[text.index("6: read\n") + 8:].rstrip("\n")
    assert len(kept.encode()) in range((1 << 20) - 3, (1 << 20) + 1), len(kept.encode())

@case
def parts(folder):
    """the bytes of an attachment, of a member, and of a bare file as they came"""
    mail = attached(("a.zip", "application/zip", samples.zip_of([("承诺书.pdf", letter()), ("甲/b.txt", b"b")])))
    assert good(folder, "part", "m.eml", mail, "2/承诺书.pdf") == letter()
    assert good(folder, "part", "m.eml", mail, "2/甲/b.txt") == b"b"
    assert good(folder, "part", "m.eml", mail, "1").decode().strip() == "正文在此"
    assert good(folder, "part", "m.eml", mail) == mail
    for path in ("3", "2/none.pdf", "../m.eml", "2/承诺书.pdf/x", "x" * 5000, b"\xff"):
        refused(NOINPUT, "there is no", folder, "part", "m.eml", mail, path if isinstance(path, bytes) else path)

TAGS = {"!doctype", "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "table", "tr", "td", "ul", "li", "img", "input"}

def view(*arguments, **named):
    page = good(*arguments, **named).decode()
    assert {tag.lower() for tag in re.findall(r"<(?:/?)([!a-zA-Z0-9]+)", page)} <= TAGS, page
    assert page.startswith("<!DOCTYPE html>") and page.rstrip().endswith("</html>") and page.count("<style>") == 1
    return page.split("<body>")[1]

@case
def views(folder):
    """a document, a member, a nested mail, a mail's text, an archive, a bare file and the message itself are shown"""
    inner = samples.mail(2, "裴知远", "pei@canglang.example.cn", "转发 <b>", "内文", [("x.txt", "text/plain", b"x")])
    mail = attached(("a.docx", samples.DOCX, form()), ("b.zip", "application/zip", samples.zip_of([("承诺书.pdf", letter())])), ("c.eml", "message/rfc822", inner))
    assert "<td><p>温若岚</p>" in view(folder, "view", "m.eml", mail, "2") and "<p>☑ SC27/WG2" in view(folder, "view", "m.eml", mail, "2")
    page = view(folder, "view", "m.eml", mail, "3/承诺书.pdf")
    assert "南屏密码技术研究所" in page and 'data-page="1"' in page and re.search(r'data-box="1 0\.\d+ 0\.\d+ 0\.\d+ 0\.\d+"', page), page
    assert "<li>承诺书.pdf</li>" in view(folder, "view", "m.eml", mail, "3")
    page = view(folder, "view", "m.eml", mail, "4")
    assert "裴知远 &lt;pei@canglang.example.cn&gt;" in page and "转发 &lt;b&gt;" in page and "内文" in page and "<li>x.txt</li>" in page, page
    assert "x" in view(folder, "view", "m.eml", mail, "4/2") and "正文在此" in view(folder, "view", "m.eml", mail, "1")
    page = view(folder, "view", "m.eml", mail)
    assert "正文在此" in page and "<li>a.docx</li>" in page and "温若岚" in page
    assert "南屏密码技术研究所" in view(folder, "view", "承诺书.pdf", letter()) == view(folder, "view", "承诺书.pdf", letter(), "承诺书.pdf")

@case
def busy(folder):
    """a question waits for its own answer only: readings under way beside it come back whole"""
    answer = good(folder, "busy", "m.eml", attached(("a.docx", samples.DOCX, form()), ("b.pdf", "application/pdf", letter())), "2").decode()
    assert answer.startswith("3 readings\n") and "<td><p>温若岚</p>" in answer, answer[:300]

@case
def hostile_view(folder):
    """nothing of a page that runs, loads or looks like more than text comes through"""
    page = (b"<html><head><title>t</title><meta http-equiv=refresh content='0;url=http://example.org'><base href='http://example.org/'></head>"
            b"<body onload=alert(1) style='background:url(http://example.org/x)'><script>alert(2)</script><p onclick=alert(3) class=x id=y>\xe6\x96\x87<b>word</b></p>"
            b"<img src=http://example.org/t.gif onerror=alert(4)><a href=javascript:alert(5)>link</a><svg><script>6</script></svg><iframe src=x></iframe>"
            b"<form action=http://example.org><input type=text value=x><input type=checkbox checked></form><style>p{color:red}</style>"
            b"<p>&lt;script&gt;7&lt;/script&gt; &quot;</p><table><tr><td colspan='2&quot; onclick=x' rowspan=9999999>c</table><!-- comment --></body></html>")
    body = view(folder, "view", "a.html", page)
    for never in ("onload", "onclick", "onerror", "http:", "javascript", "src=", "href", "style=", "class", "alert", "comment", "<script", "refresh"):
        assert never not in body, (never, body)
    assert "文word" in body and "&lt;script&gt;7&lt;/script&gt; &quot;" in body and 'type="checkbox" checked=""' in body, body

@case
def view_refused(folder):
    """what cannot be shown is said"""
    refused(NOINPUT, "there is no such document", folder, "view", "m.eml", attached(), "9")
    refused(DATA, "damaged", folder, "view", "a.docx", form()[:len(form()) // 2])
    refused(DATA, "encrypted", folder, "view", "a.pdf", locked())
    refused(DATA, "format", folder, "view", "a.bin", bytes(range(256)) * 9)
    refused(DATA, "empty", folder, "view", "a.docx", b"")

# --- render ----------------------------------------------------------------------------------------------------------------------

def size_of(png):
    assert png[:8] == b"\x89PNG\r\n\x1a\n", png[:20]
    return struct.unpack(">II", png[16:24])

def ink_of(png):
    """How many of its bytes are no paper."""
    at, packed = 8, b""
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        packed += png[at + 8:at + 8 + length] if kind == b"IDAT" else b""
        at += 12 + length
    data = zlib.decompress(packed)
    width, height = size_of(png)
    # Filters are left as they are: a row that is like the one above or before it counts for nothing.
    return sum(1 for y in range(height) if any(data[y * (3 * width + 1) + 1 + 6:(y + 1) * (3 * width + 1)]))

def locked():
    return letter().replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> >> /ID [<00> <00>]")

def png(width, height, bits=1, rows=None):
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    packed = zlib.compressobj(9)
    row = b"\0" + bytes((width * bits + 7) // 8)
    data = b"".join(packed.compress(row * 500) for _ in range((height if rows is None else rows) // 500)) + packed.compress(row * (height % 500)) + packed.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0)) + chunk(b"IDAT", data) + chunk(b"IEND", b"")

def tiff(*sizes):
    """A page of black for each size, one bit a pixel."""
    out = b"II*\0" + struct.pack("<I", 8)
    for n, (width, height) in enumerate(sizes):
        data = b"\xff" * ((width + 7) // 8 * height)
        tags = [(256, 4, width), (257, 4, height), (258, 3, 1), (259, 3, 1), (262, 3, 0), (273, 4, len(out) + 2 + 12 * 8 + 4), (278, 4, height), (279, 4, len(data))]
        after = len(out) + 2 + 12 * len(tags) + 4 + len(data)
        out += struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
        out += struct.pack("<I", after if n + 1 < len(sizes) else 0) + data
    return out

def bmp(width, height):
    data = (b"\x30\x60\x90" * width + bytes(-3 * width % 4)) * height
    return b"BM" + struct.pack("<IHHI", 54 + len(data), 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(data), 0, 0, 0, 0) + data

OFD = [("OFD.xml", '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" DocType="OFD"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>'),
       ("Doc_0/Document.xml", '<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData>'
        '<ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>'),
       ("Doc_0/Pages/Page_0/Content.xml", '<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content><ofd:Layer ID="2"><ofd:TextObject ID="3" Boundary="20 40 100 10" Font="9" Size="5">'
        '<ofd:TextCode X="0" Y="5" DeltaX="g 5 5">收文办理单据</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>')]

@case
def renders(folder):
    """pages of PDF, OFD and pictures come as PNG of the size that was asked for, with something on them"""
    mail = attached(("b.zip", "application/zip", samples.zip_of([("承诺书.pdf", letter())])))
    picture = good(folder, "render", "m.eml", mail, "2/承诺书.pdf", 1, 72)
    assert size_of(picture) == (595, 842) and ink_of(picture) > 30, (size_of(picture), ink_of(picture))
    assert size_of(good(folder, "render", "a.pdf", letter(), "", 1, 200)) == (1652, 2338)
    assert size_of(good(folder, "render", "a.pdf", letter(), "", 1, 9999)) == (1652, 2338)
    assert size_of(good(folder, "render", "a.pdf", letter(), "", 1, 1)) == (297, 421)
    form = good(folder, "render", "a.ofd", samples.zip_of(OFD), "", 1, 72)
    assert size_of(form) == (595, 841) and ink_of(form) > 8, (size_of(form), ink_of(form))
    for name, content, size in (("a.jpg", JPEG, (16, 8)), ("a.webp", WEBP, (16, 8)), ("a.bmp", bmp(30, 20), (30, 20)), ("a.png", png(40, 30), (40, 30)),
                                ("b.png", png(2000, 1000), (1169, 584))):
        assert size_of(good(folder, "render", name, content, "", 1, 100)) == size, name
    both = tiff((64, 32), (80, 40))
    assert [size_of(good(folder, "render", "a.tif", both, "", page, 100)) for page in (1, 2)] == [(64, 32), (80, 40)]

@case
def paper(folder):
    """a page of monstrous size comes smaller, and a page turned on its side lies"""
    for box, most in ((b"[0 0 99999999 99999999]", 16_000_000), (b"[0 0 200000 10]", 16_000_000)):
        width, height = size_of(good(folder, "render", "a.pdf", letter().replace(b"[0 0 595 842]", box), "", 1, 200))
        assert 0 < width * height <= most, (width, height)
    width, height = size_of(good(folder, "render", "a.pdf", letter().replace(b"[0 0 595 842]", b"[0 0 595 842] /Rotate 90"), "", 1, 72))
    assert (width, height) == (842, 595)

@case
def render_refused(folder):
    """a page that is not there, a locked PDF, a format without pages, a picture of 400 million pixels: each is said"""
    for page in (0, 2, 4294967295):
        refused(NOINPUT, "no such page", folder, "render", "a.pdf", letter(), "", page, 100)
    refused(NOINPUT, "no such page", folder, "render", "a.tif", tiff((8, 8)), "", 2, 100)
    refused(NOINPUT, "no such page", folder, "render", "a.ofd", samples.zip_of(OFD), "", 2, 100)
    refused(NOINPUT, "no such document", folder, "render", "m.eml", attached(), "7", 1, 100)
    refused(DATA, "encrypted", folder, "render", "a.pdf", locked(), "", 1, 100)
    refused(DATA, "format", folder, "render", "a.docx", form(), "", 1, 100)
    refused(DATA, "too large", folder, "render", "a.png", png(20000, 20000), "", 1, 100)
    refused(DATA, "damaged", folder, "render", "a.png", png(5000, 5000)[:200], "", 1, 100)
    refused(DATA, "damaged", folder, "render", "a.pdf", b"%PDF-1.4\nnothing\n%%EOF\n", "", 1, 100)

# --- ical ------------------------------------------------------------------------------------------------------------------------

def calendar(*lines):
    return ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + "".join(line + "\r\n" for line in lines) + "END:VCALENDAR\r\n").encode()

def event(n, *lines):
    return "\r\n".join(["BEGIN:VEVENT", f"UID:u{n}", *lines, "END:VEVENT"])

MITTE = ("BEGIN:VTIMEZONE", "TZID:Mitte", "BEGIN:STANDARD", "DTSTART:19701025T030000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100",
         "END:STANDARD", "BEGIN:DAYLIGHT", "DTSTART:19700329T020000", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "END:DAYLIGHT", "END:VTIMEZONE")

@case
def zones(folder):
    """inside the jail, where no zone file can be opened, zones by name and a file's own zones work"""
    answer = json.loads(good(folder, "ical", "a.ics", calendar(*MITTE,
        event(1, "DTSTART;TZID=Asia/Shanghai:20320302T090000", "DTEND;TZID=Europe/Berlin:20320302T030000", "RRULE:FREQ=WEEKLY;UNTIL=20320316T010000Z", "SUMMARY:全体会议"),
        event(2, "DTSTART;TZID=Europe/Berlin:20320327T090000", "DURATION:PT90M", "RRULE:FREQ=DAILY;UNTIL=20320329T070000Z"),
        event(3, "DTSTART;TZID=Mitte:20320327T090000", "RRULE:FREQ=DAILY;COUNT=3"),
        event(4, "DTSTART;VALUE=DATE:20320101", "DTEND;VALUE=DATE:20320104"))))
    one, two, three, four = answer["events"]
    assert (one["zone"], one["starts"], one["ends"]) == ("Asia/Shanghai", "2032-03-02T09:00:00", "2032-03-02T10:00:00"), one
    assert one["recurrences"] == ["2032-03-02T09:00:00", "2032-03-09T09:00:00", "2032-03-16T09:00:00"] and one["summary"] == "全体会议"
    assert two["zone"] == "Europe/Berlin" and two["recurrences"] == ["2032-03-27T09:00:00", "2032-03-28T09:00:00", "2032-03-29T09:00:00"], two
    assert three["zone"] == "UTC" and three["recurrences"] == ["2032-03-27T08:00:00", "2032-03-28T07:00:00", "2032-03-29T07:00:00"], three
    assert (four["all_day"], four["starts"], four["ends"], four["zone"]) == (True, "2032-01-01", "2032-01-04", None)
    assert answer["tasks"] == [] and answer["faults"] == []

@case
def hostile_calendars(folder):
    """a million rules, a hundred thousand events, a rule that never comes: each is answered in time, and says what is left out"""
    rules = calendar(event(1, "DTSTART:20320302T090000Z", *["RRULE:FREQ=DAILY;BYSECOND=0,1,2;COUNT=1000000000"] * 500_000))
    answer = json.loads(good(folder, "ical", "a.ics", rules))
    assert len(answer["events"][0]["recurrences"]) == 400 and answer["faults"], answer["faults"]
    many = calendar(*[event(n, "DTSTART:20320302T090000Z", "RRULE:FREQ=DAILY") for n in range(100_000)])
    answer = json.loads(good(folder, "ical", "a.ics", many))
    assert len(answer["events"]) == 2000 and "98000" in answer["faults"][0] and sum(len(e["recurrences"]) for e in answer["events"]) <= 100_400
    began = time.monotonic()
    never = calendar(*[event(n, "DTSTART:20320302T090000Z", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30") for n in range(2000)])
    answer = json.loads(good(folder, "ical", "a.ics", never, seconds=6))
    assert len(answer["events"]) == 2000 and answer["faults"] and time.monotonic() - began < 15
    refused(DATA, "format", folder, "ical", "a.ics", b"BEGIN:VCALENDAR\n" * 100_000)
    refused(DATA, "format", folder, "ical", "a.ics", b"hello")
    refused(DATA, "empty", folder, "ical", "a.ics", b"")

# --- table -----------------------------------------------------------------------------------------------------------------------

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

def xlsx(rows, hidden=False):
    cells = "".join("<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>" for row in rows)
    return samples.zip_of([("[Content_Types].xml", "<Types/>"),
        ("_rels/.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>'),
        ("xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="专家" sheetId="1" r:id="s"{" state=" + chr(34) + "hidden" + chr(34) if hidden else ""}/></sheets></workbook>'),
        ("xl/_rels/workbook.xml.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/a.xml"/></Relationships>'),
        ("xl/worksheets/a.xml", f'<worksheet xmlns="{MAIN}"><sheetData>' f"{cells}</sheetData></worksheet>")])

@case
def tables(folder):
    """rows of xlsx and csv in any Chinese charset, whatever the file is called; a registry of 20,000 experts is whole"""
    wanted = [["姓名", "单位"], ["甲", "乙,丙"]]
    for charset in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        for name in ("a.csv", "无后缀"):
            answer = json.loads(good(folder, "table", name, '姓名,单位\r\n甲,"乙,丙"\r\n'.encode(charset)))
            assert answer == {"sheets": [{"name": None, "hidden": False, "rows": wanted}]}, (charset, answer)
    assert json.loads(good(folder, "table", "a.xlsx", xlsx(wanted))) == {"sheets": [{"name": "专家", "hidden": False, "rows": wanted}]}
    assert json.loads(good(folder, "table", "a.xlsx", xlsx(wanted, hidden=True)))["sheets"][0]["hidden"] is True
    many = [[f"专家{n}", f"单位{n}", f"x{n}@example.cn", "WG1", "在册", "2026"] for n in range(20_000)]
    assert json.loads(good(folder, "table", "a.xlsx", xlsx(many)))["sheets"][0]["rows"] == many

@case
def table_refused(folder):
    """a table over the limits is refused, not cut; what has no table is said"""
    refused(DATA, "too large", folder, "table", "a.csv", b"a,b\n" * 100_001)
    refused(DATA, "too large", folder, "table", "a.csv", b"a," * 600_000)
    refused(DATA, "format", folder, "table", "a.docx", samples.commitment("密钥", "研究所", "温若岚", "2026年3月2日"))
    refused(DATA, "damaged", folder, "table", "a.xlsx", xlsx([["a"]])[:300])
    refused(DATA, "empty", folder, "table", "a.csv", b"")

# --- readers that attack ---------------------------------------------------------------------------------------------------------

@case
def deaths(folder):
    """a reader that crashes, spins, eats memory or floods the pipe: the caller is told which, in time"""
    for attack, words in (("crash", "crashed"), ("exec", "crashed"), ("4gb", "memory"), ("spin", "too long"), ("flood", "refused"), ("flood-lines", "refused")):
        mail = attached(("first.bin", "application/octet-stream", f"HOSTILE {attack} /\n".encode()), ("good.txt", "text/plain", "好的".encode()))
        began = time.monotonic()
        refused(DATA, words, folder, "view", "m.eml", mail, "2", seconds=2, programs="tests/jail/on")
        assert time.monotonic() - began < 10
        assert "好的" in view(folder, "view", "m.eml", mail, "3", seconds=2, programs="tests/jail/on"), attack

run()
