/* html.c: line by line; a value cannot hold a line end, so what a stranger wrote can at most dress up its own line. */
#include <string.h>

#include "base/text.h"
#include "letters/html.h"

#define WIDE_BLANK "\xe3\x80\x80"
#define DEEP_BLANKS 5    /* what stands in further than this stands in further in HTML too */
#define HEADING_COLUMNS 60
#define LABEL_COLUMNS 28 /* of a label; longer ones are prose with a colon in it */
#define HASH_CHARS 40    /* a word this long is a hash or the like */

#define GREY "color:#57606a"
#define PARAGRAPH "<p style=\"margin:1em 0\">"
#define SMALL "<p style=\"margin:1.2em 0;font-size:13px;" GREY "\">"
#define HEADING "<p style=\"margin:1.6em 0 .5em %s;font-weight:bold\">"
#define TABLE "<table style=\"border-collapse:collapse;margin:1em 0\">\n"
#define CELL_LABEL "<tr><td style=\"padding:2px 0;white-space:nowrap;vertical-align:top;" GREY "\">"
#define CELL_VALUE "</td><td style=\"padding:2px 0 2px .5em;vertical-align:top\">"
#define ITEM "<p style=\"margin:1em 0 .3em;font-weight:bold\">"
#define DETAIL "<div style=\"margin:0 0 .3em %s\">"
#define BOX "<div style=\"margin:.4em 0 .4em %s;padding:.3em .8em;border-left:3px solid #d4761b;background:#fdf6ec\">"
#define RIGHT "<p style=\"margin:0;text-align:right\">"
#define HASH "<span style=\"font:12px monospace;word-break:break-all;" GREY "\">"

typedef enum { LINE_PLAIN, LINE_ROW, LINE_ITEM, LINE_DETAIL, LINE_BOX, LINE_RIGHT, LINE_SMALL, LINE_HEADING } LineKind;

typedef struct {
    LineKind kind;
    const char *text; /* without its indentation */
    gsize indented;   /* blanks, from 3 on */
} Line;

/* The length of the label at the start of TEXT with its colon, 0 when there is none. */
static gsize label_of(const char *text)
{
    const char *wide = strstr(text, "：");
    const char *narrow = strstr(text, ": ");
    const char *colon = !narrow || (wide && wide < narrow) ? wide : narrow;
    if (!colon || colon == text)
        return 0;
    gsize end = (gsize)(colon - text) + (colon == wide ? strlen("：") : 1);
    g_autofree char *label = g_strndup(text, (gsize)(colon - text));
    static const char *const ends[] = {"。", "，", "；", ". ", ", ", "; ", "［", "（"};
    for (guint i = 0; i < G_N_ELEMENTS(ends); i++)
        if (strstr(label, ends[i]))
            return 0;
    return text_width(label) <= LABEL_COLUMNS && text[end + strspn(text + end, " ")] ? end : 0;
}

/* "12. ", "(3) ". */
static gboolean is_item(const char *text)
{
    gsize at = text[0] == '(' ? 1 : 0, digits = strspn(text + at, "0123456789");
    return digits > 0 && digits < 5 && g_str_has_prefix(text + at + digits, at ? ") " : ". ");
}

static gboolean is_bracketed(const char *text)
{
    return (g_str_has_prefix(text, "（") && g_str_has_suffix(text, "）")) ||
           (g_str_has_prefix(text, "(") && g_str_has_suffix(text, ")"));
}

static Line line_of(const char *raw)
{
    gsize blanks = strspn(raw, " "), wide = 0;
    Line line = {LINE_PLAIN, raw, blanks >= 3 ? blanks : 0};
    while (g_str_has_prefix(raw + wide, WIDE_BLANK))
        wide += strlen(WIDE_BLANK);
    if (wide >= 4 * strlen(WIDE_BLANK))
        return (Line){LINE_RIGHT, raw + wide, 0};
    if (line.indented)
        line.text = raw + blanks;
    if (g_str_has_prefix(line.text, "［") || line.text[0] == '[')
        line.kind = LINE_BOX;
    else if (line.indented)
        line.kind = LINE_DETAIL;
    else if (is_item(raw))
        line.kind = LINE_ITEM;
    else if (is_bracketed(raw))
        line.kind = LINE_SMALL;
    else if ((g_str_has_prefix(raw, "【") && g_str_has_suffix(raw, "】")) ||
             (g_str_has_suffix(raw, ":") && text_width(raw) <= HEADING_COLUMNS))
        line.kind = LINE_HEADING;
    else if (!wide && label_of(raw))
        line.kind = LINE_ROW;
    return line;
}

static void put_text(GString *out, const char *text, gsize length)
{
    g_autofree char *part = g_strndup(text, length);
    g_autofree char *escaped = text_html(part);
    g_string_append(out, escaped);
}

