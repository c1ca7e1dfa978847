/* record.h: what the filter says of one message, checked and typed. The JSON comes from the jailed side and is
 * hostile: every line's size, depth, counts, ids, UTF-8 and enums are checked before a Record exists. */
#ifndef SHOUWEN_DOOR_RECORD_H
#define SHOUWEN_DOOR_RECORD_H

#include <glib.h>

typedef struct {
    char *rule, *severity; /* severity: error, warning, info, "" (kind-uncertain) */
    char *field;           /* NULL when it is about no field */
    char *zh, *en;
} Finding;

typedef struct {
    char *id;
    char *value; /* JSON text of the value: a string, a list of strings, or a list of row objects */
    char *shown; /* the value for people: strings as they are, lists joined by "、", rows as "N rows" */
    double confidence;
    char *from;     /* where it stands; NULL unknown */
    double box[5];  /* page, x0, y0, x1, y1; page 0 = none */
} Field;

typedef struct {
    char *label; /* as printed: "负责人（签名）" */
    char *state; /* ink, print, blank, unknown */
    double box[5];
} Signing;

typedef struct {
    char *path;
    guint segment; /* 0, or 1… when one file holds several forms */
    char *filename; /* NULL: none */
    char *sha256;   /* hex; NULL when the bytes were never seen */
    guint64 bytes;
    char *mime, *status, *reader; /* reader NULL when none ran */
    int pages;                    /* -1 unknown */
    char *kind, *guess;           /* guess NULL unless below the line */
    double confidence;
    GPtrArray *fields;   /* Field * */
    GPtrArray *findings; /* Finding * */
    GPtrArray *signatures; /* char *: digital signatures on it, nothing verified */
    GPtrArray *signing;    /* Signing *: places to sign; a hint, never a finding */
    gboolean is_inner;     /* it stands in a mail inside the message; that one's sender, subject, date (each NULL: none): */
    char *inner_name, *inner_address, *inner_subject, *inner_date;
    GPtrArray *explain;  /* char *; NULL unless asked for */
    char *text;          /* the text read, NULL unless asked for */
} Document;

typedef struct {
    char *address, *status; /* status NULL unknown */
    int permanent;          /* 1, 0, -1 unknown */
} BounceRecipient;

typedef struct {
    char *path, *filename, *mime, *sha256;
    guint64 bytes;
} Part; /* an attachment as the envelope lists it, before anything is opened */

typedef struct {
    gboolean bare; /* a bare document: only sha256, bytes, documents and findings are set */
    char *sha256;  /* of the whole message or document */
    guint64 bytes;
    char *route; /* submission reply bounce auto-reply bulk unreadable */
    char *message_id, *from_name, *from_address, *subject, *date, *reference, *in_reply_to, *auth;
    GPtrArray *references; /* char * */
    char *reply_to;        /* address letters should go to, when Reply-To names one; else NULL */
    char *return_path;     /* "" for <>; NULL when the message has no such header */
    gboolean no_reply;     /* the sender is a no-reply, daemon or list address, or asked for no answer */
    gboolean asks_status;  /* it only asks how a matter stands: 查询 or STATUS */
    GPtrArray *parts;      /* Part * */
    gboolean is_bounce;
    char *bounce_fate; /* failed; delayed: the server still tries; complaint: the receiver took our letter for spam */
    char *bounce_message_id;
    GPtrArray *bounce_recipients; /* BounceRecipient * */
    char *text;                   /* what the mail itself says, when it is no document; NULL unless asked for */
    GPtrArray *documents;         /* Document * */
    GPtrArray *findings;          /* Finding *, of the message */
} Record;

/* An empty record, and an empty document, field or place to sign in one; the record owns them. */
Record *record_new(gboolean bare);
Document *record_add_document(Record *record);
Field *record_add_field(GPtrArray *fields);
Signing *record_add_signing(Document *document);

/* A finding about no single field, as rules on the trusted side make it. */
Finding *record_finding_new(const char *rule, const char *severity, const char *zh, const char *en);

void record_free(Record *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Record, record_free)

/* The object that `shouwen inspect` prints, one line without its line end. FILE is the name as given,
 * INDEX the message's number in an mbox or 0. Caller frees. */
char *record_to_json(const Record *record, const char *file, guint index);

/* --- parsing, used by the door and fuzzed ---------------------------------------------------------------------- */
typedef struct RecordParser RecordParser;
/* BARE: a document; with EITHER its first line may show that it is a message after all. */
RecordParser *record_parser_new(gboolean bare, gboolean either);
void record_parser_free(RecordParser *parser);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecordParser, record_parser_free)

/* Takes one line of LENGTH bytes (without '\n'). FAILURE_DATA when it is not what the protocol allows there;
 * the child must then be killed. The first envelope is frozen: a second one is refused unless the parser was
 * told to retry, and then ignored. */
gboolean record_parser_line(RecordParser *parser, const char *line, gsize length, GError **error);

/* Forgets the documents and findings of a child that died, keeps the envelope. */
void record_parser_retry(RecordParser *parser);

gboolean record_parser_has_envelope(const RecordParser *parser);
const char *record_parser_open_path(const RecordParser *parser); /* begun and not finished, or NULL */
const char *record_parser_escalate(const RecordParser *parser);  /* size of server asked for, or NULL */
gboolean record_parser_ended(const RecordParser *parser);
Record *record_parser_take(RecordParser *parser); /* what there is; the parser is empty afterwards */

#endif
