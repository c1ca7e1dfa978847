#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "duties/duties.h"
#include "ledger/changes.h"
#include "ledger/events.h"
#include "ledger/relations.h"
#include "ledger/search.h"
#include "letters/say.h"
#include "stages/enter.h"
#include "stages/relate.h"
#include "stages/returned.h"
#include "stages/thread.h"

#define HASH_BYTES 32

struct Enter {
    Ledger *ledger;
    const Conf *conf;
    GHashTable *receipts;
    Templates *templates;
};

/* What is decided about one message while it is entered. */
typedef struct {
    const LedgerMessage *message;
    const Record *record;
    const char *route;
    gint64 entry;       /* 0 until made */
    int year, number;
    char *reference;
    gboolean joins;     /* an entry that was there before */
    gboolean again;     /* the message was entered before: a redo */
    gboolean stranger;  /* a reply from an address that does not belong to the entry, or to a number we do not know */
    gboolean duplicate; /* brings only documents that the entry holds already */
    gboolean asks;      /* how the entry stands, and nothing else */
    gboolean wanted;    /* the entry it joins asked for something, or another one of the sender's about the same proposal */
    gboolean asked;     /* of a proposal that it has parts of, parts were missing */
    gboolean completes; /* and does no more */
    LetterForm form;
    const char *silence; /* why no letter */
    const Receipt *receipt;
} Case;

void receipt_free(Receipt *receipt)
{
    if (!receipt)
        return;
    g_free(receipt->kind);
    g_free(receipt->recipient);
    g_free(receipt->message_id);
    g_free(receipt->subject);
    g_clear_pointer(&receipt->bytes, g_bytes_unref);
    g_free(receipt);
}

Enter *enter_new(Ledger *ledger, const Conf *conf, GHashTable *receipts, GError **error)
{
    g_autofree char *dir = conf_path(conf, "general", "templates");
    Templates *templates = templates_load(dir, error);
    if (!templates)
        return NULL;
    Enter *enter = g_new0(Enter, 1);
    enter->ledger = ledger;
    enter->conf = conf;
    enter->receipts = receipts;
    enter->templates = templates;
    return enter;
}

void enter_free(Enter *enter)
{
    if (!enter)
        return;
    templates_free(enter->templates);
    g_free(enter);
}

static int compare_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The hash over the sorted hashes of the attachments, by which a message is known again in other bytes. */
static void hash_attachments(const Record *record, guint8 ret_hash[HASH_BYTES])
{
    g_autoptr(GPtrArray) hashes = g_ptr_array_new();
    for (guint i = 0; i < record->parts->len; i++) {
        const Part *part = g_ptr_array_index(record->parts, i);
        if (part->sha256)
            g_ptr_array_add(hashes, part->sha256);
    }
    g_ptr_array_sort(hashes, compare_text);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    for (guint i = 0; i < hashes->len; i++)
        g_checksum_update(sum, g_ptr_array_index(hashes, i), -1);
    gsize length = HASH_BYTES;
    g_checksum_get_digest(sum, ret_hash, &length);
}

static gboolean has_number(const Record *record)
{
    return g_str_equal(record->route, "submission") || g_str_equal(record->route, "reply") ||
           g_str_equal(record->route, "unreadable");
}

/* --- which entry ------------------------------------------------------------------------------------------------- */

static void find_entry(Enter *enter, Case *it)
{
    if (it->message->entry) {
        it->entry = it->message->entry;
        it->again = it->joins = TRUE;
        return;
    }
    if (g_str_equal(it->record->route, "unreadable"))
        return;
    gint64 thread = thread_entry(enter->ledger, it->record);
    if (thread) {
        it->route = "reply";
        it->entry = thread;
        it->joins = TRUE;
        it->stranger = !thread_belongs(enter->ledger, thread, it->record);
        return;
    }
    if (g_str_equal(it->record->route, "reply")) {
        /* An unknown number must look from outside like somebody else's: a new entry for a person, no answer. */
        it->stranger = TRUE;
        return;
    }
    gint64 holder = thread_by_documents(enter->ledger, it->record);
    if (holder && thread_belongs(enter->ledger, holder, it->record)) {
        it->entry = holder;
        it->joins = it->duplicate = TRUE;
    }
}

