#include <string.h>

#include "base/text.h"
#include "letters/facts.h"
#include "letters/ics.h"

#define LINE_OCTETS 75 /* RFC 5545 3.1, without the line end */
#define TEXT_CHARS 1000

void ics_line(GString *out, const char *name, const char *value)
{
    g_autofree char *line = g_strdup_printf("%s:%s", name, value);
    gsize used = 0;
    for (const char *at = line; *at;) {
        gsize length = (gsize)(g_utf8_next_char(at) - at);
        if (used + length > LINE_OCTETS) {
            g_string_append(out, "\r\n ");
            used = 1;
        }
        g_string_append_len(out, at, (gssize)length);
        used += length;
        at += length;
    }
    g_string_append(out, "\r\n");
}

void ics_text(GString *out, const char *name, const char *text)
{
    g_autoptr(GString) value = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        g_autofree char *plain = text_plain(lines[i], TEXT_CHARS);
        g_string_append(value, i ? "\\n" : "");
        for (const char *at = plain; *at; at++) {
            if (strchr("\\;,", *at))
                g_string_append_c(value, '\\');
            g_string_append_c(value, *at);
        }
    }
    ics_line(out, name, value->str);
}

void ics_instant(GString *out, const char *name, gint64 instant)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(instant / G_USEC_PER_SEC);
    g_autofree char *text = g_date_time_format(utc, "%Y%m%dT%H%M%SZ");
    ics_line(out, name, text);
}

/* The last second of a day, or its very end, in the office's zone: people think of the day. */
static gboolean is_day_end(GDateTime *local)
{
    return g_date_time_get_hour(local) == 23 && g_date_time_get_minute(local) == 59;
}

static void put_time(GString *out, const IcsDeadline *deadline)
{
    g_autoptr(GDateTime) local = letter_time(deadline->due, deadline->zone);
    if (!is_day_end(local)) {
        ics_instant(out, "DTSTART", deadline->due);
        return;
    }
    g_autoptr(GDateTime) next = g_date_time_add_days(local, 1);
    g_autofree char *day = g_date_time_format(local, "%Y%m%d"), *after = g_date_time_format(next, "%Y%m%d");
    ics_line(out, "DTSTART;VALUE=DATE", day);
    ics_line(out, "DTEND;VALUE=DATE", after);
}

GBytes *ics_deadline(const IcsDeadline *deadline)
{
    GString *out = g_string_new(ICS_BEGIN "BEGIN:VEVENT\r\n");
    ics_line(out, "UID", deadline->uid);
    ics_instant(out, "DTSTAMP", deadline->now);
    put_time(out, deadline);
    ics_text(out, "SUMMARY", deadline->summary);
    if (deadline->description)
        ics_text(out, "DESCRIPTION", deadline->description);
    g_string_append(out, "TRANSP:TRANSPARENT\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-P1D\r\n");
    ics_text(out, "DESCRIPTION", deadline->summary);
    g_string_append(out, "END:VALARM\r\nEND:VEVENT\r\n" ICS_END);
    return g_string_free_to_bytes(out);
}
