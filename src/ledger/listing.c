/* listing.c: the queue: rank, filters, pages by key. */
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "ledger/listing.h"
#include "ledger/rank.h"
#include "ledger/sql.h"

/* --- rank ---------------------------------------------------------------------------------------------------------- */

#define DAY "86400000000"
#define NEVER "4000000000000000000"
#define OPEN_STATES "state IN ('review', 'waiting', 'complete') OR attention IS NOT NULL"

/* The formula of listing.h. ?2: now; NULL when it is not known when an entry became complete. */
#define RANK                                                                                                           \
    "UPDATE entries SET rank = CASE WHEN state IN ('accepted', 'rejected', 'closed') AND attention IS NULL"           \
    " THEN " NEVER " - received ELSE min("                                                                             \
    "min(coalesce(due, " NEVER "), coalesce((SELECT min(d.due) FROM duties d WHERE d.entry = entries.id"              \
    " AND d.state IN ('open', 'claimed')), " NEVER "))"                                                                \
    " - " DAY " * (1 + min(7, (SELECT count(*) FROM findings f WHERE f.entry = entries.id AND f.severity = 'error'))),"  \
    " received + " DAY " * CASE WHEN attention IS NOT NULL THEN 1 WHEN state = 'review' THEN 2"                        \
    " WHEN state = 'complete' THEN 5 ELSE 14 END) END,"                                                                \
    " organisation = (SELECT f.shown FROM documents d JOIN fields f ON f.document = d.id"                              \
    " AND f.id IN ('organization', 'employer') WHERE d.entry = entries.id AND f.shown <> '' ORDER BY d.id, f.id DESC LIMIT 1),"  \
    " completed = CASE WHEN state IN ('complete', 'accepted') THEN coalesce(completed, ?2) ELSE completed END"

gboolean ledger_entry_rank(Ledger *ledger, gint64 entry, GError **error)
{
    return sql_run(ledger, error, RANK " WHERE id = ?1", "ii", entry, clock_now());
}

gboolean rank_all(Ledger *ledger, GError **error)
{
    return sql_run(ledger, error, RANK, "");
}

/* --- which entries --------------------------------------------------------------------------------------------------- */

/* Each order has its key, and each tab in it the index that gives its rows in that order: the planner knows nothing of how many
 * entries are how, and must not guess. */
static const struct {
    const char *key, *index;
    gboolean down;
} orders[] = {
    [LISTING_RANK] = {"e.rank", "entries_rank", FALSE},
    [LISTING_OLDEST] = {"e.received", "entries_received", FALSE},
    [LISTING_NEWEST] = {"e.received", "entries_received", TRUE},
    [LISTING_REFERENCE] = {"e.year * 1000000000 + e.number", "entries_number", FALSE},
};

static const struct {
    const char *state, *clause, *index; /* index: for LISTING_RANK */
} tabs[] = {
    {"open", OPEN_STATES, "entries_open"},
    {"attention", "attention IS NOT NULL", "entries_attention"},
    {"all", NULL, "entries_rank"},
    {"review", "state = 'review'", "entries_state"},
    {"waiting", "state = 'waiting'", "entries_state"},
    {"complete", "state = 'complete'", "entries_state"},
    {"accepted", "state = 'accepted'", "entries_state"},
    {"rejected", "state = 'rejected'", "entries_state"},
    {"closed", "state = 'closed'", "entries_state"},
};

static int find_tab(const char *state, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(tabs); i++)
        if (g_str_equal(tabs[i].state, state ? state : "open"))
            return (int)i;
    g_set_error(error, FAILURE, FAILURE_USAGE,
                "there is no state '%s': it is open, attention, all, review, waiting, complete, accepted, rejected or closed", state);
    return -1;
}

/* A value of LIKE that is found anywhere. */
static char *anywhere(const char *part)
{
    if (!part)
        return NULL;
    GString *pattern = g_string_new("%");
    for (; *part; part++) {
        if (strchr("%_\\", *part))
            g_string_append_c(pattern, '\\');
        g_string_append_c(pattern, *part);
    }
    g_string_append_c(pattern, '%');
    return g_string_free(pattern, FALSE);
}

static gboolean is_severity(const char *finding)
{
    return g_str_equal(finding, "error") || g_str_equal(finding, "warning") || g_str_equal(finding, "info");
}

/* Whether texts of the entry are looked through: entries_rank holds them all, in its order; elsewhere each would be fetched. */
static gboolean looks_through(const ListingFilter *filter)
{
    return filter->sender || filter->organisation || filter->text;
}

/* The open ones are few and have an index of their own. */
static const char *index_of(const ListingFilter *filter, ListingOrder order, int tab)
{
    if (order != LISTING_RANK)
        return orders[order].index;
    return looks_through(filter) && g_str_equal(tabs[tab].index, "entries_state") ? "entries_rank" : tabs[tab].index;
}