static void take_reference(const LedgerEntry *entry, gpointer user)
{
    Case *it = user;
    it->year = entry->year;
    it->number = entry->number;
    it->reference = g_strdup(entry->reference);
}

static gboolean make_entry(Enter *enter, Case *it, GError **error)
{
    const Record *record = it->record;
    if (it->entry)
        return ledger_entry_get(enter->ledger, it->entry, take_reference, it, error);
    LedgerEntry entry = {
        .year = it->receipt ? it->receipt->year : clock_year(it->message->received, conf_string(enter->conf, "general", "zone")),
        .state = "review",
        .sender_name = record->from_name,
        .sender_address = record->from_address,
        .subject = record->subject,
        .received = it->message->received,
        .created = clock_now(),
    };
    it->year = entry.year;
    it->reference = ledger_entry_new(enter->ledger, &entry, conf_string(enter->conf, "reference", "prefix"),
                                     (int)conf_int(enter->conf, "reference", "width"),
                                     it->receipt ? it->receipt->number : 0, &it->entry, &it->number, error);
    if (!it->reference)
        return FALSE;
    if (record->from_address && !ledger_entry_add_address(enter->ledger, it->entry, record->from_address, error))
        return FALSE;
    return ledger_event(enter->ledger, it->entry, "intake", "entry", error, "reference", "t", it->reference, "message",
                        "i", it->message->id, NULL);
}

/* --- documents and states ---------------------------------------------------------------------------------------- */

static gboolean has_error(const GPtrArray *findings)
{
    for (guint i = 0; i < findings->len; i++)
        if (g_str_equal(((const Finding *)g_ptr_array_index(findings, i))->severity, "error"))
            return TRUE;
    return FALSE;
}

/* Whether something in DOCUMENT was read so badly that a person must look before anything is said of it. */
static gboolean is_doubtful(const Document *document)
{
    for (guint i = 0; i < document->fields->len; i++)
        if (((const Field *)g_ptr_array_index(document->fields, i))->confidence < DOUBTFUL)
            return TRUE;
    for (guint i = 0; i < document->findings->len; i++)
        if (g_str_equal(((const Finding *)g_ptr_array_index(document->findings, i))->rule, "kind-uncertain"))
            return TRUE;
    return g_str_equal(document->kind, "unknown");
}

/* `waiting` only when the sender is told what is wrong: with a minimal letter or none a person must look. */
static const char *document_state(const Case *it, const Document *document)
{
    gboolean told = it->form == LETTER_FULL;
    if (it->stranger)
        return "review";
    if (has_error(document->findings))
        return told ? "waiting" : "review";
    return is_doubtful(document) ? "review" : "complete";
}

/* The state of a message without documents: a question or a note is for a person to read. */
static const char *bare_state(const Case *it)
{
    return has_error(it->record->findings) && it->form == LETTER_FULL ? "waiting" : "review";
}

static gboolean put_findings(Enter *enter, const Case *it, gint64 document, const char *kind, const GPtrArray *findings,
                             GError **error)
{
    for (guint i = 0; i < findings->len; i++) {
        const Finding *finding = g_ptr_array_index(findings, i);
        LedgerFinding row = {document, finding->rule, finding->severity, finding->field, finding->zh, finding->en, kind};
        if (!ledger_finding_add(enter->ledger, it->entry, it->message->id, &row, error))
            return FALSE;
    }
    return TRUE;
}

/* Art. 23: what bears such a marking is not searched. */
static gboolean is_classified(const GPtrArray *findings)
{
    for (guint i = 0; i < findings->len; i++)
        if (g_str_equal(((const Finding *)g_ptr_array_index(findings, i))->rule, "classified-marking"))
            return TRUE;
    return FALSE;
}

