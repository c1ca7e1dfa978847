/* reading.h: private to read.c and piece.c: one message while it is read, and its pieces, each of which may be a document. */
#ifndef SHOUWEN_FILTERS_READING_H
#define SHOUWEN_FILTERS_READING_H

#include "envelope/envelope.h"
#include "read.h"
#include "readers/reader.h"

/* One message, or one bare document, while it is read. */
typedef struct {
    const ReadSetup *setup;
    const Request *request;
    int fd;
    GPtrArray *documents; /* ReadDocument * */
    GPtrArray *findings;  /* Finding * of the message that are no rule's */
    GHashTable *paths;    /* paths given so far, owned */
    const char *subject;
    guint members;        /* of all archives together */
    guint64 packed, expanded; /* of the part of the message that is being unpacked */
    guint slow_left;      /* parts still to come that are read in a larger server */
    gboolean stop;        /* a larger server is needed, or what was asked for is answered */
} Reading;

/* Something that may be a document. */
typedef struct {
    const char *path, *filename; /* filename NULL: none */
    const char *declared, *charset; /* NULL: nothing was declared */
    const guint8 *bytes;
    gsize length;
    const char *sha256; /* NULL: not known yet */
    gboolean is_body;
    const GPtrArray *related; /* MailPart * of the mail around the body; NULL: not known */
    const char *signature; /* digital, over the part of the mail; NULL: none */
    guint depth; /* of archives and nested mails around it */
    const char *mime; /* what sniff_mime said; NULL: not asked yet */
    Status status;
} Piece;

/* Reads one piece, whatever it is, and what stands inside; its documents are added. Each step is begun in words, so that the
 * trusted side knows what killed this process; what did is not opened again. */
void piece_read(Reading *reading, Piece *piece);

/* Says what PIECE is: its mime and status. */
void piece_sniff(const Reading *reading, Piece *piece);

/* Whether the parts of a mail show by their first look that a larger server is needed, before anything is opened (the answer
 * is written then, and READING stops); and how many slow ones there are to share the time. PIECES: Piece. */
void piece_look_ahead(Reading *reading, GArray *pieces);

/* A mail inside a mail or an archive (read.c). */
void reading_take_mail(Reading *reading, const Piece *piece);

/* PIECE as a document that could not be read. */
void piece_failed(Reading *reading, const Piece *piece, const Reader *reader, Status status);

/* The mails in which the documents from FROM on came: who sent them. */
void piece_mark_inner(Reading *reading, guint from, const InnerMail *mail);

/* The digital signature over the part of the mail in which the documents from FROM on came. */
void piece_mark_signed(Reading *reading, guint from, const char *signature);

/* SHA-256 in hexadecimal digits. Caller frees. */
char *reading_hash(const guint8 *bytes, gsize length);

/* PARENT/NAME (either may be NULL), and a number after it when there is that name already: a path names one document. Caller
 * frees. */
char *reading_path(Reading *reading, const char *parent, const char *name);

#endif
