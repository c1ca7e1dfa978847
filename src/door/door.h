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

/* The bytes of the part or member at PATH, written to OUT_FD. */
gboolean door_part(Door *door, const DoorJob *job, const char *path, int out_fd, GError **error);

/* The folder that the filter's programs are started from. Caller frees. */
char *door_programs(const DoorOptions *options);

/* What this kernel offers for the jail, one line each ("landlock: ABI 7", …), for `shouwen check`. Caller frees. */
char **door_jail_report(void);

#endif