static gboolean put_document(Enter *enter, const Case *it, const Document *document, gint64 *ret_id, GError **error)
{
    LedgerDocument row = {
        .entry = it->entry,
        .message = it->message->id,
        .path = document->path,
        .segment = document->segment,
        .filename = document->filename,
        .sha256 = document->sha256,
        .bytes = document->bytes,
        .mime = document->mime,
        .status = document->status,
        .reader = document->reader,
        .pages = document->pages,
        .kind = document->kind,
        .guess = document->guess,
        .confidence = document->confidence,
        .state = document_state(it, document),
    };
    if (!ledger_document_put(enter->ledger, &row, ret_id, error))
        return FALSE;
    for (guint i = 0; i < document->fields->len; i++) {
        const Field *field = g_ptr_array_index(document->fields, i);
        LedgerField value = {.id = field->id,
                             .value = field->value,
                             .shown = field->shown,
                             .place = field->from,
                             .confidence = field->confidence};
        memcpy(value.box, field->box, sizeof value.box);
        if (!ledger_field_put(enter->ledger, *ret_id, &value, error))
            return FALSE;
    }
    return put_findings(enter, it, *ret_id, document->kind, document->findings, error) &&
           (is_classified(document->findings)
                ? ledger_search_clear(enter->ledger, it->message->id, *ret_id, error)
                : ledger_search_put(enter->ledger, it->message->id, *ret_id, document->text, error));
}

/* A document that somebody owed has come. From an address that nobody verified and the registry does not know it only claims so. */
static gboolean meet_duties(Enter *enter, const Case *it, const gint64 *ids, GError **error)
{
    const Record *record = it->record;
    gboolean sure = record->from_address && !g_str_equal(record->auth, "fail") &&
                    (g_str_equal(record->auth, "pass") || ledger_party_known(enter->ledger, record->from_address));
    for (guint i = 0; i < record->documents->len; i++)
        if (!duties_arrived(enter->ledger, enter->conf, ids[i], sure, error))
            return FALSE;
    return TRUE;
}

static gboolean put_documents(Enter *enter, Case *it, GError **error)
{
    const GPtrArray *documents = it->record->documents;
    g_autofree gint64 *ids = g_new0(gint64, documents->len + 1);
    if (it->again && !ledger_readings_clear(enter->ledger, it->message->id, error))
        return FALSE;
    for (guint i = 0; i < documents->len; i++)
        if (!put_document(enter, it, g_ptr_array_index(documents, i), &ids[i], error))
            return FALSE;
    if (it->again && !ledger_documents_prune(enter->ledger, it->message->id, ids, documents->len, error))
        return FALSE;
    /* What a stranger sends changes nothing and learns nothing. */
    return put_findings(enter, it, 0, NULL, it->record->findings, error) &&
           (is_classified(it->record->findings) ? ledger_search_clear(enter->ledger, it->message->id, 0, error)
                                                : ledger_search_put(enter->ledger, it->message->id, 0, it->record->text, error)) &&
           (it->stranger || (relate_documents(enter->ledger, enter->conf, it->message, it->entry, it->record, ids, &it->asked, error) &&
                             meet_duties(enter, it, ids, error)));
}

static void take_sibling(gint64 entry, gpointer user)
{
    g_array_append_val((GArray *)user, entry);
}

/* Other entries with parts of the same proposal may have got what they lacked. What this sender was asked for there came here. */
static gboolean settle_siblings(Enter *enter, Case *it, GError **error)
{
    g_autoptr(GArray) siblings = g_array_new(FALSE, FALSE, sizeof(gint64));
    gboolean good = ledger_proposal_entries(enter->ledger, it->entry, take_sibling, siblings, error);
    for (guint i = 0; good && i < siblings->len; i++) {
        gint64 sibling = g_array_index(siblings, gint64, i);
        it->wanted |= it->asked && thread_belongs(enter->ledger, sibling, it->record);
        good = duties_settled(enter->ledger, enter->conf, sibling, FALSE, error);
    }
    return good;
}

