/* export.c: `shouwen export`: tables as files for other programs. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/failure.h"
#include "cmd/filter.h"
#include "decide/export.h"

/* A file appears under its name when it is whole. */
typedef struct {
    FILE *to;
    const char *name;
} Target;

static gboolean write_bytes(const void *bytes, gsize length, gpointer user, GError **error)
{
    const Target *target = user;
    if (fwrite(bytes, 1, length, target->to) == length)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_IO, "cannot write %s: %s", target->name, g_strerror(errno));
    return FALSE;
}

static gboolean finish(const Target *target, GError **error)
{
    if (fflush(target->to) == 0)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_IO, "cannot write %s: %s", target->name, g_strerror(errno));
    return FALSE;
}

static gboolean write_table(Ledger *ledger, const Conf *conf, const char *what, const Filter *filter, ExportFormat format,
                            const Target *target, GError **error)
{
    return export_table(ledger, conf, what, &filter->filter, format, NULL, write_bytes, (gpointer)target, error) &&
           finish(target, error);
}

static gboolean write_file(Ledger *ledger, const Conf *conf, const char *what, const Filter *filter, ExportFormat format,
                           const char *file, GError **error)
{
    g_autofree char *part = g_strconcat(file, ".part", NULL);
    Target target = {fopen(part, "wbx"), file};
    if (!target.to) {
        g_set_error(error, FAILURE, FAILURE_IO, "cannot make %s: %s", part, g_strerror(errno));
        return FALSE;
    }
    gboolean good = write_table(ledger, conf, what, filter, format, &target, error);
    if (fclose(target.to) != 0 && good) {
        g_set_error(error, FAILURE, FAILURE_IO, "cannot write %s: %s", file, g_strerror(errno));
        good = FALSE;
    }
    if (good && rename(part, file) == 0)
        return TRUE;
    if (good)
        g_set_error(error, FAILURE, FAILURE_IO, "cannot rename %s: %s", part, g_strerror(errno));
    unlink(part);
    return FALSE;
}

/* What --format says, or the file's name, or csv. */
static gboolean choose_format(const char *name, const char *file, ExportFormat *ret, GError **error)
{
    const char *dot = file ? strrchr(file, '.') : NULL;
    *ret = EXPORT_CSV;
    if (name ? export_format(name, ret) : TRUE) {
        if (!name && dot)
            export_format(dot + 1, ret);
        return TRUE;
    }
    g_set_error(error, FAILURE, FAILURE_USAGE, "there is no format '%s': there are csv, json and xlsx", name);
    return FALSE;
}

static gboolean run(int argc, char **argv, const char *format_name, const char *file, const CmdOptions *options, Filter *filter,
                    GError **error)
{
    ExportFormat format;
    if (argc != 2) {
        g_autofree char *names = g_strjoinv(", ", (char **)export_tables);
        g_set_error(error, FAILURE, FAILURE_USAGE, "which table? there are %s", names);
        return FALSE;
    }
    if (!choose_format(format_name ? format_name : options->json ? "json" : NULL, file, &format, error))
        return FALSE;
    if (!file && format == EXPORT_XLSX && isatty(STDOUT_FILENO)) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "an xlsx is nothing for a terminal: name a file with --output");
        return FALSE;
    }
    g_autoptr(Conf) conf = cmd_conf(options, error);
    g_autoptr(Ledger) ledger = conf ? cmd_ledger(conf, LEDGER_READ, error) : NULL;
    if (!ledger || !filter_settle(filter, ledger, conf, error))
        return FALSE;
    Target out = {stdout, "standard output"};
    return file ? write_file(ledger, conf, argv[1], filter, format, file, error)
                : write_table(ledger, conf, argv[1], filter, format, &out, error);
}

int cmd_export(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    g_auto(Filter) filter = {0};
    g_autofree char *format = NULL, *file = NULL;
    const GOptionEntry own[] = {
        {"format", 'f', 0, G_OPTION_ARG_STRING, &format, "csv, json or xlsx; without it: what the file's name ends in, or csv", "FORMAT"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &file, "the file; without it: standard output", "FILE"},
        FILTER_ROWS(&filter),
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (cmd_parse(&argc, &argv, "queue|entries|documents|experts|duties|letters|meetings",
                  "Writes a table as a file; the options that choose entries are for queue and entries.", own, &options, &error))
        run(argc, argv, format, file, &options, &filter, &error);
    return cmd_end(error);
}
