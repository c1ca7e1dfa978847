#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/limits.h"
#include "base/text.h"
#include "desk/exchange.h"
#include "desk/json.h"

Exchange *exchange_new(const char *method, const char *path)
{
    Exchange *x = g_new0(Exchange, 1);
    x->method = g_strdup(method);
    x->path = g_strdup(path);
    x->query = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    x->body = g_byte_array_new();
    x->answer.file = -1;
    x->answer.headers = g_ptr_array_new_with_free_func(g_free);
    return x;
}

void exchange_free(Exchange *x)
{
    if (!x)
        return;
    char **texts[] = {&x->method,       &x->path,           &x->host,       &x->origin,     &x->fetch_site,    &x->content_type,
                      &x->csrf,         &x->token,          &x->forwarded_for, &x->forwarded_proto, &x->proxy_user, &x->last_event,
                      &x->if_none_match, &x->peer,          &x->address,    &x->word[0],    &x->word[1]};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(*texts[i]);
    g_hash_table_unref(x->query);
    if (x->body->len > 0)
        explicit_bzero(x->body->data, x->body->len); /* it may hold a password */
    g_byte_array_unref(x->body);
    ledger_session_clear(&x->session);
    g_clear_pointer(&x->answer.body, g_bytes_unref);
    if (x->answer.file >= 0)
        close(x->answer.file);
    g_ptr_array_unref(x->answer.headers);
    g_free(x);
}

const char *exchange_query(const Exchange *x, const char *name)
{
    const char *value = g_hash_table_lookup(x->query, name);
    return value && *value ? value : NULL;
}

void reply_header(Exchange *x, const char *name, const char *value)
{
    g_ptr_array_add(x->answer.headers, g_strdup(name));
    g_ptr_array_add(x->answer.headers, g_strdup(value));
}

void reply_bytes(Exchange *x, guint status, const char *type, GBytes *body)
{
    g_clear_pointer(&x->answer.body, g_bytes_unref);
    x->answer.status = status;
    x->answer.type = type;
    x->answer.body = body;
}

void reply_json(Exchange *x, guint status, json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(json);
    reply_bytes(x, status, "application/json; charset=utf-8", g_bytes_new_with_free_func(text, strlen(text), free, text));
}

void reply_nothing(Exchange *x)
{
    reply_bytes(x, 204, NULL, g_bytes_new_static("", 0));
}

static json_t *error_object(const char *code, const char *message)
{
    g_autofree char *plain = text_plain(message, LIMIT_TITLE_BYTES);
    return json_pack("{s:s, s:s}", "code", code, "message", plain);
}

void reply_refuse(Exchange *x, guint status, const char *code, const char *message)
{
    reply_json(x, status, json_pack("{s:o}", "error", error_object(code, message)));
}

gboolean reply_error(Exchange *x, const GError *error)
{
    static const struct {
        FailureCode failure;
        guint status;
        const char *code;
    } rows[] = {
        {FAILURE_USAGE, 400, "bad-request"},     {FAILURE_NOINPUT, 404, "not-found"}, {FAILURE_DATA, 422, "unprocessable"},
        {FAILURE_CONFLICT, 409, "conflict"},     {FAILURE_DENIED, 403, "forbidden"},  {FAILURE_AGAIN, 503, "temporary"},
        {FAILURE_UNAVAILABLE, 503, "temporary"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        if (g_error_matches(error, FAILURE, (gint)rows[i].failure)) {
            reply_refuse(x, rows[i].status, rows[i].code, error->message);
            return rows[i].status == 503;
        }
    reply_refuse(x, 500, "failed", "the desk failed; its log tells more");
    return TRUE;
}

/* --- names of files ------------------------------------------------------------------------------------------------------ */

char *exchange_file_name(const char *name, const char *fallback)
{
    g_autofree char *plain = text_plain(name ? name : "", LIMIT_NAME_CHARS);
    for (char *p = plain; *p; p++)
        if (strchr("/\\:*?\"<>|;%", *p))
            *p = '_';
    char *start = g_strstrip(plain);
    while (*start == '.' || *start == '-')
        start++;
    gsize length = strlen(start);
    while (length > 0 && strchr(". ", start[length - 1]))
        start[--length] = 0; /* Windows drops them, and with them tells two names apart no more */
    return g_strdup(*start ? start : fallback);
}

void reply_attachment(Exchange *x, const char *name)
{
    g_autofree char *clean = exchange_file_name(name, "file"), *ascii = g_strdup(clean);
    g_autofree char *encoded = g_uri_escape_string(clean, NULL, FALSE);
    for (char *p = ascii; *p; p++)
        if ((guchar)*p >= 0x80 || g_ascii_iscntrl(*p))
            *p = '_';
    g_autofree char *value = g_strdup_printf("attachment; filename=\"%s\"; filename*=UTF-8''%s", ascii, encoded);
    reply_header(x, "Content-Disposition", value);
}

void reply_sandboxed(Exchange *x, const char *html)
{
    reply_bytes(x, 200, "text/html; charset=utf-8", g_bytes_new(html, strlen(html)));
    x->answer.policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";
}
