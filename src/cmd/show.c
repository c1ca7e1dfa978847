/* show.c: `shouwen show`: everything about one entry. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/output.h"
#include "ledger/entries.h"
#include "ledger/events.h"
#include "ledger/listing.h"

#define VALUE_CHARS 400

typedef struct {
    Ledger *ledger;
    const char *zone;
    gboolean json;
    gboolean first; /* no comma yet, in JSON */
} Show;

/* --- for people ------------------------------------------------------------------------------------------------------ */

static void line(const char *indent, const char *label, const char *value)
{
    if (!value || !*value)
        return;
    g_autofree char *plain = text_plain(value, VALUE_CHARS);
    g_autofree char *name = text_fit(label, 20);
    printf("%s%s %s\n", indent, name, plain);
}

static void print_field(const LedgerField *field, gpointer user)
{
    (void)user;
    g_autofree char *text = g_strdup_printf("%s   (%.2f%s%s%s)", field->shown, field->confidence,
                                            field->place ? ", " : "", field->place ? field->place : "",
                                            g_str_equal(field->origin, "person") ? ", corrected" : "");
    line("    ", field->id, text);
}

static void print_document(const LedgerDocument *document, gpointer user)
{
    Show *show = user;
    g_autofree char *name = text_plain(document->filename ? document->filename : "(text of the mail)", VALUE_CHARS);
    printf("\n  document %" G_GINT64_FORMAT ": %s\n", document->id, name);
    g_autofree char *kind = g_strdup_printf("%s (%.2f)%s%s", document->kind, document->confidence,
                                            document->guess ? ", perhaps " : "", document->guess ? document->guess : "");
    line("    ", "state", document->state);
    line("    ", "kind", kind);
    line("    ", "status", document->status);
    line("    ", "sha256", document->sha256);
    ledger_fields(show->ledger, document->id, print_field, show, NULL);
}

static void print_finding(const LedgerFinding *finding, gpointer user)
{
    (void)user;
    g_autofree char *zh = text_plain(finding->zh, VALUE_CHARS), *en = text_plain(finding->en, VALUE_CHARS);
    printf("  [%s] %s%s%s: %s\n      %s\n", *finding->severity ? finding->severity : "look", finding->rule,
           finding->field ? " " : "", finding->field ? finding->field : "", zh, en);
}

static void print_message(const LedgerMessageRow *message, gpointer user)
{
    Show *show = user;
    g_autofree char *received = clock_iso(message->received, show->zone);
    g_autofree char *text = g_strdup_printf("%s, %s, from %s%s", received, message->route ? message->route : message->state,
                                            message->sender_address ? message->sender_address : "nobody",
                                            message->stranger ? " (does not belong to the entry)" : "");
    g_autofree char *label = g_strdup_printf("message %" G_GINT64_FORMAT, message->id);
    line("  ", label, text);
}

static void print_letter(const LedgerLetter *letter, gpointer user)
{
    (void)user;
    g_autofree char *text = g_strdup_printf("%s, %s, to %s%s%s", letter->kind, letter->state, letter->recipient,
                                            letter->reason ? ": " : "", letter->reason ? letter->reason : "");
    g_autofree char *label = g_strdup_printf("letter %" G_GINT64_FORMAT, letter->id);
    line("  ", label, text);
}

static void print_event(const LedgerEvent *event, gpointer user)
{
    Show *show = user;
    g_autofree char *at = clock_iso(event->at, show->zone);
    g_autofree char *text = g_strdup_printf("%s by %s %s", event->verb, event->actor, event->payload);
    line("  ", at, text);
}

static void print_entry(const ListingRow *entry, gpointer user)
{
    Show *show = user;
    g_autofree char *received = clock_iso(entry->received, show->zone), *due = entry->due ? clock_iso(entry->due, show->zone) : NULL;
    printf("%s  收文〔%d〕%d号\n", entry->reference, entry->year, entry->number);
    line("  ", "state", entry->state);
    line("  ", "look", entry->attention);
    line("  ", "from", entry->sender_name);
    line("  ", "address", entry->sender_address);
    line("  ", "organisation", entry->organisation);
    line("  ", "subject", entry->subject);
    line("  ", "received", received);
    line("  ", "due", due);
    line("  ", "missing", entry->missing);
    line("  ", "assigned to", entry->assignee_name);
    ledger_messages(show->ledger, entry->id, print_message, show, NULL);
    ledger_letters(show->ledger, NULL, entry->id, print_letter, show, NULL);
    ledger_documents(show->ledger, entry->id, print_document, show, NULL);
    puts("\n  findings");
    ledger_findings(show->ledger, entry->id, print_finding, show, NULL);
    puts("\n  events");
    ledger_events(show->ledger, entry->id, print_event, show, NULL);
}

/* --- for programs ---------------------------------------------------------------------------------------------------- */

static void comma(Show *show)
{
    if (!show->first)
        putchar(',');
    show->first = FALSE;
}

static void json_text(const char *key, const char *value)
{
    g_autofree char *quoted = value ? output_json_string(value) : g_strdup("null");
    printf("\"%s\":%s", key, quoted);
}

static void json_field(const LedgerField *field, gpointer user)
{
    comma(user);
    g_autofree char *id = output_json_string(field->id);
    printf("%s:{\"value\":%s,\"confidence\":%.3f,", id, field->value, field->confidence);
    json_text("from", field->place);
    putchar(',');
    json_text("origin", field->origin);
    putchar('}');
}