/* A plus before e.id keeps the planner from going through the sublist first: it is held against rows in their order. */
static void put_clauses(GString *sql, const ListingFilter *filter)
{
#define CLAUSE(WANTED, TEXT)                                                                                           \
    if (WANTED)                                                                                                        \
    g_string_append(sql, " AND " TEXT)
    CLAUSE(filter->kind, "+e.id IN (SELECT entry FROM documents WHERE kind = ?1)");
    CLAUSE(filter->sender, "(e.sender_name LIKE ?2 ESCAPE '\\' OR e.sender_address LIKE ?2 ESCAPE '\\')");
    CLAUSE(filter->organisation, "e.organisation LIKE ?3 ESCAPE '\\'");
    CLAUSE(filter->meeting, "+e.id IN (SELECT d.entry FROM fields f JOIN documents d ON d.id = f.document"
                            " WHERE f.id = 'meeting' AND f.shown LIKE ?4 ESCAPE '\\')");
    CLAUSE(filter->finding && is_severity(filter->finding), "+e.id IN (SELECT entry FROM findings WHERE severity = ?5)");
    CLAUSE(filter->finding && !is_severity(filter->finding), "+e.id IN (SELECT entry FROM findings WHERE rule = ?5)");
    CLAUSE(filter->text, "(e.reference LIKE ?6 ESCAPE '\\' OR e.subject LIKE ?6 ESCAPE '\\')");
    CLAUSE(filter->due == LISTING_DUE_BEFORE, "e.due < ?7");
    CLAUSE(filter->due == LISTING_DUE_NONE, "e.due IS NULL");
    CLAUSE(filter->since, "e.received >= ?8");
    CLAUSE(filter->until, "e.received < ?9");
    CLAUSE(filter->assignee > 0, "e.assignee = ?10");
    CLAUSE(filter->assignee < 0, "e.assignee IS NULL");
#undef CLAUSE
}

/* The prepared statement of SQL, whose texts are few: as many as there are ways to ask. PLACE and LIMIT are ?11, ?12 and ?13. */
static sqlite3_stmt *ask(Ledger *ledger, const char *sql, const ListingFilter *filter, const ListingPlace *place, guint limit,
                         GError **error)
{
    g_autofree char *sender = anywhere(filter->sender), *organisation = anywhere(filter->organisation),
                    *meeting = anywhere(filter->meeting), *text = anywhere(filter->text);
    return sql_query(ledger, error, g_intern_string(sql), "ttttttiiiiiii", filter->kind, sender, organisation, meeting,
                     filter->finding, text, filter->due_before, filter->since, filter->until, filter->assignee, place->key,
                     place->id, (gint64)limit);
}

/* --- rows ------------------------------------------------------------------------------------------------------------ */

#define COLUMNS                                                                                                        \
    "e.id, e.version, e.reference, e.state, e.attention, e.sender_name, e.sender_address, e.organisation, e.subject,"  \
    " e.received, e.created, coalesce(e.due, 0), e.rank, coalesce(e.assignee, 0), u.shown,"                            \
    " (SELECT group_concat(k, ' ') FROM (SELECT DISTINCT CASE status WHEN 'read' THEN kind ELSE status END AS k"       \
    "  FROM documents WHERE entry = e.id)),"                                                                           \
    " (SELECT group_concat(w, ' ') FROM (SELECT CASE rule WHEN 'package-incomplete' THEN 'package'"                     \
    "  WHEN 'attachment-missing' THEN 'attachment' WHEN 'seal-absent' THEN 'seal' ELSE field END AS w FROM findings"   \
    "  WHERE entry = e.id AND +rule IN ('field-missing', 'package-incomplete', 'attachment-missing', 'seal-absent')"   \
    "  GROUP BY w ORDER BY min(id))),"                                                                                 \
    " (SELECT count(*) FROM documents WHERE entry = e.id),"                                                            \
    " (SELECT count(*) FROM findings WHERE entry = e.id AND +severity = 'error'),"                                     \
    " (SELECT count(*) FROM findings WHERE entry = e.id AND +severity = 'warning'),"                                   \
    " (SELECT count(*) FROM findings WHERE entry = e.id AND +severity = 'info'), e.year, e.number"

static const char *text_or_empty(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? text : "";
}

static void give_row(sqlite3_stmt *row, ListingVisitor visit, gpointer user)
{
    ListingRow entry = {
        .id = sqlite3_column_int64(row, 0),
        .version = sqlite3_column_int64(row, 1),
        .reference = text_or_empty(row, 2),
        .state = text_or_empty(row, 3),
        .attention = (const char *)sqlite3_column_text(row, 4),
        .sender_name = (const char *)sqlite3_column_text(row, 5),
        .sender_address = (const char *)sqlite3_column_text(row, 6),
        .organisation = (const char *)sqlite3_column_text(row, 7),
        .subject = (const char *)sqlite3_column_text(row, 8),
        .received = sqlite3_column_int64(row, 9),
        .created = sqlite3_column_int64(row, 10),
        .due = sqlite3_column_int64(row, 11),
        .rank = sqlite3_column_int64(row, 12),
        .assignee = sqlite3_column_int64(row, 13),
        .assignee_name = (const char *)sqlite3_column_text(row, 14),
        .kinds = text_or_empty(row, 15),
        .missing = text_or_empty(row, 16),
        .documents = (guint)sqlite3_column_int(row, 17),
        .errors = (guint)sqlite3_column_int(row, 18),
        .warnings = (guint)sqlite3_column_int(row, 19),
        .infos = (guint)sqlite3_column_int(row, 20),
        .year = sqlite3_column_int(row, 21),
        .number = sqlite3_column_int(row, 22),
        .place = {sqlite3_column_int64(row, 23), sqlite3_column_int64(row, 0)},
    };
    visit(&entry, user);
}

