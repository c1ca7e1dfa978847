/* say.h: what each kind of letter says beyond what every letter says: functions for LetterOrder's add_facts, with the struct that each
 * wants as `user`. Texts are borrowed. An acknowledgement needs none of them: it tells of its order's record. */
#ifndef SHOUWEN_LETTERS_SAY_H
#define SHOUWEN_LETTERS_SAY_H

#include "letters/post.h"

/* completion, return, rejection, status, reply: the entry's documents with their states and findings, read from the ledger. Those of
 * strangers, and those that a newer version replaced, are left out; of a paper marked as classified nothing but its state is told. */
typedef struct {
    Ledger *ledger;
    gint64 entry;
    gint64 document;    /* only this one; 0: all */
    const char *reason; /* of a person (return, rejection), may have several lines; NULL none */
} SayPapers;
void say_papers(Facts *facts, const LetterVoice *voice, gpointer papers);

/* The lines of REASON (NULL: none) as the list `reasons`; say_papers does it. */
void say_reasons(Facts *facts, const char *reason);

/* reminder, escalation: one duty. */
typedef struct {
    const char *what;           /* a kind of document, or completion, reach, warning, other */
    const char *person;         /* who owes it */
    const char *address;        /* his, NULL unknown */
    const char *meeting;        /* its name, NULL none */
    const char *why_zh, *why_en;
    const char *article;        /* of the regulation: "25"; NULL none */
    gint64 due;                 /* instant */
    gint64 now;
    guint reminded;             /* reminders that went out before */
    gboolean claimed;           /* something came that nobody has confirmed */
    const char *file;           /* name of the LetterFile; NULL none */
} SayDuty;
void say_duty(Facts *facts, const LetterVoice *voice, gpointer duty);

/* digest: what the secretariat should know once a day. */
typedef struct {
    const char *reference, *person, *address, *subject;
    const char *what;    /* overdue, waiting: as in SayDuty, NULL no duty; mailboxes: the mailbox's name; alarms: as in SayNotice */
    const char *reason;  /* why it waits, is held or failed (names_reason); of an alarm: its text in English */
    const char *reason_en; /* NULL: the same */
    gint64 due, instant; /* 0 none */
} SayLine;
typedef struct {
    gint64 since, now;
    guint arrived, answered; /* mails and letters since SINCE */
    /* SayLine; each list may be NULL. More than LIMIT_LETTER_LINES_LISTED in one are counted, not listed. */
    const GArray *fresh, *waiting, *overdue, *held, *failed, *mailboxes, *alarms;
    const char *head; /* of the event chain */
    gint64 event;     /* its id */
} SayDigest;
void say_digest(Facts *facts, const LetterVoice *voice, gpointer digest);

/* notice: an alarm, or (OVER not 0) its end. */
typedef struct {
    const char *alarm; /* "fetch work" */
    const char *text;  /* in English */
    gint64 since, over;
} SayNotice;
void say_notice(Facts *facts, const LetterVoice *voice, gpointer notice);

#endif
