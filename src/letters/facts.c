/* facts.c: what every letter may say, and what an acknowledgement says about a mail. Everything in a Record was written by a
 * stranger; facts_set makes each value plain and caps it, and the number of rows is capped here. */
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "letters/facts.h"

#define VALUE_CHARS 200
#define SENTENCE_CHARS 500
#define IDENT_CHARS 100

typedef struct {
    const Record *record;
    const LetterVoice *voice;
    Facts *facts;
    guint documents, findings; /* rows written */
    guint more;                /* documents left out */
    gboolean errors;
} Writer;

const char *letter_office(const Conf *conf, const char *language)
{
    const char *zh = conf_string(conf, "office", "name_zh"), *en = conf_string(conf, "office", "name_en");
    if (g_str_equal(language, "zh"))
        return *zh ? zh : en;
    return *en ? en : zh;
}

/* --- numbers and instants ------------------------------------------------------------------------------------------ */

/* The last zone is kept: GLib reads the file of one that nobody holds anew each time, which took most of a letter. */
GDateTime *letter_time(gint64 instant, const char *zone)
{
    static GTimeZone *kept;
    static char *kept_name;
    if (g_strcmp0(zone, kept_name) != 0) {
        g_clear_pointer(&kept, g_time_zone_unref);
        g_free(kept_name);
        kept_name = g_strdup(zone);
        kept = g_time_zone_new_identifier(zone);
    }
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(instant / G_USEC_PER_SEC);
    return kept ? g_date_time_to_timezone(utc, kept) : g_date_time_ref(utc);
}

static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};

static char *day_of(GDateTime *local, const char *language)
{
    int year = g_date_time_get_year(local), month = g_date_time_get_month(local);
    int day = g_date_time_get_day_of_month(local);
    if (g_str_equal(language, "zh"))
        return g_strdup_printf("%d年%d月%d日", year, month, day);
    return g_strdup_printf("%d %s %d", day, months[month - 1], year);
}

char *letter_day(gint64 instant, const LetterVoice *voice)
{
    g_autoptr(GDateTime) local = letter_time(instant, conf_string(voice->conf, "general", "zone"));
    return day_of(local, voice->language);
}

char *letter_minute(gint64 instant, const LetterVoice *voice)
{
    g_autoptr(GDateTime) local = letter_time(instant, conf_string(voice->conf, "general", "zone"));
    g_autofree char *time = g_date_time_format(local, "%H:%M"), *day = day_of(local, voice->language);
    return g_strdup_printf("%s %s", day, time);
}

/* To the second, and with the zone's name and offset: it is the evidence of when something was received. */
char *letter_instant(gint64 instant, const LetterVoice *voice)
{
    const char *zone = conf_string(voice->conf, "general", "zone");
    g_autoptr(GDateTime) local = letter_time(instant, zone);
    g_autofree char *time = g_date_time_format(local, "%H:%M:%S");
    g_autofree char *offset = g_date_time_format(local, "%:z");
    g_autofree char *day = day_of(local, voice->language);
    const char *name = g_str_equal(offset, "+00:00") ? "UTC" : zone;
    if (g_str_equal(voice->language, "zh"))
        return g_strdup_printf("%s %s（%s，UTC%s）", day, time, g_str_equal(name, "Asia/Shanghai") ? "北京时间" : name, offset);
    return g_strdup_printf("%s, %s (%s, UTC%s)", day, time, name, offset);
}

static char *size_for_people(guint64 bytes)
{
    if (bytes < 1024)
        return g_strdup_printf("%u B", (guint)bytes);
    if (bytes < 1024 * 1024)
        return g_strdup_printf("%.1f KB", (double)bytes / 1024);
    return g_strdup_printf("%.1f MB", (double)bytes / (1024 * 1024));
}

/* --- documents ----------------------------------------------------------------------------------------------------- */

/* What the sender still has to send stands in a list of its own, `missing`. */
static gboolean is_missing(const Finding *finding)
{
    return g_str_equal(finding->rule, "package-incomplete") || g_str_equal(finding->rule, "attachment-missing");
}

void letter_finding(Facts *facts, const char *list, const char *rule, const char *severity, const char *sentence,
                    const LetterVoice *voice)
{
    Facts *row = facts_add(facts, list);
    facts_set(row, "level", names_severity(voice->names, severity, voice->language), IDENT_CHARS);
    facts_set(row, "sentence", sentence, SENTENCE_CHARS);
    facts_set(row, "remedy", names_remedy(voice->names, rule, voice->language), SENTENCE_CHARS);
}

static void add_finding(Writer *writer, Facts *facts, const Finding *finding)
{
    const char *sentence = g_str_equal(writer->voice->language, "zh") ? finding->zh : finding->en;
    if (!sentence || !*sentence || writer->findings >= LIMIT_LETTER_FINDINGS)
        return;
    letter_finding(facts, is_missing(finding) ? "missing" : "findings", finding->rule, finding->severity, sentence, writer->voice);
    writer->errors |= g_str_equal(finding->severity, "error");
    writer->findings++;
}

/* What must be corrected first. kind-uncertain (no severity) is for the queue alone: no letter names a guess. */
static void add_findings(Writer *writer, Facts *facts, const GPtrArray *findings)
{
    static const char *const severities[] = {"error", "warning", "info"};
    for (guint severity = 0; severity < G_N_ELEMENTS(severities); severity++) {
        for (guint i = 0; i < findings->len; i++) {
            const Finding *finding = g_ptr_array_index(findings, i);
            if (g_str_equal(finding->severity, severities[severity]))
                add_finding(writer, facts, finding);
        }
    }
}

