/* links: filters/readers/archive.c filters/readers/unzip.c filters/readers/rardir.c filters/readers/zipdir.c filters/readers/marks.c filters/readers/member.c filters/page/xhtml.c filters/record.c src/base/charset.c src/base/text.c; libs: glib-2.0 libxml-2.0 libarchive; flags: -lm */
/* Anything as an archive: what is handed on keeps the limits, and nothing is handed on behind a limit. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "readers/member.h"
#include "readers/rows.h"

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length);

typedef struct {
    Members members;
    guint64 expanded;
    guint count;
} Watch;

static void must(gboolean holds)
{
    if (!holds)
        abort();
}

static gboolean watch_member(Members *self, const char *name, const guint8 *bytes, gsize length, Status status)
{
    Watch *watch = (Watch *)self;
    must(*name && *name != '/' && g_utf8_validate(name, -1, NULL) && g_utf8_strlen(name, -1) <= MEMBER_NAME_CHARS);
    must(!strstr(name, "/../") && !g_str_has_prefix(name, "../"));
    must((status == STATUS_READ) || (!bytes && length == 0));
    watch->expanded += length;
    must(++watch->count <= LIMIT_ARCHIVE_MEMBERS && watch->expanded <= LIMIT_EXPANDED_BYTES);
    return TRUE;
}

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
    Watch watch = {{.member = watch_member}, 0, 0};
    ReadInput input = {.bytes = bytes, .length = length, .filename = "a.zip", .until = G_MAXINT64};
    g_autoptr(Xhtml) out = xhtml_new();
    archive_read(&input, out, &watch.members);
    return 0;
}
