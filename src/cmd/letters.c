/* letters.c: `shouwen letters`: what was or will be said to whom, and what would be. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/limits.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/letter_sample.h"
#include "cmd/output.h"
#include "letters/language.h"
#include "letters/mime.h"


typedef struct {
    CmdOptions common;
    char *state, *entry, *language, *html;
    gboolean raw, minimal;
    const Conf *conf;
} Options;

typedef gboolean (*Action)(Options *options, char **arguments, GError **error);

/* --- the list -------------------------------------------------------------------------------------------------------- */

static const OutputColumn columns[] = {
    {"id_n", "id", 0},            {"state", "state", 0},     {"kind", "kind", 0},      {"recipient", "to", 40},
    {"subject", "subject", 44},   {"created", "made", 25},   {"reason", "why", 40},    {"attempts_n", "tries", 0},
    {"message_id", NULL, 0},      {"entry_n", NULL, 0},      {"duty_n", NULL, 0},
};

typedef struct {
    Output *output;
    const char *zone;
} Letters;

static void print_letter(const LedgerLetter *letter, gpointer user)
{
    Letters *letters = user;
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, letter->id);
    g_autofree char *entry = g_strdup_printf("%" G_GINT64_FORMAT, letter->entry);
    g_autofree char *duty = g_strdup_printf("%" G_GINT64_FORMAT, letter->duty);
    g_autofree char *attempts = g_strdup_printf("%u", letter->attempts);
    g_autofree char *created = clock_iso(letter->created, letters->zone);
    const char *row[] = {id,      letter->state,  letter->kind, letter->recipient,  letter->subject,
                         created, letter->reason, attempts,     letter->message_id, entry, duty};
    output_row(letters->output, row);
}

static gboolean list(Options *options, G_GNUC_UNUSED char **arguments, GError **error)
{
    g_autoptr(Ledger) ledger = cmd_ledger(options->conf, LEDGER_READ, error);
    g_autoptr(GError) problem = NULL;
    gint64 about = ledger && options->entry ? cmd_entry(ledger, options->entry, &problem) : 0;
    if (problem)
        g_propagate_error(error, g_steal_pointer(&problem));
    if (!ledger || (options->entry && !about))
        return FALSE;
    Letters letters = {output_new(options->common.json, columns, G_N_ELEMENTS(columns)),
                       conf_string(options->conf, "general", "zone")};
    gboolean good = ledger_letters(ledger, options->state, about, print_letter, &letters, error);
    output_end(letters.output);
    return good;
}

/* --- one letter ------------------------------------------------------------------------------------------------------ */

static gboolean print_json(const char *recipient, const char *subject, const char *text)
{
    g_autofree char *to = output_json_string(recipient), *about = output_json_string(subject), *body = output_json_string(text);
    printf("{\"recipient\":%s,\"subject\":%s,\"text\":%s}\n", to, about, body);
    return TRUE;
}

/* As OPTIONS ask: the exact bytes, the HTML into a file, an object of JSON, or headers and text. */
static gboolean print_bytes(const Options *options, const char *recipient, const char *subject, GBytes *bytes, GError **error)
{
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    if (options->raw)
        return fwrite(data, 1, length, stdout) == length;
    g_autofree char *text = mime_text_of(bytes, options->html ? "html" : "plain");
    if (!text) {
        g_set_error(error, FAILURE, FAILURE_DATA, "the letter has no text of that type; --raw prints it as it is");
        return FALSE;
    }
    if (options->html)
        return g_file_set_contents(options->html, text, -1, error);
    if (options->common.json)
        return print_json(recipient, subject, text);
    g_autofree char *plain = text_plain(subject, LIMIT_LETTER_LINE_CHARS);
    g_autofree char *lines = text_plain_lines(text, LIMIT_LETTER_LINES, LIMIT_LETTER_LINE_CHARS);
    printf("To: %s\nSubject: %s\n\n%s", recipient, plain, lines);
    return TRUE;
}

static gboolean parse_id(const char *text, gint64 *ret_id, GError **error)
{
    if (g_ascii_string_to_signed(text, 10, 1, G_MAXINT64, ret_id, NULL))
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_USAGE, "'%s' is no number of a letter; 'shouwen letters' lists them", text);
    return FALSE;
}

static gboolean show(Options *options, char **arguments, GError **error)
{
    gint64 id;
    if (!parse_id(arguments[0], &id, error))
        return FALSE;
    g_autoptr(Ledger) ledger = cmd_ledger(options->conf, LEDGER_READ, error);
    g_autoptr(GError) problem = NULL;
    g_autoptr(LedgerLetter) letter = ledger ? ledger_letter_get(ledger, id, &problem) : NULL;
    if (letter)
        return print_bytes(options, letter->recipient, letter->subject, letter->bytes, error);
    if (problem)
        g_propagate_error(error, g_steal_pointer(&problem));
    else if (ledger)
        g_set_error(error, FAILURE, FAILURE_NOINPUT, "there is no letter %" G_GINT64_FORMAT, id);
    return FALSE;
}

/* --- what is done with letters ----------------------------------------------------------------------------------------- */

typedef gboolean (*Turn)(Ledger *ledger, gint64 id, const char *actor, GError **error);

/* All of them, or none. */
static gboolean turn_all(const Options *options, char **ids, Turn turn, GError **error)
{
    g_autoptr(Ledger) ledger = cmd_ledger(options->conf, LEDGER_WRITE, error);
    gboolean good = ledger && ledger_begin(ledger, error);
    for (; good && *ids; ids++) {
        gint64 id;
        good = parse_id(*ids, &id, error) && turn(ledger, id, g_get_user_name(), error);
    }
    return good && ledger_commit(ledger, error); /* what was not committed goes back with the ledger's end */
}

