#include <string.h>

#include "readers/doc.h"
#include "readers/symbols.h"
#include "readers/word_field.h"

#define FIELDS_MAX 64       /* nested; Word writes three or four */
#define INSTRUCTION_MAX 1000 /* bytes of a field's instruction that are looked at */

typedef struct {
    gboolean result; /* its separator has come */
    gboolean done;   /* it was written by what its instruction says */
    GString *code;
} Field;

typedef struct {
    const Doc *doc;
    Xhtml *out;
    const char *place;
    GArray *boxes;
    guint next_box;
    GArray *paras;
    GArray *fields;
    guint in_code;    /* fields that have not come to their result, or were written already */
    const char *open; /* tag of the open paragraph */
    gboolean in_cell;
    guint level;      /* of the paragraph, as a heading */
    char *number;     /* that stands before it, until it is written */
    GString *text;
} Writer;

static void field_clear(gpointer field)
{
    g_string_free(((Field *)field)->code, TRUE);
}

/* ---- text ---- */

static void flush(Writer *w)
{
    if (w->text->len)
        xhtml_text(w->out, w->text->str, (gssize)w->text->len);
    g_string_truncate(w->text, 0);
}

/* Opens the paragraph when the first thing comes into it. */
static void begin(Writer *w)
{
    static const char *const headings[] = {"p", "h1", "h2", "h3", "h4", "h5", "h6"};
    if (!w->open) {
        w->open = w->in_cell ? "p" : headings[MIN(w->level, 6)];
        xhtml_open(w->out, w->open);
        if (w->place)
            xhtml_attr(w->out, "data-part", w->place);
    }
    if (w->number)
        g_string_prepend(w->text, w->number);
    g_clear_pointer(&w->number, g_free);
    flush(w);
}

static void end(Writer *w)
{
    if (w->open) {
        flush(w);
        xhtml_close(w->out, w->open);
    }
    w->open = NULL;
}

static Field *innermost(Writer *w)
{
    return w->fields->len ? &g_array_index(w->fields, Field, w->fields->len - 1) : NULL;
}

static void put_char(Writer *w, gunichar c)
{
    Field *field = innermost(w);
    if (!c || !g_unichar_validate(c))
        return;
    if (w->in_code == 0) {
        if (!w->open)
            begin(w);
        g_string_append_unichar(w->text, c);
    } else if (w->in_code == 1 && field && !field->result && field->code->len < INSTRUCTION_MAX) {
        g_string_append_unichar(field->code, c);
    }
}

static void put_checkbox(Writer *w, gboolean checked, const char *name)
{
    if (!w->open || w->text->len)
        begin(w);
    xhtml_checkbox(w->out, checked);
    if (*name)
        xhtml_attr(w->out, "data-control", name);
}

/* ---- fields ---- */

static void field_begin(Writer *w)
{
    Field field = {.code = g_string_new(NULL)};
    g_array_append_val(w->fields, field);
    w->in_code++;
}

static void field_separator(Writer *w)
{
    Field *field = innermost(w);
    if (!field || field->result)
        return;
    field->result = TRUE;
    w->in_code -= !field->done;
}

static void field_end(Writer *w)
{
    Field *field = innermost(w);
    if (!field)
        return;
    g_autofree char *text = NULL;
    gboolean counted = !field->result || field->done;
    WordField shows = field->result || field->done ? WORD_FIELD_NOTHING : word_field_shows(field->code->str, &text);
    w->in_code -= counted;
    g_array_set_size(w->fields, w->fields->len - 1);
    if (shows == WORD_FIELD_CHECKED && w->in_code == 0)
        put_checkbox(w, TRUE, "");
    for (const char *at = text; at && *at; at = g_utf8_next_char(at))
        put_char(w, g_utf8_get_char(at));
}

/* The picture in a form field's instruction stands for its box or list. */
static void put_form(Writer *w, const DocChar *chr)
{
    Field *field = innermost(w);
    DocForm form = {.choice = NULL};
    if (!field || field->result || field->done || w->in_code != 1 || !doc_form_read(w->doc, chr->location, &form))
        return;
    if (form.type != FORM_TEXT) {
        field->done = TRUE;
        w->in_code = 0;
        if (form.type == FORM_CHECKBOX)
            put_checkbox(w, form.checked, form.name);
        for (const char *at = form.choice; at && *at; at = g_utf8_next_char(at))
            put_char(w, g_utf8_get_char(at));
        w->in_code = 1;
    }
    g_free(form.choice);
}

/* ---- characters ---- */

static const char *font_name(const Doc *doc, int font)
{
    return font >= 0 && (guint)font < doc->fonts->len ? doc->fonts->pdata[font] : NULL;
}