static void json_document(const LedgerDocument *document, gpointer user)
{
    Show *show = user;
    comma(show);
    printf("{\"id\":%" G_GINT64_FORMAT ",\"message\":%" G_GINT64_FORMAT ",\"segment\":%u,\"bytes\":%" G_GUINT64_FORMAT
           ",\"confidence\":%.3f", document->id, document->message, document->segment, document->bytes, document->confidence);
    const char *const texts[][2] = {{"path", document->path},     {"filename", document->filename}, {"sha256", document->sha256},
                                    {"mime", document->mime},     {"status", document->status},     {"reader", document->reader},
                                    {"kind", document->kind},     {"guess", document->guess},       {"state", document->state}};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        putchar(',');
        json_text(texts[i][0], texts[i][1]);
    }
    printf(",\"fields\":{");
    show->first = TRUE;
    ledger_fields(show->ledger, document->id, json_field, show, NULL);
    show->first = FALSE;
    printf("}}");
}

static void json_finding(const LedgerFinding *finding, gpointer user)
{
    comma(user);
    printf("{\"document\":%" G_GINT64_FORMAT, finding->document);
    const char *const texts[][2] = {{"rule", finding->rule}, {"severity", finding->severity}, {"field", finding->field},
                                    {"zh", finding->zh},     {"en", finding->en}};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        putchar(',');
        json_text(texts[i][0], texts[i][1]);
    }
    putchar('}');
}

static void json_event(const LedgerEvent *event, gpointer user)
{
    Show *show = user;
    comma(show);
    g_autofree char *at = clock_iso(event->at, show->zone);
    printf("{\"id\":%" G_GINT64_FORMAT ",\"payload\":%s,", event->id, *event->payload ? event->payload : "null");
    json_text("at", at);
    putchar(',');
    json_text("actor", event->actor);
    putchar(',');
    json_text("verb", event->verb);
    putchar('}');
}

static void json_entry(const ListingRow *entry, gpointer user)
{
    Show *show = user;
    g_autofree char *received = clock_iso(entry->received, show->zone), *due = entry->due ? clock_iso(entry->due, show->zone) : NULL;
    printf("{\"id\":%" G_GINT64_FORMAT ",\"version\":%" G_GINT64_FORMAT, entry->id, entry->version);
    const char *const texts[][2] = {{"reference", entry->reference}, {"state", entry->state},
                                    {"attention", entry->attention}, {"sender_name", entry->sender_name},
                                    {"sender_address", entry->sender_address}, {"subject", entry->subject},
                                    {"received", received}, {"due", due}, {"organisation", entry->organisation},
                                    {"missing", entry->missing}, {"assignee", entry->assignee_name}};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        putchar(',');
        json_text(texts[i][0], texts[i][1]);
    }
    printf(",\"documents\":[");
    show->first = TRUE;
    ledger_documents(show->ledger, entry->id, json_document, show, NULL);
    printf("],\"findings\":[");
    show->first = TRUE;
    ledger_findings(show->ledger, entry->id, json_finding, show, NULL);
    printf("],\"events\":[");
    show->first = TRUE;
    ledger_events(show->ledger, entry->id, json_event, show, NULL);
    puts("]}");
}

/* --- the bytes ------------------------------------------------------------------------------------------------------- */

typedef struct {
    FramePlace place;
    gboolean found;
} First;

static void note_first(const LedgerMessageRow *message, gpointer user)
{
    First *first = user;
    if (!first->found)
        *first = (First){message->place, TRUE};
}

/* The entry's first mail as it came, byte for byte, to standard output. */
static gboolean print_raw(Ledger *ledger, const Conf *conf, gint64 entry, GError **error)
{
    First first = {0};
    FrameInfo info;
    guint64 offset;
    char buffer[65536];
    g_autofree char *dir = cmd_spool(conf, "segments");
    if (!ledger_messages(ledger, entry, note_first, &first, error))
        return FALSE;
    int fd = segment_open(dir, first.place, &info, &offset, error);
    if (fd < 0)
        return FALSE;
    for (guint64 left = info.length; left > 0;) {
        gssize n = pread(fd, buffer, MIN(left, sizeof buffer), (off_t)offset);
        if (n <= 0 || fwrite(buffer, 1, (gsize)n, stdout) != (gsize)n)
            break;
        offset += (guint64)n;
        left -= (guint64)n;
    }
    close(fd);
    return TRUE;
}

int cmd_show(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    gboolean raw = FALSE;
    const GOptionEntry own[] = {
        {"raw", 0, 0, G_OPTION_ARG_NONE, &raw, "print the entry's first mail as it came", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!cmd_parse(&argc, &argv, "REFERENCE…", "Everything about an entry: documents, fields, findings, letters, events.", own,
                   &options, &error))
        return cmd_end(error);
    if (argc < 2)
        g_set_error(&error, FAILURE, FAILURE_USAGE, "which entry? 'shouwen queue' lists them");
    g_autoptr(Conf) conf = error ? NULL : cmd_conf(&options, &error);
    g_autoptr(Ledger) ledger = conf ? cmd_ledger(conf, LEDGER_READ, &error) : NULL;
    for (int i = 1; ledger && i < argc && !error; i++) {
        Show show = {ledger, conf_string(conf, "general", "zone"), options.json, TRUE};
        gint64 entry = cmd_entry(ledger, argv[i], &error);
        if (!entry)
            break;
        if (raw)
            print_raw(ledger, conf, entry, &error);
        else
            ledger_listing_entry(ledger, entry, options.json ? json_entry : print_entry, &show, &error);
    }
    return cmd_end(error);
}
