"""Ways in which offices lay out the same form. An item is (label, text, long): label and value, and whether it is a text of
sentences. Each layout turns a title and items into blocks."""
from model import Cell, Heading, Para, Table

def two_columns(title, items, look):
    return [Heading(title), Table([[look(label), text] for label, text, _ in items])]

def numbered_rows(title, items, look):
    return [Heading(title), Table([["序号", "项目", "内容"]] + [[str(n), look(label), text] for n, (label, text, _) in enumerate(items, 1)])]

def pairs(title, items, look, across=2):
    """Short items side by side, long ones over the whole width."""
    rows, row = [], []
    def flush():
        if row:
            left = 2 * across - 2 * len(row) // 2
            row[-1].columns += left
            rows.append(list(row))
            row.clear()
    for label, text, long in items:
        if long:
            flush()
            rows.append([Cell(look(label)), Cell(text, 2 * across - 1)])
            continue
        row += [Cell(look(label)), Cell(text)]
        if len(row) == 2 * across:
            rows.append(list(row))
            row.clear()
    flush()
    return [Heading(title), Table(rows)]

def three_pairs(title, items, look):
    return pairs(title, items, look, 3)

def above(title, items, look):
    """Labels in one row, values in the next; long items under their label."""
    rows, short = [], []
    def flush():
        if short:
            short[-1:] = [(*short[-1][:2], 3 - len(short) + 1)]
            rows.append([Cell(look(label), span) for label, _, span in short])
            rows.append([Cell(text, span) for _, text, span in short])
            short.clear()
    for label, text, long in items:
        if long:
            flush()
            rows += [[Cell(look(label), 3)], [Cell(text, 3)]]
            continue
        short.append((label, text, 1))
        if len(short) == 3:
            flush()
    flush()
    return [Heading(title), Table(rows)]

def inside(title, items, look):
    """Label and value share a cell."""
    rows, row = [], []
    for label, text, long in items:
        if long and row:
            rows.append([row[0], Cell("")] if len(row) == 1 else list(row))
            row = []
        if long:
            rows.append([Cell([f"{look(label).rstrip('：: ')}：", *text.split("\n")], 2)])
            continue
        row.append(Cell(f"{look(label).rstrip('：: ')}：{text}"))
        if len(row) == 2:
            rows.append(row)
            row = []
    if row:
        rows.append([row[0], Cell("")])
    return [Heading(title), Table(rows)]

def grouped(title, items, look):
    """A label of the group at the left, over all its rows."""
    short = [i for i in items if not i[2]]
    rows = [[look(label), text] for label, text, _ in short]
    table = [[Cell("基\n本\n信\n息", 1, len(rows)), *rows[0]]] + rows[1:]
    table += [[Cell(look(label)), Cell(text, 2)] for label, text, long in items if long]
    return [Heading(title), Table(table)]

def lines(title, items, look):
    blocks = [Heading(title)]
    for label, text, long in items:
        label = look(label).rstrip("：: ")
        blocks += [Para(f"{label}：")] + [Para(t) for t in text.split("\n")] if long else [Para(f"{label}：{text}")]
    return blocks

def numbered(title, items, look):
    han = "一二三四五六七八九十"
    blocks = [Heading(title)]
    for n, (label, text, long) in enumerate(items):
        number = (han[n] if n < 10 else "十" + (han[n - 10] if n < 20 else "")) if n < 19 else str(n + 1)
        label = look(label).rstrip("：: ")
        if long:
            blocks += [Heading(f"{number}、{label}", 2)] + [Para(t) for t in text.split("\n")]
        else:
            blocks.append(Para(f"{number}、{label}：{text}"))
    return blocks

def sections(title, items, look):
    """Two tables under headings of their own."""
    short = [i for i in items if not i[2]]
    long = [i for i in items if i[2]]
    blocks = pairs(title, short, look)
    if long:
        blocks += [Heading("详细内容", 2), Table([[look(label), text] for label, text, _ in long])]
    return blocks

TABLES = [two_columns, numbered_rows, pairs, three_pairs, above, inside, grouped, sections]
ALL = TABLES + [lines, numbered]

# --- how labels are written -------------------------------------------------------------------------------------------------

def plain(label):
    return label

def colon(label):
    return label + "："

def starred(label):
    return "*" + label

def spaced(label):
    return label[0] + "　　" + label[1] if len(label) == 2 else label

def asked(label):
    return label + "（必填）"

LOOKS = [plain, plain, colon, spaced, starred, asked]

# --- how choices are written -------------------------------------------------------------------------------------------------

def ticked(options, chosen, style):
    """OPTIONS with those in CHOSEN marked."""
    marks = [("☑", "☐", "{0}{1}"), ("■", "□", "{0} {1}"), ("√", "　", "{1}（{0}）"), ("[x]", "[ ]", "{0} {1}"), ("☒", "☐", "{0}{1}"), ("●", "○", "{0}{1}")]
    on, off, form = marks[style % len(marks)]
    between = "\n" if style % 4 == 3 else "  "
    return between.join(form.format(on if o in chosen else off, o) for o in options)
