/* collector.h: takes what a container hands on: members as "name=text" or "name!status", a mail's text as "~type=text", its
 * sender as "<name address subject date>", joined by "|". */
#ifndef SHOUWEN_TESTS_COLLECTOR_H
#define SHOUWEN_TESTS_COLLECTOR_H

#include <string.h>

#include "readers/reader.h"

typedef struct {
    Members members;
    GString *seen;
    guint stop_after; /* members; 0: never */
} Collector;

static GString *collector_next(Members *self)
{
    GString *seen = ((Collector *)self)->seen;
    if (seen->len)
        g_string_append_c(seen, '|');
    return seen;
}

static gboolean collect(Members *self, const char *name, const guint8 *bytes, gsize length, Status status)
{
    Collector *collector = (Collector *)self;
    GString *seen = collector_next(self);
    g_string_append(seen, name);
    if (status == STATUS_READ)
        g_string_append_printf(seen, "=%.*s", (int)length, (const char *)bytes);
    else
        g_string_append_printf(seen, "!%s", status_name(status));
    return collector->stop_after == 0 || --collector->stop_after > 0;
}

static void collect_body(Members *self, const char *mime, const char *charset, const guint8 *bytes, gsize length)
{
    g_string_append_printf(collector_next(self), "~%s%s%s=%.*s", mime, charset && *charset ? "," : "", charset ? charset : "",
                           (int)length, (const char *)bytes);
}

static void collect_inner(Members *self, const char *name, const char *address, const char *subject, const char *date)
{
    g_string_append_printf(collector_next(self), "<%s %s %s %s>", name ? name : "-", address ? address : "-",
                           subject ? subject : "-", date ? date : "-");
}

/* Runs READ over an exact copy of BYTES, so that a read beyond the end is seen. Caller frees. */
static inline char *collect_from(Status (*read)(const ReadInput *, Xhtml *, Members *), const char *filename, const void *bytes,
                                 gsize length, guint stop_after, Status *ret_status)
{
    g_autofree guint8 *copy = g_memdup2(bytes, length);
    Collector collector = {{.member = collect, .body = collect_body, .inner = collect_inner}, g_string_new(NULL), stop_after};
    ReadInput input = {.bytes = copy, .length = length, .filename = filename, .until = G_MAXINT64};
    g_autoptr(Xhtml) out = xhtml_new();
    *ret_status = read(&input, out, &collector.members);
    return g_string_free(collector.seen, FALSE);
}

#endif
