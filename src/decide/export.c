/* export.c: tables as files. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/text.h"
#include "decide/export.h"
#include "decide/sheet.h"
#include "ledger/tables.h"

#define CELL_CHARS 32000
#define BLOCK (64 << 10) /* bytes given to the sink at a time, or a little more */
#define PAGE 500         /* rows of the queue read at a time */

static const struct {
    const char *name, *mime;
} formats[] = {
    [EXPORT_CSV] = {"csv", "text/csv; charset=utf-8"},
    [EXPORT_JSON] = {"json", "application/json"},
    [EXPORT_XLSX] = {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
};

gboolean export_format(const char *name, ExportFormat *ret)
{
    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
        if (g_strcmp0(formats[i].name, name) == 0) {
            *ret = (ExportFormat)i;
            return TRUE;
        }
    return FALSE;
}

const char *export_mime(ExportFormat format)
{
    return formats[format].mime;
}

/* --- one file ---------------------------------------------------------------------------------------------------------- */

struct Export {
    ExportFormat format;
    const ExportColumn *columns;
    guint n;
    ExportSink sink;
    gpointer user;
    GString *block;
    Sheet *sheet;
    gboolean begun; /* a row of JSON was written */
};

static gboolean flush(Export *export, gsize least, GError **error)
{
    if (export->block->len == 0 || export->block->len < least)
        return TRUE;
    gboolean good = export->sink(export->block->str, export->block->len, export->user, error);
    g_string_truncate(export->block, 0);
    return good;
}

/* Whether TEXT begins as a formula does; the wide signs too, which Excel takes for the narrow ones where Chinese is typed. */
static gboolean begins_formula(const char *text)
{
    static const char *const signs[] = {"=", "+", "-", "@", "＝", "＋", "－", "＠"};
    for (gsize i = 0; i < G_N_ELEMENTS(signs); i++)
        if (g_str_has_prefix(text, signs[i]))
            return TRUE;
    return FALSE;
}

/* What a spreadsheet would take for a formula gets a quotation mark before it; the file is for people. */
static void put_csv(GString *out, const char *text, gboolean number)
{
    g_autofree char *plain = text_plain(text ? text : "", CELL_CHARS);
    /* text_plain takes white space away in front: the text itself is asked. */
    gboolean formula = !number && ((text && (*text == '\t' || *text == '\r')) || begins_formula(plain));
    gboolean quoted = strpbrk(plain, ",\"\r\n") != NULL;
    if (quoted)
        g_string_append_c(out, '"');
    if (formula)
        g_string_append_c(out, '\'');
    for (const char *p = plain; *p; p++) {
        if (*p == '"')
            g_string_append_c(out, '"');
        g_string_append_c(out, *p);
    }
    if (quoted)
        g_string_append_c(out, '"');
}

/* RFC 4180: lines end with CR LF. */
static void put_csv_row(Export *export, const char *const *texts)
{
    for (guint i = 0; i < export->n; i++) {
        if (i)
            g_string_append_c(export->block, ',');
        put_csv(export->block, texts ? texts[i] : export->columns[i].title, texts && export->columns[i].number);
    }
    g_string_append(export->block, "\r\n");
}

static json_t *json_cell(const char *text, gboolean number)
{
    if (!text)
        return json_null();
    if (number)
        return strpbrk(text, ".eE") ? json_real(g_ascii_strtod(text, NULL)) : json_integer(g_ascii_strtoll(text, NULL, 10));
    g_autofree char *plain = text_plain(text, CELL_CHARS);
    return json_string(plain);
}

static void put_json_row(Export *export, const char *const *texts)
{
    json_t *object = json_object();
    for (guint i = 0; i < export->n; i++)
        json_object_set_new(object, export->columns[i].key, json_cell(texts[i], export->columns[i].number));
    char *line = json_dumps(object, JSON_COMPACT);
    g_string_append(export->block, export->begun ? ",\n" : "\n");
    g_string_append(export->block, line);
    export->begun = TRUE;
    free(line);
    json_decref(object);
}

Export *export_new(ExportFormat format, const ExportColumn *columns, guint n, const char *folder, ExportSink sink, gpointer user,
                   GError **error)
{
    g_autoptr(Export) export = g_new0(Export, 1);
    *export = (Export){.format = format, .columns = columns, .n = n, .sink = sink, .user = user, .block = g_string_new(NULL)};
    if (format == EXPORT_XLSX) {
        export->sheet = sheet_new(columns, n, folder ? folder : g_get_tmp_dir(), error);
        return export->sheet ? g_steal_pointer(&export) : NULL;
    }
    if (format == EXPORT_JSON) {
        g_string_append_c(export->block, '[');
    } else {
        g_string_append(export->block, "\xef\xbb\xbf");
        put_csv_row(export, NULL);
    }
    return g_steal_pointer(&export);
}

gboolean export_row(Export *export, const char *const *texts, GError **error)
{
    if (export->format == EXPORT_XLSX)
        return sheet_row(export->sheet, texts, error);
    (export->format == EXPORT_JSON ? put_json_row : put_csv_row)(export, texts);
    return flush(export, BLOCK, error);
}

gboolean export_end(Export *export, GError **error)
{
    if (export->format == EXPORT_XLSX)
        return sheet_end(export->sheet, export->sink, export->user, error);
    if (export->format == EXPORT_JSON)
        g_string_append(export->block, "\n]\n");
    return flush(export, 0, error);
}

void export_free(Export *export)
{
    if (!export)
        return;
    g_string_free(export->block, TRUE);
    sheet_free(export->sheet);
    g_free(export);
}

/* --- the queue --------------------------------------------------------------------------------------------------------- */

static const ExportColumn queue_columns[] = {
    {"entry", "编号", TRUE},           {"reference", "收文编号", FALSE},      {"state", "状态", FALSE},
    {"attention", "提醒", FALSE},      {"sender_name", "发件人", FALSE},      {"sender_address", "邮箱", FALSE},
    {"organisation", "单位", FALSE},   {"subject", "主题", FALSE},            {"kinds", "材料类别", FALSE},
    {"missing", "缺项", FALSE},        {"received", "收到时间", FALSE},       {"due", "期限", FALSE},
    {"errors", "错误", TRUE},          {"warnings", "警告", TRUE},            {"documents", "文件数", TRUE},
    {"assignee", "承办人", FALSE},
};

typedef struct {
    Export *export;
    const char *zone;
    const LedgerTable *table;
    ListingPlace last;
    guint rows;
    gboolean good;
    GError **error;
} Walk;

static char *number(gint64 n)
{
    return g_strdup_printf("%" G_GINT64_FORMAT, n);
}

static void queue_row(const ListingRow *row, gpointer user)
{
    Walk *walk = user;
    walk->last = row->place;
    walk->rows++;
    if (!walk->good)
        return;
    g_autofree char *id = number(row->id), *errors = number(row->errors), *warnings = number(row->warnings),
                    *documents = number(row->documents), *received = clock_iso(row->received, walk->zone),
                    *due = row->due ? clock_iso(row->due, walk->zone) : NULL;
    const char *const texts[] = {id,         row->reference, row->state, row->attention, row->sender_name, row->sender_address,
                                 row->organisation, row->subject, row->kinds, row->missing, received, due, errors, warnings, documents,
                                 row->assignee_name};
    G_STATIC_ASSERT(G_N_ELEMENTS(texts) == G_N_ELEMENTS(queue_columns));
    walk->good = export_row(walk->export, texts, walk->error);
}

/* A page at a time by key: an entry that changes meanwhile is seen once or not at all, none is twice. */
static gboolean export_queue(Ledger *ledger, const ListingFilter *filter, ListingOrder order, Walk *walk, GError **error)
{
    do {
        ListingPlace after = walk->last;
        walk->rows = 0;
        if (!ledger_listing(ledger, filter, order, &after, PAGE, queue_row, walk, error) || !walk->good)
            return FALSE;
    } while (walk->rows == PAGE);
    return TRUE;
}

/* --- the others -------------------------------------------------------------------------------------------------------- */

#define COLUMNS_MAX 24

static gboolean table_row(const char *const *texts, gpointer user, GError **error)
{
    const Walk *walk = user;
    const char *cells[COLUMNS_MAX];
    char *instants[COLUMNS_MAX] = {NULL};
    for (guint i = 0; i < walk->table->n; i++) {
        if (texts[i] && walk->table->columns[i].type == TABLE_INSTANT)
            instants[i] = clock_iso(g_ascii_strtoll(texts[i], NULL, 10), walk->zone);
        cells[i] = instants[i] ? instants[i] : texts[i];
    }
    gboolean good = export_row(walk->export, cells, error);
    for (guint i = 0; i < walk->table->n; i++)
        g_free(instants[i]);
    return good;
}

const char *const export_tables[] = {"queue", "entries", "documents", "experts", "duties", "letters", "meetings", NULL};

static gboolean export_listing(Ledger *ledger, const ListingFilter *filter, gboolean all, Walk *walk, GError **error)
{
    ListingFilter own = filter ? *filter : (ListingFilter){0};
    if (all && !own.state)
        own.state = "all";
    return export_queue(ledger, &own, all ? LISTING_REFERENCE : LISTING_RANK, walk, error);
}

gboolean export_table(Ledger *ledger, const Conf *conf, const char *what, const ListingFilter *filter, ExportFormat format,
                      const char *folder, ExportSink sink, gpointer user, GError **error)
{
    ExportColumn columns[COLUMNS_MAX];
    Walk walk = {.zone = conf_string(conf, "general", "zone"), .table = ledger_table_find(what), .good = TRUE, .error = error};
    gboolean entries = g_str_equal(what, "entries"), listing = entries || g_str_equal(what, "queue");
    if (!walk.table && !listing) {
        g_autofree char *names = g_strjoinv(", ", (char **)export_tables);
        g_set_error(error, FAILURE, FAILURE_USAGE, "there is no table '%s': there are %s", what, names);
        return FALSE;
    }
    for (guint i = 0; walk.table && i < walk.table->n; i++)
        columns[i] = (ExportColumn){walk.table->columns[i].key, walk.table->columns[i].title,
                                    walk.table->columns[i].type == TABLE_NUMBER};
    g_autoptr(Export) export = export_new(format, listing ? queue_columns : columns,
                                          listing ? G_N_ELEMENTS(queue_columns) : walk.table->n, folder, sink, user, error);
    walk.export = export;
    return export && (listing ? export_listing(ledger, filter, entries, &walk, error) : ledger_table(ledger, walk.table, table_row, &walk, error)) &&
           export_end(export, error);
}
