#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/limits.h"
#include "base/text.h"
#include "cmd/given.h"

#define NOTE_CHARS 300

static char *read_file(const Conf *conf, const char *path, GivenReader reader, GError **error)
{
    struct stat facts;
    DoorOptions options;
    g_autofree char *name = g_path_get_basename(path);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode) || (guint64)facts.st_size > LIMIT_MESSAGE_BYTES) {
        g_set_error(error, FAILURE, FAILURE_NOINPUT, "cannot read %s: %s", path, fd < 0 ? g_strerror(errno) : "no file, or too large");
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    door_options_from_conf(&options, conf);
    g_autoptr(Door) door = door_new(&options, error);
    DoorJob job = {.fd = fd, .length = (guint64)facts.st_size, .name = name};
    char *json = door ? reader(door, &job, error) : NULL;
    close(fd);
    g_prefix_error(error, "%s: ", path);
    return json;
}

static void print(const char *path, const Imported *imported, gboolean dry)
{
    printf("%s: %u new, %u changed, %u as before, %u refused%s\n", path, imported->added, imported->changed, imported->same,
           imported->refused, dry ? " (nothing was kept)" : "");
    for (guint i = 0; i < imported->notes->len; i++) {
        g_autofree char *plain = text_plain(g_ptr_array_index(imported->notes, i), NOTE_CHARS);
        printf("  %s\n", plain);
    }
}

static gboolean take_file(Ledger *ledger, const Conf *conf, const char *path, GivenReader reader, GivenTaker take, gpointer user,
                          gboolean dry, GError **error)
{
    g_auto(Imported) imported = {0};
    g_autofree char *json = read_file(conf, path, reader, error);
    if (!json || !ledger_begin(ledger, error))
        return FALSE;
    if (!take(ledger, json, &imported, user, error)) {
        ledger_rollback(ledger);
        g_prefix_error(error, "%s: ", path);
        return FALSE;
    }
    if (dry)
        ledger_rollback(ledger);
    else if (!ledger_commit(ledger, error))
        return FALSE;
    print(path, &imported, dry);
    return TRUE;
}

gboolean given_import(Ledger *ledger, const Conf *conf, char **paths, GivenReader reader, GivenTaker take, gpointer user, gboolean dry,
                      GError **error)
{
    for (; *paths; paths++)
        if (!take_file(ledger, conf, *paths, reader, take, user, dry, error))
            return FALSE;
    return TRUE;
}
