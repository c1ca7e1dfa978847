#include <string.h>

#include "readers/ooxml.h"
#include "readers/unzip.h"

struct Ooxml {
    GHashTable *parts; /* lower-case name -> GByteArray */
};

void ooxml_free(Ooxml *package)
{
    if (!package)
        return;
    g_hash_table_unref(package->parts);
    g_free(package);
}

Ooxml *ooxml_open(const guint8 *bytes, gsize length, gboolean (*wanted)(const char *name), Status *ret_status)
{
    g_autoptr(Unzip) zip = unzip_open(bytes, length);
    g_autoptr(Ooxml) package = g_new0(Ooxml, 1);
    package->parts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_byte_array_unref);
    const char *name = NULL;
    *ret_status = zip ? STATUS_READ : STATUS_DAMAGED;
    while (*ret_status == STATUS_READ && unzip_next(zip, &name, ret_status)) {
        g_autofree char *lower = g_ascii_strdown(name, -1);
        if (!g_str_has_suffix(lower, ".xml") && !g_str_has_suffix(lower, ".rels"))
            continue;
        if (!g_str_has_suffix(lower, ".rels") && !wanted(lower))
            continue;
        GByteArray *part = g_byte_array_new();
        *ret_status = unzip_read(zip, part);
        g_hash_table_replace(package->parts, g_steal_pointer(&lower), part);
        if (*ret_status != STATUS_READ)
            return NULL;
    }
    return *ret_status == STATUS_READ ? g_steal_pointer(&package) : NULL;
}

const GByteArray *ooxml_part(const Ooxml *package, const char *name)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    return g_hash_table_lookup(package->parts, lower);
}

#define ODF "urn:oasis:names:tc:opendocument:xmlns:"

static const struct {
    const char *uri;
    OoxmlSpace space;
} spaces[] = {
    {"http://schemas.openxmlformats.org/wordprocessingml/2006/main", OOXML_W},
    {"http://purl.oclc.org/ooxml/wordprocessingml/main", OOXML_W},
    {"http://schemas.microsoft.com/office/word/2003/wordml", OOXML_W},
    {"http://schemas.microsoft.com/office/word/2010/wordml", OOXML_W14},
    {"http://schemas.microsoft.com/office/2006/xmlPackage", OOXML_FLAT},
    {"urn:schemas-microsoft-com:vml", OOXML_VML},
    {"http://schemas.openxmlformats.org/markup-compatibility/2006", OOXML_MC},
    {"http://schemas.openxmlformats.org/officeDocument/2006/math", OOXML_MATH},
    {"http://purl.oclc.org/ooxml/officeDocument/math", OOXML_MATH},
    {"http://schemas.openxmlformats.org/spreadsheetml/2006/main", OOXML_SHEET},
    {"http://purl.oclc.org/ooxml/spreadsheetml/main", OOXML_SHEET},
    {ODF "office:1.0", ODF_OFFICE},
    {ODF "text:1.0", ODF_TEXT},
    {ODF "table:1.0", ODF_TABLE},
    {ODF "drawing:1.0", ODF_DRAW},
    {ODF "form:1.0", ODF_FORM},
    {ODF "style:1.0", ODF_STYLE},
    {"urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0", ODF_FIELD},
    {"urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0", ODF_LOEXT},
};

static OoxmlSpace space_of(const xmlChar *uri)
{
    for (guint i = 0; uri && i < G_N_ELEMENTS(spaces); i++)
        if (strcmp((const char *)uri, spaces[i].uri) == 0)
            return spaces[i].space;
    return OOXML_OTHER;
}

typedef struct {
    xmlParserCtxt *parser;
    const OoxmlHandler *handler;
    void *data;
    gboolean refused, stopped;
    const xmlChar *uri; /* of the element before: the parser keeps one copy of each */
    OoxmlSpace space;
} Parse;

static OoxmlSpace parse_space(Parse *parse, const xmlChar *uri)
{
    if (uri != parse->uri) {
        parse->uri = uri;
        parse->space = space_of(uri);
    }
    return parse->space;
}

static void sax_start(void *data, const xmlChar *name, G_GNUC_UNUSED const xmlChar *prefix, const xmlChar *uri,
                      G_GNUC_UNUSED int namespaces, G_GNUC_UNUSED const xmlChar **list, int count,
                      G_GNUC_UNUSED int defaulted, const xmlChar **attrs)
{
    Parse *parse = data;
    if (parse->handler->start)
        parse->handler->start(parse->data, parse_space(parse, uri), (const char *)name, attrs, count);
    if (parse->handler->stop && parse->handler->stop(parse->data)) {
        parse->stopped = TRUE;
        xmlStopParser(parse->parser);
    }
}

static void sax_end(void *data, const xmlChar *name, G_GNUC_UNUSED const xmlChar *prefix, const xmlChar *uri)
{
    Parse *parse = data;
    if (parse->handler->end)
        parse->handler->end(parse->data, parse_space(parse, uri), (const char *)name);
}

static void sax_text(void *data, const xmlChar *text, int length)
{
    Parse *parse = data;
    if (parse->handler->text)
        parse->handler->text(parse->data, (const char *)text, length);
}

static void sax_doctype(void *data, G_GNUC_UNUSED const xmlChar *name, G_GNUC_UNUSED const xmlChar *external,
                        G_GNUC_UNUSED const xmlChar *system)
{
    Parse *parse = data;
    parse->refused = TRUE;
    xmlStopParser(parse->parser);
}

