/* ics.h: a deadline as iCalendar (RFC 5545), for the recipient's own calendar. */
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

#endif
