#include <stdlib.h>
#include <string.h>

#include "readers/rows.h"
#include "readers/rtf.h"
#include "readers/symbols.h"

enum {
    DEPTH_MAX = 1000,     /* of groups: writers nest some 20 */
    FONTS_MAX = 10000,
    ROW_CELLS_MAX = 200,  /* Word allows 63 */
    PENDING_MAX = 65536,
    CHOICES_MAX = 200
};

/* A form field while it is read. */
typedef struct {
    int type, result, preset; /* fftype: 0 text, 1 check box, 2 list; result 25: not set */
    gboolean given;
    gsize written;            /* of Rtf when the field began */
    guint depth;              /* of its group */
    char name[64];
    GPtrArray *choices;
} Field;

typedef struct {
    const guint8 *at, *end;
    Xhtml *out;
    RtfWriter *writer;
    GArray *stack;       /* RtfState of the groups around */
    RtfState state;
    guint depth;
    GArray *flows;       /* OpenFlow: the groups that are stories of their own */
    GHashTable *fonts;   /* number -> RtfFont */
    RtfFont *font_entry; /* of the font table */
    GString *font_name;
    const char *page;    /* the document's charset */
    int default_font;
    GByteArray *pending; /* bytes of one charset not yet decoded */
    const RtfFont *pending_font;
    gboolean pending_lead; /* its last byte is the first of two */
    guint unread;        /* characters to leave out after \u */
    gunichar high;       /* first half of a pair of \u */
    gboolean star;       /* \* came just before */
    gboolean row_begun;  /* \trowd came, \row not yet: what comes is in the row */
    RtfRow rows[2];      /* definitions of rows: of a table, of one in a cell */
    Field field;
    gsize written;       /* bytes of text */
} Rtf;

/* ---- text ---- */

static guint level_of(const Rtf *rtf)
{
    return MAX(rtf->state.level, rtf->row_begun ? 1 : 0);
}

/* Text for whatever the group is. */
static void put_text(Rtf *rtf, const char *text)
{
    const RtfState *state = &rtf->state;
    Field *field = &rtf->field;
    if (!*text)
        return;
    if (state->dest == RTF_TEXT && !state->hidden && !state->deleted) {
        rtf->written += strlen(text);
        rtf_write_text(rtf->writer, level_of(rtf), state->heading, text, strlen(text));
    } else if (state->dest == RTF_FONTS && rtf->font_name->len < sizeof rtf->font_entry->name) {
        g_string_append(rtf->font_name, text);
    } else if (state->dest == RTF_FIELD_NAME) {
        g_strlcat(field->name, text, sizeof field->name);
    } else if (state->dest == RTF_FIELD_CHOICE && field->choices->len < CHOICES_MAX) {
        g_ptr_array_add(field->choices, g_strndup(text, 256));
    }
}

static void flush(Rtf *rtf)
{
    if (rtf->pending->len) {
        g_autofree char *text = rtf_decode(rtf->pending_font, rtf->page, rtf->pending->data, rtf->pending->len);
        g_byte_array_set_size(rtf->pending, 0);
        put_text(rtf, text);
    }
    rtf->pending_lead = FALSE;
}

static const RtfFont *current_font(const Rtf *rtf)
{
    int number = rtf->state.wide && rtf->state.wide_font >= 0 ? rtf->state.wide_font : rtf->state.font;
    return rtf->state.dest == RTF_FONTS ? rtf->font_entry : g_hash_table_lookup(rtf->fonts, GINT_TO_POINTER(number));
}

static const char *charset_of(const Rtf *rtf, const RtfFont *font)
{
    return font && font->charset && !(font->latin && *rtf->page != 'W') ? font->charset : rtf->page;
}

/* The font whose name came to its end. */
static void end_font_name(Rtf *rtf)
{
    flush(rtf);
    if (symbols_is_font(rtf->font_name->str))
        g_strlcpy(rtf->font_entry->name, rtf->font_name->str, sizeof rtf->font_entry->name);
    g_string_truncate(rtf->font_name, 0);
}

