#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "ledger/events.h"
#include "ledger/facts.h"
#include "ledger/sql.h"
#include "ledger/users.h"

#define NAME_LEAST 2
#define NAME_MOST 40
#define VIEWS_MAX 100
#define SETUP "setup.token"

/* --- users --------------------------------------------------------------------------------------------------------------- */

#define USER_COLUMNS                                                                                                            \
    "SELECT id, name, shown, role, password IS NOT NULL, created, coalesce(disabled, 0),"                                       \
    " coalesce((SELECT max(seen) FROM sessions WHERE user = users.id), 0) FROM users "

static void visit_user(sqlite3_stmt *row, UserVisitor visit, gpointer data)
{
    LedgerUser user = {
        .id = sqlite3_column_int64(row, 0),
        .name = (const char *)sqlite3_column_text(row, 1),
        .shown = (const char *)sqlite3_column_text(row, 2),
        .role = (const char *)sqlite3_column_text(row, 3),
        .has_password = sqlite3_column_int(row, 4),
        .created = sqlite3_column_int64(row, 5),
        .disabled = sqlite3_column_int64(row, 6),
        .seen = sqlite3_column_int64(row, 7),
    };
    visit(&user, data);
}

gboolean ledger_users(Ledger *ledger, UserVisitor visit, gpointer data, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error, USER_COLUMNS "ORDER BY name", "");
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure))
        visit_user(row, visit, data);
    if (!failure)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}

gboolean ledger_user_get(Ledger *ledger, gint64 id, UserVisitor visit, gpointer data, GError **error)
{
    sqlite3_stmt *row = sql_query(ledger, error, USER_COLUMNS "WHERE id = ?", "i", id);
    if (!sql_step(ledger, row, error))
        return FALSE;
    visit_user(row, visit, data);
    sqlite3_reset(row);
    return TRUE;
}

gint64 ledger_user_named(Ledger *ledger, const char *name)
{
    return sql_int(ledger, 0, "SELECT id FROM users WHERE name = ?", "t", name);
}

gboolean ledger_has_users(Ledger *ledger)
{
    return sql_int(ledger, 0, "SELECT EXISTS (SELECT 1 FROM users)", "") != 0;
}

char *ledger_user_password(Ledger *ledger, gint64 id)
{
    sqlite3_stmt *row = sql_query(ledger, NULL, "SELECT password FROM users WHERE id = ? AND disabled IS NULL", "i", id);
    if (!sql_step(ledger, row, NULL))
        return NULL;
    char *hash = sql_text(row, 0);
    sqlite3_reset(row);
    return hash;
}

static gboolean good_name(const char *name, GError **error)
{
    gsize length = strlen(name);
    if (length >= NAME_LEAST && length <= NAME_MOST && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == length)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_DATA, "a user's name has %d to %d of the characters a-z 0-9 . _ -", NAME_LEAST, NAME_MOST);
    return FALSE;
}

static gboolean good_role(const char *role, GError **error)
{
    static const char *const roles[] = {"reader", "clerk", "reviewer", "administrator", NULL};
    if (g_strv_contains(roles, role))
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_DATA, "a role is reader, clerk, reviewer or administrator");
    return FALSE;
}

gboolean ledger_user_add(Ledger *ledger, const LedgerUser *user, const char *password, const char *actor, gint64 *ret_id,
                         GError **error)
{
    if (!good_name(user->name, error) || !good_role(user->role, error))
        return FALSE;
    if (ledger_user_named(ledger, user->name)) {
        g_set_error(error, FAILURE, FAILURE_CONFLICT, "there is a user %s already", user->name);
        return FALSE;
    }
    if (!sql_run(ledger, error, "INSERT INTO users (name, shown, role, password, created) VALUES (?, ?, ?, ?, ?)", "tttti",
                 user->name, user->shown && *user->shown ? user->shown : user->name, user->role, password, clock_now()))
        return FALSE;
    *ret_id = ledger_user_named(ledger, user->name);
    return ledger_event(ledger, 0, actor, "user-added", error, "user", "t", user->name, "role", "t", user->role, NULL);
}

