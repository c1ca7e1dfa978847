/* api_act.c: what a person decides about an entry. src/decide does it; here the body is read, and the browser told. */
#include "base/failure.h"
#include "decide/decide.h"
#include "desk/act.h"
#include "desk/api.h"
#include "desk/entries.h"
#include "ledger/users.h"
#include "stages/bus.h"

#define REASON_CHARS 4000
#define LETTER_CHARS 50000
#define SUBJECT_CHARS 500
#define ID_CHARS 80
#define SPLIT_MAX 500

static Decision decision_of(Worker *w, const Exchange *x, gint64 entry, gint64 version)
{
    return (Decision){.ledger = w->ledger, .conf = w->desk->conf, .templates = w->desk->templates, .actor = x->session.name, .entry = entry,
                      .version = version};
}

/* What every action's body has. */
typedef struct {
    json_t *json;
    Decision decision;
    gint64 document;
    const char *reason;
    DecisionLetter letter;
} Body;

static void body_clear(Body *body)
{
    json_decref(body->json);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Body, body_clear)

static gboolean read_letter(json_t *body, DecisionLetter *ret, GError **error)
{
    json_t *letter = json_object_get(body, "letter");
    if (!letter || json_is_null(letter))
        return TRUE;
    if (!json_is_object(letter)) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "'letter' must be an object");
        return FALSE;
    }
    return js_get_text(letter, "subject", FALSE, SUBJECT_CHARS, &ret->subject, error) &&
           js_get_text(letter, "text", FALSE, LETTER_CHARS, &ret->text, error) && js_get_bool(letter, "silent", &ret->silent, error);
}

static gboolean read_body(Worker *w, const Exchange *x, gboolean reason, Body *ret, GError **error)
{
    gint64 version;
    *ret = (Body){.json = js_body(x, error)};
    if (!ret->json || !js_get_id(ret->json, "version", TRUE, &version, error) ||
        !js_get_id(ret->json, "document", FALSE, &ret->document, error) ||
        !js_get_text(ret->json, "reason", reason, REASON_CHARS, &ret->reason, error) || !read_letter(ret->json, &ret->letter, error))
        return FALSE;
    ret->decision = decision_of(w, x, x->ids[0], version);
    return TRUE;
}

/* The answer to an action on ENTRY; the courier hears of letters that may have been written. */
static gboolean done(Worker *w, Exchange *x, gboolean good, gint64 entry)
{
    if (!good)
        return FALSE;
    bus_send("courier", "letters");
    reply_json(x, 200, json_pack("{s:I, s:I}", "entry", (json_int_t)entry, "version", (json_int_t)entry_version(w->ledger, entry)));
    return TRUE;
}

/* --- decisions ---------------------------------------------------------------------------------------------------------------- */

gboolean run_entry_accept(Worker *w, Exchange *x, GError **error)
{
    g_auto(Body) b = {0};
    return read_body(w, x, FALSE, &b, error) && done(w, x, decide_accept(&b.decision, b.document, &b.letter, error), x->ids[0]);
}

gboolean run_entry_return(Worker *w, Exchange *x, GError **error)
{
    g_auto(Body) b = {0};
    return read_body(w, x, TRUE, &b, error) && done(w, x, decide_return(&b.decision, b.document, b.reason, &b.letter, error), x->ids[0]);
}

gboolean run_entry_reject(Worker *w, Exchange *x, GError **error)
{
    g_auto(Body) b = {0};
    return read_body(w, x, TRUE, &b, error) && done(w, x, decide_reject(&b.decision, b.document, b.reason, &b.letter, error), x->ids[0]);
}

gboolean run_entry_reopen(Worker *w, Exchange *x, GError **error)
{
    g_auto(Body) b = {0};
    return read_body(w, x, TRUE, &b, error) && done(w, x, decide_reopen(&b.decision, b.document, b.reason, error), x->ids[0]);
}

gboolean run_entry_close(Worker *w, Exchange *x, GError **error)
{
    g_auto(Body) b = {0};
    return read_body(w, x, TRUE, &b, error) && done(w, x, decide_close(&b.decision, b.reason, error), x->ids[0]);
}

gboolean run_entry_write(Worker *w, Exchange *x, GError **error)
{
    g_auto(Body) b = {0};
    return read_body(w, x, FALSE, &b, error) && done(w, x, decide_write(&b.decision, &b.letter, error), x->ids[0]);
}

