/* decide.c: `shouwen accept`, `return`, `reject`, `reopen`, `close`, `comment`, `assign`: what a person decides about an entry. */
#include <stdio.h>
#include <string.h>

#include "base/failure.h"
#include "base/limits.h"
#include "cmd/acting.h"

typedef struct {
    Acting acting;
    gint64 document;
    char *reason, *file;
    gboolean silent, preview;
} Deciding;

static void deciding_clear(Deciding *deciding)
{
    acting_clear(&deciding->acting);
    g_free(deciding->reason);
    g_free(deciding->file);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Deciding, deciding_clear)

/* --- a letter in a person's words ---------------------------------------------------------------------------------------- */

/* FILE, or standard input for "-". Caller frees. */
static char *read_words(const char *file, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autofree char *text = NULL;
    gsize length;
    if (!g_file_get_contents(g_str_equal(file, "-") ? "/dev/stdin" : file, &text, &length, &problem)) {
        g_set_error(error, FAILURE, FAILURE_NOINPUT, "cannot read the letter: %s", problem->message);
        return NULL;
    }
    if (length > LIMIT_TEMPLATE_BYTES || !g_utf8_validate(text, (gssize)length, NULL)) {
        g_set_error(error, FAILURE, FAILURE_DATA, "%s: a letter is at most %d KB of UTF-8 text", file, LIMIT_TEMPLATE_BYTES >> 10);
        return NULL;
    }
    return g_steal_pointer(&text);
}

/* A first line "Subject: …" is its subject. TEXT is changed. */
static DecisionLetter letter_of(const Deciding *deciding, char *text)
{
    DecisionLetter letter = {.silent = deciding->silent, .text = text};
    if (!text || !g_str_has_prefix(text, "Subject: "))
        return letter;
    char *end = strchr(text, '\n');
    letter.subject = text + strlen("Subject: ");
    letter.text = end ? end + 1 + strspn(end + 1, "\r\n") : "";
    if (end)
        *end = 0;
    return letter;
}

static gboolean preview(const Deciding *deciding, const char *action, const DecisionLetter *words, GError **error)
{
    g_autoptr(Letter) letter = decide_letter(&deciding->acting.decision, action, deciding->document, deciding->reason, words, error);
    if (!letter)
        return FALSE;
    gsize length;
    const char *bytes = g_bytes_get_data(letter->bytes, &length);
    fwrite(bytes, 1, length, stdout);
    return TRUE;
}

/* --- accept, return, reject ---------------------------------------------------------------------------------------------- */

static gboolean act(const Deciding *deciding, const char *action, GError **error)
{
    const Decision *decision = &deciding->acting.decision;
    g_autofree char *text = deciding->file ? read_words(deciding->file, error) : NULL;
    if (deciding->file && !text)
        return FALSE;
    DecisionLetter letter = letter_of(deciding, text);
    if (deciding->preview)
        return preview(deciding, action, &letter, error);
    gboolean done = g_str_equal(action, "accept")   ? decide_accept(decision, deciding->document, &letter, error)
                    : g_str_equal(action, "return") ? decide_return(decision, deciding->document, deciding->reason, &letter, error)
                                                    : decide_reject(decision, deciding->document, deciding->reason, &letter, error);
    if (done)
        acting_tell(&deciding->acting);
    return done;
}

