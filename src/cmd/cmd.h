/* cmd.h: what every subcommand shares. A subcommand is a function `int cmd_NAME(int argc, char **argv)` in a file of its own
 * and a row in src/main.c; it returns the exit code (sysexits.h). */
#ifndef SHOUWEN_CMD_CMD_H
#define SHOUWEN_CMD_CMD_H

#include <glib.h>

#include "conf/conf.h"
#include "ledger/ledger.h"

int cmd_init(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_stage(int argc, char **argv);
int cmd_inspect(int argc, char **argv);
int cmd_intake(int argc, char **argv);
int cmd_queue(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_accept(int argc, char **argv);
int cmd_return(int argc, char **argv);
int cmd_reject(int argc, char **argv);
int cmd_reopen(int argc, char **argv);
int cmd_close(int argc, char **argv);
int cmd_correct(int argc, char **argv);
int cmd_assign(int argc, char **argv);
int cmd_comment(int argc, char **argv);
int cmd_search(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_stats(int argc, char **argv);
int cmd_letters(int argc, char **argv);
int cmd_calendar(int argc, char **argv);
int cmd_experts(int argc, char **argv);
int cmd_duties(int argc, char **argv);
int cmd_unlock(int argc, char **argv);
int cmd_redo(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_reconcile(int argc, char **argv);
int cmd_rebuild(int argc, char **argv);
int cmd_user(int argc, char **argv);

/* The options every subcommand takes. */
typedef struct {
    char *config; /* --config FILE, else $SHOUWEN_CONFIG, ./config/shouwen.conf, PREFIX/etc/shouwen/shouwen.conf */
    gboolean json; /* --json */
} CmdOptions;

/* Takes OPTIONS and OWN (may be NULL) out of the arguments; what is left stands in argv[1…]. PARAMETERS and SUMMARY are for
 * --help, which prints and exits. FAILURE_USAGE when an option is wrong. */
gboolean cmd_parse(int *argc, char ***argv, const char *parameters, const char *summary, const GOptionEntry *own,
                   CmdOptions *options, GError **error);

/* The file that OPTIONS name, in that order; LOCAL: ./config counts. Owned by OPTIONS or static. */
const char *cmd_config(const CmdOptions *options, gboolean local);

/* The configuration OPTIONS name. Passwords that stand in the environment are taken out of it. */
Conf *cmd_conf(const CmdOptions *options, GError **error);

/* SPOOL/NAME of CONF; caller frees. */
char *cmd_spool(const Conf *conf, const char *name);

/* The ledger of CONF's spool; LEDGER_CREATE makes the spool's folder too. */
Ledger *cmd_ledger(const Conf *conf, LedgerMode mode, GError **error);

/* The entry that TEXT names: its reference or its id. 0 with ERROR when there is none. */
gint64 cmd_entry(Ledger *ledger, const char *text, GError **error);

/* TEXT as an instant: ISO 8601 with zone, or a day, which is its end in ZONE. FAILURE_USAGE when it is neither. */
gboolean cmd_instant(const char *text, const char *zone, gint64 *ret_instant, GError **error);

/* Sets the clock to TEXT, an instant (option --now; NULL: it stays as it is). */
gboolean cmd_now(const char *text, GError **error);

/* Prints ERROR (may be NULL), one line each as "shouwen: …", frees it, and returns the exit code. */
int cmd_end(GError *error);

/* A line of progress on a terminal, rewritten in place, from the second second on. TOTAL 0: unknown. */
typedef struct {
    const char *what;
    gint64 began, drawn;
    gboolean shown;
} Progress;
void progress_begin(Progress *progress, const char *what);
void progress_at(Progress *progress, guint64 done, guint64 total);
void progress_end(Progress *progress);

#endif
