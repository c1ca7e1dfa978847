#include <string.h>

#include "base/clock.h"
#include "cmd/letter_sample.h"
#include "ledger/entries.h"
#include "letters/about.h"
#include "letters/ics.h"
#include "letters/say.h"

#define HOUR_USEC (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)
#define DAY_USEC (24 * HOUR_USEC)

typedef struct {
    const char *reason, *state;
} InventedPapers;

struct LetterSample {
    LetterAbout *about;
    Record *record;
    SayPapers papers;
    InventedPapers invented;
    SayDuty duty;
    SayDigest digest;
    SayNotice notice;
    GArray *fresh, *waiting, *overdue, *held, *failed, *mailboxes, *alarms;
    GBytes *calendar;
    LetterFile file;
};

void letter_sample_free(LetterSample *sample)
{
    if (!sample)
        return;
    letter_about_free(sample->about);
    record_free(sample->record);
    GArray **lists[] = {&sample->fresh, &sample->waiting, &sample->overdue, &sample->held, &sample->failed, &sample->mailboxes,
                        &sample->alarms};
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        g_clear_pointer(lists[i], g_array_unref);
    g_clear_pointer(&sample->calendar, g_bytes_unref);
    g_free(sample);
}

/* --- a mail ---------------------------------------------------------------------------------------------------------- */

static Part *add_part(Record *record, const char *path, const char *filename, const char *sha256, guint64 bytes)
{
    Part *part = g_new0(Part, 1);
    part->path = g_strdup(path);
    part->filename = g_strdup(filename);
    part->mime = g_strdup("application/octet-stream");
    part->sha256 = g_strdup(sha256);
    part->bytes = bytes;
    g_ptr_array_add(record->parts, part);
    return part;
}

static Document *add_document(Record *record, const char *path, const char *filename, const char *kind)
{
    Document *document = record_add_document(record);
    document->path = g_strdup(path);
    document->filename = g_strdup(filename);
    document->kind = g_strdup(kind);
    document->mime = g_strdup("application/octet-stream");
    document->status = g_strdup("read");
    return document;
}

static void add_field(Document *document, const char *id, const char *value, const char *shown)
{
    Field *field = record_add_field(document->fields);
    field->id = g_strdup(id);
    field->value = g_strdup(value);
    field->shown = g_strdup(shown);
}

/* An application that lacks a field, with the sealed scan beside it and one part of a proposal. */
static Record *invented_record(void)
{
    Record *record = record_new(FALSE);
    record->sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "sample", -1);
    record->route = g_strdup("submission");
    record->message_id = g_strdup("<sample@expert.example.cn>");
    g_autofree char *one = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "one", -1);
    g_autofree char *two = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "two", -1);
    add_part(record, "2", "专家申请表.docx", one, 48611);
    add_part(record, "3", "提案承诺书（盖章扫描件）.pdf", two, 1310720);
    Document *form = add_document(record, "2", "专家申请表.docx", "expert-application");
    add_field(form, "name", "\"\"", "张三");
    add_field(form, "employer", "\"\"", "示例科技有限公司");
    add_field(form, "working_groups", "[]", "WG1、WG4");
    add_field(form, "email", "\"\"", "zhang@expert.example.cn");
    g_ptr_array_add(form->findings, record_finding_new("field-missing", "error", "缺少“申请说明”（依据管理办法第九条），请补充填写后重新提交。",
                                                       "\"Statement\" is missing (Article 9); please fill it in and submit the form again."));
    g_ptr_array_add(form->findings,
                    record_finding_new("seal-unknown", "info", "只收到可编辑文件，无法看到单位公章，请另附盖章扫描件。",
                                       "Only an editable copy was received, which cannot show the employer's seal; please add a scan of "
                                       "the sealed document."));
    Document *letter = add_document(record, "3", "提案承诺书（盖章扫描件）.pdf", "commitment-letter");
    add_field(letter, "title_zh", "\"\"", "网络安全 人工智能系统安全评估方法");
    add_field(letter, "organization", "\"\"", "示例科技有限公司");
    g_ptr_array_add(record->findings,
                    record_finding_new("package-incomplete", "warning", "提案材料尚不齐套（办法第十八条），缺：附件4 提案论证报告、附件5 NP 表（ISO Form 4）。",
                                       "The proposal's documents are not complete (Art. 18). Missing: Annex 4 (report), Annex 5 (NP form)."));
    return record;
}

/* --- a mail out of the ledger ---------------------------------------------------------------------------------------- */

typedef struct {
    Record *record;
    gint64 message;   /* the entry's first */
    GHashTable *ids;  /* id of a document -> Document * */
} Rebuilding;

static void take_message(const LedgerMessageRow *message, gpointer user)
{
    Rebuilding *it = user;
    if (!it->message)
        it->message = message->id;
}

static void take_document(const LedgerDocument *document, gpointer user)
{
    Rebuilding *it = user;
    if (document->message != it->message)
        return;
    if (document->filename && !strchr(document->path, '/') && document->segment <= 1)
        add_part(it->record, document->path, document->filename, document->sha256, document->bytes);
    Document *copy = add_document(it->record, document->path, document->filename, document->kind);
    g_hash_table_insert(it->ids, g_memdup2(&document->id, sizeof document->id), copy);
}

