/* door.c: jobs on their way through the filter: which server, how often, with what left out, and what came back. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/jail.h"
#include "base/limits.h"
#include "door/door.h"
#include "door/process.h"

#define QUEUE_FACTOR 4     /* jobs a child at once that wait in the server, so that children do not */
#define FAULTS_MAX 3       /* servers that may die under one job */
#define GRACE_SECONDS 2    /* after the server's own deadline */
#define READ_BYTES 65536

enum { SIZE_MAIL, SIZE_PAGE, SIZES };
static const char *const programs[SIZES] = {"shouwen-filter", "shouwen-filter-page"};

typedef struct {
    gint64 id;
    int size, message, pipe; /* memfd; read end of the record pipe, -1 at its end */
    char *name, *part;       /* bare document's name; path of verb part */
    gboolean explain, text;
    int part_fd;             /* verb part: where its bytes go */
    guint64 received;        /* bytes on the pipe */
    gpointer user;
    RecordParser *parser;
    GByteArray *line;        /* unfinished */
    json_t *skip;
    guint faults;
    char *done;              /* the server's word on how it ended; NULL: not yet */
    gboolean refused;        /* the record was over a limit or no record */
} Job;

struct Door {
    DoorOptions options;
    char *dir;               /* of the programs */
    FilterProcess servers[SIZES];
    GHashTable *jobs;        /* id -> Job */
    GQueue results;          /* DoorResult * */
    gint64 last_id;
    int poll;
};

/* --- opening ----------------------------------------------------------------------------------------------------------- */

void door_options_from_conf(DoorOptions *options, const Conf *conf)
{
    guint jobs = (guint)conf_int(conf, "filter", "jobs");
    g_autofree char *filters = conf_path(conf, "general", "filters");
    *options = (DoorOptions){
        .filters_dir = g_intern_string(filters),
        .authserv_id = conf_string(conf, "filter", "authserv_id"),
        .reference_prefix = conf_string(conf, "reference", "prefix"),
        .own_addresses = conf_list(conf, "office", "address"),
        .own_names = conf_list(conf, "office", "names"),
        .statement_minimum = (guint)conf_int(conf, "filter", "statement_minimum"),
        .deadline_seconds = (guint)conf_int(conf, "filter", "deadline"),
        .reuse = (guint)conf_int(conf, "filter", "reuse"),
        .jobs = jobs ? jobs : g_get_num_processors(),
    };
}

/* The filters stand beside our own program in a build tree, else in ../libexec/shouwen. */
static char *programs_dir(void)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *dir = program ? g_path_get_dirname(program) : g_strdup(".");
    g_autofree char *beside = g_build_filename(dir, programs[SIZE_MAIL], NULL);
    if (g_file_test(beside, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer(&dir);
    g_autofree char *installed = g_build_filename(dir, "..", "libexec", "shouwen", NULL);
    return g_canonicalize_filename(installed, NULL);
}

static void job_free(gpointer data)
{
    Job *job = data;
    if (job->pipe >= 0)
        close(job->pipe);
    if (job->message >= 0)
        close(job->message);
    record_parser_free(job->parser);
    g_byte_array_unref(job->line);
    json_decref(job->skip);
    g_free(job->name);
    g_free(job->part);
    g_free(job->done);
    g_free(job);
}

Door *door_new(const DoorOptions *options, GError **error)
{
    int poll = epoll_create1(EPOLL_CLOEXEC);
    if (poll < 0) {
        g_set_error(error, FAILURE, FAILURE_AGAIN, "no epoll: %s", g_strerror(errno));
        return NULL;
    }
    Door *door = g_new0(Door, 1);
    door->options = *options;
    door->options.jobs = MAX(options->jobs, 1);
    door->dir = programs_dir();
    door->jobs = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, job_free);
    door->poll = poll;
    for (int i = 0; i < SIZES; i++)
        door->servers[i] = (FilterProcess){.control = -1, .errors = -1};
    g_queue_init(&door->results);
    return door;
}