static void put_control(Writer *w, gunichar2 c, const DocChar *chr)
{
    switch (c) {
    case 0x01:
        if (chr->data || w->in_code)
            put_form(w, chr);
        else if (!w->place)
            doc_picture_look(w->doc, chr->location);
        break;
    case 0x09:
        put_char(w, '\t');
        break;
    case 0x0b:
    case 0x0e:
        if (w->in_code == 0) {
            begin(w);
            xhtml_break(w->out);
        }
        break;
    case 0x13:
        if (w->fields->len < FIELDS_MAX)
            field_begin(w);
        break;
    case 0x14:
        field_separator(w);
        break;
    case 0x15:
        field_end(w);
        break;
    case 0x1e:
        put_char(w, 0x2011);
        break;
    default: /* note marks, anchors, optional hyphens */
        break;
    }
}

/* FONT is that of a symbol font, or NULL. */
static gunichar glyph(const char *font, gunichar c)
{
    gboolean private = c >= 0xf020 && c <= 0xf0ff;
    if (font && (private || c < 0x100))
        return symbols_char(font, c);
    /* Private characters whose font nobody names: nearly always Wingdings. */
    return private ? symbols_char("Wingdings", c) : c;
}

/* Text of one set of properties. */
static void put_run(Writer *w, DocRange range, const DocChar *chr)
{
    const gunichar2 *text = w->doc->text;
    const char *named = font_name(w->doc, chr->font), *font = symbols_is_font(named) ? named : NULL;
    for (guint32 cp = range.from; cp < range.to; cp++) {
        gunichar c = text[cp];
        if (c < 0x20)
            put_control(w, (gunichar2)c, chr);
        else if (chr->symbol_font >= 0)
            put_char(w, symbols_char(font_name(w->doc, chr->symbol_font), chr->symbol));
        else if (c >= 0xd800 && c < 0xdc00 && cp + 1 < range.to && (text[cp + 1] & 0xfc00) == 0xdc00)
            put_char(w, 0x10000 + ((c & 0x3ff) << 10) + (text[++cp] & 0x3ff));
        else
            put_char(w, glyph(font, c));
    }
}

/* Text that is not seen; the marks of fields in it count, lest the rest of the story falls into an instruction. */
static void skip_run(Writer *w, DocRange range, const DocChar *chr)
{
    for (guint32 cp = range.from; cp < range.to; cp++)
        if (w->doc->text[cp] >= 0x13 && w->doc->text[cp] <= 0x15)
            put_control(w, w->doc->text[cp], chr);
}

static gboolean is_mark(gunichar2 c)
{
    return c == 0x0d || c == 0x07 || c == 0x0c;
}

static void write_boxes(Writer *w, guint32 before)
{
    for (; w->boxes && w->next_box < w->boxes->len; w->next_box++) {
        const DocBox *box = &g_array_index(w->boxes, DocBox, w->next_box);
        if (box->cp >= before)
            return;
        doc_write(w->doc, box->range, w->place, NULL, w->out);
    }
}

static void write_para(Writer *w, const DocPara *para)
{
    DocChar chr = {.font = -1};
    guint32 last = para->range.to - is_mark(w->doc->text[para->range.to - 1]);
    w->level = para->level;
    /* An empty one counts too, but shows nothing: a number alone would be taken for what somebody filled in. */
    g_free(w->number);
    w->number = para->list && !para->row_end ? doc_numbers_next(w->doc, para->list, para->list_level) : NULL;
    for (guint32 cp = para->range.from; cp < last && !xhtml_full(w->out); cp = MAX(chr.to, cp + 1)) {
        doc_char_at(w->doc, cp, para->style, &chr);
        DocRange run = {cp, MIN(MAX(chr.to, cp + 1), last)};
        if ((chr.hidden && !w->in_code) || chr.deleted)
            skip_run(w, run, &chr);
        else
            put_run(w, run, &chr);
    }
    /* A deleted mark lets the paragraph run on into the next one. */
    if (last < para->range.to)
        doc_char_at(w->doc, last, para->style, &chr);
    if (last == para->range.to || !chr.deleted || para->cell_end)
        end(w);
    if (!w->open)
        write_boxes(w, para->range.to);
}

/* ---- tables ---- */

static void write_paras(Writer *w, guint first, guint last, guint depth);

static void clear_row(gpointer row)
{
    g_array_unref(((DocTableRow *)row)->cells);
}

static gboolean row_deleted(const Writer *w, const DocPara *mark)
{
    DocChar chr;
    doc_char_at(w->doc, mark->range.to - 1, mark->style, &chr);
    return chr.deleted;
}

static void define_cells(const Writer *w, const DocPara *mark, GArray *cells)
{
    g_autoptr(GArray) defined = doc_row_cells(w->doc, mark);
    for (guint i = 0; i < MIN(cells->len, defined->len); i++)
        g_array_index(cells, DocTableCell, i).place = g_array_index(defined, DocCell, i);
}

