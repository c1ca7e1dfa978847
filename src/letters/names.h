/* names.h: what letters call kinds of document, their fields and states, the weights of findings and how
 * each is mended, in both languages. From
 * names.conf beside the templates, so that a new kind needs no change here. */
#ifndef SHOUWEN_LETTERS_NAMES_H
#define SHOUWEN_LETTERS_NAMES_H

#include <glib.h>

typedef struct Names Names;

/* FAILURE_CONFIG names the file, and the group and key that are wrong. */
Names *names_load(const char *file, GError **error);
void names_free(Names *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Names, names_free)

/* In LANGUAGE ("zh", "en"); an id that the file does not know names itself. Owned by NAMES, or ID. */
const char *names_kind(const Names *names, const char *id, const char *language);
const char *names_field(const Names *names, const char *id, const char *language);
const char *names_severity(const Names *names, const char *id, const char *language);
const char *names_state(const Names *names, const char *id, const char *language); /* of an entry or a document */

/* What is owed: a kind of document, or "completion", "reach", "warning", "other". */
const char *names_duty(const Names *names, const char *id, const char *language);

/* How what RULE finds is mended; NULL when the file says nothing of it. */
const char *names_remedy(const Names *names, const char *rule, const char *language);

/* Why something waits, was held or calls for attention, as the ledger keeps it in English ("claims a duty"); what the file does not
 * know, such as a server's answer, is shown as it is. */
const char *names_reason(const Names *names, const char *reason, const char *language);

/* What the alarm ID ("disk", "fetch work") is called, with what follows its kind, such as the mailbox; an unknown one names itself.
 * *RET_HELP (may be NULL): what to do about it, owned by NAMES, NULL when the file says nothing. Caller frees the name. */
char *names_alarm(const Names *names, const char *id, const char *language, const char **ret_help);

/* The fields of KIND that a letter shows, in their order; NULL-ended, may be empty. Owned by NAMES. */
const char *const *names_shown(const Names *names, const char *kind);

#endif
