/* post.h: the one way by which a letter comes about: composed from the templates of its kind, checked against what the
 * settings say of that kind ([letters] KIND = send, hold or never) and against the caps, and entered in the ledger. The
 * courier does the rest.
 *
 * The message is RFC 5322, multipart/alternative (in multipart/mixed with a file), UTF-8, base64 or quoted-printable, encoded
 * headers (RFC 2047), Auto-Submitted (RFC 3834), In-Reply-To and References, our random Message-ID, and, of what answers a mail,
 * X-Shouwen-Receipt "REFERENCE SHA256-OF-THE-MESSAGE KIND" by which `rebuild` finds what was already said. */
#ifndef SHOUWEN_LETTERS_POST_H
#define SHOUWEN_LETTERS_POST_H

#include "conf/conf.h"
#include "ledger/ledger.h"
#include "letters/compose.h"
#include "letters/names.h"
#include "letters/template.h"

/* A file that goes with a letter, such as the deadline as iCalendar. Borrowed. */
typedef struct {
    const char *name; /* ASCII */
    const char *mime; /* "text/calendar; method=PUBLISH" */
    GBytes *bytes;
} LetterFile;

/* What a letter is being written in: for functions that add facts. */
typedef struct {
    const char *language; /* "zh" or "en" */
    const Names *names;
    const Conf *conf;
} LetterVoice;

typedef struct {
    const char *kind;     /* acknowledgement completion return rejection status reminder escalation digest reply notice */
    LetterForm form;      /* LETTER_FULL, or LETTER_MINIMAL for an address that nobody verified */
    const char *language; /* zh, en, both; NULL: by the party, the entry, the mail, the setting (language.h) */
    const char *recipient, *name; /* address; the person, NULL unknown */
    gint64 entry, message, duty;  /* that it is about, answers, reminds of; 0: none */
    const char *reference;        /* of ENTRY; NULL none */
    int year, number;
    gint64 received;      /* when ENTRY, or the message answered, came in; 0: the letter is about none */
    gint64 due;           /* by when something is asked for; 0: none */
    const char *subject;  /* of the sender's own mail; NULL none */
    const char *const *thread; /* Message-IDs for References, the one answered last; NULL none */
    gboolean answers;     /* Auto-Submitted: auto-replied; else auto-generated. FALSE and BY_PERSON: no such header */
    gboolean by_person;
    const Record *record; /* that an acknowledgement or status answer tells of; NULL none */
    const char *edited;   /* the words of a person instead of the template's text (plain text); NULL none */
    const char *edited_subject;
    /* Adds what only this kind's template names (say.h has one for each kind); NULL: nothing. */
    void (*add_facts)(Facts *facts, const LetterVoice *voice, gpointer user);
    gpointer user;
    const LetterFile *file; /* NULL none */
    const char *hold;       /* why it must wait for a person whatever the settings say; NULL */
} LetterOrder;

/* Composes only: for previews. The result is what would be sent, byte for byte but for Date and Message-ID. ORDER's language must
 * be set (letter_language) unless the setting names one. */
Letter *letter_write(const Templates *templates, const LetterOrder *order, const Conf *conf, GError **error);

/* What became of an order. */
typedef enum { POSTED_QUEUED, POSTED_HELD, POSTED_NEVER } Posted;

/* Composes and enters one letter inside the transaction under way, with its event. POSTED_NEVER, with an event that says why:
 * settings say never, or nobody may be written to at that address (letter_address_silent). A letter that the breaker holds
 * raises the alarm "letters". *RET_ID (may be NULL): the letter, 0 for never. ACTOR: "intake", "clock" or a person. */
gboolean letter_post(Ledger *ledger, const Templates *templates, const LetterOrder *order, const Conf *conf, const char *actor,
                     gint64 *ret_id, Posted *ret_posted, GError **error);

#endif
