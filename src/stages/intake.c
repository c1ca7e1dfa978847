/* intake.c: frames to entries. One turn of the loop is one transaction: it enters the messages whose readings are back,
 * indexes new frames, and counts an attempt for the messages that are handed to the filter next; so an attempt is always
 * counted and committed before its message is filtered, and a turn costs one sync however many messages it holds. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/jail.h"
#include "base/limits.h"
#include "door/door.h"
#include "door/paths.h"
#include "ledger/entries.h"
#include "stages/bus.h"
#include "stages/enter.h"
#include "stages/indexer.h"
#include "stages/log.h"
#include "stages/intake.h"
#include "stages/stages.h"

#define BATCH 256            /* messages under way and in one transaction */
#define TURN_USEC (200 * G_TIME_SPAN_MILLISECOND) /* a reading waits at most this long for its transaction */
#define ATTEMPTS 3           /* then quarantine */
#define LOOK_SECONDS 5       /* the spool is looked at that often without a hint */
#define FAULT_SECONDS 5      /* pause after the filter or the ledger failed */
#define MARK_SECONDS 15      /* a mark that was not answered is told again */
#define MARKS_AT_ONCE 500

typedef struct {
    LedgerMessage message;
    DoorResult *result; /* NULL while it waits or is read */
    gboolean entered;
} Work;

typedef struct {
    const Conf *conf;
    Ledger *ledger;
    Door *door;
    Enter *enter;
    Indexer *indexer;
    char *segments;
    GHashTable *under_way; /* message id (gint64 *) -> Work */
    GQueue waiting;        /* Work *, counted, not yet handed over */
    GPtrArray *read;       /* Work *, reading is back */
    gint64 oldest_read;    /* clock_mono of the first of them */
    gint64 pause_until, look_at, marks_told;
    gboolean draining, stopping, once;
    gboolean looked; /* at the spool, since draining began */
    gboolean in_order; /* a rebuild: threads come out as they were only when messages are entered as they came */
    guint letters;
    guint64 entered;
    IntakeProgress progress;
    gpointer user;
} Intake;

static volatile sig_atomic_t terminated;

static void on_signal(int number)
{
    (void)number;
    terminated = 1;
}

static void work_free(gpointer data)
{
    Work *work = data;
    door_result_free(work->result);
    g_free(work);
}

static guint in_door(const Intake *intake)
{
    return g_hash_table_size(intake->under_way) - intake->waiting.length - intake->read->len;
}

/* --- one transaction ----------------------------------------------------------------------------------------------- */

static gboolean enter_one(Intake *intake, Work *work, GError **error)
{
    g_autoptr(GError) failure = NULL;
    if (work->result->fault) {
        /* The filter could not be run: the message is not to blame, the attempt is taken back. */
        stage_log("intake", "message %" G_GINT64_FORMAT ": %s", work->message.id, work->result->fault->message);
        intake->pause_until = clock_mono() + FAULT_SECONDS * G_USEC_PER_SEC;
        return ledger_message_attempt(intake->ledger, work->message.id, -1, error);
    }
    if (!ledger_savepoint(intake->ledger, error))
        return FALSE;
    if (enter_message(intake->enter, &work->message, work->result->record, &intake->letters, &failure))
        return ledger_release(intake->ledger, error);
    ledger_revert(intake->ledger);
    if (failure_outcome(failure) == OUTCOME_AGAIN || g_error_matches(failure, FAILURE, FAILURE_IO)) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    stage_log("intake", "message %" G_GINT64_FORMAT " cannot be entered: %s", work->message.id, failure->message);
    if (work->message.attempts + 1 < ATTEMPTS)
        return TRUE;
    return ledger_message_quarantine(intake->ledger, work->message.id, failure->message, error);
}

/* Chooses messages for the filter and counts their attempt. A message that was being filtered when this program
 * died goes alone, so that a guilty one does not take its neighbours along. */
