// links: src/desk/*.c src/decide/*.c src/duties/*.c src/letters/*.c src/source/*.c src/net/*.c src/send/address.c src/stages/bus.c src/stages/log.c src/stages/relate.c src/stages/enter.c src/stages/unlock.c src/stages/thread.c src/stages/returned.c src/door/*.c src/ledger/*.c src/spool/*.c src/conf/*.c src/base/*.c; libs: glib-2.0 gio-2.0 gio-unix-2.0 libseccomp sqlite3 jansson libmicrohttpd libsodium xlsxwriter; flags: -letpan -lm
/* The table of routes against openapi.json, who is let in, and the small parts of the desk. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failure.h"
#include "desk/auth.h"
#include "desk/json.h"
#include "desk/pages.h"
#include "desk/password.h"
#include "desk/routes.h"
#include "desk/zip.h"

#define HOUR (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)

/* --- routes ------------------------------------------------------------------------------------------------------------------ */

static const Route *row_of(const char *id)
{
    for (const Route *route = routes; route->method; route++)
        if (g_str_equal(route->id, id))
            return route;
    return NULL;
}

static void test_described(void)
{
    json_error_t where;
    json_t *document = json_load_file("src/desk/web/openapi.json", JSON_REJECT_DUPLICATES, &where);
    if (!document)
        g_error("openapi.json:%d: %s", where.line, where.text);
    const char *path, *method;
    json_t *methods, *operation;
    guint described = 0, rows = 0;
    json_object_foreach(json_object_get(document, "paths"), path, methods)
        json_object_foreach(methods, method, operation) {
            const char *id = json_string_value(json_object_get(operation, "operationId"));
            const Route *route = row_of(id);
            if (!route)
                g_error("openapi.json describes %s, which no row answers", id);
            g_autofree char *upper = g_ascii_strup(method, -1);
            g_assert_cmpstr(route->method, ==, upper);
            g_assert_cmpstr(route->pattern, ==, path);
            g_assert_cmpstr(role_name(route->role), ==, json_string_value(json_object_get(operation, "x-role")));
            g_assert_cmpint(route->body_max > 0, ==, json_object_get(operation, "requestBody") != NULL);
            described++;
        }
    for (const Route *route = routes; route->method; route++)
        rows++;
    g_assert_cmpuint(described, ==, rows);
    json_decref(document);
}