static gboolean give_rows(Ledger *ledger, sqlite3_stmt *rows, ListingVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    if (!rows)
        return FALSE;
    while (sql_step(ledger, rows, &failure))
        give_row(rows, visit, user);
    if (!failure)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}

gboolean ledger_listing(Ledger *ledger, const ListingFilter *filter, ListingOrder order, const ListingPlace *after, guint limit,
                        ListingVisitor visit, gpointer user, GError **error)
{
    static const ListingPlace beginning;
    if (!after)
        after = &beginning;
    int tab = find_tab(filter->state, error);
    if (tab < 0)
        return FALSE;
    const char *down = orders[order].down ? " DESC" : "";
    g_autoptr(GString) sql = g_string_new(NULL);
    g_string_printf(sql, "SELECT " COLUMNS ", p.k FROM (SELECT e.id AS id, %s AS k FROM entries e INDEXED BY %s WHERE (%s)",
                    orders[order].key, index_of(filter, order, tab), tabs[tab].clause ? tabs[tab].clause : "TRUE");
    put_clauses(sql, filter);
    if (after->key || after->id)
        g_string_append_printf(sql, " AND (%s, e.id) %s (?11, ?12)", orders[order].key, *down ? "<" : ">");
    g_string_append_printf(sql, " ORDER BY %s%s, e.id%s LIMIT ?13) p JOIN entries e ON e.id = p.id", orders[order].key, down, down);
    g_string_append_printf(sql, " LEFT JOIN users u ON u.id = e.assignee ORDER BY p.k%s, p.id%s", down, down);
    return give_rows(ledger, ask(ledger, sql->str, filter, after, limit, error), visit, user, error);
}

gboolean ledger_listing_entry(Ledger *ledger, gint64 entry, ListingVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(
        ledger, error,
        "SELECT " COLUMNS ", e.rank FROM entries e LEFT JOIN users u ON u.id = e.assignee WHERE e.id = ?", "i", entry);
    if (!row)
        return FALSE;
    gboolean found = sql_step(ledger, row, &failure);
    if (found) {
        give_row(row, visit, user);
        sqlite3_reset(row);
    }
    if (failure)
        g_propagate_error(error, failure);
    return found;
}

/* --- counts ---------------------------------------------------------------------------------------------------------- */

static gboolean is_undecided(const char *state)
{
    return g_str_equal(state, "review") || g_str_equal(state, "waiting") || g_str_equal(state, "complete");
}

static void count_state(ListingCounts *counts, const char *state, guint64 n)
{
    guint64 *const by_state[] = {&counts->review,   &counts->waiting,  &counts->complete,
                                 &counts->accepted, &counts->rejected, &counts->closed};
    static const char *const states[] = {"review", "waiting", "complete", "accepted", "rejected", "closed"};
    for (gsize i = 0; i < G_N_ELEMENTS(states); i++)
        if (g_str_equal(state, states[i]))
            *by_state[i] += n;
    counts->all += n;
    if (is_undecided(state))
        counts->open += n;
}

static void count_attention(ListingCounts *counts, const char *state, guint64 n)
{
    counts->attention += n;
    if (!is_undecided(state))
        counts->open += n;
}

/* One pass over the index of states, one over the few that call for attention. */
static gboolean count(Ledger *ledger, const ListingFilter *filter, gboolean attention, ListingCounts *counts, GError **error)
{
    static const ListingPlace nowhere;
    GError *failure = NULL;
    g_autoptr(GString) sql = g_string_new(NULL);
    g_string_printf(sql, "SELECT state, count(*) FROM entries e INDEXED BY %s WHERE %s",
                    attention ? "entries_attention" : looks_through(filter) ? "entries_rank" : "entries_state", attention ? "attention IS NOT NULL" : "TRUE");
    put_clauses(sql, filter);
    g_string_append(sql, " GROUP BY state");
    sqlite3_stmt *row = ask(ledger, sql->str, filter, &nowhere, 0, error);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure))
        (attention ? count_attention : count_state)(counts, text_or_empty(row, 0), (guint64)sqlite3_column_int64(row, 1));
    if (!failure)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}

gboolean ledger_listing_counts(Ledger *ledger, const ListingFilter *filter, ListingCounts *ret, GError **error)
{
    *ret = (ListingCounts){0};
    return count(ledger, filter, FALSE, ret, error) && count(ledger, filter, TRUE, ret, error);
}
