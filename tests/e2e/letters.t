#!/usr/bin/env python3
"""Letters: every kind in every language as others read it, what answers what, and what is done with letters by hand."""
import os, re, shutil, sqlite3, subprocess, sys, time
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [f"{HERE}/../lib", f"{HERE}/../samples"]
from tap import case, run, build, Skip
import letters
import make as samples

SHOUWEN = f"{build()}/shouwen"
SAMPLES = dict(samples.samples())
LI = "lijingxing@yunqi-sec.example"

class Office:
    """Mails are put into a folder, and read by `run --once`."""

    def __init__(self, folder, more="", history="answer"):
        self.folder, self.n, self.seen = folder, 0, set()
        os.makedirs(f"{folder}/in")
        with open(f"{folder}/shouwen.conf", "w") as f:
            f.write(f"[general]\nspool = {folder}/spool\nmin_free = 1M\n[office]\nname_zh = 示例标准委员会秘书处\nname_en = Secretariat of the Example Committee\n"
                    f"address = office@committee.example\n[mailbox work]\ntype = eml\npath = {folder}/in\nsince = 2020-01-01\nhistory = {history}\n"
                    f"[filter]\nauthserv_id = mx.committee.example\n[letters]\n{more}")

    def __call__(self, *words, code=0):
        done = subprocess.run([SHOUWEN, *words], env=dict(os.environ, SHOUWEN_CONFIG=f"{self.folder}/shouwen.conf"), stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=120)
        assert done.returncode == code, f"shouwen {' '.join(words)}: exit {done.returncode}, wanted {code}\n{done.stdout.decode()}\n{done.stderr.decode()}"
        return done.stdout

    def ask(self, query, *values):
        db = sqlite3.connect(f"{self.folder}/spool/ledger.db", timeout=20)
        try:
            return db.execute(query, values).fetchall()
        finally:
            db.close()

    def takes(self, *mails, days_old=0):
        """What went out because of MAILS."""
        for mail in mails:
            self.n += 1
            with open(f"{self.folder}/in/{self.n}.eml", "wb") as f:
                f.write(mail)
            then = time.time() - 86400 * days_old
            os.utime(f"{self.folder}/in/{self.n}.eml", (then, then))
        self("run", "--once")
        out = f"{self.folder}/spool/outgoing"
        new = sorted(set(os.listdir(out)) - self.seen)
        self.seen.update(new)
        return [letters.parse(open(f"{out}/{name}", "rb").read()) for name in new]

def mail(office, sender, subject, text="", attachments=(), passes=True, extra=""):
    office.n += 1
    return samples.mail(1000 + office.n, "甲", sender, subject, text, attachments, extra=extra, passes=passes)

def preview(folder):
    with open(f"{folder}/shouwen.conf", "w") as f:
        f.write(f"[general]\nspool = {folder}/spool\n[office]\nname_zh = 示例标准委员会秘书处\nname_en = Secretariat of the Example Committee\naddress = office@committee.example\n")
    def write(kind, language, *more):
        return subprocess.run([SHOUWEN, "letters", "preview", kind, "--language", language, "--raw", "-c", f"{folder}/shouwen.conf", *more],
                              check=True, capture_output=True, timeout=60).stdout
    return write

def every_letter(folder):
    write = preview(folder)
    for language in ("zh", "en", "both"):
        for kind in letters.KINDS:
            yield kind, language, write(kind, language)
        for kind in ("acknowledgement", "status"):
            yield kind + " minimal", language, write(kind, language, "--minimal")

@case
def others_read_them(folder):
    """every kind in every language is valid mail, says the same in text and HTML, and is in its language"""
    for kind, language, raw in every_letter(folder):
        message = letters.parse(raw)
        text, html = letters.text_of(message), letters.html_of(message)
        assert letters.squeeze(text).replace("-" * 40, "") == letters.words_of_html(html), f"{kind} {language}"
        assert "${" not in text and "${" not in message["Subject"] and "\n\n\n" not in text, text
        assert (re.search("您好|收文系统|新收邮件", text) is not None) == (language != "en"), f"{kind} {language}"
        assert re.search(r"Yours sincerely|automatically|Please keep", text) is not None if language != "zh" else not re.search(r"\bthe\b", text), text
        assert message["Message-ID"] and message["Date"].datetime and message["From"].addresses[0].addr_spec == "office@committee.example"
        by_person = kind in ("return", "rejection", "reply")
        assert (message["Auto-Submitted"] is None) == by_person, kind
        if "minimal" in kind:
            assert not re.search(r"张三|专家申请|docx|http", text + html + message["Subject"]), text
        if kind == "reminder":
            calendar = [p for p in message.walk() if p.get_content_type() == "text/calendar"]
            assert len(calendar) == 1 and calendar[0].get_filename() == "deadline.ics"
            assert b"BEGIN:VEVENT\r\n" in calendar[0].get_payload(decode=True)

