#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/durable.h"
#include "base/failure.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "conf/secret.h"
#include "ledger/entries.h"

#define LINE_CHARS 1000
#ifndef SHOUWEN_PREFIX
#define SHOUWEN_PREFIX "/usr/local"
#endif

gboolean cmd_parse(int *argc, char ***argv, const char *parameters, const char *summary, const GOptionEntry *own,
                   CmdOptions *options, GError **error)
{
    g_autoptr(GError) failure = NULL;
    GOptionEntry common[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &options->config, "the configuration", "FILE"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &options->json, "print JSON, an object a line", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(parameters);
    g_option_context_set_summary(context, summary);
    if (own)
        g_option_context_add_main_entries(context, own, NULL);
    g_option_context_add_main_entries(context, common, NULL);
    if (g_option_context_parse(context, argc, argv, &failure))
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_USAGE, "%s; see '%s --help'", failure->message, g_get_prgname());
    return FALSE;
}

/* Whether FILE sets anything: in a source tree config/shouwen.conf is the sample, in which all is comment. */
static gboolean is_used(const char *file)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(file, &text, NULL, NULL))
        return g_file_test(file, G_FILE_TEST_EXISTS);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++)
        if (!strchr("#;[", *g_strstrip(*line)))
            return TRUE;
    return FALSE;
}

const char *cmd_config(const CmdOptions *options, gboolean local)
{
    if (options->config)
        return options->config;
    if (g_getenv("SHOUWEN_CONFIG"))
        return g_getenv("SHOUWEN_CONFIG");
    if (local && is_used("config/shouwen.conf"))
        return "config/shouwen.conf";
    return SHOUWEN_PREFIX "/etc/shouwen/shouwen.conf";
}

Conf *cmd_conf(const CmdOptions *options, GError **error)
{
    Conf *conf = conf_load(cmd_config(options, TRUE), error);
    if (conf)
        secret_take_environment(conf);
    return conf;
}

char *cmd_spool(const Conf *conf, const char *name)
{
    g_autofree char *spool = conf_path(conf, "general", "spool");
    return g_build_filename(spool, name, NULL);
}

Ledger *cmd_ledger(const Conf *conf, LedgerMode mode, GError **error)
{
    g_autofree char *spool = conf_path(conf, "general", "spool");
    if (mode == LEDGER_CREATE && !durable_mkdir(spool, 0700, error))
        return NULL;
    g_autofree char *file = cmd_spool(conf, "ledger.db");
    return ledger_open(file, mode, error);
}

static void note_found(const LedgerEntry *entry, gpointer user)
{
    *(gint64 *)user = entry->id;
}

gint64 cmd_entry(Ledger *ledger, const char *text, GError **error)
{
    char *end;
    gint64 id = ledger_entry_by_reference(ledger, text), found = 0;
    if (id)
        return id;
    id = g_ascii_strtoll(text, &end, 10);
    if (*end == 0 && id > 0 && ledger_entry_get(ledger, id, note_found, &found, NULL) && found)
        return found;
    g_set_error(error, FAILURE, FAILURE_NOINPUT, "there is no entry '%s'; 'shouwen queue --state all' lists them", text);
    return 0;
}

gboolean cmd_instant(const char *text, const char *zone, gint64 *ret_instant, GError **error)
{
    gint64 instant = clock_parse_iso(text);
    *ret_instant = instant >= 0 ? instant : clock_day_end(text, 0, zone);
    if (*ret_instant >= 0)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_USAGE, "'%s' is neither a day such as 2026-01-31 nor an instant such as 2026-01-31T17:00:00+08:00",
                text);
    return FALSE;
}

gboolean cmd_now(const char *text, GError **error)
{
    gint64 instant;
    if (!text)
        return TRUE;
    if (!cmd_instant(text, NULL, &instant, error))
        return FALSE;
    clock_set(instant);
    return TRUE;
}

int cmd_end(GError *error)
{
    int code = failure_exit_code(error);
    if (error) {
        g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);
        for (guint i = 0; lines[i]; i++) {
            g_autofree char *line = text_plain(lines[i], LINE_CHARS);
            fprintf(stderr, "shouwen: %s\n", line);
        }
        g_error_free(error);
    }
    return code;
}

void progress_begin(Progress *progress, const char *what)
{
    *progress = (Progress){.what = what, .began = clock_mono()};
}

void progress_at(Progress *progress, guint64 done, guint64 total)
{
    gint64 now = clock_mono();
    if (!isatty(STDERR_FILENO) || now - progress->began < G_USEC_PER_SEC || now - progress->drawn < G_USEC_PER_SEC / 10)
        return;
    progress->drawn = now;
    progress->shown = TRUE;
    if (total == 0) {
        fprintf(stderr, "\r%s: %" G_GUINT64_FORMAT "\033[K", progress->what, done);
        return;
    }
    char bar[31];
    gsize filled = (gsize)(30.0 * (double)MIN(done, total) / (double)total);
    memset(bar, '-', 30);
    memset(bar, '#', filled);
    bar[30] = 0;
    fprintf(stderr, "\r%s: [%s] %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT "\033[K", progress->what, bar, done, total);
}

void progress_end(Progress *progress)
{
    if (progress->shown)
        fprintf(stderr, "\r\033[K");
}
