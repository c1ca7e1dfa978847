#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/monitor.h"
#include "cmd/output.h"
#include "stages/health.h"
#include "stages/hold.h"

#define LINE_CHARS 600

static void print_rows(const Health *health)
{
    static const OutputColumn columns[] = {{"name", NULL, 0}, {"state", NULL, 0}, {"value_n", NULL, 0}, {"text", NULL, 0}};
    Output *out = output_new(TRUE, columns, G_N_ELEMENTS(columns));
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    for (guint i = 0; i < health->measures->len; i++) {
        const Measure *measure = g_ptr_array_index(health->measures, i);
        g_autofree char *name = measure->mailbox ? g_strdup_printf("%s %s", measure->name, measure->mailbox) : g_strdup(measure->name);
        gboolean known = !isnan(measure->value);
        output_row(out, (const char *const[]){name, "measure", known ? g_ascii_formatd(number, sizeof number, "%.15g", measure->value) : NULL,
                                              measure->help});
    }
    for (guint i = 0; i < health->troubles->len; i++) {
        const Trouble *trouble = g_ptr_array_index(health->troubles, i);
        output_row(out, (const char *const[]){trouble->name, trouble->critical ? "critical" : "warning", NULL, trouble->text});
    }
    output_end(out);
}

/* "SHOUWEN CRITICAL - text; text | 'fetch_age_seconds work'=12 …" */
static void print_line(const Health *health, const char *word)
{
    g_autoptr(GString) line = g_string_new(NULL);
    for (guint i = 0; i < health->troubles->len; i++)
        g_string_append_printf(line, "%s%s", i ? "; " : "", ((const Trouble *)g_ptr_array_index(health->troubles, i))->text);
    g_autofree char *plain = text_plain(line->len ? line->str : "everything runs", LINE_CHARS);
    for (char *bar = plain; *bar; bar++)
        if (*bar == '|')
            *bar = '/'; /* it begins the figures */
    printf("SHOUWEN %s - %s |", word, plain);
    for (guint i = 0; i < health->measures->len; i++) {
        const Measure *measure = g_ptr_array_index(health->measures, i);
        if (!isnan(measure->value))
            printf(" '%s%s%s'=%.0f", measure->name, measure->mailbox ? " " : "", measure->mailbox ? measure->mailbox : "", measure->value);
    }
    putchar('\n');
}

int monitor_check(const Conf *conf, GError *problem, gboolean json)
{
    if (!conf) {
        g_autofree char *plain = text_plain(problem->message, LINE_CHARS);
        printf("SHOUWEN UNKNOWN - %s\n", plain);
        g_error_free(problem);
        return 3;
    }
    static const char *const words[] = {"OK", "WARNING", "CRITICAL"};
    g_autoptr(GError) reason = NULL;
    g_autoptr(Ledger) ledger = cmd_ledger(conf, LEDGER_READ, &reason);
    g_autoptr(Health) health = health_measure(conf, ledger, reason ? reason->message : NULL, clock_now());
    g_autofree char *spool = conf_path(conf, "general", "spool");
    if (!hold_holder(spool)) {
        Trouble *trouble = g_new0(Trouble, 1);
        *trouble = (Trouble){.name = g_strdup("daemon"), .critical = TRUE, .text = g_strdup("'shouwen run' is not running")};
        g_ptr_array_insert(health->troubles, 0, trouble);
    }
    int code = 0;
    for (guint i = 0; i < health->troubles->len; i++)
        code = MAX(code, ((const Trouble *)g_ptr_array_index(health->troubles, i))->critical ? 2 : 1);
    if (json)
        print_rows(health);
    else
        print_line(health, words[code]);
    return code;
}
