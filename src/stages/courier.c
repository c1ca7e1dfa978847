/* courier.c: letters out of the ledger, into spool/sent, and to the world. Order: the letter's bytes are synced in
 * spool/sent, the ledger knows where they stand, then they are sent, then the ledger knows the answer. What stands there
 * is never appended again. The one window in which a letter may go out twice is between the server's yes and its
 * record; its Message-ID and bytes are then the same. (A folder has no such window: the file replaces itself.)
 *
 * A failure is one letter's, and that letter is tried again later; or everybody's (no server, no login, no disk), and
 * the courier rests. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <gio/gio.h>

#include "base/clock.h"
#include "base/durable.h"
#include "base/failure.h"
#include "ledger/ledger.h"
#include "net/token.h"
#include "send/address.h"
#include "send/send.h"
#include "spool/segment.h"
#include "stages/bus.h"
#include "stages/log.h"
#include "stages/outward.h"
#include "stages/pace.h"
#include "stages/stages.h"

#define BATCH 50                          /* letters that share one sync in spool/sent */
#define FIRST_DELAY_SECONDS 60
#define LAST_DELAY_SECONDS (4 * 3600)
#define GIVE_UP_SECONDS (5 * 24 * 3600)   /* as mail servers do (RFC 5321 4.5.4.1) */
#define GIVE_UP_TRIES 37                  /* what fits into them; both must be reached: see give_up */
#define LAST_REST_SECONDS (15 * 60)       /* of the courier, while the server is away */
#define LOOK_SECONDS 60                   /* the ledger is looked at that often without a hint */
#define RECORD_TRIES_ONCE 5

typedef struct {
    const Conf *conf;
    char *spool, *sent;
    Ledger *ledger;
    SegmentWriter *writer;
    Sender *sender;
    int signal_fd;
    gboolean once, stopping;
    Pace *pace;
    GHashTable *tried;  /* ids of letters: --once tries each once */
    guint failures;     /* of everybody's kind, in a row */
    gint64 rests_until; /* clock_mono */
} Courier;

static void courier_free(Courier *courier)
{
    sender_close(courier->sender);
    if (courier->writer)
        segment_writer_free(courier->writer);
    ledger_close(courier->ledger);
    if (courier->pace)
        pace_free(courier->pace);
    g_hash_table_unref(courier->tried);
    if (courier->signal_fd >= 0)
        close(courier->signal_fd);
    g_free(courier->spool);
    g_free(courier->sent);
    g_free(courier);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Courier, courier_free)

/* --- hints and waiting --------------------------------------------------------------------------------------------- */

static void take_hints(Courier *courier)
{
    struct signalfd_siginfo signal_info;
    if (read(courier->signal_fd, &signal_info, sizeof signal_info) > 0)
        courier->stopping = TRUE;
    /* The supervisor has ended: so do we, or its end of the socket would wake us for ever. */
    struct pollfd bus = {.fd = bus_fd(), .events = 0};
    if (poll(&bus, 1, 0) > 0 && (bus.revents & (POLLHUP | POLLERR)))
        courier->stopping = TRUE;
    char *text, *from = NULL;
    while ((text = bus_receive(&from))) {
        if (g_str_equal(text, "stop"))
            courier->stopping = TRUE;
        g_free(text);
        g_clear_pointer(&from, g_free);
    }
}

/* Until DEADLINE, a signal or, when HINTS, a hint. */
static void rest(const Courier *courier, gint64 deadline, gboolean hints)
{
    struct pollfd wake[] = {{.fd = courier->signal_fd, .events = POLLIN}, {.fd = bus_fd(), .events = POLLIN}};
    poll(wake, hints ? 2 : 1, clock_left_ms(deadline));
}

/* --- what became of a letter --------------------------------------------------------------------------------------- */

typedef struct {
    enum { SENT, AGAIN, FAILED } what;
    const char *text; /* the server's answer, or why not */
    gint64 next_try;
} Verdict;

static gboolean record_once(Courier *courier, gint64 letter, const Verdict *verdict, GError **error)
{
    switch (verdict->what) {
    case SENT:
        return ledger_letter_sent(courier->ledger, letter, clock_now(), verdict->text, error);
    case AGAIN:
        return ledger_letter_again(courier->ledger, letter, verdict->next_try, verdict->text, error);
    default:
        return ledger_letter_failed(courier->ledger, letter, verdict->text, error);
    }
}

