#include <string.h>

#include "base/text.h"
#include "duties/registry.h"
#include "ledger/calendar.h"
#include "ledger/duties.h"
#include "ledger/entries.h"
#include "ledger/parties.h"

#define WITHDREW "withdrew from the registry (Art. 12)"

/* --- people ------------------------------------------------------------------------------------------------------------- */

/* The person that the form is about: of the name and employer in it, else of the name, else who sent it. 0: unknown. */
static gint64 person_of(Ledger *ledger, const Paper *paper)
{
    const char *name = paper_value(paper, "name"), *employer = paper_value(paper, "employer");
    gint64 id = name && employer ? ledger_party_by_name(ledger, name, employer, NULL) : 0;
    if (!id && name)
        id = ledger_party_by_name(ledger, name, NULL, NULL);
    if (!id && paper_value(paper, "email"))
        id = ledger_party_by_address(ledger, paper_value(paper, "email"));
    return id || name ? id : ledger_party_by_address(ledger, paper->sender);
}

static void add_group(const char *text, G_GNUC_UNUSED const char *after, gpointer user)
{
    GString *groups = user;
    g_string_append_printf(groups, "%s%s", groups->len ? " " : "", text);
}

static char *groups_of(Ledger *ledger, const Paper *paper)
{
    GString *groups = g_string_new(NULL);
    ledger_field_parts(ledger, paper->id, "working_groups", add_group, groups, NULL);
    return g_string_free(groups, groups->len == 0);
}

static gboolean cannot(Ledger *ledger, const Paper *paper, const char *why, GError **error)
{
    return ledger_entry_attention(ledger, paper->entry, why, error);
}

/* --- one kind each ------------------------------------------------------------------------------------------------------- */

static gboolean enter_applicant(Ledger *ledger, const Paper *paper, const char *actor, GError **error)
{
    g_autofree char *groups = groups_of(ledger, paper);
    LedgerParty party = {
        .name = paper_value(paper, "name"),
        .name_latin = paper_value(paper, "name_latin"),
        .organisation = paper_value(paper, "employer"),
        .title = paper_value(paper, "title"),
        .phone = paper_value(paper, "phone"),
        .address = paper_value(paper, "email"),
        .working_groups = groups,
        .origin = "accepted",
        .state = "active",
        .document = paper->id,
    };
    g_autoptr(GError) refusal = NULL;
    if (party.name && ledger_party_put(ledger, &party, actor, NULL, NULL, &refusal))
        return TRUE;
    return cannot(ledger, paper, refusal ? "the applicant cannot be entered: his address is another person's"
                                         : "the applicant has no name", error);
}

static gboolean enter_participant(Ledger *ledger, const Paper *paper, const char *actor, GError **error)
{
    LedgerParticipant participant = {.party = person_of(ledger, paper), .document = paper->id, .state = "registered",
                                     .meeting = ledger_meeting_named(ledger, paper_value(paper, "meeting"), NULL)};
    if (participant.party && participant.meeting)
        return ledger_participant_put(ledger, &participant, actor, NULL, error);
    return cannot(ledger, paper, participant.party ? "the meeting is not in the calendar" : "the person is not in the registry", error);
}

typedef struct {
    char *groups;
    char *state;
} Standing;

static void standing_clear(Standing *standing)
{
    g_free(standing->groups);
    g_free(standing->state);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Standing, standing_clear)

static void take_standing(const LedgerParty *party, gpointer user)
{
    Standing *standing = user;
    standing->groups = g_strdup(party->working_groups);
    standing->state = g_strdup(party->state);
}

/* The groups of OWN without those of LEFT; "" when none stays. */
static char *groups_less(const char *own, const char *left)
{
    g_auto(GStrv) mine = g_strsplit(own ? own : "", " ", -1), gone = g_strsplit(left ? left : "", " ", -1);
    GString *kept = g_string_new(NULL);
    for (char **group = mine; left && *group; group++)
        if (**group && !g_strv_contains((const char *const *)gone, *group))
            g_string_append_printf(kept, "%s%s", kept->len ? " " : "", *group);
    return g_string_free(kept, FALSE);
}

static void take_unsettled(const LedgerDuty *duty, gpointer user)
{
    if (g_str_equal(duty->state, "open") || g_str_equal(duty->state, "claimed"))
        g_array_append_val((GArray *)user, duty->id);
}

static void take_waived(const LedgerDuty *duty, gpointer user)
{
    if (g_str_equal(duty->state, "waived") && g_strcmp0(duty->reason, WITHDREW) == 0)
        g_array_append_val((GArray *)user, duty->id);
}

/* Takes those duties of PARTY that TAKE takes to the state TO. */
static gboolean change_duties(Ledger *ledger, gint64 party, DutyVisitor take, const char *to, const char *reason, const char *actor,
                              GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    DutyFilter filter = {.state = "all", .party = party};
    if (!ledger_duties(ledger, &filter, take, ids, error))
        return FALSE;
    for (guint i = 0; i < ids->len; i++)
        if (!ledger_duty_state(ledger, g_array_index(ids, gint64, i), "open claimed waived", to, 0, reason, actor, NULL, error))
            return FALSE;
    return TRUE;
}

