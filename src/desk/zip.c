#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/failure.h"
#include "desk/zip.h"

#define COPY_BYTES 65536
#define MEMBERS_MAX 65000
#define LOCAL_BYTES 30
#define CENTRAL_BYTES 46
#define END_BYTES 22
#define VERSION 20
#define NAMES_UTF8 0x0800
#define DAY_ONE 0x0021 /* 1980-01-01: members have no time of ours */

typedef struct {
    char *name;
    guint32 crc, length, offset;
} Member;

struct Zip {
    int fd;
    guint64 most, at;
    GArray *members; /* Member */
    GHashTable *names; /* borrowed from members */
};

static void member_clear(gpointer member)
{
    g_free(((Member *)member)->name);
}

Zip *zip_new(int fd, guint64 most)
{
    Zip *zip = g_new0(Zip, 1);
    zip->fd = fd;
    zip->most = MIN(most, (guint64)G_MAXINT32);
    zip->members = g_array_new(FALSE, TRUE, sizeof(Member));
    g_array_set_clear_func(zip->members, member_clear);
    zip->names = g_hash_table_new(g_str_hash, g_str_equal);
    return zip;
}

void zip_free(Zip *zip)
{
    if (!zip)
        return;
    g_hash_table_unref(zip->names);
    g_array_unref(zip->members);
    g_free(zip);
}

/* CRC-32 (ISO 3309), a table of one byte at a time. */
static guint32 crc_more(guint32 crc, const guint8 *bytes, gsize length)
{
    static guint32 table[256];
    static gsize made = 0;
    if (g_once_init_enter(&made)) {
        for (guint32 i = 0; i < 256; i++) {
            guint32 value = i;
            for (int bit = 0; bit < 8; bit++)
                value = value & 1 ? (value >> 1) ^ 0xEDB88320u : value >> 1;
            table[i] = value;
        }
        g_once_init_leave(&made, 1);
    }
    for (gsize i = 0; i < length; i++)
        crc = table[(crc ^ bytes[i]) & 0xFF] ^ (crc >> 8);
    return crc;
}

static guint8 *put16(guint8 *at, guint value)
{
    at[0] = (guint8)value;
    at[1] = (guint8)(value >> 8);
    return at + 2;
}

static guint8 *put32(guint8 *at, guint32 value)
{
    return put16(put16(at, value & 0xFFFF), value >> 16);
}

static gboolean put(Zip *zip, const void *bytes, gsize length, GError **error)
{
    if (zip->at + length > zip->most) {
        g_set_error(error, FAILURE, FAILURE_DATA, "together the files are larger than %" G_GUINT64_FORMAT " MB; fetch them one by one",
                    zip->most >> 20);
        return FALSE;
    }
    if (!durable_write(zip->fd, bytes, length, (goffset)zip->at, "the archive", error))
        return FALSE;
    zip->at += length;
    return TRUE;
}

/* Version, flags, method, time, day, checksum and lengths stand alike in both headers. */
static guint8 *put_common(guint8 *at, const Member *member)
{
    at = put16(put16(put16(at, VERSION), NAMES_UTF8), 0);
    at = put32(put16(put16(at, 0), DAY_ONE), member->crc);
    at = put32(put32(at, member->length), member->length);
    return put16(put16(at, (guint)strlen(member->name)), 0);
}

static gboolean put_local(Zip *zip, const Member *member, GError **error)
{
    guint8 bytes[LOCAL_BYTES];
    put_common(put32(bytes, 0x04034b50), member);
    return put(zip, bytes, sizeof bytes, error) && put(zip, member->name, strlen(member->name), error);
}

static gboolean put_central(Zip *zip, const Member *member, GError **error)
{
    guint8 bytes[CENTRAL_BYTES];
    guint8 *at = put_common(put16(put32(bytes, 0x02014b50), VERSION), member);
    at = put16(put16(put16(at, 0), 0), 0);
    put32(put32(at, 0), member->offset);
    return put(zip, bytes, sizeof bytes, error) && put(zip, member->name, strlen(member->name), error);
}

static gboolean read_at(int from, guint64 offset, guint8 *buffer, gsize wanted, GError **error)
{
    for (gsize done = 0; done < wanted;) {
        gssize n = pread(from, buffer + done, wanted - done, (off_t)(offset + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            g_set_error(error, FAILURE, FAILURE_IO, "a file for the archive ends too early");
            return FALSE;
        }
        done += (gsize)n;
    }
    return TRUE;
}

static gboolean copy(Zip *zip, Member *member, int from, guint64 offset, guint64 length, GError **error)
{
    g_autofree guint8 *buffer = g_malloc(COPY_BYTES);
    member->crc = 0xFFFFFFFFu;
    for (guint64 done = 0; done < length;) {
        gsize n = (gsize)MIN(length - done, (guint64)COPY_BYTES);
        if (!read_at(from, offset + done, buffer, n, error) || !put(zip, buffer, n, error))
            return FALSE;
        member->crc = crc_more(member->crc, buffer, n);
        done += n;
    }
    member->crc = ~member->crc;
    return TRUE;
}

/* The header is written twice: once to keep its place, once when the checksum is known. */
gboolean zip_add(Zip *zip, const char *name, int from, guint64 offset, guint64 length, GError **error)
{
    if (zip->members->len >= MEMBERS_MAX || length > zip->most) {
        g_set_error(error, FAILURE, FAILURE_DATA, "too much for one archive; fetch the files one by one");
        return FALSE;
    }
    Member member = {.name = g_strdup(name), .length = (guint32)length, .offset = (guint32)zip->at};
    for (guint n = 2; g_hash_table_contains(zip->names, member.name); n++) {
        g_free(member.name);
        member.name = g_strdup_printf("%u-%s", n, name);
    }
    g_array_append_val(zip->members, member);
    Member *kept = &g_array_index(zip->members, Member, zip->members->len - 1);
    g_hash_table_add(zip->names, kept->name);
    if (!put_local(zip, kept, error) || !copy(zip, kept, from, offset, length, error))
        return FALSE;
    guint64 end = zip->at;
    zip->at = kept->offset;
    gboolean good = put_local(zip, kept, error);
    zip->at = end;
    return good;
}

gboolean zip_end(Zip *zip, GError **error)
{
    guint64 start = zip->at;
    for (guint i = 0; i < zip->members->len; i++)
        if (!put_central(zip, &g_array_index(zip->members, Member, i), error))
            return FALSE;
    guint8 bytes[END_BYTES];
    guint8 *at = put16(put16(put32(bytes, 0x06054b50), 0), 0);
    at = put16(put16(at, zip->members->len), zip->members->len);
    put16(put32(put32(at, (guint32)(zip->at - start)), (guint32)start), 0);
    return put(zip, bytes, sizeof bytes, error);
}