/* A letter that went out must not go out again because the ledger is locked or the disk full: nothing else is done
 * until its record stands, or we are told to stop. */
static gboolean record(Courier *courier, gint64 letter, const Verdict *verdict, GError **error)
{
    for (guint tries = 1;; tries++) {
        g_autoptr(GError) problem = NULL;
        if (record_once(courier, letter, verdict, &problem))
            return TRUE;
        take_hints(courier);
        if (courier->stopping || (courier->once && tries >= RECORD_TRIES_ONCE)) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return FALSE;
        }
        stage_log("courier", "letter %" G_GINT64_FORMAT ": %s", letter, problem->message);
        rest(courier, clock_mono() + (gint64)MIN(tries, 30) * G_USEC_PER_SEC, FALSE);
    }
}

static gint64 delay_after(guint tries, gint64 last)
{
    gint64 delay = (gint64)FIRST_DELAY_SECONDS << MIN(tries - 1, 16);
    return MIN(delay, last);
}

/* Long enough, and often enough: a letter that was held for a week has a right to be tried more than once. */
static gboolean give_up(const LedgerLetter *letter, guint tries)
{
    return tries >= GIVE_UP_TRIES && clock_now() - letter->created >= (gint64)GIVE_UP_SECONDS * G_USEC_PER_SEC;
}

static Verdict judge(const Courier *courier, const LedgerLetter *letter, const GError *problem)
{
    guint tries = letter->attempts + 1;
    gboolean ours = sender_stuck(courier->sender);
    gboolean temporary = g_error_matches(problem, FAILURE, FAILURE_AGAIN);
    gint64 delay = ours ? delay_after(courier->failures + 1, LAST_REST_SECONDS) : delay_after(tries, LAST_DELAY_SECONDS);
    Verdict verdict = {AGAIN, problem->message, clock_now() + delay * G_USEC_PER_SEC};
    if ((!ours && !temporary) || (temporary && give_up(letter, tries)))
        verdict.what = FAILED;
    return verdict;
}

/* --- one letter ---------------------------------------------------------------------------------------------------- */

static void note_failure(const LedgerLetter *letter, const Verdict *verdict)
{
    if (verdict->what == FAILED)
        stage_log("courier", "letter %" G_GINT64_FORMAT " failed: %s", letter->id, verdict->text);
    else
        stage_log("courier", "letter %" G_GINT64_FORMAT ": %s (again in %" G_GINT64_FORMAT " s)", letter->id, verdict->text,
                  (verdict->next_try - clock_now() + G_USEC_PER_SEC / 2) / G_USEC_PER_SEC);
}