static gboolean settle(Enter *enter, Case *it, GError **error)
{
    if (it->again && !ledger_message_settle(enter->ledger, it->message->id, error))
        return FALSE;
    if (it->stranger && it->joins)
        return ledger_entry_attention(enter->ledger, it->entry, "mail from a stranger", error);
    if (it->joins && it->record->documents->len == 0)
        return it->again || it->asks || ledger_entry_attention(enter->ledger, it->entry, "reply without documents", error);
    if (!ledger_entry_settle(enter->ledger, it->entry, bare_state(it), error) ||
        (!it->stranger && !settle_siblings(enter, it, error)))
        return FALSE;
    return duties_settled(enter->ledger, enter->conf, it->entry, it->form == LETTER_FULL && !it->again, error);
}

/* What was asked for has come, and nothing else is asked for. */
static gboolean complete(Enter *enter, Case *it, GError **error)
{
    it->completes = it->wanted && !it->again && !it->stranger && it->record->documents->len > 0 &&
                    thread_complete(enter->ledger, it->entry);
    return !it->completes ||
           ledger_event(enter->ledger, it->entry, "intake", "completed", error, "message", "i", it->message->id, NULL);
}

/* --- the letter -------------------------------------------------------------------------------------------------- */

static void decide_letter(Enter *enter, Case *it)
{
    const Record *record = it->record;
    gboolean known = record->from_address && ledger_party_known(enter->ledger, record->from_address);
    it->form = LETTER_NONE;
    it->asks = record->asks_status && it->joins && !it->stranger && record->documents->len == 0 && record->parts->len == 0 &&
               !g_str_equal(conf_string(enter->conf, "letters", "status"), "never");
    if (it->again)
        it->silence = "read again";
    else if (it->stranger)
        it->silence = "sender does not belong to the entry";
    else if (it->joins && !it->duplicate && !it->asks && record->documents->len == 0)
        it->silence = "reply without documents";
    else if (!it->joins && record->documents->len == 0 && thread_echoes(enter->ledger, record, it->message->received))
        it->silence = "without documents, and right after a letter to the sender: perhaps from a machine";
    else
        it->form = letter_form(record, it->message->flags, known, enter->conf, &it->silence);
    it->asks &= it->form != LETTER_NONE; /* else a person must look */
}

static gboolean add_told_letter(Enter *enter, const Case *it, GError **error)
{
    const Receipt *receipt = it->receipt;
    LedgerLetter row = {
        .entry = it->entry,
        .message = it->message->id,
        .kind = receipt->kind,
        .state = (char *)"sent",
        .recipient = receipt->recipient,
        .message_id = receipt->message_id,
        .subject = receipt->subject,
        .bytes = receipt->bytes,
        .created = receipt->sent,
        .next_try = receipt->sent,
        .sent = receipt->place,
    };
    return ledger_letter_add(enter->ledger, &row, "intake", error);
}

/* An entry that now lacks nothing is told so, with the receipt for what completed it in the same letter. */
static const char *kind_of_letter(Enter *enter, const Case *it)
{
    if (it->asks)
        return "status";
    gboolean tell = it->completes && it->form == LETTER_FULL && !g_str_equal(conf_string(enter->conf, "letters", "completion"), "never");
    return tell ? "completion" : "acknowledgement";
}

