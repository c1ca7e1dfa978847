/* compose.h: letters from templates. config/letters/KIND.FORM.LANG.txt and .html (FORM: full, minimal; LANG: zh, en) with
 * ${placeholders}, substituted once (template.c says what there is); every value from outside passes text_plain (and
 * text_html in the HTML alternative) before it is put in. A .txt begins with its "Subject: " line.
 * The message built is RFC 5322 with multipart/alternative, UTF-8, base64 or quoted-printable, encoded headers (RFC 2047),
 * Auto-Submitted: auto-replied (RFC 3834), In-Reply-To and References, our random Message-ID, and X-Shouwen-Receipt
 * "REFERENCE SHA256-OF-THE-MESSAGE" by which `rebuild` finds what was already said. */
#ifndef SHOUWEN_LETTERS_COMPOSE_H
#define SHOUWEN_LETTERS_COMPOSE_H

#include "conf/conf.h"
#include "door/record.h"

typedef struct Templates Templates;

/* Reads every template of the folder; an unknown placeholder is FAILURE_CONFIG with file and line. */
Templates *templates_load(const char *dir, GError **error);
void templates_free(Templates *templates);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Templates, templates_free)

typedef enum {
    LETTER_NONE,    /* nothing is sent; the reason is recorded */
    LETTER_MINIMAL, /* reference, instant, number and hashes of attachments; no text from the mail, no link */
    LETTER_FULL
} LetterForm;

/* Whether and how the sender of RECORD may be answered (DESIGN "Letters and duties", RFC 3834): by route, sender
 * verdict, and whether the sender is a REGISTERED party. HISTORY and WATCH mail is never answered. *RET_REASON is a
 * static English word or two for the event ("auto-reply", "list", "own address", "sender failed verification"). */
LetterForm letter_form(const Record *record, guint32 frame_flags, gboolean registered, const Conf *conf,
                       const char **ret_reason);

/* The address that may be answered: Reply-To for a verified sender only, else From. Part of RECORD; valid when
 * letter_form allows a letter. */
const char *letter_recipient(const Record *record, const Conf *conf);

typedef struct {
    const char *kind;      /* "acknowledgement" */
    LetterForm form;       /* full or minimal */
    const char *reference; /* "SC27-2026-0001" */
    int year, number;      /* for 收文〔2026〕1号 */
    gint64 received;       /* microseconds */
    const Record *record;
} LetterFacts;

typedef struct {
    char *recipient, *message_id, *subject;
    GBytes *bytes; /* CRLF line ends */
} Letter;
void letter_free(Letter *letter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Letter, letter_free)

/* Composes a letter in the language of the setting ([letters] language: zh, en, both). */
Letter *letter_compose(const Templates *templates, const LetterFacts *facts, const Conf *conf, GError **error);

#endif
