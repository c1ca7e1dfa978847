#!/usr/bin/env python3
"""Duties from mail to letter: what arrives meets or claims what was owed, and `run --once` reminds of the rest."""
import email, email.policy, json, os, subprocess, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [f"{HERE}/../lib", f"{HERE}/../samples"]
from tap import case, run, build
import make as samples

SHOUWEN = f"{build()}/shouwen"
SUMMARY = dict(samples.samples())["04-summary-html"]
SENDER = "wu.wanzhou@linchuan-std.example.cn"

MEETING = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//test//EN
BEGIN:VEVENT
UID:spring@example.org
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20260309
DTEND;VALUE=DATE:20260314
SUMMARY:ISO/IEC JTC 1/SC 27 工作组会议（2026年春季）
CATEGORIES:MEETING
LOCATION:新加坡
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")

class Office:
    def __init__(self, folder):
        self.folder, self.minute = folder, 0
        for name in "cur", "new", "tmp":
            os.makedirs(f"{folder}/mail/{name}")
        with open(f"{folder}/shouwen.conf", "w") as f:
            f.write("[general]\nspool = spool\nmin_free = 1M\n[office]\naddress = office@committee.example\nsecretariat = head@committee.example\n"
                    "[mailbox box]\ntype = maildir\npath = mail\nsince = 2020-01-01\nhistory = answer\n[letters]\nsend = folder\n")
        with open(f"{folder}/spring.ics", "w", newline="") as f:
            f.write(MEETING)
        with open(f"{folder}/experts.csv", "w") as f:
            f.write(f"姓名,工作单位,电子邮箱,工作组\n邬晚舟,临川标准技术研究中心,{SENDER},WG2 WG5\n陆远帆,北桥大学,lu@example.cn,WG1\n")
        self.run("stage", "clock", "--once")
        self.run("calendar", "import", f"{folder}/spring.ics")
        self.run("experts", "import", f"{folder}/experts.csv")
        self.run("experts", "attend", "ISO/IEC JTC 1/SC 27 工作组会议（2026年春季）", SENDER, "陆远帆", "attended")
        self.run("stage", "clock", "--once")

    def run(self, *words):
        # Each process begins at that instant, so that what one does is past for those of the next command only.
        self.minute += 1
        done = subprocess.run([SHOUWEN, *words, "--config", f"{self.folder}/shouwen.conf"], capture_output=True, text=True, timeout=60,
                              env=dict(os.environ, SHOUWEN_NOW=f"2026-03-16T10:{self.minute:02}:00+08:00"))
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

    def duties(self):
        """{who: duty} of the summaries"""
        lines = [json.loads(line) for line in self.run("duties", "--state", "all", "--json").split("\n") if line]
        return {line["who"]: line for line in lines if line["what"] == "meeting-summary"}

    def take_in(self, data):
        with open(f"{self.folder}/one.eml", "wb") as f:
            f.write(data)
        self.run("intake", f"{self.folder}/one.eml")

@case
def met(folder):
    """a summary from the registered address of who owes it meets the duty; his colleague's stays"""
    office = Office(folder)
    assert {who: duty["state"] for who, duty in office.duties().items()} == {"邬晚舟": "open", "陆远帆": "open"}, office.duties()
    assert office.duties()["邬晚舟"]["due"] == "2026-03-28T23:59:59+08:00"
    office.take_in(SUMMARY)
    assert {who: duty["state"] for who, duty in office.duties().items()} == {"邬晚舟": "met", "陆远帆": "open"}, office.duties()

@case
def excused(folder):
    """who did not take part after all owes nothing"""
    office = Office(folder)
    office.run("experts", "attend", "1", "2", "excused")
    office.run("stage", "clock", "--once")
    assert {who: duty["state"] for who, duty in office.duties().items()} == {"邬晚舟": "open", "陆远帆": "waived"}, office.duties()

@case
def claimed(folder):
    """the same from an address that nobody knows only claims it, and a person is asked"""
    office = Office(folder)
    office.take_in(SUMMARY.replace(SENDER.encode(), b"somebody@elsewhere.example"))
    duty = office.duties()["邬晚舟"]
    assert duty["state"] == "claimed" and duty["document_n"] > 0, duty
    assert "claims a duty" in office.run("queue", "--json"), office.run("queue")
    office.run("duties", "meet", str(duty["id_n"]), "--reason", "已电话核实")
    assert office.duties()["邬晚舟"]["reason"] == "已电话核实"

@case
def by_hand(folder):
    """what nobody could be asked for is refused; a duty without a reason is asked for by its name"""
    office = Office(folder)
    for words in (("--what", "nonsense"), ("--what", "other", "--address", "not an address"), ("--what", "other", "--due", "2026-02-30")):
        done = subprocess.run([SHOUWEN, "duties", "add", "--due", "2026-03-17", *words, "--config", f"{folder}/shouwen.conf"], capture_output=True, text=True, timeout=60)
        assert done.returncode == 64, (words, done)
    office.run("duties", "add", "--what", "research-report", "--address", "lu@example.cn", "--due", "2026-03-17")
    for _ in range(2): # each process begins at the minute that is set: to the courier a letter may be from moments ahead
        office.run("run", "--once")
    letters = [email.message_from_file(open(f"{folder}/spool/outgoing/{name}"), policy=email.policy.default) for name in os.listdir(f"{folder}/spool/outgoing")]
    letter = next(letter for letter in letters if "lu@" in letter["To"])
    text, (calendar,) = letter.get_body(("plain",)).get_content(), [part.get_content() for part in letter.iter_attachments()]
    assert "应交材料：国际标准专题研究报告" in text and "research-report" not in text and "事由" not in text, text
    assert "SUMMARY:截止：国际标准专题研究报告" in (calendar if isinstance(calendar, str) else calendar.decode()), calendar

@case
def reminded(folder):
    """run --once: what is due is told, once, with the deadline as a calendar file, and the secretariat has its account"""
    office = Office(folder)
    office.run("duties", "add", "--what", "research-report", "--name", "陆远帆", "--address", "lu@example.cn", "--due", "2026-03-17", "--why", "请提交专题研究报告")
    for _ in range(3):
        office.run("run", "--once")
    letters = [email.message_from_file(open(f"{folder}/spool/outgoing/{name}"), policy=email.policy.default) for name in os.listdir(f"{folder}/spool/outgoing")]
    assert sorted(letter["To"].split("<")[-1].strip(">") for letter in letters) == ["head@committee.example", "lu@example.cn"], [letter["To"] for letter in letters]
    letter = next(letter for letter in letters if "lu@" in letter["To"])
    text = letter.get_body(("plain",)).get_content()
    assert "请提交专题研究报告" in text and "2026年3月17日" in text and letter["Auto-Submitted"] == "auto-generated", text
    assert [part.get_content_type() for part in letter.iter_attachments()] == ["text/calendar"]

run()
