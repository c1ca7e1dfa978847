#include <string.h>

#include "source/utf7.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

typedef struct {
    guint32 bits;
    guint count;
} Bits;

static void put_unit(GString *wire, Bits *bits, guint16 unit)
{
    bits->bits = (bits->bits << 16) | unit;
    bits->count += 16;
    while (bits->count >= 6) {
        bits->count -= 6;
        g_string_append_c(wire, digits[(bits->bits >> bits->count) & 63]);
    }
}

static void put_character(GString *wire, Bits *bits, gunichar c)
{
    if (c < 0x10000) {
        put_unit(wire, bits, (guint16)c);
        return;
    }
    put_unit(wire, bits, (guint16)(0xD800 + ((c - 0x10000) >> 10)));
    put_unit(wire, bits, (guint16)(0xDC00 + ((c - 0x10000) & 0x3FF)));
}

static void end_run(GString *wire, Bits *bits)
{
    if (bits->count > 0)
        g_string_append_c(wire, digits[(bits->bits << (6 - bits->count)) & 63]);
    g_string_append_c(wire, '-');
    *bits = (Bits){0};
}

char *utf7_encode(const char *name)
{
    if (!g_utf8_validate(name, -1, NULL))
        return NULL;
    GString *wire = g_string_new(NULL);
    Bits bits = {0};
    gboolean inside = FALSE;
    for (const char *at = name; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        gboolean direct = c >= 0x20 && c <= 0x7E;
        if (direct && inside)
            end_run(wire, &bits);
        if (!direct && !inside)
            g_string_append_c(wire, '&');
        inside = !direct;
        if (inside)
            put_character(wire, &bits, c);
        else if (c == '&')
            g_string_append(wire, "&-");
        else
            g_string_append_c(wire, (char)c);
    }
    if (inside)
        end_run(wire, &bits);
    return g_string_free(wire, FALSE);
}

/* The run after '&' up to '-' as UTF-16, appended to NAME. Returns the '-' or NULL. */
static const char *take_run(const char *at, GString *name)
{
    Bits bits = {0};
    gunichar high = 0;
    for (; *at && *at != '-'; at++) {
        const char *digit = strchr(digits, *at);
        if (!digit)
            return NULL;
        bits.bits = (bits.bits << 6) | (guint32)(digit - digits);
        bits.count += 6;
        if (bits.count < 16)
            continue;
        bits.count -= 16;
        gunichar unit = (bits.bits >> bits.count) & 0xFFFF;
        if (high && (unit < 0xDC00 || unit > 0xDFFF))
            return NULL;
        if (!high && unit >= 0xD800 && unit <= 0xDBFF) {
            high = unit;
            continue;
        }
        if (high)
            unit = 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00);
        high = 0;
        if (unit == 0 || !g_unichar_validate(unit))
            return NULL;
        g_string_append_unichar(name, unit);
    }
    gboolean padding_clean = bits.count < 6 && (bits.bits & ((1U << bits.count) - 1)) == 0;
    return *at == '-' && !high && padding_clean ? at : NULL;
}

char *utf7_decode(const char *wire)
{
    g_autoptr(GString) name = g_string_new(NULL);
    for (const char *at = wire; *at; at++) {
        if ((guchar)*at < 0x20 || (guchar)*at > 0x7E)
            return NULL;
        if (*at != '&') {
            g_string_append_c(name, *at);
        } else if (at[1] == '-') {
            g_string_append_c(name, '&');
            at++;
        } else {
            at = take_run(at + 1, name);
            if (!at)
                return NULL;
        }
    }
    return g_strdup(name->str);
}