void door_free(Door *door)
{
    if (!door)
        return;
    for (int i = 0; i < SIZES; i++)
        filter_process_stop(&door->servers[i]);
    g_hash_table_unref(door->jobs);
    g_queue_clear_full(&door->results, (GDestroyNotify)door_result_free);
    close(door->poll);
    g_free(door->dir);
    g_free(door);
}

void door_result_free(DoorResult *result)
{
    if (!result)
        return;
    record_free(result->record);
    g_clear_error(&result->fault);
    g_free(result);
}

static void watch(Door *door, int fd, gint64 what)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = (guint64)what};
    epoll_ctl(door->poll, EPOLL_CTL_ADD, fd, &event);
}

static gboolean server_start(Door *door, int size, GError **error)
{
    if (door->servers[size].pid > 0)
        return TRUE;
    const DoorOptions *o = &door->options;
    g_autofree char *program = g_build_filename(door->dir, programs[size], NULL);
    g_autofree char *kinds = o->kinds_dir ? g_strdup(o->kinds_dir) : g_build_filename(o->filters_dir, "kinds", NULL);
    g_autofree char *deadline = g_strdup_printf("%u", o->deadline_seconds);
    g_autofree char *reuse = g_strdup_printf("%u", o->reuse);
    g_autofree char *jobs = g_strdup_printf("%u", o->jobs);
    const char *const arguments[] = {programs[size], "--kinds", kinds, "--deadline", deadline, "--reuse", reuse, "--jobs", jobs, NULL};
    if (!filter_process_start(&door->servers[size], program, arguments, error))
        return FALSE;
    watch(door, door->servers[size].control, -1 - size);
    return TRUE;
}

/* --- handing over ------------------------------------------------------------------------------------------------------ */

guint door_room(const Door *door)
{
    guint most = door->options.jobs * (1 + QUEUE_FACTOR), now = g_hash_table_size(door->jobs);
    return now < most ? most - now : 0;
}

static json_t *list_of(const char *const *texts)
{
    json_t *list = json_array();
    for (; texts && *texts; texts++)
        json_array_append_new(list, json_string(*texts));
    return list;
}

static char *request_text(const Door *door, const Job *job)
{
    const DoorOptions *o = &door->options;
    json_t *request = json_object(), *context = json_object();
    json_object_set_new(request, "id", json_integer(job->id));
    json_object_set_new(request, "verb", json_string(job->part ? "part" : "read"));
    json_object_set_new(request, "name", job->name ? json_string(job->name) : json_null());
    if (job->part)
        json_object_set_new(request, "path", json_string(job->part));
    json_object_set(request, "skip", job->skip);
    json_object_set_new(request, "explain", json_boolean(job->explain));
    json_object_set_new(request, "text", json_boolean(job->text));
    json_object_set_new(context, "authserv_id", json_string(o->authserv_id ? o->authserv_id : ""));
    json_object_set_new(context, "reference_prefix", json_string(o->reference_prefix ? o->reference_prefix : "SC27"));
    json_object_set_new(context, "own_addresses", list_of(o->own_addresses));
    json_object_set_new(context, "own_names", list_of(o->own_names));
    json_object_set_new(context, "statement_minimum", json_integer(o->statement_minimum));
    json_object_set_new(request, "context", context);
    char *text = json_dumps(request, JSON_COMPACT);
    json_decref(request);
    return text;
}

/* Gives JOB a fresh pipe and hands it to its server. */
static gboolean dispatch(Door *door, Job *job, GError **error)
{
    int ends[2];
    if (!server_start(door, job->size, error))
        return FALSE;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        g_set_error(error, FAILURE, FAILURE_AGAIN, "no pipe for the filter: %s", g_strerror(errno));
        return FALSE;
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    char *text = request_text(door, job);
    int descriptors[2] = {job->message, ends[1]};
    gboolean good = strlen(text) < LIMIT_REQUEST_BYTES;
    if (!good)
        g_set_error(error, FAILURE, FAILURE_CONFIG, "the request to the filter is too long: shorten [office] names and address");
    good = good && filter_process_send(&door->servers[job->size], text, strlen(text), descriptors, error);
    free(text);
    close(ends[1]);
    if (!good) {
        close(ends[0]);
        return FALSE;
    }
    job->pipe = ends[0];
    job->received = 0;
    g_byte_array_set_size(job->line, 0);
    g_clear_pointer(&job->done, g_free);
    watch(door, job->pipe, job->id);
    return TRUE;
}

