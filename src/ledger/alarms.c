#include "ledger/alarms.h"
#include "ledger/sql.h"

#define WEEK_USEC (G_GINT64_CONSTANT(7 * 24 * 3600) * G_USEC_PER_SEC)

void ledger_alarm_free(LedgerAlarm *alarm)
{
    if (!alarm)
        return;
    g_free(alarm->name);
    g_free(alarm->text);
    g_free(alarm);
}

gboolean ledger_alarm_raise(Ledger *ledger, const char *name, const char *text, gint64 now, GError **error)
{
    return sql_run(ledger, error,
                   "INSERT INTO alarms (name, since, text) VALUES (?, ?, ?)"
                   " ON CONFLICT (name) DO UPDATE SET text = excluded.text, over = NULL WHERE over IS NOT NULL",
                   "tit", name, now, text);
}

gboolean ledger_alarm_end(Ledger *ledger, const char *name, gint64 now, GError **error)
{
    return sql_run(ledger, error, "DELETE FROM alarms WHERE name = ? AND said IS NULL", "t", name) &&
           sql_run(ledger, error, "UPDATE alarms SET over = ? WHERE name = ? AND over IS NULL", "it", now, name);
}

gboolean ledger_alarm_said(Ledger *ledger, const char *name, gint64 now, GError **error)
{
    return sql_run(ledger, error, "DELETE FROM alarms WHERE name = ? AND over IS NOT NULL", "t", name) &&
           sql_run(ledger, error, "UPDATE alarms SET said = ? WHERE name = ? AND said IS NULL", "it", now, name);
}

GPtrArray *ledger_alarms(Ledger *ledger, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(GPtrArray) alarms = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_alarm_free);
    sqlite3_stmt *row =
        sql_query(ledger, &problem, "SELECT name, text, since, coalesce(said, 0), coalesce(over, 0) FROM alarms ORDER BY name", "");
    while (row && sql_step(ledger, row, &problem)) {
        LedgerAlarm *alarm = g_new0(LedgerAlarm, 1);
        alarm->name = sql_text(row, 0);
        alarm->text = sql_text(row, 1);
        alarm->since = sqlite3_column_int64(row, 2);
        alarm->said = sqlite3_column_int64(row, 3);
        alarm->over = sqlite3_column_int64(row, 4);
        g_ptr_array_add(alarms, alarm);
    }
    if (problem) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }
    return g_steal_pointer(&alarms);
}

void ledger_backlog(Ledger *ledger, gint64 now, LedgerBacklog *ret)
{
#define COUNT(text) sql_int(ledger, 0, text, "")
    *ret = (LedgerBacklog){
        .new_messages = COUNT("SELECT count(*) FROM messages WHERE state = 'new'"),
        .oldest_new = COUNT("SELECT min(received) FROM messages WHERE state = 'new'"),
        .last_entered = COUNT("SELECT at FROM events WHERE actor = 'intake' ORDER BY id DESC LIMIT 1"),
        .quarantined = COUNT("SELECT count(*) FROM messages WHERE state = 'quarantined'"),
        .letters_queued = COUNT("SELECT count(*) FROM letters WHERE state IN ('queued', 'sending')"),
        .oldest_queued = COUNT("SELECT min(created) FROM letters WHERE state IN ('queued', 'sending')"),
        .letters_held = COUNT("SELECT count(*) FROM letters WHERE state = 'held'"),
        .letters_stopped = COUNT("SELECT count(*) FROM letters WHERE state = 'held' AND reason LIKE '%breaker_per_hour%'"),
        .letters_failed = sql_int(ledger, 0, "SELECT count(*) FROM letters WHERE created > ? AND state = 'failed'", "i", now - WEEK_USEC),
        .letters_bounced = sql_int(ledger, 0, "SELECT count(*) FROM letters WHERE created > ? AND state = 'bounced'", "i", now - WEEK_USEC),
        .duties_overdue = sql_int(ledger, 0, "SELECT count(*) FROM duties WHERE state IN ('open', 'claimed') AND due < ?", "i", now),
        .review = COUNT("SELECT count(*) FROM entries WHERE state = 'review'"),
        .waiting = COUNT("SELECT count(*) FROM entries WHERE state = 'waiting'"),
        .events = COUNT("SELECT max(id) FROM events"),
    };
#undef COUNT
}