static void take_field(const LedgerField *field, gpointer user)
{
    add_field(user, field->id, field->value, field->shown);
}

static void take_finding(const LedgerFinding *finding, gpointer user)
{
    Rebuilding *it = user;
    Document *document = g_hash_table_lookup(it->ids, &finding->document);
    if (document || !finding->document)
        g_ptr_array_add(document ? document->findings : it->record->findings,
                        record_finding_new(finding->rule, finding->severity, finding->zh, finding->en));
}

/* What the ledger keeps of the entry's first mail. NULL on error. */
static Record *ledger_record(Ledger *ledger, gint64 entry, GError **error)
{
    g_autoptr(Record) record = record_new(FALSE);
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    Rebuilding it = {record, 0, ids};
    record->sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "sample", -1);
    if (!ledger_messages(ledger, entry, take_message, &it, error) || !ledger_documents(ledger, entry, take_document, &it, error) ||
        !ledger_findings(ledger, entry, take_finding, &it, error))
        return NULL;
    GHashTableIter each;
    gpointer id, document;
    g_hash_table_iter_init(&each, ids);
    while (g_hash_table_iter_next(&each, &id, &document))
        if (!ledger_fields(ledger, *(gint64 *)id, take_field, document, error))
            return NULL;
    return g_steal_pointer(&record);
}

/* --- other kinds ----------------------------------------------------------------------------------------------------- */

/* Where there is no entry: the papers of the invented mail. */
static void say_invented_papers(Facts *facts, const LetterVoice *voice, gpointer user)
{
    const InventedPapers *papers = user;
    gboolean zh = g_str_equal(voice->language, "zh");
    facts_set(facts, "state", names_state(voice->names, papers->state, voice->language), 100);
    say_reasons(facts, papers->reason);
    Facts *row = facts_add(facts, "papers");
    facts_set_number(row, "number", 1);
    facts_set(row, "filename", "专家申请表.docx", 100);
    facts_set(row, "kind", names_kind(voice->names, "expert-application", voice->language), 100);
    facts_set(row, "state", names_state(voice->names, papers->state, voice->language), 100);
    if (!g_str_equal(papers->state, "waiting"))
        return;
    Facts *finding = facts_add(row, "findings");
    facts_set(finding, "level", names_severity(voice->names, "error", voice->language), 100);
    facts_set(finding, "sentence",
              zh ? "缺少“申请说明”（依据管理办法第九条），请补充填写后重新提交。"
                 : "\"Statement\" is missing (Article 9); please fill it in and submit the form again.",
              200);
    facts_set(finding, "remedy", names_remedy(voice->names, "field-missing", voice->language), 200);
}

static void fill_papers(LetterSample *sample, Ledger *ledger, LetterOrder *order)
{
    gboolean rejected = g_str_equal(order->kind, "rejection"), decided = rejected || g_str_equal(order->kind, "return");
    const char *reason = decided ? "此处为经办人填写的具体意见，可分若干行。\n例如：请补填申请说明，并附单位公章扫描件。" : NULL;
    sample->papers = (SayPapers){ledger, order->entry, 0, reason};
    sample->invented = (InventedPapers){reason, rejected ? "rejected" : g_str_equal(order->kind, "completion") ? "complete" : "waiting"};
    order->add_facts = order->entry ? say_papers : say_invented_papers;
    order->user = order->entry ? (gpointer)&sample->papers : (gpointer)&sample->invented;
}

static void fill_duty(LetterSample *sample, const Conf *conf, LetterOrder *order)
{
    gint64 now = clock_now();
    const char *zone = conf_string(conf, "general", "zone");
    gboolean over = g_str_equal(order->kind, "escalation");
    g_autofree char *day = clock_iso(now, zone);
    day[strlen("2026-03-05")] = 0;
    sample->duty = (SayDuty){.what = "meeting-summary",
                             .person = order->name,
                             .address = order->recipient,
                             .meeting = "ISO/IEC JTC 1/SC 27/WG 1 第 72 次会议",
                             .why_zh = "参加会议的专家应在会后提交参会工作总结",
                             .why_en = "those who attend a meeting report on it afterwards",
                             .article = "25",
                             .due = clock_day_end(day, over ? -10 : 7, zone),
                             .now = now,
                             .reminded = over ? 3 : 0,
                             .file = over ? NULL : "deadline.ics"};
    order->add_facts = say_duty;
    order->user = &sample->duty;
    if (over && !order->entry) {
        order->recipient = "standards@expert.example.cn";
        order->name = "示例科技有限公司标准部";
    }
    if (over)
        return;
    sample->calendar = ics_deadline(&(IcsDeadline){.uid = "sample@committee.example.cn", .summary = "提交参会工作总结",
                                                   .due = sample->duty.due, .zone = zone, .now = now});
    sample->file = (LetterFile){sample->duty.file, ICS_MIME, sample->calendar};
    order->file = &sample->file;
}

