#include <string.h>

#include "base/text.h"
#include "letters/mime.h"

#define LINE 76             /* columns; RFC 2047 allows an encoded word no more */
#define WORD_FRAME 12       /* "=?UTF-8?B?" and "?=" */
#define ID_BYTES 300        /* the longest Message-IDs seen have some 200 */
#define PLAIN_CHARS 1000    /* of a header's value; callers cap what strangers wrote lower */

/* --- headers ------------------------------------------------------------------------------------------------------- */

static gsize column(const GString *out)
{
    const char *line = g_strrstr_len(out->str, (gssize)out->len, "\n");
    return out->len - (line ? (gsize)(line + 1 - out->str) : 0);
}

static void new_line(GString *out)
{
    g_string_append(out, "\r\n ");
}

/* How many bytes of TEXT, whole characters, fit into an encoded word of ROOM columns; at least one character. */
static gsize chunk(const char *text, gsize room)
{
    gsize most = room > WORD_FRAME ? (room - WORD_FRAME) / 4 * 3 : 0;
    const char *at = g_utf8_next_char(text);
    while (*at && (gsize)(g_utf8_next_char(at) - text) <= most)
        at = g_utf8_next_char(at);
    return (gsize)(at - text);
}

static void put_encoded(GString *out, const char *text)
{
    while (*text) {
        gsize here = column(out);
        if (here + WORD_FRAME + 8 > LINE) {
            new_line(out);
            here = 1;
        }
        gsize length = chunk(text, LINE - here);
        g_autofree char *word = g_base64_encode((const guchar *)text, length);
        g_string_append_printf(out, "=?UTF-8?B?%s?=", word);
        text += length;
        if (*text)
            new_line(out);
    }
}

/* Words of ASCII; a blank may become a new line. The first follows what stands there without a blank. */
static void put_folded(GString *out, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, " ", -1);
    for (guint i = 0; parts[i]; i++) {
        if (i > 0 && column(out) + 1 + strlen(parts[i]) > LINE)
            new_line(out);
        else if (i > 0)
            g_string_append_c(out, ' ');
        g_string_append(out, parts[i]);
    }
}

/* Ordinary words that need no encoding: ASCII, none of them long, and nothing that looks like an encoded word. */
static gboolean is_ordinary(const char *text)
{
    gsize run = 0;
    for (const char *at = text; *at; at++) {
        run = *at == ' ' ? 0 : run + 1;
        if ((guchar)*at >= 0x7f || run > LINE / 2)
            return FALSE;
    }
    return !strstr(text, "=?");
}

void mime_header(GString *out, const char *name, const char *value)
{
    g_autofree char *plain = text_plain(value, PLAIN_CHARS);
    g_string_append_printf(out, "%s: ", name);
    if (is_ordinary(plain))
        put_folded(out, plain);
    else
        put_encoded(out, plain);
    g_string_append(out, "\r\n");
}

/* What RFC 5322 lets stand in a phrase without quotes. */
static gboolean is_phrase(const char *text)
{
    for (const char *at = text; *at; at++) {
        if (!g_ascii_isalnum(*at) && !strchr(" !#$%&'*+-/^_{|}~", *at))
            return FALSE;
    }
    return is_ordinary(text);
}

void mime_address_header(GString *out, const char *name, const char *phrase, const char *address)
{
    g_autofree char *plain = text_plain(phrase, PLAIN_CHARS);
    g_string_append_printf(out, "%s: ", name);
    if (!*plain) {
        g_string_append_printf(out, "%s\r\n", address);
        return;
    }
    if (is_phrase(plain))
        put_folded(out, plain);
    else
        put_encoded(out, plain);
    if (column(out) + strlen(address) + 3 > LINE)
        new_line(out);
    else
        g_string_append_c(out, ' ');
    g_string_append_printf(out, "<%s>\r\n", address);
}

gboolean mime_id_valid(const char *id)
{
    gsize length = id ? strlen(id) : 0;
    if (length < 3 || length > ID_BYTES || id[0] != '<' || id[length - 1] != '>')
        return FALSE;
    for (gsize i = 1; i + 1 < length; i++) {
        if (!g_ascii_isgraph(id[i]) || id[i] == '<' || id[i] == '>')
            return FALSE;
    }
    return TRUE;
}