/* A value; long words without blanks are made to break, so that a phone shows them whole. */
static void put_value(GString *out, const char *text)
{
    gboolean hash = strlen(text) >= HASH_CHARS && !strpbrk(text, " /@") && g_str_is_ascii(text);
    g_string_append(out, hash ? HASH : "");
    put_text(out, text, strlen(text));
    g_string_append(out, hash ? "</span>" : "");
}

static void put_row(GString *out, const char *text)
{
    gsize label = label_of(text);
    g_string_append(out, CELL_LABEL);
    put_text(out, text, label);
    g_string_append(out, CELL_VALUE);
    put_value(out, text + label + strspn(text + label, " "));
    g_string_append(out, "</td></tr>\n");
}

static void put_wrapped(GString *out, const char *open, const char *text, const char *close)
{
    g_string_append(out, open);
    put_text(out, text, strlen(text));
    g_string_append(out, close);
}

/* A finding, and the lines below it that stand further in. Returns how many lines that were. */
static guint put_box(GString *out, const Line *lines, guint count)
{
    guint used = 0;
    g_string_append_printf(out, BOX, lines[0].indented ? "1.5em" : "0");
    do {
        g_string_append(out, used ? "<br>\n" : "");
        put_text(out, lines[used].text, strlen(lines[used].text));
        used++;
    } while (used < count && lines[used].kind == LINE_DETAIL && lines[used].indented > lines[0].indented);
    g_string_append(out, "</div>\n");
    return used;
}

static void put_detail(GString *out, const Line *line)
{
    const char *text = line->text;
    gsize label = label_of(text);
    g_string_append_printf(out, DETAIL, line->indented >= DEEP_BLANKS ? "3em" : "1.5em");
    if (label) {
        g_string_append(out, "<span style=\"" GREY "\">");
        put_text(out, text, label);
        g_string_append(out, "</span> ");
    }
    put_value(out, text + label + (label ? strspn(text + label, " ") : 0));
    g_string_append(out, "</div>\n");
}

/* COUNT plain lines, one below the other. */
static void put_plain(GString *out, const Line *lines, guint count)
{
    g_string_append(out, PARAGRAPH);
    for (guint i = 0; i < count; i++) {
        g_string_append(out, i ? "<br>\n" : "");
        put_text(out, lines[i].text, strlen(lines[i].text));
    }
    g_string_append(out, "</p>\n");
}

static void put_table(GString *out, const Line *lines, guint count)
{
    g_string_append(out, TABLE);
    for (guint i = 0; i < count; i++)
        put_row(out, lines[i].text);
    g_string_append(out, "</table>\n");
}

/* The left half of a wide bracket is empty: it hangs out, so that what it holds stands where other lines begin. */
static void put_heading(GString *out, const char *text)
{
    g_string_append_printf(out, HEADING, g_str_has_prefix(text, "【") ? "-.5em" : "0");
    put_text(out, text, strlen(text));
    g_string_append(out, "</p>\n");
}

static void put_one(GString *out, const Line *line)
{
    switch (line->kind) {
    case LINE_ITEM:
        put_wrapped(out, ITEM, line->text, "</p>\n");
        break;
    case LINE_RIGHT:
        put_wrapped(out, RIGHT, line->text, "</p>\n");
        break;
    case LINE_SMALL:
        put_wrapped(out, SMALL, line->text, "</p>\n");
        break;
    case LINE_HEADING:
        put_heading(out, line->text);
        break;
    default:
        put_detail(out, line);
        break;
    }
}

/* The lines of one paragraph: neighbours of a kind that go together are put together. */
static void put_block(GString *out, const Line *lines, guint count)
{
    for (guint i = 0; i < count;) {
        guint same = 1;
        while (i + same < count && lines[i + same].kind == lines[i].kind)
            same++;
        if (lines[i].kind == LINE_PLAIN || lines[i].kind == LINE_ROW) {
            (lines[i].kind == LINE_ROW ? put_table : put_plain)(out, lines + i, same);
            i += same;
        } else if (lines[i].kind == LINE_BOX) {
            i += put_box(out, lines + i, count - i);
        } else {
            put_one(out, &lines[i++]);
        }
    }
}

void html_from_text(const char *text, GString *out)
{
    g_auto(GStrv) raw = g_strsplit(text, "\n", -1);
    g_autoptr(GArray) block = g_array_new(FALSE, FALSE, sizeof(Line));
    for (char **each = raw;; each++) { /* the last text ends the last paragraph */
        if (*each && **each) {
            Line line = line_of(*each);
            g_array_append_val(block, line);
            continue;
        }
        put_block(out, &g_array_index(block, Line, 0), block->len);
        g_array_set_size(block, 0);
        if (!*each)
            return;
    }
}
