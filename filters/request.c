#include <jansson.h>

#include "base/clock.h"
#include "request.h"

static void skip_free(gpointer data)
{
    Skip *skip = data;
    g_free(skip->path);
    g_free(skip);
}

void request_free(Request *request)
{
    if (!request)
        return;
    g_free(request->name);
    g_free(request->path);
    g_ptr_array_unref(request->skip);
    g_strfreev(request->context.own_addresses);
    g_strfreev(request->context.own_names);
    g_free(request->password);
    g_free(request->authserv_id);
    g_free(request->reference_prefix);
    g_free(request);
}

static char *copy_text(json_t *object, const char *key)
{
    return g_strdup(json_string_value(json_object_get(object, key)));
}

static char **copy_list(json_t *object, const char *key)
{
    GPtrArray *list = g_ptr_array_new();
    gsize i;
    json_t *item;
    json_array_foreach(json_object_get(object, key), i, item)
        if (json_is_string(item))
            g_ptr_array_add(list, g_strdup(json_string_value(item)));
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_free(list, FALSE);
}

static void take_skips(Request *request, json_t *list)
{
    gsize i;
    json_t *item;
    json_array_foreach(list, i, item) {
        Skip *skip = g_new0(Skip, 1);
        skip->path = copy_text(item, "path");
        if (skip->path && status_parse(json_string_value(json_object_get(item, "status")), &skip->status))
            g_ptr_array_add(request->skip, skip);
        else
            skip_free(skip);
    }
}

static gboolean parse_verb(const char *name, Verb *ret)
{
    static const char *const names[] = {"read", "part", "view", "render", "ical", "table"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_strcmp0(name, names[i]) == 0) {
            *ret = (Verb)i;
            return TRUE;
        }
    return FALSE;
}

Request *request_parse(const char *text, gsize length)
{
    Verb verb;
    json_t *root = json_loadb(text, length, 0, NULL);
    if (!parse_verb(json_string_value(json_object_get(root, "verb")), &verb)) {
        json_decref(root);
        return NULL;
    }
    json_t *context = json_object_get(root, "context");
    Request *request = g_new0(Request, 1);
    request->verb = verb;
    request->name = copy_text(root, "name");
    request->path = copy_text(root, "path");
    request->page = (guint)json_integer_value(json_object_get(root, "page"));
    request->dpi = (guint)json_integer_value(json_object_get(root, "dpi"));
    request->until = clock_mono() + json_integer_value(json_object_get(root, "ms")) * G_TIME_SPAN_MILLISECOND;
    request->skip = g_ptr_array_new_with_free_func(skip_free);
    request->either = json_is_true(json_object_get(root, "either"));
    take_skips(request, json_object_get(root, "skip"));
    const char *rest = json_string_value(json_object_get(root, "rest"));
    request->open_none = rest && status_parse(rest, &request->rest);
    request->authserv_id = copy_text(context, "authserv_id");
    request->reference_prefix = copy_text(context, "reference_prefix");
    request->context.authserv_id = request->authserv_id ? request->authserv_id : "";
    request->context.reference_prefix = request->reference_prefix ? request->reference_prefix : "SC27";
    request->context.password = request->password = copy_text(root, "password");
    request->context.own_addresses = copy_list(context, "own_addresses");
    request->context.own_names = copy_list(context, "own_names");
    request->context.statement_minimum = (guint)json_integer_value(json_object_get(context, "statement_minimum"));
    request->context.explain = json_is_true(json_object_get(root, "explain"));
    request->context.text = json_is_true(json_object_get(root, "text"));
    json_decref(root);
    return request;
}
