/* links: filters/envelope/cms.c filters/envelope/pgp.c filters/readers/tnef.c filters/readers/lzfu.c filters/readers/rardir.c filters/readers/zipdir.c filters/readers/marks.c filters/readers/mbox.c filters/readers/member.c filters/page/xhtml.c filters/record.c src/base/charset.c src/base/text.c; libs: glib-2.0 libxml-2.0; flags: -lm */
/* Our own walks through what wraps documents: the first byte chooses one. What is handed on must lie within the bytes, or have
 * been made from them, and names must be clean. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "envelope/cms.h"
#include "envelope/pgp.h"
#include "readers/lzfu.h"
#include "readers/marks.h"
#include "readers/mbox.h"
#include "readers/member.h"
#include "readers/rardir.h"
#include "readers/rows.h"
#include "readers/zipdir.h"

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length);

typedef struct {
    Members members;
    const guint8 *start, *end;
} Watch;

static void must(gboolean holds)
{
    if (!holds)
        abort();
}

static gboolean watch_member(Members *self, const char *name, const guint8 *bytes, gsize length, G_GNUC_UNUSED Status status)
{
    const Watch *watch = (Watch *)self;
    must(length == 0 || (bytes >= watch->start && bytes <= watch->end && length <= (gsize)(watch->end - bytes)));
    must(*name && *name != '/' && g_utf8_validate(name, -1, NULL) && g_utf8_strlen(name, -1) <= MEMBER_NAME_CHARS);
    return TRUE;
}

static void watch_body(G_GNUC_UNUSED Members *self, G_GNUC_UNUSED const char *mime, G_GNUC_UNUSED const char *charset,
                       const guint8 *bytes, gsize length)
{
    guint sum = 0;
    for (gsize i = 0; i < length; i++)
        sum += bytes[i];
    must(sum <= 255 * length);
}

static void run(Status (*read)(const ReadInput *, Xhtml *, Members *), const guint8 *bytes, gsize length)
{
    Watch watch = {{.member = watch_member, .body = watch_body}, bytes, bytes + length};
    ReadInput input = {.bytes = bytes, .length = length, .until = G_MAXINT64};
    g_autoptr(Xhtml) out = xhtml_new();
    read(&input, out, &watch.members);
}

static void check_cms(const guint8 *bytes, gsize length)
{
    g_autoptr(GBytes) content = cms_content(bytes, length);
    must(!content || (g_bytes_get_size(content) < length && cms_type(bytes, length) == CMS_SIGNED));
    if (content)
        cms_is_mime(content);
}

static void check_pgp(const guint8 *bytes, gsize length)
{
    g_autofree char *text = pgp_signed_text((const char *)bytes, length);
    must(!text || strlen(text) <= length);
    pgp_is_encrypted((const char *)bytes, length);
}

static void check_zip(const guint8 *bytes, gsize length)
{
    g_autoptr(GArray) names = zipdir_read(bytes, length);
    for (guint i = 0; i < names->len; i++) {
        const ZipName *name = &g_array_index(names, ZipName, i);
        must(name->name >= bytes && name->length <= (gsize)(bytes + length - name->name));
        must(!name->data || (name->data >= bytes && name->packed <= (gsize)(bytes + length - name->data)));
    }
    zipdir_is_volume(bytes, length);
    zipdir_is_suffix(bytes, length);
}

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
    if (length < 2)
        return 0;
    guint8 choice = *bytes++ % 7;
    length--;
    if (choice == 0)
        check_cms(bytes, length);
    else if (choice == 1)
        check_pgp(bytes, length);
    else if (choice == 2)
        run(tnef_read, bytes, length);
    else if (choice == 3)
        run(mbox_read, bytes, length);
    else if (choice == 4)
        check_zip(bytes, length);
    else if (choice == 5) {
        marks_archive(bytes, length);
        rardir_read(bytes, length);
    } else {
        g_autoptr(GByteArray) rtf = lzfu_expand(bytes, length);
        must(!rtf || rtf->len <= LIMIT_TEXT_BYTES + 17);
    }
    return 0;
}