/* Exactly one message, in memory that nobody can change any more. */
static int seal_message(const DoorJob *job, GError **error)
{
    int fd = memfd_create("message", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    off_t offset = (off_t)job->offset;
    guint64 left = job->length;
    while (fd >= 0 && left > 0) {
        gssize n = sendfile(fd, job->fd, &offset, MIN(left, (guint64)1 << 30));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        left -= (guint64)n;
    }
    if (fd >= 0 && left == 0 &&
        fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0)
        return fd;
    g_set_error(error, FAILURE, FAILURE_AGAIN, "a message cannot be copied for the filter: %s", g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

static Job *job_new(Door *door, const DoorJob *wanted, GError **error)
{
    int message = seal_message(wanted, error);
    if (message < 0)
        return NULL;
    Job *job = g_new0(Job, 1);
    job->id = ++door->last_id;
    job->message = message;
    job->pipe = -1;
    job->part_fd = -1;
    job->name = wanted->name ? g_utf8_make_valid(wanted->name, -1) : NULL;
    job->explain = wanted->explain;
    job->text = wanted->text;
    job->user = wanted->user;
    job->parser = record_parser_new(wanted->name != NULL);
    job->line = g_byte_array_new();
    job->skip = json_array();
    return job;
}

static gboolean submit(Door *door, Job *job, GError **error)
{
    if (!dispatch(door, job, error)) {
        job_free(job);
        return FALSE;
    }
    g_hash_table_insert(door->jobs, &job->id, job);
    return TRUE;
}

gboolean door_submit(Door *door, const DoorJob *wanted, GError **error)
{
    Job *job = job_new(door, wanted, error);
    return job && submit(door, job, error);
}

/* --- coming back ------------------------------------------------------------------------------------------------------- */

/* What a dead child could not say of the message itself. */
static void complete(const Job *job, Record *record)
{
    if (!record->bare && !record->route)
        record->route = g_strdup("unreadable");
    if (record->sha256)
        return;
    guint8 buffer[READ_BYTES];
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    gssize n;
    for (record->bytes = 0; (n = pread(job->message, buffer, sizeof buffer, (off_t)record->bytes)) > 0; record->bytes += (guint64)n)
        g_checksum_update(sum, buffer, n);
    record->sha256 = g_strdup(g_checksum_get_string(sum));
}

static void finish(Door *door, Job *job, GError *fault)
{
    DoorResult *result = g_new0(DoorResult, 1);
    result->user = job->user;
    result->fault = fault;
    if (!fault) {
        result->record = record_parser_take(job->parser);
        complete(job, result->record);
    }
    g_queue_push_tail(&door->results, result);
    g_hash_table_remove(door->jobs, &job->id);
}

static void again(Door *door, Job *job)
{
    GError *error = NULL;
    record_parser_retry(job->parser);
    job->refused = FALSE;
    if (!dispatch(door, job, &error))
        finish(door, job, error);
}

/* The child died while a document was open: everything else of the message is read once more without it. */
static void leave_out(Door *door, Job *job, const char *path, const char *status)
{
    json_t *skip = json_object();
    json_object_set_new(skip, "path", json_string(path));
    json_object_set_new(skip, "status", json_string(status));
    json_array_append_new(job->skip, skip);
    again(door, job);
}

static const char *status_of_death(const Job *job)
{
    if (job->refused || g_str_equal(job->done, "memory"))
        return "too-large";
    return g_str_equal(job->done, "timeout") ? "timeout" : "damaged";
}

/* Both the pipe has ended and the server has said how. */
static void conclude(Door *door, Job *job)
{
    const char *larger = record_parser_escalate(job->parser), *open = record_parser_open_path(job->parser);
    if (job->part || record_parser_ended(job->parser)) {
        finish(door, job, NULL);
    } else if (larger && job->size == SIZE_MAIL) {
        job->size = SIZE_PAGE;
        again(door, job);
    } else if (open && json_array_size(job->skip) < LIMIT_SKIPS) {
        g_autofree char *path = g_strdup(open);
        leave_out(door, job, path, status_of_death(job));
    } else {
        /* No envelope, or document after document deadly: what is known stands, a person looks. */
        finish(door, job, NULL);
    }
}

static void close_pipe(Job *job)
{
    if (job->pipe >= 0)
        close(job->pipe);
    job->pipe = -1;
}

/* Closing the pipe ends the child by SIGPIPE; the server then tells. */
static void refuse(Job *job)
{
    job->refused = TRUE;
    close_pipe(job);
}

static void take_bytes(Job *job, const guint8 *bytes, gsize length)
{
    job->received += length;
    if (job->part) {
        if (job->received > LIMIT_EXPANDED_BYTES || write(job->part_fd, bytes, length) != (gssize)length)
            refuse(job);
        return;
    }
    if (job->received > LIMIT_RECORD_BYTES) {
        refuse(job);
        return;
    }
    while (length > 0) {
        const guint8 *end = memchr(bytes, '\n', length);
        gsize n = end ? (gsize)(end - bytes) : length;
        g_byte_array_append(job->line, bytes, (guint)n);
        if (!end)
            return;
        if (!record_parser_line(job->parser, (const char *)job->line->data, job->line->len, NULL)) {
            refuse(job);
            return;
        }
        g_byte_array_set_size(job->line, 0);
        bytes += n + 1;
        length -= n + 1;
    }
}

static void read_pipe(Door *door, Job *job)
{
    static guint8 buffer[READ_BYTES];
    gssize n = 1;
    while (job->pipe >= 0 && (n = read(job->pipe, buffer, sizeof buffer)) > 0)
        take_bytes(job, buffer, (gsize)n);
    if (job->pipe >= 0 && n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    close_pipe(job);
    if (job->done)
        conclude(door, job);
}

static void hear_done(Door *door, int size, const char *text, gsize length)
{
    json_t *root = json_loadb(text, length, 0, NULL);
    gint64 id = json_integer_value(json_object_get(root, "id"));
    const char *how = json_string_value(json_object_get(root, "done"));
    Job *job = g_hash_table_lookup(door->jobs, &id);
    door->servers[size].last_sign = clock_mono();
    if (job && how && job->size == size && !job->done) {
        job->done = g_strdup(how);
        door->servers[size].jobs--;
        if (job->pipe >= 0)
            read_pipe(door, job);
        else
            conclude(door, job);
    }
    json_decref(root);
}

/* The server died, or was silent for too long: its jobs go to a new one, a few times. */
static void server_lost(Door *door, int size)
{
    g_autoptr(GPtrArray) orphans = g_ptr_array_new();
    GHashTableIter each;
    gpointer value;
    g_autofree char *words = filter_process_errors(&door->servers[size]);
    filter_process_stop(&door->servers[size]);
    g_hash_table_iter_init(&each, door->jobs);
    while (g_hash_table_iter_next(&each, NULL, &value))
        if (((Job *)value)->size == size && !((Job *)value)->done)
            g_ptr_array_add(orphans, value);
    for (guint i = 0; i < orphans->len; i++) {
        Job *job = g_ptr_array_index(orphans, i);
        close_pipe(job);
        if (++job->faults < FAULTS_MAX)
            again(door, job);
        else
            finish(door, job, g_error_new(FAILURE, FAILURE_AGAIN, "the filter died three times under this message: %s",
                                          *words ? g_strchomp(words) : "it said nothing"));
    }
}

static void hear_server(Door *door, int size)
{
    char text[1024];
    for (;;) {
        gssize n = recv(door->servers[size].control, text, sizeof text, MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n <= 0) {
            server_lost(door, size);
            return;
        }
        hear_done(door, size, text, (gsize)n);
    }
}

static gint64 server_deadline(const Door *door, int size)
{
    const FilterProcess *server = &door->servers[size];
    if (server->pid <= 0 || server->jobs == 0)
        return G_MAXINT64;
    return server->last_sign + (gint64)(door->options.deadline_seconds + GRACE_SECONDS) * G_USEC_PER_SEC;
}

static void handle_events(Door *door, int timeout_ms)
{
    struct epoll_event events[32];
    int n = epoll_wait(door->poll, events, G_N_ELEMENTS(events), timeout_ms);
    for (int i = 0; i < n; i++) {
        gint64 what = (gint64)events[i].data.u64;
        Job *job = what > 0 ? g_hash_table_lookup(door->jobs, &what) : NULL;
        if (what < 0)
            hear_server(door, (int)(-1 - what));
        else if (job && job->pipe >= 0)
            read_pipe(door, job);
    }
    for (int size = 0; size < SIZES; size++)
        if (clock_mono() >= server_deadline(door, size))
            server_lost(door, size);
}

DoorResult *door_next(Door *door, gint64 deadline)
{
    do {
        if (door->results.length > 0)
            return g_queue_pop_head(&door->results);
        if (g_hash_table_size(door->jobs) == 0)
            return NULL;
        gint64 until = MIN(deadline, MIN(server_deadline(door, SIZE_MAIL), server_deadline(door, SIZE_PAGE)));
        handle_events(door, until == G_MAXINT64 ? -1 : clock_left_ms(until));
    } while (door->results.length > 0 || clock_mono() < deadline);
    return NULL;
}

int door_poll_fd(const Door *door)
{
    return door->poll;
}

/* --- one at a time ------------------------------------------------------------------------------------------------------ */

static DoorResult *await(Door *door)
{
    DoorResult *result;
    while (!(result = door_next(door, G_MAXINT64)))
        continue;
    return result;
}

DoorResult *door_read(Door *door, const DoorJob *wanted)
{
    GError *error = NULL;
    if (door_submit(door, wanted, &error))
        return await(door);
    DoorResult *result = g_new0(DoorResult, 1);
    result->user = wanted->user;
    result->fault = error;
    return result;
}

gboolean door_part(Door *door, const DoorJob *wanted, const char *path, int out_fd, GError **error)
{
    Job *job = job_new(door, wanted, error);
    if (!job)
        return FALSE;
    job->part = g_strdup(path);
    job->part_fd = out_fd;
    job->size = SIZE_PAGE; /* members may stand in any container */
    if (!submit(door, job, error))
        return FALSE;
    g_autoptr(DoorResult) result = await(door);
    if (result->fault)
        g_propagate_error(error, g_steal_pointer(&result->fault));
    return error ? *error == NULL : TRUE;
}

gboolean door_check_kinds(Door *door, GPtrArray *out, GError **error)
{
    g_autoptr(GError) failure = NULL;
    if (server_start(door, SIZE_MAIL, &failure) && server_start(door, SIZE_PAGE, &failure))
        return TRUE;
    if (!g_error_matches(failure, FAILURE, FAILURE_CONFIG)) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    g_auto(GStrv) lines = g_strsplit(failure->message, "\n", -1);
    for (guint i = 0; lines[i]; i++)
        g_ptr_array_add(out, g_strdup(lines[i]));
    return FALSE;
}

char **door_jail_report(void)
{
    GPtrArray *lines = g_ptr_array_new();
    int abi = jail_landlock_abi();
    g_ptr_array_add(lines, abi ? g_strdup_printf("Landlock ABI %d", abi)
                               : g_strdup("no Landlock: files are kept away by seccomp alone (PDFs with unusual fonts lose text)"));
    g_ptr_array_add(lines, g_strdup(jail_seccomp_available() ? "seccomp" : "no seccomp: shouwen will not read documents here"));
    g_ptr_array_add(lines, NULL);
    return (char **)g_ptr_array_free(lines, FALSE);
}
