"""One document of each kind, in words and order of its own. A form is a function (Invent, n) -> Document; N counts the documents
of the kind, so that layouts and synonyms take turns."""
from dataclasses import dataclass, field

import layouts
from invent import TOPICS, WG_NAMES, day, english_day
from layouts import ticked
from model import Cell, Heading, Para, Table

@dataclass
class Document:
    kind: str
    blocks: list
    fields: dict = field(default_factory=dict)
    findings: list = field(default_factory=list)
    name: str = "材料"
    maybe: list = field(default_factory=list)      # fields that may be given or not
    maybe_findings: list = field(default_factory=list)

def arranged(invent, n, title, items, tables_only=False):
    choices = layouts.TABLES if tables_only else layouts.ALL
    return choices[n % len(choices)](title, items, layouts.LOOKS[(n * 7 + len(title)) % len(layouts.LOOKS)])

def groups_text(invent, n, chosen):
    names = list(WG_NAMES)
    styles = [lambda: ticked([f"{g}（{WG_NAMES[g]}）" for g in names], {f"{g}（{WG_NAMES[g]}）" for g in chosen}, 3),
              lambda: "、".join(f"SC27/{g}" for g in chosen),
              lambda: ticked(names, set(chosen), n),
              lambda: "；".join(f"ISO/IEC JTC 1/SC 27/WG {g[2]}" for g in chosen),
              lambda: "和".join(WG_NAMES[g] for g in chosen),
              lambda: "、".join(f"第{'一二三四五'[int(g[2]) - 1]}工作组" for g in chosen)]
    return styles[n % len(styles)]()

def seal_line(text, person, date, n):
    """What stands at the end of an opinion."""
    return f"{text}\n（盖章）\n{day(date, n)}"

def sealed(fields):
    """An editable copy cannot show the seal it must bear."""
    fields["seal"] = "unknown"
    return ["seal-unknown"]

def of(n, *choices):
    return choices[n % len(choices)]

# --- experts ------------------------------------------------------------------------------------------------------------------

def application(invent, n):
    p, groups, date = invent.person(), invent.groups(), invent.date()
    statement = invent.prose(6)
    opinion = of(n, "同意推荐，并提供经费保障。", "同意该同志申请，单位支持其参加国际标准化活动。", "经研究，同意推荐。")
    level = of(n, "熟练", "良好", "精通")
    education = f"{p['born'].year + 18}年9月—{p['born'].year + 22}年6月，{p['office']}，网络空间安全，本科"
    experience = f"{p['born'].year + 22}年7月至今，{p['office']}，{p['title']}"
    items = [(of(n, "姓名", "申请人姓名", "专家姓名", "中文姓名"), p["name"], False),
             (of(n, "姓名拼音", "英文姓名", "拼音", "Name in Pinyin"), p["latin"], False),
             ("性别", ticked(["男", "女"], {p["gender"]}, n) if n % 3 == 0 else p["gender"], False),
             (of(n, "出生年月", "出生日期", "生日"), day(p["born"], n), False),
             (of(n, "工作单位", "所在单位", "单位名称", "供职单位", "单位"), p["office"], False),
             (of(n, "职务/职称", "职称", "职务", "岗位及职称"), p["title"], False),
             (of(n, "通信地址", "通讯地址", "联系地址", "单位地址"), p["address"], False),
             (of(n, "邮编", "邮政编码"), p["postcode"], False),
             (of(n, "联系电话", "手机", "电话", "移动电话", "手机号码"), p["phone"], False),
             (of(n, "电子邮箱", "E-mail", "邮箱", "电子邮件", "Email"), p["email"], False),
             (of(n, "英语水平", "外语水平（英语）", "英语能力"), ticked(["精通", "熟练", "良好", "一般"], {level}, n + 1) if n % 2 else level, False),
             (of(n, "申请参加的工作组", "拟参加工作组", "申请工作组", "所申请的工作组（可多选）"), groups_text(invent, n, groups), True),
             (of(n, "学习经历", "教育经历", "教育背景"), education, True),
             (of(n, "工作经历", "工作履历", "主要工作经历"), experience, True),
             (of(n, "申请说明", "申请理由", "个人申请陈述"), statement, True),
             (of(n, "所在单位推荐意见", "单位推荐意见", "推荐单位意见", "单位意见"), seal_line(opinion, p, date, n), True)]
    fields = {"name": p["name"], "name_latin": p["latin"], "gender": p["gender"], "birth_date": p["born"].isoformat(), "employer": p["office"],
              "title": p["title"], "address": p["address"], "postcode": p["postcode"], "phone": p["phone"], "email": p["email"],
              "working_groups": groups, "english_level": level, "education": education, "experience": experience, "statement": statement,
              "employer_opinion": opinion, "date": date.isoformat()}
    title = of(n, "ISO、IEC工作组专家申请表", "ISO/IEC 工作组注册专家申请表", "SC27工作组专家申请表")
    return Document("expert-application", arranged(invent, n, title, items), fields, sealed(fields), f"专家申请表-{p['name']}")

