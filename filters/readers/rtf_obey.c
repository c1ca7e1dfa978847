#include <string.h>

#include "readers/rtf.h"
#include "readers/word_field.h"

enum {
    FONTS_MAX = 10000,
    ROW_CELLS_MAX = 200 /* Word allows 63 */
};

static void begin_flow(Rtf *rtf, const char *part)
{
    RtfOpenFlow flow = {rtf->depth, rtf->row_begun};
    rtf_flush(rtf);
    g_array_append_val(rtf->flows, flow);
    rtf_flow_begin(rtf->writer, part);
    rtf->row_begun = FALSE;
    rtf->state.level = rtf->state.heading = 0;
    rtf->state.dest = RTF_TEXT;
}

static void begin_destination(Rtf *rtf, RtfDest dest)
{
    rtf_settle(rtf);
    if (dest == RTF_FONT_ALT && rtf->state.dest != RTF_FONTS)
        dest = RTF_SKIP;
    if (dest == RTF_PICTURE)
        rtf->wanted = FALSE;
    if (dest == RTF_FIELD_NAME)
        rtf->field.name[0] = '\0';
    rtf->state.dest = dest;
}

/* A field whose instruction itself says what is shown. */
static void show_code(Rtf *rtf)
{
    g_autofree char *text = NULL;
    WordField shown = word_field_shows(rtf->field.code->str, &text);
    if (shown == WORD_FIELD_CHECKED)
        rtf_write_box(rtf->writer, rtf_level(rtf), TRUE, NULL);
    else if (shown == WORD_FIELD_TEXT && text)
        rtf_put_text(rtf, text);
}

/* A form field shows its own state where its result shows nothing. */
void rtf_end_field(Rtf *rtf)
{
    RtfField *field = &rtf->field;
    int result = field->result == 25 || field->result < 0 ? field->preset : field->result;
    field->depth = 0;
    if (rtf->written != field->written || rtf->state.dest != RTF_TEXT || rtf->state.hidden ||
        rtf->state.deleted)
        return;
    if (!field->given)
        show_code(rtf);
    else if (field->type == 1)
        rtf_write_box(rtf->writer, rtf_level(rtf), result > 0, field->name);
    else if (field->type == 2 && (guint)result < field->choices->len)
        rtf_put_text(rtf, field->choices->pdata[result]);
}

static void font_word(Rtf *rtf, RtfWord word, int number)
{
    gboolean table = rtf->state.dest == RTF_FONTS;
    gpointer key = GINT_TO_POINTER(number);
    if (word == RTF_W_F && table) {
        RtfFont *known = g_hash_table_lookup(rtf->fonts, key);
        rtf_flush(rtf);
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
        rtf_flush(rtf);
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
    RtfField *field = &rtf->field;
    if (word == RTF_W_FIELD) {
        field->given = FALSE;
        g_string_truncate(field->code, 0);
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
            rtf_write_break(rtf->writer, rtf_level(rtf), state->heading);
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
void rtf_obey(Rtf *rtf, RtfWord word, int number, int value, const char *part)
{
    gboolean skipped = rtf->state.dest == RTF_SKIP;
    if (word == RTF_W_BIN) {
        if (rtf->state.dest == RTF_PICTURE && rtf->wanted)
            rtf_put_picture(rtf, number);
        skip_bytes(rtf, number);
        return;
    }
    if (skipped && word != RTF_W_UD)
        return;
    switch (word) {
    case RTF_W_CHAR: rtf_put_char(rtf, (gunichar)value); break;
    case RTF_W_U: rtf_put_unicode(rtf, number); break;
    case RTF_W_DEST: begin_destination(rtf, (RtfDest)value); break;
    case RTF_W_FLOW: case RTF_W_FOOTER: begin_flow(rtf, part); break;
    case RTF_W_F: case RTF_W_AF: case RTF_W_DEFF: case RTF_W_FCHARSET: case RTF_W_CPG:
        font_word(rtf, word, number);
        break;
    case RTF_W_CELL: case RTF_W_ROW: case RTF_W_NESTCELL:
        if (rtf->state.dest != RTF_TEXT)
            break;
        rtf_flush(rtf);
        table_word(rtf, word, number);
        break;
    case RTF_W_TROWD: case RTF_W_LEFTROW: case RTF_W_CLMGF: case RTF_W_CLMRG: case RTF_W_CLVMGF: case RTF_W_CLVMRG:
    case RTF_W_CELLX: case RTF_W_NESTROW:
        rtf_flush(rtf);
        table_word(rtf, word, number);
        break;
    case RTF_W_FIELD: case RTF_W_FFTYPE: case RTF_W_FFRES: case RTF_W_FFDEFRES:
        rtf_flush(rtf);
        field_word(rtf, word, number);
        break;
    case RTF_W_PAR: case RTF_W_LINE: case RTF_W_PARD: case RTF_W_INTBL: case RTF_W_ITAP: case RTF_W_OUTLINE:
        rtf_flush(rtf);
        paragraph_word(rtf, word, number);
        break;
    case RTF_W_BLIP: rtf->wanted = TRUE; break;
    case RTF_W_NONE: break;
    default:
        rtf_settle(rtf);
        state_word(rtf, word, word == RTF_W_ANSI ? value : number);
    }
}

