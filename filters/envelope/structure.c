#include <string.h>

#include <gmime/gmime.h>

#include "base/limits.h"
#include "envelope/bounds.h"
#include "envelope/structure.h"

static void header_free(gpointer data)
{
    Header *header = data;
    g_free(header->name);
    g_free(header->value);
    g_free(header);
}

static void entity_free(gpointer data)
{
    Entity *entity = data;
    g_free(entity->path);
    g_clear_pointer(&entity->headers, g_ptr_array_unref);
    g_clear_pointer(&entity->children, g_ptr_array_unref);
    g_clear_pointer(&entity->content, g_bytes_unref);
    g_free(entity);
}

void structure_free(Structure *structure)
{
    if (!structure)
        return;
    entity_free(structure->root);
    g_free(structure);
}

const char *header_first(const GPtrArray *headers, const char *name)
{
    for (guint i = 0; i < headers->len; i++) {
        const Header *header = headers->pdata[i];
        if (g_ascii_strcasecmp(header->name, name) == 0)
            return header->value;
    }
    return NULL;
}

static GMimeParserOptions *loose; /* set once, before the jail; only read afterwards */

void structure_init(void)
{
    static const char *const nested[] = {"rfc822", "rfc2822", "global", "news", "partial"};
    static const char *charsets[] = {"utf-8", "gb18030", NULL};
    g_mime_init();
    for (gsize i = 0; i < G_N_ELEMENTS(nested); i++)
        g_mime_object_register_type("message", nested[i], GMIME_TYPE_PART);
    loose = g_mime_parser_options_new();
    g_mime_parser_options_set_address_compliance_mode(loose, GMIME_RFC_COMPLIANCE_LOOSE);
    g_mime_parser_options_set_parameter_compliance_mode(loose, GMIME_RFC_COMPLIANCE_LOOSE);
    g_mime_parser_options_set_rfc2047_compliance_mode(loose, GMIME_RFC_COMPLIANCE_LOOSE);
    g_mime_parser_options_set_fallback_charsets(loose, charsets);
}

char *structure_boundary(const char *content_type)
{
    while (g_ascii_isspace(*content_type))
        content_type++;
    if (g_ascii_strncasecmp(content_type, "multipart", 9) != 0)
        return NULL;
    GMimeContentType *type = g_mime_content_type_parse(loose, content_type);
    char *boundary = g_strdup(g_mime_content_type_get_parameter(type, "boundary"));
    g_object_unref(type);
    return boundary;
}

static GPtrArray *copy_headers(GMimeObject *object)
{
    GPtrArray *headers = g_ptr_array_new_with_free_func(header_free);
    GMimeHeaderList *list = g_mime_object_get_header_list(object);
    for (int i = 0; i < g_mime_header_list_get_count(list); i++) {
        GMimeHeader *from = g_mime_header_list_get_header_at(list, i);
        const char *value = g_mime_header_get_raw_value(from);
        Header *header = g_new0(Header, 1);
        header->name = g_strdup(g_mime_header_get_name(from));
        header->value = g_strdup(value ? value : "");
        g_ptr_array_add(headers, header);
    }
    return headers;
}

/* A leaf's encoded bytes stand in the message itself: GMime keeps them as a window over the stream we gave
 * it. */
static GBytes *content_of(GMimeObject *object, GBytes *message)
{
    GMimeDataWrapper *wrapper = GMIME_IS_PART(object) ? g_mime_part_get_content(GMIME_PART(object)) : NULL;
    GMimeStream *stream = wrapper ? g_mime_data_wrapper_get_stream(wrapper) : NULL;
    gint64 size = (gint64)g_bytes_get_size(message);
    gint64 start = stream ? CLAMP(stream->bound_start, 0, size) : 0;
    gint64 end = stream && stream->bound_end >= 0 ? CLAMP(stream->bound_end, start, size)
                 : stream                         ? size
                                                  : start;
    return g_bytes_new_from_bytes(message, (gsize)start, (gsize)(end - start));
}

typedef struct {
    GBytes *message;
    Structure *structure;
    guint leaves;
} Walk;