static gboolean post_letter(Enter *enter, const Case *it, guint *ret_letters, GError **error)
{
    const Record *record = it->record;
    SayPapers papers = {.ledger = enter->ledger, .entry = it->entry};
    LetterOrder order = {
        .kind = kind_of_letter(enter, it),
        .form = it->form,
        .recipient = letter_recipient(record, enter->conf),
        .name = record->from_name,
        .entry = it->entry,
        .message = it->message->id,
        .reference = it->reference,
        .year = it->year,
        .number = it->number,
        .received = it->message->received,
        .due = ledger_entry_due(enter->ledger, it->entry),
        .subject = record->subject,
        .answers = TRUE,
        .record = record,
        .add_facts = it->asks ? say_papers : NULL,
        .user = &papers,
        .hold = enter->receipts ? "the ledger was rebuilt" : NULL,
    };
    Posted posted;
    if (!letter_post(enter->ledger, enter->templates, &order, enter->conf, "intake", NULL, &posted, error))
        return FALSE;
    *ret_letters += posted == POSTED_QUEUED;
    return TRUE;
}

static gboolean write_letter(Enter *enter, const Case *it, guint *ret_letters, GError **error)
{
    if (it->receipt)
        return add_told_letter(enter, it, error);
    if (it->form == LETTER_NONE)
        return ledger_event(enter->ledger, it->entry, "intake", "no-letter", error, "why", "t", it->silence, NULL);
    return post_letter(enter, it, ret_letters, error);
}

/* --- the message ------------------------------------------------------------------------------------------------- */

static gboolean finish_message(Enter *enter, const Case *it, const guint8 *attachments, GError **error)
{
    const Record *record = it->record;
    MessageFacts facts = {
        .route = it->route,
        .message_id = record->message_id,
        .sender_name = record->from_name,
        .sender_address = record->from_address,
        .subject = record->subject,
        .date = record->date,
        .auth = record->auth,
        .in_reply_to = record->in_reply_to,
        .attachments = attachments,
        .stranger = it->stranger && it->joins,
        .entry = it->entry,
    };
    return ledger_message_done(enter->ledger, it->message->id, &facts, error);
}

/* Messages that get no entry of their own: bounces, automatic answers, bulk, and one we hold in other bytes. */
static gboolean enter_without_entry(Enter *enter, Case *it, GError **error)
{
    gboolean again = it->message->entry != 0;
    if (again)
        it->entry = it->message->entry;
    if (g_str_equal(it->route, "bounce"))
        return returned_bounce(enter->ledger, it->message, it->record, again, &it->entry, error);
    if (g_str_equal(it->route, "auto-reply"))
        return returned_answer(enter->ledger, it->message, it->record, &it->entry, error);
    return ledger_event(enter->ledger, it->entry, "intake", it->route, error, "message", "i", it->message->id, NULL);
}

static gboolean enter_case(Enter *enter, Case *it, guint *ret_letters, GError **error)
{
    guint8 attachments[HASH_BYTES];
    const Record *record = it->record;
    hash_attachments(record, attachments);
    if (!it->message->entry && record->message_id && has_number(record) &&
        ledger_message_twin(enter->ledger, record->message_id, record->from_address, attachments, &it->entry)) {
        it->route = "duplicate";
        return enter_without_entry(enter, it, error) && finish_message(enter, it, attachments, error);
    }
    if (!has_number(record))
        return enter_without_entry(enter, it, error) && finish_message(enter, it, attachments, error);
    find_entry(enter, it);
    decide_letter(enter, it);
    it->wanted = it->joins && ledger_entry_wants(enter->ledger, it->entry);
    return make_entry(enter, it, error) && finish_message(enter, it, attachments, error) &&
           put_documents(enter, it, error) && settle(enter, it, error) && complete(enter, it, error) &&
           write_letter(enter, it, ret_letters, error);
}

gboolean enter_message(Enter *enter, const LedgerMessage *message, const Record *record, guint *ret_letters,
                       GError **error)
{
    Case it = {.message = message, .record = record, .route = record->route};
    if (enter->receipts) {
        GString *hex = g_string_new(NULL);
        for (int i = 0; i < HASH_BYTES; i++)
            g_string_append_printf(hex, "%02x", message->sha256[i]);
        it.receipt = g_hash_table_lookup(enter->receipts, hex->str);
        g_string_free(hex, TRUE);
    }
    gboolean good = enter_case(enter, &it, ret_letters, error);
    g_free(it.reference);
    return good;
}
