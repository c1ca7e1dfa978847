/* fetch.c: one mailbox into segments, a process of its own: its server may be hostile, and libetpan parses what that
 * says. A batch is synced, then the cursor moves, then intake gets a hint. Hints may be lost both ways: intake looks at
 * the segments by itself, and tells marks again until they are answered. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <gio/gio.h>

#include "base/clock.h"
#include "base/durable.h"
#include "base/failure.h"
#include "base/jail.h"
#include "base/limits.h"
#include "net/token.h"
#include "source/source.h"
#include "spool/segment.h"
#include "stages/bus.h"
#include "stages/log.h"
#include "stages/outward.h"
#include "stages/stages.h"

#define FIRST_DELAY_SECONDS 1
#define LAST_DELAY_SECONDS (5 * 60)
#define FIRST_DENIED_SECONDS 60 /* quick repetition of a wrong password locks accounts */
#define LAST_DENIED_SECONDS (30 * 60)
#define ROOM_SECONDS 30     /* the full disk is looked at that often */
#define LONGEST_WAIT_SECONDS (15 * 60)
#define MARKS_EVERY_USEC (2 * G_USEC_PER_SEC) /* marks interrupt a backlog at most that often */
#define MARKS_WAITING 64    /* hints kept; intake tells the rest again */
#define FAILURES_ONCE 5     /* in a row, then `run --once` gives up */
#define FAILURES_ANEW 20    /* in a row (over an hour), then the stage ends and is started anew: the jail holds to the
                               resolver's files as they were at its start */

typedef struct {
    const Conf *conf;
    const char *mailbox;
    char *name; /* "fetch:MAILBOX" */
    char *spool;
    Source *source;
    SegmentWriter *writer;
    GQueue marks;     /* char *: "FOLDER\tUIDVALIDITY\tUID,UID…" */
    gint64 marks_due; /* clock_mono */
    int wake_fd, signal_fd;
    gboolean once, told, stopping, full, full_logged;
    guint failures;
    char *last_failure;
} Fetch;

static void fetch_free(Fetch *fetch)
{
    if (fetch->writer)
        segment_writer_free(fetch->writer);
    if (fetch->source)
        source_close(fetch->source);
    g_queue_clear_full(&fetch->marks, g_free);
    if (fetch->wake_fd >= 0)
        close(fetch->wake_fd);
    if (fetch->signal_fd >= 0)
        close(fetch->signal_fd);
    g_free(fetch->name);
    g_free(fetch->spool);
    g_free(fetch->last_failure);
    g_free(fetch);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fetch, fetch_free)

/* --- hints ---------------------------------------------------------------------------------------------------- */

static void take_hints(Fetch *fetch)
{
    struct signalfd_siginfo signal_info;
    if (read(fetch->signal_fd, &signal_info, sizeof signal_info) > 0)
        fetch->stopping = TRUE;
    char *text, *from = NULL;
    while (!fetch->stopping && (text = bus_receive(&from))) {
        g_autofree char *hint = text, *sender = g_steal_pointer(&from);
        if (g_str_equal(hint, "stop"))
            fetch->stopping = TRUE;
        else if (g_str_has_prefix(hint, "mark ") && g_strcmp0(sender, "intake") == 0 &&
                 fetch->marks.length < MARKS_WAITING)
            g_queue_push_tail(&fetch->marks, g_strdup(hint + strlen("mark ")));
    }
}

static gboolean marks_due(const Fetch *fetch)
{
    return fetch->marks.length > 0 && clock_mono() >= fetch->marks_due;
}