static Entity *walk_entity(Walk *walk, GMimeObject *object, char *path, guint depth)
{
    Entity *entity = g_new0(Entity, 1);
    entity->path = path;
    entity->headers = copy_headers(object);
    int count = GMIME_IS_MULTIPART(object) ? g_mime_multipart_get_count(GMIME_MULTIPART(object)) : 0;
    if (count == 0) {
        entity->content = content_of(object, walk->message);
        walk->leaves++;
        return entity;
    }
    entity->children = g_ptr_array_new_with_free_func(entity_free);
    for (int i = 0; i < count; i++) {
        if (walk->leaves >= LIMIT_MIME_PARTS) {
            walk->structure->too_many = TRUE;
            break;
        }
        if (depth >= LIMIT_MIME_DEPTH) {
            walk->structure->too_deep = TRUE;
            break;
        }
        char *child = *path ? g_strdup_printf("%s.%d", path, i + 1) : g_strdup_printf("%d", i + 1);
        g_ptr_array_add(
            entity->children,
            walk_entity(walk, g_mime_multipart_get_part(GMIME_MULTIPART(object), i), child, depth + 1));
    }
    return entity;
}

/* GMime makes nothing of an empty message. */
static Entity *empty_entity(GBytes *message)
{
    Entity *entity = g_new0(Entity, 1);
    entity->path = g_strdup("1");
    entity->headers = g_ptr_array_new_with_free_func(header_free);
    entity->content = g_bytes_ref(message);
    return entity;
}

static GMimeObject *parse(GByteArray *array)
{
    GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(array);
    /* Told apart from an owner, the stream leaves the array to us. */
    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
    g_mime_parser_set_persist_stream(parser, TRUE);
    /* As a part, not as a message: GMime would parse every address otherwise, for nothing. */
    GMimeObject *object = g_mime_parser_construct_part(parser, loose);
    g_object_unref(parser);
    g_object_unref(stream);
    return object;
}

/* The message with its top-level headers cut to the limit at a line end. */
static GBytes *shorten_headers(GBytes *message, gsize headers_end)
{
    gsize length;
    const char *bytes = g_bytes_get_data(message, &length);
    GByteArray *kept = g_byte_array_new();
    const char *line_end = memrchr(bytes, '\n', LIMIT_HEADER_BYTES - 1);
    g_byte_array_append(kept, (const guint8 *)bytes, line_end ? (guint)(line_end - bytes) + 1 : 0);
    g_byte_array_append(kept, (const guint8 *)"\n", 1);
    g_byte_array_append(kept, (const guint8 *)bytes + headers_end, (guint)(length - headers_end));
    return g_byte_array_free_to_bytes(kept);
}

/* A multipart none of whose boundaries occurs would lose all its text: it becomes one leaf. */
static void keep_unparted(Entity *root, GBytes *message, gsize headers_end)
{
    if (root->children || g_bytes_get_size(root->content) > 0)
        return;
    g_bytes_unref(root->content);
    headers_end = MIN(headers_end, g_bytes_get_size(message));
    root->content = g_bytes_new_from_bytes(message, headers_end, g_bytes_get_size(message) - headers_end);
}

Structure *structure_read(GBytes *message)
{
    Structure *structure = g_new0(Structure, 1);
    Bounds bounds = bounds_scan(g_bytes_get_data(message, NULL), g_bytes_get_size(message));
    g_autoptr(GBytes) owned =
        bounds.headers_too_long ? shorten_headers(message, bounds.headers_end) : g_bytes_ref(message);
    if (bounds.headers_too_long)
        bounds = bounds_scan(g_bytes_get_data(owned, NULL), g_bytes_get_size(owned));
    structure->too_many = bounds.too_many || owned != message;
    structure->too_deep = bounds.too_deep;
    GByteArray *array = g_byte_array_new_take((guint8 *)g_bytes_get_data(owned, NULL), bounds.length);
    GMimeObject *object = parse(array);
    gboolean multipart = object && GMIME_IS_MULTIPART(object);
    Walk walk = {.message = owned, .structure = structure};
    structure->root =
        object ? walk_entity(&walk, object, g_strdup(multipart ? "" : "1"), 1) : empty_entity(owned);
    g_clear_object(&object);
    g_byte_array_steal(array, NULL);
    g_byte_array_unref(array);
    keep_unparted(structure->root, owned, bounds.headers_end);
    if (!structure->root->children && multipart) {
        g_free(structure->root->path);
        structure->root->path = g_strdup("1");
    }
    return structure;
}
