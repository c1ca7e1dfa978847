/* registry.h: what an accepted form does to the registry and to a meeting's participants. Private to the room. */
#ifndef SHOUWEN_DUTIES_REGISTRY_H
#define SHOUWEN_DUTIES_REGISTRY_H

#include "duties/match.h"

/* An application enters its person, a registration makes him a participant, a withdrawal takes him (or his groups) out, a change is
 * carried in. What cannot be carried out makes the entry call for attention. */
gboolean registry_accepted(Ledger *ledger, const Paper *paper, const char *actor, GError **error);

/* What PAPER did is undone. Changes to a person's data stay: what stood before may have changed since. */
gboolean registry_rejected(Ledger *ledger, const Paper *paper, const char *actor, GError **error);

#endif