@case
def no_filter_minds(folder):
    """no kind of letter looks like spam to SpamAssassin's local rules"""
    if not shutil.which("spamassassin"):
        raise Skip("no spamassassin")
    names = []
    with open(f"{folder}/mbox", "wb") as f:
        for kind, language, raw in every_letter(folder):
            if language == "both":
                continue # what it is made of was looked at
            names.append(f"{kind} {language}")
            f.write(b"From office@committee.example Thu Mar  5 10:21:01 2026\n" + raw.replace(b"\r\n", b"\n") + b"\n")
    out = subprocess.run(["spamassassin", "-L", "-t", "--mbox", f"{folder}/mbox"], check=True, capture_output=True, timeout=120,
                         env=dict(os.environ, HOME=folder)).stdout.decode("utf-8", "replace")
    scores = [float(s) for s in re.findall(r"^X-Spam-Status: \w+, score=(-?[\d.]+)", out, re.M)]
    assert len(scores) == len(names), f"{len(scores)} of {len(names)}"
    worst = max(zip(scores, names))
    print(f"# the highest score is {worst[0]}: {worst[1]}")
    assert worst[0] < 1.0, f"{worst}\n" + "\n".join(re.findall(r"^X-Spam-Status:.*(?:\n\s.*)*", out, re.M))

@case
def completed(folder):
    """a reply that leaves nothing missing is answered by one letter that says so and is the receipt"""
    office = Office(folder)
    first, = office.takes(SAMPLES["02-application-incomplete"])
    assert "须补正" in letters.text_of(first) and "办理方法：" in letters.text_of(first)
    assert office.ask("SELECT state FROM entries") == [("waiting",)]
    good = samples.application("郦景行", "Li Jingxing", "云栖网络安全股份有限公司", "0571-55501234", LI, ["WG1"], samples.LONG)
    second, = office.takes(mail(office, LI, "Re: " + first["Subject"], "已补正。", [("申请表.docx", samples.DOCX, good)], extra=f"In-Reply-To: {first['Message-ID']}\r\n"))
    assert office.ask("SELECT kind FROM letters ORDER BY id") == [("acknowledgement",), ("completion",)]
    assert office.ask("SELECT state FROM entries") == [("complete",)]
    text = letters.text_of(second)
    assert "材料现已齐全" in text and "SHA-256" in text and second["Subject"] == "材料齐备通知 SC27-2026-0001：提交申请表", second["Subject"]
    office("rebuild", "--force")
    assert office.ask("SELECT kind, state FROM letters ORDER BY id") == [("acknowledgement", "sent"), ("completion", "sent")]

PROPOSAL, PROPOSAL_EN, BODY = "轻量级密钥更新机制", "Lightweight key renewal mechanism", "对象与范围、技术路线和验证安排均有说明，" * 6

def form(title, **rows):
    return samples.docx(samples.para(title, "Title"), samples.table([[(label, 1), (value, 1)] for label, value in rows.items()]))

INFORMATION = form("国际标准提案信息表", 提案名称=PROPOSAL, 英文名称=PROPOSAL_EN, 负责人姓名="温若岚", 负责人电话="0571-55501234", 负责人邮箱="wen@nanping.example",
                   提案提出单位="南屏密码技术研究所", 工作组="WG2", 提案主要内容=BODY, 提案拟解决的问题=BODY, 给出提案预期作用和效益=BODY,
                   提案与现有国际标准的差异分析=BODY, 提案国内技术发展和行业带来的影响=BODY, 提案来源="☑国家标准 ☐行业标准", 日期="2026年3月2日")