static gboolean pick(Intake *intake, GPtrArray *picked, GError **error)
{
    guint room = BATCH - MIN(BATCH, g_hash_table_size(intake->under_way) - intake->read->len);
    if (room == 0 || clock_mono() < intake->pause_until)
        return TRUE;
    g_autoptr(GArray) messages = ledger_messages_new(intake->ledger, BATCH * 2, error);
    if (!messages)
        return FALSE;
    for (guint i = 0; i < messages->len && picked->len < room; i++) {
        LedgerMessage *message = &g_array_index(messages, LedgerMessage, i);
        if (g_hash_table_contains(intake->under_way, &message->id))
            continue;
        if (message->attempts >= ATTEMPTS) {
            if (!ledger_message_quarantine(intake->ledger, message->id,
                                           "the program stopped while it was read, three times", error))
                return FALSE;
            continue;
        }
        gboolean alone = message->attempts > 0;
        if (alone && (picked->len > 0 || g_hash_table_size(intake->under_way) > intake->read->len))
            break;
        if (!ledger_message_attempt(intake->ledger, message->id, 1, error))
            return FALSE;
        Work *work = g_new0(Work, 1);
        work->message = *message;
        g_ptr_array_add(picked, work);
        if (alone)
            break;
    }
    return TRUE;
}

/* The lowest message id whose reading is not back. */
static gint64 lowest_unread(const Intake *intake)
{
    gint64 lowest = G_MAXINT64;
    GHashTableIter each;
    gpointer value;
    g_hash_table_iter_init(&each, intake->under_way);
    while (g_hash_table_iter_next(&each, NULL, &value)) {
        const Work *work = value;
        if (!work->result)
            lowest = MIN(lowest, work->message.id);
    }
    return lowest;
}

static int compare_work(gconstpointer a, gconstpointer b)
{
    const Work *one = *(Work *const *)a, *other = *(Work *const *)b;
    return one->message.id < other->message.id ? -1 : one->message.id > other->message.id;
}

static gboolean write_turn(Intake *intake, GPtrArray *picked, GError **error)
{
    gint64 before = intake->in_order ? lowest_unread(intake) : G_MAXINT64;
    g_ptr_array_sort(intake->read, compare_work);
    for (guint i = 0; i < intake->read->len; i++) {
        Work *work = g_ptr_array_index(intake->read, i);
        if (work->message.id > before)
            break;
        if (!enter_one(intake, work, error))
            return FALSE;
        work->entered = TRUE;
    }
    return indexer_enter(intake->indexer, intake->ledger, error) && pick(intake, picked, error);
}

static void tell_marks(Intake *intake);

/* Enters, indexes, counts. TRUE when something was written or nothing had to be. */
static gboolean turn(Intake *intake, GError **error)
{
    g_autoptr(GPtrArray) picked = g_ptr_array_new_with_free_func(work_free);
    if (!indexer_walk(intake->indexer, BATCH, error))
        return FALSE;
    intake->letters = 0;
    if (!ledger_begin(intake->ledger, error))
        return FALSE;
    if (!write_turn(intake, picked, error)) {
        ledger_rollback(intake->ledger);
        return FALSE;
    }
    if (!ledger_commit(intake->ledger, error))
        return FALSE;
    indexer_settled(intake->indexer);
    intake->looked = TRUE;
    guint entered = 0;
    for (guint i = intake->read->len; i-- > 0;) {
        Work *work = g_ptr_array_index(intake->read, i);
        if (!work->entered)
            continue;
        g_ptr_array_remove_index(intake->read, i);
        g_hash_table_remove(intake->under_way, &work->message.id);
        entered++;
    }
    intake->entered += entered;
    intake->oldest_read = clock_mono();
    if (entered && intake->progress)
        intake->progress(intake->entered, ledger_count(intake->ledger, "new"), intake->user);
    while (picked->len > 0) {
        Work *work = g_ptr_array_steal_index(picked, 0);
        g_hash_table_insert(intake->under_way, &work->message.id, work);
        g_queue_push_tail(&intake->waiting, work);
    }
    if (intake->letters > 0)
        bus_send("courier", "letters");
    tell_marks(intake);
    return TRUE;
}

/* --- the door ------------------------------------------------------------------------------------------------------ */

