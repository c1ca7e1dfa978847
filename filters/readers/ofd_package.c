#include <string.h>

#include "base/limits.h"
#include "readers/ofd.h"
#include "readers/unzip.h"

struct OfdPackage {
    const guint8 *bytes;
    gsize length;
    GHashTable *parts; /* path in lower case -> GByteArray */
    guint64 parsed;
};

void ofd_package_free(OfdPackage *package)
{
    if (!package)
        return;
    g_hash_table_unref(package->parts);
    g_free(package);
}

static gboolean is_fatal(Status status)
{
    return status == STATUS_ENCRYPTED || status == STATUS_TOO_LARGE;
}

/* Unpacks the members in NAMES, or, when that is NULL, all that is XML. */
static Status unpack(OfdPackage *package, GHashTable *names)
{
    g_autoptr(Unzip) zip = unzip_open(package->bytes, package->length);
    const char *name = NULL;
    Status status = zip ? STATUS_READ : STATUS_DAMAGED;
    while (zip && unzip_next(zip, &name, &status)) {
        g_autofree char *path = g_ascii_strdown(name, -1);
        if (names ? !g_hash_table_contains(names, path) : !g_str_has_suffix(path, ".xml"))
            continue;
        g_autoptr(GByteArray) part = g_byte_array_new();
        status = unzip_read(zip, part);
        if (status == STATUS_READ)
            g_hash_table_replace(package->parts, g_steal_pointer(&path), g_steal_pointer(&part));
        else if (is_fatal(status))
            return status;
    }
    return status;
}

OfdPackage *ofd_package_open(const guint8 *bytes, gsize length, Status *ret_status)
{
    g_autoptr(OfdPackage) package = g_new0(OfdPackage, 1);
    package->bytes = bytes;
    package->length = length;
    package->parts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_byte_array_unref);
    *ret_status = unpack(package, NULL);
    if (is_fatal(*ret_status))
        return NULL;
    /* A package encrypted member by member (GM/T 0099) lists how. */
    if (ofd_part(package, "Encryptions.xml"))
        *ret_status = STATUS_ENCRYPTED;
    else
        *ret_status = ofd_part(package, "OFD.xml") ? STATUS_READ : STATUS_DAMAGED;
    return *ret_status == STATUS_READ ? g_steal_pointer(&package) : NULL;
}

void ofd_package_fetch(OfdPackage *package, GHashTable *names)
{
    if (g_hash_table_size(names) > 0)
        unpack(package, names);
}

const GByteArray *ofd_part(const OfdPackage *package, const char *path)
{
    g_autofree char *lower = g_ascii_strdown(path, -1);
    return g_hash_table_lookup(package->parts, lower);
}

gboolean ofd_parse(OfdPackage *package, const char *path, const OoxmlHandler *handler, void *data)
{
    const GByteArray *part = path ? ofd_part(package, path) : NULL;
    if (!part || package->parsed + part->len > LIMIT_EXPANDED_BYTES)
        return FALSE;
    package->parsed += part->len;
    return ooxml_parse(part, handler, data);
}

char *ofd_loc(const char *from, const char *loc)
{
    const char *slash = strrchr(from, '/');
    gsize folder = *loc == '/' || !slash ? 0 : (gsize)(slash - from) + 1;
    g_autofree char *path = g_strdup_printf("%.*s%s", (int)folder, from, loc);
    g_auto(GStrv) steps = g_strsplit_set(path, "/\\", -1);
    g_autoptr(GPtrArray) kept = g_ptr_array_new();
    for (guint i = 0; steps[i]; i++) {
        g_strstrip(steps[i]);
        if (strcmp(steps[i], "..") == 0 && kept->len == 0)
            return NULL;
        if (strcmp(steps[i], "..") == 0)
            g_ptr_array_set_size(kept, (int)kept->len - 1);
        else if (*steps[i] && strcmp(steps[i], ".") != 0)
            g_ptr_array_add(kept, steps[i]);
    }
    g_ptr_array_add(kept, NULL);
    return g_strjoinv("/", (char **)kept->pdata);
}
