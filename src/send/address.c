#include <string.h>

#include "send/address.h"

#define ADDRESS_BYTES 254 /* RFC 5321 4.5.3.1, with RFC 3696's erratum */
#define LOCAL_BYTES 64
#define LABEL_BYTES 63

const char *address_domain(const char *address)
{
    return strrchr(address, '@') + 1;
}

/* Neither empty, nor longer than its limit, nor with a character that could end or divide an address. */
static gboolean local_valid(const char *local, gsize length)
{
    if (length == 0 || length > LOCAL_BYTES || local[0] == '.' || local[length - 1] == '.')
        return FALSE;
    const char *end = local + length;
    for (const char *at = local; at < end; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if ((c < 0x80 && (!g_ascii_isgraph((char)c) || strchr("<>()[],;:\\\"@", (int)c))) ||
            (c >= 0x80 && !g_unichar_isgraph(c)))
            return FALSE;
    }
    return !g_strstr_len(local, (gssize)length, "..");
}

static gboolean label_valid(const char *label)
{
    gsize length = strlen(label);
    if (length == 0 || length > LABEL_BYTES || label[0] == '-' || label[length - 1] == '-')
        return FALSE;
    for (const char *at = label; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (c < 0x80 ? !g_ascii_isalnum((char)c) && c != '-' : !g_unichar_isalnum(c) && !g_unichar_ismark(c))
            return FALSE;
    }
    return TRUE;
}

gboolean address_valid(const char *address)
{
    const char *at = address ? strrchr(address, '@') : NULL;
    if (!at || strlen(address) > ADDRESS_BYTES || !g_utf8_validate(address, -1, NULL))
        return FALSE;
    if (!local_valid(address, (gsize)(at - address)))
        return FALSE;
    g_auto(GStrv) labels = g_strsplit(at + 1, ".", -1);
    for (char **label = labels; *label; label++) {
        if (!label_valid(*label))
            return FALSE;
    }
    return labels[0] != NULL;
}

gboolean address_equal(const char *a, const char *b)
{
    g_autofree char *folded_a = g_utf8_casefold(a, -1);
    g_autofree char *folded_b = g_utf8_casefold(b, -1);
    return g_str_equal(folded_a, folded_b);
}
