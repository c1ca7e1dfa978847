/* door.c: the servers, the jobs under way, and the results. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/jail.h"
#include "base/limits.h"
#include "door/door.h"
#include "door/job.h"
#include "door/process.h"

#define WAITING_PER_CHILD 4 /* jobs that wait in the server, so that its children do not wait for us */
#define FAULTS_MAX 3        /* servers that may die under one job */
#define GRACE_SECONDS 2     /* after the server's own deadline */

static const char *const programs[SIZES] = {"shouwen-filter", "shouwen-filter-page", "shouwen-filter-ocr"};

struct Door {
    DoorOptions options;
    char *dir;      /* of the programs */
    char *context;  /* the part that all requests share, JSON */
    FilterProcess servers[SIZES];
    GHashTable *jobs; /* id -> Job */
    GQueue results; /* DoorResult * */
    gint64 last_id;
    int poll;       /* epoll: the servers' control sockets (data: -1 - size) and the jobs' pipes (data: id) */
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
        .scan_seconds = (guint)conf_int(conf, "filter", "scan_deadline"),
        .reuse = (guint)conf_int(conf, "filter", "reuse"),
        .jobs = jobs ? jobs : g_get_num_processors(),
    };
}

/* The filters stand beside our own program in a build tree, else in ../libexec/shouwen. */
static char *installed_programs(void)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *dir = program ? g_path_get_dirname(program) : g_strdup(".");
    g_autofree char *beside = g_build_filename(dir, programs[SIZE_MAIL], NULL);
    if (g_file_test(beside, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer(&dir);
    g_autofree char *installed = g_build_filename(dir, "..", "libexec", "shouwen", NULL);
    return g_canonicalize_filename(installed, NULL);
}

char *door_programs(const DoorOptions *options)
{
    return options->programs_dir ? g_strdup(options->programs_dir) : installed_programs();
}

static json_t *list_of(const char *const *texts)
{
    json_t *list = json_array();
    for (; texts && *texts; texts++)
        json_array_append_new(list, json_string(*texts));
    return list;
}

static char *shared_context(const DoorOptions *options)
{
    json_t *context = json_object();
    json_object_set_new(context, "authserv_id", json_string(options->authserv_id ? options->authserv_id : ""));
    json_object_set_new(context, "reference_prefix", json_string(options->reference_prefix ? options->reference_prefix : ""));
    json_object_set_new(context, "own_addresses", list_of(options->own_addresses));
    json_object_set_new(context, "own_names", list_of(options->own_names));
    json_object_set_new(context, "statement_minimum", json_integer(options->statement_minimum));
    char *text = json_dumps(context, JSON_COMPACT);
    char *copy = g_strdup(text ? text : "{}");
    free(text);
    json_decref(context);
    return copy;
}

Door *door_new(const DoorOptions *options, GError **error)
{
    int poll = epoll_create1(EPOLL_CLOEXEC);
    if (poll < 0) {
        g_set_error(error, FAILURE, FAILURE_AGAIN, "no descriptor for the filter: %s", g_strerror(errno));
        return NULL;
    }
    Door *door = g_new0(Door, 1);
    door->options = *options;
    door->options.jobs = MAX(options->jobs, 1);
    door->options.reuse = MAX(options->reuse, 1);
    door->options.deadline_seconds = MAX(options->deadline_seconds, 1);
    door->options.scan_seconds = MAX(options->scan_seconds, door->options.deadline_seconds);
    door->dir = door_programs(options);
    door->context = shared_context(options);
    door->jobs = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, (GDestroyNotify)job_free);
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
    g_free(door->context);
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

static void watch(const Door *door, int fd, gint64 what)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = (guint64)what};
    epoll_ctl(door->poll, EPOLL_CTL_ADD, fd, &event);
}

static guint seconds_of(const Door *door, DoorSize size)
{
    return size == SIZE_OCR ? door->options.scan_seconds : door->options.deadline_seconds;
}

