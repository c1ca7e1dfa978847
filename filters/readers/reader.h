/* reader.h: the whole contract of a reader. One file a format; the table in readers.c has a row for each. A reader
 * turns bytes into XHTML and knows nothing of mail, kinds or the door; what stands inside (an archive's members, a
 * document's attachments) it hands back through MEMBERS. The bytes are hostile: a reader may crash or hang, its process
 * is thrown away; but it must not lie.
 *
 * There are three sizes of filter server, and each links what the smaller ones do and more. A function that only larger
 * ones link is declared LARGER_ONLY: in a smaller one its address is NULL, and a reader that finds it missing calls
 * members->larger and returns. */
#ifndef SHOUWEN_FILTERS_READERS_READER_H
#define SHOUWEN_FILTERS_READERS_READER_H

#include <glib.h>

#include "page/xhtml.h"
#include "record.h"

typedef enum {
    RISK_LOW, /* text, XML in zip: the child may serve further messages */
    RISK_HIGH /* image and page decoders, RAR and 7z: the child ends afterwards */
} Risk;

typedef enum {
    SIZE_MAIL, /* headers, text, XML, archives */
    SIZE_PAGE, /* adds poppler, cairo, Leptonica */
    SIZE_OCR   /* adds Tesseract */
} Size;
const char *size_name(Size size); /* "mail", "page", "ocr" */

#define LARGER_ONLY __attribute__((weak))

typedef struct {
    const guint8 *bytes;
    gsize length;
    const char *filename; /* decoded UTF-8, or NULL; a hint only */
    const char *charset;  /* declared by the mail part, or NULL */
    const char *password; /* that a person gave for what is encrypted (UTF-8), or NULL */
    gint64 until;         /* clock_mono() by which a slow reader stops and says what it left ("pages-unread") */
} ReadInput;

/* What a reader may ask of its caller.
 * member: reads what stands inside, recursively (limits of depth, count and size are kept there); NAME is its decoded
 * path. The members of a document become documents after it. FALSE: stop, a limit was reached.
 * body: the text of a mail inside (text/plain, text/html or text/rtf): a document only when it bears a form.
 * inner: what is read is a mail; who sent it, about what and when (ISO 8601). Each may be NULL. It is told of every document inside.
 * larger: a server of SIZE is needed; it gets the whole message, and what this call of the reader returns is ignored. */
typedef struct Members Members;
struct Members {
    gboolean (*member)(Members *self, const char *name, const guint8 *bytes, gsize length, Status status);
    void (*body)(Members *self, const char *mime, const char *charset, const guint8 *bytes, gsize length);
    void (*inner)(Members *self, const char *name, const char *address, const char *subject, const char *date);
    void (*larger)(Members *self, Size size);
};

typedef struct {
    const char *name;         /* "docx" */
    const char *const *mimes; /* what sniff_mime answers for it, NULL-ended */
    Risk risk;
    Size size;                /* of the smallest server that can run it */
    gboolean shows_seal;      /* a seal can be seen on it */
    gboolean container;       /* members are the documents, not the file itself */
    Status (*read)(const ReadInput *input, Xhtml *out, Members *members);
} Reader;

/* The reader for the MIME type found by sniff_mime; NULL when there is none (STATUS_UNSUPPORTED). Rows that need a
 * larger server than this program have read == NULL. */
const Reader *reader_for(const char *mime);

/* The type by content: libmagic, then our own look into zip directories and OLE streams; the declared type and the
 * name decide only among texts (html, csv, eml). Static or interned string. *ret_status is STATUS_ENCRYPTED for
 * encrypted containers, STATUS_EMPTY for no bytes, else STATUS_READ. sniff_init loads the magic file (before the jail). */
gboolean sniff_init(GError **error);
const char *sniff_mime(const ReadInput *input, const char *declared, Status *ret_status);

/* Recognises one page in a helper of the child (team.h): a picture in, its symbols out. Only in the server for scans. */
GBytes *ocr_task(const guint8 *task, gsize length) LARGER_ONLY;

/* Calls each library once on a small built-in document, so that nothing is loaded from disk inside the jail. */
void readers_warm(void);

#endif
