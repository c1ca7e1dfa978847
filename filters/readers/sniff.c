#include <magic.h>
#include <string.h>

#include "base/charset.h"
#include "base/failure.h"
#include "envelope/cms.h"
#include "envelope/pgp.h"
#include "readers/marks.h"
#include "readers/ole.h"
#include "readers/mbox.h"
#include "readers/reader.h"
#include "readers/zipdir.h"

#define OOXML "application/vnd.openxmlformats-officedocument."
#define PGP_HEAD 200 /* of a file: a comment may stand before the block */
#define SNIFF_BYTES (64 * 1024) /* what libmagic is shown: no signature it knows lies further in */

static magic_t magic;

gboolean sniff_init(GError **error)
{
    if (magic)
        return TRUE;
    magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_CDF | MAGIC_NO_CHECK_ELF);
    if (magic && magic_load(magic, NULL) == 0)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_UNAVAILABLE, "libmagic cannot load its database (%s): install libmagic-mgc",
                magic ? magic_error(magic) : "no memory");
    if (magic)
        magic_close(magic);
    magic = NULL;
    return FALSE;
}

/* Office packages, by the folder their main part lies in. */
static const struct {
    const char *prefix, *mime;
} packages[] = {
    {"word/vbaProject.bin", "application/vnd.ms-word.document.macroEnabled.12"},
    {"xl/workbook.bin", "application/vnd.ms-excel.sheet.binary.macroEnabled.12"}, /* with macros or without */
    {"xl/vbaProject.bin", "application/vnd.ms-excel.sheet.macroEnabled.12"},
    {"ppt/vbaProject.bin", "application/vnd.ms-powerpoint.presentation.macroEnabled.12"},
    {"word/", OOXML "wordprocessingml.document"},
    {"xl/", OOXML "spreadsheetml.sheet"},
    {"visio/", "application/vnd.ms-visio.drawing"},
    {"ppt/", OOXML "presentationml.presentation"},
};

static gboolean any_prefix(const GArray *names, const char *prefix)
{
    for (guint i = 0; i < names->len; i++) {
        const ZipName *entry = &g_array_index(names, ZipName, i);
        if (entry->length >= strlen(prefix) && memcmp(entry->name, prefix, strlen(prefix)) == 0)
            return TRUE;
    }
    return FALSE;
}

static const ZipName *find_name(const GArray *names, const char *name)
{
    for (guint i = 0; i < names->len; i++)
        if (zipdir_named(&g_array_index(names, ZipName, i), name))
            return &g_array_index(names, ZipName, i);
    return NULL;
}

/* OpenDocument and EPUB store their own type, uncompressed, in a member called mimetype. */
static const char *stored_mimetype(const GArray *names)
{
    const ZipName *entry = find_name(names, "mimetype");
    if (!entry || !entry->data || entry->method != 0 || entry->packed == 0 || entry->packed > 100)
        return NULL;
    g_autofree char *type = g_strndup((const char *)entry->data, entry->packed);
    g_strstrip(type);
    gboolean known = g_str_has_prefix(type, "application/vnd.oasis.opendocument.") ||
                     g_str_has_prefix(type, "application/epub") || g_str_has_prefix(type, "application/vnd.sun.xml.");
    return known && g_str_is_ascii(type) ? g_intern_string(type) : NULL;
}

static const char *sniff_zip(const ReadInput *input, Status *ret_status)
{
    g_autoptr(GArray) names = zipdir_read(input->bytes, input->length);
    for (guint i = 0; i < names->len; i++)
        if ((g_array_index(names, ZipName, i).flags & 1) && !input->password) {
            *ret_status = STATUS_ENCRYPTED;
            return "application/zip";
        }
    const char *stored = stored_mimetype(names);
    if (stored)
        return stored;
    if (find_name(names, "OFD.xml"))
        return "application/ofd";
    if (!find_name(names, "[Content_Types].xml"))
        return "application/zip";
    for (guint i = 0; i < G_N_ELEMENTS(packages); i++)
        if (any_prefix(names, packages[i].prefix))
            return packages[i].mime;
    /* The main part may be called anything; the reader finds it by its relationships and refuses other packages. */
    return find_name(names, "_rels/.rels") ? OOXML "wordprocessingml.document" : "application/zip";
}

/* OLE compound files, by the name of the stream that holds the document. */
static const struct {
    const char *stream, *mime;
    Status status;
} streams[] = {
    {"EncryptedPackage", "application/encrypted", STATUS_ENCRYPTED},
    {"WordDocument", "application/msword", STATUS_READ},
    {"Workbook", "application/vnd.ms-excel", STATUS_READ},
    {"Book", "application/vnd.ms-excel", STATUS_READ},
    {"PowerPoint Document", "application/vnd.ms-powerpoint", STATUS_READ},
    {"__properties_version1.0", "application/vnd.ms-outlook", STATUS_READ},
    {"VisioDocument", "application/vnd.visio", STATUS_READ},
    {"MatOST", "application/vnd.ms-works", STATUS_READ},
};

