/* mime_read.c: the texts of our own letters again, for people to look at. It reads what mime.c writes and nothing else. */
#include <string.h>

#include "base/text.h"
#include "letters/mime.h"

static void append_quoted(GString *out, const char *line)
{
    for (const char *at = line; *at; at++) {
        if (*at == '=' && g_ascii_isxdigit(at[1]) && g_ascii_isxdigit(at[2])) {
            g_string_append_c(out, (char)(g_ascii_xdigit_value(at[1]) << 4 | g_ascii_xdigit_value(at[2])));
            at += 2;
        } else if (*at != '=' || at[1]) { /* one at the end joins the next line */
            g_string_append_c(out, *at);
        }
    }
    if (!g_str_has_suffix(line, "="))
        g_string_append_c(out, '\n');
}

static char *decode_quoted(char **lines)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (; *lines; lines++)
        append_quoted(out, *lines);
    return text_valid(out->str, out->len);
}

static char *decode_base64(char **lines)
{
    g_autofree char *joined = g_strjoinv("", lines);
    gsize length = 0;
    g_autofree guchar *bytes = g_base64_decode(joined, &length);
    g_autofree char *text = text_valid((const char *)bytes, length);
    g_auto(GStrv) parts = g_strsplit(text, "\r\n", -1);
    return g_strjoinv("\n", parts);
}

char *mime_text_of(GBytes *letter, const char *subtype)
{
    gsize length;
    const char *bytes = g_bytes_get_data(letter, &length);
    g_autofree char *all = g_strndup(bytes, length);
    g_autofree char *head = g_strdup_printf("Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: ", subtype);
    char *part = strstr(all, head), *encoding = part ? part + strlen(head) : NULL;
    char *body = encoding ? strstr(encoding, "\r\n\r\n") : NULL, *end = body ? strstr(body, "\r\n--=_") : NULL;
    if (!end)
        return NULL;
    *end = '\0';
    g_auto(GStrv) lines = g_strsplit(body + strlen("\r\n\r\n"), "\r\n", -1);
    return g_str_has_prefix(encoding, "base64") ? decode_base64(lines) : decode_quoted(lines);
}
