#include <stdlib.h>
#include <string.h>

#include "readers/sheet_format.h"
#include "readers/symbols.h"
#include "readers/xlsx.h"

enum { COLUMNS_MAX = 16384, ROWS_MAX = 1048576, CONTROLS_MAX = 2000 };

typedef struct {
    const XlsxBook *book;
    Sheet *sheet;
    GPtrArray *controls;
    guint row, column; /* of the cell being read, or the next one */
    guint style;
    char type;         /* first letters of t: s, i(nline), S for str, b, e, d, n */
    gboolean in_value, in_inline, in_anchor, full, fallback;
    enum { PLACE_NONE, PLACE_ROW, PLACE_COLUMN } place; /* of the control's anchor whose number comes */
    GString *value;
    XlsxText text;
} Cells;

gboolean xlsx_cell_ref(const char *ref, guint *ret_row, guint *ret_column, const char **ret_end)
{
    guint column = 0, row = 0;
    const char *at = ref;
    for (; g_ascii_isalpha(*at) && column < COLUMNS_MAX; at++)
        column = column * 26 + (guint)(g_ascii_toupper(*at) - 'A') + 1;
    const char *digits = at;
    for (; g_ascii_isdigit(*at) && row < ROWS_MAX; at++)
        row = row * 10 + (guint)(*at - '0');
    if (digits == ref || at == digits || row == 0 || column == 0 || row > ROWS_MAX || column > COLUMNS_MAX)
        return FALSE;
    *ret_row = row - 1;
    *ret_column = column - 1;
    *ret_end = at;
    return TRUE;
}

/* ---- cells ---- */

static void start_cell(Cells *cells, const xmlChar **attrs, int count)
{
    char value[32];
    const char *end = NULL;
    if (ooxml_attr(attrs, count, "r", value, sizeof value))
        xlsx_cell_ref(value, &cells->row, &cells->column, &end);
    cells->style = ooxml_attr(attrs, count, "s", value, sizeof value) ? (guint)CLAMP(atoi(value), 0, G_MAXINT) : 0;
    const char *type = ooxml_attr(attrs, count, "t", value, sizeof value) ? value : "n";
    cells->type = strcmp(type, "str") == 0 ? 'S' : *type;
    g_string_truncate(cells->value, 0);
    g_string_truncate(cells->text.text, 0);
}

/* _x000D_ and its kin stand for characters that XML cannot hold (22.9.2.19). */
static char *unescape(const char *text)
{
    if (!strstr(text, "_x"))
        return g_strdup(text);
    GString *out = g_string_new(NULL);
    for (const char *at = text; *at;) {
        gboolean escaped = at[0] == '_' && at[1] == 'x' && strspn(at + 2, "0123456789abcdefABCDEF") == 4 && at[6] == '_';
        gunichar c = escaped ? (gunichar)strtoul(at + 2, NULL, 16) : 0;
        if (escaped && c && g_unichar_validate(c) && c != '\r')
            g_string_append_unichar(out, c);
        else if (!escaped)
            g_string_append_c(out, *at);
        at += escaped ? 7 : 1;
    }
    return g_string_free(out, FALSE);
}

static char *symbol_text(const char *font, const char *text)
{
    GString *out = g_string_new(NULL);
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        gunichar c = symbols_char(font, g_utf8_get_char(at));
        if (c && g_unichar_validate(c))
            g_string_append_unichar(out, c);
    }
    return g_string_free(out, FALSE);
}

static char *string_text(const Cells *cells, const char *text)
{
    const XlsxStyles *styles = &cells->book->styles;
    const char *font = xlsx_font(styles, cells->style);
    g_autofree char *plain = unescape(text);
    return font ? symbol_text(font, plain) : sheet_string(plain, xlsx_format(styles, cells->style));
}

/* A date written as text (strict documents): of "2024-10-01T00:00:00" the time is shown only when it is one. */
static char *date_text(const char *text)
{
    g_autofree char *date = g_strndup(text, strcspn(text, "T"));
    const char *time = strchr(text, 'T');
    return time && !g_str_has_prefix(time, "T00:00:00") ? g_strconcat(date, " ", time + 1, NULL) : g_steal_pointer(&date);
}

/* The cell's text as a person sees it. */
static char *cell_text(const Cells *cells)
{
    const char *value = cells->value->str;
    const GPtrArray *strings = cells->book->strings;
    char *end = NULL;
    if (cells->type == 'i' || cells->text.text->len)
        return string_text(cells, cells->text.text->str);
    if (!*value)
        return NULL;
    switch (cells->type) {
    case 's': {
        guint64 index = g_ascii_strtoull(value, NULL, 10);
        return index < strings->len ? string_text(cells, strings->pdata[index]) : NULL;
    }
    case 'S': return g_str_has_prefix(value, "=DISPIMG(") ? NULL : string_text(cells, value); /* WPS: a picture is shown */
    case 'b': return g_strdup(*value == '1' || *value == 't' ? "TRUE" : "FALSE");
    case 'e': return g_strdup(value);
    case 'd': return date_text(value);
    default: break;
    }
    double number = g_ascii_strtod(value, &end);
    if (end == value || *end)
        return g_strdup(value);
    return sheet_number(number, xlsx_format(&cells->book->styles, cells->style), cells->book->since_1904);
}

static void end_cell(Cells *cells)
{
    g_autofree char *text = cell_text(cells);
    cells->full = !sheet_cell(cells->sheet, cells->row, cells->column, text) || cells->full;
    cells->column++;
}