gboolean run_entry_preview(Worker *w, Exchange *x, GError **error)
{
    const char *action;
    g_auto(Body) b = {.json = js_body(x, error)};
    if (!b.json || !js_get_text(b.json, "action", TRUE, ID_CHARS, &action, error) ||
        !js_get_id(b.json, "document", FALSE, &b.document, error) ||
        !js_get_text(b.json, "reason", FALSE, REASON_CHARS, &b.reason, error) || !read_letter(b.json, &b.letter, error))
        return FALSE;
    Decision decision = decision_of(w, x, x->ids[0], 0);
    g_autoptr(Letter) letter = decide_letter(&decision, action, b.document, b.reason, &b.letter, error);
    if (!letter)
        return FALSE;
    reply_json(x, 200, json_pack("{s:o, s:o, s:o}", "recipient", js_text(letter->recipient), "subject", js_text(letter->subject), "text",
                                  js_text(letter->text)));
    return TRUE;
}

/* --- setting right -------------------------------------------------------------------------------------------------------------- */

gboolean run_entry_correct(Worker *w, Exchange *x, GError **error)
{
    const char *field;
    g_auto(Body) b = {0};
    if (!read_body(w, x, FALSE, &b, error) || !js_get_id(b.json, "document", TRUE, &b.document, error) ||
        !js_get_text(b.json, "field", TRUE, ID_CHARS, &field, error))
        return FALSE;
    json_t *value = json_object_get(b.json, "value");
    if (value && !json_is_null(value) && !json_is_string(value) && !json_is_array(value)) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "'value' must be a text, a list or null");
        return FALSE;
    }
    char *text = !value || json_is_null(value) ? NULL : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    gboolean good = decide_correct(&b.decision, b.document, field, text, error);
    free(text);
    return done(w, x, good, x->ids[0]);
}

gboolean run_entry_kind(Worker *w, Exchange *x, GError **error)
{
    const char *kind;
    g_auto(Body) b = {0};
    return read_body(w, x, FALSE, &b, error) && js_get_id(b.json, "document", TRUE, &b.document, error) &&
           js_get_text(b.json, "kind", TRUE, ID_CHARS, &kind, error) && done(w, x, decide_kind(&b.decision, b.document, kind, error), x->ids[0]);
}

/* --- whose it is, and what goes together -------------------------------------------------------------------------------------------- */

static void take_name(const LedgerUser *user, gpointer name)
{
    if (!user->disabled)
        *(char **)name = g_strdup(user->name);
}

/* The name of the user that BODY names: NULL for nobody. */
static gboolean read_user(Worker *w, json_t *body, char **ret, GError **error)
{
    gint64 id;
    *ret = NULL;
    if (!js_get_id(body, "user", FALSE, &id, error))
        return FALSE;
    if (id)
        ledger_user_get(w->ledger, id, take_name, ret, error);
    return !id || *ret || not_there("user", error);
}

gboolean run_entry_assign(Worker *w, Exchange *x, GError **error)
{
    g_auto(Body) b = {0};
    g_autofree char *name = NULL;
    return read_body(w, x, FALSE, &b, error) && read_user(w, b.json, &name, error) && done(w, x, decide_assign(&b.decision, name, error), x->ids[0]);
}

gboolean run_entry_comment(Worker *w, Exchange *x, GError **error)
{
    const char *text;
    g_auto(Body) b = {0};
    return read_body(w, x, FALSE, &b, error) && js_get_text(b.json, "text", TRUE, REASON_CHARS, &text, error) &&
           done(w, x, decide_comment(&b.decision, text, error), x->ids[0]);
}

gboolean run_entry_attend(Worker *w, Exchange *x, GError **error)
{
    g_auto(Body) b = {0};
    return read_body(w, x, FALSE, &b, error) && done(w, x, decide_attend(&b.decision, error), x->ids[0]);
}

