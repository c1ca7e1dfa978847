/* api_session.c: who is logged in, the first user, and what every page needs at its beginning. */
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/version.h"
#include "desk/api.h"
#include "desk/auth.h"
#include "desk/changes.h"
#include "desk/json.h"
#include "desk/password.h"
#include "ledger/lookup.h"

#define NAME_CHARS 200
#define PASSWORD_CHARS 1000
#define VIEW_NAME_CHARS 60
#define VIEW_QUERY_CHARS 1000

static json_t *session_json(Worker *w, const Exchange *x)
{
    const Conf *conf = w->desk->conf;
    const LedgerSession *session = &x->session;
    g_autofree char *csrf = auth_csrf(w->desk, x);
    json_t *user = session->name ? json_pack("{s:I, s:o, s:o, s:o, s:b}", "id", (json_int_t)session->user, "name", js_text(session->name),
                                             "shown", js_text(session->shown), "role", js_text(session->role), "has_password",
                                             session->has_password)
                                 : json_null();
    json_t *office = json_pack("{s:o, s:o}", "zh", js_text(conf_string(conf, "office", "name_zh")), "en",
                               js_text(conf_string(conf, "office", "name_en")));
    return json_pack("{s:o, s:o, s:b, s:b, s:o, s:o, s:s}", "user", user, "csrf", js_text(csrf), "setup", !ledger_has_users(w->ledger),
                     "proxy", x->by_proxy, "office", office, "zone", js_text(w->desk->zone), "version", SHOUWEN_VERSION);
}

gboolean run_session_show(Worker *w, Exchange *x, GError **error)
{
    (void)error;
    reply_json(x, 200, session_json(w, x));
    return TRUE;
}

/* --- logging in -------------------------------------------------------------------------------------------------------------- */

/* TRUE: the try may go on. Else X is answered. */
static gboolean may_try(Worker *w, Exchange *x, const char *name)
{
    guint wait = throttle_try(w->desk->throttle, x->address, name, clock_mono());
    if (wait == 0)
        return TRUE;
    g_autofree char *seconds = g_strdup_printf("%u", wait);
    reply_json(x, 429, json_pack("{s:{s:s, s:s, s:i}}", "error", "code", "too-many", "message", "too many tries; wait a little",
                                  "retry_after", (int)wait));
    reply_header(x, "Retry-After", seconds);
    return FALSE;
}

static gboolean write_session(Worker *w, Exchange *x, gpointer user, GError **error)
{
    return auth_begin_session(w, x, *(gint64 *)user, error);
}

gboolean run_session_open(Worker *w, Exchange *x, GError **error)
{
    const char *name, *password;
    json_auto_t *body = js_body(x, error);
    if (!body || !js_get_text(body, "name", TRUE, NAME_CHARS, &name, error) ||
        !js_get_text(body, "password", TRUE, PASSWORD_CHARS, &password, error))
        return FALSE;
    if (!may_try(w, x, name))
        return TRUE;
    /* A name that does not exist takes as long as a wrong password. */
    gint64 user = ledger_user_named(w->ledger, name);
    g_autofree char *hash = user ? ledger_user_password(w->ledger, user) : NULL;
    if (!password_right(hash ? hash : w->desk->no_password, password) || !hash) {
        reply_refuse(x, 403, "forbidden", "name or password is wrong");
        return TRUE;
    }
    throttle_good(w->desk->throttle, x->address, name);
    if (!worker_write(w, x, write_session, &user, error))
        return FALSE;
    reply_json(x, 200, session_json(w, x));
    return TRUE;
}

static gboolean write_end(Worker *w, Exchange *x, gpointer user, GError **error)
{
    (void)user;
    return auth_end_session(w, x, error);
}

gboolean run_session_close(Worker *w, Exchange *x, GError **error)
{
    if (!worker_write(w, x, write_end, NULL, error))
        return FALSE;
    reply_nothing(x);
    return TRUE;
}

/* --- the first user ------------------------------------------------------------------------------------------------------------ */

typedef struct {
    LedgerUser user;
    char *hash;
} First;

static gboolean write_first(Worker *w, Exchange *x, gpointer data, GError **error)
{
    const First *first = data;
    gint64 id;
    if (ledger_has_users(w->ledger)) {
        g_set_error(error, FAILURE, FAILURE_NOINPUT, "there are users already");
        return FALSE;
    }
    return ledger_user_add(w->ledger, &first->user, first->hash, first->user.name, &id, error) && ledger_setup_token_set(w->ledger, NULL, error) &&
           auth_begin_session(w, x, id, error);
}