static void read_merge(Cells *cells, const xmlChar **attrs, int count)
{
    char value[64];
    guint row0 = 0, column0 = 0, row1 = 0, column1 = 0;
    const char *end = NULL;
    if (ooxml_attr(attrs, count, "ref", value, sizeof value) && xlsx_cell_ref(value, &row0, &column0, &end) &&
        *end == ':' && xlsx_cell_ref(end + 1, &row1, &column1, &end))
        sheet_merge(cells->sheet, row0, column0, row1, column1);
}

/* ---- controls: <control r:id shapeId> with an anchor, which stands among Microsoft's extensions ---- */

void xlsx_control_free(gpointer data)
{
    XlsxControl *control = data;
    g_free(control->relation);
    g_free(control->shape);
    g_free(control);
}

static void start_control(Cells *cells, const xmlChar **attrs, int count)
{
    char relation[128], shape[32];
    if (cells->controls->len >= CONTROLS_MAX || !ooxml_attr(attrs, count, "id", relation, sizeof relation))
        return;
    XlsxControl *control = g_new0(XlsxControl, 1);
    control->relation = g_strdup(relation);
    control->shape = g_strdup(ooxml_attr(attrs, count, "shapeId", shape, sizeof shape));
    g_ptr_array_add(cells->controls, control);
}

static void anchor_text(Cells *cells)
{
    XlsxControl *control = cells->controls->len ? cells->controls->pdata[cells->controls->len - 1] : NULL;
    guint64 number = MIN(g_ascii_strtoull(cells->value->str, NULL, 10), ROWS_MAX);
    if (control && cells->place == PLACE_ROW)
        control->row = (guint)number;
    else if (control && cells->place == PLACE_COLUMN)
        control->column = (guint)number;
}

/* ---- the parser's calls ---- */

static void cells_start(void *data, OoxmlSpace space, const char *name, const xmlChar **attrs, int count)
{
    Cells *cells = data;
    char value[32];
    if (strcmp(name, "Fallback") == 0)
        cells->fallback = TRUE;
    if (cells->fallback)
        return;
    if (space != OOXML_SHEET) {
        cells->place = !cells->in_anchor ? PLACE_NONE : strcmp(name, "row") == 0 ? PLACE_ROW
                       : strcmp(name, "col") == 0 ? PLACE_COLUMN : PLACE_NONE;
        g_string_truncate(cells->value, 0);
    } else if (strcmp(name, "c") == 0) {
        start_cell(cells, attrs, count);
    } else if (strcmp(name, "v") == 0) {
        cells->in_value = TRUE;
    } else if (strcmp(name, "row") == 0) {
        guint64 row = ooxml_attr(attrs, count, "r", value, sizeof value) ? g_ascii_strtoull(value, NULL, 10) : 0;
        cells->row = row ? (guint)MIN(row - 1, ROWS_MAX) : cells->row + (cells->column > 0);
        cells->column = 0;
    } else if (strcmp(name, "is") == 0) {
        cells->in_inline = TRUE;
        xlsx_text_start(&cells->text, name, attrs, count);
    } else if (strcmp(name, "mergeCell") == 0) {
        read_merge(cells, attrs, count);
    } else if (strcmp(name, "control") == 0) {
        start_control(cells, attrs, count);
    } else if (strcmp(name, "from") == 0) {
        cells->in_anchor = TRUE;
    } else if (cells->in_inline) {
        xlsx_text_start(&cells->text, name, attrs, count);
    }
}

static void cells_end(void *data, OoxmlSpace space, const char *name)
{
    Cells *cells = data;
    if (strcmp(name, "Fallback") == 0)
        cells->fallback = FALSE;
    if (cells->fallback)
        return;
    if (cells->place != PLACE_NONE) {
        anchor_text(cells);
        cells->place = PLACE_NONE;
    } else if (strcmp(name, "from") == 0) {
        cells->in_anchor = FALSE;
    } else if (space == OOXML_SHEET && strcmp(name, "c") == 0) {
        end_cell(cells);
    } else if (space == OOXML_SHEET && strcmp(name, "v") == 0) {
        cells->in_value = FALSE;
    } else if (space == OOXML_SHEET && strcmp(name, "is") == 0) {
        cells->in_inline = FALSE;
    } else if (cells->in_inline) {
        xlsx_text_end(&cells->text, name);
    }
}

static void cells_text(void *data, const char *text, int length)
{
    Cells *cells = data;
    if (cells->in_inline)
        xlsx_text_chars(&cells->text, text, length);
    else if (cells->in_value || cells->place != PLACE_NONE)
        g_string_append_len(cells->value, text, length);
}

static gboolean cells_stop(void *data)
{
    return ((Cells *)data)->full;
}

gboolean xlsx_cells(const XlsxBook *book, const GByteArray *part, Sheet *sheet, GPtrArray *controls, gboolean *ret_full)
{
    const OoxmlHandler handler = {.start = cells_start, .end = cells_end, .text = cells_text, .stop = cells_stop};
    Cells cells = {.book = book, .sheet = sheet, .controls = controls, .value = g_string_new(NULL)};
    xlsx_text_init(&cells.text);
    gboolean whole = ooxml_parse(part, &handler, &cells);
    xlsx_text_clear(&cells.text);
    g_string_free(cells.value, TRUE);
    *ret_full = cells.full;
    return whole;
}
