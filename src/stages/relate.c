#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ledger/relations.h"
#include "stages/relate.h"

#define NAME_CHARS 120

typedef struct {
    Ledger *ledger;
    const Conf *conf;
    const LedgerMessage *message;
    gint64 entry;
    const Record *record;
    GError **error;
} Relating;

/* --- values ------------------------------------------------------------------------------------------------------------- */

static const char *value_of(const Document *document, const char *field)
{
    for (guint i = 0; i < document->fields->len; i++) {
        const Field *own = g_ptr_array_index(document->fields, i);
        if (g_str_equal(own->id, field))
            return own->shown;
    }
    return NULL;
}

/* Two forms of a kind are about the same when these fields agree; "a|b" takes the first that has a value. */
static const struct {
    const char *kind, *fields[3];
} subjects[] = {
    {"expert-application", {"name"}},
    {"information-change", {"name", "date"}},
    {"withdrawal", {"name"}},
    {"meeting-registration", {"name", "meeting"}},
    {"meeting-summary", {"name", "meeting"}},
    {"meeting-plan", {"meeting"}},
    {"hosting-summary", {"organization", "meeting"}},
    {"work-report", {"name|organization", "period"}},
    {"research-report", {"title_zh"}},
    {"contribution", {"document_number", "commenter|member_body"}},
    {"proposal-information", {"title_zh|title_en"}},
    {"proposal-review", {"title_zh"}},
    {"proposal-report", {"title_zh"}},
    {"np-form", {"title_en"}},
    {"commitment-letter", {"title_zh", "organization"}},
    {"draft-standard", {"title_en|title_zh", "stage"}},
};

static char *key_of_any(const Document *document, const char *fields)
{
    g_auto(GStrv) names = g_strsplit(fields, "|", -1);
    for (guint i = 0; names[i]; i++) {
        char *key = text_key(value_of(document, names[i]));
        if (key)
            return key;
    }
    return NULL;
}

/* What DOCUMENT is about; NULL when its first field is not known. */
static char *about_of(const Document *document)
{
    for (guint row = 0; row < G_N_ELEMENTS(subjects); row++) {
        if (!g_str_equal(subjects[row].kind, document->kind))
            continue;
        GString *about = g_string_new(NULL);
        for (guint i = 0; i < G_N_ELEMENTS(subjects[row].fields) && subjects[row].fields[i]; i++) {
            g_autofree char *key = key_of_any(document, subjects[row].fields[i]);
            if (!key && i == 0)
                return g_string_free(about, TRUE);
            g_string_append_printf(about, "%s%s", i ? "/" : "", key ? key : "");
        }
        return g_string_free(about, FALSE);
    }
    return NULL;
}

/* --- findings ------------------------------------------------------------------------------------------------------------ */

/* On the document ID (0: the message) of this very message; LIST is where its letter will look. */
static gboolean find(const Relating *it, gint64 id, GPtrArray *list, const char *rule, const char *severity, const char *zh,
                     const char *en)
{
    LedgerFinding row = {id, rule, severity, NULL, zh, en, NULL};
    g_ptr_array_add(list, record_finding_new(rule, severity, zh, en));
    return ledger_finding_add(it->ledger, it->entry, it->message->id, &row, it->error);
}

/* --- versions ------------------------------------------------------------------------------------------------------------ */

static void take_reference(const LedgerEntry *entry, gpointer user)
{
    *(char **)user = g_strdup(entry->reference);
}

static gboolean find_duplicate(const Relating *it, const Document *document, gint64 id, const char *reference, gboolean bytes)
{
    g_autofree char *zh = g_strdup_printf(bytes ? "该文件与 %s 中已登记的文件完全相同。" : "该表内容与 %s 中已登记的同一表格一致。",
                                          reference);
    g_autofree char *en = g_strdup_printf(bytes ? "This file is identical to one already registered under %s."
                                                : "This form says the same as one already registered under %s.",
                                          reference);
    return find(it, id, document->findings, "duplicate", "info", zh, en);
}