static gboolean hand_over(Intake *intake, Work *work, GError **error)
{
    FrameInfo info;
    DoorJob job = {.user = work, .text = TRUE};
    int fd = segment_open(intake->segments, work->message.place, &info, &job.offset, error);
    if (fd < 0)
        return FALSE;
    job.fd = fd;
    job.length = info.length;
    gboolean good = door_submit(intake->door, &job, error);
    close(fd);
    return good;
}

static void came_back(Intake *intake, Work *work, DoorResult *result)
{
    work->result = result;
    if (intake->read->len == 0)
        intake->oldest_read = clock_mono();
    g_ptr_array_add(intake->read, work);
}

static void feed_door(Intake *intake)
{
    while (intake->waiting.length > 0 && door_room(intake->door) > 0) {
        g_autoptr(GError) error = NULL;
        Work *work = g_queue_pop_head(&intake->waiting);
        if (hand_over(intake, work, &error))
            continue;
        DoorResult *fault = g_new0(DoorResult, 1);
        fault->user = work;
        fault->fault = g_steal_pointer(&error);
        came_back(intake, work, fault);
    }
}

static void collect(Intake *intake, gint64 deadline)
{
    DoorResult *result;
    while (intake->read->len < BATCH && (result = door_next(intake->door, deadline))) {
        came_back(intake, result->user, result);
        deadline = 0;
        feed_door(intake);
    }
}

/* --- hints --------------------------------------------------------------------------------------------------------- */

/* Tells each mailbox's fetch which UIDs are done. Lost hints are told again; the ledger's pending list is the truth. */
static void tell_marks(Intake *intake)
{
    if (clock_mono() < intake->marks_told + MARK_SECONDS * G_USEC_PER_SEC && intake->marks_told)
        return;
    g_autoptr(GPtrArray) marks = ledger_marks_pending(intake->ledger, MARKS_AT_ONCE, NULL);
    if (!marks || marks->len == 0)
        return;
    intake->marks_told = clock_mono();
    for (guint i = 0; i < marks->len;) {
        const LedgerMark *first = g_ptr_array_index(marks, i);
        const char *slash = strchr(first->source, '/');
        g_autofree char *mailbox = slash ? g_strndup(first->source, (gsize)(slash - first->source)) : g_strdup(first->source);
        g_autofree char *stage = g_strdup_printf("fetch:%s", mailbox);
        g_autoptr(GString) text = g_string_new(NULL);
        g_string_printf(text, "mark %s\t%u\t", slash ? slash + 1 : "", first->uidvalidity);
        for (gboolean more = FALSE; i < marks->len && text->len < BUS_MAX_BYTES / 2; i++, more = TRUE) {
            const LedgerMark *mark = g_ptr_array_index(marks, i);
            if (!g_str_equal(mark->source, first->source) || mark->uidvalidity != first->uidvalidity)
                break;
            g_string_append_printf(text, "%s%u", more ? "," : "", mark->uid);
        }
        bus_send(stage, text->str);
    }
}

static gboolean note_marked(Intake *intake, const char *mailbox, const char *text, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, "\t", 3);
    if (g_strv_length(parts) != 3)
        return TRUE;
    g_autofree char *source = g_strdup_printf("%s/%s", mailbox, parts[0]);
    guint32 uidvalidity = (guint32)g_ascii_strtoull(parts[1], NULL, 10);
    g_auto(GStrv) uids = g_strsplit(parts[2], ",", -1);
    if (!ledger_begin(intake->ledger, error))
        return FALSE;
    for (guint i = 0; uids[i]; i++)
        if (!ledger_marked(intake->ledger, source, uidvalidity, (guint32)g_ascii_strtoull(uids[i], NULL, 10), error)) {
            ledger_rollback(intake->ledger);
            return FALSE;
        }
    if (!ledger_commit(intake->ledger, error))
        return FALSE;
    intake->marks_told = 0;
    tell_marks(intake);
    return TRUE;
}

