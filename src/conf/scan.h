/* scan.h: private to src/conf: the lines of the file, and what is wrong with them. Written like a GKeyFile, which knows no line
 * numbers, lets a key stand twice, and has escapes that nobody expects: here a value is what stands on the line. */
#ifndef SHOUWEN_CONF_SCAN_H
#define SHOUWEN_CONF_SCAN_H

#include <glib.h>

typedef struct {
    const char *file;     /* for messages */
    GPtrArray *faults;    /* char *: "file:line: what is wrong, what is allowed" */
    GPtrArray *mailboxes; /* char *: names in file order */
    GHashTable *texts;    /* "group\nkey" -> char *: the value as it stands there */
    GHashTable *lines;    /* "group" and "group\nkey" -> line number */
} Scan;

void scan_init(Scan *scan, const char *file);
void scan_clear(Scan *scan);

/* Takes in TEXT, the whole file. Every setting in `texts` is in the table and its value fits; the rest is faults. */
void scan_text(Scan *scan, const char *text);

/* Where KEY of GROUP, or (KEY NULL) the head of GROUP stands; 0: nowhere. */
guint scan_line(const Scan *scan, const char *group, const char *key);

/* Adds a fault. LINE 0: of the file as a whole. */
void scan_fault(Scan *scan, guint line, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* All faults, a line each, at most as many as a person reads. NULL when there are none. Caller frees. */
char *scan_report(const Scan *scan);

#endif