/* Whether text of the group is of use at all. */
static gboolean takes_text(const Rtf *rtf)
{
    RtfDest dest = rtf->state.dest;
    return dest == RTF_TEXT || dest == RTF_FONTS || dest == RTF_FIELD_NAME || dest == RTF_FIELD_CHOICE;
}

/* A byte of text. The second byte of a character belongs to the first, whatever font was named between them. */
static void put_byte(Rtf *rtf, guint8 byte)
{
    rtf->high = 0;
    if (rtf->unread) {
        rtf->unread--;
        return;
    }
    if (!takes_text(rtf))
        return;
    if (rtf->state.dest == RTF_FONTS && byte == ';') {
        end_font_name(rtf);
        return;
    }
    const RtfFont *font = current_font(rtf);
    if (!rtf->pending_lead && (font != rtf->pending_font || rtf->pending->len >= PENDING_MAX)) {
        flush(rtf);
        rtf->pending_font = font;
    }
    rtf->pending_lead = !rtf->pending_lead && !(rtf->pending_font && *rtf->pending_font->name) &&
                        rtf_is_lead(charset_of(rtf, rtf->pending_font), byte);
    g_byte_array_append(rtf->pending, &byte, 1);
}

static void put_char(Rtf *rtf, gunichar c)
{
    char utf8[7] = "";
    if (c == 0 || !g_unichar_validate(c) || !takes_text(rtf))
        return;
    flush(rtf);
    utf8[g_unichar_to_utf8(c, utf8)] = '\0';
    put_text(rtf, utf8);
}

/* Decodes what is pending before the group's properties change, unless half a character still waits for the rest. */
static void settle(Rtf *rtf)
{
    if (!rtf->pending_lead)
        flush(rtf);
}

/* \uN: UTF-16, of which a half may come alone; the private codes of symbol fonts, or plain ones under such a font. */
static void put_unicode(Rtf *rtf, int number)
{
    gunichar c = (gunichar)number & 0xffff, high = rtf->high;
    const RtfFont *font = current_font(rtf);
    rtf->high = 0;
    if (number > 0xffff)
        c = (gunichar)number;
    else if (c >= 0xd800 && c < 0xdc00)
        rtf->high = c;
    else if (c >= 0xdc00 && c < 0xe000)
        c = high ? 0x10000 + ((high - 0xd800) << 10) + (c - 0xdc00) : 0;
    else if (font && *font->name)
        c = symbols_char(font->name, c);
    else if (c >= 0xf020 && c <= 0xf0ff)
        c = symbols_char("Wingdings", c);
    if (!rtf->high)
        put_char(rtf, c);
    rtf->unread = rtf->state.unicode_skip;
}

/* ---- groups ---- */

/* What a story of its own (header, text box) finds anew. */
typedef struct {
    guint depth;
    gboolean row_begun;
} OpenFlow;

static void begin_flow(Rtf *rtf, const char *part)
{
    OpenFlow flow = {rtf->depth, rtf->row_begun};
    flush(rtf);
    g_array_append_val(rtf->flows, flow);
    rtf_flow_begin(rtf->writer, part);
    rtf->row_begun = FALSE;
    rtf->state.level = rtf->state.heading = 0;
    rtf->state.dest = RTF_TEXT;
}

static void end_flow(Rtf *rtf)
{
    rtf->row_begun = g_array_index(rtf->flows, OpenFlow, rtf->flows->len - 1).row_begun;
    g_array_set_size(rtf->flows, rtf->flows->len - 1);
    rtf_flow_end(rtf->writer);
}

