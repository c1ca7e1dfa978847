// links: src/ledger/*.c src/base/failure.c src/base/clock.c src/base/text.c src/conf/*.c src/base/durable.c; libs: glib-2.0 gio-2.0 sqlite3 jansson; flags: -lm
#include <glib/gstdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "ledger/users.h"

#define HOUR (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)

typedef struct {
    char *dir, *file;
    Ledger *ledger;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    f->dir = g_dir_make_tmp("shouwen-users-XXXXXX", NULL);
    f->file = g_build_filename(f->dir, "ledger.db", NULL);
    f->ledger = ledger_open(f->file, LEDGER_CREATE, &error);
    g_assert_no_error(error);
    g_assert_true(ledger_begin(f->ledger, NULL));
}

static void tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    ledger_rollback(f->ledger);
    ledger_close(f->ledger);
    g_autoptr(GDir) dir = g_dir_open(f->dir, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(f->dir, name, NULL);
        g_unlink(path);
    }
    g_rmdir(f->dir);
    g_free(f->dir);
    g_free(f->file);
}

static gint64 add(Fixture *f, const char *name, const char *role)
{
    g_autoptr(GError) error = NULL;
    gint64 id = 0;
    LedgerUser user = {.name = name, .shown = "某人", .role = role};
    g_assert_true(ledger_user_add(f->ledger, &user, "hash", "test", &id, &error));
    g_assert_no_error(error);
    return id;
}

static void test_names(Fixture *f, gconstpointer data)
{
    (void)data;
    static const struct {
        const char *name, *role;
        FailureCode failure;
    } bad[] = {{"x", "clerk", FAILURE_DATA},          {"Wang", "clerk", FAILURE_DATA},   {"王", "clerk", FAILURE_DATA},
               {"a b", "clerk", FAILURE_DATA},        {"wang", "boss", FAILURE_DATA},    {"taken", "clerk", FAILURE_CONFLICT},
               {"../../etc", "clerk", FAILURE_DATA}};
    g_assert_false(ledger_has_users(f->ledger));
    add(f, "taken", "administrator");
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        gint64 id;
        LedgerUser user = {.name = bad[i].name, .shown = "x", .role = bad[i].role};
        g_assert_false(ledger_user_add(f->ledger, &user, NULL, "test", &id, &error));
        g_assert_error(error, FAILURE, (gint)bad[i].failure);
    }
    g_assert_true(ledger_has_users(f->ledger));
    g_assert_cmpint(ledger_user_named(f->ledger, "wang"), ==, 0);
}

static void test_last_administrator(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL, again = NULL;
    gint64 one = add(f, "one", "administrator");
    g_assert_false(ledger_user_change(f->ledger, one, NULL, "clerk", -1, "test", &error));
    g_assert_error(error, FAILURE, FAILURE_DATA);
    ledger_rollback(f->ledger);
    g_assert_true(ledger_begin(f->ledger, NULL));
    one = add(f, "one", "administrator");
    add(f, "two", "administrator");
    g_assert_true(ledger_user_change(f->ledger, one, NULL, NULL, TRUE, "test", NULL));
    g_assert_null(ledger_user_password(f->ledger, one));
    g_assert_false(ledger_user_change(f->ledger, 99, NULL, "clerk", -1, "test", &again));
    g_assert_error(again, FAILURE, FAILURE_NOINPUT);
}

static gboolean has_session(Fixture *f, const guint8 *token, gint64 idle, gint64 absolute)
{
    g_auto(LedgerSession) session = {0};
    gint64 now = clock_now();
    return ledger_session_get(f->ledger, token, now - idle, now - absolute, &session);
}

static void begin(Fixture *f, gint64 user, guint8 mark, guint8 *token)
{
    memset(token, mark, LEDGER_TOKEN_BYTES);
    g_assert_true(ledger_session_add(f->ledger, token, user, "csrf", 0, 0, NULL));
}

