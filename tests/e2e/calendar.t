#!/usr/bin/env python3
"""Calendars and lists of experts from other programs: taken in, listed, put out, and taken in again."""
import csv, io, json, os, subprocess, sys, zipfile
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [f"{HERE}/../lib"]
from tap import case, run, build

SHOUWEN = f"{build()}/shouwen"
HOLIDAYS = f"{HERE}/../../config/calendar/china-2026.ics"

class Office:
    def __init__(self, folder, name="office"):
        self.conf = f"{folder}/{name}.conf"
        with open(self.conf, "w") as f:
            f.write(f"[general]\nspool = {folder}/{name}\nmin_free = 1M\n[office]\naddress = office@committee.example\n")
        os.chmod(self.conf, 0o600)

    def __call__(self, *words, code=0):
        done = subprocess.run([SHOUWEN, *words, "--config", self.conf], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        assert done.returncode == code, f"{words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def rows(self, *words):
        return [json.loads(line) for line in self(*words, "--json").splitlines()]

def calendar(*events):
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n" + "".join(
        "BEGIN:VEVENT\r\nDTSTAMP:20260101T000000Z\r\n" + e.replace("\n", "\r\n") + "\r\nEND:VEVENT\r\n" for e in events) + "END:VCALENDAR\r\n"

def write(path, text, encoding="utf-8"):
    with open(path, "w", encoding=encoding, newline="") as f:
        f.write(text)
    return path

@case
def holidays(folder):
    """the shipped calendar: days off and days worked instead, each once"""
    office = Office(folder)
    said = office("calendar", "import", HOLIDAYS)
    days = {r["first_day"]: r["kind"] for r in office.rows("calendar", "list")}
    assert days["2026-02-14"] == "workday" and days["2026-02-15"] == "day off" and days["2026-02-23"] == "day off", days
    assert "2026-02-24" not in days and days["2026-10-10"] == "workday"
    assert sum(k == "day off" for k in days.values()) == 33 and sum(k == "workday" for k in days.values()) == 6, days
    assert f"{len(days)} new" in said
    assert f"0 new, 0 changed, {len(days)} as before" in office("calendar", "import", HOLIDAYS)

MEETINGS = calendar(
    "UID:m1@sc27.example\nSUMMARY:SC 27 WG1 and WG 4 meeting\nDTSTART;VALUE=DATE:20260406\nDTEND;VALUE=DATE:20260411\nLOCATION:Hangzhou\n"
    "X-SHOUWEN-HOST:示例研究院\nX-SHOUWEN-CONTACT:host@institute.example.cn",
    "UID:m2@sc27.example\nSUMMARY:Plenary meeting\nDTSTART;TZID=Europe/Berlin:20260914T090000\nDTEND;TZID=Europe/Berlin:20260918T170000\nCATEGORIES:MEETING",
    "UID:b1@sc27.example\nSUMMARY:CD ballot ISO/IEC CD 27090-2 (WG4)\nDTSTART;VALUE=DATE:20260301\nDTEND;VALUE=DATE:20260526",
    "UID:b2@sc27.example\nCATEGORIES:BALLOT\nSUMMARY:DIS 27091\nX-SHOUWEN-DOCUMENT:ISO/IEC DIS 27091\nDTSTART:20260601T000000Z\nDTEND:20260701T155900Z",
    "UID:w1@office.example\nSUMMARY:春节（班）\nDTSTART;VALUE=DATE:20270207",
    "UID:w2@office.example\nSUMMARY:元旦 放假\nDTSTART;VALUE=DATE:20270101\nDTEND;VALUE=DATE:20270104",
    "UID:x1@office.example\nSUMMARY:Dentist\nDTSTART:20260501T090000Z")

@case
def meetings_and_ballots(folder):
    """meetings, ballots and days are told apart; what nobody can place is refused with a word"""
    office = Office(folder)
    said = office("calendar", "import", write(f"{folder}/a.ics", MEETINGS))
    assert "Dentist: meeting, ballot, day off" in said and "1 refused" in said, said
    rows = {r["uid"] or r["first_day"]: r for r in office.rows("calendar", "list")}
    hosted = rows["m1@sc27.example"]
    assert (hosted["first_day"], hosted["last_day"], hosted["groups"], hosted["host"]) == ("2026-04-06", "2026-04-10", "WG1 WG4", "示例研究院"), hosted
    assert (rows["m2@sc27.example"]["first_day"], rows["m2@sc27.example"]["last_day"]) == ("2026-09-14", "2026-09-18")
    assert rows["b1@sc27.example"]["document"] == "ISO/IEC CD 27090-2" and rows["b1@sc27.example"]["groups"] == "WG4"
    assert rows["b1@sc27.example"]["closes"].startswith("2026-05-25T23:59:59"), rows["b1@sc27.example"]
    assert rows["b2@sc27.example"]["closes"] == "2026-07-01T23:59:00+08:00", rows["b2@sc27.example"]
    assert rows["2027-02-07"]["kind"] == "workday" and rows["2027-01-03"]["kind"] == "day off" and "2027-01-04" not in rows
    gone = MEETINGS.replace("CATEGORIES:MEETING", "CATEGORIES:MEETING\r\nSTATUS:CANCELLED").replace("LOCATION:Hangzhou", "LOCATION:Ningbo")
    said = office("calendar", "import", "--dry-run", write(f"{folder}/b.ics", gone))
    assert "0 new, 2 changed" in said and office.rows("calendar", "list") == list(rows.values()), said
    office("calendar", "import", f"{folder}/b.ics")
    after = {r["uid"]: r for r in office.rows("calendar", "list")}
    assert after["m2@sc27.example"]["state"] == "cancelled" and after["m1@sc27.example"]["place"] == "Ningbo"

