/* filter.h: the options by which subcommands choose entries: those of ledger/listing.h. */
#ifndef SHOUWEN_CMD_FILTER_H
#define SHOUWEN_CMD_FILTER_H

#include "cmd/cmd.h"
#include "ledger/listing.h"

typedef struct {
    char *state, *kind, *sender, *organisation, *meeting, *finding, *text, *due, *assignee, *since, *until;
    ListingFilter filter; /* its texts are those above */
} Filter;
void filter_clear(Filter *filter);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Filter, filter_clear)

/* Rows for a subcommand's own options. */
#define FILTER_ROWS(F)                                                                                                 \
    {"state", 's', 0, G_OPTION_ARG_STRING, &(F)->state,                                                                \
     "open (what waits for somebody), attention, review, waiting, complete, accepted, rejected, closed, or all", "STATE"},  \
    {"kind", 'k', 0, G_OPTION_ARG_STRING, &(F)->kind, "with a document of this kind", "KIND"},                         \
    {"sender", 0, 0, G_OPTION_ARG_STRING, &(F)->sender, "part of the sender's name or address", "TEXT"},               \
    {"organisation", 0, 0, G_OPTION_ARG_STRING, &(F)->organisation, "part of the organisation's name", "TEXT"},        \
    {"meeting", 0, 0, G_OPTION_ARG_STRING, &(F)->meeting, "part of a meeting that is named", "TEXT"},                  \
    {"finding", 0, 0, G_OPTION_ARG_STRING, &(F)->finding, "a rule, or error, warning, info", "RULE"},                  \
    {"text", 0, 0, G_OPTION_ARG_STRING, &(F)->text, "part of reference or subject", "TEXT"},                           \
    {"due", 0, 0, G_OPTION_ARG_STRING, &(F)->due, "overdue, week (within seven days), none, or before a day", "DUE"},  \
    {"assignee", 0, 0, G_OPTION_ARG_STRING, &(F)->assignee, "a user of the desk, or -: nobody", "USER"},               \
    {"since", 0, 0, G_OPTION_ARG_STRING, &(F)->since, "received on this day or later", "YYYY-MM-DD"},                  \
    {"until", 0, 0, G_OPTION_ARG_STRING, &(F)->until, "received on this day or earlier", "YYYY-MM-DD"}

/* Brings what was given into `filter`. FAILURE_USAGE, or FAILURE_NOINPUT for a user that there is not. */
gboolean filter_settle(Filter *filter, Ledger *ledger, const Conf *conf, GError **error);

/* A day of --since or --until: its first instant, or that of the day after. 0 when DAY is NULL, -1 with ERROR when it is no day. */
gint64 filter_day(const char *day, gboolean after, const Conf *conf, GError **error);

#endif
