/* acting.h: what the subcommands by which a person decides share: who he is, which entry, and what was done. */
#ifndef SHOUWEN_CMD_ACTING_H
#define SHOUWEN_CMD_ACTING_H

#include "cmd/cmd.h"
#include "decide/decide.h"

typedef struct {
    CmdOptions options;
    char *as; /* --as */
    Conf *conf;
    Ledger *ledger;
    Templates *templates;
    Decision decision;
} Acting;
void acting_clear(Acting *acting);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Acting, acting_clear)

/* The row of --as for a subcommand's own options. */
#define ACTING_OPTION(ACTING) {"as", 0, 0, G_OPTION_ARG_STRING, &(ACTING)->as, "who decides; without it: the user logged in", "NAME"}

/* Opens configuration, templates and ledger, and finds the entry called ENTRY. */
gboolean acting_begin(Acting *acting, const char *entry, GError **error);

/* Says what has become of the entry: a line, or an object. */
void acting_tell(const Acting *acting);

#endif