/* The FIB's fEncrypted bit, [MS-DOC] 2.5.2. */
static gboolean word_encrypted(GsfInfile *ole)
{
    guint8 fib[12];
    g_autoptr(GsfInput) stream = ole_child(ole, "WordDocument");
    return stream && gsf_input_read(stream, sizeof fib, fib) && (fib[11] & 1);
}

static const char *sniff_ole(const ReadInput *input, Status *ret_status)
{
    g_autoptr(GsfInfile) ole = ole_open(input->bytes, input->length);
    if (!ole)
        *ret_status = STATUS_DAMAGED;
    for (guint row = 0; ole && row < G_N_ELEMENTS(streams); row++) {
        if (!ole_has(ole, streams[row].stream))
            continue;
        *ret_status = streams[row].status;
        if (strcmp(streams[row].stream, "WordDocument") == 0 && word_encrypted(ole))
            *ret_status = STATUS_ENCRYPTED;
        return streams[row].mime;
    }
    return "application/x-ole-storage";
}

static gboolean ends_with(const char *name, const char *ending)
{
    return name && strlen(name) >= strlen(ending) &&
           g_ascii_strcasecmp(name + strlen(name) - strlen(ending), ending) == 0;
}

/* Whether HEAD starts with a mail header block that names a sender or an instant (RFC 5322). */
static gboolean looks_like_mail(const char *head)
{
    gboolean known = FALSE;
    g_auto(GStrv) lines = g_strsplit(head, "\n", 40);
    for (guint i = 0; lines[i] && *g_strchomp(lines[i]); i++) {
        if (i == 0 && g_str_has_prefix(lines[i], "From "))
            continue;
        const char *colon = strchr(lines[i], ':');
        gboolean folded = i > 0 && (lines[i][0] == ' ' || lines[i][0] == '\t');
        if (!folded && (!colon || colon == lines[i] || memchr(lines[i], ' ', (gsize)(colon - lines[i]))))
            return FALSE;
        known = known || g_ascii_strncasecmp(lines[i], "Received:", 9) == 0 ||
                g_ascii_strncasecmp(lines[i], "From:", 5) == 0 || g_ascii_strncasecmp(lines[i], "Message-ID:", 11) == 0;
    }
    return known;
}

/* A page saved with all it needs (RFC 2557): headers as a mail, but nobody sent it. Word writes such with the ending .doc. */
static gboolean is_web_archive(const char *head)
{
    gboolean related = FALSE;
    g_auto(GStrv) lines = g_strsplit(head, "\n", 40);
    for (guint i = 0; lines[i] && *g_strchomp(lines[i]); i++) {
        if (g_ascii_strncasecmp(lines[i], "Received:", 9) == 0 || g_ascii_strncasecmp(lines[i], "Message-ID:", 11) == 0 ||
            g_ascii_strncasecmp(lines[i], "To:", 3) == 0 || (!strchr(lines[i], ':') && !g_ascii_isspace(lines[i][0])))
            return FALSE;
        gboolean type = g_ascii_strncasecmp(lines[i], "Content-Type:", 13) == 0;
        related = related || (type && strstr(lines[i], "multipart/related"));
    }
    return related;
}

/* Whether the bytes can be text at all: no NUL (but in UTF-16 with its mark), few control characters. */
static gboolean is_text(const guint8 *bytes, gsize length)
{
    if (length >= 2 && ((bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff)))
        return TRUE;
    gsize odd = 0;
    for (gsize i = 0; i < length; i++) {
        if (bytes[i] == 0)
            return FALSE;
        odd += bytes[i] < 0x20 && !strchr("\t\n\r\f\b\033", bytes[i]);
    }
    if (odd * 100 > length)
        return FALSE;
    /* A multi-byte character may be cut at the end of the sample. */
    gsize sample = MIN(length, SNIFF_BYTES);
    for (gsize cut = 0; cut < 4 && cut < sample; cut++) {
        if (g_utf8_validate((const char *)bytes, (gssize)(sample - cut), NULL))
            return TRUE;
        g_autofree char *gb = charset_decode_strict((const char *)bytes, sample - cut, "GB18030");
        if (gb)
            return TRUE;
    }
    return FALSE;
}

static gboolean starts_like_html(const char *head)
{
    static const char *const tags[] = {"<!doctype html", "<html", "<head", "<body", "<meta ", "<table", "<div", "<p>"};
    while (g_ascii_isspace(*head) || g_str_has_prefix(head, "\xef\xbb\xbf"))
        head += g_ascii_isspace(*head) ? 1 : 3;
    for (guint i = 0; i < G_N_ELEMENTS(tags); i++)
        if (g_ascii_strncasecmp(head, tags[i], strlen(tags[i])) == 0)
            return TRUE;
    return FALSE;
}