static void take_name(const LedgerUser *user, gpointer data)
{
    *(char **)data = g_strdup(user->name);
}

/* His name; NULL with FAILURE_NOINPUT when there is none of that id. */
static char *name_of(Ledger *ledger, gint64 id, GError **error)
{
    char *name = NULL;
    GError *failure = NULL;
    if (!ledger_user_get(ledger, id, take_name, &name, &failure) && !failure)
        g_set_error(&failure, FAILURE, FAILURE_NOINPUT, "there is no user %" G_GINT64_FORMAT, id);
    if (failure)
        g_propagate_error(error, failure);
    return name;
}

gboolean ledger_user_change(Ledger *ledger, gint64 id, const char *shown, const char *role, int disabled, const char *actor,
                            GError **error)
{
    g_autofree char *name = name_of(ledger, id, error);
    if (!name || (role && !good_role(role, error)))
        return FALSE;
    if (!sql_run(ledger, error,
                 "UPDATE users SET shown = coalesce(?2, shown), role = coalesce(?3, role),"
                 " disabled = CASE WHEN ?4 < 0 THEN disabled WHEN ?4 = 0 THEN NULL ELSE coalesce(disabled, ?5) END WHERE id = ?1",
                 "ittii", id, shown, role, (gint64)disabled, clock_now()))
        return FALSE;
    if (sql_int(ledger, 0, "SELECT count(*) FROM users WHERE role = 'administrator' AND disabled IS NULL", "") == 0) {
        g_set_error(error, FAILURE, FAILURE_DATA, "%s is the last administrator", name);
        return FALSE;
    }
    if (disabled > 0 && !sql_run(ledger, error, "DELETE FROM sessions WHERE user = ?", "i", id))
        return FALSE;
    return ledger_event(ledger, 0, actor, "user-changed", error, "user", "t", name, "shown", "t", shown, "role", "t", role, "disabled",
                        "t", disabled < 0 ? NULL : disabled ? "yes" : "no", NULL);
}

gboolean ledger_user_set_password(Ledger *ledger, gint64 id, const char *password, const guint8 *keep, const char *actor,
                                  GError **error)
{
    static const guint8 none[LEDGER_TOKEN_BYTES];
    g_autofree char *name = name_of(ledger, id, error);
    return name && sql_run(ledger, error, "UPDATE users SET password = ? WHERE id = ?", "ti", password, id) &&
           sql_run(ledger, error, "DELETE FROM sessions WHERE user = ? AND token <> ?", "ib", id, keep ? keep : none,
                   (gsize)LEDGER_TOKEN_BYTES) &&
           ledger_event(ledger, 0, actor, "user-password", error, "user", "t", name, NULL);
}

/* --- the first user ---------------------------------------------------------------------------------------------------- */

char *ledger_setup_token(Ledger *ledger)
{
    return ledger_fact(ledger, SETUP);
}

gboolean ledger_setup_token_set(Ledger *ledger, const char *hash, GError **error)
{
    return ledger_fact_set(ledger, SETUP, hash, error);
}

/* --- sessions ------------------------------------------------------------------------------------------------------------ */

void ledger_session_clear(LedgerSession *session)
{
    g_free(session->name);
    g_free(session->shown);
    g_free(session->role);
    g_free(session->csrf);
    *session = (LedgerSession){0};
}

gboolean ledger_session_add(Ledger *ledger, const guint8 token[LEDGER_TOKEN_BYTES], gint64 user, const char *csrf,
                            gint64 idle_since, gint64 absolute_since, GError **error)
{
    gint64 now = clock_now();
    return sql_run(ledger, error, "DELETE FROM sessions WHERE seen < ? OR created < ?", "ii", idle_since, absolute_since) &&
           sql_run(ledger, error, "INSERT INTO sessions (token, user, csrf, created, seen) VALUES (?, ?, ?, ?, ?)", "bitii", token,
                   (gsize)LEDGER_TOKEN_BYTES, user, csrf, now, now);
}

