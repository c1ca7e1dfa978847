/* api_letters.c: letters as a list, and what a person does with one. */
#include "base/failure.h"
#include "desk/api.h"
#include "desk/entries.h"
#include "stages/bus.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MOST 200
#define REASON_CHARS 1000

typedef struct {
    json_t *list;
    const char *zone;
    gint64 last;
    guint count;
} Rows;

static void add_row(const LookupLetter *letter, gpointer user)
{
    Rows *rows = user;
    json_array_append_new(rows->list, letter_json(letter, rows->zone));
    rows->last = letter->id;
    rows->count++;
}

gboolean run_letters(Worker *w, Exchange *x, GError **error)
{
    gint64 limit, entry, key, before;
    const char *state = exchange_query(x, "state");
    json_auto_t *list = json_array();
    Rows rows = {.list = list, .zone = w->desk->zone};
    if (g_strcmp0(state, "all") == 0)
        state = NULL;
    if (!query_number(x, "limit", 1, LIMIT_MOST, LIMIT_DEFAULT, &limit, error) ||
        !query_number(x, "entry", 1, G_MAXINT64, 0, &entry, error) ||
        !place_parse(exchange_query(x, "after"), &key, &before, error) ||
        !lookup_letters(w->ledger, state, entry, before, (guint)limit, add_row, &rows, error))
        return FALSE;
    g_autofree char *next = rows.count == (guint)limit ? place_text(0, rows.last) : NULL;
    reply_json(x, 200, json_pack("{s:O, s:o}", "letters", list, "next", js_text(next)));
    return TRUE;
}

static void take_letter(const LookupLetter *letter, gpointer user)
{
    Rows *rows = user;
    rows->list = letter_json(letter, rows->zone);
}

gboolean run_letter(Worker *w, Exchange *x, GError **error)
{
    Rows rows = {.zone = w->desk->zone};
    if (!lookup_letter(w->ledger, x->ids[0], take_letter, &rows, error))
        return not_there("letter", error);
    reply_json(x, 200, rows.list);
    return TRUE;
}

/* The letter after GOOD; a courier that sleeps is woken. */
static gboolean after(Worker *w, Exchange *x, gboolean good, GError **error)
{
    if (!good)
        return FALSE;
    bus_send("courier", "letters");
    return run_letter(w, x, error);
}

static gboolean is_there(Worker *w, Exchange *x, GError **error)
{
    Rows rows = {.zone = w->desk->zone};
    if (!lookup_letter(w->ledger, x->ids[0], take_letter, &rows, error))
        return not_there("letter", error);
    json_decref(rows.list);
    return TRUE;
}

gboolean run_letter_release(Worker *w, Exchange *x, GError **error)
{
    return is_there(w, x, error) && after(w, x, ledger_letter_release(w->ledger, x->ids[0], x->session.name, error), error);
}

gboolean run_letter_resend(Worker *w, Exchange *x, GError **error)
{
    return is_there(w, x, error) && after(w, x, ledger_letter_resend(w->ledger, x->ids[0], x->session.name, error), error);
}

gboolean run_letter_hold(Worker *w, Exchange *x, GError **error)
{
    const char *reason;
    json_auto_t *body = js_body(x, error);
    return body && js_get_text(body, "reason", TRUE, REASON_CHARS, &reason, error) && is_there(w, x, error) &&
           after(w, x, ledger_letter_hold(w->ledger, x->ids[0], reason, x->session.name, error), error);
}
