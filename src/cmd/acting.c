#include <stdio.h>

#include "base/failure.h"
#include "cmd/acting.h"
#include "cmd/output.h"
#include "ledger/listing.h"

void acting_clear(Acting *acting)
{
    g_clear_pointer(&acting->ledger, ledger_close);
    g_clear_pointer(&acting->templates, templates_free);
    g_clear_pointer(&acting->conf, conf_free);
    g_clear_pointer(&acting->as, g_free);
    g_clear_pointer(&acting->options.config, g_free);
}

static const char *who(const Acting *acting)
{
    const char *user = g_getenv("USER");
    return acting->as && *acting->as ? acting->as : user && *user ? user : g_get_user_name();
}

gboolean acting_begin(Acting *acting, const char *entry, GError **error)
{
    acting->conf = cmd_conf(&acting->options, error);
    if (!acting->conf)
        return FALSE;
    g_autofree char *templates = conf_path(acting->conf, "general", "templates");
    acting->templates = templates_load(templates, error);
    acting->ledger = acting->templates ? cmd_ledger(acting->conf, LEDGER_WRITE, error) : NULL;
    gint64 id = acting->ledger ? cmd_entry(acting->ledger, entry, error) : 0;
    acting->decision = (Decision){acting->ledger, acting->conf, acting->templates, who(acting), id, 0};
    return id != 0;
}

static void tell(const ListingRow *row, gpointer user)
{
    const Acting *acting = user;
    static const OutputColumn columns[] = {{"entry_n", NULL, 0}, {"reference", NULL, 0}, {"state", NULL, 0},
                                           {"version_n", NULL, 0}, {"assignee", NULL, 0}};
    if (!acting->options.json) {
        printf("%s: %s\n", row->reference, row->state);
        return;
    }
    g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, row->id), *version = g_strdup_printf("%" G_GINT64_FORMAT, row->version);
    Output *output = output_new(TRUE, columns, G_N_ELEMENTS(columns));
    output_row(output, (const char *const[]){id, row->reference, row->state, version, row->assignee_name});
    output_end(output);
}

void acting_tell(const Acting *acting)
{
    ledger_listing_entry(acting->ledger, acting->decision.entry, tell, (gpointer)acting, NULL);
}