static gboolean token_fits(Worker *w, const char *token)
{
    guint8 hash[LEDGER_TOKEN_BYTES];
    g_autofree char *kept = ledger_setup_token(w->ledger);
    if (!kept || !token_hash(token, hash))
        return FALSE;
    g_autofree char *given = token_hex(hash);
    return token_equal(kept, given);
}

gboolean run_setup(Worker *w, Exchange *x, GError **error)
{
    const char *token, *name, *shown, *password;
    json_auto_t *body = js_body(x, error);
    if (!body || !js_get_text(body, "token", TRUE, NAME_CHARS, &token, error) || !js_get_text(body, "name", TRUE, NAME_CHARS, &name, error) ||
        !js_get_text(body, "shown", FALSE, NAME_CHARS, &shown, error) ||
        !js_get_text(body, "password", TRUE, PASSWORD_CHARS, &password, error))
        return FALSE;
    if (ledger_has_users(w->ledger)) {
        g_set_error(error, FAILURE, FAILURE_NOINPUT, "there are users already");
        return FALSE;
    }
    if (!may_try(w, x, "setup"))
        return TRUE;
    if (!token_fits(w, token)) {
        reply_refuse(x, 403, "forbidden", "that is not the token; 'shouwen user setup' prints a new one");
        return TRUE;
    }
    throttle_good(w->desk->throttle, x->address, "setup");
    g_autofree char *hash = password_hash(password, error);
    First first = {{.name = name, .shown = shown, .role = "administrator"}, hash};
    if (!hash || !worker_write(w, x, write_first, &first, error))
        return FALSE;
    reply_json(x, 201, session_json(w, x));
    return TRUE;
}

/* --- one's own password ---------------------------------------------------------------------------------------------------------- */

static gboolean write_password(Worker *w, Exchange *x, gpointer hash, GError **error)
{
    guint8 token[LEDGER_TOKEN_BYTES];
    gboolean keep = x->token && token_hash(x->token, token);
    return ledger_user_set_password(w->ledger, x->session.user, hash, keep ? token : NULL, x->session.name, error);
}

gboolean run_password_change(Worker *w, Exchange *x, GError **error)
{
    const char *old, *fresh;
    json_auto_t *body = js_body(x, error);
    if (!body || !js_get_text(body, "old", TRUE, PASSWORD_CHARS, &old, error) ||
        !js_get_text(body, "new", TRUE, PASSWORD_CHARS, &fresh, error))
        return FALSE;
    if (!may_try(w, x, x->session.name))
        return TRUE;
    g_autofree char *hash = ledger_user_password(w->ledger, x->session.user);
    if (!password_right(hash ? hash : w->desk->no_password, old) || !hash) {
        reply_refuse(x, 403, "forbidden", "the old password is wrong");
        return TRUE;
    }
    throttle_good(w->desk->throttle, x->address, x->session.name);
    g_autofree char *renewed = password_hash(fresh, error);
    if (!renewed || !worker_write(w, x, write_password, renewed, error))
        return FALSE;
    reply_nothing(x);
    return TRUE;
}

/* --- for every page --------------------------------------------------------------------------------------------------------------- */

gboolean run_openapi(Worker *w, Exchange *x, GError **error)
{
    gsize length;
    char *text;
    g_autofree char *file = g_build_filename(w->desk->web, "openapi.json", NULL);
    if (!g_file_get_contents(file, &text, &length, NULL)) {
        g_set_error(error, FAILURE, FAILURE_NOINPUT, "openapi.json is not installed");
        return FALSE;
    }
    reply_bytes(x, 200, "application/json; charset=utf-8", g_bytes_new_take(text, length));
    return TRUE;
}

/* names.conf has groups "kind ID", "field ID", "severity ID", each with zh and en. */
gboolean run_names(Worker *w, Exchange *x, GError **error)
{
    static const char *const rooms[][2] = {{"kind ", "kinds"}, {"field ", "fields"}, {"severity ", "severities"}, {"state ", "states"}, {"duty ", "duties"}};
    g_autofree char *dir = conf_path(w->desk->conf, "general", "templates"), *file = g_build_filename(dir, "names.conf", NULL);
    g_autoptr(GKeyFile) names = g_key_file_new();
    if (!g_key_file_load_from_file(names, file, G_KEY_FILE_NONE, error))
        return FALSE;
    json_t *all = json_object();
    for (gsize i = 0; i < G_N_ELEMENTS(rooms); i++)
        json_object_set_new(all, rooms[i][1], json_object());
    g_auto(GStrv) groups = g_key_file_get_groups(names, NULL);
    for (char **group = groups; *group; group++)
        for (gsize i = 0; i < G_N_ELEMENTS(rooms); i++) {
            if (!g_str_has_prefix(*group, rooms[i][0]))
                continue;
            const char *id = *group + strlen(rooms[i][0]);
            g_autofree char *zh = g_key_file_get_string(names, *group, "zh", NULL), *en = g_key_file_get_string(names, *group, "en", NULL);
            json_object_set_new(json_object_get(all, rooms[i][1]), id, json_pack("{s:o, s:o}", "zh", js_text(zh ? zh : id), "en", js_text(en ? en : id)));
        }
    reply_json(x, 200, all);
    return TRUE;
}