/* A form field shows its own state where its result shows nothing. */
static void end_field(Rtf *rtf)
{
    Field *field = &rtf->field;
    int result = field->result == 25 || field->result < 0 ? field->preset : field->result;
    field->depth = 0;
    if (!field->given || rtf->written != field->written || rtf->state.dest != RTF_TEXT || rtf->state.hidden ||
        rtf->state.deleted)
        return;
    if (field->type == 1)
        rtf_write_box(rtf->writer, level_of(rtf), result > 0, field->name);
    else if (field->type == 2 && (guint)result < field->choices->len)
        put_text(rtf, field->choices->pdata[result]);
}

static gboolean begin_group(Rtf *rtf)
{
    settle(rtf);
    if (rtf->depth >= DEPTH_MAX)
        return FALSE;
    g_array_append_val(rtf->stack, rtf->state);
    rtf->depth++;
    rtf->unread = 0;
    rtf->star = FALSE;
    if (rtf->state.dest == RTF_UNICODE)
        rtf->state.dest = RTF_SKIP;
    return TRUE;
}

static void end_group(Rtf *rtf)
{
    settle(rtf);
    if (rtf->flows->len && g_array_index(rtf->flows, OpenFlow, rtf->flows->len - 1).depth == rtf->depth) {
        flush(rtf);
        end_flow(rtf);
    }
    if (rtf->field.depth == rtf->depth)
        end_field(rtf);
    rtf->state = g_array_index(rtf->stack, RtfState, rtf->stack->len - 1);
    g_array_set_size(rtf->stack, rtf->stack->len - 1);
    rtf->depth--;
    rtf->unread = 0;
    rtf->star = FALSE;
}

static void begin_destination(Rtf *rtf, RtfDest dest)
{
    settle(rtf);
    if (dest == RTF_FONT_ALT && rtf->state.dest != RTF_FONTS)
        dest = RTF_SKIP;
    if (dest == RTF_FIELD_NAME)
        rtf->field.name[0] = '\0';
    rtf->state.dest = dest;
}

/* ---- control words ---- */

static void font_word(Rtf *rtf, RtfWord word, int number)
{
    gboolean table = rtf->state.dest == RTF_FONTS;
    gpointer key = GINT_TO_POINTER(number);
    if (word == RTF_W_F && table) {
        RtfFont *known = g_hash_table_lookup(rtf->fonts, key);
        flush(rtf);
        g_string_truncate(rtf->font_name, 0);
        if (!known && g_hash_table_size(rtf->fonts) < FONTS_MAX)
            g_hash_table_insert(rtf->fonts, key, known = g_new0(RtfFont, 1));
        rtf->font_entry = known ? known : rtf->font_entry;
    } else if (word == RTF_W_F) {
        rtf->state.font = number;
    } else if (word == RTF_W_AF && rtf->state.wide) {
        rtf->state.wide_font = number;
    } else if (word == RTF_W_DEFF) {
        rtf->default_font = rtf->state.font = number;
    } else if (table && (word == RTF_W_FCHARSET || word == RTF_W_CPG)) {
        flush(rtf);
        const char *charset = word == RTF_W_CPG ? rtf_code_page(number) : rtf_font_charset(number);
        rtf->font_entry->charset = charset ? charset : rtf->font_entry->charset;
        rtf->font_entry->latin = word == RTF_W_FCHARSET && number == 0;
    }
}

