#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <string.h>

#include "base/charset.h"
#include "base/limits.h"
#include "readers/unzip.h"

#define CHUNK (64 * 1024)
#define RATIO_FREE_BYTES (1 << 20) /* a ratio says nothing about less than this */

struct Unzip {
    struct archive *archive;
    gsize packed;
    guint64 expanded;
    guint members;
    char *name;
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

Unzip *unzip_open(const guint8 *bytes, gsize length)
{
    Unzip *zip = g_new0(Unzip, 1);
    zip->packed = length;
    zip->archive = archive_read_new();
    archive_read_support_format_zip(zip->archive);
    if (archive_read_open_memory(zip->archive, bytes, length) != ARCHIVE_OK) {
        unzip_free(zip);
        return NULL;
    }
    return zip;
}

void unzip_free(Unzip *zip)
{
    if (!zip)
        return;
    archive_read_free(zip->archive);
    g_free(zip->name);
    g_free(zip);
}

/* RAW to a clean relative path. Decoding comes before splitting: the second byte of a GBK character can be 0x5C. */
static char *member_name(const char *raw)
{
    g_autofree char *decoded = charset_decode(raw, strlen(raw), NULL);
    g_auto(GStrv) steps = g_strsplit_set(decoded, "/\\", -1);
    g_autoptr(GString) path = g_string_new(NULL);
    for (guint i = 0; steps[i]; i++) {
        if (!*steps[i] || strcmp(steps[i], ".") == 0 || strcmp(steps[i], "..") == 0)
            continue;
        if (path->len)
            g_string_append_c(path, '/');
        g_string_append(path, steps[i]);
    }
    return g_strdup(path->str);
}

gboolean unzip_next(Unzip *zip, const char **ret_name, Status *ret_status)
{
    struct archive_entry *entry = NULL;
    for (;;) {
        locale_t before = uselocale(utf8_locale());
        int rc = archive_read_next_header(zip->archive, &entry);
        uselocale(before);
        *ret_status = rc == ARCHIVE_EOF || rc >= ARCHIVE_WARN ? STATUS_READ : STATUS_DAMAGED;
        if (rc == ARCHIVE_EOF || rc < ARCHIVE_WARN)
            return FALSE;
        if (archive_entry_is_encrypted(entry)) {
            *ret_status = STATUS_ENCRYPTED;
            return FALSE;
        }
        if (++zip->members > LIMIT_ARCHIVE_MEMBERS) {
            *ret_status = STATUS_TOO_LARGE;
            return FALSE;
        }
        const char *raw = archive_entry_pathname(entry);
        if (archive_entry_filetype(entry) == AE_IFDIR || archive_entry_filetype(entry) == AE_IFLNK || !raw)
            continue;
        g_free(zip->name);
        zip->name = member_name(raw);
        *ret_name = zip->name;
        return TRUE;
    }
}

static gboolean expanded_too_far(const Unzip *zip)
{
    return zip->expanded > LIMIT_EXPANDED_BYTES ||
           (zip->expanded > RATIO_FREE_BYTES && zip->expanded / LIMIT_EXPANDED_RATIO > zip->packed);
}

Status unzip_read(Unzip *zip, GByteArray *out)
{
    g_autofree guint8 *chunk = g_malloc(CHUNK);
    for (;;) {
        la_ssize_t got = archive_read_data(zip->archive, chunk, CHUNK);
        if (got == 0)
            return STATUS_READ;
        if (got < 0)
            return STATUS_DAMAGED;
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