static GArray *list_of(const SayLine *lines, guint count)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(SayLine));
    return g_array_append_vals(list, lines, count);
}

static void fill_digest(LetterSample *sample, LetterOrder *order)
{
    gint64 now = clock_now();
    const SayLine fresh[] = {{.reference = "SC27-2026-0012", .person = "张三", .subject = "专家申请"},
                             {.reference = "SC27-2026-0013", .person = "John Smith", .subject = "Comments on CD 27090"}};
    const SayLine waiting[] = {{.reference = "SC27-2026-0009", .person = "李四", .subject = "提案材料", .reason = "claims a duty"}};
    const SayLine overdue[] = {{.person = "王五", .what = "meeting-summary", .due = now - 6 * DAY_USEC}};
    const SayLine held[] = {{.address = "li@expert.example.cn", .subject = "材料补正通知 SC27-2026-0009",
                             .reason = "letters of this kind are released by a person"}};
    const SayLine failed[] = {{.address = "wang@expert.example.cn", .subject = "关于提交参会工作总结的提醒",
                               .reason = "550 5.1.1 no such user"}};
    const SayLine mailboxes[] = {{.what = "work", .instant = now - HOUR_USEC / 20}};
    const SayLine alarms[] = {{.what = "fetch work", .reason = "mailbox work was not read for 40 minutes", .instant = now - HOUR_USEC}};
    sample->fresh = list_of(fresh, G_N_ELEMENTS(fresh));
    sample->waiting = list_of(waiting, G_N_ELEMENTS(waiting));
    sample->overdue = list_of(overdue, G_N_ELEMENTS(overdue));
    sample->held = list_of(held, G_N_ELEMENTS(held));
    sample->failed = list_of(failed, G_N_ELEMENTS(failed));
    sample->mailboxes = list_of(mailboxes, G_N_ELEMENTS(mailboxes));
    sample->alarms = list_of(alarms, G_N_ELEMENTS(alarms));
    sample->digest = (SayDigest){now - DAY_USEC, now, 14, 11, sample->fresh, sample->waiting, sample->overdue, sample->held,
                                 sample->failed, sample->mailboxes, sample->alarms,
                                 "3f1d7c0d5a1b6a9e8c2f4b7d9e0a1c2d3f1d7c0d5a1b6a9e8c2f4b7d9e0a1c2d", 4711};
    order->add_facts = say_digest;
    order->user = &sample->digest;
}

static void fill_notice(LetterSample *sample, LetterOrder *order)
{
    sample->notice = (SayNotice){"fetch work", "mailbox work was not read for 40 minutes", clock_now() - HOUR_USEC, 0};
    order->add_facts = say_notice;
    order->user = &sample->notice;
}

/* --- all ------------------------------------------------------------------------------------------------------------- */

static void fill_invented(LetterOrder *order)
{
    order->form = LETTER_FULL;
    order->recipient = "zhang@expert.example.cn";
    order->name = "张三";
    order->reference = "SC27-2026-0012";
    order->year = 2026;
    order->number = 12;
    order->received = clock_now() - HOUR_USEC;
    order->due = clock_now() + 10 * DAY_USEC;
    order->subject = "专家申请";
}

static gboolean is_receipt(const char *kind)
{
    return g_str_equal(kind, "acknowledgement");
}

static gboolean fill_record(LetterSample *sample, Ledger *ledger, LetterOrder *order, GError **error)
{
    sample->record = order->entry ? ledger_record(ledger, order->entry, error) : invented_record();
    order->record = sample->record;
    return sample->record != NULL;
}

/* Digests and notices go to the secretariat and are about no entry. */
static void make_internal(const Conf *conf, LetterOrder *order)
{
    const char *secretariat = conf_list(conf, "office", "secretariat")[0];
    const char *kind = order->kind, *language = order->language;
    *order = (LetterOrder){.kind = kind, .language = language, .form = LETTER_FULL,
                           .recipient = secretariat ? secretariat : "secretariat@committee.example.cn"};
}

LetterSample *letter_sample(const char *kind, Ledger *ledger, gint64 entry, const Conf *conf, LetterOrder *order, GError **error)
{
    g_autoptr(LetterSample) sample = g_new0(LetterSample, 1);
    order->kind = kind;
    if (!entry)
        fill_invented(order);
    else if (!(sample->about = letter_about(ledger, entry, order, error)))
        return NULL;
    order->answers = is_receipt(kind) || g_str_equal(kind, "status");
    order->by_person = g_str_equal(kind, "return") || g_str_equal(kind, "rejection") || g_str_equal(kind, "reply");
    if (is_receipt(kind)) {
        if (!fill_record(sample, ledger, order, error))
            return NULL;
    } else if (g_str_equal(kind, "reminder") || g_str_equal(kind, "escalation")) {
        fill_duty(sample, conf, order);
    } else if (g_str_equal(kind, "digest")) {
        make_internal(conf, order);
        fill_digest(sample, order);
    } else if (g_str_equal(kind, "notice")) {
        make_internal(conf, order);
        fill_notice(sample, order);
    } else {
        fill_papers(sample, ledger, order);
    }
    return g_steal_pointer(&sample);
}
