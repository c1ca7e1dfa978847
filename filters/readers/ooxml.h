/* ooxml.h: an Office Open XML package: its XML parts, the relationships between them, and a strict parser for one
 * part. Source: ECMA-376 part 2 (packages). The parser refuses every DOCTYPE, so no entity is ever expanded, and loads
 * nothing from outside. */
#ifndef SHOUWEN_FILTERS_READERS_OOXML_H
#define SHOUWEN_FILTERS_READERS_OOXML_H

#include <libxml/parserInternals.h>

#include "record.h"

typedef struct Ooxml Ooxml;

/* Unpacks the XML parts for which WANTED(name, lower case) holds. NULL when the zip is damaged, encrypted or expands too
 * far: *ret_status says which. */
Ooxml *ooxml_open(const guint8 *bytes, gsize length, gboolean (*wanted)(const char *name), Status *ret_status);
void ooxml_free(Ooxml *package);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ooxml, ooxml_free)

/* A part's bytes, NULL when there is none; names compare without case (ECMA-376 part 2, 6.2.2). */
const GByteArray *ooxml_part(const Ooxml *package, const char *name);

/* The parts that FROM (NULL: the package itself) is related to by a type that ends in TYPE ("/officeDocument"), each
 * once, in order. GPtrArray of char *, with free function. */
GPtrArray *ooxml_targets(const Ooxml *package, const char *from, const char *type);

/* What FROM (NULL: the package itself) names by relationship id: id -> part name, both owned by the result. Targets outside
 * of the package are missing. */
GHashTable *ooxml_relations(const Ooxml *package, const char *from);

typedef enum {
    OOXML_OTHER, OOXML_W, OOXML_W14, OOXML_MC, OOXML_MATH, OOXML_VML, OOXML_SHEET,
    OOXML_FLAT, /* what holds the parts of a package that is one XML file */
    ODF_OFFICE, ODF_TEXT, ODF_TABLE, ODF_DRAW, ODF_FORM, ODF_STYLE, ODF_FIELD, ODF_LOEXT, /* OpenDocument's */
} OoxmlSpace;

/* What a part is parsed with; any member may be NULL. ATTRS as libxml2's SAX2 gives them: see ooxml_attr. */
typedef struct {
    void (*start)(void *data, OoxmlSpace space, const char *name, const xmlChar **attrs, int count);
    void (*end)(void *data, OoxmlSpace space, const char *name);
    void (*text)(void *data, const char *text, int length);
    gboolean (*stop)(void *data); /* asked after each start: TRUE ends the parsing early, which is no fault */
} OoxmlHandler;

/* FALSE when PART is not well-formed or has a DOCTYPE. */
gboolean ooxml_parse(const GByteArray *part, const OoxmlHandler *handler, void *data);

/* The value of the attribute with the local name NAME, copied into BUFFER (cut to fit, at a character); NULL when there
 * is none. */
const char *ooxml_attr(const xmlChar **attrs, int count, const char *name, char *buffer, gsize size);

/* An on/off attribute "val" (ECMA-376 part 1, 17.17.4): absent means on. */
gboolean ooxml_on(const xmlChar **attrs, int count);

#endif
