#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <string.h>

#include "base/limits.h"
#include "readers/marks.h"
#include "readers/member.h"
#include "readers/unzip.h"

#define CHUNK (64 * 1024)
#define TAR_BLOCK 512
#define RATIO_FREE_BYTES (1 << 20) /* a ratio says nothing about less than this */
#define RESUMES 8 /* damaged members after which an archive is given up: each costs going over all headers */

struct Unzip {
    struct archive *archive;
    const guint8 *bytes;
    gsize length;
    const char *mime; /* of marks.h */
    gboolean holds_tar; /* what is compressed is one */
    gboolean forward;   /* a zip whose directory is of no use is read by the headers before each member */
    guint64 expanded, declared; /* declared: the size the member is said to have */
    guint entries, members; /* passed so far */
    guint resumed;
    gboolean broken; /* libarchive gave up in the member */
    char *name;
    const char *password; /* borrowed; NULL none */
};

/* libarchive converts names that say they are UTF-8 to the thread's locale, and drops them where that cannot hold them;
 * under C.UTF-8 these come through, and all other names as the raw bytes they are. */
static locale_t utf8_locale(void)
{
    static locale_t utf8;
    if (!utf8)
        utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    return utf8;
}

static gboolean is_compressed(const char *mime)
{
    return g_str_equal(mime, MIME_GZIP) || g_str_equal(mime, MIME_BZIP2) || g_str_equal(mime, MIME_XZ);
}

/* Only the format whose mark was seen: libarchive's own bidding would follow 25 compressions one in the other. */
static void choose(const Unzip *zip, struct archive *archive)
{
    const char *mime = zip->mime;
    if (is_compressed(mime))
        archive_read_append_filter(archive, g_str_equal(mime, MIME_GZIP)    ? ARCHIVE_FILTER_GZIP
                                            : g_str_equal(mime, MIME_BZIP2) ? ARCHIVE_FILTER_BZIP2
                                                                            : ARCHIVE_FILTER_XZ);
    if (g_str_equal(mime, MIME_ZIP) && zip->forward)
        archive_read_support_format_zip_streamable(archive);
    else if (g_str_equal(mime, MIME_ZIP))
        archive_read_support_format_zip(archive);
    else if (g_str_equal(mime, MIME_7Z))
        archive_read_support_format_7zip(archive);
    else if (g_str_equal(mime, MIME_RAR)) {
        archive_read_support_format_rar(archive);
        archive_read_support_format_rar5(archive);
    } else if (g_str_equal(mime, MIME_TAR) || zip->holds_tar)
        archive_read_support_format_tar(archive);
    else {
        archive_read_support_format_raw(archive);
        archive_read_support_format_empty(archive);
    }
}

static gboolean start(Unzip *zip)
{
    g_clear_pointer(&zip->archive, archive_read_free);
    zip->archive = archive_read_new();
    choose(zip, zip->archive);
    if (zip->password)
        archive_read_add_passphrase(zip->archive, zip->password);
    return archive_read_open_memory(zip->archive, zip->bytes, zip->length) == ARCHIVE_OK;
}

/* Whether what is compressed is a tar. libarchive would take any zeros for the end of one. */
static gboolean look_for_tar(Unzip *zip)
{
    struct archive_entry *entry;
    guint8 head[TAR_BLOCK];
    if (archive_read_next_header(zip->archive, &entry) < ARCHIVE_WARN)
        return FALSE;
    la_ssize_t got = archive_read_data(zip->archive, head, sizeof head);
    return got > 0 && g_strcmp0(marks_archive(head, (gsize)got), MIME_TAR) == 0;
}

static Unzip *open_as(const guint8 *bytes, gsize length, const char *mime, const char *password)
{
    Unzip *zip = g_new0(Unzip, 1);
    zip->bytes = bytes;
    zip->length = length;
    zip->mime = mime;
    zip->password = password;
    gboolean opened = start(zip);
    if (opened && is_compressed(mime)) {
        zip->holds_tar = look_for_tar(zip);
        opened = start(zip);
    }
    if (opened)
        return zip;
    unzip_free(zip);
    return NULL;
}

