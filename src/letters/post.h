/* post.h: the one way by which a letter comes about: composed from the templates of its kind, checked against what the
 * settings say of that kind ([letters] KIND = send, hold or never) and against the caps, and entered in the ledger. The
 * courier does the rest. */
#ifndef SHOUWEN_LETTERS_POST_H
#define SHOUWEN_LETTERS_POST_H

#include "conf/conf.h"
#include "ledger/ledger.h"
#include "letters/compose.h"
#include "letters/template.h"

/* A file that goes with a letter, such as the deadline as iCalendar. Borrowed. */
typedef struct {
    const char *name; /* ASCII */
    const char *mime; /* "text/calendar; method=PUBLISH" */
    GBytes *bytes;
} LetterFile;

typedef struct {
    const char *kind;     /* acknowledgement completion return rejection status reminder escalation digest reply */
    LetterForm form;      /* LETTER_FULL, or LETTER_MINIMAL for an address that nobody verified */
    const char *language; /* zh, en, both; NULL: [letters] language */
    const char *recipient, *name; /* address; the person, NULL unknown */
    gint64 entry, message, duty;  /* that it is about, answers, reminds of; 0: none */
    const char *reference;        /* of ENTRY; NULL none */
    int year, number;
    gint64 received;      /* when ENTRY, or the message answered, came in */
    const char *subject;  /* of the sender's own mail; NULL none */
    const char *const *thread; /* Message-IDs for References, the one answered last; NULL none */
    gboolean answers;     /* Auto-Submitted: auto-replied; else auto-generated. FALSE and BY_PERSON: no such header */
    gboolean by_person;
    const Record *record; /* that an acknowledgement or status answer tells of; NULL none */
    const char *edited;   /* the words of a person instead of the template's text (plain text); NULL none */
    const char *edited_subject;
    /* Adds what only this kind's template names, in LANGUAGE; NULL: nothing. */
    void (*add_facts)(Facts *facts, const char *language, gpointer user);
    gpointer user;
    const LetterFile *file; /* NULL none */
    const char *hold;       /* why it must wait for a person whatever the settings say; NULL */
} LetterOrder;

/* Composes only: for previews. The result is what would be sent, byte for byte but for Date and Message-ID. */
Letter *letter_write(const Templates *templates, const LetterOrder *order, const Conf *conf, GError **error);

/* What became of an order. */
typedef enum { POSTED_QUEUED, POSTED_HELD, POSTED_NEVER } Posted;

/* Composes and enters one letter inside the transaction under way, with its event. *RET_ID (may be NULL): the letter, 0 when
 * settings say never. ACTOR: "intake", "clock" or a person. */
gboolean letter_post(Ledger *ledger, const Templates *templates, const LetterOrder *order, const Conf *conf, const char *actor,
                     gint64 *ret_id, Posted *ret_posted, GError **error);

#endif
