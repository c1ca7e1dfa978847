/* record.h: what the jailed side finds out, before it is written as JSON (door.h). The trusted side has its own
 * struct of the same facts in src/door/record.h; the two share only the JSON. */
#ifndef SHOUWEN_FILTERS_RECORD_H
#define SHOUWEN_FILTERS_RECORD_H

#include <glib.h>

typedef enum {
    STATUS_READ, STATUS_ENCRYPTED, STATUS_DAMAGED, STATUS_TOO_LARGE, STATUS_TOO_DEEP, STATUS_TIMEOUT,
    STATUS_UNSUPPORTED, STATUS_EMPTY,
} Status;
const char *status_name(Status status); /* "read", "encrypted", … */
gboolean status_parse(const char *name, Status *ret);

typedef struct {
    char *rule, *severity, *field /* NULL */, *zh, *en;
} Finding;
Finding *finding_new(const char *rule, const char *severity, const char *field, const char *zh, const char *en);
void finding_free(Finding *finding);

typedef enum { VALUE_TEXT, VALUE_LIST, VALUE_ROWS } ValueShape;

typedef struct {
    char *id;
    ValueShape shape;
    char *text;      /* VALUE_TEXT */
    GPtrArray *list; /* VALUE_LIST: char * */
    GPtrArray *rows; /* VALUE_ROWS: GPtrArray * of char *, name and value in turn */
    double confidence;
    char *from;    /* "table 1, row 7, cell 2" */
    double box[5]; /* page from 1, x0, y0, x1, y1; page 0 = none */
} FieldValue;
FieldValue *field_value_new(const char *id, ValueShape shape);
void field_value_free(FieldValue *field);

/* One form: a whole document, or a segment of one. */
typedef struct {
    char *kind;  /* "unknown" below the line */
    char *guess; /* best guess below the line, else NULL */
    double confidence;
    GPtrArray *fields;   /* FieldValue * */
    GPtrArray *findings; /* Finding * */
    GPtrArray *explain;  /* char *; NULL unless asked for */
} Form;
Form *form_new(void);
void form_free(Form *form);
const FieldValue *form_field(const Form *form, const char *id); /* NULL when it has no value */

/* A mail inside the message, in which a document stands. */
typedef struct {
    char *name, *address; /* the sender's; NULL: none */
    char *subject, *date; /* date in ISO 8601; NULL: none */
} InnerMail;
InnerMail *inner_mail_new(const char *name, const char *address, const char *subject, const char *date);
void inner_mail_free(InnerMail *mail);

/* A place to sign. A hint: nothing is missing because a place looks blank. */
typedef struct {
    char *label, *state; /* state: "ink", "print", "blank", "unknown" */
    double box[5];       /* page from 1, x0, y0, x1, y1 */
} Signing;
Signing *signing_parse(const char *said); /* what meta "signing" says (page/pen.h); NULL when it is none */
void signing_free(Signing *signing);

/* One document of a message as the message rules and the door see it. */
typedef struct {
    char *path, *filename /* NULL */, *mime, *sha256;
    guint64 bytes;
    Status status;
    const char *reader; /* name of the reader that ran, or NULL; static */
    int pages;          /* -1 unknown */
    gboolean is_body;   /* the mail's own text */
    gboolean shows_seal; /* a format on which a seal can be seen (PDF, OFD, picture) */
    GPtrArray *forms;    /* Form *; one with kind unknown when nothing is recognised */
    GPtrArray *signatures; /* char *: digital signatures on it, nothing verified */
    GPtrArray *signing;    /* Signing *: places to sign, and whether somebody did */
    InnerMail *inner;    /* the innermost mail around it, NULL: the message itself */
    char *text;          /* plain text read, for search and rules; capped */
} ReadDocument;
ReadDocument *read_document_new(const char *path, const char *filename, const char *mime);
void read_document_free(ReadDocument *document);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Finding, finding_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FieldValue, field_value_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Form, form_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(InnerMail, inner_mail_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReadDocument, read_document_free)

#endif