Unzip *unzip_open(const guint8 *bytes, gsize length)
{
    return open_as(bytes, length, MIME_ZIP, NULL);
}

Unzip *unzip_open_archive(const guint8 *bytes, gsize length, const char *password)
{
    const char *mime = marks_archive(bytes, length);
    return open_as(bytes, length, mime ? mime : MIME_ZIP, password);
}

void unzip_free(Unzip *zip)
{
    if (!zip)
        return;
    archive_read_free(zip->archive);
    g_free(zip->name);
    g_free(zip);
}

/* What libarchive's fault means. Its error numbers do not tell these apart, its words do; the first row that fits counts. */
static Status fault(const Unzip *zip)
{
    static const struct {
        const char *words;
        Status status;
    } rows[] = {{"ncrypt", STATUS_ENCRYPTED},          {"assphrase", STATUS_ENCRYPTED},     {"block header size", STATUS_DAMAGED},
                {"dictionary size", STATUS_TOO_LARGE}, {"nsupported", STATUS_UNSUPPORTED},  {"not supported", STATUS_UNSUPPORTED},
                {"unavailable", STATUS_UNSUPPORTED},   {"Unknown codec", STATUS_UNSUPPORTED}};
    const char *words = archive_error_string(zip->archive);
    if (archive_errno(zip->archive) == ENOMEM)
        return STATUS_TOO_LARGE;
    for (guint i = 0; words && i < G_N_ELEMENTS(rows); i++)
        if (strstr(words, rows[i].words))
            return rows[i].status;
    return STATUS_DAMAGED;
}

static int next_header(Unzip *zip, struct archive_entry **ret_entry)
{
    locale_t before = uselocale(utf8_locale());
    int rc = archive_read_next_header(zip->archive, ret_entry);
    uselocale(before);
    return rc;
}

/* After a member in which libarchive gave up: opens anew and goes past it, so that its neighbours are read. Formats that
 * can only be read from the start have nothing to gain. */
static gboolean resume(Unzip *zip)
{
    struct archive_entry *entry;
    gboolean seeks = g_str_equal(zip->mime, MIME_7Z) || g_str_equal(zip->mime, MIME_RAR) || g_str_equal(zip->mime, MIME_ZIP);
    if (!seeks || zip->resumed++ >= RESUMES || !start(zip))
        return FALSE;
    zip->broken = FALSE;
    for (guint i = 0; i < zip->entries; i++)
        if (next_header(zip, &entry) < ARCHIVE_WARN)
            return FALSE;
    return TRUE;
}

static gboolean is_file(struct archive_entry *entry)
{
    static const unsigned others[] = {AE_IFDIR, AE_IFLNK, AE_IFCHR, AE_IFBLK, AE_IFIFO, AE_IFSOCK};
    const char *name = archive_entry_pathname(entry);
    for (guint i = 0; i < G_N_ELEMENTS(others); i++)
        if (archive_entry_filetype(entry) == others[i])
            return FALSE;
    return !archive_entry_hardlink(entry) && !(name && g_str_has_suffix(name, "/"));
}

/* What is left of an archive whose directory libarchive could not follow has no entries for it; one that is empty is its
 * first header alone. */
static Status at_end(const Unzip *zip)
{
    enum { SEVEN_ZIP_HEADER = 32 };
    gboolean lost = (g_str_equal(zip->mime, MIME_7Z) && zip->length > SEVEN_ZIP_HEADER) ||
                    (g_str_equal(zip->mime, MIME_ZIP) && zip->length >= 4 && memcmp(zip->bytes, "PK\5\6", 4) != 0);
    return lost && zip->entries == 0 ? STATUS_DAMAGED : STATUS_READ;
}

