/* ics.h: writing iCalendar (RFC 5545): a deadline for the recipient's own calendar, and the lines of which any calendar is made. */
#ifndef SHOUWEN_LETTERS_ICS_H
#define SHOUWEN_LETTERS_ICS_H

#include <glib.h>

#define ICS_MIME "text/calendar; method=PUBLISH; charset=utf-8"

/* Texts are UTF-8, from anybody: line ends and control characters in them do no harm. */
typedef struct {
    const char *uid; /* ASCII, the same for all letters about one deadline, so that calendars keep one: "duty-12@committee.example" */
    const char *summary, *description; /* DESCRIPTION may have several lines; NULL none */
    gint64 due;                        /* instant */
    const char *zone;                  /* of the office: a deadline at the end of a day there is a whole day in the calendar */
    gint64 now;
} IcsDeadline;

/* A VCALENDAR with one VEVENT and a reminder a day ahead: CRLF, folded at 75 octets between characters, instants in UTC. */
GBytes *ics_deadline(const IcsDeadline *deadline);

#define ICS_BEGIN "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//shouwen//calendar//EN\r\nMETHOD:PUBLISH\r\n"
#define ICS_END "END:VCALENDAR\r\n"

/* "NAME:VALUE" with its line end, folded at 75 octets between characters. VALUE is put in as it is. */
void ics_line(GString *out, const char *name, const char *value);

/* A property of text: VALUE is made plain and escaped (3.3.11), its line ends become \n. */
void ics_text(GString *out, const char *name, const char *value);

/* A property of time, in UTC. */
void ics_instant(GString *out, const char *name, gint64 instant);

#endif
