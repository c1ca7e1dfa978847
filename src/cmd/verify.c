/* verify.c: `shouwen verify`: every frame of the spool against its hash and the ledger, every letter against spool/sent,
 * and the event chain against itself and old heads. Changes nothing. */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/failure.h"
#include "cmd/cmd.h"
#include "ledger/entries.h"
#include "ledger/events.h"

#define MANY 20 /* faults of one sort that are printed */

typedef struct {
    const char *dir;
    Ledger *ledger;
    guint64 frames, bytes, letters, unindexed, faults;
    guint64 indexed; /* of the segment under the hand */
    Progress progress;
} Verify;

static void fault(Verify *verify, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void fault(Verify *verify, const char *format, ...)
{
    va_list values;
    if (++verify->faults > MANY)
        return;
    va_start(values, format);
    g_autofree char *text = g_strdup_vprintf(format, values);
    va_end(values);
    printf("fault: %s\n", text);
}

static void on_damage(guint32 number, guint64 offset, const char *what, gpointer user)
{
    fault(user, "segment %06u at byte %" G_GUINT64_FORMAT ": %s", number, offset, what);
}

static void check_bytes(Verify *verify, const FrameInfo *info, FramePlace place)
{
    g_autoptr(GError) error = NULL;
    verify->frames++;
    verify->bytes += info->length;
    progress_at(&verify->progress, verify->frames, 0);
    if (!(info->flags & FRAME_ERASED) && !segment_verify(verify->dir, place, &error))
        fault(verify, "%s", error->message);
}

static WalkAnswer on_frame(const FrameInfo *info, FramePlace place, guint64 next_offset, gpointer user)
{
    Verify *verify = user;
    check_bytes(verify, info, place);
    if (next_offset > verify->indexed)
        verify->unindexed++;
    else if (!ledger_arrival_known(verify->ledger, place, info->sha256))
        fault(verify, "segment %06u at byte %" G_GUINT64_FORMAT ": the ledger does not know this frame; run 'shouwen rebuild'",
              place.segment, place.offset);
    return WALK_ON;
}

static WalkAnswer on_sent_frame(const FrameInfo *info, FramePlace place, guint64 next_offset, gpointer user)
{
    (void)next_offset;
    check_bytes(user, info, place);
    return WALK_ON;
}

static gboolean walk_folder(Verify *verify, const char *dir, SegmentVisitor visit, GError **error)
{
    verify->dir = dir;
    g_autoptr(GArray) numbers = segment_list(dir, error);
    if (!numbers)
        return FALSE;
    for (guint i = 0; i < numbers->len; i++) {
        guint32 number = g_array_index(numbers, guint32, i);
        g_autoptr(GError) failure = NULL;
        verify->indexed = ledger_indexed(verify->ledger, number);
        guint64 end = segment_walk(dir, number, 0, visit, on_damage, verify, &failure);
        if (end == 0)
            fault(verify, "%s", failure ? failure->message : "a segment cannot be read");
        else if (visit == on_frame && end < verify->indexed)
            fault(verify, "segment %06u ends at byte %" G_GUINT64_FORMAT ", but the ledger knows frames up to %" G_GUINT64_FORMAT,
                  number, end, verify->indexed);
    }
    return TRUE;
}

static void on_letter(const LedgerLetter *letter, gpointer user)
{
    Verify *verify = user;
    FrameInfo info;
    guint64 offset;
    g_autoptr(GError) error = NULL;
    verify->letters++;
    if (letter->sent.segment == 0) {
        if (g_str_equal(letter->state, "sent"))
            fault(verify, "letter %" G_GINT64_FORMAT " is sent but does not stand in spool/sent", letter->id);
        return;
    }
    int fd = segment_open(verify->dir, letter->sent, &info, &offset, &error);
    if (fd < 0) {
        fault(verify, "letter %" G_GINT64_FORMAT ": %s", letter->id, error->message);
        return;
    }
    close(fd);
    if (info.length != g_bytes_get_size(letter->bytes))
        fault(verify, "letter %" G_GINT64_FORMAT " has other bytes in spool/sent than in the ledger", letter->id);
}

static void on_chain_fault(gint64 event, const char *what, gpointer user)
{
    fault(user, "event %" G_GINT64_FORMAT ": %s", event, what);
}

/* HEADS: lines "EVENT HASH" as digests and earlier runs of verify printed them. */
static gboolean check_heads(Verify *verify, const char *file, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) failure = NULL;
    if (!g_file_get_contents(file, &text, NULL, &failure)) {
        g_set_error(error, FAILURE, FAILURE_NOINPUT, "--heads: %s", failure->message);
        return FALSE;
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        g_auto(GStrv) words = g_strsplit(g_strstrip(lines[i]), " ", 2);
        if (g_strv_length(words) != 2)
            continue;
        gint64 event = g_ascii_strtoll(words[0], NULL, 10);
        g_autofree char *hash = ledger_event_hash(verify->ledger, event);
        if (!g_str_equal(hash, words[1]))
            fault(verify, "%s line %u: event %" G_GINT64_FORMAT " has another hash now", file, i + 1, event);
    }
    return TRUE;
}

static gboolean verify_all(Verify *verify, const Conf *conf, const char *heads, GError **error)
{
    guint64 events = 0;
    g_autofree char *segments = cmd_spool(conf, "segments"), *sent = cmd_spool(conf, "sent");
    progress_begin(&verify->progress, "frames verified");
    gboolean good = walk_folder(verify, segments, on_frame, error);
    guint64 frames = verify->frames;
    good = good && walk_folder(verify, sent, on_sent_frame, error) &&
           ledger_letters(verify->ledger, NULL, 0, on_letter, verify, error) &&
           ledger_chain_verify(verify->ledger, on_chain_fault, verify, &events, error) &&
           (!heads || check_heads(verify, heads, error));
    progress_end(&verify->progress);
    if (!good)
        return FALSE;
    gint64 arrivals = ledger_count(verify->ledger, "arrivals"), head;
    if (arrivals + (gint64)verify->unindexed != (gint64)frames)
        fault(verify, "the ledger has %" G_GINT64_FORMAT " arrivals, the spool %" G_GUINT64_FORMAT " frames", arrivals, frames);
    g_autofree char *hash = ledger_chain_head(verify->ledger, &head);
    printf("%" G_GUINT64_FORMAT " messages, %" G_GUINT64_FORMAT " letters, %" G_GUINT64_FORMAT " events; %" G_GUINT64_FORMAT
           " frames not yet entered\nhead of the event chain: %" G_GINT64_FORMAT " %s\n",
           frames, verify->letters, events, verify->unindexed, head, hash);
    if (verify->faults > 0)
        g_set_error(error, FAILURE, FAILURE_DATA, "%" G_GUINT64_FORMAT " faults were found", verify->faults);
    return verify->faults == 0;
}

int cmd_verify(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    g_autofree char *heads = NULL;
    const GOptionEntry own[] = {
        {"heads", 0, 0, G_OPTION_ARG_FILENAME, &heads, "old heads of the event chain, a line EVENT HASH each", "FILE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!cmd_parse(&argc, &argv, NULL, "Holds the spool, the ledger, the letters and the event chain against each other.", own,
                   &options, &error))
        return cmd_end(error);
    g_autoptr(Conf) conf = cmd_conf(&options, &error);
    g_autoptr(Ledger) ledger = conf ? cmd_ledger(conf, LEDGER_READ, &error) : NULL;
    Verify verify = {.ledger = ledger};
    if (ledger)
        verify_all(&verify, conf, heads, &error);
    return cmd_end(error);
}
