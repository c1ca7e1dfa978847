/* collector.h: takes the members a container hands on, as "name=text" or "name!status", joined by "|". */
#ifndef SHOUWEN_TESTS_COLLECTOR_H
#define SHOUWEN_TESTS_COLLECTOR_H

#include <string.h>

#include "readers/reader.h"

typedef struct {
    Members members;
    GString *seen;
    guint stop_after; /* members; 0: never */
} Collector;

static gboolean collect(Members *self, const char *name, const guint8 *bytes, gsize length, Status status)
{
    Collector *collector = (Collector *)self;
    if (collector->seen->len)
        g_string_append_c(collector->seen, '|');
    g_string_append(collector->seen, name);
    if (status == STATUS_READ)
        g_string_append_printf(collector->seen, "=%.*s", (int)length, (const char *)bytes);
    else
        g_string_append_printf(collector->seen, "!%s", status_name(status));
    return collector->stop_after == 0 || --collector->stop_after > 0;
}

/* Runs READ over an exact copy of BYTES, so that a read beyond the end is seen. Caller frees. */
static inline char *collect_from(Status (*read)(const ReadInput *, Xhtml *, Members *), const char *filename, const void *bytes,
                                 gsize length, guint stop_after, Status *ret_status)
{
    g_autofree guint8 *copy = g_memdup2(bytes, length);
    Collector collector = {{.member = collect}, g_string_new(NULL), stop_after};
    ReadInput input = {.bytes = copy, .length = length, .filename = filename, .until = G_MAXINT64};
    g_autoptr(Xhtml) out = xhtml_new();
    *ret_status = read(&input, out, &collector.members);
    return g_string_free(collector.seen, FALSE);
}

#endif