REPORT = form("国际标准提案论证报告", 提案名称=PROPOSAL, 申请单位="南屏密码技术研究所", 提案负责人="温若岚", 目的和意义=BODY, 内容概要=BODY, 是否涉及专利="☐是 ☑否", 日期="2026年3月2日")
NEW_WORK = form("New Work Item Proposal", **{"Proposer": "SAC", "Title (English)": PROPOSAL_EN, "Scope": "This document specifies a mechanism for renewing keys in constrained devices.",
                "Purpose and justification": "Devices in the field need keys that can be renewed with little energy. " * 3, "Proposed project leader": "Wen Ruolan"})
OUTLINE = samples.docx(samples.para("标准草案大纲", "Title"), samples.table([[("标准名称（中文）", 1), (PROPOSAL, 1)], [("标准名称（英文）", 1), (PROPOSAL_EN, 1)]]),
                       *[samples.para(line) for line in ("1 范围", "2 规范性引用文件", "3 术语和定义", "4 机制")])
PLEDGE = samples.commitment(PROPOSAL, "南屏密码技术研究所", "温若岚", "2026年3月1日")

@case
def package(folder):
    """the missing parts of a proposal are a duty with a term; a new mail that brings them closes it, and its sender is told so"""
    office, wen = Office(folder), "wen@nanping.example"
    files = lambda *names: [(name, samples.DOCX, data) for name, data in names]
    first, = office.takes(mail(office, wen, "提案材料", "见附件。", files(("信息表.docx", INFORMATION), ("承诺书.docx", PLEDGE))))
    assert office.ask("SELECT state FROM entries") == [("complete",)], office("show", "1")
    assert "尚缺材料" in letters.text_of(first) and "（含当日）前补齐" in letters.text_of(first), letters.text_of(first)
    assert office.ask("SELECT what, state FROM duties WHERE entry = 1") == [("completion", "open")]
    second, = office.takes(mail(office, wen, "提案材料（二）", "见附件。", files(("论证报告.docx", REPORT))))
    assert "缺：附件5" in letters.text_of(second), letters.text_of(second)
    assert office.ask("SELECT entry, state FROM duties WHERE what = 'completion' ORDER BY entry") == [(1, "met"), (2, "open")]
    third, = office.takes(mail(office, wen, "提案材料（三）", "其余见附件。", files(("NP.docx", NEW_WORK), ("草案大纲.docx", OUTLINE))))
    assert third["Subject"].startswith("材料齐备通知") and "材料现已齐全" in letters.text_of(third), (letters.text_of(third), office("show", "3"))
    assert office.ask("SELECT DISTINCT state FROM duties WHERE what = 'completion'") == [("met",)]
    assert office.ask("SELECT due FROM entries WHERE due IS NOT NULL") == []

@case
def asked_for_status(folder):
    """查询 and STATUS are answered to those whom the entry belongs to; an unknown number is like somebody else's"""
    office = Office(folder)
    first, = office.takes(SAMPLES["02-application-incomplete"])
    attention = office.ask("SELECT attention FROM entries")
    for subject, body in (("查询 SC27-2026-0001", ""), ("Re: " + first["Subject"], "\n查询\n> 您好"), ("STATUS: SC27-2026-0001", "x"), ("查询 收文〔2026〕1号", "")):
        answer, = office.takes(mail(office, LI, subject, body))
        assert answer["Subject"] == "办理情况 SC27-2026-0001" and "申请表.docx" in letters.text_of(answer) and "待补正" in letters.text_of(answer)
        assert answer["To"] == LI and answer["Auto-Submitted"] == "auto-replied"
    assert office.ask("SELECT attention FROM entries") == attention
    assert [k for k, in office.ask("SELECT kind FROM letters")] == ["acknowledgement"] + 4 * ["status"]
    foreign = office.takes(mail(office, "else@stranger.example", "查询 SC27-2026-0001"))
    unknown = office.takes(mail(office, "else@stranger.example", "查询 SC27-2026-0999"))
    assert office.takes(mail(office, "else@stranger.example", "查询 收文〔2026〕1号")) == []
    failed = office.takes(mail(office, LI, "查询 SC27-2026-0001", passes=False, extra="Authentication-Results: mx.committee.example; dmarc=fail\r\n"))
    assert foreign == unknown == failed == []
    assert office.takes(mail(office, LI, "查询一下会议时间 SC27-2026-0001", "请问会议何时开？")) == []

