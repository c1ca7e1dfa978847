/* api_search.c: search over everything read, figures, and views as files. */
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/durable.h"
#include "base/failure.h"
#include "decide/export.h"
#include "desk/api.h"
#include "desk/entries.h"
#include "desk/files.h"
#include "ledger/search.h"
#include "ledger/stats.h"

#define LIMIT_DEFAULT 50
#define LIMIT_MOST 200
#define SEARCH_EXPORT 5000
#define YEAR_USEC (G_GINT64_CONSTANT(365) * 86400 * G_USEC_PER_SEC)

/* --- search ------------------------------------------------------------------------------------------------------------------------ */

typedef struct {
    json_t *list;
    const char *zone;
    SearchPlace last;
} Hits;

static void add_hit(const SearchHit *hit, gpointer user)
{
    Hits *hits = user;
    json_t *ranges = json_array();
    for (guint i = 0; i < hit->n_ranges; i++)
        json_array_append_new(ranges, json_pack("[i, i]", (int)hit->ranges[i].start16, (int)hit->ranges[i].length16));
    json_t *object = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "entry", js_id(hit->entry), "reference", js_text(hit->reference),
                               "document", js_id(hit->document), "message", js_id(hit->message), "filename", js_plain(hit->filename),
                               "kind", js_text(hit->kind), "state", js_text(hit->state));
    json_t *more = json_pack("{s:o, s:o, s:o, s:o, s:o}", "sender_name", js_plain(hit->sender_name), "subject", js_plain(hit->subject),
                             "received", js_instant(hit->received, hits->zone), "snippet", js_text(hit->snippet), "ranges", ranges);
    json_object_update(object, more);
    json_decref(more);
    json_array_append_new(hits->list, object);
    hits->last = hit->place;
}

gboolean run_search(Worker *w, Exchange *x, GError **error)
{
    gint64 limit, section, text;
    const char *query = exchange_query(x, "q");
    json_auto_t *list = json_array();
    Hits hits = {.list = list, .zone = w->desk->zone};
    if (!query_number(x, "limit", 1, LIMIT_MOST, LIMIT_DEFAULT, &limit, error) ||
        !place_parse(exchange_query(x, "after"), &section, &text, error))
        return FALSE;
    SearchPlace after = {(int)CLAMP(section, 0, 1), text};
    if (!ledger_search(w->ledger, query ? query : "", exchange_query(x, "kind"), &after, (guint)limit, add_hit, &hits, error))
        return FALSE;
    g_autofree char *next = json_array_size(list) == (gsize)limit ? place_text(hits.last.section, hits.last.text) : NULL;
    reply_json(x, 200, json_pack("{s:O, s:o}", "hits", list, "next", js_text(next)));
    return TRUE;
}

/* --- figures ------------------------------------------------------------------------------------------------------------------------ */

typedef struct {
    gint64 from, to; /* instants, TO not included */
    char *first, *last; /* days */
} Span;

static void span_clear(Span *span)
{
    g_free(span->first);
    g_free(span->last);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Span, span_clear)

static char *day_of(gint64 instant, const char *zone)
{
    char *text = clock_iso(instant, zone);
    text[strlen("YYYY-MM-DD")] = 0;
    return text;
}

static gboolean span_of(Worker *w, const Exchange *x, Span *ret, GError **error)
{
    const char *zone = w->desk->zone;
    if (!query_day(x, "from", 0, zone, &ret->from, error) || !query_day(x, "to", 1, zone, &ret->to, error))
        return FALSE;
    ret->to = ret->to ? ret->to + 1 : clock_now();
    ret->from = ret->from ? ret->from + 1 : ret->to - YEAR_USEC;
    ret->first = day_of(ret->from, zone);
    ret->last = day_of(ret->to - 1, zone);
    return TRUE;
}

/* The Monday of the week of DAY. */
static void monday_of(const char *day, GDate *ret)
{
    g_date_clear(ret, 1);
    g_date_set_parse(ret, day);
    g_date_subtract_days(ret, (guint)g_date_get_weekday(ret) - 1);
}

