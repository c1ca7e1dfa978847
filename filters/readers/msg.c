/* Mails that Outlook saved as files. Source: [MS-OXMSG]: a property of the mail is a stream "__substg1.0_" with its tag and
 * type in hexadecimal, properties of fixed length lie together in one, attachments are storages of their own. */
#include <string.h>

#include "base/charset.h"
#include "readers/lzfu.h"
#include "readers/member.h"
#include "readers/ole.h"
#include "readers/rows.h"

enum {
    TYPE_STRING8 = 0x1e, TYPE_UNICODE = 0x1f, TYPE_BINARY = 0x102, TYPE_OBJECT = 0x0d,
    TAG_SUBJECT = 0x0037, TAG_SUBMITTED = 0x0039, TAG_SENDER = 0x0c1a, TAG_SENDER_ADDRESS = 0x0c1f, TAG_DELIVERED = 0x0e06,
    TAG_TEXT = 0x1000, TAG_RTF = 0x1009, TAG_HTML = 0x1013, TAG_DISPLAY_NAME = 0x3001, TAG_DATA = 0x3701, TAG_SHORT_NAME = 0x3704,
    TAG_LONG_NAME = 0x3707, TAG_CODEPAGE = 0x3ffd, TAG_INTERNET_CODEPAGE = 0x3fde, TAG_SENDER_SMTP = 0x5d01,
};
#define FILETIME_EPOCH G_GUINT64_CONSTANT(11644473600) /* seconds from 1601 to 1970 */
#define LAST_SECOND G_GUINT64_CONSTANT(253402300799)   /* of the year 9999 */

typedef struct {
    GsfInfile *storage; /* of the mail, or of an attachment */
    gsize most;         /* bytes of the file */
    char charset[16];   /* of 8-bit text */
} Storage;

static GByteArray *property(const Storage *from, guint tag, guint type)
{
    char name[32];
    g_snprintf(name, sizeof name, "__substg1.0_%04X%04X", tag, type);
    return ole_stream(from->storage, name, from->most);
}

/* A text of either type, NULL when there is none. */
static char *text_of(const Storage *from, guint tag)
{
    g_autoptr(GByteArray) wide = property(from, tag, TYPE_UNICODE);
    if (wide)
        return ole_utf16(ole_span(wide));
    g_autoptr(GByteArray) narrow = property(from, tag, TYPE_STRING8);
    return narrow ? charset_decode((const char *)narrow->data, narrow->len, from->charset) : NULL;
}

/* The fixed property TAG, 0 when there is none: entries of 16 bytes behind a header of 32, or 24 in a mail within one. */
static guint64 number_of(const Storage *from, guint tag)
{
    g_autoptr(GByteArray) stream = ole_stream(from->storage, "__properties_version1.0", from->most);
    Span all = ole_span(stream);
    for (gsize at = all.length % 16 ? 24 : 32; span_has(all, at, 16); at += 16)
        if (span_u16(all, at + 2) == tag)
            return span_u32(all, at + 8) | (guint64)span_u32(all, at + 12) << 32;
    return 0;
}

/* A FILETIME, tenths of microseconds since 1601, as ISO 8601. */
static char *date_of(const Storage *from)
{
    guint64 time = number_of(from, TAG_SUBMITTED);
    guint64 seconds = (time ? time : number_of(from, TAG_DELIVERED)) / 10000000;
    if (seconds < FILETIME_EPOCH || seconds - FILETIME_EPOCH > LAST_SECOND)
        return NULL;
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc((gint64)(seconds - FILETIME_EPOCH));
    return g_date_time_format(date, "%Y-%m-%dT%H:%M:%SZ");
}

static void set_charset(Storage *mail)
{
    guint64 page = number_of(mail, TAG_CODEPAGE);
    page = page ? page : number_of(mail, TAG_INTERNET_CODEPAGE);
    gboolean windows = page >= 1250 && page <= 1258;
    g_snprintf(mail->charset, sizeof mail->charset, "%s%u", windows ? "WINDOWS-" : "CP", (guint)(page & 0xffff));
    if (page == 65001 || page == 0)
        g_strlcpy(mail->charset, page ? "UTF-8" : "GB18030", sizeof mail->charset);
}

static void tell_sender(const Storage *mail, Members *members)
{
    g_autofree char *name = text_of(mail, TAG_SENDER), *subject = text_of(mail, TAG_SUBJECT), *date = date_of(mail);
    g_autofree char *address = text_of(mail, TAG_SENDER_SMTP);
    if (!address)
        address = text_of(mail, TAG_SENDER_ADDRESS);
    /* Inside one organisation it is the name of an entry in a directory, not an address. */
    members->inner(members, name, address && strchr(address, '@') ? address : NULL, subject, date);
}

