#include <jansson.h>
#include <stdarg.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/failure.h"
#include "ledger/events.h"
#include "ledger/sql.h"

#define HASH_BYTES 32
#define SALT_BYTES 16

static void put_int(GChecksum *sum, gint64 number)
{
    guint64 wire = GUINT64_TO_BE((guint64)number);
    g_checksum_update(sum, (const guchar *)&wire, sizeof wire);
}

static void put_text(GChecksum *sum, const char *text)
{
    put_int(sum, (gint64)strlen(text));
    g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text));
}

static void finish(GChecksum *sum, guint8 ret_hash[HASH_BYTES])
{
    gsize length = HASH_BYTES;
    g_checksum_get_digest(sum, ret_hash, &length);
}

static void hash_payload(const guint8 *salt, gsize salt_length, const char *payload, guint8 ret_hash[HASH_BYTES])
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, salt, (gssize)salt_length);
    g_checksum_update(sum, (const guchar *)payload, (gssize)strlen(payload));
    finish(sum, ret_hash);
}

static void hash_event(const guint8 previous[HASH_BYTES], const LedgerEvent *event,
                       const guint8 payload_hash[HASH_BYTES], guint8 ret_hash[HASH_BYTES])
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, previous, HASH_BYTES);
    put_int(sum, event->id);
    put_text(sum, event->verb);
    put_text(sum, event->actor);
    put_int(sum, event->at);
    g_checksum_update(sum, payload_hash, HASH_BYTES);
    finish(sum, ret_hash);
}

/* Hash and id of the newest event; zeros and 0 before the first. */
static gboolean newest(Ledger *ledger, guint8 ret_hash[HASH_BYTES], gint64 *ret_id, GError **error)
{
    GError *failure = NULL;
    memset(ret_hash, 0, HASH_BYTES);
    *ret_id = 0;
    sqlite3_stmt *row = sql_query(ledger, error, "SELECT id, hash FROM events ORDER BY id DESC LIMIT 1", "");
    if (!row)
        return FALSE;
    if (sql_step(ledger, row, &failure)) {
        *ret_id = sqlite3_column_int64(row, 0);
        if (sqlite3_column_bytes(row, 1) == HASH_BYTES)
            memcpy(ret_hash, sqlite3_column_blob(row, 1), HASH_BYTES);
        sqlite3_reset(row);
    }
    if (!failure)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}

static char *payload_json(va_list *values)
{
    json_t *object = json_object();
    const char *name;
    while ((name = va_arg(*values, const char *))) {
        const char *type = va_arg(*values, const char *);
        if (*type == 'i') {
            json_object_set_new(object, name, json_integer(va_arg(*values, gint64)));
            continue;
        }
        const char *text = va_arg(*values, const char *);
        if (text)
            json_object_set_new(object, name, json_string(text));
    }
    char *text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(object);
    return text;
}

gboolean ledger_event(Ledger *ledger, gint64 entry, const char *actor, const char *verb, GError **error, ...)
{
    va_list values;
    va_start(values, error);
    char *payload = payload_json(&values);
    va_end(values);

    guint8 previous[HASH_BYTES], payload_hash[HASH_BYTES], hash[HASH_BYTES], salt[SALT_BYTES];
    LedgerEvent event = {.at = clock_now(), .actor = actor, .verb = verb, .payload = payload};
    gboolean good = newest(ledger, previous, &event.id, error);
    if (good && getrandom(salt, sizeof salt, 0) != (gssize)sizeof salt) {
        g_set_error(error, FAILURE, FAILURE_AGAIN, "the kernel gives no random bytes for an event's salt");
        good = FALSE;
    }
    if (good) {
        event.id++;
        hash_payload(salt, sizeof salt, payload, payload_hash);
        hash_event(previous, &event, payload_hash, hash);
        good = sql_run(ledger, error,
                       "INSERT INTO events (id, at, actor, verb, entry, payload_hash, hash)"
                       " VALUES (?, ?, ?, ?, nullif(?, 0), ?, ?)",
                       "iittibb", event.id, event.at, actor, verb, entry, payload_hash, (gsize)HASH_BYTES, hash,
                       (gsize)HASH_BYTES) &&
               sql_run(ledger, error, "INSERT INTO event_payloads (event, salt, payload) VALUES (?, ?, ?)", "ibt",
                       event.id, salt, (gsize)sizeof salt, payload);
    }
    free(payload);
    return good;
}