static gboolean take_hints(Intake *intake, GError **error)
{
    char *text, *from = NULL;
    /* At the end of the bus "stop" is all that ever comes. */
    while (!intake->stopping && (text = bus_receive(&from))) {
        g_autofree char *hint = text, *sender = from;
        if (g_str_equal(hint, "drain")) {
            intake->draining = TRUE;
            intake->looked = FALSE;
        } else if (g_str_equal(hint, "stop"))
            intake->stopping = TRUE;
        else if (g_str_has_prefix(hint, "marked ") && g_str_has_prefix(sender, "fetch:")) {
            if (!note_marked(intake, sender + strlen("fetch:"), hint + strlen("marked "), error))
                return FALSE;
        }
        intake->look_at = 0;
        from = NULL;
    }
    return TRUE;
}

/* --- the loop ------------------------------------------------------------------------------------------------------ */

static gboolean marks_wait(Intake *intake)
{
    g_autoptr(GPtrArray) marks = ledger_marks_pending(intake->ledger, 1, NULL);
    return marks && marks->len > 0;
}

static gboolean nothing_left(Intake *intake)
{
    return g_hash_table_size(intake->under_way) == 0 && !indexer_behind(intake->indexer) &&
           clock_mono() >= intake->pause_until && ledger_count(intake->ledger, "new") == 0;
}

static gboolean drained(Intake *intake)
{
    if (!intake->draining || !intake->looked || !nothing_left(intake))
        return FALSE;
    return bus_fd() < 0 || !marks_wait(intake);
}

static void idle(Intake *intake, gint64 until)
{
    struct pollfd polls[2] = {{.fd = bus_fd(), .events = POLLIN}, {.fd = -1, .events = POLLIN}};
    if (in_door(intake) > 0)
        polls[1].fd = door_poll_fd(intake->door);
    poll(polls, 2, clock_left_ms(until));
}

static gboolean due_for_turn(const Intake *intake)
{
    if (intake->read->len >= BATCH / 2)
        return TRUE;
    if (intake->read->len > 0)
        return (in_door(intake) == 0 && intake->waiting.length == 0) ||
               clock_mono() - intake->oldest_read > TURN_USEC;
    return clock_mono() >= MAX(intake->look_at, intake->pause_until) && g_hash_table_size(intake->under_way) < BATCH / 2;
}

static gboolean step(Intake *intake, GError **error)
{
    if (!take_hints(intake, error))
        return FALSE;
    if (due_for_turn(intake)) {
        intake->look_at = clock_mono() + LOOK_SECONDS * G_USEC_PER_SEC;
        if (!turn(intake, error))
            return FALSE;
        if (indexer_behind(intake->indexer))
            intake->look_at = 0;
    }
    feed_door(intake);
    collect(intake, in_door(intake) > 0 ? clock_mono() + TURN_USEC : 0);
    if (g_hash_table_size(intake->under_way) == 0 && !drained(intake))
        idle(intake, MAX(intake->look_at, intake->pause_until));
    return TRUE;
}

/* A failing ledger (locked, disk full) is temporary: readings are dropped, their messages are still new. */
static void give_up_turn(Intake *intake, const GError *error)
{
    stage_log("intake", "%s", error->message);
    intake->pause_until = clock_mono() + FAULT_SECONDS * G_USEC_PER_SEC;
    ledger_rollback(intake->ledger);
    for (guint i = 0; i < intake->read->len; i++) {
        Work *work = g_ptr_array_index(intake->read, i);
        g_hash_table_remove(intake->under_way, &work->message.id);
    }
    g_ptr_array_set_size(intake->read, 0);
    indexer_forget(intake->indexer);
}

static gboolean loop(Intake *intake, GError **error)
{
    int failures = 0;
    while (!terminated && !intake->stopping && !drained(intake)) {
        g_autoptr(GError) failure = NULL;
        if (step(intake, &failure)) {
            failures = 0;
            continue;
        }
        give_up_turn(intake, failure);
        if (intake->once && ++failures >= ATTEMPTS) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return FALSE;
        }
    }
    return TRUE;
}

/* Row "intake" of the table of stages: no network, writes the ledger only, whose files are open by now. The servers of the
 * filter are its children: what their libraries read at their start, before they enter a stricter jail, must be here. */
