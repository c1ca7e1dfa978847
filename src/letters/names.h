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

/* The fields of KIND that a letter shows, in their order; NULL-ended, may be empty. Owned by NAMES. */
const char *const *names_shown(const Names *names, const char *kind);

#endif
