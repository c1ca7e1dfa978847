#include <string.h>

#include "envelope/cms.h"

enum { TAG_INTEGER = 0x02, TAG_OCTETS = 0x04, TAG_OID = 0x06, TAG_SEQUENCE = 0x30, TAG_SET = 0x31, TAG_EXPLICIT = 0xa0,
       TAG_CONSTRUCTED = 0x20 };
/* Real ones nest four deep on the way to the content. */
enum { MAX_DEPTH = 16 };

static const guint8 oid_data_signed[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02};
static const guint8 oid_enveloped[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03};
static const guint8 oid_encrypted[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06};
static const guint8 oid_auth_enveloped[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17};
static const guint8 oid_rsadsi[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01};
/* 1.2.156.10197.6.1.4.2: the same structures for the Chinese algorithms (GM/T 0010). */
static const guint8 oid_gm[] = {0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x06, 0x01, 0x04, 0x02};

/* An element's content, or all that is left of one whose length is not told. */
typedef struct {
    const guint8 *at, *end;
    gboolean open; /* of indefinite length: ends with two zero bytes somewhere before END */
} Span;

/* Takes the head of the next element from *FROM, which then stands at its content. Tags of several bytes stand in no CMS. */
static gboolean take_head(Span *from, guint8 *ret_tag, Span *ret_content)
{
    if (from->end - from->at < 2)
        return FALSE;
    *ret_tag = *from->at++;
    gsize length = *from->at++, bytes = length & 0x7f;
    gboolean open = length == 0x80;
    if (length > 0x80) {
        if (bytes > sizeof length - 1 || bytes > (gsize)(from->end - from->at))
            return FALSE;
        for (length = 0; bytes > 0; bytes--)
            length = length << 8 | *from->at++;
    }
    if (!open && length > (gsize)(from->end - from->at))
        return FALSE;
    *ret_content = (Span){from->at, open ? from->end : from->at + length, open};
    return TRUE;
}

static gboolean at_end(const Span *span)
{
    return span->at >= span->end || (span->open && span->end - span->at >= 2 && span->at[0] == 0 && span->at[1] == 0);
}

/* Goes past an element whose head was taken. Every byte is looked at once at most. */
static gboolean skip(Span *from, const Span *content, guint depth)
{
    Span inner = *content;
    if (!content->open) {
        from->at = content->end;
        return TRUE;
    }
    while (!at_end(&inner)) {
        guint8 tag;
        Span part;
        if (depth >= MAX_DEPTH || !take_head(&inner, &tag, &part) || !skip(&inner, &part, depth + 1))
            return FALSE;
    }
    if (inner.end - inner.at < 2)
        return FALSE;
    from->at = inner.at + 2;
    return TRUE;
}

/* The content of the next element when it is a TAG; *FROM goes past it only if LEAVE. */
static gboolean enter(Span *from, guint8 tag, gboolean leave, Span *ret_content)
{
    guint8 found;
    if (at_end(from) || !take_head(from, &found, ret_content) || found != tag)
        return FALSE;
    return !leave || skip(from, ret_content, 0);
}

/* A string may come in pieces, and these in pieces. */
static gboolean gather(Span *from, GByteArray *out, guint depth)
{
    guint8 tag;
    Span content;
    if (depth >= MAX_DEPTH || !take_head(from, &tag, &content) || (tag & ~TAG_CONSTRUCTED) != TAG_OCTETS)
        return FALSE;
    if (!(tag & TAG_CONSTRUCTED)) {
        if (content.open)
            return FALSE;
        g_byte_array_append(out, content.at, (guint)(content.end - content.at));
        from->at = content.end;
        return TRUE;
    }
    while (!at_end(&content))
        if (!gather(&content, out, depth + 1))
            return FALSE;
    if (content.open && content.at >= content.end)
        return FALSE;
    from->at = content.open ? content.at + 2 : content.end;
    return TRUE;
}

/* ContentInfo: SEQUENCE { OID, [0] content }. */
static gboolean take_type(Span *info, Span *ret_oid)
{
    return enter(info, TAG_SEQUENCE, FALSE, info) && enter(info, TAG_OID, TRUE, ret_oid);
}

static gboolean is_oid(const Span *oid, const guint8 *bytes, gsize length)
{
    return (gsize)(oid->end - oid->at) == length && memcmp(oid->at, bytes, length) == 0;
}

static gboolean under_oid(const Span *oid, const guint8 *bytes, gsize length)
{
    return (gsize)(oid->end - oid->at) > length && memcmp(oid->at, bytes, length) == 0;
}

CmsType cms_type(const guint8 *bytes, gsize length)
{
    Span info = {bytes, bytes + length, FALSE}, oid;
    if (length < 4 || bytes[0] != TAG_SEQUENCE || !take_type(&info, &oid))
        return CMS_NONE;
    if (is_oid(&oid, oid_data_signed, sizeof oid_data_signed))
        return CMS_SIGNED;
    if (is_oid(&oid, oid_enveloped, sizeof oid_enveloped) || is_oid(&oid, oid_encrypted, sizeof oid_encrypted) ||
        is_oid(&oid, oid_auth_enveloped, sizeof oid_auth_enveloped))
        return CMS_ENCRYPTED;
    if (under_oid(&oid, oid_gm, sizeof oid_gm))
        return oid.end[-1] == 2 ? CMS_SIGNED : oid.end[-1] == 3 ? CMS_ENCRYPTED : CMS_OTHER;
    return under_oid(&oid, oid_rsadsi, sizeof oid_rsadsi) ? CMS_OTHER : CMS_NONE;
}

GBytes *cms_content(const guint8 *bytes, gsize length)
{
    Span info = {bytes, bytes + length, FALSE}, ignored;
    if (cms_type(bytes, length) != CMS_SIGNED || !take_type(&info, &ignored))
        return NULL;
    /* [0] SignedData: SEQUENCE { version, digest algorithms, ContentInfo, … }; the inner [0] holds the string. */
    if (!enter(&info, TAG_EXPLICIT, FALSE, &info) || !enter(&info, TAG_SEQUENCE, FALSE, &info) ||
        !enter(&info, TAG_INTEGER, TRUE, &ignored) || !enter(&info, TAG_SET, TRUE, &ignored) || !take_type(&info, &ignored) ||
        !enter(&info, TAG_EXPLICIT, FALSE, &info))
        return NULL;
    g_autoptr(GByteArray) content = g_byte_array_new();
    if (at_end(&info) || !gather(&info, content, 0) || content->len == 0)
        return NULL;
    return g_byte_array_free_to_bytes(g_steal_pointer(&content));
}

gboolean cms_is_mime(GBytes *content)
{
    static const char *const starts[] = {"Content-", "MIME-Version:", "From:", "Received:", "X-", "Date:", "Subject:", "To:"};
    gsize length;
    const char *text = g_bytes_get_data(content, &length);
    for (guint i = 0; i < G_N_ELEMENTS(starts); i++)
        if (length > strlen(starts[i]) && g_ascii_strncasecmp(text, starts[i], strlen(starts[i])) == 0)
            return TRUE;
    return FALSE;
}
