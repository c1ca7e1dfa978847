/* ofd.h: the parts of the OFD reader (GB/T 33190-2016). Lengths in OFD are millimetres from the page's top left corner;
 * what goes into a Page is in points. */
#ifndef SHOUWEN_FILTERS_READERS_OFD_H
#define SHOUWEN_FILTERS_READERS_OFD_H

#include "page/layout.h"
#include "readers/ooxml.h"
#include "readers/reader.h"

#define OFD_POINTS (72 / 25.4) /* points a millimetre */

/* ---- ofd_package.c: the zip ---- */

typedef struct OfdPackage OfdPackage;

/* Unpacks the XML parts; a damaged part is missing. NULL: *ret_status says why (DAMAGED, ENCRYPTED, TOO_LARGE). BYTES must
 * outlive the result. */
OfdPackage *ofd_package_open(const guint8 *bytes, gsize length, Status *ret_status);
void ofd_package_free(OfdPackage *package);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OfdPackage, ofd_package_free)

/* Unpacks the other parts named in NAMES (a set of paths). */
void ofd_package_fetch(OfdPackage *package, GHashTable *names);

/* A part, NULL when there is none. Names compare without case: writers are not exact. */
const GByteArray *ofd_part(const OfdPackage *package, const char *path);

/* Parses the part PATH (which may be NULL). FALSE when it is missing, no XML, or the parts parsed so far are too much
 * together: a template is parsed once for each page that shows it. */
gboolean ofd_parse(OfdPackage *package, const char *path, const OoxmlHandler *handler, void *data);

/* The path that LOC (ST_Loc, 7.4) in the part FROM means; NULL when it leads out of the package. Caller frees. */
char *ofd_loc(const char *from, const char *loc);

/* ---- ofd_values.c: numbers and attributes ---- */

typedef struct {
    const char *at, *end;
} OfdSpan;

/* The attribute NAME; .at is NULL when it is missing. */
OfdSpan ofd_attr(const xmlChar **attrs, int count, const char *name);
char *ofd_attr_copy(const xmlChar **attrs, int count, const char *name); /* NULL when it is missing; caller frees */
gboolean ofd_attr_is(const xmlChar **attrs, int count, const char *name, const char *value);

/* Takes the next word (up to white space) of SPAN. FALSE at the end. */
gboolean ofd_next_word(OfdSpan *span, OfdSpan *ret_word);
/* WORD as a finite number; what is none, or further than any page reaches, is 0. */
double ofd_number(OfdSpan word);
/* Fills NUMBERS with up to COUNT numbers of SPAN; how many there were. */
int ofd_numbers(OfdSpan span, double *numbers, int count);

/* A list of distances with repeats (11.3): "g 3 2.5" stands for 2.5 2.5 2.5. */
typedef struct {
    OfdSpan rest;
    double value;
    guint64 repeat;
} OfdDeltas;
gboolean ofd_next_delta(OfdDeltas *deltas, double *ret_value);

/* Whether a colour (8.3.2) cannot be told from white paper. */
gboolean ofd_is_white(OfdSpan value);

/* x' = m[0] x + m[2] y + m[4], y' = m[1] x + m[3] y + m[5] (8.5) */
typedef struct {
    double m[6];
} OfdMatrix;
OfdMatrix ofd_matrix_join(const OfdMatrix *outer, const OfdMatrix *inner); /* first INNER, then OUTER */
void ofd_matrix_point(const OfdMatrix *matrix, double *x, double *y);

/* ---- ofd_document.c: what the document consists of ---- */

typedef struct {
    char *id, *path;
} OfdRef;

typedef struct {
    char *root, *signatures; /* paths */
} OfdBody;

typedef struct {
    OfdPackage *package; /* not owned */
    double width, height; /* of pages that do not say their own, mm */
    GPtrArray *pages;       /* OfdRef * */
    GHashTable *templates;  /* id -> path */
    GHashTable *annotated;  /* page id -> path of its annotations */
    GHashTable *pictures;   /* id -> path */
    GHashTable *composites; /* id -> path of the part that defines it */
    char *attachments;      /* path, NULL none */
    guint composed;         /* composites drawn so far */
} OfdDocument;

/* The documents that OFD.xml lists (7.4), each in its current version. GPtrArray of OfdBody *, with free function. */
GPtrArray *ofd_bodies(OfdPackage *package);

/* Document.xml at PATH with its resources. NULL when it cannot be read. */
OfdDocument *ofd_document_load(OfdPackage *package, const char *path);
void ofd_document_free(OfdDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OfdDocument, ofd_document_free)

/* An attached file (20). */
typedef struct {
    char *name, *path;
} OfdAttachment;
GPtrArray *ofd_attachments(const OfdDocument *document); /* OfdAttachment *, with free function */

/* ---- ofd_page.c: what stands on a page ---- */

typedef struct {
    const char *path; /* owned by the document */
    PageBox box;      /* points */
} OfdPicture;

/* Reads page INDEX (from 0) of DOCUMENT as page NUMBER with its template and annotations; PICTURES (OfdPicture) gets the
 * pictures on it, DRAWINGS (PageBox) the places of bent paths, as handwriting has them. NULL when its content is missing or no XML. */
Page *ofd_page_read(OfdDocument *document, guint index, int number, GArray *pictures, GArray *drawings);

/* ---- ofd_path.c ---- */

/* Adds the ruling lines of a path (9.3) to LINES. FILL and STROKE: what of it is seen. */
void ofd_path_lines(OfdSpan data, const OfdMatrix *matrix, gboolean fill, gboolean stroke, GArray *lines);

/* ---- ofd_sign.c ---- */

/* Says the signatures listed in the part PATH (18), and the place of the first seal. FIRST is the number of the document's
 * first page. TRUE when one of them is a seal. */
gboolean ofd_say_signatures(OfdDocument *document, const char *path, int first, Xhtml *out);

/* Unpacks the parts that are no XML and yet wanted: the pictures of DOCUMENT, and ATTACHMENTS (OfdAttachment; NULL: none). */
void ofd_fetch_others(const OfdDocument *document, const GPtrArray *attachments);

#endif