@case
def there_and_back(folder):
    """what is exported and imported elsewhere is the same calendar"""
    office, other = Office(folder), Office(folder, "other")
    office("calendar", "import", HOLIDAYS, write(f"{folder}/a.ics", MEETINGS))
    text = office("calendar", "export")
    assert text.startswith("BEGIN:VCALENDAR") and all(len(l.encode()) <= 75 for l in text.split("\n"))
    other("calendar", "import", write(f"{folder}/out.ics", text))
    strip = lambda rows: [{k: v for k, v in r.items() if k != "id"} for r in rows]
    assert strip(other.rows("calendar", "list")) == strip(office.rows("calendar", "list"))

@case
def recurring(folder):
    """a meeting that recurs is several"""
    office = Office(folder)
    office("calendar", "import", write(f"{folder}/r.ics", calendar("UID:r@sc27.example\nSUMMARY:WG2 meeting\nDTSTART;VALUE=DATE:20260105\n"
                                                                   "DTEND;VALUE=DATE:20260107\nRRULE:FREQ=MONTHLY;COUNT=3")))
    assert [(r["first_day"], r["last_day"]) for r in office.rows("calendar", "list")] == [
        ("2026-01-05", "2026-01-06"), ("2026-02-05", "2026-02-06"), ("2026-03-05", "2026-03-06")]

@case
def not_a_calendar(folder):
    """what is no calendar is refused by name, and nothing is kept"""
    office = Office(folder)
    assert "no.ics" in office("calendar", "import", write(f"{folder}/no.ics", "hello"), code=65)
    assert "none.ics" in office("calendar", "import", f"{folder}/none.ics", code=66)
    assert office.rows("calendar", "list") == []

EXPERTS = [["示例委员会专家名册", "", "", "", ""], ["序号", "姓 名", "工作单位", "电子邮箱", "工作组"],
           ["1", "温若岚", "南屏密码研究所", "Wen@nanping.example.cn", "WG1、WG2"], ["2", "段云起", "云起科技", "duan@yunqi.example", "第四工作组"],
           ["3", "", "无名单位", "x@y.example", "WG1"], ["4", "祁连", "云起科技", "not an address", ""], ["5", "祁连", "云起科技", "", "WG9"]]

def as_csv(rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()

@case
def experts(folder):
    """a list of experts from a table, in GBK, merged by address and by name and organisation"""
    office = Office(folder)
    said = office("experts", "import", write(f"{folder}/e.csv", as_csv(EXPERTS), "gb18030"))
    assert "2 new, 0 changed, 0 as before, 3 refused" in said, said
    assert "row 5: no name" in said and "row 6: the mail address" in said and "row 7: no working group" in said, said
    rows = {r["name"]: r for r in office.rows("experts", "list")}
    assert rows["温若岚"]["address"] == "wen@nanping.example.cn" and rows["温若岚"]["groups"] == "WG1 WG2" and rows["段云起"]["groups"] == "WG4", rows
    more = [["Name", "Organization", "E-mail", "Phone", "Contact email", "Working groups"],
            ["温若岚", "", "wen@nanping.example.cn", "010-5550100", "boss@nanping.example.cn", ""],
            ["段云起", "云起科技", "", "010-5550101", "", "WG4 WG5"]]
    said = office("experts", "import", write(f"{folder}/f.csv", as_csv(more)))
    assert "0 new, 2 changed" in said, said
    rows = {r["name"]: r for r in office.rows("experts", "list")}
    assert len(rows) == 2 and rows["温若岚"]["contact"] == "boss@nanping.example.cn" and rows["温若岚"]["organisation"] == "南屏密码研究所"
    assert rows["段云起"]["address"] == "duan@yunqi.example" and rows["段云起"]["groups"] == "WG4 WG5"
    gone = [["姓名", "电子邮箱", "状态"], ["温若岚", "wen@nanping.example.cn", "已退休"], ["段云起", "duan@yunqi.example", "借调"]]
    said = office("experts", "import", write(f"{folder}/h.csv", as_csv(gone)))
    assert "1 changed" in said and "row 3: its state" in said, said
    assert [r["name"] for r in office.rows("experts", "list", "--state", "withdrawn")] == ["温若岚"]
    assert "headings" in office("experts", "import", write(f"{folder}/g.csv", "a,b\n1,2\n"), code=65)

@case
def attendance(folder):
    """who takes part in a meeting is noted by name, address or number, all of a command or none"""
    office = Office(folder)
    office("calendar", "import", write(f"{folder}/a.ics", MEETINGS))
    office("experts", "import", write(f"{folder}/e.csv", as_csv(EXPERTS), "gb18030"))
    office("experts", "attend", "Plenary meeting", "温若岚", "DUAN@yunqi.example", "registered")
    number = next(r["id_n"] for r in office.rows("calendar", "list") if r["name"] == "Plenary meeting")
    assert {r["name"]: r["state"] for r in office.rows("experts", "attend", str(number))} == {"温若岚": "registered", "段云起": "registered"}
    said = office("experts", "attend", str(number), "温若岚", "nobody@example.org", "absent", code=66)
    assert "no expert 'nobody@example.org'" in said, said
    assert "no meeting 'Dinner'" in office("experts", "attend", "Dinner", "温若岚", "absent", code=66)
    office("experts", "attend", str(number), "温若岚", "late", code=64)
    assert {r["state"] for r in office.rows("experts", "attend", str(number))} == {"registered"}
    office("experts", "attend", str(number), str(office.rows("experts", "list")[0]["id_n"]), "absent")
    assert sorted(r["state"] for r in office.rows("experts", "attend", str(number))) == ["absent", "registered"]

run()
