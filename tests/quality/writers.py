"""Blocks of model.py in the formats that offices send. Each writer takes blocks and gives bytes."""
import io, itertools, zipfile, zlib
from xml.sax.saxutils import escape

from model import Heading, Para, Table

def packed(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in members:
            z.writestr(zipfile.ZipInfo(name, (2026, 3, 2, 9, 0, 0)), data)
    return out.getvalue()

# --- docx ---------------------------------------------------------------------------------------------------------------------

def docx(blocks):
    def run(text):
        """A ticked box as Word's own control, other text as it is."""
        out = ""
        for part in text.replace("☑", "\0☑\0").replace("☐", "\0☐\0").split("\0"):
            if part in ("☑", "☐"):
                out += (f'<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{int(part == "☑")}"/></w14:checkbox></w:sdtPr><w:sdtContent><w:r><w:t>'
                        f'{part}</w:t></w:r></w:sdtContent></w:sdt>')
            elif part:
                out += f'<w:r><w:t xml:space="preserve">{escape(part)}</w:t></w:r>'
        return out
    def para(text, style=""):
        return f'<w:p>{f"<w:pPr><w:pStyle w:val={style!r}/></w:pPr>" if style else ""}{run(text)}</w:p>'.replace("'", '"')
    def table(t):
        rows = ""
        for line in t.grid():
            cells = ""
            for cell, _, starts in line:
                span = f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else ""
                merge = ('<w:vMerge w:val="restart"/>' if starts else "<w:vMerge/>") if cell.rows > 1 else ""
                cells += f'<w:tc><w:tcPr>{span}{merge}</w:tcPr>{"".join(para(x) for x in cell.lines) if starts else "<w:p/>"}</w:tc>'
            rows += f"<w:tr>{cells}</w:tr>"
        return f"<w:tbl><w:tblPr/><w:tblGrid>{'<w:gridCol/>' * t.columns}</w:tblGrid>{rows}</w:tbl>"
    body = "".join(para(b.text, f"Heading{b.level}") if isinstance(b, Heading) else para(b.text) if isinstance(b, Para) else table(b) for b in blocks)
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    styles = "".join(f'<w:style w:type="paragraph" w:styleId="Heading{n}"><w:name w:val="heading {n}"/></w:style>' for n in (1, 2))
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return packed([
        ("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
         '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
         '<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>'),
        ("_rels/.rels", f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="{relation}/officeDocument" Target="word/document.xml"/></Relationships>'),
        ("word/_rels/document.xml.rels", f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="s" Type="{relation}/styles" Target="styles.xml"/></Relationships>'),
        ("word/styles.xml", f'<w:styles xmlns:w="{main}">{styles}</w:styles>'),
        ("word/document.xml", f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{main}" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w:body>{body}</w:body></w:document>')])

# --- OpenDocument ----------------------------------------------------------------------------------------------------------------

ODF = ('xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
       'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" office:version="1.2"')

def odt(blocks):
    def para(text):
        return f"<text:p>{escape(text)}</text:p>"
    def table(t):
        rows = ""
        for line in t.grid():
            rows += "<table:table-row>"
            for cell, _, starts in line:
                if starts:
                    rows += (f'<table:table-cell table:number-columns-spanned="{cell.columns}" table:number-rows-spanned="{cell.rows}">'
                             f'{"".join(para(x) for x in cell.lines)}</table:table-cell>' + "<table:covered-table-cell/>" * (cell.columns - 1))
                else:
                    rows += "<table:covered-table-cell/>" * cell.columns
            rows += "</table:table-row>"
        return f'<table:table><table:table-column table:number-columns-repeated="{t.columns}"/>{rows}</table:table>'
    body = "".join(f'<text:h text:outline-level="{b.level}">{escape(b.text)}</text:h>' if isinstance(b, Heading) else para(b.text) if isinstance(b, Para) else table(b) for b in blocks)
    mime = "application/vnd.oasis.opendocument.text"
    return packed([("mimetype", mime), ("META-INF/manifest.xml", '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
                    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mime}"/></manifest:manifest>'),
                   ("content.xml", f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {ODF}><office:body><office:text>{body}</office:text></office:body></office:document-content>')])

# --- texts -------------------------------------------------------------------------------------------------------------------------

def html(blocks, charset="gb18030"):
    """As Chinese webmailers write it: everything in styled divs, fonts and spans."""
    def text(t):
        return f'<div><font face="微软雅黑"><span style="font-size:14px">{escape(t) or "&nbsp;"}</span></font></div>'
    def table(t):
        rows = "".join("<tr>" + "".join(f'<td colspan={c.columns} rowspan={c.rows} style="border:1px solid #000">{"".join(text(x) for x in c.lines)}</td>' for c in row) + "</tr>" for row in t.rows)
        return f'<table cellspacing=0 border=1>{rows}</table>'
    body = "".join(f'<div style="text-align:center"><b>{escape(b.text)}</b></div>' if isinstance(b, Heading) and b.level == 1
                   else f"<div><b>{escape(b.text)}</b></div>" if isinstance(b, Heading) else text(b.text) if isinstance(b, Para) else table(b) for b in blocks)
    return f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"></head><body>{body}</body></html>'.encode(charset, "xmlcharrefreplace")

def txt(blocks, charset="utf-8"):
    out = []
    for b in blocks:
        if isinstance(b, Table):
            for row in b.rows:
                label, rest = row[0].lines, [" ".join(c.lines) for c in row[1:]]
                out.append("\t".join(["".join(label) if len(row) > 1 else "\r\n".join(label)] + rest))
        else:
            out.append(b.text)
    return ("\r\n".join(out) + "\r\n").encode(charset, "replace")

def rtf(blocks):
    def text(t):
        out = ""
        for c in t:
            raw = c.encode("gbk", "replace") if ord(c) > 127 else b""
            if c in "\\{}":
                out += "\\" + c
            elif ord(c) < 128:
                out += c
            elif raw == b"?":
                out += f"\\u{ord(c) if ord(c) < 32768 else ord(c) - 65536}?"
            else:
                out += "".join(f"\\'{b:02x}" for b in raw)
        return out
    def table(t):
        out = ""
        for line in t.grid():
            out += "\\trowd"
            for cell, column, starts in line:
                merge = ("\\clvmgf" if starts else "\\clvmrg") if cell.rows > 1 else ""
                out += f"{merge}\\cellx{1600 * (column + cell.columns)}"
            for cell, _, starts in line:
                out += "\\pard\\intbl " + ("\\par ".join(text(x) for x in cell.lines) if starts else "") + "\\cell"
            out += "\\row\n"
        return out
    body = "".join(table(b) if isinstance(b, Table) else f"\\pard{{\\b {text(b.text)}}}\\par\n" if isinstance(b, Heading) else f"\\pard {text(b.text)}\\par\n" for b in blocks)
    return ("{\\rtf1\\ansi\\ansicpg936\\deff0{\\fonttbl{\\f0\\fnil\\fcharset134 \\'cb\\'ce\\'cc\\'e5;}}\n\\f0\\fs24 " + body + "}").encode("ascii")

# --- xlsx --------------------------------------------------------------------------------------------------------------------------

def xlsx(blocks):
    strings, rows, merges, r = [], "", [], 0
    def cell(column, text):
        strings.append(text)
        return f'<c r="{chr(65 + column)}{r}" t="s"><v>{len(strings) - 1}</v></c>'
    for b in blocks:
        if not isinstance(b, Table):
            r += 1
            rows += f'<row r="{r}">{cell(0, b.text)}</row>'
            continue
        for line in b.grid():
            r += 1
            cells = ""
            for c, column, starts in line:
                if starts:
                    cells += cell(column, "\n".join(c.lines))
                    if c.columns > 1 or c.rows > 1:
                        merges.append(f'<mergeCell ref="{chr(65 + column)}{r}:{chr(64 + column + c.columns)}{r + c.rows - 1}"/>')
            rows += f'<row r="{r}">{cells}</row>'
    main, relation = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    merged = f'<mergeCells count="{len(merges)}">{"".join(merges)}</mergeCells>' if merges else ""
    package = "http://schemas.openxmlformats.org/package/2006"
    return packed([
        ("[Content_Types].xml", f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
         '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
         '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
         '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'),
        ("_rels/.rels", f'<Relationships xmlns="{package}/relationships"><Relationship Id="a" Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>'),
        ("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}/relationships"><Relationship Id="a" Type="{relation}/worksheet" Target="worksheets/sheet1.xml"/>'
         f'<Relationship Id="b" Type="{relation}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'),
        ("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{relation}"><sheets><sheet name="Sheet1" sheetId="1" r:id="a"/></sheets></workbook>'),
        ("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData>{merged}</worksheet>'),
        ("xl/sharedStrings.xml", f'<sst xmlns="{main}">' + "".join(f"<si><t xml:space='preserve'>{escape(s)}</t></si>" for s in strings) + "</sst>")])

# --- pages: PDF and OFD draw the same ------------------------------------------------------------------------------------------------

WIDTH, HEIGHT, MARGIN, SIZE, LEAD = 595, 842, 56, 10.5, 16

class Pages:
    """Lays blocks out: per page a list of ("text", x, y, size, text) and ("line", x0, y0, x1, y1), origin top left, points."""
    def __init__(self, blocks):
        self.pages, self.y = [[]], MARGIN
        for b in blocks:
            if isinstance(b, Table):
                self.table(b)
            else:
                big = isinstance(b, Heading) and b.level == 1
                for line in fold(b.text, WIDTH - 2 * MARGIN, 16 if big else SIZE):
                    self.room(LEAD * (1.6 if big else 1))
                    size = 16 if big else SIZE
                    x = (WIDTH - width(line, size)) / 2 if big else MARGIN
                    self.pages[-1].append(("text", x, self.y + size, size, line))
                    self.y += LEAD * (1.6 if big else 1.1)

    def room(self, height):
        if self.y + height > HEIGHT - MARGIN:
            self.pages.append([])
            self.y = MARGIN

    def table(self, t):
        wide = WIDTH - 2 * MARGIN
        shares = [.28, .72] if t.columns == 2 else [1 / t.columns] * t.columns
        edges = [MARGIN + wide * sum(shares[:i]) for i in range(t.columns + 1)]
        grid = t.grid()
        folded = {}
        heights = []
        for line in grid:
            height = LEAD * 1.4
            for cell, column, starts in line:
                if starts:
                    room = edges[column + cell.columns] - edges[column] - 8
                    folded[id(cell)] = [x for text in cell.lines for x in fold(text, room, SIZE)]
                    if cell.rows == 1:
                        height = max(height, LEAD * len(folded[id(cell)]) + 8)
            heights.append(min(height, HEIGHT - 2 * MARGIN))
        for n, line in enumerate(grid):
            self.room(sum(heights[n:n + max(c.rows for c, _, s in line if s)]) if any(s and c.rows > 1 for c, _, s in line) else heights[n])
            page = self.pages[-1]
            for cell, column, starts in line:
                x0, x1, y0, y1 = edges[column], edges[column + cell.columns], self.y, self.y + heights[n]
                page += [("line", x0, y0, x0, y1), ("line", x1, y0, x1, y1)]
                if starts:
                    page.append(("line", x0, y0, x1, y0))
                    for k, text in enumerate(folded[id(cell)]):
                        page.append(("text", x0 + 4, y0 + 4 + SIZE + k * LEAD, SIZE, text))
                below = grid[n + 1] if n + 1 < len(grid) else None
                if below is None or any(s and col == column for _, col, s in below):
                    page.append(("line", x0, y1, x1, y1))
            self.y += heights[n]
        self.y += 8

def advance(c, size):
    return size if ord(c) > 255 else size * .6 # Courier's

def width(text, size):
    return sum(advance(c, size) for c in text)

def fold(text, room, size):
    out, line, used = [], "", 0
    for c in text:
        w = advance(c, size)
        if used + w > room and line:
            cut = line.rfind(" ") + 1 if ord(c) < 128 and c != " " and line[-1] != " " and " " in line else len(line)
            out.append(line[:cut].rstrip())
            line = line[cut:]
            used = width(line, size)
        line += c
        used += w
    return out + [line]

def pdf(blocks, skew=0.0):
    """With a Chinese font that is not embedded, as old office programs write them. Ticks are outside of it: drawn."""
    objects, kids = [], []
    def add(data):
        objects.append(data if isinstance(data, bytes) else data.encode())
        return len(objects)
    add("<</Type/Catalog/Pages 2 0 R>>")
    add(b"")
    font = add("<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 R]>>")
    add("<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/DW 1000/FontDescriptor 5 0 R>>")
    add("<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>")
    latin = add("<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding/WinAnsiEncoding>>")
    for page in Pages(blocks).pages:
        ops = f"1 {skew} {-skew} 1 0 0 cm 0.6 w\n" if skew else "0.6 w\n"
        for what, *place in page:
            if what == "line":
                x0, y0, x1, y1 = place
                ops += f"{x0:.1f} {HEIGHT - y0:.1f} m {x1:.1f} {HEIGHT - y1:.1f} l S\n"
                continue
            x, y, size, text = place
            for wide, run in itertools.groupby(text.translate(BOXES), lambda c: ord(c) > 255):
                run = "".join(run)
                shown = run.encode("utf-16-be").hex() if wide else run.encode("latin-1").hex()
                ops += f"BT /F{1 if wide else 2} {size} Tf {x:.1f} {HEIGHT - y:.1f} Td <{shown}> Tj ET\n"
                x += width(run, size)
            x = place[0]
            for k, c in enumerate(text):
                ops += drawn(c, x + width(text[:k], size), HEIGHT - y, size)
        data = zlib.compress(ops.encode())
        content = add(b"<</Length %d/Filter/FlateDecode>>stream\n" % len(data) + data + b"\nendstream")
        kids.append(add(f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {WIDTH} {HEIGHT}]/Contents {content} 0 R/Resources<</Font<</F1 {font} 0 R/F2 {latin} 0 R>>>>>>"))
    objects[1] = f"<</Type/Pages/Kids[{' '.join(f'{k} 0 R' for k in kids)}]/Count {len(kids)}>>".encode()
    return finish_pdf(objects)

BOXES = {ord(c): "　" for c in "☑☐☒■□●○"}

def drawn(c, x, y, size):
    """Characters that the font lacks, as strokes."""
    if c not in "☑☐☒■□●○":
        return ""
    x, y, s = x + size * .1, y - size * .05, size * .8
    out = f"{x:.1f} {y:.1f} {s:.1f} {s:.1f} re {'B' if c in '■●' else 'S'}\n"
    if c in "☑":
        out += f"{x + s * .15:.1f} {y + s * .5:.1f} m {x + s * .4:.1f} {y + s * .15:.1f} l {x + s * .9:.1f} {y + s * .9:.1f} l S\n"
    if c in "☒":
        out += f"{x:.1f} {y:.1f} m {x + s:.1f} {y + s:.1f} l {x:.1f} {y + s:.1f} m {x + s:.1f} {y:.1f} l S\n"
    return out

def finish_pdf(objects):
    out, places = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n", []
    for n, data in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % n + data + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % p for p in places)
    return out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)

def ofd(blocks):
    mm = 25.4 / 72
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    members, entries, ids = [], "", 10
    for n, page in enumerate(Pages(blocks).pages):
        layer = ""
        for what, *place in page:
            ids += 1
            if what == "line":
                x0, y0, x1, y1 = (v * mm for v in place)
                layer += (f'<ofd:PathObject ID="{ids}" Boundary="{min(x0, x1):.2f} {min(y0, y1):.2f} {abs(x1 - x0) + .3:.2f} {abs(y1 - y0) + .3:.2f}" LineWidth="0.25" Stroke="true">'
                          f'<ofd:AbbreviatedData>M 0.1 0.1 L {abs(x1 - x0) + .1:.2f} {abs(y1 - y0) + .1:.2f}</ofd:AbbreviatedData></ofd:PathObject>')
                continue
            x, y, size, text = place
            if not text:
                continue
            steps = " ".join(f"{advance(c, size) * mm:.3f}" for c in text[:-1])
            layer += (f'<ofd:TextObject ID="{ids}" Boundary="{x * mm:.2f} {(y - size) * mm:.2f} {width(text, size) * mm + 1:.2f} {size * mm * 1.3:.2f}" Font="1" Size="{size * mm:.3f}">'
                      f'<ofd:TextCode X="0" Y="{size * mm:.3f}"{f" DeltaX={steps!r}" if steps else ""}>{escape(text)}</ofd:TextCode></ofd:TextObject>')
        members.append((f"Doc_0/Pages/Page_{n}/Content.xml", f'<?xml version="1.0" encoding="UTF-8"?><ofd:Page {space}><ofd:Content><ofd:Layer ID="{9000 + n}">{layer}</ofd:Layer></ofd:Content></ofd:Page>'))
        entries += f'<ofd:Page ID="{5 + n}" BaseLoc="Pages/Page_{n}/Content.xml"/>'
    return packed([
        ("OFD.xml", f'<?xml version="1.0" encoding="UTF-8"?><ofd:OFD {space} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>'),
        ("Doc_0/Document.xml", f'<?xml version="1.0" encoding="UTF-8"?><ofd:Document {space}><ofd:CommonData><ofd:MaxUnitID>99999</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 {WIDTH * mm:.2f} {HEIGHT * mm:.2f}</ofd:PhysicalBox></ofd:PageArea>'
         f'<ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages>{entries}</ofd:Pages></ofd:Document>'),
        ("Doc_0/PublicRes.xml", f'<?xml version="1.0" encoding="UTF-8"?><ofd:Res {space} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="1" FontName="宋体"/></ofd:Fonts></ofd:Res>')] + members)

DIGITAL = {"docx": docx, "odt": odt, "html": html, "txt": txt, "rtf": rtf, "xlsx": xlsx, "pdf": pdf, "ofd": ofd}
