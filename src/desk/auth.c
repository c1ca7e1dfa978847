#include <string.h>

#include "base/clock.h"
#include "desk/auth.h"
#include "desk/password.h"
#include "desk/routes.h"

#define SEEN_USEC (60 * G_USEC_PER_SEC)

static const char *const roles[] = {"anonymous", "reader", "clerk", "reviewer", "administrator"};

const char *role_name(Role role)
{
    return roles[role];
}

static Role role_of(const char *name)
{
    for (guint i = ROLE_READER; i < G_N_ELEMENTS(roles); i++)
        if (g_strcmp0(name, roles[i]) == 0)
            return (Role)i;
    return ROLE_ANYBODY;
}

/* --- where it comes from ---------------------------------------------------------------------------------------------------- */

/* HOST without its port: "desk.example.cn", "[::1]". Caller frees. */
static char *host_name(const char *host)
{
    const char *colon = *host == '[' ? strchr(host, ']') : strchr(host, ':');
    gsize length = !colon ? strlen(host) : (gsize)(colon - host) + (*host == '[');
    return g_ascii_strdown(host, (gssize)length);
}

/* A browser that was led here by another name (DNS rebinding) would take us for that site. */
static gboolean host_is_ours(const Desk *desk, const char *host)
{
    g_autofree char *name = host ? host_name(host) : NULL;
    for (guint i = 0; name && i < desk->hosts->len; i++)
        if (g_str_equal(name, g_ptr_array_index(desk->hosts, i)))
            return TRUE;
    return FALSE;
}

static gboolean origin_is_ours(const Exchange *x)
{
    if (x->fetch_site && !g_str_equal(x->fetch_site, "same-origin") && !g_str_equal(x->fetch_site, "none"))
        return FALSE;
    if (!x->origin)
        return TRUE; /* no browser: the token has to do */
    const char *host = strstr(x->origin, "://");
    return host && x->host && g_ascii_strcasecmp(host + strlen("://"), x->host) == 0;
}

/* What the proxy says of the browser is believed of that proxy only. */
static void believe_proxy(const Desk *desk, Exchange *x)
{
    x->address = g_strdup(x->peer);
    gboolean proxy = *desk->proxy && g_str_equal(x->peer, desk->proxy);
    if (!proxy) {
        g_clear_pointer(&x->proxy_user, g_free);
        return;
    }
    x->secure |= x->forwarded_proto && g_str_equal(x->forwarded_proto, "https");
    const char *last = x->forwarded_for ? strrchr(x->forwarded_for, ',') : NULL;
    const char *said = last ? last + 1 : x->forwarded_for;
    if (said && *said) {
        g_free(x->address);
        x->address = g_strstrip(g_strndup(said, 100));
    }
}

/* --- who -------------------------------------------------------------------------------------------------------------------- */

static void find_session(Desk *desk, Exchange *x)
{
    guint8 token[LEDGER_TOKEN_BYTES];
    gint64 now = clock_now();
    if (x->proxy_user && *x->proxy_user)
        x->by_proxy = ledger_session_for(desk->glance, x->proxy_user, &x->session);
    else if (x->token && token_hash(x->token, token))
        ledger_session_get(desk->glance, token, now - desk->idle, now - desk->absolute, &x->session);
    x->role = role_of(x->session.role);
}

char *auth_csrf(const Desk *desk, const Exchange *x)
{
    if (!x->session.name || !x->by_proxy)
        return g_strdup(x->session.csrf);
    return g_compute_hmac_for_string(G_CHECKSUM_SHA256, desk->key, sizeof desk->key, x->session.name, -1);
}

static gboolean csrf_is_right(const Desk *desk, const Exchange *x)
{
    g_autofree char *token = auth_csrf(desk, x);
    return token && x->csrf && token_equal(token, x->csrf);
}

static gboolean refuse(Exchange *x, guint status, const char *code, const char *message)
{
    reply_refuse(x, status, code, message);
    return FALSE;
}

static gboolean is_safe(const Exchange *x)
{
    return g_str_equal(x->method, "GET") || g_str_equal(x->method, "HEAD");
}

gboolean auth_admit(Desk *desk, Exchange *x)
{
    believe_proxy(desk, x);
    if (!host_is_ours(desk, x->host))
        return refuse(x, 403, "forbidden", "the desk does not go by that name; see setting [desk] hosts");
    if (!x->route)
        return TRUE;
    find_session(desk, x);
    if (x->role < x->route->role && x->role == ROLE_ANYBODY)
        return refuse(x, 401, "unauthenticated", "log in first");
    if (x->role < x->route->role)
        return refuse(x, 403, "forbidden", "your role does not allow that");
    if (is_safe(x))
        return TRUE;
    if (!origin_is_ours(x) || (x->route->role > ROLE_ANYBODY && !csrf_is_right(desk, x)))
        return refuse(x, 403, "csrf", "the request did not come from a page of the desk, or that page is too old: load it again");
    const char *type = x->route->raw ? "application/octet-stream" : "application/json";
    if (x->route->body_max > 0 && (!x->content_type || !g_str_has_prefix(x->content_type, type)))
        return refuse(x, 400, "bad-request", "the body has another Content-Type than this route takes");
    return TRUE;
}

/* --- sessions ----------------------------------------------------------------------------------------------------------------- */

/* A browser watches events for as long as its page stands there, whether somebody sits before it or not. */
static gboolean is_unattended(const Exchange *x)
{
    return x->unattended || g_str_equal(x->route->id, "events");
}

void auth_touch(Worker *w, const Exchange *x)
{
    guint8 token[LEDGER_TOKEN_BYTES];
    gint64 age = clock_now() - x->session.seen;
    if (!x->session.name || x->by_proxy || is_unattended(x) || age < MIN(SEEN_USEC, w->desk->idle / 4) || !x->token || !token_hash(x->token, token))
        return;
    /* A ledger that is busy just now costs nothing: the next request tries again. */
    if (!ledger_begin(w->ledger, NULL))
        return;
    if (ledger_session_seen(w->ledger, token, NULL))
        ledger_commit(w->ledger, NULL);
    else
        ledger_rollback(w->ledger);
}

static void set_cookie(Exchange *x, const char *token, gint64 seconds)
{
    g_autofree char *cookie = g_strdup_printf("shouwen=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%" G_GINT64_FORMAT "%s", token,
                                              seconds, x->secure ? "; Secure" : "");
    reply_header(x, "Set-Cookie", cookie);
}

gboolean auth_begin_session(Worker *w, Exchange *x, gint64 user, GError **error)
{
    guint8 hash[LEDGER_TOKEN_BYTES], unused[LEDGER_TOKEN_BYTES];
    g_autofree char *token = token_new(hash), *csrf = token_new(unused);
    gint64 now = clock_now(), idle = w->desk->idle, absolute = w->desk->absolute;
    if (!ledger_session_add(w->ledger, hash, user, csrf, now - idle, now - absolute, error))
        return FALSE;
    ledger_session_clear(&x->session);
    ledger_session_get(w->ledger, hash, now - idle, now - absolute, &x->session);
    x->role = role_of(x->session.role);
    set_cookie(x, token, absolute / G_USEC_PER_SEC);
    return TRUE;
}

gboolean auth_end_session(Worker *w, Exchange *x, GError **error)
{
    guint8 token[LEDGER_TOKEN_BYTES];
    if (x->token && token_hash(x->token, token) && !ledger_session_end(w->ledger, token, error))
        return FALSE;
    set_cookie(x, "", 0);
    return TRUE;
}