/* Among texts, content first, then the declared type and the name. */
static const char *sniff_text(const ReadInput *input, const char *declared, Status *ret_status)
{
    g_autofree char *head = g_strndup((const char *)input->bytes, MIN(input->length, 4096));
    gboolean tag = strchr(head, '<') != NULL;
    if (pgp_is_encrypted(head, MIN(strlen(head), PGP_HEAD)) && !starts_like_html(head)) {
        *ret_status = STATUS_ENCRYPTED;
        return "application/pgp-encrypted";
    }
    if (is_web_archive(head))
        return "multipart/related";
    if (mbox_is(input->bytes, input->length) && looks_like_mail(head))
        return "application/mbox";
    if (looks_like_mail(head) && (ends_with(input->filename, ".eml") || g_strcmp0(declared, "message/rfc822") == 0 ||
                                  !ends_with(input->filename, ".txt")))
        return "message/rfc822";
    if (g_str_has_prefix(head, "{\\rtf"))
        return "text/rtf";
    if (starts_like_html(head) || strstr(head, "<html") || strstr(head, "<HTML"))
        return "text/html";
    if (strstr(head, "<office:document ") && strstr(head, "opendocument"))
        return "application/vnd.oasis.opendocument.text-flat-xml";
    if (strstr(head, "<w:wordDocument ") || (strstr(head, "<pkg:package ") && strstr(head, "Word.Document")))
        return "application/vnd.ms-wordml";
    if (g_str_has_prefix(head, "<?xml"))
        return strstr(head, "xhtml") ? "text/html" : "text/xml";
    if (tag && (g_strcmp0(declared, "text/html") == 0 || ends_with(input->filename, ".html") ||
                ends_with(input->filename, ".htm")))
        return "text/html";
    if (g_strcmp0(declared, "text/csv") == 0 || ends_with(input->filename, ".csv") || ends_with(input->filename, ".tsv"))
        return "text/csv";
    if (g_strcmp0(declared, "text/calendar") == 0 || g_str_has_prefix(head, "BEGIN:VCALENDAR"))
        return "text/calendar";
    if (g_str_has_prefix(head, "BEGIN:VCARD"))
        return "text/vcard";
    return "text/plain";
}

const char *sniff_mime(const ReadInput *input, const char *declared, Status *ret_status)
{
    *ret_status = STATUS_READ;
    const guint8 *bytes = input->bytes;
    gsize length = input->length;
    if (length == 0) {
        *ret_status = STATUS_EMPTY;
        return "application/x-empty";
    }
    const char *archive = marks_archive(bytes, length);
    if (archive)
        return g_str_equal(archive, MIME_ZIP) ? sniff_zip(input, ret_status) : archive;
    if (length >= 8 && memcmp(bytes, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) == 0)
        return sniff_ole(input, ret_status);
    /* A sheet of Excel 3 or 4 stands in its file alone: BOF, its six bytes, a version of 0. */
    if (length >= 6 && bytes[0] == 9 && (bytes[1] == 2 || bytes[1] == 4) && bytes[2] == 6 && bytes[3] == 0)
        return "application/vnd.ms-excel";
    /* Readers accept a PDF whose mark stands within the first 1,024 bytes (ISO 32000-1, annex H). */
    if (memmem(bytes, MIN(length, 1024), "%PDF-", 5))
        return "application/pdf";
    CmsType cms = cms_type(bytes, length);
    if (cms != CMS_NONE) {
        *ret_status = cms == CMS_ENCRYPTED ? STATUS_ENCRYPTED : STATUS_READ;
        return "application/pkcs7-mime";
    }
    /* libmagic takes 0.3–0.9 ms for a text and knows less of Chinese ones than we do. */
    if (is_text(bytes, length))
        return sniff_text(input, declared, ret_status);
    const char *found = magic ? magic_buffer(magic, bytes, MIN(length, SNIFF_BYTES)) : NULL;
    gboolean unknown = !found || strcmp(found, "application/octet-stream") == 0;
    gboolean pgp = ends_with(input->filename, ".pgp") || ends_with(input->filename, ".gpg") || ends_with(input->filename, ".asc");
    if (unknown && pgp && pgp_is_binary(bytes, length)) {
        *ret_status = STATUS_ENCRYPTED;
        return "application/pgp-encrypted";
    }
    if (unknown && zipdir_is_suffix(bytes, length))
        return sniff_zip(input, ret_status);
    return unknown ? "application/octet-stream" : g_intern_string(found);
}