void mime_ids_header(GString *out, const char *name, const GPtrArray *ids)
{
    g_string_append_printf(out, "%s:", name);
    for (guint i = 0; i < ids->len; i++) {
        const char *id = g_ptr_array_index(ids, i);
        if (i > 0 || column(out) + 1 + strlen(id) > LINE)
            new_line(out);
        else
            g_string_append_c(out, ' ');
        g_string_append(out, id);
    }
    g_string_append(out, "\r\n");
}

char *mime_date(GDateTime *local)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    /* Not %a and %b: those speak the language of the locale. */
    g_autofree char *rest = g_date_time_format(local, "%Y %H:%M:%S %z");
    return g_strdup_printf("%s, %d %s %s", days[g_date_time_get_day_of_week(local) - 1],
                           g_date_time_get_day_of_month(local), months[g_date_time_get_month(local) - 1], rest);
}

/* --- bodies -------------------------------------------------------------------------------------------------------- */

static void put_encoded_bytes(GString *out, const void *bytes, gsize size)
{
    g_autofree char *encoded = g_base64_encode(bytes, size);
    gsize length = strlen(encoded);
    for (gsize at = 0; at < length; at += LINE) {
        g_string_append_len(out, encoded + at, (gssize)MIN(LINE, length - at));
        g_string_append(out, "\r\n");
    }
}

static void put_base64(GString *out, const char *text)
{
    g_autoptr(GString) lines = g_string_sized_new(strlen(text) + 64);
    for (const char *at = text; *at; at++) {
        if (*at == '\n')
            g_string_append_c(lines, '\r');
        g_string_append_c(lines, *at);
    }
    put_encoded_bytes(out, lines->str, lines->len);
}

/* One line without its end. Blanks at its end, and "From " and "." at its beginning, are what mail programs on the way
 * have been seen to change. */
static void put_quoted_line(GString *out, const char *line, gsize length)
{
    gsize used = 0;
    for (gsize i = 0; i < length; i++) {
        guchar c = (guchar)line[i];
        gboolean last = i + 1 == length;
        gboolean literal = (c > ' ' && c < 0x7f && c != '=') || ((c == ' ' || c == '\t') && !last);
        if (i == 0 && (c == '.' || (length >= 5 && memcmp(line, "From ", 5) == 0)))
            literal = FALSE;
        gsize width = literal ? 1 : 3;
        if (used + width > LINE - 1) { /* room for the '=' of a soft line end */
            g_string_append(out, "=\r\n");
            used = 0;
        }
        if (literal)
            g_string_append_c(out, (char)c);
        else
            g_string_append_printf(out, "=%02X", c);
        used += width;
    }
    g_string_append(out, "\r\n");
}

static void put_quoted(GString *out, const char *text)
{
    for (const char *line = text; *line;) {
        const char *end = strchrnul(line, '\n');
        put_quoted_line(out, line, (gsize)(end - line));
        line = *end ? end + 1 : end;
    }
}

/* Three characters for each byte that is not ASCII against a third more for all. */
static gboolean base64_is_shorter(const char *text)
{
    gsize all = strlen(text), foreign = 0;
    for (const char *at = text; *at; at++)
        foreign += (guchar)*at >= 0x80;
    return foreign > all / 6;
}

void mime_text_part(GString *out, const char *subtype, const char *text)
{
    gboolean base64 = base64_is_shorter(text);
    g_string_append_printf(out, "Content-Type: text/%s; charset=utf-8\r\n", subtype);
    g_string_append_printf(out, "Content-Transfer-Encoding: %s\r\n\r\n", base64 ? "base64" : "quoted-printable");
    if (base64)
        put_base64(out, text);
    else
        put_quoted(out, text);
}

void mime_file_part(GString *out, const char *name, const char *type, GBytes *bytes)
{
    gsize size;
    const void *data = g_bytes_get_data(bytes, &size);
    g_string_append_printf(out, "Content-Type: %s; name=\"%s\"\r\n", type, name);
    g_string_append_printf(out, "Content-Disposition: attachment; filename=\"%s\"\r\n", name);
    g_string_append(out, "Content-Transfer-Encoding: base64\r\n\r\n");
    put_encoded_bytes(out, data, size);
}
