#include <string.h>

#include "base/limits.h"
#include "readers/lzfu.h"

enum { HEADER = 16, WINDOW = 4096, LZFU = 0x75465a4c, MELA = 0x414c454d };

/* What the window holds before the first byte ([MS-OXRTFCP] 2.1.3.1.2). */
static const char initial[] = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
                              "\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
                              "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

static guint32 le32(const guint8 *at)
{
    return (guint32)at[0] | (guint32)at[1] << 8 | (guint32)at[2] << 16 | (guint32)at[3] << 24;
}

typedef struct {
    guint8 window[WINDOW];
    guint at; /* where the next byte goes; a reference to it is the end */
    GByteArray *out;
} Expansion;

static void put(Expansion *expansion, guint8 byte)
{
    expansion->window[expansion->at] = byte;
    expansion->at = (expansion->at + 1) % WINDOW;
    g_byte_array_append(expansion->out, &byte, 1);
}

/* A control byte says of each of eight tokens whether it is a reference (12 bits of place, 4 of length) or a byte. */
static void expand(Expansion *expansion, const guint8 *at, const guint8 *end)
{
    while (at < end) {
        guint control = *at++;
        for (guint bit = 0; bit < 8; bit++) {
            gboolean reference = control >> bit & 1;
            if (end - at < (reference ? 2 : 1) || expansion->out->len > LIMIT_TEXT_BYTES)
                return;
            if (!reference) {
                put(expansion, *at++);
                continue;
            }
            guint token = (guint)at[0] << 8 | at[1], place = token >> 4, run = (token & 15) + 2;
            at += 2;
            if (place == expansion->at)
                return;
            for (guint i = 0; i < run; i++)
                put(expansion, expansion->window[(place + i) % WINDOW]);
        }
    }
}

GByteArray *lzfu_expand(const guint8 *bytes, gsize length)
{
    if (length < HEADER)
        return NULL;
    guint32 kind = le32(bytes + 8);
    if (kind != LZFU && kind != MELA)
        return NULL;
    GByteArray *out = g_byte_array_new();
    if (kind == MELA) {
        g_byte_array_append(out, bytes + HEADER, (guint)MIN(length - HEADER, LIMIT_TEXT_BYTES));
        return out;
    }
    g_autofree Expansion *expansion = g_new0(Expansion, 1);
    expansion->out = out;
    expansion->at = sizeof initial - 1;
    memcpy(expansion->window, initial, sizeof initial - 1);
    expand(expansion, bytes + HEADER, bytes + length);
    return out;
}
