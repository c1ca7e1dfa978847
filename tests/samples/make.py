#!/usr/bin/env python3
"""make.py FOLDER: writes the sample mails of `make demo` and of the end-to-end tests. People, organisations and domains are
invented. The same bytes come out every time. Standard library only."""
import base64, io, os, quopri, sys, zipfile, zlib

FIXED = (2026, 3, 2, 9, 0, 0)

# --- documents ---------------------------------------------------------------------------------------------------------
class GbkInfo(zipfile.ZipInfo):
    """A member as Chinese Windows writes it: GBK name bytes and no UTF-8 flag."""
    def _encodeFilenameFlags(self):
        return self.filename.encode("gbk"), self.flag_bits & ~0x800

def zip_of(members, names_in_gbk=False):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in members:
            info = (GbkInfo if names_in_gbk else zipfile.ZipInfo)(name, FIXED)
            info.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(info, data)
    return out.getvalue()

def esc(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

def run(text):
    return f'<w:r><w:t xml:space="preserve">{esc(text)}</w:t></w:r>'

def para(text, style=""):
    return f"<w:p>{f'<w:pPr><w:pStyle w:val={chr(34)}{style}{chr(34)}/></w:pPr>' if style else ''}{run(text)}</w:p>"

def cell(text, span=1):
    body = "".join(para(line) for line in text.split("\n"))
    return f"<w:tc><w:tcPr><w:gridSpan w:val=\"{span}\"/></w:tcPr>{body}</w:tc>"

def table(rows):
    """Rows of (text, span) cells."""
    return "<w:tbl>" + "".join("<w:tr>" + "".join(cell(t, s) for t, s in row) + "</w:tr>" for row in rows) + "</w:tbl>"

def docx(*blocks):
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    return zip_of([
        ("[Content_Types].xml", '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
         '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
         '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'),
        ("_rels/.rels", '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
         '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'),
        ("word/document.xml", f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document {w}><w:body>{"".join(blocks)}<w:sectPr/></w:body></w:document>'),
    ])

GROUPS = [("WG1", "信息安全管理体系"), ("WG2", "密码与安全机制"), ("WG3", "安全评估、测试和规范"), ("WG4", "安全控制与服务"), ("WG5", "身份管理和隐私保护技术")]

def application(name, latin, employer, phone, email, groups, statement, born="1984年6月", opinion="同意推荐。", date="2026年3月2日"):
    ticks = "\n".join(f"{'☑' if g in groups else '☐'} SC27/{g}（{t}工作组）" for g, t in GROUPS)
    return docx(
        para("ISO、IEC 工作组专家申请表", "Title"),
        table([
            [("姓　名", 1), (name, 1), ("姓名拼音", 1), (latin, 1)],
            [("性　别", 1), ("女", 1), ("出生年月", 1), (born, 1)],
            [("所在单位", 1), (employer, 3)],
            [("职务/职称", 1), ("高级工程师", 1), ("英语水平", 1), ("熟练", 1)],
            [("通信地址", 1), ("南屏市望江路7号", 1), ("邮编", 1), ("310099", 1)],
            [("联系电话", 1), (phone, 1), ("电子邮箱", 1), (email, 1)],
            [("申请参加的工作组", 1), (ticks, 3)],
            [("学习经历", 1), ("2002年9月至2006年7月，南屏理工大学，通信工程，学士", 3)],
            [("工作经历", 1), (f"2006年8月至今，{employer}，从事网络安全标准研究", 3)],
            [("申请说明", 1), (statement, 3)],
            [("所在单位推荐意见", 1), (f"{opinion}\n（盖章）\n{date}", 3)],
        ]))

LONG = ("本人长期从事密码应用与安全评估工作，牵头完成行业标准三项，参与国家标准五项，熟悉国际标准制定程序。"
        "加入工作组后，将承担密钥管理方向国际标准文件的跟踪研究，每年提交技术意见不少于四条，按时参加工作组会议，"
        "并把国内实践整理为国际标准贡献。所在单位提供差旅与时间保障，直属团队八人共同支持。")

def commitment(title, organisation, leader, date):
    return docx(para("关于承担网络安全国际标准提案的承诺书", "Title"), para(""),
                para("全国网络安全标准化技术委员会秘书处："),
                para(f"我单位拟承担国际标准提案《{title}》的研制工作，提案负责人为{leader}。我单位承诺为该提案提供充足的人员和经费保障，全程跟进提案进展。"),
                para(""), para(f"承诺单位：{organisation}（盖章）"), para(f"日期：{date}"))

def pdf_of_lines(title, rows):
    """A one-page PDF with a ruled table of two columns; the Chinese font is named, not embedded."""
    hexed = lambda text: text.encode("utf-16-be").hex().upper()
    put = lambda x, y, size, text: f"BT /F1 {size} Tf {x} {y} Td <{hexed(text)}> Tj ET\n"
    stream, y = put(150, 770, 18, title), 730
    stream += "0.8 w\n"
    for label, value in rows:
        lines = [value[i:i + 28] for i in range(0, max(1, len(value)), 28)]
        height = 16 * len(lines) + 10
        stream += f"60 {y - height} 110 {height} re S\n170 {y - height} 365 {height} re S\n"
        stream += put(66, y - 18, 11, label)
        for n, line in enumerate(lines):
            stream += put(176, y - 18 - 16 * n, 11, line)
        y -= height
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R >> >> /Contents 7 0 R >>",
               "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [5 0 R] >>",
               "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor 6 0 R /DW 1000 >>",
               "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"]
    packed = zlib.compress(stream.encode(), 9)
    out, offsets = b"%PDF-1.4\n", []
    for n, body in enumerate(objects + [None], 1):
        offsets.append(len(out))
        if body is None:
            out += b"%d 0 obj\n<< /Length %d /Filter /FlateDecode >>\nstream\n" % (n, len(packed)) + packed + b"\nendstream\nendobj\n"
        else:
            out += f"{n} 0 obj\n{body}\nendobj\n".encode()
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1) + b"".join(b"%010d 00000 n \n" % o for o in offsets)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(offsets) + 1, start)

