/* route.h: what a message is for us: somebody's paper, or the noise of machines. */
#ifndef SHOUWEN_FILTERS_ENVELOPE_ROUTE_H
#define SHOUWEN_FILTERS_ENVELOPE_ROUTE_H

#include "envelope/envelope.h"

/* Sets ENVELOPE's route, reference, bounce fields, no_reply and asks_status. HEADERS: Header * of the message; the other
 * fields of ENVELOPE are set already. */
void route_decide(Envelope *envelope, const GPtrArray *headers, const Context *context);

#endif