static void table_word(Rtf *rtf, RtfWord word, int number)
{
    RtfRow *row = &rtf->rows[rtf->state.dest == RTF_NESTED_ROW];
    switch (word) {
    case RTF_W_TROWD:
        g_array_set_size(row->cells, 0);
        row->left = 0;
        row->across = row->down = RTF_ALONE;
        rtf->row_begun = rtf->row_begun || rtf->state.dest != RTF_NESTED_ROW;
        break;
    case RTF_W_LEFTROW: row->left = number; break;
    case RTF_W_CLMGF: row->across = RTF_FIRST; break;
    case RTF_W_CLMRG: row->across = RTF_MERGED; break;
    case RTF_W_CLVMGF: row->down = RTF_FIRST; break;
    case RTF_W_CLVMRG: row->down = RTF_MERGED; break;
    case RTF_W_CELLX: {
        RtfCell cell = {.right = number, .across = row->across, .down = row->down};
        if (row->cells->len < ROW_CELLS_MAX)
            g_array_append_val(row->cells, cell);
        row->across = row->down = RTF_ALONE;
        break;
    }
    case RTF_W_CELL: rtf_end_cell(rtf->writer, 1); break;
    case RTF_W_NESTCELL: rtf_end_cell(rtf->writer, MAX(rtf->state.level, 2)); break;
    case RTF_W_ROW:
        rtf_end_row(rtf->writer, 1, row);
        rtf->row_begun = FALSE;
        break;
    case RTF_W_NESTROW: rtf_end_row(rtf->writer, MAX(rtf->state.level, 2), row); break;
    default: break;
    }
}

static void field_word(Rtf *rtf, RtfWord word, int number)
{
    Field *field = &rtf->field;
    if (word == RTF_W_FIELD) {
        field->given = FALSE;
        field->written = rtf->written;
        field->depth = rtf->depth;
        return;
    }
    if (!field->given || word == RTF_W_FFTYPE) {
        field->result = field->preset = -1;
        field->type = 0;
        field->name[0] = '\0';
        g_ptr_array_set_size(field->choices, 0);
    }
    field->given = TRUE;
    if (word == RTF_W_FFTYPE)
        field->type = number;
    else if (word == RTF_W_FFRES)
        field->result = number;
    else
        field->preset = number;
}

static void paragraph_word(Rtf *rtf, RtfWord word, int number)
{
    RtfState *state = &rtf->state;
    switch (word) {
    case RTF_W_PAR:
        if (!state->deleted && state->dest == RTF_TEXT)
            rtf_end_paragraph(rtf->writer);
        break;
    case RTF_W_LINE:
        if (!state->deleted && !state->hidden && state->dest == RTF_TEXT)
            rtf_write_break(rtf->writer, level_of(rtf), state->heading);
        break;
    case RTF_W_PARD: state->level = state->heading = 0; break;
    case RTF_W_INTBL: state->level = MAX(state->level, 1); break;
    case RTF_W_ITAP: state->level = number > 0 ? (guint)MIN(number, 100) : state->level; break;
    case RTF_W_OUTLINE: state->heading = number >= 0 && number < 9 ? (guint)MIN(number + 1, 6) : 0; break;
    default: break;
    }
}

static void state_word(Rtf *rtf, RtfWord word, int number)
{
    RtfState *state = &rtf->state;
    switch (word) {
    case RTF_W_PLAIN:
        state->hidden = state->deleted = state->wide = FALSE;
        state->wide_font = -1;
        state->font = rtf->default_font;
        break;
    case RTF_W_V: state->hidden = number != 0; break;
    case RTF_W_DELETED: state->deleted = number != 0; break;
    case RTF_W_DBCH: state->wide = TRUE; break;
    case RTF_W_LOCH: state->wide = FALSE; break;
    case RTF_W_UC: state->unicode_skip = (guint8)CLAMP(number, 0, 20); break;
    case RTF_W_ANSI:
    case RTF_W_ANSICPG: {
        const char *page = rtf_code_page(number);
        rtf->page = page ? page : rtf->page;
        break;
    }
    case RTF_W_UD:
        if (rtf->stack->len >= 2 && g_array_index(rtf->stack, RtfState, rtf->stack->len - 1).dest == RTF_UNICODE)
            state->dest = g_array_index(rtf->stack, RtfState, rtf->stack->len - 2).dest;
        break;
    default: break;
    }
}

static void skip_bytes(Rtf *rtf, int number)
{
    rtf->at += MIN((gsize)MAX(number, 0), (gsize)(rtf->end - rtf->at));
}