static char *date_text(const GDate *date)
{
    return g_strdup_printf("%04d-%02d-%02d", g_date_get_year(date), g_date_get_month(date), g_date_get_day(date));
}

typedef struct {
    json_t *list;
    GDate at; /* the Monday that is due next */
} Weeks;

/* Weeks up to and with UPTO (NULL: only those before it), empty ones too. */
static json_t *week_for(Weeks *weeks, const GDate *upto)
{
    while (g_date_compare(&weeks->at, upto) <= 0) {
        g_autofree char *text = date_text(&weeks->at);
        json_array_append_new(weeks->list, json_pack("{s:s, s:i, s:{}}", "week", text, "total", 0, "kinds"));
        g_date_add_days(&weeks->at, 7);
    }
    return json_array_get(weeks->list, json_array_size(weeks->list) - 1);
}

static void add_intake(const char *week, const char *kind, guint64 count, gpointer user)
{
    Weeks *weeks = user;
    GDate monday;
    monday_of(week, &monday);
    json_t *row = week_for(weeks, &monday), *kinds = json_object_get(row, "kinds");
    json_object_set_new(kinds, kind, json_integer((json_int_t)count));
    json_object_set_new(row, "total", json_integer(json_integer_value(json_object_get(row, "total")) + (json_int_t)count));
}

static void add_state(const char *name, const char *state, guint64 count, gpointer object)
{
    (void)name;
    json_object_set_new(object, state, json_integer((json_int_t)count));
}

static void add_accuracy(const StatsAccuracy *accuracy, gpointer list)
{
    json_array_append_new(list, json_pack("{s:o, s:o, s:I, s:I, s:I}", "kind", js_text(accuracy->kind), "field", js_text(accuracy->field),
                                          "read", (json_int_t)accuracy->read, "corrected", (json_int_t)accuracy->corrected, "added",
                                          (json_int_t)accuracy->added));
}

static gboolean add_spread(Worker *w, const Span *span, StatsStep step, const char *key, json_t *object, GError **error)
{
    StatsSpread s;
    if (!ledger_stats_spread(w->ledger, step, span->from, span->to, &s, error))
        return FALSE;
    json_t *row = s.n ? json_pack("{s:I, s:f, s:f, s:f}", "n", (json_int_t)s.n, "median", s.median, "p90", s.p90, "longest", s.longest)
                      : json_pack("{s:i, s:n, s:n, s:n}", "n", 0, "median", "p90", "longest");
    json_object_set_new(object, key, row);
    return TRUE;
}

gboolean run_statistics(Worker *w, Exchange *x, GError **error)
{
    g_auto(Span) span = {0};
    json_auto_t *weeks = json_array(), *states = json_object(), *accuracy = json_array(), *object = NULL;
    if (!span_of(w, x, &span, error))
        return FALSE;
    Weeks walk = {.list = weeks};
    GDate last;
    monday_of(span.first, &walk.at);
    monday_of(span.last, &last);
    if (!ledger_stats_intake(w->ledger, span.from, span.to, w->desk->zone, add_intake, &walk, error) ||
        !ledger_stats_entries(w->ledger, span.from, span.to, add_state, states, error) ||
        !ledger_stats_accuracy(w->ledger, span.from, span.to, add_accuracy, accuracy, error))
        return FALSE;
    week_for(&walk, &last);
    object = json_pack("{s:s, s:s, s:O, s:O, s:O}", "from", span.first, "to", span.last, "weeks", weeks, "states", states, "accuracy",
                       accuracy);
    if (!add_spread(w, &span, STATS_ACKNOWLEDGED, "acknowledge", object, error) ||
        !add_spread(w, &span, STATS_COMPLETE, "complete", object, error) || !add_spread(w, &span, STATS_DECIDED, "decide", object, error))
        return FALSE;
    reply_json(x, 200, json_incref(object));
    return TRUE;
}

/* --- views as files -------------------------------------------------------------------------------------------------------------------- */

typedef struct {
    int fd;
} Sink;

