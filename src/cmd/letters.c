/* letters.c: `shouwen letters`: what was or will be said to whom. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/failure.h"
#include "cmd/cmd.h"
#include "cmd/output.h"

static const OutputColumn columns[] = {
    {"id_n", "id", 0},            {"state", "state", 0},     {"kind", "kind", 0},      {"recipient", "to", 40},
    {"subject", "subject", 44},   {"created", "made", 25},   {"reason", "why", 40},    {"attempts_n", "tries", 0},
    {"message_id", NULL, 0},      {"entry_n", NULL, 0},
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
    g_autofree char *attempts = g_strdup_printf("%u", letter->attempts);
    g_autofree char *created = clock_iso(letter->created, letters->zone);
    const char *row[] = {id,      letter->state,  letter->kind, letter->recipient,  letter->subject,
                         created, letter->reason, attempts,     letter->message_id, entry};
    output_row(letters->output, row);
}

static gboolean print_raw(Ledger *ledger, gint64 id, GError **error)
{
    g_autoptr(LedgerLetter) letter = ledger_letter_get(ledger, id, error);
    if (!letter) {
        if (error && !*error)
            g_set_error(error, FAILURE, FAILURE_NOINPUT, "there is no letter %" G_GINT64_FORMAT, id);
        return FALSE;
    }
    gsize length;
    const char *bytes = g_bytes_get_data(letter->bytes, &length);
    fwrite(bytes, 1, length, stdout);
    return TRUE;
}

int cmd_letters(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    g_autofree char *state = NULL, *entry = NULL;
    gint64 raw = 0, release = 0;
    const GOptionEntry own[] = {
        {"state", 's', 0, G_OPTION_ARG_STRING, &state, "held, queued, sending, sent, failed or bounced", "STATE"},
        {"entry", 'e', 0, G_OPTION_ARG_STRING, &entry, "only letters about this entry", "REFERENCE"},
        {"raw", 0, 0, G_OPTION_ARG_INT64, &raw, "print the exact bytes of one letter", "ID"},
        {"release", 0, 0, G_OPTION_ARG_INT64, &release, "let a held, failed or bounced letter go", "ID"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!cmd_parse(&argc, &argv, NULL, "What was or will be said to whom.", own, &options, &error))
        return cmd_end(error);
    g_autoptr(Conf) conf = cmd_conf(&options, &error);
    g_autoptr(Ledger) ledger = conf ? cmd_ledger(conf, release ? LEDGER_WRITE : LEDGER_READ, &error) : NULL;
    gint64 about = ledger && entry ? cmd_entry(ledger, entry, &error) : 0;
    if (!ledger || error)
        return cmd_end(error);
    if (raw) {
        print_raw(ledger, raw, &error);
    } else if (release) {
        ledger_letter_release(ledger, release, g_get_user_name(), &error);
    } else {
        Letters letters = {output_new(options.json, columns, G_N_ELEMENTS(columns)), conf_string(conf, "general", "zone")};
        ledger_letters(ledger, state, about, print_letter, &letters, &error);
        output_end(letters.output);
    }
    return cmd_end(error);
}
