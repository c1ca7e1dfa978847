#include <string.h>

#include "base/charset.h"
#include "readers/rows.h"
#include "readers/sheet.h"

enum { SAMPLE_BYTES = 64 * 1024 };

/* How often each of the separators stands outside of quotes in the first lines, and in how many lines. */
typedef struct {
    guint lines, total;
} Count;

/* The separator: "sep=" says it (Excel), else the one that stands in the most lines. */
static char find_separator(const char **text)
{
    static const char separators[] = "\t,;|";
    Count counts[sizeof separators - 1] = {{0, 0}};
    gboolean seen[sizeof separators - 1] = {FALSE}, quoted = FALSE;
    if (g_ascii_strncasecmp(*text, "sep=", 4) == 0 && (*text)[4] && strchr("\r\n", (*text)[5])) {
        char separator = (*text)[4];
        *text += 5 + strspn(*text + 5, "\r\n");
        return separator;
    }
    for (const char *at = *text; *at && at < *text + SAMPLE_BYTES; at++) {
        const char *found = strchr(separators, *at);
        if (*at == '"')
            quoted = !quoted;
        else if (*at == '\n' && !quoted)
            memset(seen, 0, sizeof seen);
        if (!found || quoted)
            continue;
        Count *count = &counts[found - separators];
        count->total++;
        count->lines += !seen[found - separators];
        seen[found - separators] = TRUE;
    }
    guint best = 1;
    for (guint i = 0; i < G_N_ELEMENTS(counts); i++)
        if (counts[i].lines > counts[best].lines ||
            (counts[i].lines == counts[best].lines && counts[i].total > counts[best].total))
            best = i;
    return separators[best];
}

/* Reads the cell at AT into CELL and returns what stands behind it: a separator, a line's end, or the end. Quotes may
 * hold line breaks, and quotes when doubled (RFC 4180); one in the middle of a cell is itself. */
static const char *read_cell(const char *at, char separator, GString *cell)
{
    g_string_truncate(cell, 0);
    if (*at == '"' && strchr(at + 1, '"')) {
        for (at++; *at && (*at != '"' || at[1] == '"'); at++) {
            at += *at == '"';
            g_string_append_c(cell, *at);
        }
        at += *at == '"';
    }
    while (*at && *at != separator && *at != '\n' && *at != '\r')
        g_string_append_c(cell, *at++);
    return at;
}

/* Identity and telephone numbers come as ="0123" or with a tab before them, so that Excel leaves them alone. */
static const char *clean(GString *cell)
{
    g_strstrip(cell->str);
    gsize length = strlen(cell->str);
    if (length < 3 || !g_str_has_prefix(cell->str, "=\"") || cell->str[length - 1] != '"')
        return cell->str;
    cell->str[length - 1] = '\0';
    return cell->str + 2;
}

static Status read_rows(const char *text, Xhtml *out)
{
    g_autoptr(GString) cell = g_string_new(NULL);
    char separator = find_separator(&text);
    Sheet *sheet = sheet_begin(out, NULL, FALSE);
    gboolean taken = TRUE;
    for (guint row = 0, column = 0; *text && taken;) {
        text = read_cell(text, separator, cell);
        taken = sheet_cell(sheet, row, column++, clean(cell));
        if (*text == separator) {
            text++;
        } else if (*text) {
            text += text[0] == '\r' && text[1] == '\n' ? 2 : 1;
            row++;
            column = 0;
        }
    }
    return sheet_end(sheet) ? STATUS_READ : STATUS_TOO_LARGE;
}

Status csv_read(const ReadInput *input, Xhtml *out, G_GNUC_UNUSED Members *members)
{
    const char *bytes = (const char *)input->bytes;
    const char *wide = NULL;
    if (input->length >= 2 && (memcmp(bytes, "\xff\xfe", 2) == 0 || memcmp(bytes, "\xfe\xff", 2) == 0))
        wide = memcmp(bytes, "\xff", 1) == 0 ? "UTF-16LE" : "UTF-16BE";
    g_autofree char *text = wide ? charset_decode_strict(bytes, input->length & ~(gsize)1, wide) : NULL;
    if (!text)
        text = charset_decode(bytes, input->length, input->charset);
    return read_rows(g_str_has_prefix(text, "\xef\xbb\xbf") ? text + 3 : text, out);
}
