/* papers.c: the documents of an entry as its sender may be told of them. */
#include <string.h>

#include "base/limits.h"
#include "ledger/entries.h"
#include "letters/facts.h"
#include "letters/say.h"

#define REASON_CHARS 1000

typedef struct {
    Facts *facts;
    const LetterVoice *voice;
    const SayPapers *from;
    GHashTable *strangers;  /* ids of messages of strangers */
    GHashTable *classified; /* ids of documents */
    GHashTable *rows;       /* id of a document -> Facts * */
    const char *severity;   /* of the findings being added */
    guint papers, findings;
} Papers;

static void note_stranger(const LedgerMessageRow *message, gpointer user)
{
    const Papers *papers = user;
    if (message->stranger)
        g_hash_table_add(papers->strangers, g_memdup2(&message->id, sizeof message->id));
}

static void note_classified(const LedgerFinding *finding, gpointer user)
{
    const Papers *papers = user;
    if (g_str_equal(finding->rule, "classified-marking"))
        g_hash_table_add(papers->classified, g_memdup2(&finding->document, sizeof finding->document));
}

static gboolean is_told(const Papers *papers, const LedgerDocument *document)
{
    return !g_hash_table_contains(papers->strangers, &document->message) && !g_str_equal(document->state, "closed") &&
           (papers->from->document == 0 || papers->from->document == document->id);
}

static void add_paper(const LedgerDocument *document, gpointer user)
{
    Papers *papers = user;
    const LetterVoice *voice = papers->voice;
    if (!is_told(papers, document) || papers->papers >= LIMIT_LETTER_DOCUMENTS)
        return;
    Facts *row = facts_add(papers->facts, "papers");
    facts_set_number(row, "number", ++papers->papers);
    facts_set(row, "state", names_state(voice->names, document->state, voice->language), LETTER_NAME_CHARS);
    if (g_hash_table_contains(papers->classified, &document->id))
        return;
    facts_set(row, "filename", document->filename, LETTER_NAME_CHARS);
    if (!g_str_equal(document->kind, "unknown"))
        facts_set(row, "kind", names_kind(voice->names, document->kind, voice->language), LETTER_NAME_CHARS);
    g_hash_table_insert(papers->rows, g_memdup2(&document->id, sizeof document->id), row);
}

static void add_finding(const LedgerFinding *finding, gpointer user)
{
    Papers *papers = user;
    const LetterVoice *voice = papers->voice;
    gboolean package = g_str_equal(finding->rule, "package-incomplete");
    Facts *row = package ? papers->facts : g_hash_table_lookup(papers->rows, &finding->document);
    if (!row || !g_str_equal(finding->severity, papers->severity) || papers->findings >= LIMIT_LETTER_FINDINGS)
        return;
    papers->findings++;
    letter_finding(row, package ? "missing" : "findings", finding->rule, finding->severity,
                   g_str_equal(voice->language, "zh") ? finding->zh : finding->en, voice);
}

static void set_state(const LedgerEntry *entry, gpointer user)
{
    const Papers *papers = user;
    facts_set(papers->facts, "state", names_state(papers->voice->names, entry->state, papers->voice->language), LETTER_NAME_CHARS);
}

void say_reasons(Facts *facts, const char *reason)
{
    g_auto(GStrv) lines = g_strsplit(reason ? reason : "", "\n", LIMIT_LETTER_LINES);
    for (guint i = 0; lines[i]; i++)
        if (*g_strstrip(lines[i]))
            facts_set(facts_add(facts, "reasons"), "reason", lines[i], REASON_CHARS);
}

/* What cannot be read from the ledger is left out; the letter's own row could then not be written either. */
void say_papers(Facts *facts, const LetterVoice *voice, gpointer user)
{
    static const char *const severities[] = {"error", "warning", "info"};
    const SayPapers *from = user;
    g_autoptr(GHashTable) strangers = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GHashTable) classified = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GHashTable) rows = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    Papers papers = {facts, voice, from, strangers, classified, rows, NULL, 0, 0};
    say_reasons(facts, from->reason);
    ledger_entry_get(from->ledger, from->entry, set_state, &papers, NULL);
    ledger_messages(from->ledger, from->entry, note_stranger, &papers, NULL);
    ledger_findings(from->ledger, from->entry, note_classified, &papers, NULL);
    ledger_documents(from->ledger, from->entry, add_paper, &papers, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(severities); i++) {
        papers.severity = severities[i];
        ledger_findings(from->ledger, from->entry, add_finding, &papers, NULL);
    }
}