static gboolean release(Options *options, char **arguments, GError **error)
{
    return turn_all(options, arguments, ledger_letter_release, error);
}

static gboolean hold_one(Ledger *ledger, gint64 id, const char *actor, GError **error)
{
    return ledger_letter_hold(ledger, id, "held back by a person", actor, error);
}

static gboolean hold(Options *options, char **arguments, GError **error)
{
    return turn_all(options, arguments, hold_one, error);
}

static gboolean resend(Options *options, char **arguments, GError **error)
{
    return turn_all(options, arguments, ledger_letter_resend, error);
}

/* --- preview ----------------------------------------------------------------------------------------------------------- */

static gboolean check_words(const Options *options, const char *kind, GError **error)
{
    static const char *const languages[] = {"zh", "en", "both", NULL};
    if (!g_strv_contains(letter_kinds, kind)) {
        g_autofree char *kinds = g_strjoinv(", ", (char **)letter_kinds);
        g_set_error(error, FAILURE, FAILURE_USAGE, "there is no kind of letter '%s'; there are %s", kind, kinds);
        return FALSE;
    }
    if (options->language && !g_strv_contains(languages, options->language)) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "--language is zh, en or both");
        return FALSE;
    }
    return TRUE;
}

static gboolean write_sample(const Options *options, const char *kind, Ledger *ledger, gint64 entry, GError **error)
{
    g_autofree char *dir = conf_path(options->conf, "general", "templates");
    LetterOrder order = {0};
    g_autoptr(Templates) templates = templates_load(dir, error);
    g_autoptr(LetterSample) sample = templates ? letter_sample(kind, ledger, entry, options->conf, &order, error) : NULL;
    if (!sample)
        return FALSE;
    order.language = options->language;
    if (options->minimal)
        order.form = LETTER_MINIMAL;
    if (!order.language && ledger)
        order.language = letter_language(ledger, &order, options->conf);
    g_autoptr(Letter) letter = letter_write(templates, &order, options->conf, error);
    return letter && print_bytes(options, letter->recipient, letter->subject, letter->bytes, error);
}

static gboolean preview(Options *options, char **arguments, GError **error)
{
    const char *kind = arguments[0], *entry = arguments[1];
    if (!check_words(options, kind, error))
        return FALSE;
    if (!entry)
        return write_sample(options, kind, NULL, 0, error);
    g_autoptr(Ledger) ledger = cmd_ledger(options->conf, LEDGER_READ, error);
    gint64 id = ledger ? cmd_entry(ledger, entry, error) : 0;
    return id && write_sample(options, kind, ledger, id, error);
}

/* --- the command --------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    Action run;
    int least, most; /* arguments; -1: any number */
} actions[] = {
    {"list", list, 0, 0},    {"show", show, 1, 1},       {"release", release, 1, -1},
    {"hold", hold, 1, -1},   {"resend", resend, 1, -1},  {"preview", preview, 1, 2},
};

static gboolean act(Options *options, int argc, char **argv, GError **error)
{
    const char *name = argc > 1 ? argv[1] : "list";
    int count = MAX(argc - 2, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(actions); i++) {
        if (!g_str_equal(actions[i].name, name))
            continue;
        if (count >= actions[i].least && (actions[i].most < 0 || count <= actions[i].most))
            return actions[i].run(options, argv + MIN(argc, 2), error);
        g_set_error(error, FAILURE, FAILURE_USAGE, "'shouwen letters %s' takes other arguments; see 'shouwen letters --help'", name);
        return FALSE;
    }
    g_set_error(error, FAILURE, FAILURE_USAGE, "'shouwen letters' cannot '%s'; see 'shouwen letters --help'", name);
    return FALSE;
}

static const char summary[] = "What was or will be said to whom:\n"
                              "  list                    all letters (also without a word)\n"
                              "  show ID                 the text of one\n"
                              "  release ID…             let held letters go\n"
                              "  hold ID…                keep letters back that wait to be sent\n"
                              "  resend ID…              send again what failed or came back\n"
                              "  preview KIND [ENTRY]    what would be written, about an entry or about invented people";

int cmd_letters(int argc, char **argv)
{
    GError *error = NULL;
    Options options = {0};
    const GOptionEntry own[] = {
        {"state", 's', 0, G_OPTION_ARG_STRING, &options.state, "list: held, queued, sending, sent, failed or bounced", "STATE"},
        {"entry", 'e', 0, G_OPTION_ARG_STRING, &options.entry, "list: only letters about this entry", "REFERENCE"},
        {"language", 'l', 0, G_OPTION_ARG_STRING, &options.language, "preview: zh, en or both", "LANGUAGE"},
        {"minimal", 0, 0, G_OPTION_ARG_NONE, &options.minimal, "preview: as to an address that nobody verified", NULL},
        {"html", 0, 0, G_OPTION_ARG_FILENAME, &options.html, "show, preview: write the HTML into a file", "FILE"},
        {"raw", 0, 0, G_OPTION_ARG_NONE, &options.raw, "show, preview: print the exact message", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!cmd_parse(&argc, &argv, "[ACTION [ARGUMENT…]]", summary, own, &options.common, &error))
        return cmd_end(error);
    g_autoptr(Conf) conf = cmd_conf(&options.common, &error);
    options.conf = conf;
    if (conf)
        act(&options, argc, argv, &error);
    g_free(options.state);
    g_free(options.entry);
    g_free(options.language);
    g_free(options.html);
    return cmd_end(error);
}
