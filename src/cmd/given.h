/* given.h: a file of another program, read through the door and taken into the ledger: what `calendar import` and `experts import`
 * share. */
#ifndef SHOUWEN_CMD_GIVEN_H
#define SHOUWEN_CMD_GIVEN_H

#include "door/door.h"
#include "duties/imported.h"

/* Reads one bare file: door_ical or door_table. */
typedef char *(*GivenReader)(Door *door, const DoorJob *job, GError **error);

/* Enters what was read, inside a transaction. */
typedef gboolean (*GivenTaker)(Ledger *ledger, const char *json, Imported *ret, gpointer user, GError **error);

/* Takes each of PATHS (NULL-ended) in a transaction of its own and prints what came of it; with DRY nothing is kept. Ends at the
 * first file that cannot be read or taken: FAILURE_NOINPUT or FAILURE_DATA with its name. */
gboolean given_import(Ledger *ledger, const Conf *conf, char **paths, GivenReader read, GivenTaker take, gpointer user, gboolean dry,
                      GError **error);

#endif