static void hand_on_body(const Storage *mail, Members *members)
{
    g_autoptr(GByteArray) html = property(mail, TAG_HTML, TYPE_BINARY);
    g_autofree char *text = text_of(mail, TAG_TEXT);
    g_autoptr(GByteArray) packed = property(mail, TAG_RTF, TYPE_BINARY);
    g_autoptr(GByteArray) rtf = packed && !text ? lzfu_expand(packed->data, packed->len) : NULL;
    if (html && html->len)
        members->body(members, "text/html", mail->charset, html->data, html->len);
    else if (!text && rtf)
        members->body(members, "text/rtf", NULL, rtf->data, rtf->len);
    else
        members->body(members, "text/plain", "utf-8", (const guint8 *)(text ? text : ""), text ? strlen(text) : 0);
}

/* ---- attachments ---- */

/* A mail within the mail, as a file of its own; its storages lie one in the other at most DEPTH deep. */
static gboolean copy_storage(GsfInfile *from, GsfOutfile *to, gsize most, guint depth)
{
    gboolean whole = depth > 0;
    for (int i = 0; whole && i < gsf_infile_num_children(from); i++) {
        const char *name = gsf_infile_name_by_index(from, i);
        g_autoptr(GsfInput) child = name ? ole_child(from, name) : NULL;
        gboolean folder = child && GSF_IS_INFILE(child) && gsf_infile_num_children(GSF_INFILE(child)) >= 0;
        g_autoptr(GByteArray) bytes = child && !folder ? ole_stream(from, name, most) : NULL;
        if (!folder && !bytes)
            return FALSE;
        g_autoptr(GsfOutput) out = gsf_outfile_new_child(to, name, folder);
        if (folder)
            whole = copy_storage(GSF_INFILE(child), GSF_OUTFILE(out), most, depth - 1);
        else if (bytes->len)
            gsf_output_write(out, bytes->len, bytes->data);
        gsf_output_close(out);
    }
    return whole;
}

static GByteArray *inner_mail(const Storage *attachment)
{
    g_autoptr(GsfInput) inner = ole_child(attachment->storage, "__substg1.0_3701000D");
    if (!inner || !GSF_IS_INFILE(inner) || gsf_infile_num_children(GSF_INFILE(inner)) < 0)
        return NULL;
    g_autoptr(GsfOutput) sink = gsf_output_memory_new();
    g_autoptr(GsfOutfile) root = gsf_outfile_msole_new(sink);
    gboolean whole = copy_storage(GSF_INFILE(inner), root, attachment->most, 8);
    gsf_output_close(GSF_OUTPUT(root));
    GByteArray *bytes = g_byte_array_new();
    if (whole)
        g_byte_array_append(bytes, gsf_output_memory_get_bytes(GSF_OUTPUT_MEMORY(sink)), (guint)gsf_output_size(sink));
    return bytes;
}

static char *name_of(const Storage *attachment, gboolean mail)
{
    static const guint tags[] = {TAG_LONG_NAME, TAG_SHORT_NAME, TAG_DISPLAY_NAME};
    g_autofree char *name = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(tags) && (!name || !*name); i++) {
        g_free(name);
        name = text_of(attachment, tags[i]);
    }
    g_autofree char *full = mail ? g_strconcat(name && *name ? name : "unnamed", ".msg", NULL) : g_strdup(name);
    return member_name(full);
}

/* FALSE: a limit was reached. */
static gboolean hand_on(const Storage *attachment, Members *members)
{
    g_autoptr(GByteArray) data = property(attachment, TAG_DATA, TYPE_BINARY);
    g_autoptr(GByteArray) mail = data ? NULL : inner_mail(attachment);
    g_autofree char *name = name_of(attachment, mail != NULL);
    const GByteArray *bytes = data ? data : mail;
    if (!bytes) /* a link, or cut off */
        return members->member(members, name, (const guint8 *)"", 0, STATUS_DAMAGED);
    gboolean broken = mail && mail->len == 0;
    return members->member(members, name, bytes->len ? bytes->data : (const guint8 *)"", bytes->len,
                           broken ? STATUS_DAMAGED : STATUS_READ);
}

Status msg_read(const ReadInput *input, G_GNUC_UNUSED Xhtml *out, Members *members)
{
    g_autoptr(GsfInfile) ole = ole_open(input->bytes, input->length);
    if (!ole)
        return STATUS_DAMAGED;
    Storage mail = {.storage = ole, .most = input->length};
    set_charset(&mail);
    tell_sender(&mail, members);
    hand_on_body(&mail, members);
    for (int i = 0; i < gsf_infile_num_children(ole); i++) {
        const char *name = gsf_infile_name_by_index(ole, i);
        if (!name || !g_str_has_prefix(name, "__attach_version1.0_"))
            continue;
        g_autoptr(GsfInput) child = ole_child(ole, name);
        if (!child || !GSF_IS_INFILE(child))
            return STATUS_DAMAGED;
        Storage attachment = mail;
        attachment.storage = GSF_INFILE(child);
        if (!hand_on(&attachment, members))
            return STATUS_TOO_LARGE;
    }
    return STATUS_READ;
}
