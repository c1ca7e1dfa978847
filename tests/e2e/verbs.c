/* verbs.c: asks the door from the command line, for verbs.t: each question as a caller of src/door asks it.
 *   verbs DEADLINE VERB FILE [PATH [PAGE DPI]]
 * VERB: part, view, render, ical, table, text, busy (a view while three readings are under way). FILE is a message when it ends in .eml, else a bare document. The answer goes to
 * standard output; an error to standard error, and the exit code is that of its kind. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/failure.h"
#include "door/door.h"

static gboolean put(const void *bytes, gsize length)
{
    return fwrite(bytes, 1, length, stdout) == length && fflush(stdout) == 0;
}

/* The text of each document, as intake indexes it. */
static void put_texts(Door *door, DoorJob *job)
{
    job->text = TRUE;
    g_autoptr(DoorResult) result = door_read(door, job);
    for (guint i = 0; result->record && i < result->record->documents->len; i++) {
        const Document *document = g_ptr_array_index(result->record->documents, i);
        printf("%s: %s\n%s\n", document->path, document->status, document->text ? document->text : "(none)");
    }
}

/* A view, and how many readings that were handed over before it come back whole after it. */
static gboolean put_busy(Door *door, DoorJob *job, const char *path, GError **error)
{
    guint whole = 0;
    for (guint i = 0; i < 3; i++)
        if (!door_submit(door, job, error))
            return FALSE;
    g_autofree char *view = door_view(door, job, path, error);
    for (DoorResult *result; view && (result = door_next(door, G_MAXINT64)); door_result_free(result))
        whole += result->record && result->record->documents->len > 0;
    printf("%u readings\n", whole);
    return view && put(view, strlen(view));
}

static gboolean answer(Door *door, DoorJob *job, char **argv, GError **error)
{
    const char *verb = argv[2], *path = argv[3] ? argv[4] : NULL;
    g_autoptr(GBytes) bytes = NULL;
    g_autofree char *text = NULL;
    if (strcmp(verb, "part") == 0)
        return door_part(door, job, path, STDOUT_FILENO, error);
    if (strcmp(verb, "render") == 0) {
        bytes = door_render(door, job, path, (guint)atoi(argv[5]), (guint)atoi(argv[6]), error);
        return bytes && put(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    }
    if (strcmp(verb, "busy") == 0)
        return put_busy(door, job, path, error);
    if (strcmp(verb, "text") == 0) {
        put_texts(door, job);
        return TRUE;
    }
    text = strcmp(verb, "view") == 0 ? door_view(door, job, path, error) : strcmp(verb, "ical") == 0 ? door_ical(door, job, error)
                                                                                                     : door_table(door, job, error);
    return text && put(text, strlen(text));
}

int main(int argc, char **argv)
{
    static const char *const none[] = {NULL};
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *dir = g_path_get_dirname(program), *programs = g_path_get_dirname(dir);
    const char *chosen = getenv("VERBS_PROGRAMS");
    struct stat facts;
    int fd = argc >= 4 ? open(argv[3], O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0 || fstat(fd, &facts) != 0)
        return 64;
    const DoorOptions options = {.filters_dir = "filters", .programs_dir = chosen ? chosen : programs, .authserv_id = "",
                                 .reference_prefix = "SC27", .own_addresses = none, .own_names = none, .statement_minimum = 100,
                                 .deadline_seconds = (guint)atoi(argv[1]), .scan_seconds = 60, .reuse = 8, .jobs = 2};
    g_autoptr(GError) error = NULL;
    g_autoptr(Door) door = door_new(&options, &error);
    g_autofree char *name = g_path_get_basename(argv[3]);
    DoorJob job = {.fd = fd, .length = (guint64)facts.st_size, .name = g_str_has_suffix(name, ".eml") ? NULL : name};
    if (door && answer(door, &job, argv, &error))
        return 0;
    fprintf(stderr, "%s\n", error ? error->message : "no error was given");
    return error ? failure_exit_code(error) : 1;
}
