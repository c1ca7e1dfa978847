#include <string.h>

#include "desk/pages.h"

#define FILE_MAX ((gsize)4 << 20)

const char *pages_type(const char *name)
{
    static const struct {
        const char *end, *type;
    } types[] = {
        {".html", "text/html; charset=utf-8"},  {".js", "text/javascript; charset=utf-8"}, {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},              {".png", "image/png"},                     {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},               {".json", "application/json; charset=utf-8"}, {".webmanifest", "application/manifest+json"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_str_has_suffix(name, types[i].end))
            return types[i].type;
    return NULL;
}

/* Plain names and folders below ours only: no "..", nothing hidden. */
static gboolean is_plain(const char *path)
{
    if (strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/") != strlen(path))
        return FALSE;
    return *path != '.' && *path != '/' && !strstr(path, "/.") && !strstr(path, "//");
}

static gboolean read_page(const Desk *desk, const char *path, char **ret_bytes, gsize *ret_length)
{
    g_autofree char *file = is_plain(path) && pages_type(path) ? g_build_filename(desk->web, path, NULL) : NULL;
    if (!file || !g_file_test(file, G_FILE_TEST_IS_REGULAR) || !g_file_get_contents(file, ret_bytes, ret_length, NULL))
        return FALSE;
    if (*ret_length <= FILE_MAX)
        return TRUE;
    g_free(*ret_bytes);
    return FALSE;
}

gboolean pages_reads(Exchange *x)
{
    if (g_str_equal(x->method, "GET") || g_str_equal(x->method, "HEAD"))
        return TRUE;
    reply_refuse(x, 405, "method-not-allowed", "pages are only read");
    return FALSE;
}

void pages_answer(const Desk *desk, Exchange *x)
{
    const char *path = g_str_equal(x->path, "/") ? "index.html" : x->path + (*x->path == '/');
    gsize length = 0;
    char *bytes = NULL;
    if (!read_page(desk, path, &bytes, &length)) {
        reply_refuse(x, 404, "not-found", "there is no such page");
        return;
    }
    g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, length);
    g_autofree char *tag = g_strdup_printf("\"%.32s\"", sum);
    gboolean same = g_strcmp0(x->if_none_match, tag) == 0;
    if (same)
        g_free(bytes);
    reply_bytes(x, same ? 304 : 200, pages_type(path), same ? g_bytes_new_static("", 0) : g_bytes_new_take(bytes, length));
    reply_header(x, "ETag", tag);
    x->answer.kept = TRUE;
}
