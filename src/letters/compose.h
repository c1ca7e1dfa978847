/* compose.h: the templates of letters, who may be written to, and a letter that is ready. post.h is how one comes about.
 *
 * config/letters/KIND.LANG.txt (LANG: zh, en) and KIND.minimal.LANG.txt, with ${placeholders} that are substituted once
 * (template.c says what there is); every value from outside passes text_plain before it is put in. A file begins with its
 * "Subject: " line. The HTML of a letter is made from its text (html.h), with page.html around it. */
#ifndef SHOUWEN_LETTERS_COMPOSE_H
#define SHOUWEN_LETTERS_COMPOSE_H

#include "conf/conf.h"
#include "door/record.h"
#include "letters/names.h"

typedef struct Templates Templates;

/* Reads every template of the folder; an unknown placeholder is FAILURE_CONFIG with file and line. */
Templates *templates_load(const char *dir, GError **error);
void templates_free(Templates *templates);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Templates, templates_free)

/* The kinds of letters, NULL-ended. */
extern const char *const letter_kinds[];

/* What letters call things; owned by TEMPLATES. */
const Names *templates_names(const Templates *templates);

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

/* Why nobody may be written to at ADDRESS, whatever the occasion (static words), or NULL: no address, one of our own, or one
 * that nobody reads or a program answers (no-reply, mailer-daemon, list managers). */
const char *letter_address_silent(const Conf *conf, const char *address);

typedef struct {
    char *recipient, *message_id, *subject;
    char *text;    /* what it says, as a person may edit it: plain text with LF line ends */
    GBytes *bytes; /* CRLF line ends */
} Letter;
void letter_free(Letter *letter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Letter, letter_free)

#endif