static void test_matching(void)
{
    static const struct {
        const char *method, *path, *id; /* id NULL: none; "other": for another method */
    } rows[] = {
        {"GET", "/entries/7", "entry"},
        {"POST", "/entries/7/accept", "entry_accept"},
        {"GET", "/entries/7/accept", "other"},
        {"GET", "/entries/0", NULL},
        {"GET", "/entries/-1", NULL},
        {"GET", "/entries/7x", NULL},
        {"GET", "/entries/99999999999999999999", NULL},
        {"GET", "/entries/", NULL},
        {"GET", "/entries", NULL},
        {"GET", "/entries/7/", NULL},
        {"GET", "//entries/7", NULL},
        {"GET", "/documents/3/pages/2", "document_page"},
        {"GET", "/export/queue/xlsx", "export"},
        {"GET", "/export//xlsx", NULL},
        {"GET", "/references/SC27-2026-0001", "reference"},
        {"TRACE", "/session", "other"},
        {"GET", "", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        gboolean other;
        g_autoptr(Exchange) x = exchange_new(rows[i].method, rows[i].path);
        const Route *route = route_find(x, rows[i].method, rows[i].path, &other);
        g_assert_cmpstr(route ? route->id : other ? "other" : NULL, ==, rows[i].id);
    }
}

/* --- who is let in ------------------------------------------------------------------------------------------------------------- */

typedef struct {
    char *dir;
    Desk desk;
    char *tokens[5]; /* a session of each role */
} Fixture;

static void add_session(Fixture *f, Role role)
{
    guint8 hash[LEDGER_TOKEN_BYTES];
    gint64 id;
    LedgerUser user = {.name = role_name(role), .shown = "x", .role = role_name(role)};
    f->tokens[role] = token_new(hash);
    g_assert_true(ledger_begin(f->desk.glance, NULL));
    g_assert_true(ledger_user_add(f->desk.glance, &user, NULL, "test", &id, NULL));
    g_assert_true(ledger_session_add(f->desk.glance, hash, id, "csrf", 0, 0, NULL));
    g_assert_true(ledger_commit(f->desk.glance, NULL));
}

static void set_up(Fixture *f, gconstpointer data)
{
    (void)data;
    f->dir = g_dir_make_tmp("shouwen-desk-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(f->dir, "ledger.db", NULL);
    f->desk = (Desk){.idle = HOUR, .absolute = HOUR, .proxy = "192.0.2.1"};
    f->desk.glance = ledger_open(file, LEDGER_CREATE, NULL);
    f->desk.hosts = g_ptr_array_new();
    g_ptr_array_add(f->desk.hosts, (gpointer) "desk.example.cn");
    g_ptr_array_add(f->desk.hosts, (gpointer) "[::1]");
    for (Role role = ROLE_READER; role <= ROLE_ADMINISTRATOR; role++)
        add_session(f, role);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    ledger_close(f->desk.glance);
    g_ptr_array_unref(f->desk.hosts);
    for (guint i = 0; i < G_N_ELEMENTS(f->tokens); i++)
        g_free(f->tokens[i]);
    g_autoptr(GDir) dir = g_dir_open(f->dir, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(f->dir, name, NULL);
        g_unlink(path);
    }
    g_rmdir(f->dir);
    g_free(f->dir);
}

static Exchange *ask(Fixture *f, const char *id, Role as)
{
    const Route *route = row_of(id);
    Exchange *x = exchange_new(route->method, route->pattern);
    x->route = route;
    x->peer = g_strdup("127.0.0.1");
    x->host = g_strdup("desk.example.cn:8473");
    x->token = g_strdup(f->tokens[as]);
    x->csrf = g_strdup("csrf");
    x->content_type = g_strdup(route->raw ? "application/octet-stream" : "application/json; charset=utf-8");
    return x;
}

static guint status_of(Fixture *f, Exchange *x)
{
    return auth_admit(&f->desk, x) ? 200 : x->answer.status;
}

/* Every route with every role. */
static void test_matrix(Fixture *f, gconstpointer data)
{
    (void)data;
    for (const Route *route = routes; route->method; route++)
        for (Role role = ROLE_ANYBODY; role <= ROLE_ADMINISTRATOR; role++) {
            g_autoptr(Exchange) x = ask(f, route->id, role);
            guint wanted = role >= route->role ? 200 : role == ROLE_ANYBODY ? 401 : 403;
            if (status_of(f, x) != wanted)
                g_error("%s as %s: %u, wanted %u", route->id, role_name(role), x->answer.status, wanted);
        }
}

static void test_forged(Fixture *f, gconstpointer data)
{
    (void)data;
    static const struct {
        const char *host, *origin, *site, *csrf, *type;
        guint status;
    } rows[] = {
        {"desk.example.cn:8473", NULL, NULL, "csrf", "application/json", 200},
        {"desk.example.cn:8473", "http://desk.example.cn:8473", "same-origin", "csrf", "application/json", 200},
        {"DESK.example.cn", "https://desk.example.cn", "same-origin", "csrf", "application/json", 200},
        {"[::1]:8473", "http://[::1]:8473", NULL, "csrf", "application/json", 200},
        {"desk.example.cn:8473", "http://evil.example", NULL, "csrf", "application/json", 403},
        {"desk.example.cn:8473", "http://desk.example.cn:8473.evil.example", NULL, "csrf", "application/json", 403},
        {"desk.example.cn:8473", "null", NULL, "csrf", "application/json", 403},
        {"desk.example.cn:8473", NULL, "cross-site", "csrf", "application/json", 403},
        {"desk.example.cn:8473", NULL, "same-site", "csrf", "application/json", 403},
        {"desk.example.cn:8473", NULL, NULL, "other", "application/json", 403},
        {"desk.example.cn:8473", NULL, NULL, NULL, "application/json", 403},
        {"desk.example.cn:8473", NULL, NULL, "csrf", "text/plain", 400},
        {"desk.example.cn:8473", NULL, NULL, "csrf", NULL, 400},
        {"evil.example", NULL, NULL, "csrf", "application/json", 403},
        {"desk.example.cn.evil.example", NULL, NULL, "csrf", "application/json", 403},
        {"", NULL, NULL, "csrf", "application/json", 403},
        {NULL, NULL, NULL, "csrf", "application/json", 403},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Exchange) x = ask(f, "entry_comment", ROLE_ADMINISTRATOR);
        g_free(x->host);
        g_free(x->csrf);
        g_free(x->content_type);
        x->host = g_strdup(rows[i].host);
        x->origin = g_strdup(rows[i].origin);
        x->fetch_site = g_strdup(rows[i].site);
        x->csrf = g_strdup(rows[i].csrf);
        x->content_type = g_strdup(rows[i].type);
        if (status_of(f, x) != rows[i].status)
            g_error("row %u: %u, wanted %u", (guint)i, x->answer.status, rows[i].status);
    }
}

static void test_proxy(Fixture *f, gconstpointer data)
{
    (void)data;
    static const struct {
        const char *peer, *user;
        guint status;
        gboolean secure;
    } rows[] = {
        {"192.0.2.1", "clerk", 200, TRUE},      {"192.0.2.1", "nobody", 401, TRUE}, {"192.0.2.1", "", 401, TRUE},
        {"192.0.2.2", "clerk", 401, FALSE}, /* whoever else sends the header */
        {"127.0.0.1", "clerk", 401, FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Exchange) x = ask(f, "queue", ROLE_ANYBODY);
        g_free(x->peer);
        x->peer = g_strdup(rows[i].peer);
        x->proxy_user = g_strdup(rows[i].user);
        x->forwarded_for = g_strdup("203.0.113.9, 198.51.100.7");
        x->forwarded_proto = g_strdup("https");
        g_assert_cmpuint(status_of(f, x), ==, rows[i].status);
        g_assert_cmpint(x->secure, ==, rows[i].secure);
        g_assert_cmpstr(x->address, ==, rows[i].secure ? "198.51.100.7" : rows[i].peer);
    }
    g_autoptr(Exchange) x = ask(f, "entry_comment", ROLE_ANYBODY);
    g_free(x->peer);
    x->peer = g_strdup("192.0.2.1");
    x->proxy_user = g_strdup("clerk");
    g_assert_cmpuint(status_of(f, x), ==, 403); /* the proxy's user needs the token too */
    g_free(x->csrf);
    x->csrf = auth_csrf(&f->desk, x);
    g_clear_pointer(&x->address, g_free);
    ledger_session_clear(&x->session);
    g_assert_cmpuint(status_of(f, x), ==, 200);
}

/* --- small parts ------------------------------------------------------------------------------------------------------------------ */

static void test_throttle(void)
{
    Throttle *throttle = throttle_new();
    gint64 now = HOUR;
    for (int i = 0; i < 6; i++)
        g_assert_cmpuint(throttle_try(throttle, "192.0.2.1", "wang", now), ==, 0);
    g_assert_cmpuint(throttle_try(throttle, "192.0.2.1", "wang", now), ==, 1);
    g_assert_cmpuint(throttle_try(throttle, "192.0.2.1", "li", now), ==, 1);   /* the address waits, whatever the name */
    g_assert_cmpuint(throttle_try(throttle, "192.0.2.2", "wang", now), ==, 1); /* and the name, wherever from */
    g_assert_cmpuint(throttle_try(throttle, "192.0.2.2", "li", now), ==, 0);
    now += G_USEC_PER_SEC;
    g_assert_cmpuint(throttle_try(throttle, "192.0.2.1", "wang", now), ==, 0);
    g_assert_cmpuint(throttle_try(throttle, "192.0.2.1", "wang", now), ==, 2);
    for (int i = 0; i < 30; i++) {
        now += G_GINT64_CONSTANT(1000) * G_USEC_PER_SEC;
        throttle_try(throttle, "192.0.2.1", "wang", now);
    }
    g_assert_cmpuint(throttle_try(throttle, "192.0.2.1", "zhao", now), ==, 900);
    g_assert_cmpuint(throttle_try(throttle, "192.0.2.9", "wang", now), ==, 60); /* nobody can lock a colleague out for long */
    throttle_good(throttle, "192.0.2.1", "wang");
    g_assert_cmpuint(throttle_try(throttle, "192.0.2.1", "wang", now), ==, 0);
    /* A stranger who takes each try that the name is given does not keep its owner out of where he logged in before. */
    for (int i = 0; i < 20; i++)
        throttle_try(throttle, "192.0.2.66", "wang", now += G_GINT64_CONSTANT(900) * G_USEC_PER_SEC);
    g_assert_cmpuint(throttle_try(throttle, "192.0.2.9", "wang", now), ==, 60);
    g_assert_cmpuint(throttle_try(throttle, "192.0.2.1", "wang", now), ==, 0);
    throttle_free(throttle);
}

static void test_passwords(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *hash = password_hash("正确的密码一二三四五", &error);
    g_assert_no_error(error);
    g_assert_true(g_str_has_prefix(hash, "$argon2id$"));
    g_assert_true(password_right(hash, "正确的密码一二三四五"));
    g_assert_false(password_right(hash, "正确的密码一二三四六"));
    g_assert_false(password_right(hash, ""));
    g_assert_null(password_hash("短密码", &error));
    g_assert_error(error, FAILURE, FAILURE_DATA);
    guint8 one[LEDGER_TOKEN_BYTES], other[LEDGER_TOKEN_BYTES];
    g_autofree char *token = token_new(one), *second = token_new(other);
    g_assert_cmpstr(token, !=, second);
    g_assert_true(token_hash(token, other));
    g_assert_cmpmem(one, sizeof one, other, sizeof other);
    g_assert_false(token_hash("", other) || token_hash("short", other));
}

static void test_file_names(void)
{
    static const struct {
        const char *name, *clean;
    } rows[] = {
        {"承诺书.pdf", "承诺书.pdf"},
        {"../../etc/passwd", "_.._etc_passwd"},
        {"C:\\Windows\\x.exe", "C__Windows_x.exe"},
        {"a\r\nSet-Cookie: x=1", "a Set-Cookie_ x=1"},
        {"x\"; filename=evil.html", "x__ filename=evil.html"},
        {"\xe2\x80\xae" "fdp.exe", "fdp.exe"},
        {".htaccess", "htaccess"},
        {"-rf", "rf"},
        {"name. . .", "name"},
        {"...", "file"},
        {"", "file"},
        {NULL, "file"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *clean = exchange_file_name(rows[i].name, "file");
        g_assert_cmpstr(clean, ==, rows[i].clean);
    }
    g_autoptr(Exchange) x = exchange_new("GET", "/");
    reply_attachment(x, "承诺 书\"\r\n.pdf");
    const char *value = g_ptr_array_index(x->answer.headers, 1);
    for (const char *p = value; *p; p++)
        g_assert_true((guchar)*p < 0x80 && !g_ascii_iscntrl(*p));
    g_assert_nonnull(strstr(value, "filename*=UTF-8''%E6%89%BF%E8%AF%BA%20%E4%B9%A6"));
}

static void test_bodies(void)
{
    static const char *const bad[] = {"", "[]", "1", "{", "{\"a\":1,\"a\":2}", "{\"a\":\"\xff\"}", "null", "{} {}"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Exchange) x = exchange_new("POST", "/");
        g_byte_array_append(x->body, (const guint8 *)bad[i], (guint)strlen(bad[i]));
        g_assert_null(js_body(x, &error));
        g_assert_error(error, FAILURE, FAILURE_USAGE);
    }
    g_autoptr(Exchange) x = exchange_new("POST", "/");
    g_autoptr(GString) deep = g_string_new("{\"a\":");
    for (int i = 0; i < 100000; i++)
        g_string_append_c(deep, '[');
    g_byte_array_append(x->body, (const guint8 *)deep->str, (guint)deep->len);
    g_assert_null(js_body(x, NULL));
}

static void test_members(void)
{
    const char *text;
    gint64 id;
    json_t *body = json_loads("{\"t\":\"x\\u0000y\",\"n\":\"1\",\"big\":1e3,\"minus\":-4,\"null\":null,\"good\":\"好\",\"id\":7}", JSON_ALLOW_NUL, NULL);
    g_assert_false(js_get_text(body, "t", TRUE, 10, &text, NULL)); /* a NUL would cut it short */
    g_assert_false(js_get_text(body, "absent", TRUE, 10, &text, NULL));
    g_assert_false(js_get_text(body, "null", TRUE, 10, &text, NULL));
    g_assert_false(js_get_text(body, "id", FALSE, 10, &text, NULL));
    g_assert_false(js_get_text(body, "good", TRUE, 0, &text, NULL));
    g_assert_true(js_get_text(body, "good", TRUE, 1, &text, NULL));
    g_assert_false(js_get_id(body, "n", TRUE, &id, NULL) || js_get_id(body, "big", TRUE, &id, NULL) || js_get_id(body, "minus", TRUE, &id, NULL));
    g_assert_true(js_get_id(body, "id", TRUE, &id, NULL) && id == 7);
    g_assert_true(js_get_id(body, "null", FALSE, &id, NULL) && id == 0);
    json_decref(body);
}

static void test_places(void)
{
    static const char *const bad[] = {"1", "1_", "_1", "a_1", "1_-1", "1_1_1", "99999999999999999999_1", "1_1 "};
    gint64 key, id;
    g_autofree char *text = place_text(-5, 12);
    g_assert_true(place_parse(text, &key, &id, NULL) && key == -5 && id == 12);
    g_assert_true(place_parse(NULL, &key, &id, NULL) && key == 0 && id == 0);
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(place_parse(bad[i], &key, &id, NULL));
}

static void test_pages(void)
{
    static const char *const bad[] = {"/../conf", "/.git/config", "/a/../../b.js", "//etc/passwd", "/index.php", "/x\ny.js", "/%2e%2e/x.js", "/a/.x.js"};
    g_autofree char *dir = g_dir_make_tmp("shouwen-web-XXXXXX", NULL), *file = g_build_filename(dir, "index.html", NULL);
    g_file_set_contents(file, "<!doctype html>", -1, NULL);
    Desk desk = {.web = dir};
    g_autoptr(Exchange) x = exchange_new("GET", "/");
    pages_answer(&desk, x);
    g_assert_cmpuint(x->answer.status, ==, 200);
    g_assert_cmpstr(x->answer.type, ==, "text/html; charset=utf-8");
    g_autoptr(Exchange) same = exchange_new("GET", "/");
    same->if_none_match = g_strdup(g_ptr_array_index(x->answer.headers, 1));
    pages_answer(&desk, same);
    g_assert_cmpuint(same->answer.status, ==, 304);
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(Exchange) y = exchange_new("GET", bad[i]);
        pages_answer(&desk, y);
        g_assert_cmpuint(y->answer.status, ==, 404);
    }
    g_unlink(file);
    g_rmdir(dir);
}

