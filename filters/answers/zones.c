#include "answers/zones.h"

#include <string.h>

#define FOLDER "/usr/share/zoneinfo/"
#define HEAD_BYTES 44
#define FILE_BYTES 65536

/* The second block of a TZif file, with times of 64 bits: `times` of them, then the type each begins, then the types. */
typedef struct {
    guint8 *file;
    const guint8 *block;
    guint32 times, types;
} Zone;

static GHashTable *zones; /* name -> Zone; a link shares its target's, and all live as long as the process */

static gint64 big(const guint8 *at, int bytes)
{
    guint64 value = bytes == 4 && (at[0] & 0x80) ? G_MAXUINT64 : 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | at[i];
    return (gint64)value;
}

/* The numbers in a block's head; FALSE when it is none of version 2 or later. */
static gboolean read_head(const guint8 *at, gsize left, guint32 counts[6], gsize *ret_length, int bytes)
{
    if (left < HEAD_BYTES || memcmp(at, "TZif", 4) != 0 || at[4] < '2')
        return FALSE;
    for (int i = 0; i < 6; i++)
        counts[i] = (guint32)big(at + 20 + 4 * i, 4);
    *ret_length = HEAD_BYTES + (gsize)counts[3] * (gsize)(bytes + 1) + (gsize)counts[4] * 6 + counts[5] +
                  (gsize)counts[2] * (gsize)(bytes + 4) + counts[1] + counts[0];
    return *ret_length <= left;
}

static Zone *load_zone(const char *name)
{
    g_autofree char *path = g_strconcat(FOLDER, name, NULL);
    g_autofree char *file = NULL;
    gsize length = 0, first, second;
    guint32 counts[6];
    if (!g_file_get_contents(path, &file, &length, NULL) || length > FILE_BYTES ||
        !read_head((const guint8 *)file, length, counts, &first, 4) ||
        !read_head((const guint8 *)file + first, length - first, counts, &second, 8) || counts[4] == 0)
        return NULL;
    Zone *zone = g_new0(Zone, 1);
    zone->block = (const guint8 *)file + first + HEAD_BYTES;
    zone->times = counts[3];
    zone->types = counts[4];
    zone->file = (guint8 *)g_steal_pointer(&file);
    return zone;
}

/* tzdata.zi lists all zones ("Z name …") and other names of theirs ("L zone name"). A machine without it knows no zone. */
void zones_load(void)
{
    g_autofree char *text = NULL;
    zones = g_hash_table_new(g_str_hash, g_str_equal);
    if (!g_file_get_contents(FOLDER "tzdata.zi", &text, NULL, NULL))
        return;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint links = 0; links < 2; links++)
        for (guint i = 0; lines[i]; i++) {
            g_auto(GStrv) words = g_strsplit(lines[i], " ", 4);
            Zone *zone = NULL;
            if (!links && g_str_has_prefix(lines[i], "Z ") && words[1])
                zone = load_zone(words[1]);
            else if (links && g_str_has_prefix(lines[i], "L ") && words[1] && words[2])
                zone = g_hash_table_lookup(zones, words[1]);
            if (zone)
                g_hash_table_insert(zones, g_strdup(words[links ? 2 : 1]), zone);
        }
}

const char *zones_find(const char *tzid)
{
    gpointer name;
    while (tzid && *tzid) {
        if (g_hash_table_lookup_extended(zones, tzid, &name, NULL))
            return name;
        tzid = strchr(tzid, '/');
        tzid = tzid ? tzid + 1 : NULL;
    }
    return NULL;
}

int zones_ahead(const char *name, gint64 instant)
{
    const Zone *zone = g_hash_table_lookup(zones, name);
    guint32 low = 0, high = zone->times;
    while (low < high) {
        guint32 middle = low + (high - low) / 2;
        if (big(zone->block + 8 * (gsize)middle, 8) <= instant)
            low = middle + 1;
        else
            high = middle;
    }
    /* Before the first change the first type holds; after the last one of 2037 the last. */
    const guint8 *types = zone->block + 8 * (gsize)zone->times;
    guint8 type = low > 0 ? types[low - 1] : 0;
    return type < zone->types ? (int)big(types + zone->times + 6 * (gsize)type, 4) : 0;
}

gint64 zones_instant(const char *name, gint64 local)
{
    gint64 instant = local - zones_ahead(name, local);
    return local - zones_ahead(name, instant);
}
