/* template.h: texts with placeholders, and the facts that are put into them.
 *
 * Facts are values under names, and lists of further facts; a name is looked for in the innermost facts first. Every
 * value passes text_plain when it is set, and text_html when an HTML template puts it in. A value is never looked
 * through for placeholders. */
#ifndef SHOUWEN_LETTERS_TEMPLATE_H
#define SHOUWEN_LETTERS_TEMPLATE_H

#include <glib.h>

typedef struct Facts Facts;
Facts *facts_new(void);
void facts_free(Facts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Facts, facts_free)

/* NAME is static. VALUE (NULL: none) may be anything a stranger wrote; at most MAX_CHARS characters of it are kept. */
void facts_set(Facts *facts, const char *name, const char *value, gsize max_chars);
void facts_set_number(Facts *facts, const char *name, guint value);

/* HTML that was made by template_expand: put in as it is. */
void facts_set_markup(Facts *facts, const char *name, const char *markup);

/* One more row of the list NAME (static); owned by FACTS. */
Facts *facts_add(Facts *facts, const char *name);

typedef enum {
    TEMPLATE_TEXT, /* a letter */
    TEMPLATE_HTML  /* the frame around letters in HTML: ${letter} and ${language} only */
} TemplateFormat;

typedef struct {
    const char *kind;     /* of the letter: its words are known; NULL: the words of all kinds */
    gboolean minimal;     /* placeholders that repeat the sender's words are refused */
    const char *language; /* "zh" or "en": which files ${include name} takes */
} TemplateUse;

typedef struct Template Template;

/* Parses TEXT, which stands in FILE from LINE on. Anything unknown is FAILURE_CONFIG "file:line: …". */
Template *template_parse(const char *file, guint line, const char *text, TemplateFormat format, const TemplateUse *use,
                         GError **error);
void template_free(Template *template);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Template, template_free)

/* Appends TEMPLATE with FACTS put in; MINIMAL: without what repeats the sender's words. */
void template_expand(const Template *template, const Facts *facts, gboolean minimal, GString *out);

/* The text of FILE with LF line ends; FAILURE_CONFIG. Caller frees. */
char *template_read(const char *file, GError **error);

#endif
