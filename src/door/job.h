/* job.h: private to src/door: one message or document on its way through the filter: which server it is for, how often it was
 * handed over, what is left out, and what came back so far. A job reads the whole (a record comes back), or asks one question
 * about one document (bytes come back). */
#ifndef SHOUWEN_DOOR_JOB_H
#define SHOUWEN_DOOR_JOB_H

#include "door/answer.h"
#include "door/door.h"

typedef enum { SIZE_MAIL, SIZE_PAGE, SIZE_OCR, SIZES } DoorSize;
extern const char *const door_sizes[SIZES]; /* their names in the protocol */

typedef struct {
    const char *verb;   /* "part", "view", … */
    const char *path;   /* of the document; NULL: what the job brings itself */
    guint page, dpi;    /* verb render; else 0 */
    DoorSize size;      /* of the first server that is asked */
    guint64 most;       /* bytes of the answer */
    int fd;             /* where they go; -1: they are kept */
} Question;

typedef struct {
    gint64 id;
    DoorSize size;
    int message, pipe; /* memfd; read end of the record pipe, -1 at its end */
    char *name, *password; /* of a bare document; of what is encrypted in it */
    gboolean explain, text, either;
    const Question *question; /* NULL: verb read */
    Answer *answer;    /* to the question */
    gboolean over;     /* a question's job is done; FAULT, when it was never answered */
    GError *fault;
    gpointer user;
    RecordParser *parser;
    GByteArray *line;  /* unfinished */
    guint64 received;  /* bytes on the pipe */
    GPtrArray *skip;   /* paths that ended a child, and the statuses they got, in turn; owned and static */
    const char *rest;  /* status of all documents when nothing is opened any more; NULL: they are opened */
    gint64 left_ms;    /* of the message's deadline */
    gint64 scan_ms;    /* added to it once the message goes to the server for scans */
    guint faults;      /* servers that died under it */
    char *done;        /* the server's word on how the child ended; NULL: not yet */
    const char *refused; /* status for the open document when the answer was over a limit, or no answer; NULL: it was good */
} Job;

/* Copies the bytes WANTED names into a sealed memfd. SECONDS: its deadline; SCAN_SECONDS: that of one with scans. QUESTION (NULL:
 * verb read) must outlive the job. */
Job *job_new(const DoorJob *wanted, const Question *question, guint seconds, guint scan_seconds, GError **error);
void job_free(Job *job);

/* The request for the next attempt, with the parts of it that all jobs share in CONTEXT (JSON). Caller frees. */
char *job_request(const Job *job, const char *context);

/* Takes what stands in the pipe; closes it at its end, or when nothing more of it is wanted. */
void job_read_pipe(Job *job);
void job_close_pipe(Job *job);

/* What follows when the child has ended: TRUE when the job must be handed over once more. */
gboolean job_again(Job *job);

/* A server died under the job: what came so far is forgotten. FALSE when it cannot be, since it was passed on. */
gboolean job_forget(Job *job);

/* The record, as far as it is known. */
Record *job_record(Job *job);

/* Hands QUESTION about WANTED to the filter and waits for the end of it (door.c). The job is `over` then; the caller frees it.
 * NULL: it was not even handed over. */
Job *door_ask(Door *door, const DoorJob *wanted, const Question *question, GError **error);

#endif