char *ledger_event_hash(Ledger *ledger, gint64 id)
{
    sqlite3_stmt *row = sql_query(ledger, NULL, "SELECT lower(hex(hash)) FROM events WHERE id = ?", "i", id);
    if (!sql_step(ledger, row, NULL))
        return g_strdup("");
    char *hex = sql_text(row, 0);
    sqlite3_reset(row);
    return hex;
}

char *ledger_chain_head(Ledger *ledger, gint64 *ret_id)
{
    guint8 hash[HASH_BYTES];
    gint64 id = 0;
    newest(ledger, hash, &id, NULL);
    if (ret_id)
        *ret_id = id;
    return ledger_event_hash(ledger, id);
}

static void verify_row(sqlite3_stmt *row, guint8 previous[HASH_BYTES], gint64 expected, ChainFault fault, gpointer user)
{
    guint8 hash[HASH_BYTES];
    LedgerEvent event = {.id = sqlite3_column_int64(row, 0),
                         .at = sqlite3_column_int64(row, 1),
                         .actor = (const char *)sqlite3_column_text(row, 2),
                         .verb = (const char *)sqlite3_column_text(row, 3)};
    if (event.id != expected)
        fault(event.id, "events before it are missing", user);
    if (sqlite3_column_bytes(row, 4) != HASH_BYTES || sqlite3_column_bytes(row, 5) != HASH_BYTES) {
        fault(event.id, "its hash has a wrong length", user);
        return;
    }
    const char *payload = (const char *)sqlite3_column_text(row, 7);
    if (payload) {
        hash_payload(sqlite3_column_blob(row, 6), (gsize)sqlite3_column_bytes(row, 6), payload, hash);
        if (memcmp(hash, sqlite3_column_blob(row, 4), HASH_BYTES) != 0)
            fault(event.id, "its payload was changed", user);
    }
    hash_event(previous, &event, sqlite3_column_blob(row, 4), hash);
    if (memcmp(hash, sqlite3_column_blob(row, 5), HASH_BYTES) != 0)
        fault(event.id, "its hash does not follow from the one before", user);
    memcpy(previous, sqlite3_column_blob(row, 5), HASH_BYTES);
}

gboolean ledger_chain_verify(Ledger *ledger, ChainFault fault, gpointer user, guint64 *ret_count, GError **error)
{
    GError *failure = NULL;
    guint8 previous[HASH_BYTES] = {0};
    gint64 expected = 1;
    *ret_count = 0;
    sqlite3_stmt *row = sql_query(ledger, error,
                                  "SELECT e.id, e.at, e.actor, e.verb, e.payload_hash, e.hash, p.salt, p.payload"
                                  " FROM events e LEFT JOIN event_payloads p ON p.event = e.id ORDER BY e.id",
                                  "");
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure)) {
        verify_row(row, previous, expected, fault, user);
        expected = sqlite3_column_int64(row, 0) + 1;
        (*ret_count)++;
    }
    if (!failure)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}

static void give_event(sqlite3_stmt *row, EventVisitor visit, gpointer user)
{
    LedgerEvent event = {.id = sqlite3_column_int64(row, 0),
                         .at = sqlite3_column_int64(row, 1),
                         .actor = (const char *)sqlite3_column_text(row, 2),
                         .verb = (const char *)sqlite3_column_text(row, 3),
                         .payload = (const char *)sqlite3_column_text(row, 4)};
    visit(&event, user);
}

#define EVENTS                                                                                                         \
    "SELECT e.id, e.at, e.actor, e.verb, coalesce(p.payload, '') FROM events e"                                        \
    " LEFT JOIN event_payloads p ON p.event = e.id WHERE e.entry = ? ORDER BY e.id"

gboolean ledger_event_latest(Ledger *ledger, gint64 entry, EventVisitor visit, gpointer user, GError **error)
{
    sqlite3_stmt *row = sql_query(ledger, error, EVENTS " DESC LIMIT 1", "i", entry);
    if (!sql_step(ledger, row, error))
        return FALSE;
    give_event(row, visit, user);
    sqlite3_reset(row);
    return TRUE;
}

gboolean ledger_events(Ledger *ledger, gint64 entry, EventVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    sqlite3_stmt *row = sql_query(ledger, error, EVENTS, "i", entry);
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure))
        give_event(row, visit, user);
    if (!failure)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}
