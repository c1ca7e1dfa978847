/* door.h: the trusted side's end of the door to shouwen-filter. The protocol stands in src/README.md, "The door". */
#ifndef SHOUWEN_DOOR_DOOR_H
#define SHOUWEN_DOOR_DOOR_H

#include "conf/conf.h"
#include "door/record.h"

typedef struct Door Door;

/* What the filter must know of the configuration. Strings and lists must outlive the Door. */
typedef struct {
    const char *filters_dir;              /* folder with kinds/ */
    const char *kinds_dir;                /* the folder of kinds itself, instead; NULL: filters_dir/kinds */
    const char *programs_dir;             /* where the filter's programs are; NULL: beside our own, or libexec */
    const char *authserv_id;              /* "" = none: every verdict is "none" */
    const char *reference_prefix;         /* "SC27" */
    const char *const *own_addresses;     /* NULL-ended */
    const char *const *own_names;         /* our office's names, by which 收文〔2026〕8号 counts */
    guint statement_minimum;              /* characters of 申请说明 */
    guint deadline_seconds, scan_seconds; /* per message; per message with scans */
    guint reuse, jobs;                    /* messages per low-risk child; children at once */
} DoorOptions;

/* Options from CONF. Strings are owned by CONF. */
void door_options_from_conf(DoorOptions *options, const Conf *conf);

/* Finds shouwen-filter beside our own binary or in libexec; starts no server yet. */
Door *door_new(const DoorOptions *options, GError **error);
void door_free(Door *door); /* ends the servers */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Door, door_free)

typedef struct {
    int fd;                 /* where the bytes are copied from: LENGTH bytes at OFFSET; not kept */
    guint64 offset, length;
    const char *name;       /* of a bare document: its file name; NULL for a message */
    gboolean either;        /* NAME may be a mail after all: the filter decides by its bytes */
    gboolean explain, text; /* extras wanted in the record */
    const char *password;   /* opens encrypted zip and PDF in it; NULL none. It is in no log, and no error repeats it */
    gpointer user;          /* comes back with the result */
} DoorJob;

typedef struct {
    gpointer user;
    Record *record; /* always set, unless FAULT; at worst its route is unreadable: a person must look */
    GError *fault;  /* the filter itself could not be run: temporary, the message is not to blame */
} DoorResult;
void door_result_free(DoorResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DoorResult, door_result_free)

/* How many more jobs the door takes now without waiting. */
guint door_room(const Door *door);

/* Copies the bytes into a sealed memfd and hands them over. Call only when door_room() > 0. */
gboolean door_submit(Door *door, const DoorJob *job, GError **error);

/* The next finished job, waiting at most until DEADLINE (clock_mono); NULL when none finished in time or none is
 * under way. Results come in the order they finish. */
DoorResult *door_next(Door *door, gint64 deadline);

/* A descriptor that polls readable when door_next may have something: for callers with their own poll loop. Deadlines are kept
 * in door_next only: call it every second while jobs are under way. */
int door_poll_fd(const Door *door);

/* One job from start to end. */
DoorResult *door_read(Door *door, const DoorJob *job);

/* Checks the kinds folder inside the jail; messages (file:line: what) are appended to OUT, TRUE when there are none. */
gboolean door_check_kinds(Door *door, GPtrArray *out, GError **error);

/* --- questions about one document ---------------------------------------------------------------------------------------
 *
 * Each waits for its answer, at most until the message's deadline; jobs under way go on meanwhile. PATH is that of a Document
 * or of a mail's text: "2", "3/承诺书.pdf", "2/1"; NULL or "" is what JOB brings itself, a bare document or the whole message.
 * Errors say what happened: FAILURE_NOINPUT there is no such document or page; FAILURE_DATA it is there and cannot be had so
 * (encrypted, damaged, too large, took too long, its reader died, the answer is not what it must be); FAILURE_AGAIN and
 * FAILURE_UNAVAILABLE the filter itself failed. */

