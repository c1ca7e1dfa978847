#include <string.h>

#include "answers/calendar.h"
#include "base/charset.h"
#include "base/limits.h"

#define DEPTH 8           /* of components: an alarm in an event in a calendar has three */
#define LINE_BYTES 65536  /* of one line, unfolded */

typedef struct {
    GString *out;
    CalendarLeft left;
    guint items;      /* events and tasks taken */
    guint lines;      /* of the event, task or zone at hand */
    gboolean calendar; /* one was begun */
    guint depth, dropped; /* components open; the depth at which one began that is left out, 0: none */
    gboolean timed;   /* inside a VTIMEZONE */
} Sieve;

static gboolean is_name(const char *line, const char *name)
{
    gsize length = strlen(name);
    return g_ascii_strncasecmp(line, name, length) == 0 && strchr(":;", line[length]) && line[length];
}

static gboolean is_wanted(const Sieve *sieve, const char *line)
{
    static const char *const item[] = {"UID",     "SUMMARY", "LOCATION", "DESCRIPTION", "CATEGORIES", "ORGANIZER", "STATUS", "DTSTART",
                                       "DTEND",   "DUE",     "DURATION", "RRULE",       "RDATE",      "EXDATE",    "RECURRENCE-ID"};
    /* Rules of zones are yearly; libical works any other out second by second. */
    if (sieve->timed && is_name(line, "RRULE"))
        return strstr(line, "FREQ=YEARLY") != NULL && !strstr(line, "BYSECOND") && !strstr(line, "BYMINUTE") && !strstr(line, "BYHOUR");
    if (sieve->timed || g_ascii_strncasecmp(line, "X-", 2) == 0)
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(item); i++)
        if (is_name(line, item[i]))
            return TRUE;
    return FALSE;
}

static void put(Sieve *sieve, const char *line)
{
    g_string_append(sieve->out, line);
    g_string_append(sieve->out, "\r\n");
}

/* FALSE: COMPONENT is left out with all that stands in it. */
static gboolean takes(Sieve *sieve, const char *component)
{
    gboolean zone = g_ascii_strcasecmp(component, "VTIMEZONE") == 0;
    if (sieve->depth == 1) {
        gboolean first = g_ascii_strcasecmp(component, "VCALENDAR") == 0;
        sieve->calendar = sieve->calendar || first;
        return first;
    }
    if (sieve->depth > 2)
        return sieve->timed && (g_ascii_strcasecmp(component, "STANDARD") == 0 || g_ascii_strcasecmp(component, "DAYLIGHT") == 0);
    if (!zone && g_ascii_strcasecmp(component, "VEVENT") != 0 && g_ascii_strcasecmp(component, "VTODO") != 0)
        return FALSE;
    sieve->lines = 0;
    sieve->timed = zone;
    if (sieve->items >= LIMIT_CALENDAR_ITEMS || sieve->out->len > LIMIT_CALENDAR_BYTES) {
        sieve->left.items++;
        return FALSE;
    }
    sieve->items++;
    return TRUE;
}

static void take_line(Sieve *sieve, const char *line)
{
    if (g_ascii_strncasecmp(line, "BEGIN:", 6) == 0) {
        sieve->depth++;
        if (!sieve->dropped && (sieve->depth > DEPTH || !takes(sieve, line + 6)))
            sieve->dropped = sieve->depth;
        if (!sieve->dropped)
            put(sieve, line);
    } else if (g_ascii_strncasecmp(line, "END:", 4) == 0 && sieve->depth > 0) {
        if (!sieve->dropped)
            put(sieve, line);
        if (sieve->dropped == sieve->depth)
            sieve->dropped = 0;
        if (--sieve->depth < 2)
            sieve->timed = FALSE;
    } else if (!sieve->dropped && sieve->depth >= 2 && is_wanted(sieve, line)) {
        if (++sieve->lines <= LIMIT_CALENDAR_LINES && strlen(line) <= LINE_BYTES)
            put(sieve, line);
        else
            sieve->left.lines++;
    }
}

/* Lines are folded by a break and a blank (RFC 5545, 3.1). */
char *calendar_lines(const guint8 *bytes, gsize length, CalendarLeft *ret_left)
{
    g_autofree char *text = charset_decode((const char *)bytes, length, NULL);
    g_autoptr(GString) line = g_string_new(NULL);
    Sieve sieve = {.out = g_string_new(NULL)};
    const char *at = g_str_has_prefix(text, "\xef\xbb\xbf") ? text + 3 : text;
    while (*at) {
        gsize n = strcspn(at, "\r\n");
        if (line->len <= LINE_BYTES)
            g_string_append_len(line, at, (gssize)n);
        at += n;
        at += at[0] == '\r' && at[1] == '\n' ? 2 : at[0] ? 1 : 0;
        if (*at == ' ' || *at == '\t') {
            at++;
            continue;
        }
        take_line(&sieve, g_strchomp(line->str));
        g_string_truncate(line, 0);
    }
    /* A file that was cut: what stands in it counts. */
    for (; !sieve.dropped && sieve.depth > 0 && sieve.calendar; sieve.depth--)
        put(&sieve, sieve.depth == 1 ? "END:VCALENDAR" : sieve.timed ? "END:VTIMEZONE" : "END:VEVENT");
    *ret_left = sieve.left;
    return g_string_free(sieve.out, !sieve.calendar);
}