/* The second way to read a zip, when its directory gave nothing. */
static gboolean go_forward(Unzip *zip)
{
    if (!g_str_equal(zip->mime, MIME_ZIP) || zip->entries > 0 || zip->forward)
        return FALSE;
    zip->forward = TRUE;
    return start(zip);
}

gboolean unzip_next(Unzip *zip, const char **ret_name, Status *ret_status)
{
    struct archive_entry *entry = NULL;
    *ret_status = STATUS_DAMAGED;
    if (zip->broken && !resume(zip))
        return FALSE;
    for (;;) {
        int rc = next_header(zip, &entry);
        *ret_status = rc == ARCHIVE_EOF ? at_end(zip) : rc >= ARCHIVE_WARN ? STATUS_READ : fault(zip);
        if (*ret_status == STATUS_DAMAGED && go_forward(zip))
            continue;
        if (rc == ARCHIVE_EOF || rc < ARCHIVE_WARN)
            return FALSE;
        gboolean file = is_file(entry);
        if (archive_entry_is_encrypted(entry) && !zip->password)
            *ret_status = STATUS_ENCRYPTED;
        else if (++zip->entries > LIMIT_ARCHIVE_ENTRIES || (file && ++zip->members > LIMIT_ARCHIVE_MEMBERS))
            *ret_status = STATUS_TOO_LARGE;
        if (*ret_status != STATUS_READ)
            return FALSE;
        if (!file)
            continue;
        zip->declared = archive_entry_size_is_set(entry) ? (guint64)MAX(archive_entry_size(entry), 0) : 0;
        g_free(zip->name);
        *ret_name = zip->name = member_name(archive_entry_pathname(entry));
        return TRUE;
    }
}

gboolean unzip_nameless(const Unzip *zip)
{
    return archive_format(zip->archive) == ARCHIVE_FORMAT_RAW;
}

static gboolean expanded_too_far(const Unzip *zip)
{
    return zip->expanded > LIMIT_EXPANDED_BYTES || zip->declared > LIMIT_EXPANDED_BYTES ||
           (zip->expanded > RATIO_FREE_BYTES && zip->expanded / LIMIT_EXPANDED_RATIO > zip->length);
}

Status unzip_read(Unzip *zip, GByteArray *out)
{
    g_autofree guint8 *chunk = g_malloc(CHUNK);
    if (expanded_too_far(zip))
        return STATUS_TOO_LARGE;
    for (;;) {
        la_ssize_t got = archive_read_data(zip->archive, chunk, CHUNK);
        if (got == 0)
            return STATUS_READ;
        if (got < 0) {
            zip->broken = got == ARCHIVE_FATAL;
            return fault(zip);
        }
        zip->expanded += (guint64)got;
        if (expanded_too_far(zip))
            return STATUS_TOO_LARGE;
        g_byte_array_append(out, chunk, (guint)got);
    }
}

static la_ssize_t pack_write(G_GNUC_UNUSED struct archive *archive, void *data, const void *bytes, size_t length)
{
    g_byte_array_append(data, bytes, (guint)length);
    return (la_ssize_t)length;
}

GByteArray *unzip_pack(const char *const *pairs)
{
    GByteArray *out = g_byte_array_new();
    struct archive *archive = archive_write_new();
    archive_write_set_format_zip(archive);
    archive_write_open(archive, out, NULL, pack_write, NULL);
    for (; pairs[0]; pairs += 2) {
        struct archive_entry *entry = archive_entry_new();
        archive_entry_set_pathname(entry, pairs[0]);
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0600);
        archive_entry_set_size(entry, (la_int64_t)strlen(pairs[1]));
        archive_write_header(archive, entry);
        archive_write_data(archive, pairs[1], strlen(pairs[1]));
        archive_entry_free(entry);
    }
    archive_write_close(archive);
    archive_write_free(archive);
    return out;
}