/* OLDER, under its own entry, learns that a newer version came. */
static gboolean supersede(const Relating *it, gint64 id, const LedgerKin *older)
{
    g_autofree char *reference = NULL;
    if (!ledger_entry_get(it->ledger, it->entry, take_reference, &reference, it->error))
        return FALSE;
    g_autofree char *zh = g_strdup_printf("已收到该表的新版本（%s），以新版本为准。", reference);
    g_autofree char *en = g_strdup_printf("A newer version of this form arrived (%s) and takes its place.", reference);
    LedgerFinding row = {older->document, "superseded", "info", NULL, zh, en, NULL};
    return ledger_supersede(it->ledger, id, older->document, it->error) &&
           ledger_finding_add(it->ledger, older->entry, it->message->id, &row, it->error) &&
           (older->entry == it->entry || ledger_entry_settle(it->ledger, older->entry, "closed", it->error));
}

/* KIN is about the same as DOCUMENT, by what was read in both. */
static gboolean relate_kin(const Relating *it, const Document *document, gint64 id, const LedgerKin *kin)
{
    gboolean equal = ledger_same_values(it->ledger, id, kin->document);
    gboolean other_seal = (g_strcmp0(value_of(document, "seal"), "present") == 0) != kin->sealed;
    /* The sealed scan of a form whose editable copy came before belongs beside it, and the other way round; but one that was
     * asked for takes the place of what it was asked for. */
    if (equal && other_seal && !kin->waiting)
        return TRUE;
    return equal && !other_seal ? find_duplicate(it, document, id, kin->reference, FALSE) : supersede(it, id, kin);
}

static gboolean relate_versions(const Relating *it, const Document *document, gint64 id)
{
    g_autofree char *about = about_of(document), *same = NULL;
    g_auto(LedgerKin) kin = {0};
    if (about && !ledger_document_about(it->ledger, id, about, it->error))
        return FALSE;
    if (document->filename && document->segment <= 1 && (same = ledger_same_bytes(it->ledger, id)))
        return find_duplicate(it, document, id, same, TRUE);
    if (!it->record->from_address)
        return TRUE;
    if (about && ledger_kin_find(it->ledger, id, it->record->from_address, &kin))
        return relate_kin(it, document, id, &kin);
    return !ledger_kin_asked(it->ledger, id, &kin) || supersede(it, id, &kin);
}

/* --- dates ---------------------------------------------------------------------------------------------------------------- */

/* The last instant at which DOCUMENT was in time, 0 when it has none; *RET_WHY says where that stands, in zh and en. */
static gint64 due_of(const Relating *it, const Document *document, const char *ret_why[2])
{
    const char *zone = conf_string(it->conf, "general", "zone");
    gboolean hosting = g_str_equal(document->kind, "hosting-summary");
    if (hosting || g_str_equal(document->kind, "meeting-summary")) {
        int days = (int)conf_int(it->conf, "rules", hosting ? "hosting_days" : "summary_days");
        const char *dates = value_of(document, "meeting_dates"), *last = dates ? strrchr(dates, '/') : NULL;
        ret_why[0] = hosting ? "办法第二十八条：承办会议总结应在会后两周内提交" : "秘书处规定的参会总结期限";
        ret_why[1] = hosting ? "Art. 28: the host's summary is due two weeks after the meeting"
                             : "the secretariat's term for participants' summaries";
        return days > 0 && dates ? MAX(clock_day_end(last ? last + 1 : dates, days, zone), 0) : 0;
    }
    const char *number = g_str_equal(document->kind, "contribution") ? value_of(document, "document_number") : NULL;
    gint64 closes = number ? ledger_ballot_closes(it->ledger, number) : 0;
    ret_why[0] = "意见应在投票截止日前按秘书处要求的提前天数提交";
    ret_why[1] = "comments are due some days before the ballot closes";
    return closes ? closes - conf_int(it->conf, "rules", "lead_days") * G_TIME_SPAN_DAY : 0;
}

