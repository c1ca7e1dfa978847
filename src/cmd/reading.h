/* reading.h: what was read out of one message, as texts by name ("2 kind", "2 status", "2#1 phone": path, segment, field), and
 * what differs between two readings. */
#ifndef SHOUWEN_CMD_READING_H
#define SHOUWEN_CMD_READING_H

#include "cmd/output.h"
#include "door/record.h"
#include "ledger/ledger.h"

/* A reading: name -> text, both owned. */
GHashTable *reading_of_ledger(Ledger *ledger, gint64 entry, gint64 message); /* ENTRY 0: nothing yet */
GHashTable *reading_of_record(const Record *record);

/* The columns of reading_differences. */
extern const OutputColumn reading_columns[];
#define READING_COLUMNS 5

/* A row of OUTPUT for each name whose text differs, under MESSAGE and its entry's REFERENCE (may be NULL). Returns how many. */
guint reading_differences(Output *output, gint64 message, const char *reference, GHashTable *before, GHashTable *after);

#endif