def change(invent, n):
    p, date = invent.person(), invent.date()
    old, new = invent.person(), invent.person()
    rows = [("工作单位", old["office"], p["office"]), ("手机", old["phone"], p["phone"]), ("电子邮箱", old["email"], new["email"])]
    rows = [r for r in rows if r[1] != r[2]][:1 + n % 3]
    fields = {"name": p["name"], "employer": p["office"], "date": date.isoformat(),
              "changes": [{"item": a, "before": b, "after": c} for a, b, c in rows]}
    head = [Heading(of(n, "专家个人信息变更备案表", "注册专家信息变更表", "专家信息变更备案表"))]
    items = [(of(n, "姓名", "专家姓名"), p["name"], False), (of(n, "现工作单位", "所在单位", "工作单位"), p["office"], False)]
    if n % 3 == 2:
        blocks = head + [Para(f"{a}：{b}") for a, b, _ in items]
    else:
        blocks = head + [Table([[a, b] for a, b, _ in items])]
    names = of(n, ("变更项目", "变更前", "变更后"), ("变更事项", "原信息", "新信息"), ("项目", "变更前内容", "变更后内容"))
    return Document("information-change", blocks + [Table([list(names)] + [list(r) for r in rows]), Para(f"{of(n, '日期', '填表日期')}：{day(date, n)}")],
                    fields, name=f"信息变更-{p['name']}")