static gboolean check_late(const Relating *it, const Document *document, gint64 id)
{
    const char *why[2];
    gint64 due = due_of(it, document, why);
    if (due == 0 || it->message->received <= due)
        return TRUE;
    const char *zone = conf_string(it->conf, "general", "zone");
    g_autofree char *day = clock_iso(due, zone), *came = clock_iso(it->message->received, zone);
    day[10] = came[10] = 0; /* the dates alone */
    g_autofree char *zh = g_strdup_printf("提交已逾期：期限 %s，收到 %s（%s）。", day, came, why[0]);
    g_autofree char *en = g_strdup_printf("Late: due %s, received %s (%s).", day, came, why[1]);
    return find(it, id, document->findings, "late", "warning", zh, en);
}

/* --- proposals ------------------------------------------------------------------------------------------------------------ */

/* What a proposal consists of (提案齐套材料, Art. 18). The review form is the office's own and is not asked for. */
static const struct {
    const char *kind, *zh, *en;
} parts[] = {
    {"proposal-information", "附件2 国际标准提案信息表", "Annex 2 (proposal information)"},
    {"proposal-report", "附件4 提案论证报告", "Annex 4 (report)"},
    {"np-form", "附件5 NP 表（ISO Form 4）", "Annex 5 (NP form)"},
    {"commitment-letter", "附件6 承诺书", "Annex 6 (commitment letter)"},
    {"draft-standard", "标准草案或大纲", "the draft or outline"},
};

const char *relate_part(guint i)
{
    return i < G_N_ELEMENTS(parts) ? parts[i].kind : NULL;
}

static gboolean is_part(const char *kind)
{
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        if (g_str_equal(kind, parts[i].kind))
            return TRUE;
    return g_str_equal(kind, "proposal-review");
}

/* The proposal that DOCUMENT joins; 0 when it names none and stands beside none, or (error set) on failure. */
static gint64 join_proposal(const Relating *it, const Document *document, gint64 id)
{
    const char *zh = value_of(document, "title_zh"), *en = value_of(document, "title_en");
    g_autofree char *key_zh = text_key(zh), *key_en = text_key(en);
    const char *leader = value_of(document, "leader");
    LedgerProposal facts = {zh ? zh : en, value_of(document, "organization"),
                            leader ? leader : value_of(document, "project_leader"), key_zh, key_en};
    gint64 proposal = ledger_proposal_find(it->ledger, it->entry, document->kind, &facts);
    if (!proposal && facts.title)
        proposal = ledger_proposal_new(it->ledger, &facts, it->error);
    return proposal && ledger_proposal_join(it->ledger, proposal, id, &facts, it->error) ? proposal : 0;
}

static void note_part(const char *kind, G_GNUC_UNUSED const char *value, gpointer user)
{
    gboolean *there = user;
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        there[i] |= g_str_equal(kind, parts[i].kind);
}

static gboolean find_missing(const Relating *it, gint64 proposal)
{
    gboolean there[G_N_ELEMENTS(parts)] = {FALSE};
    g_autoptr(GString) zh = g_string_new(NULL), en = g_string_new(NULL);
    if (!ledger_proposal_parts(it->ledger, proposal, "title_zh", note_part, there, it->error))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        if (!there[i]) {
            g_string_append_printf(zh, "%s%s", zh->len ? "、" : "", parts[i].zh);
            g_string_append_printf(en, "%s%s", en->len ? ", " : "", parts[i].en);
        }
    if (zh->len == 0)
        return TRUE;
    g_autofree char *sentence_zh = g_strdup_printf("提案材料尚不齐套（办法第十八条），缺：%s。", zh->str);
    g_autofree char *sentence_en = g_strdup_printf("The proposal's documents are not complete (Art. 18). Missing: %s.", en->str);
    return find(it, 0, it->record->findings, "package-incomplete", "warning", sentence_zh, sentence_en);
}

/* The values of one field over the parts: key -> the value as people read it. */
static void note_value(G_GNUC_UNUSED const char *kind, const char *value, gpointer user)
{
    char *key = text_key(value);
    if (key)
        g_hash_table_replace(user, key, text_plain(value, NAME_CHARS));
}