/* The bytes of the part or member at PATH, written to OUT_FD. */
gboolean door_part(Door *door, const DoorJob *job, const char *path, int out_fd, GError **error);

/* What was read in the document at PATH, as one complete HTML document for a preview; a mail is shown with its sender, subject,
 * date, text and the names of its attachments. UTF-8, at most LIMIT_VIEW_BYTES. It holds the elements and attributes of the
 * interchange form only: h1…h6 p br table tr td(colspan, rowspan) ul ol li img(alt) and input(type=checkbox|radio, checked,
 * disabled), on each of which may stand data-page ("1"), data-box ("page x0 y0 x1 y1", 0 to 1, origin top left), data-control and
 * data-part; one fixed style element; and no address of anything. This was checked on this side tag by tag (view_check.h).
 * It came from a stranger all the same: serve it under `Content-Security-Policy: sandbox; default-src 'none'; style-src
 * 'unsafe-inline'` and nowhere else. Caller frees. */
char *door_view(Door *door, const DoorJob *job, const char *path, GError **error);

/* PAGE (from 1) of the document at PATH as a PNG picture of at most LIMIT_RENDER_PIXELS and LIMIT_RENDER_BYTES: of a PDF or OFD
 * at DPI (36 to 200) and less when the page is large; of a picture (a TIFF may have many pages) scaled down to the pixels of an
 * A4 page at DPI, never up. Characters of a PDF whose font is named and not embedded, and all of an OFD, are drawn in the
 * one Chinese font that is installed (as grey boxes when there is none): the jail opens no font file. Of an OFD, ruling lines,
 * text in black and pictures are drawn, and nothing else. Only the PNG's signature and dimensions are checked here; who shows it decodes
 * it. */
GBytes *door_render(Door *door, const DoorJob *job, const char *path, guint page, guint dpi, GError **error);

/* What a bare iCalendar file (RFC 5545) says, as one JSON object whose every key and type was checked:
 * {"events": […], "tasks": […], "faults": [text…]}, the events each
 *   "uid", "summary", "location", "description", "organizer" (address), "status": text or null
 *   "categories": [text…]
 *   "starts", "ends": "2026-03-02" or "2026-03-02T09:00:00"; "ends" is exclusive: the day after the last, for dates
 *   "zone": IANA name, "UTC", or null (floating time, or a date); times in a zone of the file's own are given in UTC
 *   "all_day": true or false: whether "starts" is a date
 *   "rrule": the first RRULE as it stands, or null
 *   "recurrences": all starts in the form of "starts", in order, its own among them, with RDATE, without EXDATE and without those
 *                  that the file gives separately (RECURRENCE-ID); from a year before today, or from the start when that is later,
 *                  for three years, at most LIMIT_RECURRENCES; [] when it does not recur, or more often than daily
 *   "x": {"X-NAME": text…}
 * and tasks (VTODO) the same with "due" instead of "ends", and "starts" and "due" each may be null. Faults say for people what was
 * left out. At most LIMIT_CALENDAR_ITEMS events and tasks together. Caller frees. */
char *door_ical(Door *door, const DoorJob *job, GError **error);

/* The cells of a bare table (xlsx, xls, ods, csv in any Chinese encoding), as checked JSON:
 * {"sheets": [{"name": text or null, "hidden": true or false, "rows": [[text…]…]}…]}. A cell is the text that is shown, "" when
 * empty; a merged one stands in its first place, the others are "". Rows and columns without any text are left out; a row ends
 * with the last cell that its file gives, so rows may differ in length. At most
 * LIMIT_TABLE_ROWS rows and LIMIT_TABLE_CELLS cells: a larger table is refused, not cut. The tables of another document that is
 * read (Word, PDF) come in the same way. Caller frees. */
char *door_table(Door *door, const DoorJob *job, GError **error);

/* The folder that the filter's programs are started from. Caller frees. */
char *door_programs(const DoorOptions *options);

/* What this kernel offers for the jail, one line each ("landlock: ABI 7", …), for `shouwen check`. Caller frees. */
char **door_jail_report(void);

#endif
