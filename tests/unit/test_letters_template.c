// links: src/letters/*.c src/send/address.c src/conf/*.c src/ledger/*.c src/base/*.c; libs: glib-2.0 gio-2.0 sqlite3 jansson libseccomp
#include "letters_test.h"

static char *parse_failure(const char *text, gboolean minimal)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Template) template = template_parse("a.txt", 1, text, TEMPLATE_TEXT, &(TemplateUse){NULL, minimal, "zh"}, &error);
    g_assert_null(template);
    g_assert_error(error, FAILURE, FAILURE_CONFIG);
    return g_strdup(error->message);
}

static void test_template_faults(void)
{
    static const struct {
        const char *text, *says;
        gboolean minimal;
    } cases[] = {
        {"a\nb ${refrence}\n", "a.txt:2: unknown placeholder ${refrence}; known here: reference", FALSE},
        {"${value}\n", "a.txt:1: unknown placeholder ${value}", FALSE},
        {"${each attachments}\n${sha256}\n", "a.txt:1: the section that is opened here has no ${end}", FALSE},
        {"a\n${end}\n", "a.txt:2: ${end} without", FALSE},
        {"${each subject}\n${end}\n", "a.txt:1: ${each subject}: that is one value", FALSE},
        {"${attachments}\n", "a.txt:1: ${attachments} is a list", FALSE},
        {"x ${each attachments} y\n", "a.txt:1: '${' opens a placeholder", FALSE},
        {"${unclosed\n", "a.txt:1: '${' opens a placeholder", FALSE},
        {"${subject}\n", "a.txt:1: ${subject} repeats what the sender wrote", TRUE},
        {"${if subject}\n${end}\n", "a.txt:1: ${subject} repeats", TRUE},
        {"${each attachments}\n${filename}\n${end}\n", "a.txt:2: ${filename} repeats", TRUE},
        {"\xff\n", "a.txt:1: the file is not UTF-8", FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *message = parse_failure(cases[i].text, cases[i].minimal);
        if (!g_str_has_prefix(message, cases[i].says))
            g_error("%s", message);
    }
}

static void test_template_sections(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Template) template =
        template_parse("a.txt", 1,
                       "$5 ${reference}\n  ${if more}\nnever\n${end}\n${unless more}\nnone\n${end}\n${each attachments}\n"
                       "${number} of ${reference}: ${filename}\n${each documents}\n- ${kind}\n${end}\n${end}\nend",
                       TEMPLATE_TEXT, &(TemplateUse){"acknowledgement", FALSE, "zh"}, &error);
    g_assert_no_error(error);
    g_autoptr(Facts) facts = facts_new();
    facts_set(facts, "reference", "R-1", 10);
    for (guint i = 1; i <= 2; i++) {
        Facts *row = facts_add(facts, "attachments");
        facts_set_number(row, "number", i);
        facts_set(row, "filename", i == 1 ? "${number}" : "abcdefghijkl", 10);
        facts_set(facts_add(row, "documents"), "kind", "k", 10);
    }
    g_autoptr(GString) out = g_string_new(NULL);
    template_expand(template, facts, FALSE, out);
    g_assert_cmpstr(out->str, ==, "$5 R-1\nnone\n1 of R-1: ${number}\n- k\n2 of R-1: abcdefghij…\n- k\nend");
}

/* A folder that is a copy of the shipped one but for FILE. */
static char *folder_with(const char *file, const char *text)
{
    char *dir = g_build_filename(folder, "letters", NULL);
    g_autoptr(GDir) shipped_dir = g_dir_open("config/letters", 0, NULL);
    g_mkdir(dir, 0700);
    for (const char *name; (name = g_dir_read_name(shipped_dir));) {
        g_autofree char *from = g_build_filename("config/letters", name, NULL), *to = g_build_filename(dir, name, NULL);
        g_autofree char *content = NULL;
        g_assert_true(g_file_get_contents(from, &content, NULL, NULL) && g_file_set_contents(to, content, -1, NULL));
    }
    g_autofree char *path = g_build_filename(dir, file, NULL);
    if (text)
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
    else
        g_unlink(path);
    return dir;
}

