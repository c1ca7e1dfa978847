/* unlock.h: a message read again with a password that a person has, for what is encrypted in it. */
#ifndef SHOUWEN_STAGES_UNLOCK_H
#define SHOUWEN_STAGES_UNLOCK_H

#include "conf/conf.h"
#include "door/door.h"
#include "ledger/ledger.h"

/* Reads MESSAGE again with PASSWORD and enters what comes out in a transaction of its own: the encrypted archive or PDF makes way for
 * the documents in it. The password is used this once and stored nowhere, so a later redo finds the message encrypted again, and
 * an event of ACTOR says that it was opened. What cannot be opened by a password here: encrypted Office files, 7z, RAR, mails.
 * FAILURE_DATA: nothing in it was opened by this password; nothing is changed. Blocks for at most a message's deadline. */
gboolean unlock_message(Ledger *ledger, const Conf *conf, Door *door, gint64 message, const char *password, const char *actor,
                        GError **error);

#endif