static gboolean find_differences(const Relating *it, gint64 proposal)
{
    static const char *const compared[][3] = {
        {"title_zh", "提案名称", "the Chinese title"}, {"title_en", "英文名称", "the English title"},
        {"organization", "提案单位", "the organisation"}, {"leader", "提案负责人", "the leader"}};
    for (guint i = 0; i < G_N_ELEMENTS(compared); i++) {
        g_autoptr(GHashTable) values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        if (!ledger_proposal_parts(it->ledger, proposal, compared[i][0], note_value, values, it->error))
            return FALSE;
        if (g_hash_table_size(values) < 2)
            continue;
        g_autoptr(GList) list = g_list_sort(g_hash_table_get_values(values), (GCompareFunc)strcmp);
        g_autofree char *zh = g_strdup_printf("同一提案各材料中%s不一致：“%s”与“%s”。", compared[i][1], (char *)list->data,
                                              (char *)list->next->data);
        g_autofree char *en = g_strdup_printf("The parts of one proposal differ in %s: \"%s\" and \"%s\".", compared[i][2],
                                              (char *)list->data, (char *)list->next->data);
        if (!find(it, 0, it->record->findings, "package-inconsistent", "warning", zh, en))
            return FALSE;
    }
    return TRUE;
}

static gboolean check_package(const Relating *it, gint64 proposal, gboolean *asked)
{
    gboolean missed = FALSE;
    if (!ledger_proposal_clear_findings(it->ledger, proposal, &missed, it->error))
        return FALSE;
    *asked |= missed;
    return find_missing(it, proposal) &&
           find_differences(it, proposal);
}

static gboolean check_withdrawal(const Relating *it, const Document *document, gint64 id)
{
    const char *name = g_str_equal(document->kind, "withdrawal") ? value_of(document, "name") : NULL;
    g_autofree char *title = name ? ledger_proposal_led_by(it->ledger, name) : NULL;
    if (!title)
        return TRUE;
    g_autofree char *shown = text_plain(title, NAME_CHARS);
    g_autofree char *zh = g_strdup_printf("申请人正在负责提案“%s”，退出前应先落实负责人变更（办法第十二条）。", shown);
    g_autofree char *en = g_strdup_printf("The applicant leads the proposal \"%s\" under way; its leadership must be settled first "
                                          "(Art. 12).", shown);
    return find(it, id, document->findings, "leader-withdraws", "warning", zh, en);
}

/* --- all of a message ----------------------------------------------------------------------------------------------------- */

static gboolean relate_one(const Relating *it, const Document *document, gint64 id, GArray *proposals)
{
    if (!relate_versions(it, document, id) || !check_late(it, document, id) || !check_withdrawal(it, document, id))
        return FALSE;
    if (!is_part(document->kind))
        return TRUE;
    GError *failure = NULL;
    Relating part = *it;
    part.error = &failure;
    gint64 proposal = join_proposal(&part, document, id);
    if (failure) {
        g_propagate_error(it->error, failure);
        return FALSE;
    }
    gboolean known = proposal == 0;
    for (guint i = 0; i < proposals->len; i++)
        known |= g_array_index(proposals, gint64, i) == proposal;
    if (!known)
        g_array_append_val(proposals, proposal);
    return TRUE;
}

gboolean relate_documents(Ledger *ledger, const Conf *conf, const LedgerMessage *message, gint64 entry, const Record *record,
                          const gint64 *ids, gboolean *ret_asked, GError **error)
{
    Relating it = {ledger, conf, message, entry, record, error};
    g_autoptr(GArray) proposals = g_array_new(FALSE, FALSE, sizeof(gint64));
    *ret_asked = FALSE;
    if (record->documents->len > 0 && !ledger_attachment_came(ledger, entry, message->id, error))
        return FALSE;
    for (guint i = 0; i < record->documents->len; i++)
        if (!relate_one(&it, g_ptr_array_index(record->documents, i), ids[i], proposals))
            return FALSE;
    for (guint i = 0; i < proposals->len; i++)
        if (!check_package(&it, g_array_index(proposals, gint64, i), ret_asked))
            return FALSE;
    return TRUE;
}
