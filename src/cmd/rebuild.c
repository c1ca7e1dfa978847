/* rebuild.c: `shouwen rebuild`: the whole spool is entered anew into an empty ledger. Reference numbers and what was already
 * said come from spool/sent; every other letter is held until a person releases it, and no number is given twice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failure.h"
#include "cmd/cmd.h"
#include "duties/remind.h"
#include "ledger/entries.h"
#include "ledger/facts.h"
#include "stages/enter.h"
#include "stages/intake.h"

typedef struct {
    const char *dir;
    const char *prefix;
    GHashTable *receipts;
    GHashTable *highest; /* year -> number */
} Collect;

/* A header of one of our own letters: unfolded, NULL when absent. */
static char *header(const char *message, const char *name)
{
    g_autofree char *key = g_strdup_printf("\n%s:", name);
    const char *at = g_str_has_prefix(message, key + 1) ? message - 1 : strstr(message, key);
    const char *body = strstr(message, "\r\n\r\n");
    if (!at || (body && at > body))
        return NULL;
    GString *value = g_string_new(NULL);
    for (const char *p = at + strlen(key); *p; p++) {
        if (*p == '\r')
            continue;
        if (*p == '\n') {
            if (p[1] != ' ' && p[1] != '\t')
                break;
            continue;
        }
        g_string_append_c(value, *p);
    }
    return g_strstrip(g_string_free(value, FALSE));
}

static char *read_letter(const Collect *collect, FramePlace place, gsize *ret_length)
{
    FrameInfo info;
    guint64 offset;
    int fd = segment_open(collect->dir, place, &info, &offset, NULL);
    if (fd < 0)
        return NULL;
    char *text = g_malloc(info.length + 1);
    gssize n = pread(fd, text, info.length, (off_t)offset);
    close(fd);
    text[MAX(n, 0)] = 0;
    *ret_length = (gsize)MAX(n, 0);
    return text;
}

/* "SC27-2026-0007 SHA256 KIND", without a kind in letters of the first versions: FALSE when it is none of ours. */
static gboolean parse_receipt(const Collect *collect, const char *text, int *year, int *number, char sha256[65], char kind[32])
{
    g_autofree char *start = g_strdup_printf("%s-", collect->prefix);
    g_strlcpy(kind, "acknowledgement", 32);
    return text && g_str_has_prefix(text, start) &&
           sscanf(text + strlen(start), "%d-%d %64[0-9a-f] %31[a-z]", year, number, sha256, kind) >= 3 && strlen(sha256) == 64;
}

static WalkAnswer on_letter(const FrameInfo *info, FramePlace place, guint64 next_offset, gpointer user)
{
    Collect *collect = user;
    char sha256[65], kind[32];
    int year, number;
    gsize length = 0;
    (void)next_offset;
    g_autofree char *text = info->flags & FRAME_ERASED ? NULL : read_letter(collect, place, &length);
    g_autofree char *told = text ? header(text, "X-Shouwen-Receipt") : NULL;
    if (!parse_receipt(collect, told, &year, &number, sha256, kind))
        return WALK_ON;
    Receipt *receipt = g_new0(Receipt, 1);
    *receipt = (Receipt){.year = year, .number = number, .kind = g_strdup(kind), .recipient = header(text, "To"),
                         .message_id = header(text, "Message-ID"), .subject = header(text, "Subject"),
                         .bytes = g_bytes_new(text, length), .place = place, .sent = info->internal_date};
    if (!receipt->recipient || !receipt->message_id || !receipt->subject) {
        receipt_free(receipt);
        return WALK_ON;
    }
    g_hash_table_insert(collect->receipts, g_strdup(sha256), receipt);
    gpointer key = GINT_TO_POINTER(year);
    if (GPOINTER_TO_INT(g_hash_table_lookup(collect->highest, key)) < number)
        g_hash_table_insert(collect->highest, key, GINT_TO_POINTER(number));
    return WALK_ON;
}