/* A list is shown with Chinese commas; English ones stand in an English letter. */
static void set_value(const Writer *writer, Facts *row, const Field *field)
{
    gboolean list = field->value && *field->value == '[';
    if (!list || g_str_equal(writer->voice->language, "zh")) {
        facts_set(row, "value", field->shown, VALUE_CHARS);
        return;
    }
    g_auto(GStrv) parts = g_strsplit(field->shown, "、", -1);
    g_autofree char *joined = g_strjoinv(", ", parts);
    facts_set(row, "value", joined, VALUE_CHARS);
}

static void add_fields(Writer *writer, Facts *facts, const Document *document)
{
    const char *const *shown = names_shown(writer->voice->names, document->kind);
    for (; *shown; shown++) {
        for (guint i = 0; i < document->fields->len; i++) {
            const Field *field = g_ptr_array_index(document->fields, i);
            if (!g_str_equal(field->id, *shown) || !field->shown || !*field->shown)
                continue;
            Facts *row = facts_add(facts, "fields");
            facts_set(row, "label", names_field(writer->voice->names, field->id, writer->voice->language), IDENT_CHARS);
            set_value(writer, row, field);
        }
    }
}

/* A row of the list NAME of FACTS. OUTER: the path of the attachment that DOCUMENT is in, or is. */
static void add_document(Writer *writer, Facts *facts, const char *name, const char *outer, const Document *document)
{
    if (writer->documents >= LIMIT_LETTER_DOCUMENTS) {
        writer->more++;
        return;
    }
    writer->documents++;
    Facts *row = facts_add(facts, name);
    if (!g_str_equal(document->kind, "unknown"))
        facts_set(row, "kind", names_kind(writer->voice->names, document->kind, writer->voice->language), IDENT_CHARS);
    if (outer && !g_str_equal(document->path, outer))
        facts_set(row, "member", document->filename, LETTER_NAME_CHARS);
    add_fields(writer, row, document);
    add_findings(writer, row, document->findings);
}

/* Whether the document at PATH is the part at OUTER or a member of it ("3/承诺书.pdf" of "3"). */
static gboolean path_within(const char *path, const char *outer)
{
    gsize length = strlen(outer);
    return strncmp(path, outer, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

static void add_documents_of(Writer *writer, Facts *facts, const Part *part, gboolean *taken)
{
    const GPtrArray *documents = writer->record->documents;
    for (guint i = 0; i < documents->len; i++) {
        const Document *document = g_ptr_array_index(documents, i);
        if (taken[i] || !path_within(document->path, part->path))
            continue;
        taken[i] = TRUE;
        add_document(writer, facts, "documents", part->path, document);
    }
}

static void add_attachments(Writer *writer)
{
    const Record *record = writer->record;
    g_autofree gboolean *taken = g_new0(gboolean, record->documents->len + 1);
    for (guint i = 0; i < record->parts->len; i++) {
        const Part *part = g_ptr_array_index(record->parts, i);
        Facts *row = facts_add(writer->facts, "attachments");
        facts_set_number(row, "number", i + 1);
        facts_set(row, "sha256", part->sha256 ? part->sha256 : "-", IDENT_CHARS);
        g_autofree char *size = size_for_people(part->bytes);
        facts_set(row, "size", size, IDENT_CHARS);
        facts_set(row, "filename", part->filename ? part->filename : part->mime, LETTER_NAME_CHARS);
        add_documents_of(writer, row, part, taken);
    }
    for (guint i = 0; i < record->documents->len; i++) {
        if (!taken[i])
            add_document(writer, writer->facts, "body", NULL, g_ptr_array_index(record->documents, i));
    }
    facts_set_number(writer->facts, "attachment_count", record->parts->len);
}

static void add_record(Writer *writer)
{
    add_attachments(writer);
    add_findings(writer, writer->facts, writer->record->findings);
    if (writer->more)
        facts_set_number(writer->facts, "more", writer->more);
    if (writer->errors)
        facts_set(writer->facts, "errors", "1", 1);
}

/* What stands after our own number in the subject of an answer: the rest are the words of the letter that it answers. */
static const char *own_subject(const LetterOrder *order)
{
    const char *number = order->subject && order->reference ? g_strrstr(order->subject, order->reference) : NULL;
    const char *rest = number ? number + strlen(order->reference) : "";
    while (g_str_has_prefix(rest, "：") || *rest == ':' || *rest == ' ')
        rest = g_utf8_next_char(rest);
    return *rest ? rest : order->subject;
}

Facts *letter_facts(const LetterOrder *order, const LetterVoice *voice)
{
    Facts *facts = facts_new();
    g_autofree char *today = letter_day(clock_now(), voice);
    facts_set(facts, "office", letter_office(voice->conf, voice->language), VALUE_CHARS);
    facts_set(facts, "office_address", conf_list(voice->conf, "office", "address")[0], VALUE_CHARS);
    facts_set(facts, "today", today, IDENT_CHARS);
    facts_set(facts, "name", order->name, LETTER_NAME_CHARS);
    facts_set(facts, "subject", own_subject(order), LETTER_NAME_CHARS);
    if (order->reference) {
        g_autofree char *printed = g_strdup_printf("收文〔%d〕%d号", order->year, order->number);
        facts_set(facts, "reference", order->reference, IDENT_CHARS);
        facts_set(facts, "reference_zh", printed, IDENT_CHARS);
    }
    if (order->received) {
        g_autofree char *received = letter_instant(order->received, voice);
        facts_set(facts, "received", received, IDENT_CHARS);
    }
    if (order->due) {
        g_autofree char *due = letter_day(order->due, voice);
        facts_set(facts, "due", due, IDENT_CHARS);
    }
    if (order->record)
        add_record(&(Writer){.record = order->record, .voice = voice, .facts = facts});
    if (order->add_facts)
        order->add_facts(facts, voice, order->user);
    return facts;
}
