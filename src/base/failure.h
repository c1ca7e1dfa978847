/* failure.h: the one error domain of the project.
 *
 * Every fallible function takes a GError ** last. The code says what kind of failure it is; from the code follow
 * the outcome (try again, a person is needed, our own bug) and the exit code of the process (sysexits.h).
 * The message is one line for a person: what failed, on which file, setting or server, and what to do. */
#ifndef SHOUWEN_BASE_FAILURE_H
#define SHOUWEN_BASE_FAILURE_H

#include <glib.h>

typedef enum {
    FAILURE_AGAIN,       /* temporary: retry later (EX_TEMPFAIL 75) */
    FAILURE_USAGE,       /* wrong arguments (EX_USAGE 64) */
    FAILURE_DATA,        /* input is not what it should be (EX_DATAERR 65) */
    FAILURE_NOINPUT,     /* a file named cannot be opened (EX_NOINPUT 66) */
    FAILURE_UNAVAILABLE, /* a needed program or kernel service is missing (EX_UNAVAILABLE 69) */
    FAILURE_BUG,         /* our own invariant broke (EX_SOFTWARE 70) */
    FAILURE_IO,          /* a file of ours cannot be written or synced (EX_IOERR 74) */
    FAILURE_DENIED,      /* login or certificate refused (EX_NOPERM 77) */
    FAILURE_CONFIG,      /* configuration (EX_CONFIG 78) */
    FAILURE_CONFLICT,    /* somebody else changed it meanwhile: look again (EX_TEMPFAIL 75) */
} FailureCode;

typedef enum { OUTCOME_AGAIN, OUTCOME_PERSON, OUTCOME_BUG } Outcome;

#define FAILURE (failure_quark())
GQuark failure_quark(void);

/* What a caller should do about ERROR. Errors of other domains (GIO, GLib) count as OUTCOME_PERSON. */
Outcome failure_outcome(const GError *error);

/* The sysexits code for ERROR; 0 when ERROR is NULL. */
int failure_exit_code(const GError *error);

#endif
