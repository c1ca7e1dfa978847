/* export.h: tables as files: CSV, JSON or XLSX, written row by row, so that memory does not grow with them.
 *
 * CSV: RFC 4180, UTF-8 behind a byte-order mark (Excel takes it for the local code page otherwise); a cell that begins with = + - @, a
 * tab or a carriage return gets a ' before it, so that no spreadsheet runs what strangers wrote. JSON: an array, an object a line. XLSX: every
 * text is a text cell, never a formula. All texts are made plain first. */
#ifndef SHOUWEN_DECIDE_EXPORT_H
#define SHOUWEN_DECIDE_EXPORT_H

#include "conf/conf.h"
#include "ledger/listing.h"

typedef enum { EXPORT_CSV, EXPORT_JSON, EXPORT_XLSX } ExportFormat;

/* "csv", "json", "xlsx"; FALSE: none of them. And the MIME type. */
gboolean export_format(const char *name, ExportFormat *ret);
const char *export_mime(ExportFormat format);

/* Takes the bytes in order. FALSE with ERROR ends the export. */
typedef gboolean (*ExportSink)(const void *bytes, gsize length, gpointer user, GError **error);

typedef struct {
    const char *key;   /* in JSON */
    const char *title; /* head of the column, for people */
    gboolean number;
} ExportColumn;

typedef struct Export Export;

/* COLUMNS (N) live as long as the Export. FOLDER: where an XLSX may have temporary files (they are unlinked at once); NULL: the system's. */
Export *export_new(ExportFormat format, const ExportColumn *columns, guint n, const char *folder, ExportSink sink, gpointer user,
                   GError **error);
/* One row of N texts; NULL: an empty cell, null in JSON. */
gboolean export_row(Export *export, const char *const *texts, GError **error);
/* Writes what is left. The Export must be freed all the same. */
gboolean export_end(Export *export, GError **error);
void export_free(Export *export);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Export, export_free)

/* The tables that have a name: queue entries documents experts duties letters meetings; NULL-ended. */
extern const char *const export_tables[];

/* Writes table WHAT as a whole. FILTER is for the queue and entries (NULL: open ones, and all); instants are shown in the zone of CONF.
 * FAILURE_USAGE when there is no such table. */
gboolean export_table(Ledger *ledger, const Conf *conf, const char *what, const ListingFilter *filter, ExportFormat format,
                      const char *folder, ExportSink sink, gpointer user, GError **error);

#endif