/* FALSE when the ledger fails, or (the error says why) nothing can be sent now. */
static gboolean deliver(Courier *courier, const LedgerLetter *letter, GError **error)
{
    g_autofree char *answer = NULL;
    g_autoptr(GError) problem = NULL;
    if (!ledger_letter_sending(courier->ledger, letter->id, letter->sent, &problem)) {
        gboolean gone = g_error_matches(problem, FAILURE, FAILURE_CONFLICT); /* it came back, or a person holds it */
        if (!gone)
            g_propagate_error(error, g_steal_pointer(&problem));
        return gone;
    }
    if (courier->once)
        g_hash_table_add(courier->tried, g_memdup2(&letter->id, sizeof letter->id));
    if (sender_send(courier->sender, letter->recipient, letter->message_id, letter->bytes, &answer, &problem)) {
        courier->failures = 0;
        return record(courier, letter->id, &(Verdict){SENT, answer, 0}, error);
    }
    Verdict verdict = judge(courier, letter, problem);
    /* What is everybody's trouble is told once, by recover or as the stage's error. */
    if (verdict.what == FAILED || !sender_stuck(courier->sender))
        note_failure(letter, &verdict);
    if (!record(courier, letter->id, &verdict, error))
        return FALSE;
    if (!sender_stuck(courier->sender)) {
        courier->failures = 0;
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
}

/* --- a batch ------------------------------------------------------------------------------------------------------- */

static gboolean append(Courier *courier, LedgerLetter *letter, GError **error)
{
    gsize length;
    const void *bytes = g_bytes_get_data(letter->bytes, &length);
    FrameInfo info = {.source = "letter", .internal_date = clock_now()};
    return segment_begin(courier->writer, &info, error) && segment_append(courier->writer, bytes, length, error) &&
           segment_end(courier->writer, &letter->sent, error);
}

/* Each letter's bytes into spool/sent, unless they stand there from an earlier try, and one sync for all. */
static gboolean keep(Courier *courier, const GPtrArray *letters, GError **error)
{
    gboolean appended = FALSE;
    for (guint i = 0; i < letters->len; i++) {
        LedgerLetter *letter = g_ptr_array_index(letters, i);
        if (letter->sent.segment != 0)
            continue;
        if (!append(courier, letter, error))
            return FALSE;
        appended = TRUE;
    }
    return !appended || (segment_sync(courier->writer, error) && ledger_letters_placed(courier->ledger, letters, error));
}

/* In `run --once` a letter that was tried is left for the next run. */
static void leave_out_tried(Courier *courier, GPtrArray *letters)
{
    for (guint i = 0; courier->once && i < letters->len;) {
        const LedgerLetter *letter = g_ptr_array_index(letters, i);
        if (g_hash_table_contains(courier->tried, &letter->id))
            g_ptr_array_remove_index(letters, i);
        else
            i++;
    }
}

/* Takes those letters out that must wait because others went to their domain. */
static gboolean leave_out_paced(Courier *courier, GPtrArray *letters, GError **error)
{
    g_autoptr(GPtrArray) later = g_ptr_array_new();
    gint64 now = clock_now();
    for (guint i = 0; i < letters->len; i++) {
        LedgerLetter *letter = g_ptr_array_index(letters, i);
        if (!address_valid(letter->recipient))
            continue;
        gint64 instant = pace_take(courier->pace, letter->id, address_domain(letter->recipient), now);
        if (instant <= now)
            continue;
        letter->next_try = instant;
        g_ptr_array_add(later, letter);
    }
    if (later->len > 0 && !ledger_letters_postponed(courier->ledger, later, error))
        return FALSE;
    for (guint i = 0; i < later->len; i++)
        g_ptr_array_remove(letters, g_ptr_array_index(later, i));
    return TRUE;
}

/* Sends what is due, at most a batch. *RET_COUNT: letters taken up. */
static gboolean step(Courier *courier, guint *ret_count, GError **error)
{
    *ret_count = 0;
    g_autoptr(GPtrArray) letters = ledger_letters_due(courier->ledger, clock_now(), BATCH, error);
    if (!letters)
        return FALSE;
    leave_out_tried(courier, letters);
    *ret_count = letters->len;
    if (!leave_out_paced(courier, letters, error) || !keep(courier, letters, error))
        return FALSE;
    for (guint i = 0; i < letters->len && !courier->stopping; i++) {
        if (!deliver(courier, g_ptr_array_index(letters, i), error))
            return FALSE;
        take_hints(courier);
    }
    return TRUE;
}

/* --- the loop ------------------------------------------------------------------------------------------------------ */

/* Nothing can be sent or recorded: rests, ever longer. FALSE when there is no sense in it. */
static gboolean recover(Courier *courier, GError *problem, GError **error)
{
    courier->failures++;
    if (courier->once || failure_outcome(problem) == OUTCOME_BUG) {
        g_propagate_error(error, problem);
        return FALSE;
    }
    gint64 delay = delay_after(courier->failures, LAST_REST_SECONDS);
    stage_log("courier", "sending rests for %" G_GINT64_FORMAT " s: %s", delay, problem->message);
    g_error_free(problem);
    sender_rest(courier->sender);
    courier->rests_until = clock_mono() + delay * G_USEC_PER_SEC;
    for (take_hints(courier); !courier->stopping && clock_left_ms(courier->rests_until) > 0; take_hints(courier))
        rest(courier, courier->rests_until, TRUE);
    return TRUE;
}

static void wait_for_letters(Courier *courier)
{
    gint64 due = ledger_letter_due(courier->ledger), now = clock_now();
    gint64 left = CLAMP(due - now, 0, (gint64)LOOK_SECONDS * G_USEC_PER_SEC);
    sender_rest(courier->sender);
    rest(courier, clock_mono() + left, TRUE);
}

static gboolean loop(Courier *courier, GError **error)
{
    for (take_hints(courier); !courier->stopping; take_hints(courier)) {
        GError *problem = NULL;
        guint count;
        if (!step(courier, &count, &problem)) {
            if (!recover(courier, problem, error))
                return FALSE;
        } else if (count == 0 && courier->once && !pace_holds(courier->pace, clock_now())) {
            return TRUE;
        } else if (count == 0) {
            wait_for_letters(courier);
        }
    }
    return TRUE;
}

/* --- start --------------------------------------------------------------------------------------------------------- */

static gboolean open_signals(Courier *courier, GError **error)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    courier->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (courier->signal_fd >= 0)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_UNAVAILABLE, "courier: no descriptor for signals: %s", g_strerror(errno));
    return FALSE;
}

