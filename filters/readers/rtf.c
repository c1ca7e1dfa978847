#include <string.h>

#include "readers/rows.h"
#include "readers/rtf.h"

enum { DEPTH_MAX = 1000 }; /* of groups: writers nest some 20 */

/* ---- groups ---- */

static void end_flow(Rtf *rtf)
{
    rtf->row_begun = g_array_index(rtf->flows, RtfOpenFlow, rtf->flows->len - 1).row_begun;
    g_array_set_size(rtf->flows, rtf->flows->len - 1);
    rtf_flow_end(rtf->writer);
}

static gboolean begin_group(Rtf *rtf)
{
    rtf_settle(rtf);
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
    rtf_settle(rtf);
    if (rtf->flows->len && g_array_index(rtf->flows, RtfOpenFlow, rtf->flows->len - 1).depth == rtf->depth) {
        rtf_flush(rtf);
        end_flow(rtf);
    }
    if (rtf->state.dest == RTF_PICTURE)
        rtf_end_picture(rtf);
    if (rtf->field.depth == rtf->depth)
        rtf_end_field(rtf);
    rtf->state = g_array_index(rtf->stack, RtfState, rtf->stack->len - 1);
    g_array_set_size(rtf->stack, rtf->stack->len - 1);
    rtf->depth--;
    rtf->unread = 0;
    rtf->star = FALSE;
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
        rtf_settle(rtf);
        rtf->state.dest = RTF_SKIP;
    }
    rtf->star = FALSE;
    rtf->unread = 0;
    rtf_obey(rtf, word, minus ? -number : number, value, part);
}

static void read_hex(Rtf *rtf)
{
    if (rtf->end - rtf->at < 2)
        return;
    int high = g_ascii_xdigit_value((char)rtf->at[0]), low = g_ascii_xdigit_value((char)rtf->at[1]);
    if (high < 0 || low < 0)
        return;
    rtf->at += 2;
    rtf_put_byte(rtf, (guint8)(high * 16 + low));
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
    case '\\': case '{': case '}': rtf_put_byte(rtf, c); break;
    case '~': rtf_put_char(rtf, ' '); break;
    case '_': rtf_put_char(rtf, '-'); break;
    case '\t': rtf_put_char(rtf, '\t'); break;
    case '\r': case '\n': rtf_obey(rtf, RTF_W_PAR, 1, 0, NULL); break;
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
            rtf_put_byte(rtf, c);
        }
    }
    return TRUE;
}

static void rtf_init(Rtf *rtf, const ReadInput *input, Xhtml *out, Members *members)
{
    *rtf = (Rtf){.at = input->bytes, .end = input->bytes + input->length, .out = out, .page = rtf_code_page(1252),
                 .pictures = {.out = out, .members = members}};
    rtf->writer = rtf_writer_new(out);
    rtf->stack = g_array_new(FALSE, FALSE, sizeof(RtfState));
    rtf->flows = g_array_new(FALSE, FALSE, sizeof(RtfOpenFlow));
    rtf->fonts = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    rtf->font_name = g_string_new(NULL);
    rtf->pending = g_byte_array_new();
    rtf->field.code = g_string_new(NULL);
    rtf->picture = g_byte_array_new();
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
    g_string_free(rtf->field.code, TRUE);
    g_byte_array_unref(rtf->picture);
    for (guint i = 0; i < G_N_ELEMENTS(rtf->rows); i++)
        g_array_unref(rtf->rows[i].cells);
}

Status rtf_read(const ReadInput *input, Xhtml *out, Members *members)
{
    Rtf rtf;
    if (input->length < 5 || memcmp(input->bytes, "{\\rtf", 5) != 0)
        return STATUS_DAMAGED;
    rtf_init(&rtf, input, out, members);
    gboolean bounded = read_tokens(&rtf), whole = rtf.depth == 0;
    rtf_flush(&rtf);
    rtf_clear(&rtf);
    if (!bounded || xhtml_full(out))
        return STATUS_TOO_LARGE;
    return whole ? STATUS_READ : STATUS_DAMAGED;
}