static gboolean withdraw(Ledger *ledger, const Paper *paper, const char *actor, GError **error)
{
    gint64 party = person_of(ledger, paper);
    g_auto(Standing) standing = {0};
    if (!party || !ledger_party_get(ledger, party, take_standing, &standing, NULL))
        return cannot(ledger, paper, "the person is not in the registry", error);
    g_autofree char *groups = groups_of(ledger, paper), *kept = groups_less(standing.groups, groups);
    if (*kept) {
        LedgerParty change = {.id = party, .working_groups = kept};
        return ledger_party_put(ledger, &change, actor, NULL, NULL, error);
    }
    return ledger_party_state(ledger, party, "withdrawn", WITHDREW, actor, error) &&
           change_duties(ledger, party, take_unsettled, "waived", WITHDREW, actor, error);
}

/* --- changes of a person's data (Art. 11(8)) ------------------------------------------------------------------------------- */

typedef struct {
    LedgerParty party;
    GPtrArray *texts;
    gboolean unknown;
} Changes;

static void changes_clear(Changes *changes)
{
    g_ptr_array_unref(changes->texts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Changes, changes_clear)

/* What an item is called on the form: any of these words in it, ';' between them. */
static const struct {
    const char *words;
    gsize offset;
} items[] = {
    {"拼音;英文名;latin", G_STRUCT_OFFSET(LedgerParty, name_latin)},
    {"邮箱;邮件;e-mail;email", G_STRUCT_OFFSET(LedgerParty, address)},
    {"工作组;working group", G_STRUCT_OFFSET(LedgerParty, working_groups)},
    {"电话;手机;phone;mobile", G_STRUCT_OFFSET(LedgerParty, phone)},
    {"职务;职称;title;position", G_STRUCT_OFFSET(LedgerParty, title)},
    {"单位;employer;organi", G_STRUCT_OFFSET(LedgerParty, organisation)},
    {"姓名;name", G_STRUCT_OFFSET(LedgerParty, name)},
};

static gboolean names_item(const char *words, const char *item)
{
    g_auto(GStrv) each = g_strsplit(words, ";", -1);
    for (char **word = each; *word; word++)
        if (strstr(item, *word))
            return TRUE;
    return FALSE;
}

/* The working groups that TEXT names, as the registry writes them; NULL: none. */
static char *groups_in(const char *text)
{
    GString *groups = g_string_new(NULL);
    for (const char *p = text; (p = strstr(p, "WG")); p += 2) {
        const char *digit = p + 2 + strspn(p + 2, " ");
        if (g_ascii_isdigit(*digit))
            g_string_append_printf(groups, "%sWG%c", groups->len ? " " : "", *digit);
    }
    return g_string_free(groups, groups->len == 0);
}

static void take_change(const char *item, const char *after, gpointer user)
{
    Changes *changes = user;
    g_autofree char *folded = g_utf8_casefold(item, -1);
    for (guint i = 0; after && *after && i < G_N_ELEMENTS(items); i++) {
        if (!names_item(items[i].words, folded))
            continue;
        gboolean groups = items[i].offset == G_STRUCT_OFFSET(LedgerParty, working_groups);
        char *text = groups ? groups_in(after) : g_strdup(after);
        changes->unknown |= !text;
        g_ptr_array_add(changes->texts, text);
        G_STRUCT_MEMBER(const char *, &changes->party, items[i].offset) = text;
        return;
    }
    changes->unknown = TRUE;
}

static gboolean carry_changes(Ledger *ledger, const Paper *paper, const char *actor, GError **error)
{
    g_auto(Changes) changes = {.party = {.id = person_of(ledger, paper)}, .texts = g_ptr_array_new_with_free_func(g_free)};
    if (!changes.party.id)
        return cannot(ledger, paper, "the person is not in the registry", error);
    g_autoptr(GError) refusal = NULL;
    if (!ledger_field_parts(ledger, paper->id, "changes", take_change, &changes, error))
        return FALSE;
    if (!ledger_party_put(ledger, &changes.party, actor, NULL, NULL, &refusal))
        return cannot(ledger, paper, "the new address is another person's", error);
    return !changes.unknown || cannot(ledger, paper, "a change could not be carried into the registry", error);
}

/* --- all of them --------------------------------------------------------------------------------------------------------- */

gboolean registry_accepted(Ledger *ledger, const Paper *paper, const char *actor, GError **error)
{
    static const struct {
        const char *kind;
        gboolean (*carry)(Ledger *ledger, const Paper *paper, const char *actor, GError **error);
    } table[] = {{"expert-application", enter_applicant},
                 {"meeting-registration", enter_participant},
                 {"withdrawal", withdraw},
                 {"information-change", carry_changes}};
    for (guint i = 0; i < G_N_ELEMENTS(table); i++)
        if (g_str_equal(table[i].kind, paper->kind))
            return table[i].carry(ledger, paper, actor, error);
    return TRUE;
}

gboolean registry_rejected(Ledger *ledger, const Paper *paper, const char *actor, GError **error)
{
    gint64 party = person_of(ledger, paper);
    g_auto(Standing) standing = {0};
    if (!party || !ledger_party_get(ledger, party, take_standing, &standing, NULL))
        return TRUE;
    if (g_str_equal(paper->kind, "meeting-registration"))
        return ledger_participant_remove(ledger, ledger_meeting_named(ledger, paper_value(paper, "meeting"), NULL), party, paper->id,
                                         actor, error);
    if (!g_str_equal(paper->kind, "withdrawal") || !g_str_equal(standing.state, "withdrawn"))
        return TRUE;
    return ledger_party_state(ledger, party, "active", "the withdrawal was not accepted after all", actor, error) &&
           change_duties(ledger, party, take_waived, "open", NULL, actor, error);
}
