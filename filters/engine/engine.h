/* engine.h: XHTML to forms. One engine serves all kinds; what it knows of a kind stands in filters/kinds/KIND.xml. */
#ifndef SHOUWEN_FILTERS_ENGINE_ENGINE_H
#define SHOUWEN_FILTERS_ENGINE_ENGINE_H

#include <glib.h>
#include <libxml/tree.h>

#include "context.h"
#include "record.h"

typedef struct Kinds Kinds;

/* Loads and compiles every *.xml of DIR against DIR/kinds.rng. Errors carry "file:line: what"; all of them are
 * appended to MESSAGES (may be NULL) and the first becomes ERROR. Loaded once, before the jail. */
Kinds *kinds_load(const char *dir, GPtrArray *messages, GError **error);
void kinds_free(Kinds *kinds);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Kinds, kinds_free)

/* What is known of a document besides its content. */
typedef struct {
    const char *filename, *subject; /* weak clues; may be NULL */
    gboolean is_body;               /* the mail's own text: only kinds that may be written into a mail count */
    gboolean shows_seal;            /* the format can show a seal; the reader's meta "seal" says what was seen */
} EngineHints;

/* The forms that stand in XHTML, at least one (kind "unknown" when nothing is recognised), in their order.
 * GPtrArray of Form *, with free function. Field findings (field-missing, field-invalid, seal-…, kind rules) are in
 * each form; rules over a whole message are engine_message's. */
GPtrArray *engine_read(const Kinds *kinds, xmlDoc *xhtml, const EngineHints *hints, const Context *context);

/* What the message rules must know besides the documents. */
typedef struct {
    const char *from_name, *from_address, *subject, *body; /* body: plain text of the mail; any may be NULL */
    const char *route;
} EngineMessage;

/* Rules over one message: copies-differ, sender-mismatch, attachment-missing; takes seal-unknown away from an
 * editable copy whose sealed scan stands in the same mail. DOCUMENTS: ReadDocument *. Returns Finding * of the
 * message, with free function. */
GPtrArray *engine_message(const Kinds *kinds, GPtrArray *documents, const EngineMessage *message,
                          const Context *context);

/* The finding `unreadable` of a document whose status is not read: which fault, and what to send instead. */
Finding *engine_unreadable(Status status, const char *filename, const char *mime);

/* The finding on a document of which PAGES ("3-60") were not read: too many, or too late. */
Finding *engine_pages_unread(const char *filename, const char *pages);

#endif