gboolean run_events(Worker *w, Exchange *x, GError **error)
{
    gint64 newest, last = 0;
    if (!query_number(x, "after", 1, G_MAXINT64, 0, &last, error))
        return FALSE;
    Stream *stream = stream_new(w->desk->http, x);
    if (!stream) {
        g_set_error(error, FAILURE, FAILURE_AGAIN, "too many browsers watch already");
        return FALSE;
    }
    /* After the stream is known: nothing is missed between. What a browser heard last is newer than what its page's address says. */
    if (x->last_event)
        g_ascii_string_to_signed(x->last_event, 10, 1, G_MAXINT64, &last, NULL);
    g_autofree char *missed = last ? changes_since(w->ledger, last, &newest) : NULL;
    g_autofree char *here = g_strdup_printf("event: here\nid: %" G_GINT64_FORMAT "\ndata:\n\n", lookup_newest_event(w->ledger));
    stream_say(stream, missed ? missed : here);
    x->answer.status = 200;
    x->answer.type = "text/event-stream";
    x->answer.stream = stream;
    reply_header(x, "X-Accel-Buffering", "no");
    return TRUE;
}

static void add_person(const LedgerUser *user, gpointer list)
{
    if (!user->disabled)
        json_array_append_new(list, json_pack("{s:I, s:o, s:o}", "id", (json_int_t)user->id, "name", js_text(user->name), "shown",
                                              js_text(user->shown)));
}

gboolean run_people(Worker *w, Exchange *x, GError **error)
{
    json_auto_t *list = json_array();
    if (!ledger_users(w->ledger, add_person, list, error))
        return FALSE;
    reply_json(x, 200, json_pack("{s:O}", "people", list));
    return TRUE;
}

/* --- saved views -------------------------------------------------------------------------------------------------------------------- */

static json_t *view_json(gint64 id, const char *name, const char *query)
{
    return json_pack("{s:I, s:o, s:o}", "id", (json_int_t)id, "name", js_text(name), "query", js_text(query));
}

static void add_view(gint64 id, const char *name, const char *query, gpointer list)
{
    json_array_append_new(list, view_json(id, name, query));
}

gboolean run_views(Worker *w, Exchange *x, GError **error)
{
    json_auto_t *list = json_array();
    if (!ledger_views(w->ledger, x->session.user, add_view, list, error))
        return FALSE;
    reply_json(x, 200, json_pack("{s:O}", "views", list));
    return TRUE;
}

typedef struct {
    const char *name, *query;
    gint64 id;
} View;

static gboolean write_view(Worker *w, Exchange *x, gpointer data, GError **error)
{
    View *view = data;
    return ledger_view_save(w->ledger, x->session.user, view->name, view->query, &view->id, error);
}

gboolean run_view_save(Worker *w, Exchange *x, GError **error)
{
    View view = {0};
    json_auto_t *body = js_body(x, error);
    if (!body || !js_get_text(body, "name", TRUE, VIEW_NAME_CHARS, &view.name, error) ||
        !js_get_text(body, "query", FALSE, VIEW_QUERY_CHARS, &view.query, error))
        return FALSE;
    view.query = view.query ? view.query : "";
    if (!worker_write(w, x, write_view, &view, error))
        return FALSE;
    reply_json(x, 201, view_json(view.id, view.name, view.query));
    return TRUE;
}

static gboolean write_no_view(Worker *w, Exchange *x, gpointer user, GError **error)
{
    (void)user;
    return ledger_view_delete(w->ledger, x->session.user, x->ids[0], error);
}

gboolean run_view_delete(Worker *w, Exchange *x, GError **error)
{
    if (!worker_write(w, x, write_no_view, NULL, error))
        return FALSE;
    reply_nothing(x);
    return TRUE;
}
