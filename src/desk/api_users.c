/* api_users.c: accounts, for administrators. */
#include "base/failure.h"
#include "desk/api.h"
#include "desk/entries.h"
#include "desk/password.h"

#define NAME_CHARS 200
#define PASSWORD_CHARS 1000

typedef struct {
    const char *zone;
    json_t *list;
} Listing;

static json_t *user_json(const LedgerUser *user, const char *zone)
{
    return json_pack("{s:I, s:o, s:o, s:o, s:b, s:b, s:o, s:o}", "id", (json_int_t)user->id, "name", js_text(user->name), "shown",
                     js_text(user->shown), "role", js_text(user->role), "disabled", user->disabled != 0, "has_password",
                     user->has_password, "created", js_instant(user->created, zone), "seen", js_instant(user->seen, zone));
}

static void add_user(const LedgerUser *user, gpointer data)
{
    Listing *listing = data;
    json_array_append_new(listing->list, user_json(user, listing->zone));
}

gboolean run_users(Worker *w, Exchange *x, GError **error)
{
    json_auto_t *list = json_array();
    Listing listing = {w->desk->zone, list};
    if (!ledger_users(w->ledger, add_user, &listing, error))
        return FALSE;
    reply_json(x, 200, json_pack("{s:O}", "users", list));
    return TRUE;
}

static gboolean answer_user(Worker *w, Exchange *x, guint status, gint64 id, GError **error)
{
    json_auto_t *list = json_array();
    Listing listing = {w->desk->zone, list};
    if (!ledger_user_get(w->ledger, id, add_user, &listing, error))
        return not_there("user", error);
    reply_json(x, status, json_incref(json_array_get(list, 0)));
    return TRUE;
}

typedef struct {
    LedgerUser user;
    char *hash;
    int disabled;
} Change;

static gboolean write_new(Worker *w, Exchange *x, gpointer data, GError **error)
{
    Change *change = data;
    return ledger_user_add(w->ledger, &change->user, change->hash, x->session.name, &change->user.id, error);
}

gboolean run_user_add(Worker *w, Exchange *x, GError **error)
{
    Change change = {0};
    const char *password;
    json_auto_t *body = js_body(x, error);
    if (!body || !js_get_text(body, "name", TRUE, NAME_CHARS, &change.user.name, error) ||
        !js_get_text(body, "shown", FALSE, NAME_CHARS, &change.user.shown, error) ||
        !js_get_text(body, "role", TRUE, NAME_CHARS, &change.user.role, error) ||
        !js_get_text(body, "password", FALSE, PASSWORD_CHARS, &password, error))
        return FALSE;
    g_autofree char *hash = password ? password_hash(password, error) : NULL;
    change.hash = hash;
    if ((password && !hash) || !worker_write(w, x, write_new, &change, error))
        return FALSE;
    return answer_user(w, x, 201, change.user.id, error);
}

static gboolean write_change(Worker *w, Exchange *x, gpointer data, GError **error)
{
    Change *change = data;
    return ledger_user_change(w->ledger, x->ids[0], change->user.shown, change->user.role, change->disabled, x->session.name, error);
}

gboolean run_user_change(Worker *w, Exchange *x, GError **error)
{
    Change change = {.disabled = -1};
    json_auto_t *body = js_body(x, error);
    if (!body || !js_get_text(body, "shown", FALSE, NAME_CHARS, &change.user.shown, error) ||
        !js_get_text(body, "role", FALSE, NAME_CHARS, &change.user.role, error) ||
        !js_get_bool(body, "disabled", &change.disabled, error) || !worker_write(w, x, write_change, &change, error))
        return FALSE;
    return answer_user(w, x, 200, x->ids[0], error);
}

static gboolean write_password(Worker *w, Exchange *x, gpointer hash, GError **error)
{
    return ledger_user_set_password(w->ledger, x->ids[0], hash, NULL, x->session.name, error);
}

gboolean run_user_password(Worker *w, Exchange *x, GError **error)
{
    const char *password;
    json_auto_t *body = js_body(x, error);
    if (!body || !js_get_text(body, "password", TRUE, PASSWORD_CHARS, &password, error))
        return FALSE;
    g_autofree char *hash = password_hash(password, error);
    if (!hash || !worker_write(w, x, write_password, hash, error))
        return FALSE;
    reply_nothing(x);
    return TRUE;
}
