/* reader.h: the whole contract of a reader. One file a format; the table in readers.c has a row for each. A reader
 * turns bytes into XHTML and knows nothing of mail, kinds or the door; a container hands its members back through
 * MEMBERS. The bytes are hostile: a reader may crash or hang, its process is thrown away; but it must not lie. */
#ifndef SHOUWEN_FILTERS_READERS_READER_H
#define SHOUWEN_FILTERS_READERS_READER_H

#include <glib.h>

#include "page/xhtml.h"
#include "record.h"

typedef enum {
    RISK_LOW, /* text, XML in zip: the child may serve further messages */
    RISK_HIGH /* image and page decoders: the child ends afterwards */
} Risk;

typedef enum { SIZE_MAIL, SIZE_PAGE, SIZE_OCR } Size; /* the smallest filter server that can run it */

typedef struct {
    const guint8 *bytes;
    gsize length;
    const char *filename; /* decoded UTF-8, or NULL; a hint only */
    const char *charset;  /* declared by the mail part, or NULL */
} ReadInput;

/* Takes a container's members: a MEMBER call reads one recursively (limits of depth, count and size are kept there)
 * and returns FALSE when the container should stop (a limit was reached). NAME is the decoded member path. */
typedef struct Members Members;
struct Members {
    gboolean (*member)(Members *self, const char *name, const guint8 *bytes, gsize length, Status status);
};

typedef struct {
    const char *name;         /* "docx" */
    const char *const *mimes; /* what sniff_mime answers for it, NULL-ended */
    Risk risk;
    Size size;
    gboolean shows_seal;      /* a seal can be seen on it */
    gboolean container;       /* members are the documents, not the file itself */
    Status (*read)(const ReadInput *input, Xhtml *out, Members *members);
} Reader;

/* The reader for the MIME type found by sniff_mime; NULL when there is none (STATUS_UNSUPPORTED). Rows that need a
 * larger server than this program are present with read == NULL, so that the caller can ask for the larger one. */
const Reader *reader_for(const char *mime);

/* The type by content: libmagic, then our own look into zip directories and OLE streams; the declared type and the
 * name decide only among texts (html, csv, eml). Static or interned string. *ret_status is STATUS_ENCRYPTED for
 * encrypted containers, STATUS_EMPTY for no bytes, else STATUS_READ. sniff_init loads the magic file (before the jail). */
gboolean sniff_init(GError **error);
const char *sniff_mime(const ReadInput *input, const char *declared, Status *ret_status);

/* Calls each library once on a small built-in document, so that nothing is loaded from disk inside the jail. */
void readers_warm(void);

#endif