static gboolean confine(const Intake *intake, const DoorOptions *door, GError **error)
{
    const guint read_tree = JAIL_READ | JAIL_READ_DIR;
    g_autofree char *spool = conf_path(intake->conf, "general", "spool"), *programs = door_programs(door);
    g_autofree char *ledger = g_build_filename(spool, "ledger.db", NULL), *templates = conf_path(intake->conf, "general", "templates");
    g_autofree char *journal = g_strconcat(ledger, "-wal", NULL), *index = g_strconcat(ledger, "-shm", NULL);
    const JailPath paths[] = {
        {spool, read_tree, "segments; SQLite syncs the folder when it has made its journal"},
        {ledger, JAIL_READ | JAIL_WRITE, "the ledger"},
        {journal, JAIL_READ | JAIL_WRITE, "its journal"},
        {index, JAIL_READ | JAIL_WRITE, "its journal's index"},
        {templates, read_tree, "letters"},
        {programs, DOOR_RUN, "the filter's programs"},
        {door->filters_dir, read_tree, "kinds"},
        DOOR_PATHS,
        {NULL, 0, NULL},
    };
    return jail_confine(paths, JAIL_NO_NETWORK, error);
}

/* The ledger is opened first: a confined stage (CONFINED) may make no files. */
static gboolean open_rooms(Intake *intake, GHashTable *receipts, gboolean confined, GError **error)
{
    g_autofree char *spool = conf_path(intake->conf, "general", "spool");
    g_autofree char *ledger = g_build_filename(spool, "ledger.db", NULL);
    DoorOptions options;
    door_options_from_conf(&options, intake->conf);
    intake->segments = g_build_filename(spool, "segments", NULL);
    intake->ledger = ledger_open(ledger, LEDGER_CREATE, error);
    if (!intake->ledger || (confined && !confine(intake, &options, error)))
        return FALSE;
    intake->door = door_new(&options, error);
    if (!intake->door)
        return FALSE;
    intake->indexer = indexer_new(intake->conf, intake->segments, intake->ledger);
    intake->enter = enter_new(intake->ledger, intake->conf, receipts, error);
    return intake->enter != NULL;
}

/* Stopped on purpose: what was under way is not to blame, and goes with the others next time. */
static void take_back_attempts(Intake *intake)
{
    GHashTableIter each;
    gpointer value;
    if (g_hash_table_size(intake->under_way) == 0 || !ledger_begin(intake->ledger, NULL))
        return;
    g_hash_table_iter_init(&each, intake->under_way);
    while (g_hash_table_iter_next(&each, NULL, &value))
        ledger_message_attempt(intake->ledger, ((Work *)value)->message.id, -1, NULL);
    ledger_commit(intake->ledger, NULL);
}

static gboolean work_until_told(Intake *intake, GHashTable *receipts, gboolean confined, GError **error)
{
    g_queue_init(&intake->waiting);
    intake->under_way = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, work_free);
    intake->read = g_ptr_array_new();
    gboolean good = open_rooms(intake, receipts, confined, error) && loop(intake, error);
    if (good)
        take_back_attempts(intake);
    door_free(intake->door);
    g_queue_clear(&intake->waiting);
    g_ptr_array_unref(intake->read);
    g_hash_table_unref(intake->under_way);
    indexer_free(intake->indexer);
    enter_free(intake->enter);
    ledger_close(intake->ledger);
    g_free(intake->segments);
    return good;
}

gboolean stage_intake(const Conf *conf, const StageOptions *options, GError **error)
{
    Intake intake = {.conf = conf, .once = options->once, .draining = options->once && bus_fd() < 0};
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    return work_until_told(&intake, NULL, TRUE, error);
}

gboolean intake_everything(const Conf *conf, GHashTable *receipts, IntakeProgress progress, gpointer user, GError **error)
{
    Intake intake = {.conf = conf, .once = TRUE, .draining = TRUE, .in_order = receipts != NULL, .progress = progress, .user = user};
    return work_until_told(&intake, receipts, FALSE, error);
}
