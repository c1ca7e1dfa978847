#include <string.h>

#include "base/charset.h"
#include "base/limits.h"
#include "base/text.h"
#include "envelope/encoded_word.h"
#include "envelope/parameter.h"

typedef struct {
    char *name;                   /* lower case, without * and section */
    guint section;                /* 0 for a plain name */
    gboolean sectioned, extended; /* name*N, name* or name*N* */
    char *value;                  /* raw bytes, quotes removed */
} Parameter;

/* A header has a handful of parameters; a continued name seldom more than ten sections. */
enum { MAX_PARAMETERS = 200 };

static void parameter_free(gpointer data)
{
    Parameter *parameter = data;
    g_free(parameter->name);
    g_free(parameter->value);
    g_free(parameter);
}

void parameters_free(Parameters *parameters)
{
    if (!parameters)
        return;
    g_free(parameters->value);
    g_ptr_array_unref(parameters->parameters);
    g_free(parameters);
}

/* Whether the quotation mark at P ends a value: what follows begins the next parameter or ends the header. */
static gboolean closes(const char *p)
{
    p++;
    while (g_ascii_isspace(*p))
        p++;
    if (!*p || *p == ';')
        return TRUE;
    const char *name = p;
    while (g_ascii_isalnum(*p) || *p == '-' || *p == '*')
        p++;
    return p > name && *p == '=';
}

static char *quoted_value(const char **cursor, gboolean utf8)
{
    GString *out = g_string_new(NULL);
    const char *p = *cursor + 1;
    while (*p && !(*p == '"' && closes(p))) {
        /* In raw GBK a backslash may be the second byte of a character. */
        if (!utf8 && (guchar)*p >= 0x81 && p[1] && p[1] != '"') {
            g_string_append_len(out, p, 2);
            p += 2;
            continue;
        }
        if (*p == '\\' && (p[1] == '"' || p[1] == '\\'))
            p++;
        if (*p != '\r' && *p != '\n')
            g_string_append_c(out, *p);
        p++;
    }
    *cursor = *p ? p + 1 : p;
    return g_string_free(out, FALSE);
}

static char *bare_value(const char **cursor)
{
    const char *p = *cursor;
    while (*p && *p != ';')
        p++;
    GString *out = g_string_new(NULL);
    for (const char *c = *cursor; c < p; c++)
        if (*c != '\r' && *c != '\n')
            g_string_append_c(out, *c);
    *cursor = p;
    return g_strstrip(g_string_free(out, FALSE));
}

/* Splits "filename*1*" into its parts. */
static Parameter *name_parameter(const char *name, gsize length)
{
    Parameter *parameter = g_new0(Parameter, 1);
    const char *star = memchr(name, '*', length);
    parameter->name = g_ascii_strdown(name, star ? star - name : (gssize)length);
    g_strstrip(parameter->name);
    if (!star)
        return parameter;
    const char *p = star + 1, *end = name + length;
    while (p < end && g_ascii_isdigit(*p) && parameter->section < 1000) {
        parameter->section = parameter->section * 10 + (guint)(*p++ - '0');
        parameter->sectioned = TRUE;
    }
    parameter->extended = !parameter->sectioned || (p < end && *p == '*');
    return parameter;
}

Parameters *parameters_parse(const char *raw)
{
    Parameters *parameters = g_new0(Parameters, 1);
    parameters->parameters = g_ptr_array_new_with_free_func(parameter_free);
    const char *p = raw ? raw : "";
    gboolean utf8 = g_utf8_validate(p, -1, NULL);
    gsize value = strcspn(p, ";");
    g_autofree char *first = g_strndup(p, value);
    parameters->value = g_ascii_strdown(g_strstrip(first), -1);
    /* "text/plain charset=x": the separator was forgotten. */
    parameters->value[strcspn(parameters->value, " \t\r\n")] = '\0';
    p += strcspn(p, "; \t\r\n") == value ? value : strspn(p, " \t\r\n") + strlen(parameters->value);
    while (*p && parameters->parameters->len < MAX_PARAMETERS) {
        p += strspn(p, "; \t\r\n");
        gsize length = strcspn(p, "=;");
        if (p[length] != '=') {
            p += length;
            continue;
        }
        Parameter *parameter = name_parameter(p, length);
        p += length + 1;
        p += strspn(p, " \t\r\n");
        parameter->value = *p == '"' ? quoted_value(&p, utf8) : bare_value(&p);
        g_ptr_array_add(parameters->parameters, parameter);
    }
    return parameters;
}

/* %XX to bytes; other characters stay. RET_HIGH is set when a byte above ASCII came out. */
static void percent_decode(const char *text, GString *out, gboolean *ret_high)
{
    for (const char *p = text; *p; p++) {
        if (*p == '%' && g_ascii_isxdigit(p[1]) && g_ascii_isxdigit(p[2])) {
            int byte = g_ascii_xdigit_value(p[1]) << 4 | g_ascii_xdigit_value(p[2]);
            *ret_high |= byte >= 0x80;
            g_string_append_c(out, (char)byte);
            p += 2;
        } else
            g_string_append_c(out, *p);
    }
}