/* Everything but \bin and \ud is without effect in a group that is skipped. */
static void obey(Rtf *rtf, RtfWord word, int number, int value, const char *part)
{
    gboolean skipped = rtf->state.dest == RTF_SKIP;
    if (word == RTF_W_BIN) {
        skip_bytes(rtf, number);
        return;
    }
    if (skipped && word != RTF_W_UD)
        return;
    switch (word) {
    case RTF_W_CHAR: put_char(rtf, (gunichar)value); break;
    case RTF_W_U: put_unicode(rtf, number); break;
    case RTF_W_DEST: begin_destination(rtf, (RtfDest)value); break;
    case RTF_W_FLOW: case RTF_W_FOOTER: begin_flow(rtf, part); break;
    case RTF_W_F: case RTF_W_AF: case RTF_W_DEFF: case RTF_W_FCHARSET: case RTF_W_CPG:
        font_word(rtf, word, number);
        break;
    case RTF_W_CELL: case RTF_W_ROW: case RTF_W_NESTCELL:
        if (rtf->state.dest != RTF_TEXT)
            break;
        flush(rtf);
        table_word(rtf, word, number);
        break;
    case RTF_W_TROWD: case RTF_W_LEFTROW: case RTF_W_CLMGF: case RTF_W_CLMRG: case RTF_W_CLVMGF: case RTF_W_CLVMRG:
    case RTF_W_CELLX: case RTF_W_NESTROW:
        flush(rtf);
        table_word(rtf, word, number);
        break;
    case RTF_W_FIELD: case RTF_W_FFTYPE: case RTF_W_FFRES: case RTF_W_FFDEFRES:
        flush(rtf);
        field_word(rtf, word, number);
        break;
    case RTF_W_PAR: case RTF_W_LINE: case RTF_W_PARD: case RTF_W_INTBL: case RTF_W_ITAP: case RTF_W_OUTLINE:
        flush(rtf);
        paragraph_word(rtf, word, number);
        break;
    case RTF_W_NONE: break;
    default:
        settle(rtf);
        state_word(rtf, word, word == RTF_W_ANSI ? value : number);
    }
}

/* A control word and its number; without one, toggles are on and counts are 1. */
static void read_word(Rtf *rtf)
{
    char name[33];
    gsize length = 0;
    int number = 1, value = 0;
    const char *part = NULL;
    for (; rtf->at < rtf->end && g_ascii_isalpha(*rtf->at); rtf->at++)
        if (length < sizeof name - 1)
            name[length++] = (char)*rtf->at;
    name[length] = '\0';
    gboolean minus = rtf->at + 1 < rtf->end && *rtf->at == '-' && g_ascii_isdigit(rtf->at[1]);
    rtf->at += minus;
    if (rtf->at < rtf->end && g_ascii_isdigit(*rtf->at))
        for (number = 0; rtf->at < rtf->end && g_ascii_isdigit(*rtf->at); rtf->at++)
            number = number < 100000000 ? number * 10 + (*rtf->at - '0') : number;
    if (rtf->at < rtf->end && *rtf->at == ' ')
        rtf->at++;
    RtfWord word = rtf_word(name, &value, &part);
    gboolean known = word == RTF_W_DEST || word == RTF_W_FLOW || word == RTF_W_FOOTER || word == RTF_W_UD;
    if (rtf->star && !known) {
        settle(rtf);
        rtf->state.dest = RTF_SKIP;
    }
    rtf->star = FALSE;
    rtf->unread = 0;
    obey(rtf, word, minus ? -number : number, value, part);
}

static void read_hex(Rtf *rtf)
{
    if (rtf->end - rtf->at < 2)
        return;
    int high = g_ascii_xdigit_value((char)rtf->at[0]), low = g_ascii_xdigit_value((char)rtf->at[1]);
    if (high < 0 || low < 0)
        return;
    rtf->at += 2;
    put_byte(rtf, (guint8)(high * 16 + low));
}

