/* folder.c: the folder of templates. */
#include <string.h>

#include "base/failure.h"
#include "letters/folder.h"

struct Templates {
    GHashTable *bodies; /* "KIND.LANG", "KIND.minimal.LANG" -> LetterBody * */
    Template *page;
    Names *names;
};

const char *const letter_languages[] = {"zh", "en", NULL};
const char *const letter_kinds[] = {"acknowledgement", "completion", "return", "rejection", "status", "reminder",
                                    "escalation",      "digest",     "reply",  "notice",    NULL};
/* Kinds whose letter to an address that nobody verified has words of its own. */
static const char *const minimal_kinds[] = {"acknowledgement", NULL};

static void body_free(gpointer data)
{
    LetterBody *body = data;
    template_free(body->subject);
    template_free(body->text);
    g_free(body);
}

void templates_free(Templates *templates)
{
    if (!templates)
        return;
    g_hash_table_unref(templates->bodies);
    template_free(templates->page);
    names_free(templates->names);
    g_free(templates);
}

/* "Subject: …", an empty line, and the text. */
static gboolean load_text(LetterBody *body, const char *dir, const char *name, const TemplateUse *use, GError **error)
{
    g_autofree char *base = g_strconcat(name, ".txt", NULL);
    g_autofree char *file = g_build_filename(dir, base, NULL);
    g_autofree char *text = template_read(file, error);
    if (!text)
        return FALSE;
    char *end = strstr(text, "\n\n");
    if (!g_str_has_prefix(text, "Subject: ") || !end || strchr(text, '\n') != end) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "%s:1: the first line must be 'Subject: …' and the second empty",
                    file);
        return FALSE;
    }
    *end = '\0';
    body->subject = template_parse(file, 1, text + strlen("Subject: "), TEMPLATE_TEXT, use, error);
    body->text = body->subject ? template_parse(file, 3, end + 2, TEMPLATE_TEXT, use, error) : NULL;
    return body->text != NULL;
}

static gboolean load_kind(Templates *templates, const char *dir, const char *kind, gboolean minimal, GError **error)
{
    for (const char *const *language = letter_languages; *language; language++) {
        char *name = g_strdup_printf("%s.%s%s", kind, minimal ? "minimal." : "", *language);
        LetterBody *body = g_new0(LetterBody, 1);
        g_hash_table_insert(templates->bodies, name, body);
        if (!load_text(body, dir, name, &(TemplateUse){kind, minimal, *language}, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean load_page(Templates *templates, const char *dir, GError **error)
{
    g_autofree char *file = g_build_filename(dir, "page.html", NULL);
    g_autofree char *text = template_read(file, error);
    templates->page = text ? template_parse(file, 1, text, TEMPLATE_HTML, &(TemplateUse){0}, error) : NULL;
    return templates->page != NULL;
}

Templates *templates_load(const char *dir, GError **error)
{
    g_autoptr(Templates) templates = g_new0(Templates, 1);
    g_autofree char *names = g_build_filename(dir, "names.conf", NULL);
    templates->bodies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, body_free);
    templates->names = names_load(names, error);
    if (!templates->names || !load_page(templates, dir, error))
        return NULL;
    for (const char *const *kind = letter_kinds; *kind; kind++) {
        if (!load_kind(templates, dir, *kind, FALSE, error) ||
            (g_strv_contains(minimal_kinds, *kind) && !load_kind(templates, dir, *kind, TRUE, error)))
            return NULL;
    }
    return g_steal_pointer(&templates);
}

const LetterBody *templates_body(const Templates *templates, const char *kind, LetterForm form, const char *language)
{
    g_autofree char *full = g_strdup_printf("%s.%s", kind, language);
    g_autofree char *minimal = g_strdup_printf("%s.minimal.%s", kind, language);
    const LetterBody *body = form == LETTER_MINIMAL ? g_hash_table_lookup(templates->bodies, minimal) : NULL;
    return body ? body : g_hash_table_lookup(templates->bodies, full);
}

const Template *templates_page(const Templates *templates)
{
    return templates->page;
}

const Names *templates_names(const Templates *templates)
{
    return templates->names;
}