static void test_folder_faults(void)
{
    static const struct {
        const char *file, *text, *says;
    } cases[] = {
        {"acknowledgement.zh.txt", "Subject: x\n\na\n${nonsense}\n", "acknowledgement.zh.txt:4: unknown placeholder"},
        {"acknowledgement.zh.txt", "Subject: ${nonsense}\n\na\n", "acknowledgement.zh.txt:1: unknown placeholder"},
        {"acknowledgement.zh.txt", "no subject\n\na\n", "acknowledgement.zh.txt:1: the first line"},
        {"acknowledgement.minimal.en.txt", "Subject: x\n\n${filename}\n", "acknowledgement.minimal.en.txt:3: unknown placeholder"},
        {"acknowledgement.minimal.en.txt", "Subject: x\n\n${subject}\n", "acknowledgement.minimal.en.txt:3: ${subject} repeats"},
        {"greeting.zh.txt", "a\n${nonsense}\n", "greeting.zh.txt:2: unknown placeholder"},
        {"greeting.zh.txt", "${each attachments}\n", "greeting.zh.txt:1: the section that is opened here has no ${end}"},
        {"greeting.zh.txt", "${include greeting}\n", "greeting.zh.txt:1: these files include each other without end"},
        {"reply.en.txt", "Subject: x\n\n${include nothing}\n", "reply.en.txt:3: "},
        {"reply.en.txt", "Subject: x\n\n${include ../names}\n", "reply.en.txt:3: ${include name} takes"},
        {"closing.zh.txt", "\xff\n", "closing.zh.txt:1: the file is not UTF-8"},
        {"escalation.zh.txt", NULL, "escalation.zh.txt"},
        {"page.html", "${reference}", "page.html:1: unknown placeholder"},
        {"page.html", NULL, "page.html"},
        {"names.conf", "[kind x]\nfr=y\n", "names.conf: [kind x] fr is not known"},
        {"names.conf", "nonsense", "names.conf"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *dir = folder_with(cases[i].file, cases[i].text);
        g_autoptr(Templates) templates = templates_load(dir, &error);
        g_assert_null(templates);
        g_assert_error(error, FAILURE, FAILURE_CONFIG);
        if (!strstr(error->message, cases[i].says))
            g_error("%s", error->message);
    }
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = folder_with("acknowledgement.zh.txt", "\xef\xbb\xbfSubject: 好\r\n\r\n${office}\r\n");
    g_autoptr(Templates) templates = templates_load(dir, &error);
    g_assert_no_error(error);
}

/* A word belongs to the letters that have something to say for it. */
static void test_words_of_kinds(void)
{
    static const struct {
        const char *kind, *text;
        gboolean good;
    } cases[] = {
        {"reminder", "${what}\n", TRUE},       {"acknowledgement", "${what}\n", FALSE}, {"digest", "${each new}\n${person}\n${end}\n", TRUE},
        {"reply", "${each new}\n${end}\n", FALSE}, {"notice", "${reason}\n", TRUE},   {"return", "${reason}\n", FALSE},
        {"return", "${each reasons}\n${reason}\n${end}\n", TRUE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Template) template =
            template_parse("a.txt", 1, cases[i].text, TEMPLATE_TEXT, &(TemplateUse){cases[i].kind, FALSE, "zh"}, NULL);
        if ((template != NULL) != cases[i].good)
            g_error("%s: %s", cases[i].kind, cases[i].text);
    }
}

/* Minimal letters from a kind's ordinary template: what the sender wrote stays out of them. */
static void test_minimal_expansion(void)
{
    g_autoptr(Template) template = template_parse("a.txt", 1, "${name}|${reference}\n${if subject}\n${subject}\n${end}\n", TEMPLATE_TEXT,
                                                  &(TemplateUse){"status", FALSE, "zh"}, NULL);
    g_autoptr(Facts) facts = facts_new();
    g_autoptr(GString) out = g_string_new(NULL);
    facts_set(facts, "name", "n", 10);
    facts_set(facts, "subject", "s", 10);
    facts_set(facts, "reference", "R", 10);
    template_expand(template, facts, TRUE, out);
    g_assert_cmpstr(out->str, ==, "|R\n");
}

/* Every kind and field that the shipped names.conf shows has a name in both languages. */
static void test_names(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GKeyFile) keys = g_key_file_new();
    g_assert_true(g_key_file_load_from_file(keys, "config/letters/names.conf", G_KEY_FILE_NONE, NULL));
    g_autoptr(Names) names = names_load("config/letters/names.conf", &error);
    g_assert_no_error(error);
    g_auto(GStrv) groups = g_key_file_get_groups(keys, NULL);
    guint kinds = 0;
    for (char **group = groups; *group; group++) {
        gboolean english = g_str_has_prefix(*group, "reason ") || g_str_has_prefix(*group, "help "); /* what the ledger has is English */
        g_assert_true(g_key_file_has_key(keys, *group, "zh", NULL) && g_key_file_has_key(keys, *group, "en", NULL) != english);
        if (!g_str_has_prefix(*group, "kind "))
            continue;
        kinds++;
        const char *const *shown = names_shown(names, *group + strlen("kind "));
        g_assert_nonnull(*shown);
        for (; *shown; shown++)
            g_assert_cmpstr(names_field(names, *shown, "zh"), !=, *shown);
    }
    g_assert_cmpuint(kinds, ==, 16);
    g_assert_cmpstr(names_kind(names, "new-kind", "zh"), ==, "new-kind");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("shouwen-letters-XXXXXX", NULL);
    g_test_add_func("/letters/template-faults", test_template_faults);
    g_test_add_func("/letters/template-sections", test_template_sections);
    g_test_add_func("/letters/folder-faults", test_folder_faults);
    g_test_add_func("/letters/words-of-kinds", test_words_of_kinds);
    g_test_add_func("/letters/minimal-expansion", test_minimal_expansion);
    g_test_add_func("/letters/names", test_names);
    return run_tests();
}