@case
def status_to_the_unverified(folder):
    """who asks from the entry's address without proof gets the states and no words of the mail"""
    office = Office(folder)
    office.takes(SAMPLES["02-application-incomplete"])
    answer, = office.takes(mail(office, LI, "查询 SC27-2026-0001", passes=False))
    text = letters.text_of(answer)
    assert "待补正" in text and "申请表" not in text and "郦" not in text, text

@case
def nobody_is_bothered(folder):
    """thanks, bulk mail, automatic answers and bounces get no letter; nor does mail of before"""
    os.makedirs(f"{folder}/silent")
    assert Office(f"{folder}/silent", history="silent").takes(SAMPLES["01-application"], days_old=2) == []
    office = Office(folder)
    first, = office.takes(SAMPLES["01-application"])
    who = first["To"]
    assert office.takes(mail(office, who, "Re: " + first["Subject"], "谢谢！")) == []
    assert office.takes(mail(office, who, "Re: " + first["Subject"], "查询", extra="Auto-Submitted: auto-replied\r\n")) == []
    assert office.takes(mail(office, "noreply@system.example", "申请")) == []
    assert office.takes(SAMPLES["07-out-of-office"], SAMPLES["08-newsletter"], SAMPLES["14-bounce"]) == []

@case
def by_settings(folder):
    """each kind is sent, held or never written, as the settings say"""
    office = Office(folder, "acknowledgement = hold\nstatus = never\nlanguage = sender\n")
    assert office.takes(SAMPLES["02-application-incomplete"]) == []
    assert office.ask("SELECT state, reason FROM letters") == [("held", "letters of this kind are released by a person")]
    assert office.takes(mail(office, LI, "查询 SC27-2026-0001")) == []
    assert office.ask("SELECT count(*) FROM letters") == [(1,)] and office.ask("SELECT attention FROM entries") == [("reply without documents",)]
    office("letters", "release", "1")
    office("letters", "release", "1", code=75)
    letter, = office.takes()
    assert "Dear" not in letters.text_of(letter) # its sender writes Chinese
    assert office.ask("SELECT released_by IS NOT NULL FROM letters") == [(1,)]

@case
def by_hand(folder):
    """letters are listed, shown, held, released and sent again by hand"""
    office = Office(folder, "acknowledgement = hold\n")
    office.takes(SAMPLES["02-application-incomplete"])
    listed = office("letters", "--json").decode()
    assert '"state":"held"' in listed.replace(" ", "") and office("letters", "list", "--state", "sent", "--json") == b""
    shown = office("letters", "show", "1").decode()
    assert "收文编号：收文〔2026〕1号" in shown and "\n   识别为：" in shown
    office("letters", "show", "1", "--html", f"{folder}/x.html")
    assert letters.squeeze(shown.split("\n\n", 1)[1]).replace("-" * 40, "") == letters.words_of_html(open(f"{folder}/x.html", encoding="utf-8").read())
    assert letters.parse(office("letters", "show", "1", "--raw"))["To"] == LI
    office("letters", "release", "1")
    office("letters", "hold", "1")
    assert office.ask("SELECT state, reason FROM letters") == [("held", "held back by a person")]
    office("letters", "resend", "1", code=75)
    office("letters", "release", "1")
    sent, = office.takes()
    db = sqlite3.connect(f"{folder}/spool/ledger.db")
    db.execute("UPDATE letters SET state = 'bounced', attempts = 40")
    db.commit()
    db.close()
    office("letters", "resend", "1")
    office("run", "--once")
    assert office.ask("SELECT state, attempts, message_id FROM letters") == [("sent", 1, sent["Message-ID"])]
    for words in (("letters", "show"), ("letters", "show", "x"), ("letters", "burn", "1"), ("letters", "preview", "poem"), ("letters", "preview", "reply", "-l", "fr")):
        office(*words, code=64)
    office("letters", "show", "99", code=66)
    about = office("letters", "preview", "return", "SC27-2026-0001", "-l", "zh").decode()
    assert "申请表.docx" in about and "须补正" in about and f"To: {LI}" in about
    assert "申请表.docx" in office("letters", "preview", "acknowledgement", "1", "-l", "zh").decode()
    assert office.ask("SELECT count(*) FROM letters") == [(1,)]

run()
