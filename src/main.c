/* main.c: the table of subcommands. */
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/version.h"
#include "cmd/cmd.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary; /* NULL: not for people */
} commands[] = {
    {"init", cmd_init, "ask for a mailbox, test the login, write the configuration, make spool and ledger"},
    {"check", cmd_check, "check settings, rights, disk, jail, kinds and ledger"},
    {"run", cmd_run, "take mail in, answer it, keep doing so (--once: one round)"},
    {"inspect", cmd_inspect, "say what would be read out of mails or documents; changes nothing"},
    {"intake", cmd_intake, "hand in mail files by hand"},
    {"queue", cmd_queue, "what waits for somebody"},
    {"show", cmd_show, "one entry: documents, fields, findings, letters, events"},
    {"accept", cmd_accept, "accept an entry's documents"},
    {"return", cmd_return, "return documents to their sender, with what is missing"},
    {"reject", cmd_reject, "reject documents"},
    {"reopen", cmd_reopen, "take a decision back"},
    {"close", cmd_close, "close an entry: nothing more is expected"},
    {"correct", cmd_correct, "set right what was read wrong"},
    {"assign", cmd_assign, "give an entry to somebody"},
    {"comment", cmd_comment, "note a remark for colleagues"},
    {"search", cmd_search, "look for words in everything read"},
    {"export", cmd_export, "write tables as csv, json or xlsx"},
    {"stats", cmd_stats, "figures: intake, times, letters, accuracy"},
    {"letters", cmd_letters, "what was or will be said to whom; preview, release, hold, send again"},
    {"calendar", cmd_calendar, "meetings, ballots, days off and worked: list, import, export"},
    {"experts", cmd_experts, "the registry of experts: list, import"},
    {"duties", cmd_duties, "who owes what by when; what reminders will go out"},
    {"unlock", cmd_unlock, "read what is encrypted in an entry with its password"},
    {"redo", cmd_redo, "read messages again and show what changed"},
    {"verify", cmd_verify, "spool against ledger, letters, event chain"},
    {"reconcile", cmd_reconcile, "the server's messages less ours: must be empty"},
    {"rebuild", cmd_rebuild, "enter the whole spool anew into an empty ledger"},
    {"user", cmd_user, "who may use the desk"},
    {"stage", cmd_stage, NULL},
};

static int usage(FILE *to, int code)
{
    fputs("usage: shouwen COMMAND [OPTION…] [ARGUMENT…]\n\n", to);
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
        if (commands[i].summary)
            fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].summary);
    fputs("\nshouwen COMMAND --help tells more; shouwen(1) tells all.\n", to);
    return code;
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    if (argc < 2)
        return usage(stderr, EX_USAGE);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0 || strcmp(argv[1], "-h") == 0)
        return usage(stdout, EX_OK);
    if (strcmp(argv[1], "--version") == 0) {
        puts(SHOUWEN_NAME " " SHOUWEN_VERSION);
        return EX_OK;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0) {
            g_autofree char *name = g_strconcat(SHOUWEN_NAME " ", argv[1], NULL);
            g_set_prgname(name); /* as --help says it */
            return commands[i].run(argc - 1, argv + 1);
        }
    fprintf(stderr, "shouwen: there is no command '%s'\n", argv[1]);
    return usage(stderr, EX_USAGE);
}