gboolean run_entry_split(Worker *w, Exchange *x, GError **error)
{
    g_auto(Body) b = {0};
    gint64 ids[SPLIT_MAX], entry = 0;
    if (!read_body(w, x, FALSE, &b, error))
        return FALSE;
    json_t *list = json_object_get(b.json, "documents");
    gsize count = json_array_size(list);
    for (gsize i = 0; i < MIN(count, (gsize)SPLIT_MAX); i++)
        ids[i] = json_integer_value(json_array_get(list, i));
    if (count == 0 || count > SPLIT_MAX) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "'documents' must be a list of 1 to %d ids", SPLIT_MAX);
        return FALSE;
    }
    return decide_split(&b.decision, ids, (guint)count, &entry, error) && done(w, x, TRUE, entry);
}

gboolean run_entry_merge(Worker *w, Exchange *x, GError **error)
{
    gint64 into;
    g_auto(Body) b = {0};
    return read_body(w, x, FALSE, &b, error) && js_get_id(b.json, "into", TRUE, &into, error) &&
           done(w, x, decide_merge(&b.decision, into, error), into);
}

/* --- reading again ---------------------------------------------------------------------------------------------------------------- */

static void collect(const LedgerMessageRow *message, gpointer ids)
{
    g_array_append_val((GArray *)ids, message->id);
}

typedef struct {
    gint64 entry, version;
} Again;

static gboolean write_again(Worker *w, Exchange *x, gpointer user, GError **error)
{
    const Again *again = user;
    gint64 version = entry_version(w->ledger, again->entry);
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    if (!version)
        return not_there("entry", error);
    if (version != again->version) {
        g_set_error(error, FAILURE, FAILURE_CONFLICT, "somebody else changed the entry meanwhile");
        return FALSE;
    }
    if (!ledger_messages(w->ledger, again->entry, collect, ids, error))
        return FALSE;
    for (guint i = 0; i < ids->len; i++)
        if (!ledger_message_redo(w->ledger, g_array_index(ids, gint64, i), x->session.name, error))
            return FALSE;
    return TRUE;
}

static gboolean redo_all(Worker *w, Exchange *x, gint64 entry, gint64 version, GError **error)
{
    Again again = {entry, version};
    if (!worker_write(w, x, write_again, &again, error))
        return FALSE;
    bus_send("intake", "arrived");
    return TRUE;
}

gboolean run_entry_redo(Worker *w, Exchange *x, GError **error)
{
    g_auto(Body) b = {0};
    return read_body(w, x, FALSE, &b, error) && done(w, x, redo_all(w, x, x->ids[0], b.decision.version, error), x->ids[0]);
}

/* --- on many entries ---------------------------------------------------------------------------------------------------------------- */

static gboolean bulk_accept(Worker *w, Exchange *x, gint64 entry, gint64 version, json_t *body, GError **error)
{
    Decision decision = decision_of(w, x, entry, version);
    DecisionLetter letter = {0};
    return js_get_bool(body, "silent", &letter.silent, error) && decide_accept(&decision, 0, &letter, error);
}

static gboolean bulk_close(Worker *w, Exchange *x, gint64 entry, gint64 version, json_t *body, GError **error)
{
    const char *reason;
    Decision decision = decision_of(w, x, entry, version);
    return js_get_text(body, "reason", TRUE, REASON_CHARS, &reason, error) && decide_close(&decision, reason, error);
}

static gboolean bulk_assign(Worker *w, Exchange *x, gint64 entry, gint64 version, json_t *body, GError **error)
{
    g_autofree char *name = NULL;
    Decision decision = decision_of(w, x, entry, version);
    return read_user(w, body, &name, error) && decide_assign(&decision, name, error);
}

static gboolean bulk_attend(Worker *w, Exchange *x, gint64 entry, gint64 version, json_t *body, GError **error)
{
    (void)body;
    Decision decision = decision_of(w, x, entry, version);
    return decide_attend(&decision, error);
}

static gboolean bulk_redo(Worker *w, Exchange *x, gint64 entry, gint64 version, json_t *body, GError **error)
{
    (void)body;
    return redo_all(w, x, entry, version, error);
}

const ActBulk *act_bulk(const char *name)
{
    static const ActBulk acts[] = {
        {"accept", ROLE_REVIEWER, bulk_accept}, {"close", ROLE_REVIEWER, bulk_close}, {"assign", ROLE_CLERK, bulk_assign},
        {"attend", ROLE_CLERK, bulk_attend},    {"redo", ROLE_CLERK, bulk_redo},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(acts); i++)
        if (g_str_equal(name, acts[i].name))
            return &acts[i];
    return NULL;
}
