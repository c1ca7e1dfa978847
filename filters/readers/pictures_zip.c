#include <string.h>

#include "base/limits.h"
#include "readers/pictures.h"
#include "readers/pictures_zip.h"
#include "readers/unzip.h"
#include "readers/zipdir.h"

/* The pictures that are looked at: those in FOLDER, or where that is NULL those named by NAMES. */
typedef struct {
    const char *folder;
    const GPtrArray *names;
} Wanted;

static gboolean is_wanted(const Wanted *wanted, const char *name)
{
    if (wanted->folder)
        return g_ascii_strncasecmp(name, wanted->folder, strlen(wanted->folder)) == 0;
    for (guint i = 0; i < MIN(wanted->names->len, LIMIT_ARCHIVE_MEMBERS); i++)
        if (g_ascii_strcasecmp(name, g_ptr_array_index(wanted->names, i)) == 0)
            return TRUE;
    return FALSE;
}

static void look(const ReadInput *input, const Wanted *wanted, Xhtml *out, Members *members)
{
    Pictures pictures = {.out = out, .members = members};
    g_autoptr(Unzip) zip = unzip_open(input->bytes, input->length);
    const char *name = NULL;
    Status status = STATUS_READ;
    for (gboolean go_on = TRUE; go_on && zip && unzip_next(zip, &name, &status);) {
        if (!is_wanted(wanted, name))
            continue;
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        if (unzip_read(zip, bytes) != STATUS_READ)
            return;
        go_on = pictures_look(&pictures, bytes->data, bytes->len);
    }
}

/* Most documents have no pictures: the directory tells without unpacking. */
static gboolean has_folder(const ReadInput *input, const char *folder)
{
    g_autoptr(GArray) names = zipdir_read(input->bytes, input->length);
    for (guint i = 0; i < names->len; i++) {
        const ZipName *entry = &g_array_index(names, ZipName, i);
        if (entry->length > strlen(folder) && g_ascii_strncasecmp((const char *)entry->name, folder, strlen(folder)) == 0)
            return TRUE;
    }
    return FALSE;
}

void pictures_in_zip(const ReadInput *input, const char *folder, Xhtml *out, Members *members)
{
    if (has_folder(input, folder))
        look(input, &(Wanted){.folder = folder}, out, members);
}

void pictures_in_zip_named(const ReadInput *input, const GPtrArray *names, Xhtml *out, Members *members)
{
    if (names->len > 0)
        look(input, &(Wanted){.names = names}, out, members);
}