static gboolean server_start(Door *door, DoorSize size, GError **error)
{
    if (door->servers[size].pid > 0)
        return TRUE;
    const DoorOptions *o = &door->options;
    g_autofree char *program = g_build_filename(door->dir, programs[size], NULL);
    g_autofree char *kinds = o->kinds_dir ? g_strdup(o->kinds_dir) : g_build_filename(o->filters_dir, "kinds", NULL);
    g_autofree char *deadline = g_strdup_printf("%u", seconds_of(door, size));
    g_autofree char *reuse = g_strdup_printf("%u", o->reuse);
    /* Recognising a scan takes a second a page: a short one must find a free child beside a long one. */
    g_autofree char *jobs = g_strdup_printf("%u", size == SIZE_OCR ? MAX(o->jobs, 2) : o->jobs);
    const char *const arguments[] = {programs[size], "--kinds", kinds, "--deadline", deadline, "--reuse", reuse, "--jobs", jobs, NULL};
    if (!filter_process_start(&door->servers[size], program, arguments, error))
        return FALSE;
    watch(door, door->servers[size].control, -1 - (gint64)size);
    return TRUE;
}

/* --- handing over ------------------------------------------------------------------------------------------------------ */

guint door_room(const Door *door)
{
    guint most = door->options.jobs * (1 + WAITING_PER_CHILD), scans = 0;
    GHashTableIter each;
    gpointer value;
    g_hash_table_iter_init(&each, door->jobs);
    while (g_hash_table_iter_next(&each, NULL, &value))
        scans += ((const Job *)value)->size == SIZE_OCR;
    guint now = g_hash_table_size(door->jobs) - scans;
    return now < most && scans < LIMIT_WAITING_SCANS ? most - now : 0;
}

/* Gives JOB a fresh pipe and hands it to its server. The server's end stays ours only for the moment of sending. */
static gboolean dispatch(Door *door, Job *job, GError **error)
{
    int ends[2];
    if (!server_start(door, job->size, error))
        return FALSE;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        g_set_error(error, FAILURE, FAILURE_AGAIN, "no pipe for the filter: %s", g_strerror(errno));
        return FALSE;
    }
    g_autofree char *text = job_request(job, door->context);
    gsize length = strlen(text);
    int descriptors[2] = {job->message, ends[1]};
    gboolean good = fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 && length <= LIMIT_REQUEST_BYTES;
    if (!good)
        g_set_error(error, FAILURE, FAILURE_CONFIG, "the request to the filter is too long: shorten [office] names and address");
    good = good && filter_process_send(&door->servers[job->size], text, length, descriptors, error);
    close(ends[1]);
    if (!good) {
        close(ends[0]);
        return FALSE;
    }
    job->pipe = ends[0];
    watch(door, job->pipe, job->id);
    return TRUE;
}

static gboolean submit(Door *door, Job *job, GError **error)
{
    job->id = ++door->last_id;
    if (!dispatch(door, job, error)) {
        job_free(job);
        return FALSE;
    }
    g_hash_table_insert(door->jobs, &job->id, job);
    return TRUE;
}

gboolean door_submit(Door *door, const DoorJob *wanted, GError **error)
{
    Job *job = job_new(wanted, NULL, door->options.deadline_seconds, door->options.scan_seconds, error);
    return job && submit(door, job, error);
}

/* --- coming back ------------------------------------------------------------------------------------------------------- */

static void finish(Door *door, Job *job, GError *fault)
{
    if (job->question) {
        job->over = TRUE; /* whoever waits for it takes it away */
        job->fault = fault;
        return;
    }
    DoorResult *result = g_new0(DoorResult, 1);
    result->user = job->user;
    result->fault = fault;
    if (!fault)
        result->record = job_record(job);
    g_queue_push_tail(&door->results, result);
    g_hash_table_remove(door->jobs, &job->id);
}

static void again(Door *door, Job *job)
{
    GError *error = NULL;
    if (!dispatch(door, job, &error))
        finish(door, job, error);
}

/* The server has said how the child ended; all that the child wrote stands in the pipe by now. */
static void conclude(Door *door, Job *job)
{
    job_read_pipe(job);
    job_close_pipe(job);
    if (job_again(job))
        again(door, job);
    else
        finish(door, job, NULL);
}

