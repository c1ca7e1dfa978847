#include <string.h>

#include "readers/docx.h"
#include "readers/member.h"
#include "readers/ole.h"
#include "readers/unzip.h"

/* The file in an OLE object that was made of one ("Insert / Object / from file"): the stream is its size, two bytes, its
 * name, its former path, eight bytes, a third path with its length before it, then the file with its length before it
 * ([MS-OLEDS] 2.3.6 OLENativeStream says only that it is opaque; this is what the Packager writes). */
static Span packaged_file(Span native, char **ret_name)
{
    gsize at = 6;
    for (int text = 0; text < 2; text++) {
        Span rest = span_from(native, at);
        const guint8 *end = rest.length ? memchr(rest.data, 0, rest.length) : NULL;
        if (!end)
            return (Span){NULL, 0};
        if (text == 0)
            *ret_name = member_name((const char *)rest.data);
        at += (gsize)(end - rest.data) + 1;
    }
    gsize path = span_u32(native, at + 4);
    at += 8 + path;
    return span_part(native, at + 4, span_u32(native, at));
}

/* Charts, formulas and drawings are objects too; only what begins as a document does is one. */
static gboolean is_document(Span bytes)
{
    static const char *const marks[] = {"PK\003\004", "%PDF-", "{\\rtf"};
    for (guint i = 0; i < G_N_ELEMENTS(marks); i++)
        if (bytes.length > strlen(marks[i]) && memcmp(bytes.data, marks[i], strlen(marks[i])) == 0)
            return TRUE;
    g_autoptr(GsfInfile) storage = bytes.length ? ole_open(bytes.data, bytes.length) : NULL;
    return storage && (ole_has(storage, "WordDocument") || ole_has(storage, "Workbook") || ole_has(storage, "Book") ||
                       ole_has(storage, "__properties_version1.0"));
}

/* Hands on the document in the object BYTES, if it holds one. FALSE: stop. */
static gboolean hand_on_object(const char *name, Span bytes, Members *members)
{
    static const char *const streams[] = {"Package", "CONTENTS", "\001Ole10Native"};
    if (is_document(bytes))
        return members->member(members, name, bytes.data, bytes.length, STATUS_READ);
    g_autoptr(GsfInfile) storage = ole_open(bytes.data, bytes.length);
    for (guint i = 0; storage && i < G_N_ELEMENTS(streams); i++) {
        g_autoptr(GByteArray) stream = ole_stream(storage, streams[i], bytes.length);
        g_autofree char *own = NULL;
        Span file = ole_span(stream);
        if (stream && *streams[i] == '\001')
            file = packaged_file(file, &own);
        if (is_document(file))
            return members->member(members, own ? own : name, file.data, file.length, STATUS_READ);
    }
    return TRUE;
}

static gboolean is_target(const GPtrArray *targets, const char *name)
{
    for (guint i = 0; i < targets->len; i++)
        if (g_ascii_strcasecmp(targets->pdata[i], name) == 0)
            return TRUE;
    return FALSE;
}

void docx_attached(const ReadInput *input, const Ooxml *package, const char *main, Members *members)
{
    g_autoptr(GPtrArray) texts = ooxml_targets(package, main, "/aFChunk");
    g_autoptr(GPtrArray) objects = ooxml_targets(package, main, "/oleObject");
    g_autoptr(GPtrArray) packages = ooxml_targets(package, main, "/package");
    if (!members || texts->len + objects->len + packages->len == 0)
        return;
    g_autoptr(Unzip) zip = unzip_open(input->bytes, input->length);
    const char *stored = NULL;
    Status status = STATUS_READ;
    for (gboolean go_on = TRUE; go_on && zip && unzip_next(zip, &stored, &status);) {
        gboolean text = is_target(texts, stored);
        if (!text && !is_target(objects, stored) && !is_target(packages, stored))
            continue;
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        g_autofree char *name = g_path_get_basename(stored);
        if (unzip_read(zip, bytes) != STATUS_READ)
            return;
        go_on = text ? members->member(members, name, bytes->data, bytes->len, STATUS_READ)
                     : hand_on_object(name, (Span){bytes->data, bytes->len}, members);
    }
}
