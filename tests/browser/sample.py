"""What the desk's browser tests put into the office beside the samples: a whole proposal, a paper of no known kind, a calendar, and mails
full of texts that would do something if anybody believed them."""
import os, re
from locked import locked_zip
import make as samples

HOLIDAYS = os.path.abspath(f"{os.path.dirname(os.path.abspath(__file__))}/../../config/calendar")

TITLE, TITLE_EN = "信息安全 密钥更新机制", "Information security - Key renewal"

def form(title, rows):
    return samples.docx(samples.para(title, "Title"), samples.table([[(label, 1), (value, 3)] for label, value in rows]))

def proposal():
    """A whole proposal (Art. 18) in one mail."""
    rows = [("提案名称", TITLE), ("提案中文名称", TITLE), ("提案英文名称", TITLE_EN), ("提案单位", "南屏密码技术研究所"), ("提案负责人", "温若岚"), ("日期", "2026年3月2日")]
    files = [("附件2 提案信息表.docx", form("国际标准提案信息表", rows)), ("附件4 论证报告.docx", form("国际标准提案论证报告", rows)),
             ("附件6 承诺书.docx", samples.commitment(TITLE, "南屏密码技术研究所", "温若岚", "2026年3月2日")),
             ("Form 4.docx", form("Form 4: New Work Item Proposal", [("Title of the proposal", TITLE_EN), ("Proposer", "SAC"), ("Project leader", "Wen Ruolan")])),
             ("标准草案.docx", samples.docx(samples.para(f"ISO/IEC WD 99999 {TITLE_EN}", "Title"), samples.para("1 Scope", "Heading1"), samples.para("This document specifies a mechanism."),
                                        samples.para("2 Normative references", "Heading1"), samples.para("3 Terms and definitions", "Heading1")))]
    return samples.mail(31, "温若岚", "wen.ruolan@nanping-crypto.example.cn", "国际标准提案材料（全套）", "提案材料一套，请查收。", [(name, samples.DOCX, data) for name, data in files])

def uncertain():
    paper = samples.docx(samples.para("有关情况", "Title"), samples.para("现将我单位近期有关情况说明如下，请予支持。"), samples.para("联系人：杜若衡，电话 0571-55509876。"))
    return samples.mail(32, "杜若衡", "du@lanxi-lab.example.cn", "一份材料", "材料见附件。", [("材料.docx", samples.DOCX, paper)])

def hostile(n, text):
    line = re.sub(r"[\r\n\x00]+", " ", text)
    data = samples.application(re.sub(r"[\x00-\x1f]", "", text), "X", re.sub(r"[\x00-\x1f]", "", text), "13800000000", "a@example.org", ["WG1"], re.sub(r"[\x00-\x1f]", "", text) * 3)
    page = f"<html><body>{line}<p>{line}</p></body></html>".encode()
    return samples.mail(n % 50, line, f"sender{n}@example.org", line, text + "\n" + text, [(line + ".docx", samples.DOCX, data), (line + ".html", "text/html; charset=utf-8", page)],
                        extra=f"X-Hostile: {line.encode('ascii', 'replace').decode()}\r\n").replace(f"<sample{n % 50}@".encode(), f"<hostile{n}@".encode())

def versions():
    """One application twice: the second with another employer, and a telephone that the first lacked."""
    for n, phone, employer, subject in ((33, "", "北岭检测认证有限公司", "专家申请（初稿）"), (34, "13900001111", "北岭网络安全实验室", "专家申请（修改稿）")):
        form = samples.application("梅以宁", "Mei Yining", employer, phone, "mei@beiling-lab.example.cn", ["WG2"], samples.LONG)
        yield samples.mail(n, "梅以宁", "mei@beiling-lab.example.cn", subject, "申请表见附件。", [("申请表-梅以宁.docx", samples.DOCX, form)])

def encrypted():
    """An application in a zip whose password is 四海 1234."""
    form = samples.application("柏以诚", "Bai Yicheng", "四海密码实验室", "13900002222", "bai@sihai-lab.example.cn", ["WG2"], samples.LONG)
    return samples.mail(35, "柏以诚", "bai@sihai-lab.example.cn", "加密的申请材料", "密码另告。", [("材料.zip", "application/zip", locked_zip({"申请表.docx": form}, "四海 1234"))])

def plain(n):
    return samples.mail(40, "普通人", f"plain{n}@example.org", f"普通来信 {n}", "老师好，请问下次会议何时召开？").replace(b"<sample40@", b"<plain%d@" % n)

MEETINGS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
DTSTAMP:20260101T000000Z
UID:m1@sc27.example
SUMMARY:SC 27 WG1 and WG 4 meeting
DTSTART;VALUE=DATE:20261012
DTEND;VALUE=DATE:20261017
LOCATION:Hangzhou
X-SHOUWEN-HOST:示例研究院
END:VEVENT
BEGIN:VEVENT
DTSTAMP:20260101T000000Z
UID:b1@sc27.example
SUMMARY:CD ballot ISO/IEC CD 27090-2 (WG4)
DTSTART;VALUE=DATE:20261001
DTEND;VALUE=DATE:20261026
END:VEVENT
END:VCALENDAR
"""

def calendar(office):
    """Days off, a meeting and a ballot in October 2026."""
    with open(f"{office.folder}/meetings.ics", "w", encoding="utf-8", newline="") as f:
        f.write(MEETINGS.replace("\n", "\r\n"))
    office("calendar", "import", f"{HOLIDAYS}/china-2026.ics", f"{office.folder}/meetings.ics")