static xmlEntity *sax_entity(G_GNUC_UNUSED void *data, const xmlChar *name)
{
    return xmlGetPredefinedEntity(name);
}

gboolean ooxml_parse(const GByteArray *part, const OoxmlHandler *handler, void *data)
{
    if (part->len == 0 || part->len > G_MAXINT)
        return FALSE;
    xmlParserCtxt *parser = xmlCreateMemoryParserCtxt((const char *)part->data, (int)part->len);
    if (!parser)
        return FALSE;
    Parse parse = {.parser = parser, .handler = handler, .data = data};
    *parser->sax = (xmlSAXHandler){.initialized = XML_SAX2_MAGIC, .startElementNs = sax_start, .endElementNs = sax_end,
                                   .characters = sax_text, .cdataBlock = sax_text, .ignorableWhitespace = sax_text,
                                   .internalSubset = sax_doctype, .getEntity = sax_entity};
    parser->userData = &parse;
    xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    xmlParseDocument(parser);
    gboolean whole = !parse.refused && (parse.stopped || parser->wellFormed);
    xmlFreeParserCtxt(parser);
    return whole;
}

const char *ooxml_attr(const xmlChar **attrs, int count, const char *name, char *buffer, gsize size)
{
    for (int i = 0; i < count; i++) {
        const xmlChar **attr = attrs + (gsize)i * 5; /* local name, prefix, URI, value, end of value */
        if (strcmp((const char *)attr[0], name) != 0)
            continue;
        gsize length = MIN((gsize)(attr[4] - attr[3]), size - 1);
        while (length < (gsize)(attr[4] - attr[3]) && length > 0 && (attr[3][length] & 0xc0) == 0x80)
            length--;
        memcpy(buffer, attr[3], length);
        buffer[length] = '\0';
        return buffer;
    }
    return NULL;
}

gboolean ooxml_on(const xmlChar **attrs, int count)
{
    char buffer[8];
    const char *value = ooxml_attr(attrs, count, "val", buffer, sizeof buffer);
    return !value || (strcmp(value, "0") != 0 && strcmp(value, "false") != 0 && strcmp(value, "off") != 0);
}

typedef struct {
    const char *folder, *type;
    GPtrArray *targets;
    GHashTable *by_id;
} Relations;

/* TARGET as seen from FOLDER ("word/"), as the name of a part. */
static char *resolve(const char *folder, const char *target)
{
    g_autofree char *path = *target == '/' ? g_strdup(target) : g_strconcat(folder, target, NULL);
    g_auto(GStrv) steps = g_strsplit(path, "/", -1);
    g_autoptr(GPtrArray) kept = g_ptr_array_new();
    for (guint i = 0; steps[i]; i++) {
        if (strcmp(steps[i], "..") == 0 && kept->len > 0)
            g_ptr_array_set_size(kept, (int)kept->len - 1);
        else if (*steps[i] && strcmp(steps[i], ".") != 0 && strcmp(steps[i], "..") != 0)
            g_ptr_array_add(kept, steps[i]);
    }
    g_ptr_array_add(kept, NULL);
    return g_strjoinv("/", (char **)kept->pdata);
}

static void relation_start(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name, const xmlChar **attrs, int count)
{
    Relations *relations = data;
    char type[256], target[512], mode[16], id[128];
    if (strcmp(name, "Relationship") != 0 || !ooxml_attr(attrs, count, "Type", type, sizeof type) ||
        !ooxml_attr(attrs, count, "Target", target, sizeof target) || !g_str_has_suffix(type, relations->type))
        return;
    if (ooxml_attr(attrs, count, "TargetMode", mode, sizeof mode) && strcmp(mode, "External") == 0)
        return;
    g_autofree char *part = resolve(relations->folder, target);
    if (relations->by_id && ooxml_attr(attrs, count, "Id", id, sizeof id))
        g_hash_table_replace(relations->by_id, g_strdup(id), g_steal_pointer(&part));
    else if (relations->targets && !g_ptr_array_find_with_equal_func(relations->targets, part, g_str_equal, NULL))
        g_ptr_array_add(relations->targets, g_steal_pointer(&part));
}

/* Parses the relationships of FROM into RELATIONS. */
static void read_relations(const Ooxml *package, const char *from, Relations *relations)
{
    const char *slash = from ? strrchr(from, '/') : NULL;
    g_autofree char *folder = slash ? g_strndup(from, (gsize)(slash - from) + 1) : g_strdup("");
    g_autofree char *name = g_strconcat(folder, "_rels/", from ? (slash ? slash + 1 : from) : "", ".rels", NULL);
    const GByteArray *part = ooxml_part(package, name);
    const OoxmlHandler handler = {.start = relation_start};
    relations->folder = folder;
    if (part)
        ooxml_parse(part, &handler, relations);
}

GPtrArray *ooxml_targets(const Ooxml *package, const char *from, const char *type)
{
    Relations relations = {.type = type, .targets = g_ptr_array_new_with_free_func(g_free)};
    read_relations(package, from, &relations);
    return relations.targets;
}

GHashTable *ooxml_relations(const Ooxml *package, const char *from)
{
    Relations relations = {.type = "", .by_id = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
    read_relations(package, from, &relations);
    return relations.by_id;
}