/* Takes charset'language' off the front of an extended value; NULL and nothing taken when there is none. */
static char *take_charset(const char **value)
{
    const char *first = strchr(*value, '\''), *second = first ? strchr(first + 1, '\'') : NULL;
    if (!second || first - *value > 40 || second - first > 40)
        return NULL;
    for (const char *p = *value; p < first; p++)
        if (!g_ascii_isalnum(*p) && !strchr("-_.:+", *p))
            return NULL;
    char *charset = g_strndup(*value, (gsize)(first - *value));
    *value = second + 1;
    return charset;
}

static char *finish(const char *bytes, gsize length, const char *charset)
{
    if (length == 0)
        return NULL;
    if (encoded_word_within(bytes))
        return encoded_word_decode(bytes);
    return charset_decode(bytes, length, charset);
}

/* name* or name*0, name*1 …, whether or not each section is marked as encoded. */
static char *get_extended(const Parameters *parameters, const char *name)
{
    g_autoptr(GString) bytes = g_string_new(NULL);
    g_autofree char *charset = NULL;
    gboolean found = FALSE, high = FALSE;
    for (guint section = 0, i = 0; i < parameters->parameters->len; i++) {
        const Parameter *parameter = parameters->parameters->pdata[i];
        if (strcmp(parameter->name, name) != 0 || (!parameter->sectioned && !parameter->extended) ||
            parameter->section != section)
            continue;
        const char *value = parameter->value;
        if (section == 0 && parameter->extended)
            charset = take_charset(&value);
        if (parameter->extended)
            percent_decode(value, bytes, &high);
        else
            g_string_append(bytes, value);
        found = TRUE;
        if (!parameter->sectioned)
            break;
        section++;
        i = (guint)-1; /* sections may come in any order */
    }
    return found ? finish(bytes->str, bytes->len, charset) : NULL;
}

/* A plain value; %XX in it counts as encoded when letters above ASCII come of it. */
static char *get_plain(const Parameters *parameters, const char *name)
{
    for (guint i = 0; i < parameters->parameters->len; i++) {
        const Parameter *parameter = parameters->parameters->pdata[i];
        if (strcmp(parameter->name, name) != 0 || parameter->sectioned || parameter->extended)
            continue;
        const char *value = parameter->value;
        g_autofree char *charset = strchr(value, '%') ? take_charset(&value) : NULL;
        g_autoptr(GString) bytes = g_string_new(NULL);
        gboolean high = FALSE;
        percent_decode(value, bytes, &high);
        g_autofree char *strict = high ? charset_decode_strict(bytes->str, bytes->len, charset) : NULL;
        if (high && !strict && !charset)
            strict = charset_decode_strict(bytes->str, bytes->len, "GB18030");
        if (strict)
            return g_steal_pointer(&strict);
        if (*parameter->value)
            return finish(parameter->value, strlen(parameter->value), NULL);
    }
    return NULL;
}

char *parameters_get(const Parameters *parameters, const char *name)
{
    char *value = get_extended(parameters, name);
    return value ? value : get_plain(parameters, name);
}

static gboolean is_hidden(gunichar c)
{
    return g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029 || c == 0x200e || c == 0x200f || c == 0x61c ||
           (c >= 0x200b && c <= 0x200d) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0xfeff || (c >= 0xe0000 && c <= 0xe007f);
}

/* A path of a disk goes as a whole; a slash inside a name ("ISO/IEC 申请表") becomes "_". */
static const char *without_path(char *name)
{
    gboolean drive = g_ascii_isalpha(name[0]) && name[1] == ':' && (name[2] == '\\' || name[2] == '/');
    gboolean path = drive || name[0] == '/' || name[0] == '\\' || strstr(name, "../") ||
                    strstr(name, "..\\") || g_str_has_prefix(name, "./") || g_str_has_prefix(name, ".\\");
    char *last = name;
    for (char *p = name; *p; p++)
        if (*p == '/' || *p == '\\') {
            if (path)
                last = p + 1;
            else
                *p = '_';
        }
    return last;
}

static char *shorten(const char *name)
{
    glong length = g_utf8_strlen(name, -1);
    if (length <= LIMIT_NAME_CHARS)
        return g_strdup(name);
    const char *dot = strrchr(name, '.');
    glong tail = dot ? g_utf8_strlen(dot, -1) : 0;
    if (tail > 16)
        tail = 0;
    g_autofree char *head = g_utf8_substring(name, 0, LIMIT_NAME_CHARS - tail);
    return g_strconcat(head, tail > 0 ? dot : NULL, NULL);
}

char *parameter_filename(const char *name)
{
    g_autofree char *valid = text_valid(name, strlen(name));
    g_autofree char *composed = g_utf8_normalize(valid, -1, G_NORMALIZE_NFC);
    g_autoptr(GString) kept = g_string_new(NULL);
    for (const char *p = composed; *p; p = g_utf8_next_char(p))
        if (!is_hidden(g_utf8_get_char(p)))
            g_string_append_len(kept, p, g_utf8_next_char(p) - p);
    g_strstrip(kept->str);
    const char *last = without_path(kept->str);
    while (g_ascii_isspace(*last))
        last++;
    if (!*last || strcmp(last, ".") == 0 || strcmp(last, "..") == 0)
        return NULL;
    return shorten(last);
}