static gboolean take_bytes(const void *bytes, gsize length, gpointer user, GError **error)
{
    return durable_write(((Sink *)user)->fd, bytes, length, -1, "the export", error);
}

typedef struct {
    Export *export;
    const char *zone;
    GError **error;
    gboolean failed;
} Table;

static void put_row(Table *table, const char *const *texts)
{
    if (!table->failed)
        table->failed = !export_row(table->export, texts, table->error);
}

static void put_hit(const SearchHit *hit, gpointer user)
{
    Table *table = user;
    g_autofree char *received = clock_iso(hit->received, table->zone);
    put_row(table, (const char *const[]){hit->reference, hit->kind, hit->filename, hit->sender_name, hit->subject, received, hit->snippet});
}

static gboolean export_search(Worker *w, Exchange *x, ExportFormat format, Sink *sink, GError **error)
{
    static const ExportColumn columns[] = {{"reference", "编号 reference", FALSE}, {"kind", "种类 kind", FALSE}, {"filename", "文件 file", FALSE},
                                           {"sender", "来件人 sender", FALSE},     {"subject", "主题 subject", FALSE},
                                           {"received", "收到 received", FALSE},   {"snippet", "摘录 text", FALSE}};
    const char *query = exchange_query(x, "q");
    g_autoptr(Export) export = export_new(format, columns, G_N_ELEMENTS(columns), w->desk->scratch, take_bytes, sink, error);
    Table table = {export, w->desk->zone, error, FALSE};
    SearchPlace start = {0, 0};
    return export && ledger_search(w->ledger, query ? query : "", exchange_query(x, "kind"), &start, SEARCH_EXPORT, put_hit, &table, error) &&
           !table.failed && export_end(export, error);
}

static void put_intake(const char *week, const char *kind, guint64 count, gpointer user)
{
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, count);
    put_row(user, (const char *const[]){week, kind, number});
}

static gboolean export_statistics(Worker *w, Exchange *x, ExportFormat format, Sink *sink, GError **error)
{
    static const ExportColumn columns[] = {{"week", "周 week", FALSE}, {"kind", "种类 kind", FALSE}, {"documents", "件数 documents", TRUE}};
    g_auto(Span) span = {0};
    if (!span_of(w, x, &span, error))
        return FALSE;
    g_autoptr(Export) export = export_new(format, columns, G_N_ELEMENTS(columns), w->desk->scratch, take_bytes, sink, error);
    Table table = {export, w->desk->zone, error, FALSE};
    return export && ledger_stats_intake(w->ledger, span.from, span.to, w->desk->zone, put_intake, &table, error) && !table.failed &&
           export_end(export, error);
}

static gboolean export_view(Worker *w, Exchange *x, ExportFormat format, Sink *sink, GError **error)
{
    ListingFilter filter;
    const char *what = x->word[0];
    if (g_str_equal(what, "search"))
        return export_search(w, x, format, sink, error);
    if (g_str_equal(what, "statistics"))
        return export_statistics(w, x, format, sink, error);
    return queue_filter(w, x, &filter, error) &&
           export_table(w->ledger, w->desk->conf, what, &filter, format, w->desk->scratch, take_bytes, sink, error);
}

gboolean run_export(Worker *w, Exchange *x, GError **error)
{
    ExportFormat format;
    const char *what = x->word[0];
    static const char *const own[] = {"search", "statistics", NULL};
    if (!export_format(x->word[1], &format) || (!g_strv_contains(own, what) && !g_strv_contains(export_tables, what)))
        return not_there("export", error);
    Sink sink = {scratch_file(error)};
    if (sink.fd < 0)
        return FALSE;
    if (!export_view(w, x, format, &sink, error)) {
        close(sink.fd);
        return FALSE;
    }
    x->answer.file = sink.fd;
    x->answer.status = 200;
    x->answer.type = export_mime(format);
    x->answer.length = (guint64)lseek(sink.fd, 0, SEEK_END);
    g_autofree char *day = day_of(clock_now(), w->desk->zone), *name = g_strdup_printf("%s-%s.%s", what, day, x->word[1]);
    reply_attachment(x, name);
    return TRUE;
}
