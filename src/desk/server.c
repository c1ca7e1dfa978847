#include <string.h>

#include "base/failure.h"
#include "base/text.h"
#include "desk/auth.h"
#include "desk/entries.h"
#include "desk/json.h"
#include "desk/pages.h"
#include "desk/routes.h"
#include "desk/server.h"
#include "ledger/lookup.h"
#include "stages/log.h"

static gboolean is_api(const Exchange *x)
{
    return g_str_has_prefix(x->path, "/api/");
}

static gboolean find_route(Exchange *x)
{
    gboolean other = FALSE;
    if (g_str_has_prefix(x->path, API_PREFIX "/"))
        x->route = route_find(x, x->method, x->path + strlen(API_PREFIX), &other);
    if (x->route)
        return TRUE;
    if (other)
        reply_refuse(x, 405, "method-not-allowed", "this path takes another method");
    else
        reply_refuse(x, 404, "not-found", "there is no such route");
    return FALSE;
}

gboolean server_begin(Exchange *x, gpointer user)
{
    Desk *desk = user;
    if (is_api(x) && !find_route(x))
        return TRUE;
    if (!auth_admit(desk, x))
        return TRUE;
    if (!x->route && !pages_reads(x))
        return TRUE;
    if (x->route)
        x->body_max = x->route->raw ? (gsize)conf_int(desk->conf, "desk", "upload") : x->route->body_max;
    return FALSE;
}

gboolean server_handle(Exchange *x, gpointer user)
{
    if (x->route)
        return FALSE;
    pages_answer(user, x);
    return TRUE;
}

void server_later(Exchange *x, gpointer user)
{
    Desk *desk = user;
    if (lanes_push(desk->lanes, x->route->lane, x))
        return;
    reply_refuse(x, 503, "temporary", "too much is asked at once; try again in a moment");
    http_answered(x);
}

/* Somebody else changed it: the page says who, when and what. */
static void add_conflict(Worker *w, Exchange *x, const GError *error)
{
    g_autofree char *actor = NULL, *verb = NULL;
    gint64 at = 0, version = entry_version(w->ledger, x->ids[0]);
    if (!version)
        return;
    lookup_last_event(w->ledger, x->ids[0], &actor, &verb, &at);
    json_t *about = json_pack("{s:s, s:o, s:I, s:o, s:o, s:o}", "code", "conflict", "message", js_text(error->message), "version",
                              (json_int_t)version, "by", js_text(actor), "at", js_instant(at, w->desk->zone), "verb", js_text(verb));
    reply_json(x, 409, json_pack("{s:o}", "error", about));
}

/* In a frame people see what is answered: a sentence for them, not JSON. */
static void say_in_frame(Exchange *x, const GError *error)
{
    guint status = x->answer.status;
    g_autofree char *why = text_html(status < 500 && status != 404 ? error->message : "");
    g_autofree char *html = g_strdup_printf("<!doctype html><meta charset=utf-8><title>-</title><p style='font-family:sans-serif'>"
                                            "此处无法显示；可以下载原邮件查看。<br>This cannot be shown here; download the mail.<p style='color:gray'>%s",
                                            why);
    reply_sandboxed(x, html);
    x->answer.status = status;
}

void server_run(Worker *w, Exchange *x)
{
    g_autoptr(GError) error = NULL;
    auth_touch(w, x);
    if (x->route->run(w, x, &error))
        return;
    ledger_rollback(w->ledger);
    if (reply_error(x, error))
        stage_log("desk", "%s: %s", x->route->id, error->message);
    if (x->framed)
        say_in_frame(x, error);
    if (g_error_matches(error, FAILURE, FAILURE_CONFLICT) && g_str_has_prefix(x->route->pattern, "/entries/"))
        add_conflict(w, x, error);
}

gboolean worker_write(Worker *w, Exchange *x, WorkerWrite write, gpointer user, GError **error)
{
    if (!ledger_begin(w->ledger, error))
        return FALSE;
    if (write(w, x, user, error))
        return ledger_commit(w->ledger, error);
    ledger_rollback(w->ledger);
    return FALSE;
}
