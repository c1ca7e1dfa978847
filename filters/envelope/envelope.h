/* envelope.h: a message's headers, route and parts, known before any part is opened.
 *
 * Structure comes from GMime; header text, parameters and base64 bodies are decoded by us from the raw
 * values, because Debian's GMime loses text and bytes there (src/README.md, "Libraries and their traps").
 * Sources: RFC 5322, 2045–2047, 2231, 3464 (bounces), 3834 (automatic answers), 8098 (receipts), 8601
 * (Authentication-Results). */
#ifndef SHOUWEN_FILTERS_ENVELOPE_ENVELOPE_H
#define SHOUWEN_FILTERS_ENVELOPE_ENVELOPE_H

#include <glib.h>

#include "context.h"

typedef enum {
    PART_ATTACHMENT, /* a document to read */
    PART_BODY,       /* the mail's own text (one of the alternatives, plain preferred unless empty) */
    PART_INLINE,     /* picture of a signature or logo, alternative HTML, signature part: no document */
    PART_MESSAGE,    /* message/rfc822 */
} PartRole;

typedef struct {
    char *path;     /* part number as IMAP counts it: "2", "1.2"; nested messages: "3/1"; inside a signed file: "1/2" */
    char *filename; /* decoded UTF-8, or NULL */
    char *mime;     /* declared type, lower case */
    char *charset;  /* declared, or NULL */
    PartRole role;
    gboolean shown; /* a picture that stands in the HTML text: it has a Content-ID (RFC 2392) and is no attachment */
    GBytes *bytes; /* decoded content (base64, quoted-printable, uuencode); shared with the message where
                      identity */
    char *sha256;  /* hex, of the decoded bytes */
    const char *signature; /* the digital signature over it, in words, or NULL; static */
} MailPart;

typedef struct {
    char *address, *status;
    int permanent; /* 1, 0, -1 */
} BounceRecipient;

/* What a bounce says became of the letter: it came back; the server still tries (RFC 3464 "delayed"); its receiver complained of
 * it (RFC 5965). */
typedef enum { BOUNCE_FAILED, BOUNCE_DELAYED, BOUNCE_COMPLAINT } BounceFate;

typedef struct {
    char *route; /* submission reply bounce auto-reply bulk unreadable */
    char *message_id, *from_name, *from_address, *subject, *date /* ISO 8601 */, *reference, *in_reply_to;
    GPtrArray *references; /* char *, with angle brackets */
    char *auth;            /* pass fail none */
    char *reply_to, *return_path;
    gboolean no_reply;
    gboolean asks_status; /* it only asks how a matter stands (query.h) */
    gboolean is_bounce;
    BounceFate bounce_fate;
    char *bounce_message_id;
    GPtrArray *bounce_recipients; /* BounceRecipient * */
    GPtrArray *parts;             /* MailPart *, every leaf in order */
    char *body;                   /* the mail's text as UTF-8 without quoted replies stripped; "" when none */
    gboolean too_deep, too_many;  /* LIMIT_MIME_DEPTH or _PARTS was reached: parts beyond are missing */
} Envelope;

void envelope_free(Envelope *envelope);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Envelope, envelope_free)

void envelope_init(void); /* once, before the jail */

/* Never NULL: bytes that are no message at all give route "unreadable". BYTES must outlive the envelope. */
Envelope *envelope_read(const guint8 *bytes, gsize length, const Context *context);

#endif