def withdrawal(invent, n):
    p, groups, date = invent.person(), invent.groups(), invent.date()
    reason = of(n, "工作岗位调整，不再从事网络安全标准化工作", "已办理退休手续", "出国进修两年，无法履行专家职责", "单位业务方向变化")
    fields = {"name": p["name"], "employer": p["office"], "working_groups": groups, "reason": reason, "date": date.isoformat()}
    if n % 2:
        text = [Para("秘书处："), Para(f"本人{p['name']}，系{p['office']}{p['title']}，现为{'、'.join('SC27/' + g for g in groups)}注册专家。因{reason}，申请退出上述工作组。请予批准。"),
                Para(f"申请人：{p['name']}"), Para(day(date, n))]
        return Document("withdrawal", [Heading("退出申请")] + text, fields, sealed(fields), f"退出申请（{p['name']}）")
    items = [("姓名", p["name"], False), ("工作单位", p["office"], False), (of(n // 2, "所在工作组", "退出的工作组"), "、".join(groups), False),
             (of(n // 2, "退出原因", "退出理由"), reason, True), (of(n // 2, "申请日期", "日期"), day(date, n), False)]
    return Document("withdrawal", arranged(invent, n // 2, of(n // 2, "退出工作组申请表", "专家退出申请"), items), fields, sealed(fields), f"退出申请（{p['name']}）")

# --- proposals -----------------------------------------------------------------------------------------------------------------

ORIGINS = [("国家标准", "national"), ("行业标准", "industry"), ("地方标准", "local"), ("团体标准", "group"), ("企业标准", "enterprise"), ("其他", "other")]

def information(invent, n):
    p, (zh, en, about), date, groups = invent.person(), invent.of(TOPICS), invent.date(), invent.groups(1)
    origin = invent.of(ORIGINS)
    others = "、".join(sorted({invent.person()["office"] for _ in range(2)} - {p["office"]})) or "无"
    long = [invent.prose(3, about) for _ in range(5)]
    opinion = of(n, "同意申报该提案。", "同意申报，我单位将提供人员和经费保障。")
    items = [(of(n, "提案名称（中文）", "提案中文名称", "中文名称"), zh, False), (of(n, "提案名称（英文）", "提案英文名称", "英文名称"), en, False),
             (of(n, "负责人姓名", "提案负责人", "负责人"), p["name"], False), (of(n, "负责人电话", "联系电话", "负责人联系电话"), p["phone"], False),
             (of(n, "负责人邮箱", "负责人电子邮箱", "电子邮箱"), p["email"], False), (of(n, "提案提出单位", "提出单位", "牵头单位"), p["office"], False),
             (of(n, "提案参与单位", "参与单位"), others, False), (of(n, "所属工作组", "对应工作组"), groups_text(invent, n, groups), True),
             (of(n, "提案主要内容", "主要内容"), long[0], True), (of(n, "提案拟解决的问题", "拟解决的问题"), long[1], True),
             (of(n, "给出提案预期作用和效益", "预期作用和效益", "提案预期作用和效益"), long[2], True),
             (of(n, "提案与现有国际标准的差异分析", "与现有国际标准的差异分析"), long[3], True),
             (of(n, "提案国内技术发展和行业带来的影响", "对国内技术发展和行业的影响"), long[4], True),
             ("提案来源", ticked([o[0] for o in ORIGINS], {origin[0]}, n), True),
             (of(n, "提案单位意见", "单位意见"), seal_line(opinion, p, date, n), True)]
    fields = {"title_zh": zh, "title_en": en, "leader": p["name"], "leader_phone": p["phone"], "leader_email": p["email"], "organization": p["office"],
              "working_groups": groups, "content": long[0], "problem": long[1], "benefit": long[2], "difference": long[3],
              "domestic_impact": long[4], "origin": origin[1], "opinion": opinion, "date": date.isoformat()}
    if others != "无":
        fields["participants"] = others
    return Document("proposal-information", arranged(invent, n, "ISO/IEC JTC1/SC27 国际标准提案信息表", items), fields, sealed(fields), "附件2提案信息表")

def review(invent, n):
    p, (zh, _, about) = invent.person(), invent.of(TOPICS)
    content, feasible = invent.prose(4, about), invent.prose(4, about)
    fields = {"title_zh": zh, "content": content, "feasibility": feasible, "handler": p["name"]}
    items = [("提案名称", zh, False), ("提案内容概要", content, True), (of(n, "提案立项可行性说明", "立项可行性说明"), feasible, True), ("经办人", p["name"], False)]
    return Document("proposal-review", arranged(invent, n + 1, "国际标准提案审核表", items), fields, name="附件3审核表")

def report(invent, n):
    p, (zh, _, about), date = invent.person(), invent.of(TOPICS), invent.date()
    long = [invent.prose(3, about) for _ in range(6)]
    members = sorted({invent.person()["name"] for _ in range(3)})
    patents = n % 2
    opinion = of(n, "同意申报。", "情况属实，同意提交。")
    items = [(of(n, "国际标准提案名称", "提案名称"), zh, False), (of(n, "所属TC或SC名称", "所属TC/SC"), "ISO/IEC JTC1/SC27", False),
             (of(n, "申请单位", "提案申请单位"), p["office"], False), (of(n, "提案负责人", "负责人"), p["name"], False),
             ("目的和意义", long[0], True), ("内容概要", long[1], True), ("该领域国内外技术和产业现状及发展趋势", long[2], True),
             ("该领域国内外标准体系现状", long[3], True), (of(n, "本提案对国内产业的影响", "对国内产业的影响"), long[4], True),
             ("是否涉及专利", ticked(["是", "否"], {"是" if patents else "否"}, n), False), ("实施途径和进度安排", long[5], True),
             (of(n, "主要参加人员", "主要参与人员"), "、".join(members), True), ("申请单位意见", seal_line(opinion, p, date, n), True)]
    fields = {"title_zh": zh, "committee": "ISO/IEC JTC1/SC27", "organization": p["office"], "leader": p["name"], "purpose": long[0], "content": long[1],
              "trends": long[2], "standards_landscape": long[3], "domestic_impact": long[4], "patents": "yes" if patents else "no",
              "schedule": long[5], "participants": members, "opinion": opinion, "date": date.isoformat()}
    return Document("proposal-report", arranged(invent, n, "提交IEC或ISO/IEC JTC1国际标准提案论证报告", items), fields, sealed(fields), "附件4论证报告")

def np_form(invent, n):
    p, (_, en, about) = invent.person(), invent.of(TOPICS)
    subject = en.split(" of ")[-1].split(" for ")[-1]
    start = invent.date()
    scope, reasons = invent.english(3, subject[0].upper() + subject[1:]), invent.english(4, subject[0].upper() + subject[1:])
    dates = [start.replace(year=start.year + k) for k in range(4)]
    wg, sdgs = invent.random.randint(1, 5), sorted(invent.random.sample(["8", "9", "11", "12", "16"], 2), key=int)
    track, kind = of(n, "36", "24", "18"), of(n, "IS", "TS")
    kinds = [("International Standard", "IS"), ("Technical Specification", "TS"), ("Publicly Available Specification", "PAS")]
    items = [("Proposer", "SAC (China)", False), ("Title of the proposed deliverable (English)", f"Information security — {en}", False),
             ("Scope of the proposed deliverable", scope, True), ("Purpose and justification of the proposal", reasons, True),
             ("Proposed Project Leader (name)", p["latin"], False), ("Project leader e-mail", p["email"], False),
             ("Preferred document", ticked([k[0] for k in kinds], {k[0] for k in kinds if k[1] == kind}, n), True),
             ("Proposed Standard Development Track (SDT)", ticked(["18 months", "24 months", "36 months"], {f"{track} months"}, n + 1), True),
             ("Proposed date for first meeting", english_day(dates[0]), False), ("WD", english_day(dates[1]), False), ("DIS submission", english_day(dates[2]), False),
             ("Publication", english_day(dates[3]), False), ("To be developed by", f"ISO/IEC JTC 1/SC 27/WG {wg}", False),
             ("Known patented items", ticked(["Yes", "No"], {"No"}, n), True), ("UN Sustainable Development Goals", ", ".join(f"SDG {s}" for s in sdgs), True)]
    fields = {"proposer": "SAC (China)", "title_en": f"Information security — {en}", "scope": scope, "justification": reasons, "project_leader": p["latin"],
              "leader_email": p["email"], "preferred_document": kind, "development_track": track, "first_meeting": dates[0].isoformat(),
              "wd_date": dates[1].isoformat(), "dis_date": dates[2].isoformat(), "publication_date": dates[3].isoformat(),
              "developed_by": f"ISO/IEC JTC 1/SC 27/WG {wg}", "patented": "no", "sdgs": sdgs}
    layout = of(n, layouts.two_columns, layouts.pairs, layouts.lines)
    return Document("np-form", layout("Form 4: New Work Item Proposal (NP)", items, layouts.plain), fields, name="NP form")

def commitment(invent, n):
    p, (zh, en, _), date = invent.person(), invent.of(TOPICS), invent.date()
    fields = {"title_zh": zh, "organization": p["office"], "leader": p["name"], "date": date.isoformat()}
    text = of(n, f"我单位承诺承担国际标准提案《{zh}》（{en}）的研制工作，提案负责人为{p['name']}，保证其投入足够的时间和精力，并提供必要的经费支持。",
              f"{p['office']}自愿牵头申报《{zh}》国际标准提案，负责人{p['name']}。我单位承诺按期提交各阶段文本，持续参加国际会议。",
              f"关于《{zh}》国际标准提案，我单位郑重承诺：一、保障项目经费；二、支持提案负责人{p['name']}全程参与；三、遵守国际标准化组织的各项规定。")
    blocks = [Heading("关于承担网络安全国际标准提案的承诺书" if n % 2 else "承诺书"), Para("秘书处：" if n % 3 else "全国网络安全标准化技术委员会秘书处："), Para(text),
              Para(of(n, f"承诺单位（盖章）：{p['office']}", f"单位名称（公章）：{p['office']}", f"{p['office']}（盖章）")), Para(of(n, f"日期：{day(date, n)}", day(date, n)))]
    return Document("commitment-letter", blocks, fields, sealed(fields), f"承诺书-{p['office']}")

def draft(invent, n):
    zh, en, about = invent.of(TOPICS)
    stage = of(n, "WD", "CD", "PWI")
    number = f"ISO/IEC {stage} {invent.random.randint(27100, 27999)}"
    title = f"Cybersecurity — {en}"
    body = [Heading("Foreword", 2), Para(invent.english(2, "These systems")), Heading("1 Scope", 2), Para(invent.english(3, "These systems")),
            Heading("2 Normative references", 2), Para("ISO/IEC 27000, Information technology — Security techniques — Overview and vocabulary"),
            Heading("3 Terms and definitions", 2), Para("For the purposes of this document, the terms and definitions given in ISO/IEC 27000 apply."),
            Heading("4 Overview", 2), Para(invent.english(4, "These systems"))]
    return Document("draft-standard", [Para(number), Heading(title), Para(of(n, "Working Draft", "Committee Draft", "Preliminary work item"))] + body,
                    {"title_en": title, "document_number": number, "stage": stage}, name=number.replace("/", "-"), maybe=["title_zh"])

# --- meetings ------------------------------------------------------------------------------------------------------------------

def registration(invent, n):
    p, m, groups = invent.person(), invent.meeting(), invent.groups(1)
    online = n % 2
    items = [(of(n, "会议名称", "参加会议", "拟参加会议"), m["name"], True), (of(n, "姓名", "参会人姓名", "参会人"), p["name"], False),
             (of(n, "工作单位", "单位"), p["office"], False), (of(n, "职务/职称", "职务"), p["title"], False), (of(n, "手机", "联系电话"), p["phone"], False),
             (of(n, "邮箱", "电子邮箱"), p["email"], False), (of(n, "参加的工作组", "工作组"), groups_text(invent, n + 1, groups), False),
             (of(n, "参会方式", "参加方式"), ticked(["线下", "线上"] if n % 3 else ["现场参会", "网络参会"], {"线上", "网络参会"} if online else {"线下", "现场参会"}, n), False)]
    fields = {"name": p["name"], "employer": p["office"], "title": p["title"], "phone": p["phone"], "email": p["email"], "meeting": m["name"],
              "working_groups": groups, "attendance": "online" if online else "in-person"}
    return Document("meeting-registration", arranged(invent, n, of(n, "参会申请表", "国际会议参会报名表", "参会报名表"), items), fields, name=f"参会申请-{p['name']}")

def plan(invent, n):
    m, date = invent.meeting(), invent.date()
    members = sorted({invent.person()["name"] for _ in range(4)})
    leader = members[0]
    fields = {"meeting": m["name"], "leader": leader, "delegation": members, "date": date.isoformat()}
    if n % 2:
        items = [("会议名称", m["name"], True), ("团长", leader, False), (of(n // 2, "代表团成员", "代表团组成"), "、".join(members), True), ("参会重点", invent.prose(3), True), ("编制日期", day(date, n), False)]
        return Document("meeting-plan", arranged(invent, n // 2, "参会预案", items), fields, name="参会预案")
    blocks = [Heading(f"{m['name']}参会预案"), Heading("一、会议概况", 2), Para(f"会议名称：{m['name']}"), Para(f"会议时间：{day(m['start'], 0)}至{day(m['end'], 0)}"),
              Heading("二、代表团组成", 2), Para(f"团长：{leader}"), Para(f"成员：{'、'.join(members)}"), Heading("三、参会重点", 2), Para(invent.prose(4)), Para(day(date, n))]
    return Document("meeting-plan", blocks, fields, name="参会预案")

def span(m, n):
    return of(n, f"{day(m['start'], 0)}至{day(m['end'], 0)}", f"{day(m['start'], 2)}—{day(m['end'], 2)}", f"{day(m['start'], 1)} 至 {day(m['end'], 1)}")

def summary(invent, n):
    p, m, groups, date = invent.person(), invent.meeting(), invent.groups(), invent.date()
    fields = {"name": p["name"], "employer": p["office"], "meeting": m["name"], "meeting_dates": f"{m['start']}/{m['end']}", "place": m["place"],
              "working_groups": groups, "date": date.isoformat()}
    items = [(of(n, "总结人", "参会人", "姓名", "报告人"), p["name"], False), (of(n, "工作单位", "单位"), p["office"], False), (of(n, "会议名称", "参加会议"), m["name"], False),
             (of(n, "会议时间", "会议日期", "时间"), span(m, n), False), (of(n, "会议地点", "地点"), m["place"], False), (of(n, "参加的工作组", "参加工作组"), "、".join(groups), False),
             (of(n, "会议主要情况", "参会情况"), invent.prose(5), True), ("下一步工作", invent.prose(2), True), (of(n, "日期", "撰写日期", "提交日期"), day(date, n), False)]
    return Document("meeting-summary", arranged(invent, n, of(n, "参会工作总结", "国际会议参会总结"), items), fields, name=f"参会总结{p['name']}")

def hosting(invent, n):
    p, m, date = invent.person(), invent.meeting(), invent.date()
    fields = {"organization": p["office"], "meeting": m["name"], "meeting_dates": f"{m['start']}/{m['end']}", "place": m["place"], "date": date.isoformat()}
    items = [(of(n, "承办单位", "会议承办单位"), p["office"], False), ("会议名称", m["name"], False), (of(n, "会议时间", "会议日期"), span(m, n), False),
             ("会议地点", m["place"], False), ("会议组织情况", invent.prose(5), True), ("经验与建议", invent.prose(2), True), ("日期", day(date, n), False)]
    return Document("hosting-summary", arranged(invent, n + 2, of(n, "承办会议总结", "国际会议承办工作总结"), items), fields, sealed(fields), "承办总结", ["seal"], ["seal-unknown"])

# --- reports and comments ------------------------------------------------------------------------------------------------------

REMARKS = [("te", "The term is used before it is defined.", "Move the definition to clause 3."), ("ed", "Spelling differs from the rest of the series.", "Use one spelling."),
           ("ge", "The scope overlaps with another project.", "Add a note on how the two relate."), ("te", "The key length is no longer sufficient.", "Require 256 bits."),
           ("te", "No test is given for this requirement.", "Add a test in Annex A."), ("ed", "The figure lacks a title.", "Add a title.")]

def comments(invent, n):
    date, p = invent.date(), invent.person()
    number = of(n, f"ISO/IEC CD {invent.random.randint(27100, 27999)}", f"ISO/IEC DIS {invent.random.randint(27100, 27999)}")
    count = 2 + n % 5
    rows = [{"line": str(invent.random.randint(40, 900)), "clause": f"{invent.random.randint(3, 9)}.{invent.random.randint(1, 6)}", "type": t, "comment": c, "proposed_change": change}
            for t, c, change in invent.random.sample(REMARKS, count)]
    table = [["MB/NC", "Line number", "Clause/ Subclause", "Paragraph/ Figure/ Table", "Type of comment", "Comments", "Proposed change", "Observations of the secretariat"]]
    table += [["CN", r["line"], r["clause"], "", r["type"], r["comment"], r["proposed_change"], ""] for r in rows]
    head = Table([[f"Date: {date.isoformat()}", f"Document: {number}", "Project: SC 27"]])
    fields = {"document_number": number, "member_body": "CN", "date": date.isoformat(), "comment_count": str(count), "comments": rows}
    return Document("contribution", [Heading("Template for comments and secretariat observations"), head, Table(table)], fields, name=f"comments {number.replace('/', '-')}", maybe=["commenter"])

def research(invent, n):
    _, _, about = invent.of(TOPICS)
    title = of(n, f"{about}安全国际标准专题研究报告", f"{about}安全国际标准化动态研究报告")
    authors, office, date = sorted({invent.person()["name"] for _ in range(2)}), invent.person()["office"], invent.date()
    cover = of(n, [Para(f"编写人员：{'、'.join(authors)}"), Para(f"编写单位：{office}"), Para(day(date, n))],
               [Table([["作者", "、".join(authors)], ["单位", office], ["完成日期", day(date, n)]])], [Para("　".join(authors)), Para(office), Para(day(date, n))])
    body = [Heading("一、背景", 2), Para(invent.prose(4, about)), Heading("二、国际标准化现状", 2), Para(invent.prose(4, about)), Heading("三、建议", 2), Para(invent.prose(3, about))]
    return Document("research-report", [Heading(title)] + cover + body, {"title_zh": title, "authors": authors, "organization": office, "date": date.isoformat()}, name="研究报告")

def work(invent, n):
    p, date, groups = invent.person(), invent.date(), invent.groups(1)
    period = of(n, (f"{date.year}年度", f"{date.year}"), (f"{date.year}年第三季度", f"{date.year}-Q3"), (f"{date.year}年上半年", f"{date.year}-H1"), (f"{date.year}年3月", f"{date.year}-03"))
    fields = {"name": p["name"], "period": period[1], "working_groups": groups, "date": date.isoformat()}
    items = [(of(n, "报告人", "姓名", "联络人"), p["name"], False), (of(n, "报告期", "报告周期", "报告期间"), period[0], False), (of(n, "工作组", "对应工作组", "联络工作组"), "、".join(groups), False),
             (of(n, "主要工作", "工作开展情况"), invent.prose(5), True), ("下一步计划", invent.prose(2), True), ("日期", day(date, n), False)]
    return Document("work-report", arranged(invent, n, of(n, "联络工作组工作报告", "工作报告"), items), fields, name="工作报告", maybe=["organization"])

# --- what is none of these -------------------------------------------------------------------------------------------------------

def stranger(invent, n):
    p, m = invent.person(), invent.meeting()
    _, _, about = invent.of(TOPICS)
    papers = [
        ("发票", [Heading("增值税电子普通发票"), Table([["购买方", p["office"]], ["货物或应税劳务名称", "会议费"], ["价税合计", "¥3,600.00"], ["开票日期", day(invent.date(), 0)]])]),
        ("会议通知", [Heading(f"关于召开{m['name']}筹备会的通知"), Para("各有关单位："), Para(f"兹定于{day(m['start'], 0)}在{m['place']}召开筹备会，请派员参加。"), Para("联系人：" + p["name"]), Para("电话：" + p["phone"])]),
        ("会议日程", [Heading("会议日程"), Table([["时间", "内容", "主持人"], ["9:00", "开幕式", p["name"]], ["10:30", f"{about}报告", invent.person()["name"]]])]),
        ("论文", [Heading(f"{about}安全技术综述"), Para(p["name"]), Para("摘要：" + invent.prose(4, about)), Para("关键词：安全；标准"), Heading("1 引言", 2), Para(invent.prose(6, about))]),
        ("函", [Heading("复函"), Para("贵单位来函收悉。随函附上专家申请表和承诺书，请查收。"), Para(p["office"]), Para(day(invent.date(), 0))]),
        ("采购合同", [Heading("采购合同"), Para(f"甲方：{p['office']}"), Para(f"乙方：{invent.person()['office']}"), Para("第一条 标的物：测试设备一套。"), Para("第二条 合同金额：人民币叁万元整。")]),
        ("空白申请表", layouts.two_columns("ISO、IEC工作组专家申请表", [(label, "", False) for label in ("姓名", "性别", "工作单位", "职务/职称", "联系电话", "电子邮箱", "申请参加的工作组", "申请说明")], layouts.plain)),
        ("简历", [Heading("个人简历"), Para(f"姓名：{p['name']}"), Para(f"联系电话：{p['phone']}"), Para(f"毕业院校：{p['office']}"), Para("求职意向：安全测试工程师")]),
    ]
    name, blocks = papers[n % len(papers)]
    return Document("unknown", blocks, {}, name=name, maybe_findings=["kind-uncertain"])

ALL = [(application, 20), (information, 12), (commitment, 12), (report, 10), (np_form, 9), (registration, 12), (summary, 12), (hosting, 8), (review, 6), (plan, 6),
       (comments, 8), (research, 8), (work, 8), (change, 8), (withdrawal, 10), (draft, 7), (stranger, 16)]