def summary_html(name, meeting, dates, place, date):
    rows = [("参会人", name), ("工作单位", "临川标准技术研究中心"), ("会议名称", meeting), ("会议时间", dates), ("会议地点", place),
            ("参加工作组", "WG2、WG5"), ("主要情况", "会议讨论了三个项目的委员会草案，我方提交意见六条，其中四条被采纳。"), ("总结日期", date)]
    body = "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in rows)
    return f'<html><head><meta charset="gb2312"><title>参会工作总结</title></head><body><h1>参会工作总结</h1><table border="1">{body}</table></body></html>'.encode("gb18030")

# --- mails -------------------------------------------------------------------------------------------------------------
def word(text, charset="utf-8"):
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="

def b64(data):
    return base64.encodebytes(data).decode().replace("\n", "\r\n")

def mail(n, sender, address, subject, text, attachments=(), charset="utf-8", extra="", passes=True, raw_body=None):
    """ATTACHMENTS: (file name, type, bytes)."""
    domain = address.split("@")[1]
    head = (f"Return-Path: <{address}>\r\n"
            + (f"Authentication-Results: mx.committee.example; spf=pass smtp.mailfrom={domain}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}\r\n" if passes else "")
            + f"From: {word(sender, charset)} <{address}>\r\nTo: {word('秘书处')} <office@committee.example>\r\nSubject: {word(subject, charset)}\r\n"
            f"Date: Mon, 02 Mar 2026 09:{n:02d}:00 +0800\r\nMessage-ID: <sample{n}@{domain}>\r\nMIME-Version: 1.0\r\n{extra}")
    plain = f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: base64\r\n\r\n{b64(text.encode(charset))}"
    if raw_body is not None:
        return head.encode() + raw_body
    if not attachments:
        return (head + plain).encode()
    body = f"--b{n}\r\n{plain}"
    for name, kind, data in attachments:
        body += f'--b{n}\r\nContent-Type: {kind}; name="{word(name, charset)}"\r\nContent-Disposition: attachment; filename="{word(name, charset)}"\r\nContent-Transfer-Encoding: base64\r\n\r\n{b64(data)}'
    return (head + f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n{body}--b{n}--\r\n').encode()

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

def samples():
    complete = application("温若岚", "Wen Ruolan", "南屏密码技术研究所", "0571-55501234", "wen.ruolan@nanping-crypto.example.cn", ["WG2"], LONG)
    yield "01-application", mail(1, "温若岚", "wen.ruolan@nanping-crypto.example.cn", "工作组专家申请材料", "秘书处老师好：附件为本人的专家申请表，请查收。", [("专家申请表-温若岚.docx", DOCX, complete)], "gb18030")
    poor = application("郦景行", "Li Jingxing", "云栖网络安全股份有限公司", "", "lijingxing@yunqi-sec.example", ["WG1", "WG3", "WG4"], "希望参加国际标准工作。")
    yield "02-application-incomplete", mail(2, "郦景行", "lijingxing@yunqi-sec.example", "提交申请表", "您好，申请表见附件。", [("申请表.docx", DOCX, poor)])
    letter = pdf_of_lines("关于承担网络安全国际标准提案的承诺书", [("提案名称", "信息安全 轻量级密钥更新机制"), ("承诺单位", "南屏密码技术研究所"), ("提案负责人", "温若岚"),
                          ("承诺内容", "我单位承诺为上述国际标准提案提供充足的资源保障，并全程跟进提案的研制与推进。"), ("日期", "2026年2月26日")])
    yield "03-commitment-pdf", mail(3, "顾清和", "gu@nanping-crypto.example.cn", "国际标准提案承诺书", "附件为我单位的承诺书，请审阅。", [("承诺书.pdf", "application/pdf", letter)])
    page = summary_html("邬晚舟", "ISO/IEC JTC 1/SC 27 工作组会议（2026年春季）", "2026年3月9日至3月13日", "新加坡", "2026年3月20日")
    yield "04-summary-html", mail(4, "邬晚舟", "wu.wanzhou@linchuan-std.example.cn", "参会总结", "参会工作总结见附件。", [("参会工作总结.html", "text/html; charset=gb2312", page)])
    yield "05-summary-in-body", mail(5, "裴知远", "pei@ocean.example", "参会工作总结", "参会工作总结\n\n姓名：裴知远\n工作单位：沧浪大学网络空间安全学院\n会议名称：SC27 第四工作组线上会议\n会议时间：2026年2月24日至2月26日\n会议地点：线上\n工作组：WG4\n\n一、会议概况\n会议审议了两份工作草案。\n二、下一步建议\n建议继续跟踪。\n\n日期：2026年3月1日\n")
    packed = zip_of([("申请材料/专家申请表（祝青禾）.docx", application("祝青禾", "Zhu Qinghe", "北岭检测认证有限公司", "13900007788", "zhuqinghe@beiling-test.example", ["WG3", "WG5"], LONG)),
                     ("申请材料/承诺书.docx", commitment("网络安全 评估方法指南", "北岭检测认证有限公司", "祝青禾", "2026年3月1日"))], names_in_gbk=True)
    yield "06-zip-gbk-names", mail(6, "祝青禾", "zhuqinghe@beiling-test.example", "申请材料（压缩包）", "材料已打包，见附件。", [("申请材料.zip", "application/zip", packed)], "gb18030")
    yield "07-out-of-office", mail(7, "闻人达", "wen@away.example", "自动回复：会议通知", "本人出差，3月10日返回。", extra="Auto-Submitted: auto-replied\r\n")
    yield "08-newsletter", mail(8, "标准快讯", "news@bulletin.example", "本周标准化动态", "本期内容：国际标准新动态……退订请点击。", extra="List-Unsubscribe: <mailto:off@bulletin.example>\r\nList-Id: <news.bulletin.example>\r\nPrecedence: bulk\r\n")
    yield "09-attachment-forgotten", mail(9, "沈听澜", "shen@tinglan.example", "申请表", "老师好，申请表见附件，谢谢！")
    yield "10-damaged-docx", mail(10, "段云起", "duan@yunqi.example", "申请表", "见附件。", [("专家申请表.docx", DOCX, complete[:len(complete) // 2])])
    yield "11-question", mail(11, "Miriam Oduya", "miriam@visitor.example", "When is the next meeting?", "Dear secretariat, could you tell me the date of the next plenary?", passes=False)
    yield "12-sent-again", mail(12, "温若岚", "wen.ruolan@nanping-crypto.example.cn", "再次提交：专家申请表", "上次不知是否收到，再发一次，见附件。", [("专家申请表-温若岚.docx", DOCX, complete)], "gb18030")
    yield "13-somebody-elses-number", mail(13, "路人甲", "stranger@elsewhere.example", "Re: 收文回执 SC27-2026-0001", "请告知该申请的进展。", passes=False)
    bounce = (b'Content-Type: multipart/report; report-type=delivery-status; boundary="r"\r\nAuto-Submitted: auto-replied\r\n\r\n--r\r\nContent-Type: text/plain\r\n\r\nDelivery failed.\r\n--r\r\n'
              b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.elsewhere.example\r\n\r\nFinal-Recipient: rfc822; nobody@elsewhere.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--r\r\n"
              b"Content-Type: message/rfc822\r\n\r\nFrom: office@committee.example\r\nMessage-ID: <somebody.elses@committee.example>\r\nSubject: x\r\n\r\nx\r\n--r--\r\n")
    yield "14-bounce", mail(14, "Mail Delivery System", "mailer-daemon@mx.elsewhere.example", "Undelivered Mail", "", raw_body=bounce, passes=False).replace(b"Return-Path: <mailer-daemon@mx.elsewhere.example>", b"Return-Path: <>")

def main(folder):
    os.makedirs(folder, exist_ok=True)
    for name, data in samples():
        with open(f"{folder}/{name}.eml", "wb") as f:
            f.write(data)

if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__)))