/* The rows of the table of DEPTH that paragraphs [first, last) are. */
static GArray *collect_rows(const Writer *w, guint first, guint last, guint depth)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(DocTableRow));
    g_array_set_clear_func(rows, clear_row);
    DocTableRow row = {.cells = g_array_new(FALSE, TRUE, sizeof(DocTableCell))};
    guint from = first;
    for (guint i = first; i < last; i++) {
        const DocPara *para = &g_array_index(w->paras, DocPara, i);
        if (para->depth == depth && para->row_end) {
            if (row_deleted(w, para))
                g_array_set_size(row.cells, 0);
            define_cells(w, para, row.cells);
            if (row.cells->len) {
                g_array_append_val(rows, row);
                row.cells = g_array_new(FALSE, TRUE, sizeof(DocTableCell));
            }
            from = i + 1;
        } else if ((para->depth == depth && para->cell_end) || i + 1 == last) {
            DocTableCell cell = {.first = from, .last = i + 1};
            g_array_append_val(row.cells, cell);
            from = i + 1;
        }
    }
    if (row.cells->len)
        g_array_append_val(rows, row);
    else
        clear_row(&row);
    doc_table_arrange(rows);
    return rows;
}

static void open_cell(Xhtml *out, guint columns, guint rows)
{
    char value[16];
    xhtml_open(out, "td");
    g_snprintf(value, sizeof value, "%u", columns);
    if (columns > 1)
        xhtml_attr(out, "colspan", value);
    g_snprintf(value, sizeof value, "%u", rows);
    if (rows > 1)
        xhtml_attr(out, "rowspan", value);
}

static void write_table(Writer *w, guint first, guint last, guint depth)
{
    g_autoptr(GArray) rows = collect_rows(w, first, last, depth);
    xhtml_open(w->out, "table");
    for (guint r = 0; r < rows->len && !xhtml_full(w->out); r++) {
        const DocTableRow *row = &g_array_index(rows, DocTableRow, r);
        xhtml_open(w->out, "tr");
        if (row->skipped) {
            open_cell(w->out, row->skipped, 1);
            xhtml_close(w->out, "td");
        }
        for (guint i = 0; i < row->cells->len; i++) {
            const DocTableCell *cell = &g_array_index(row->cells, DocTableCell, i);
            if (cell->hidden)
                continue;
            open_cell(w->out, cell->columns, cell->rows);
            write_paras(w, cell->first, cell->last, depth);
            xhtml_close(w->out, "td");
        }
        xhtml_close(w->out, "tr");
    }
    xhtml_close(w->out, "table");
}

/* Paragraphs [first, last), those deeper than DEPTH as tables. */
static void write_paras(Writer *w, guint first, guint last, guint depth)
{
    for (guint i = first; i < last && !xhtml_full(w->out);) {
        guint next = i;
        while (next < last && g_array_index(w->paras, DocPara, next).depth > depth)
            next++;
        w->in_cell = depth > 0;
        if (next == i) {
            write_para(w, &g_array_index(w->paras, DocPara, i++));
            continue;
        }
        end(w);
        write_table(w, i, next, depth + 1);
        i = next;
    }
    end(w);
}

/* A field without an end would swallow the rest: its mark is taken away. */
static void drop_open_fields(const Doc *doc, DocRange range)
{
    g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (guint32 cp = range.from; cp < range.to; cp++) {
        if (doc->text[cp] == 0x13)
            g_array_append_val(open, cp);
        else if (doc->text[cp] == 0x15 && open->len)
            g_array_set_size(open, open->len - 1);
        else if (doc->text[cp] == 0x15)
            doc->text[cp] = 0;
    }
    for (guint i = 0; i < open->len; i++)
        doc->text[g_array_index(open, guint32, i)] = 0;
}

void doc_write(const Doc *doc, DocRange range, const char *place, GArray *boxes, Xhtml *out)
{
    drop_open_fields(doc, range);
    g_autoptr(GArray) paras = doc_paras(doc, range);
    g_autoptr(GArray) fields = g_array_new(FALSE, FALSE, sizeof(Field));
    g_array_set_clear_func(fields, field_clear);
    g_autoptr(GString) text = g_string_new(NULL);
    Writer w = {.doc = doc, .out = out, .place = place, .boxes = boxes, .paras = paras, .fields = fields, .text = text};
    write_paras(&w, 0, paras->len, 0);
    write_boxes(&w, G_MAXUINT32);
    g_free(w.number);
    for (; boxes && w.next_box < boxes->len; w.next_box++)
        doc_write(doc, g_array_index(boxes, DocBox, w.next_box).range, place, NULL, out);
}