static int decide(int argc, char **argv, const char *action, const char *summary)
{
    GError *error = NULL;
    g_auto(Deciding) deciding = {0};
    gboolean reasoned = !g_str_equal(action, "accept");
    GOptionEntry own[] = {
        {"document", 'd', 0, G_OPTION_ARG_INT64, &deciding.document, "only this document; without it: all that are not yet decided", "N"},
        {"letter", 0, 0, G_OPTION_ARG_FILENAME, &deciding.file,
         "the letter's text instead of the template's; a first line 'Subject: …' is its subject; - reads standard input", "FILE"},
        {"silent", 0, 0, G_OPTION_ARG_NONE, &deciding.silent, "no letter", NULL},
        {"preview", 0, 0, G_OPTION_ARG_NONE, &deciding.preview, "print the letter that would be sent, and change nothing", NULL},
        ACTING_OPTION(&deciding.acting),
        {"reason", 'r', 0, G_OPTION_ARG_STRING, &deciding.reason, "why, for the sender (needed)", "TEXT"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!reasoned)
        own[G_N_ELEMENTS(own) - 2] = (GOptionEntry){NULL, 0, 0, 0, NULL, NULL, NULL};
    if (!cmd_parse(&argc, &argv, "ENTRY", summary, own, &deciding.acting.options, &error))
        return cmd_end(error);
    if (argc != 2)
        g_set_error(&error, FAILURE, FAILURE_USAGE, "which entry? 'shouwen queue' lists them");
    else if (acting_begin(&deciding.acting, argv[1], &error))
        act(&deciding, action, &error);
    return cmd_end(error);
}

int cmd_accept(int argc, char **argv)
{
    return decide(argc, argv, "accept", "Accepts an entry's documents; when none is open any more, the sender is told.");
}

int cmd_return(int argc, char **argv)
{
    return decide(argc, argv, "return", "Returns an entry's documents to their sender: he is told why and what is missing.");
}

int cmd_reject(int argc, char **argv)
{
    return decide(argc, argv, "reject", "Rejects an entry's documents: the sender is told why.");
}

/* --- what no letter goes with -------------------------------------------------------------------------------------------- */

static gboolean reopen(const Deciding *deciding, G_GNUC_UNUSED const char *given, GError **error)
{
    return decide_reopen(&deciding->acting.decision, deciding->document, deciding->reason, error);
}

static gboolean close_entry(const Deciding *deciding, G_GNUC_UNUSED const char *given, GError **error)
{
    return decide_close(&deciding->acting.decision, deciding->reason, error);
}

static gboolean comment(const Deciding *deciding, const char *given, GError **error)
{
    return decide_comment(&deciding->acting.decision, given, error);
}

static gboolean assign(const Deciding *deciding, const char *given, GError **error)
{
    return decide_assign(&deciding->acting.decision, g_str_equal(given, "-") ? NULL : given, error);
}

/* GIVEN: what follows the entry; NULL: nothing does. */
static int change(int argc, char **argv, const char *given, const char *summary, gboolean with_document,
                  gboolean (*todo)(const Deciding *deciding, const char *given, GError **error))
{
    GError *error = NULL;
    g_auto(Deciding) deciding = {0};
    g_autofree char *parameters = g_strdup_printf("ENTRY%s%s", given ? " " : "", given ? given : "");
    GOptionEntry own[] = {
        ACTING_OPTION(&deciding.acting),
        {"reason", 'r', 0, G_OPTION_ARG_STRING, &deciding.reason, "why", "TEXT"},
        {"document", 'd', 0, G_OPTION_ARG_INT64, &deciding.document, "only this document", "N"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (given)
        own[1] = (GOptionEntry){NULL, 0, 0, 0, NULL, NULL, NULL};
    else if (!with_document)
        own[2] = (GOptionEntry){NULL, 0, 0, 0, NULL, NULL, NULL};
    if (!cmd_parse(&argc, &argv, parameters, summary, own, &deciding.acting.options, &error))
        return cmd_end(error);
    if (argc != (given ? 3 : 2))
        g_set_error(&error, FAILURE, FAILURE_USAGE, "what is wanted is: %s %s", g_get_prgname(), parameters);
    else if (acting_begin(&deciding.acting, argv[1], &error) && todo(&deciding, given ? argv[2] : NULL, &error))
        acting_tell(&deciding.acting);
    return cmd_end(error);
}

int cmd_reopen(int argc, char **argv)
{
    return change(argc, argv, NULL, "Takes a decision back: the documents are in review again.", TRUE, reopen);
}

int cmd_close(int argc, char **argv)
{
    return change(argc, argv, NULL, "Closes an entry without a decision on its content: nothing more is expected.", FALSE, close_entry);
}

int cmd_comment(int argc, char **argv)
{
    return change(argc, argv, "TEXT", "Notes a remark for colleagues.", FALSE, comment);
}

int cmd_assign(int argc, char **argv)
{
    return change(argc, argv, "USER|-", "Gives an entry to a user of the desk, or (-) to nobody.", FALSE, assign);
}