static void test_sessions(Fixture *f, gconstpointer data)
{
    (void)data;
    guint8 token[LEDGER_TOKEN_BYTES], other[LEDGER_TOKEN_BYTES], unknown[LEDGER_TOKEN_BYTES] = {0};
    add(f, "boss", "administrator");
    gint64 user = add(f, "wang", "clerk");
    begin(f, user, 1, token);
    begin(f, user, 2, other);
    g_assert_true(has_session(f, token, HOUR, HOUR));
    g_assert_false(has_session(f, unknown, HOUR, HOUR));
    g_assert_false(has_session(f, token, -HOUR, HOUR)); /* not used for too long */
    g_assert_false(has_session(f, token, HOUR, -HOUR)); /* too old however much it is used */
    /* A new password ends all but the one it was set in. */
    g_assert_true(ledger_user_set_password(f->ledger, user, "hash", token, "wang", NULL));
    g_assert_true(has_session(f, token, HOUR, HOUR));
    g_assert_false(has_session(f, other, HOUR, HOUR));
    g_assert_true(ledger_session_end(f->ledger, token, NULL));
    g_assert_false(has_session(f, token, HOUR, HOUR));
    begin(f, user, 3, token);
    g_assert_true(ledger_user_change(f->ledger, user, NULL, NULL, TRUE, "boss", NULL));
    g_assert_false(has_session(f, token, HOUR, HOUR));
    g_auto(LedgerSession) proxy = {0};
    g_assert_false(ledger_session_for(f->ledger, "wang", &proxy));
    g_assert_true(ledger_session_for(f->ledger, "boss", &proxy));
    g_assert_cmpstr(proxy.role, ==, "administrator");
}

static void count_view(gint64 id, const char *name, const char *query, gpointer count)
{
    (void)id;
    (void)name;
    *(int *)count += g_str_equal(query, "state=review") ? 1 : 100;
}

static void test_views(Fixture *f, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    gint64 mine = add(f, "wang", "clerk"), hers = add(f, "li", "clerk"), id, again;
    int count = 0;
    g_assert_true(ledger_view_save(f->ledger, mine, "每天", "state=open", &id, NULL));
    g_assert_true(ledger_view_save(f->ledger, mine, "每天", "state=review", &again, NULL));
    g_assert_cmpint(id, ==, again);
    g_assert_true(ledger_views(f->ledger, hers, count_view, &count, NULL));
    g_assert_cmpint(count, ==, 0);
    g_assert_false(ledger_view_delete(f->ledger, hers, id, &error));
    g_assert_error(error, FAILURE, FAILURE_NOINPUT);
    g_assert_true(ledger_views(f->ledger, mine, count_view, &count, NULL));
    g_assert_cmpint(count, ==, 1);
    g_assert_true(ledger_view_delete(f->ledger, mine, id, NULL));
}

static void test_setup(Fixture *f, gconstpointer data)
{
    (void)data;
    g_assert_null(ledger_setup_token(f->ledger));
    g_assert_true(ledger_setup_token_set(f->ledger, "aa", NULL) && ledger_setup_token_set(f->ledger, "bb", NULL));
    g_autofree char *token = ledger_setup_token(f->ledger);
    g_assert_cmpstr(token, ==, "bb");
    g_assert_true(ledger_setup_token_set(f->ledger, NULL, NULL));
    g_assert_null(ledger_setup_token(f->ledger));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/users/names", Fixture, NULL, set_up, test_names, tear_down);
    g_test_add("/users/last-administrator", Fixture, NULL, set_up, test_last_administrator, tear_down);
    g_test_add("/users/sessions", Fixture, NULL, set_up, test_sessions, tear_down);
    g_test_add("/users/views", Fixture, NULL, set_up, test_views, tear_down);
    g_test_add("/users/setup", Fixture, NULL, set_up, test_setup, tear_down);
    return g_test_run();
}