/* What stands behind a backslash. */
static void read_control(Rtf *rtf)
{
    if (rtf->at >= rtf->end)
        return;
    if (g_ascii_isalpha(*rtf->at)) {
        read_word(rtf);
        return;
    }
    guint8 c = *rtf->at++;
    switch (c) {
    case '\'': read_hex(rtf); break;
    case '*': rtf->star = TRUE; break;
    case '\\': case '{': case '}': put_byte(rtf, c); break;
    case '~': put_char(rtf, ' '); break;
    case '_': put_char(rtf, '-'); break;
    case '\t': put_char(rtf, '\t'); break;
    case '\r': case '\n': obey(rtf, RTF_W_PAR, 1, 0, NULL); break;
    default: break;
    }
}

/* FALSE: groups nest too deep. */
static gboolean read_tokens(Rtf *rtf)
{
    while (rtf->at < rtf->end && !xhtml_full(rtf->out)) {
        guint8 c = *rtf->at++;
        if (c == '{') {
            if (!begin_group(rtf))
                return FALSE;
        } else if (c == '}') {
            end_group(rtf);
            if (rtf->depth == 0)
                break;
        } else if (c == '\\') {
            read_control(rtf);
        } else if (rtf->state.dest == RTF_SKIP) {
            while (rtf->at < rtf->end && *rtf->at != '{' && *rtf->at != '}' && *rtf->at != '\\')
                rtf->at++;
        } else if (c != '\r' && c != '\n' && c != '\0') {
            put_byte(rtf, c);
        }
    }
    return TRUE;
}

static void rtf_init(Rtf *rtf, const ReadInput *input, Xhtml *out)
{
    *rtf = (Rtf){.at = input->bytes, .end = input->bytes + input->length, .out = out, .page = rtf_code_page(1252)};
    rtf->writer = rtf_writer_new(out);
    rtf->stack = g_array_new(FALSE, FALSE, sizeof(RtfState));
    rtf->flows = g_array_new(FALSE, FALSE, sizeof(OpenFlow));
    rtf->fonts = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    rtf->font_name = g_string_new(NULL);
    rtf->pending = g_byte_array_new();
    rtf->field.choices = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < G_N_ELEMENTS(rtf->rows); i++)
        rtf->rows[i].cells = g_array_new(FALSE, FALSE, sizeof(RtfCell));
    rtf->state = (RtfState){.dest = RTF_TEXT, .wide_font = -1, .unicode_skip = 1};
    /* Text of a font table before its first \f belongs to nobody. */
    rtf->font_entry = g_new0(RtfFont, 1);
    g_hash_table_insert(rtf->fonts, GINT_TO_POINTER(-1), rtf->font_entry);
}

static void rtf_clear(Rtf *rtf)
{
    rtf_writer_free(rtf->writer);
    g_array_unref(rtf->stack);
    g_array_unref(rtf->flows);
    g_hash_table_unref(rtf->fonts);
    g_string_free(rtf->font_name, TRUE);
    g_byte_array_unref(rtf->pending);
    g_ptr_array_unref(rtf->field.choices);
    for (guint i = 0; i < G_N_ELEMENTS(rtf->rows); i++)
        g_array_unref(rtf->rows[i].cells);
}

Status rtf_read(const ReadInput *input, Xhtml *out, G_GNUC_UNUSED Members *members)
{
    Rtf rtf;
    if (input->length < 5 || memcmp(input->bytes, "{\\rtf", 5) != 0)
        return STATUS_DAMAGED;
    rtf_init(&rtf, input, out);
    gboolean bounded = read_tokens(&rtf), whole = rtf.depth == 0;
    flush(&rtf);
    rtf_clear(&rtf);
    if (!bounded || xhtml_full(out))
        return STATUS_TOO_LARGE;
    return whole ? STATUS_READ : STATUS_DAMAGED;
}