static gboolean mark_each(Fetch *fetch, char *folder, guint32 uidvalidity, const GArray *uids, GError **error)
{
    Source *source = fetch->source;
    if (source->type->mark_set)
        return source->type->mark_set(source, folder, uidvalidity, (const guint32 *)(gconstpointer)uids->data,
                                      uids->len, error);
    for (guint i = 0; i < uids->len; i++) {
        SourceMark mark = {folder, uidvalidity, g_array_index(uids, guint32, i)};
        if (!source->type->mark(source, &mark, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean serve_mark(Fetch *fetch, const char *text, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, "\t", 3);
    if (g_strv_length(parts) != 3)
        return TRUE;
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_auto(GStrv) numbers = g_strsplit(parts[2], ",", -1);
    for (char **number = numbers; *number; number++) {
        guint32 uid = (guint32)g_ascii_strtoull(*number, NULL, 10);
        if (uid > 0)
            g_array_append_val(uids, uid);
    }
    if (!mark_each(fetch, parts[0], (guint32)g_ascii_strtoull(parts[1], NULL, 10), uids, error))
        return FALSE;
    g_autofree char *answer = g_strconcat("marked ", text, NULL);
    bus_send("intake", answer);
    return TRUE;
}

/* A mark that fails is dropped: intake tells it again, and says it until it is answered. */
static gboolean serve_marks(Fetch *fetch, GError **error)
{
    gboolean fine = TRUE;
    while (fine && !fetch->stopping && fetch->marks.length > 0) {
        g_autofree char *text = g_queue_pop_head(&fetch->marks);
        fine = serve_mark(fetch, text, error);
        take_hints(fetch);
    }
    fetch->marks_due = clock_mono() + MARKS_EVERY_USEC;
    return fine;
}

/* --- what the source asks and tells --------------------------------------------------------------------------- */

static void check_room(Fetch *fetch)
{
    g_autoptr(GError) problem = NULL;
    fetch->full = !spool_has_room(fetch->spool, (guint64)conf_int(fetch->conf, "general", "min_free"), &problem);
    if (fetch->full && !fetch->full_logged)
        stage_log(fetch->name, "%s",
                  problem ? problem->message : "fetching waits: the disk is full");
    else if (!fetch->full && fetch->full_logged)
        stage_log(fetch->name, "there is space again, fetching goes on");
    fetch->full_logged = fetch->full;
}

static gboolean pause_now(gpointer user)
{
    Fetch *fetch = user;
    take_hints(fetch);
    check_room(fetch);
    return fetch->stopping || fetch->full || marks_due(fetch);
}

static void report(const char *line, gpointer user)
{
    Fetch *fetch = user;
    stage_log(fetch->name, "%s", line);
}

static void batch_synced(guint64 messages, guint64 bytes, gpointer user)
{
    (void)messages;
    (void)bytes;
    Fetch *fetch = user;
    fetch->failures = 0;
    bus_send("intake", "arrived");
}

/* --- the loop ------------------------------------------------------------------------------------------------- */

/* Until SECONDS have passed or a hint or signal is there. */
static void rest(const Fetch *fetch, gint64 seconds)
{
    struct pollfd wake = {.fd = fetch->wake_fd, .events = POLLIN};
    poll(&wake, 1, clock_left_ms(clock_mono() + seconds * G_USEC_PER_SEC));
}

static gint64 delay_after(const Fetch *fetch, const GError *problem)
{
    gboolean denied = g_error_matches(problem, FAILURE, FAILURE_DENIED);
    gint64 first = denied ? FIRST_DENIED_SECONDS : FIRST_DELAY_SECONDS;
    gint64 last = denied ? LAST_DENIED_SECONDS : LAST_DELAY_SECONDS;
    gint64 delay = first << MIN(fetch->failures - 1, 16);
    return MIN(delay, last);
}

/* Waits before the next attempt. FALSE when there shall be none. */
static gboolean recover(Fetch *fetch, GError *problem, GError **error)
{
    Outcome outcome = failure_outcome(problem);
    gboolean denied = g_error_matches(problem, FAILURE, FAILURE_DENIED);
    gboolean hopeless = outcome == OUTCOME_BUG || (outcome == OUTCOME_PERSON && !denied &&
                                                   !g_error_matches(problem, FAILURE, FAILURE_IO));
    fetch->failures++;
    if (hopeless || fetch->failures >= FAILURES_ANEW ||
        (fetch->once && (denied || fetch->failures >= FAILURES_ONCE))) {
        g_propagate_error(error, problem);
        return FALSE;
    }
    gint64 delay = delay_after(fetch, problem);
    if (g_strcmp0(problem->message, fetch->last_failure) != 0)
        stage_log(fetch->name, "%s (again in %" G_GINT64_FORMAT " s, then at growing intervals)", problem->message,
                  delay);
    g_free(fetch->last_failure);
    fetch->last_failure = g_strdup(problem->message);
    g_error_free(problem);
    /* Jitter: the mailboxes of one server must not all come back in the same moment. */
    gint64 until = clock_mono() + (gint64)((double)delay * g_random_double_range(0.75, 1.25) * G_USEC_PER_SEC);
    for (take_hints(fetch); !fetch->stopping && clock_left_ms(until) > 0; take_hints(fetch))
        rest(fetch, (until - clock_mono()) / G_USEC_PER_SEC + 1);
    return TRUE;
}

/* What the monitor looks at first. A beat that cannot be written is an alarm there by itself. */
static void beat(const Fetch *fetch)
{
    g_autoptr(GError) problem = NULL;
    if (!source_beat(fetch->conf, fetch->mailbox, "alive", clock_now(), &problem) ||
        (token_taken() && !source_beat(fetch->conf, fetch->mailbox, "token", token_taken(), &problem)))
        stage_log(fetch->name, "%s", problem->message);
}

static gboolean fetch_new(Fetch *fetch, GError **error)
{
    guint64 count = 0;
    check_room(fetch);
    if (fetch->full) {
        rest(fetch, ROOM_SECONDS);
        return TRUE;
    }
    if (!fetch->source->type->fetch(fetch->source, fetch->writer, batch_synced, fetch, &count, error))
        return FALSE;
    if (fetch->last_failure)
        stage_log(fetch->name, "fetching works again");
    g_clear_pointer(&fetch->last_failure, g_free);
    fetch->failures = 0;
    beat(fetch);
    /* Anything that made it pause is looked at first, and the rest is fetched before the wait. */
    if (fetch->stopping || fetch->full || marks_due(fetch))
        return TRUE;
    if (fetch->once) {
        bus_send("supervise", "fetched");
        fetch->told = TRUE;
        fetch->stopping = bus_fd() < 0;
        return TRUE;
    }
    gint64 deadline = clock_mono() + LONGEST_WAIT_SECONDS * G_USEC_PER_SEC;
    return fetch->source->type->wait(fetch->source, fetch->wake_fd, deadline, error);
}

static gboolean step(Fetch *fetch, GError **error)
{
    if (fetch->marks.length > 0)
        return serve_marks(fetch, error);
    if (!fetch->told)
        return fetch_new(fetch, error);
    rest(fetch, LONGEST_WAIT_SECONDS);
    return TRUE;
}

static gboolean loop(Fetch *fetch, GError **error)
{
    for (take_hints(fetch); !fetch->stopping; take_hints(fetch)) {
        GError *problem = NULL;
        if (!step(fetch, &problem) && !recover(fetch, problem, error))
            return FALSE;
    }
    return TRUE;
}

/* --- start ---------------------------------------------------------------------------------------------------- */

/* One descriptor that becomes readable for a hint and for SIGTERM. */
static gboolean open_wake(Fetch *fetch, GError **error)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    fetch->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    fetch->wake_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    gboolean fine = fetch->signal_fd >= 0 && fetch->wake_fd >= 0 &&
                    epoll_ctl(fetch->wake_fd, EPOLL_CTL_ADD, fetch->signal_fd, &event) == 0;
    if (fine && bus_fd() >= 0)
        fine = epoll_ctl(fetch->wake_fd, EPOLL_CTL_ADD, bus_fd(), &event) == 0;
    if (!fine)
        g_set_error(error, FAILURE, FAILURE_UNAVAILABLE, "%s: no descriptor to wait on: %s", fetch->name,
                    g_strerror(errno));
    return fine;
}

/* The path of a setting of this mailbox; one that does not exist when it is empty. */
static char *path_of(const Fetch *fetch, const char *key)
{
    g_autofree char *group = g_strdup_printf("mailbox %s", fetch->mailbox);
    return *conf_string(fetch->conf, group, key) ? conf_path(fetch->conf, group, key) : g_strdup("/nonexistent");
}

static gboolean confine(const Fetch *fetch, const char *segments, const char *cursors, GError **error)
{
    g_autofree char *mail = path_of(fetch, "path");
    g_autofree char *ca_file = path_of(fetch, "ca_file");
    gboolean local = !g_str_equal(fetch->source->type->type, "imap");
    const guint read_tree = JAIL_READ | JAIL_READ_DIR;
    const JailPath paths[] = {
        {segments, read_tree | JAIL_WRITE, "frames are appended here"},
        {cursors, read_tree | JAIL_WRITE, "the cursor is replaced here"},
        {mail, read_tree | JAIL_WRITE, "a local mailbox: read, flag, move"},
        {ca_file, JAIL_READ, "setting ca_file, read at each connection"},
        OUTWARD_PATHS,
        {NULL, 0, NULL},
    };
    return jail_confine(paths, local ? JAIL_NO_NETWORK : JAIL_LOOPBACK_OR_NETWORK, error);
}

static gboolean limit_memory(GError **error)
{
    struct rlimit memory = {LIMIT_FETCH_MEMORY, LIMIT_FETCH_MEMORY}, core = {0, 0};
    if (setrlimit(RLIMIT_DATA, &memory) == 0 && setrlimit(RLIMIT_CORE, &core) == 0)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_UNAVAILABLE, "a limit of memory cannot be set: %s", g_strerror(errno));
    return FALSE;
}

/* The owner of a segment is letters, digits and '-'; a mailbox may be named otherwise. */
static char *owner_of(const char *mailbox)
{
    GString *owner = g_string_new("fetch-");
    for (const char *at = mailbox; *at; at++) {
        if (g_ascii_isalnum(*at))
            g_string_append_c(owner, *at);
        else
            g_string_append_printf(owner, "-%02x", (guchar)*at);
    }
    return g_string_free(owner, FALSE);
}

static gboolean start(Fetch *fetch, GError **error)
{
    g_autofree char *group = g_strdup_printf("mailbox %s", fetch->mailbox);
    g_autofree char *segments = g_build_filename(fetch->spool, "segments", NULL);
    g_autofree char *cursors = g_build_filename(fetch->spool, "cursors", NULL);
    g_autofree char *owner = owner_of(fetch->mailbox);
    fetch->source = source_open(fetch->conf, fetch->mailbox, error);
    if (!fetch->source)
        return FALSE;
    /* Before the first thread, the blocked signals and the jail. */
    if (g_str_equal(conf_string(fetch->conf, group, "auth"), "xoauth2") && !token_serve(fetch->conf, group, error))
        return FALSE;
    if (!open_wake(fetch, error) || !durable_mkdir(segments, 0700, error) || !durable_mkdir(cursors, 0700, error))
        return FALSE;
    fetch->writer = segment_writer_new(segments, owner, error);
    if (!fetch->writer)
        return FALSE;
    fetch->source->pause = pause_now;
    fetch->source->report = report;
    fetch->source->user = fetch;
    g_tls_backend_get_default(); /* loads its module while that may still be found */
    return limit_memory(error) && confine(fetch, segments, cursors, error);
}

gboolean stage_fetch(const Conf *conf, const char *mailbox, const StageOptions *options, GError **error)
{
    g_autoptr(Fetch) fetch = g_new0(Fetch, 1);
    fetch->conf = conf;
    fetch->mailbox = mailbox;
    fetch->name = g_strconcat("fetch:", mailbox, NULL);
    fetch->spool = conf_path(conf, "general", "spool");
    fetch->once = options->once;
    fetch->wake_fd = fetch->signal_fd = -1;
    g_queue_init(&fetch->marks);
    return start(fetch, error) && loop(fetch, error);
}
