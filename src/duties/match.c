#include <string.h>

#include "base/text.h"
#include "duties/match.h"
#include "ledger/calendar.h"
#include "ledger/duties.h"
#include "ledger/entries.h"
#include "ledger/parties.h"

#define PART_CHARS 6 /* a shorter key inside another one says nothing */

/* --- the document ----------------------------------------------------------------------------------------------------- */

void paper_free(Paper *paper)
{
    if (!paper)
        return;
    g_free(paper->kind);
    g_free(paper->state);
    g_free(paper->sender);
    g_free(paper->sender_name);
    g_hash_table_unref(paper->fields);
    g_free(paper);
}

static void take_paper(const LedgerPaper *row, gpointer user)
{
    Paper *paper = user;
    paper->id = row->id;
    paper->entry = row->entry;
    paper->kind = g_strdup(row->kind);
    paper->state = g_strdup(row->state);
    paper->sender = g_strdup(row->sender);
    paper->sender_name = g_strdup(row->sender_name);
}

static void take_field(const LedgerField *field, gpointer user)
{
    g_hash_table_replace(user, g_strdup(field->id), g_strdup(field->shown));
}

Paper *paper_get(Ledger *ledger, gint64 document, GError **error)
{
    g_autoptr(Paper) paper = g_new0(Paper, 1);
    paper->fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (!ledger_paper_get(ledger, document, take_paper, paper, error) ||
        !ledger_fields(ledger, document, take_field, paper->fields, error))
        return NULL;
    return g_steal_pointer(&paper);
}

const char *paper_value(const Paper *paper, const char *id)
{
    const char *value = g_hash_table_lookup(paper->fields, id);
    return value && *value ? value : NULL;
}

/* --- comparing -------------------------------------------------------------------------------------------------------- */

typedef struct {
    Ledger *ledger;
    const Paper *paper;
    char *names[3]; /* keys of those who the form says it is from */
    GArray *duties; /* Candidate */
} Matching;

typedef struct {
    gint64 id, party, meeting, ballot;
    char *key, *name, *address, *contact;
    gboolean by_hand;
} Candidate;

static void candidate_clear(gpointer data)
{
    Candidate *candidate = data;
    g_free(candidate->key);
    g_free(candidate->name);
    g_free(candidate->address);
    g_free(candidate->contact);
}

static void take_duty(const LedgerDuty *duty, gpointer user)
{
    Candidate candidate = {duty->id,   duty->party, duty->meeting, duty->ballot,
                           g_strdup(duty->key), text_key(duty->name), g_strdup(duty->address), g_strdup(duty->contact),
                           g_str_equal(duty->origin, "hand")};
    g_array_append_val((GArray *)user, candidate);
}

/* Equal keys, or one that holds the other. */
static Match compare_keys(const char *one, const char *other)
{
    if (!one || !other)
        return MATCH_NONE;
    if (g_str_equal(one, other))
        return MATCH_SURE;
    const char *longer = strlen(one) > strlen(other) ? one : other, *shorter = longer == one ? other : one;
    return g_utf8_strlen(shorter, -1) >= PART_CHARS && strstr(longer, shorter) ? MATCH_PERHAPS : MATCH_NONE;
}

static void take_latin(const LedgerParty *party, gpointer user)
{
    *(char **)user = text_key(party->name_latin);
}

static gboolean is_named(const Matching *it, const Candidate *duty)
{
    g_autofree char *latin = NULL;
    if (duty->party)
        ledger_party_get(it->ledger, duty->party, take_latin, &latin, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(it->names); i++)
        if (it->names[i] && (g_strcmp0(it->names[i], duty->name) == 0 || g_strcmp0(it->names[i], latin) == 0))
            return TRUE;
    return FALSE;
}

/* Sure: sent by who owes it, or his employer's contact, and the form names him or nobody. Comments bear a member body's or an
 * expert's sign rather than a name, so that who sent them is enough. */
static Match match_person(const Matching *it, const Candidate *duty)
{
    const char *sender = it->paper->sender;
    gboolean own = sender && g_strcmp0(sender, duty->address) == 0;
    gboolean sent = own || (sender && g_strcmp0(sender, duty->contact) == 0);
    gboolean nameless = !it->names[0] && !it->names[1] && !it->names[2];
    if (is_named(it, duty))
        return sent ? MATCH_SURE : MATCH_PERHAPS;
    if (own && (nameless || g_str_equal(it->paper->kind, "contribution")))
        return MATCH_SURE;
    return MATCH_NONE;
}

typedef struct {
    const Paper *paper;
    Match match;
} Subject;

static void compare_meeting(const LedgerMeeting *meeting, gpointer user)
{
    Subject *subject = user;
    const char *dates = paper_value(subject->paper, "meeting_dates");
    g_autofree char *held = g_strdup_printf("%s/%s", meeting->first_day, meeting->last_day);
    g_autofree char *key = text_key(meeting->name), *named = text_key(paper_value(subject->paper, "meeting"));
    subject->match = compare_keys(key, named);
    if (g_strcmp0(dates, held) == 0)
        subject->match = MATCH_SURE;
    else if (!named)
        subject->match = MATCH_PERHAPS;
}

static void compare_ballot(const LedgerBallot *ballot, gpointer user)
{
    Subject *subject = user;
    g_autofree char *key = text_key(ballot->document), *named = text_key(paper_value(subject->paper, "document_number"));
    subject->match = named ? compare_keys(key, named) : MATCH_PERHAPS;
}

static Match match_subject(const Matching *it, const Candidate *duty)
{
    Subject subject = {it->paper, duty->by_hand ? MATCH_SURE : MATCH_PERHAPS};
    const char *period = paper_value(it->paper, "period");
    if (duty->meeting)
        ledger_meeting_get(it->ledger, duty->meeting, compare_meeting, &subject, NULL);
    else if (duty->ballot)
        ledger_ballot_get(it->ledger, duty->ballot, compare_ballot, &subject, NULL);
    else if (period && !duty->by_hand)
        subject.match = g_str_has_suffix(duty->key, period) ? MATCH_SURE : MATCH_NONE;
    return subject.match;
}

gint64 match_duty(Ledger *ledger, const Paper *paper, Match *ret_match, GError **error)
{
    static const char *const named_in[] = {"name", "organization", "commenter"};
    Matching it = {ledger, paper, {NULL}, NULL};
    g_autoptr(GArray) duties = g_array_new(FALSE, FALSE, sizeof(Candidate));
    g_array_set_clear_func(duties, candidate_clear);
    DutyFilter filter = {.what = paper->kind};
    gint64 found = 0;
    int best = 0;
    *ret_match = MATCH_NONE;
    if (!ledger_duties(ledger, &filter, take_duty, duties, error))
        return 0;
    for (guint i = 0; i < G_N_ELEMENTS(named_in); i++)
        it.names[i] = text_key(paper_value(paper, named_in[i]));
    for (guint i = 0; i < duties->len; i++) {
        const Candidate *duty = &g_array_index(duties, Candidate, i);
        Match person = match_person(&it, duty), subject = person ? match_subject(&it, duty) : MATCH_NONE;
        int weight = person && subject ? (int)person * 4 + (int)subject : 0;
        if (weight <= best)
            continue;
        best = weight;
        found = duty->id;
        *ret_match = MIN(person, subject);
    }
    for (guint i = 0; i < G_N_ELEMENTS(named_in); i++)
        g_free(it.names[i]);
    return found;
}