static gboolean take_session(Ledger *ledger, sqlite3_stmt *row, LedgerSession *ret)
{
    if (!sql_step(ledger, row, NULL))
        return FALSE;
    *ret = (LedgerSession){
        .user = sqlite3_column_int64(row, 0),
        .name = sql_text(row, 1),
        .shown = sql_text(row, 2),
        .role = sql_text(row, 3),
        .has_password = sqlite3_column_int(row, 4),
        .csrf = sql_text(row, 5),
        .created = sqlite3_column_int64(row, 6),
        .seen = sqlite3_column_int64(row, 7),
    };
    sqlite3_reset(row);
    return TRUE;
}

gboolean ledger_session_get(Ledger *ledger, const guint8 token[LEDGER_TOKEN_BYTES], gint64 idle_since, gint64 absolute_since,
                            LedgerSession *ret)
{
    return take_session(ledger,
                        sql_query(ledger, NULL,
                                  "SELECT u.id, u.name, u.shown, u.role, u.password IS NOT NULL, s.csrf, s.created, s.seen"
                                  " FROM sessions s JOIN users u ON u.id = s.user"
                                  " WHERE s.token = ? AND s.seen >= ? AND s.created >= ? AND u.disabled IS NULL",
                                  "bii", token, (gsize)LEDGER_TOKEN_BYTES, idle_since, absolute_since),
                        ret);
}

gboolean ledger_session_seen(Ledger *ledger, const guint8 token[LEDGER_TOKEN_BYTES], GError **error)
{
    return sql_run(ledger, error, "UPDATE sessions SET seen = ? WHERE token = ?", "ib", clock_now(), token,
                   (gsize)LEDGER_TOKEN_BYTES);
}

gboolean ledger_session_end(Ledger *ledger, const guint8 token[LEDGER_TOKEN_BYTES], GError **error)
{
    return sql_run(ledger, error, "DELETE FROM sessions WHERE token = ?", "b", token, (gsize)LEDGER_TOKEN_BYTES);
}

gboolean ledger_session_for(Ledger *ledger, const char *name, LedgerSession *ret)
{
    return take_session(ledger,
                        sql_query(ledger, NULL,
                                  "SELECT id, name, shown, role, password IS NOT NULL, NULL, created, created FROM users"
                                  " WHERE name = ? AND disabled IS NULL",
                                  "t", name),
                        ret);
}

/* --- saved views --------------------------------------------------------------------------------------------------------- */

gboolean ledger_views(Ledger *ledger, gint64 user, ViewVisitor visit, gpointer data, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error, "SELECT id, name, query FROM views WHERE user = ? ORDER BY name", "i", user);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure))
        visit(sqlite3_column_int64(row, 0), (const char *)sqlite3_column_text(row, 1), (const char *)sqlite3_column_text(row, 2),
              data);
    if (!failure)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}

gboolean ledger_view_save(Ledger *ledger, gint64 user, const char *name, const char *query, gint64 *ret_id, GError **error)
{
    if (sql_int(ledger, 0, "SELECT count(*) FROM views WHERE user = ? AND name <> ?", "it", user, name) >= VIEWS_MAX) {
        g_set_error(error, FAILURE, FAILURE_DATA, "more than %d views are not kept", VIEWS_MAX);
        return FALSE;
    }
    if (!sql_run(ledger, error,
                 "INSERT INTO views (user, name, query) VALUES (?, ?, ?) ON CONFLICT (user, name) DO UPDATE SET query = excluded.query",
                 "itt", user, name, query))
        return FALSE;
    *ret_id = sql_int(ledger, 0, "SELECT id FROM views WHERE user = ? AND name = ?", "it", user, name);
    return TRUE;
}

gboolean ledger_view_delete(Ledger *ledger, gint64 user, gint64 id, GError **error)
{
    if (sql_int(ledger, 0, "SELECT count(*) FROM views WHERE id = ? AND user = ?", "ii", id, user) == 0) {
        g_set_error(error, FAILURE, FAILURE_NOINPUT, "there is no such view");
        return FALSE;
    }
    return sql_run(ledger, error, "DELETE FROM views WHERE id = ?", "i", id);
}
