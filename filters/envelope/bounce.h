/* bounce.h: what a delivery failure says: RFC 3464 reports, and the free text of Postfix, qmail, Exim,
 * Exchange, QQ, NetEase and Coremail. */
#ifndef SHOUWEN_FILTERS_ENVELOPE_BOUNCE_H
#define SHOUWEN_FILTERS_ENVELOPE_BOUNCE_H

#include "envelope/envelope.h"

typedef enum {
    REPORT_NONE,
    REPORT_FAILED, /* some recipient failed or is delayed */
    REPORT_DONE,   /* only successes: delivered, relayed, expanded */
} Report;

/* Reads the delivery-status part, if there is one, into ENVELOPE's bounce fields. RET_DELAYED: no recipient
 * has failed yet. A report that comes without the returned headers may still name our letter by its envelope id, which
 * is its Message-ID without brackets (RFC 3461 4.4, RFC 3464 2.2.1). */
Report bounce_read_report(Envelope *envelope, gboolean *ret_delayed);

/* Notes the message that a receipt was given for (RFC 8098 3.2.5) as the one answered, if the headers name none. */
void bounce_read_receipt(Envelope *envelope);

/* Whether a bounce without a report says that the server still tries. SUBJECT in lower case. */
gboolean bounce_is_delay(const Envelope *envelope, const char *subject);

/* Reads recipients, status and Message-ID from the text of a bounce that bears no (or an empty) report.
 * FAILED is the X-Failed-Recipients header or NULL; OWN the addresses that never are the failed ones. */
void bounce_read_text(Envelope *envelope, const char *failed, char **own);

/* "5.1.1" found in TEXT (first LENGTH bytes), NULL when none; RET_CODE gets an SMTP reply code (550) or 0. */
char *bounce_status(const char *text, gsize length, int *ret_code);

#endif