static void test_zip_limits(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = NULL;
    int fd = g_file_open_tmp("shouwen-zip-XXXXXX", &name, NULL);
    g_assert_cmpint(write(fd, "abcdefgh", 8), ==, 8);
    int out = dup(fd);
    g_autoptr(Zip) zip = zip_new(out, 60);
    g_assert_true(zip_add(zip, "a", fd, 0, 0, NULL));
    g_assert_false(zip_add(zip, "a", fd, 0, 60, &error));
    g_assert_error(error, FAILURE, FAILURE_DATA);
    close(out);
    close(fd);
    g_unlink(name);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/desk/routes/described", test_described);
    g_test_add_func("/desk/routes/matching", test_matching);
    g_test_add("/desk/rights/matrix", Fixture, NULL, set_up, test_matrix, tear_down);
    g_test_add("/desk/rights/forged", Fixture, NULL, set_up, test_forged, tear_down);
    g_test_add("/desk/rights/proxy", Fixture, NULL, set_up, test_proxy, tear_down);
    g_test_add_func("/desk/throttle", test_throttle);
    g_test_add_func("/desk/passwords", test_passwords);
    g_test_add_func("/desk/file-names", test_file_names);
    g_test_add_func("/desk/bodies", test_bodies);
    g_test_add_func("/desk/members", test_members);
    g_test_add_func("/desk/places", test_places);
    g_test_add_func("/desk/pages", test_pages);
    g_test_add_func("/desk/zip-limits", test_zip_limits);
    return g_test_run();
}