static gboolean collect_receipts(Collect *collect, GError **error)
{
    g_autoptr(GArray) numbers = segment_list(collect->dir, error);
    if (!numbers)
        return FALSE;
    for (guint i = 0; i < numbers->len; i++)
        if (segment_walk(collect->dir, g_array_index(numbers, guint32, i), 0, on_letter, NULL, collect, error) == 0)
            return FALSE;
    return TRUE;
}

static gboolean set_floors(Ledger *ledger, GHashTable *highest, GError **error)
{
    GHashTableIter each;
    gpointer year, number;
    g_hash_table_iter_init(&each, highest);
    while (g_hash_table_iter_next(&each, &year, &number))
        if (!ledger_number_floor(ledger, GPOINTER_TO_INT(year), GPOINTER_TO_INT(number), error))
            return FALSE;
    return TRUE;
}

/* The old ledger is never removed, only moved aside. */
static gboolean move_aside(const Conf *conf, gboolean force, GError **error)
{
    g_autofree char *file = cmd_spool(conf, "ledger.db");
    if (!g_file_test(file, G_FILE_TEST_EXISTS))
        return TRUE;
    if (!force) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "%s exists; --force moves it aside and rebuilds", file);
        return FALSE;
    }
    g_autofree char *stamp = g_strdup_printf("%s.before-rebuild-%" G_GINT64_FORMAT, file, clock_now() / G_USEC_PER_SEC);
    for (const char *const *suffix = (const char *const[]){"", "-wal", "-shm", NULL}; *suffix; suffix++) {
        g_autofree char *from = g_strconcat(file, *suffix, NULL), *to = g_strconcat(stamp, *suffix, NULL);
        if (g_file_test(from, G_FILE_TEST_EXISTS) && rename(from, to) != 0) {
            g_set_error(error, FAILURE, FAILURE_IO, "cannot move %s to %s", from, to);
            return FALSE;
        }
    }
    printf("the old ledger stands at %s\n", stamp);
    return TRUE;
}

static void on_progress(guint64 entered, guint64 left, gpointer user)
{
    progress_at(user, entered, entered + left);
}

static gboolean rebuild(const Conf *conf, gboolean force, GError **error)
{
    Progress progress;
    g_autofree char *spool = conf_path(conf, "general", "spool"), *sent = cmd_spool(conf, "sent");
    g_autoptr(GHashTable) receipts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)receipt_free);
    g_autoptr(GHashTable) highest = g_hash_table_new(NULL, NULL);
    Collect collect = {sent, conf_string(conf, "reference", "prefix"), receipts, highest};
    int lock = spool_lock(spool, error);
    if (lock < 0 || !move_aside(conf, force, error) || !collect_receipts(&collect, error))
        return FALSE;
    g_autoptr(Ledger) ledger = cmd_ledger(conf, LEDGER_CREATE, error);
    if (!ledger || !set_floors(ledger, highest, error) ||
        !ledger_fact_set(ledger, REMINDERS_HELD, "the ledger was rebuilt", error))
        return FALSE;
    progress_begin(&progress, "entered");
    gboolean good = intake_everything(conf, receipts, on_progress, &progress, error);
    progress_end(&progress);
    if (good)
        printf("%" G_GINT64_FORMAT " messages, %" G_GINT64_FORMAT " entries, %u letters known to be sent; others are held, see "
               "'shouwen letters --state held'; so are reminders, until 'shouwen duties release --all'\n",
               ledger_count(ledger, "messages"), ledger_count(ledger, "entries"), g_hash_table_size(receipts));
    return good;
}

int cmd_rebuild(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    gboolean force = FALSE;
    const GOptionEntry own[] = {
        {"force", 0, 0, G_OPTION_ARG_NONE, &force, "move an existing ledger aside", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!cmd_parse(&argc, &argv, NULL, "Enters the whole spool anew into an empty ledger; nothing is said twice.", own, &options,
                   &error))
        return cmd_end(error);
    g_autoptr(Conf) conf = cmd_conf(&options, &error);
    if (conf)
        rebuild(conf, force, &error);
    return cmd_end(error);
}
