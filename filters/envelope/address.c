#include <string.h>

#include "envelope/address.h"
#include "envelope/encoded_word.h"

gboolean address_valid(const char *text)
{
    const char *at = strrchr(text, '@');
    if (!at || at == text || !at[1] || strlen(text) > 320 || !g_utf8_validate(text, -1, NULL))
        return FALSE;
    for (const char *p = text; *p; p++)
        if ((guchar)*p <= ' ' || *p == 0x7f || strchr("<>(),;:\\\"", *p) || (*p == '@' && p != at))
            return FALSE;
    return at[1] != '.' && !strstr(at, "..") && at[1] != '[';
}

/* RAW's first mailbox split: words outside "<>" and comments into NAME, what stands in "<>" into ANGLE,
 * comments into COMMENT. Encoded words and quotes stay as they are. */
static void split(const char *raw, GString *name, GString *angle, GString *comment)
{
    gboolean quoted = FALSE, inside = FALSE;
    guint depth = 0;
    for (const char *p = raw; *p; p++) {
        GString *to = depth > 0 ? comment : inside ? angle : name;
        if (*p == '\\' && p[1] && (quoted || depth > 0))
            g_string_append_c(to, *++p);
        else if (*p == '"' && depth == 0)
            quoted = !quoted;
        else if (quoted)
            g_string_append_c(to, *p);
        else if (*p == '(') {
            if (depth++ > 0)
                g_string_append_c(comment, *p);
        } else if (*p == ')' && depth > 0) {
            if (--depth > 0)
                g_string_append_c(comment, *p);
        } else if (depth > 0)
            g_string_append_c(comment, *p);
        else if (*p == '<')
            inside = TRUE;
        else if (*p == '>' && inside) {
            if (angle->len > 0)
                return;
            inside = FALSE;
        } else if ((*p == ',' || *p == ';') && !inside && (angle->len > 0 || strchr(name->str, '@')))
            return;
        else
            g_string_append_c(to, *p);
    }
}

static char *lower_domain(const char *address)
{
    const char *at = strrchr(address, '@');
    g_autofree char *domain = g_ascii_strdown(at, -1);
    g_autofree char *local = g_strndup(address, (gsize)(at - address));
    return g_strconcat(local, domain, NULL);
}

/* The one word of TEXT that is an address, which is cut out of it. */
static char *take_address(GString *text)
{
    for (gsize i = 0; i < text->len;) {
        gsize blank = strspn(text->str + i, " \t\r\n:;,<>");
        gsize length = strcspn(text->str + i + blank, " \t\r\n:;,<>");
        g_autofree char *word = g_strndup(text->str + i + blank, length);
        if (length > 0 && address_valid(word)) {
            g_string_erase(text, (gssize)(i + blank), (gssize)length);
            return lower_domain(word);
        }
        i += blank + length;
    }
    return NULL;
}

static char *decode_name(const GString *raw)
{
    g_autofree char *name = encoded_word_decode(raw->str);
    gsize length = strlen(name);
    if (length >= 2 && (name[0] == '"' || name[0] == '\'') && name[length - 1] == name[0]) {
        name[length - 1] = '\0';
        memmove(name, name + 1, length - 1);
    }
    g_strstrip(name);
    return *name ? g_steal_pointer(&name) : NULL;
}

static char *parse_once(const char *raw, char **ret_name)
{
    g_autoptr(GString) name = g_string_new(NULL), angle = g_string_new(NULL), comment = g_string_new(NULL);
    split(raw, name, angle, comment);
    char *address = take_address(angle);
    if (!address)
        address = take_address(name);
    if (address && ret_name) {
        *ret_name = decode_name(name);
        if (!*ret_name)
            *ret_name = decode_name(comment);
    }
    return address;
}

char *address_parse(const char *raw, char **ret_name)
{
    if (ret_name)
        *ret_name = NULL;
    if (!raw)
        return NULL;
    char *address = parse_once(raw, ret_name);
    if (address || !encoded_word_within(raw))
        return address;
    /* Some systems encode the whole mailbox, address and all. */
    g_autofree char *decoded = encoded_word_decode(raw);
    return parse_once(decoded, ret_name);
}

static gboolean is_id(const char *text, gsize length)
{
    if (length < 3 || length > 998)
        return FALSE;
    for (gsize i = 0; i < length; i++)
        if ((guchar)text[i] <= ' ' || (guchar)text[i] >= 0x7f || text[i] == '<' || text[i] == '>')
            return FALSE;
    return TRUE;
}

GPtrArray *address_message_ids(const char *raw, guint max)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    guint depth = 0;
    for (const char *p = raw ? raw : ""; *p; p++) {
        if (*p == '(')
            depth++;
        else if (*p == ')' && depth > 0)
            depth--;
        else if (*p == '<' && depth == 0) {
            /* Some servers fold inside an id; the blanks are not part of it. */
            const char *end = strchr(p, '>');
            if (!end)
                break;
            g_autoptr(GString) id = g_string_new(NULL);
            for (const char *c = p + 1; c < end; c++)
                if (!g_ascii_isspace(*c))
                    g_string_append_c(id, *c);
            if (is_id(id->str, id->len))
                g_ptr_array_add(ids, g_strdup_printf("<%s>", id->str));
            p = end;
            if (ids->len > max)
                g_ptr_array_remove_index(ids, 0);
        }
    }
    return ids;
}

char *address_message_id(const char *raw)
{
    g_autoptr(GPtrArray) ids = address_message_ids(raw, G_MAXUINT);
    if (ids->len > 0)
        return g_strdup(ids->pdata[0]);
    /* An id without brackets, as some scripts write it. */
    g_autofree char *bare = g_strstrip(g_strdup(raw ? raw : ""));
    if (!strchr(bare, '@') || !is_id(bare, strlen(bare)))
        return NULL;
    return g_strdup_printf("<%s>", bare);
}