static void hear_done(Door *door, DoorSize size, const char *text, gsize length)
{
    json_t *root = json_loadb(text, length, 0, NULL);
    gint64 id = json_integer_value(json_object_get(root, "id"));
    const char *how = json_string_value(json_object_get(root, "done"));
    Job *job = g_hash_table_lookup(door->jobs, &id);
    door->servers[size].last_sign = clock_mono();
    if (job && how && job->size == size && !job->done) {
        job->done = g_strdup(how);
        job->left_ms -= MAX(json_integer_value(json_object_get(root, "ms")), 0);
        door->servers[size].jobs--;
        conclude(door, job);
    }
    json_decref(root);
}

/* The server died, or was silent for too long: its jobs go to a new one, a few times. */
static void server_lost(Door *door, DoorSize size)
{
    g_autoptr(GPtrArray) orphans = g_ptr_array_new();
    GHashTableIter each;
    gpointer value;
    g_autofree char *words = filter_process_errors(&door->servers[size]);
    filter_process_stop(&door->servers[size]);
    g_hash_table_iter_init(&each, door->jobs);
    while (g_hash_table_iter_next(&each, NULL, &value))
        if (((Job *)value)->size == size && !((Job *)value)->over)
            g_ptr_array_add(orphans, value);
    for (guint i = 0; i < orphans->len; i++) {
        Job *job = g_ptr_array_index(orphans, i);
        job_close_pipe(job);
        if (job_forget(job) && ++job->faults < FAULTS_MAX)
            again(door, job);
        else
            finish(door, job, g_error_new(FAILURE, FAILURE_AGAIN, "the filter died %u times under this message: %s",
                                          job->faults ? job->faults : 1,
                                          *words ? g_strchomp(words) : "it said nothing"));
    }
}

static void hear_server(Door *door, DoorSize size)
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

static gint64 server_deadline(const Door *door, DoorSize size)
{
    const FilterProcess *server = &door->servers[size];
    if (server->pid <= 0 || server->jobs == 0)
        return G_MAXINT64;
    return server->last_sign + (gint64)(seconds_of(door, size) + GRACE_SECONDS) * G_USEC_PER_SEC;
}

static void handle_events(Door *door, int timeout_ms)
{
    struct epoll_event events[32];
    int n = epoll_wait(door->poll, events, G_N_ELEMENTS(events), timeout_ms);
    for (int i = 0; i < n; i++) {
        gint64 what = (gint64)events[i].data.u64;
        Job *job = what > 0 ? g_hash_table_lookup(door->jobs, &what) : NULL;
        if (what < 0)
            hear_server(door, (DoorSize)(-1 - what));
        else if (job)
            job_read_pipe(job);
    }
    for (DoorSize size = 0; size < SIZES; size++)
        if (clock_mono() >= server_deadline(door, size))
            server_lost(door, size);
}

/* One round of the jobs under way; waits for it until DEADLINE, or until a server is late. */
static void turn(Door *door, gint64 deadline)
{
    for (DoorSize size = 0; size < SIZES; size++)
        deadline = MIN(deadline, server_deadline(door, size));
    handle_events(door, clock_left_ms(deadline));
}

DoorResult *door_next(Door *door, gint64 deadline)
{
    for (;;) {
        if (door->results.length > 0)
            return g_queue_pop_head(&door->results);
        if (g_hash_table_size(door->jobs) == 0)
            return NULL;
        turn(door, deadline);
        if (door->results.length == 0 && clock_mono() >= deadline)
            return NULL;
    }
}

int door_poll_fd(const Door *door)
{
    return door->poll;
}

/* --- one at a time ------------------------------------------------------------------------------------------------------ */

static DoorResult *await(Door *door)
{
    DoorResult *result;
    while (!(result = door_next(door, clock_mono() + G_USEC_PER_SEC)))
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

Job *door_ask(Door *door, const DoorJob *wanted, const Question *question, GError **error)
{
    Job *job = job_new(wanted, question, door->options.deadline_seconds, door->options.scan_seconds, error);
    if (!job || !submit(door, job, error))
        return NULL;
    while (!job->over)
        turn(door, clock_mono() + G_USEC_PER_SEC);
    g_hash_table_steal(door->jobs, &job->id);
    return job;
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
