#include <string.h>

#include "envelope/auth.h"
#include "envelope/structure.h"

/* VALUE without comments and folding. */
static char *flatten(const char *value)
{
    GString *out = g_string_new(NULL);
    guint depth = 0;
    for (const char *p = value; *p; p++) {
        if (*p == '(')
            depth++;
        else if (*p == ')' && depth > 0)
            depth--;
        else if (depth == 0)
            g_string_append_c(out, g_ascii_isspace(*p) ? ' ' : *p);
    }
    return g_strstrip(g_string_free(out, FALSE));
}

/* The verdict word of METHOD in one result ("dmarc=pass header.from=x"), or NULL when it speaks of another.
 */
static char *result_of(const char *result, const char *method)
{
    while (*result == ' ')
        result++;
    gsize length = strlen(method);
    if (g_ascii_strncasecmp(result, method, length) != 0)
        return NULL;
    result += length;
    result += strspn(result, " ");
    if (*result != '=')
        return NULL;
    result += 1 + strspn(result + 1, " ");
    return g_ascii_strdown(result, (gssize)strcspn(result, " ;"));
}

/* The value of PROPERTY ("header.d") in one result, or NULL. */
static char *property_of(const char *result, const char *property)
{
    gsize length = strlen(property);
    for (const char *p = result; (p = strstr(p, property)); p += length)
        if (p[length] == '=' && p > result && p[-1] == ' ')
            return g_ascii_strdown(p + length + 1, (gssize)strcspn(p + length + 1, " ;"));
    return NULL;
}

/* RFC 7489 relaxed alignment without the public suffix list: one domain is the other or lies below it. */
static gboolean aligned(const char *domain, const char *from)
{
    const char *at = strrchr(domain, '@');
    domain = at ? at + 1 : domain;
    if (!strchr(domain, '.'))
        return FALSE;
    g_autofree char *below_domain = g_strconcat(".", domain, NULL),
                    *below_from = g_strconcat(".", from, NULL);
    return g_ascii_strcasecmp(domain, from) == 0 || g_str_has_suffix(from, below_domain) ||
           g_str_has_suffix(domain, below_from);
}

static gboolean passes_for(const char *result, const char *method, const char *property, const char *from)
{
    g_autofree char *verdict = result_of(result, method), *domain = property_of(result, property);
    return g_strcmp0(verdict, "pass") == 0 && domain && aligned(domain, from);
}

const char *auth_verdict(const GPtrArray *headers, const char *authserv_id, const char *from_address)
{
    const char *value = header_first(headers, "Authentication-Results");
    if (!value || !authserv_id || !*authserv_id)
        return "none";
    g_autofree char *flat = flatten(value);
    g_auto(GStrv) results = g_strsplit(flat, ";", 100);
    g_autofree char *server =
        g_strndup(results[0] ? results[0] : "", strcspn(results[0] ? results[0] : "", " "));
    if (g_ascii_strcasecmp(server, authserv_id) != 0)
        return "none";
    const char *at = from_address ? strrchr(from_address, '@') : NULL;
    gboolean pass = FALSE, fail = FALSE;
    for (char **result = results + 1; *result; result++) {
        g_autofree char *dmarc = result_of(*result, "dmarc"), *spf = result_of(*result, "spf");
        g_autofree char *dkim = result_of(*result, "dkim");
        if (g_strcmp0(dmarc, "fail") == 0)
            return "fail";
        if (!at)
            continue;
        pass |= g_strcmp0(dmarc, "pass") == 0 || passes_for(*result, "dkim", "header.d", at + 1) ||
                passes_for(*result, "dkim", "header.i", at + 1) ||
                passes_for(*result, "spf", "smtp.mailfrom", at + 1);
        fail |= g_strcmp0(spf, "fail") == 0 || g_strcmp0(dkim, "fail") == 0;
    }
    return pass ? "pass" : fail ? "fail" : "none";
}