/* Row "courier" of the table of stages: SMTP, the ledger, spool/sent and spool/outgoing. The ledger's own files are open
 * by now, and SQLite makes no further ones while they are. */
static gboolean confine(const Courier *courier, gboolean smtp, GError **error)
{
    const guint read_tree = JAIL_READ | JAIL_READ_DIR;
    g_autofree char *ledger = g_build_filename(courier->spool, "ledger.db", NULL);
    g_autofree char *journal = g_strconcat(ledger, "-wal", NULL), *index = g_strconcat(ledger, "-shm", NULL);
    g_autofree char *outgoing = g_build_filename(courier->spool, "outgoing", NULL);
    g_autofree char *ca_file =
        *conf_string(courier->conf, "smtp", "ca_file") ? conf_path(courier->conf, "smtp", "ca_file") : g_strdup("/nonexistent");
    const JailPath paths[] = {
        {courier->spool, JAIL_READ_DIR, "SQLite syncs the folder when it has made its journal, or a power cut takes that"},
        {ledger, JAIL_READ | JAIL_WRITE, "the ledger: what becomes of letters"},
        {journal, JAIL_READ | JAIL_WRITE, "its journal"},
        {index, JAIL_READ | JAIL_WRITE, "its journal's index"},
        {courier->sent, read_tree | JAIL_WRITE, "letters' bytes are appended here"},
        {outgoing, read_tree | JAIL_WRITE, "letters as files"},
        {ca_file, JAIL_READ, "setting ca_file, read at each connection"},
        OUTWARD_PATHS,
        {NULL, 0, NULL},
    };
    return jail_confine(paths, smtp ? JAIL_LOOPBACK_OR_NETWORK : JAIL_NO_NETWORK, error);
}

static gboolean start(Courier *courier, GError **error)
{
    gboolean smtp = g_str_equal(conf_string(courier->conf, "letters", "send"), "smtp");
    gboolean token = smtp && g_str_equal(conf_string(courier->conf, "smtp", "auth"), "xoauth2");
    g_autofree char *ledger = g_build_filename(courier->spool, "ledger.db", NULL);
    const struct rlimit no_core = {0, 0}; /* a core would hold the password */
    setrlimit(RLIMIT_CORE, &no_core);
    /* Before the first thread, the blocked signals and the jail. */
    if (token && !token_serve(courier->conf, "smtp", error))
        return FALSE;
    if (!open_signals(courier, error) || !durable_mkdir(courier->spool, 0700, error))
        return FALSE;
    courier->sender = sender_open(courier->conf, error);
    if (!courier->sender)
        return FALSE;
    courier->ledger = ledger_open(ledger, LEDGER_CREATE, error);
    if (!courier->ledger)
        return FALSE;
    courier->writer = segment_writer_new(courier->sent, "courier", error);
    if (!courier->writer)
        return FALSE;
    courier->pace = pace_new(smtp ? (guint)conf_int(courier->conf, "smtp", "per_domain_per_minute") : 0);
    if (smtp)
        g_tls_backend_get_default(); /* loads its module while that may still be found */
    return confine(courier, smtp, error);
}

gboolean stage_courier(const Conf *conf, const StageOptions *options, GError **error)
{
    g_autoptr(Courier) courier = g_new0(Courier, 1);
    courier->conf = conf;
    courier->once = options->once;
    courier->signal_fd = -1;
    courier->spool = conf_path(conf, "general", "spool");
    courier->sent = g_build_filename(courier->spool, "sent", NULL);
    courier->tried = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return start(courier, error) && loop(courier, error);
}
