#include <string.h>

#include "base/limits.h"
#include "readers/ofd.h"

/* A part while it is parsed: the text of the innermost element, and what the element around it said. */
typedef struct {
    OfdDocument *document;
    const char *part;
    char *folder;  /* what its places are relative to, when that is not PART itself */
    char *id;
    gboolean wanted;
    GPtrArray *list, *resources;
    GString *text;
} Load;

static void take_text(void *data, const char *text, int length)
{
    Load *load = data;
    if (load->text->len + (gsize)length < LIMIT_PATH_BYTES)
        g_string_append_len(load->text, text, length);
}

/* The place that the element's text names. */
static char *text_loc(Load *load)
{
    return *g_strstrip(load->text->str) ? ofd_loc(load->folder ? load->folder : load->part, load->text->str) : NULL;
}

static char *attr_loc(const Load *load, const xmlChar **attrs, int count, const char *name)
{
    g_autofree char *loc = ofd_attr_copy(attrs, count, name);
    return loc && *loc ? ofd_loc(load->part, loc) : NULL;
}

static gboolean run(Load *load, OfdPackage *package, const char *part, const OoxmlHandler *handler)
{
    load->part = part;
    load->text = g_string_new(NULL);
    gboolean parsed = ofd_parse(package, part, handler, load);
    g_string_free(load->text, TRUE);
    g_free(load->id);
    g_free(load->folder);
    load->text = NULL;
    load->id = load->folder = NULL;
    return parsed;
}

/* ---- OFD.xml (7.4) and the versions of a document (19) ---- */

typedef struct {
    Load load;
    OfdPackage *package;
    OfdBody *body;   /* being read */
    char *version;   /* the current one's path */
    char *root;      /* of a version's part */
} Entry;

static void body_free(OfdBody *body)
{
    g_free(body->root);
    g_free(body->signatures);
    g_free(body);
}

static void version_end(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name)
{
    Entry *entry = data;
    if (strcmp(name, "DocRoot") == 0 && !entry->root)
        entry->root = text_loc(&entry->load);
    g_string_truncate(entry->load.text, 0);
}

/* The root that the version described at PATH has; NULL when it says none. */
static char *version_root(OfdPackage *package, const char *path)
{
    const OoxmlHandler handler = {.end = version_end, .text = take_text};
    Entry entry = {.package = package};
    run(&entry.load, package, path, &handler);
    return entry.root;
}

static void set_once(char **place, char *value)
{
    if (*place)
        g_free(value);
    else
        *place = value;
}

static void entry_start(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name, const xmlChar **attrs, int count)
{
    Entry *entry = data;
    /* Some writers list the signatures here, too, after the name of the part that does. */
    if (strcmp(name, "Signature") == 0 && entry->body)
        set_once(&entry->body->signatures, text_loc(&entry->load));
    g_string_truncate(entry->load.text, 0);
    if (strcmp(name, "DocBody") == 0 && !entry->body) {
        entry->body = g_new0(OfdBody, 1);
    } else if (strcmp(name, "Version") == 0 && ofd_attr_is(attrs, count, "Current", "true")) {
        g_free(entry->version);
        entry->version = attr_loc(&entry->load, attrs, count, "BaseLoc");
    }
}

static void entry_end(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name)
{
    Entry *entry = data;
    OfdBody *body = entry->body;
    if (body && strcmp(name, "DocRoot") == 0) {
        set_once(&body->root, text_loc(&entry->load));
    } else if (body && strcmp(name, "Signatures") == 0) {
        set_once(&body->signatures, text_loc(&entry->load));
    } else if (body && strcmp(name, "DocBody") == 0) {
        g_autofree char *current = entry->version ? version_root(entry->package, entry->version) : NULL;
        if (current && ofd_part(entry->package, current)) {
            g_free(body->root);
            body->root = g_steal_pointer(&current);
        }
        g_clear_pointer(&entry->version, g_free);
        g_ptr_array_add(entry->load.list, g_steal_pointer(&entry->body));
    }
    g_string_truncate(entry->load.text, 0);
}

GPtrArray *ofd_bodies(OfdPackage *package)
{
    const OoxmlHandler handler = {.start = entry_start, .end = entry_end, .text = take_text};
    Entry entry = {.package = package, .load.list = g_ptr_array_new_with_free_func((GDestroyNotify)body_free)};
    run(&entry.load, package, "OFD.xml", &handler);
    g_clear_pointer(&entry.body, body_free);
    g_free(entry.version);
    return entry.load.list;
}

/* ---- resources (7.9) ---- */

static void resource_start(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name, const xmlChar **attrs, int count)
{
    Load *load = data;
    g_string_truncate(load->text, 0);
    if (strcmp(name, "Res") == 0 && !load->folder) {
        g_autofree char *base = attr_loc(load, attrs, count, "BaseLoc");
        load->folder = base ? g_strconcat(base, *base ? "/" : "", NULL) : NULL;
    } else if (strcmp(name, "MultiMedia") == 0) {
        g_free(load->id);
        load->id = ofd_attr_copy(attrs, count, "ID");
        load->wanted = ofd_attr_is(attrs, count, "Type", "Image");
    } else if (strcmp(name, "CompositeGraphicUnit") == 0) {
        char *id = ofd_attr_copy(attrs, count, "ID");
        if (id)
            g_hash_table_replace(load->document->composites, id, g_strdup(load->part));
    }
}

static void resource_end(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name)
{
    Load *load = data;
    if (strcmp(name, "MediaFile") == 0 && load->id && load->wanted) {
        char *path = text_loc(load);
        if (path)
            g_hash_table_replace(load->document->pictures, g_strdup(load->id), path);
    }
    g_string_truncate(load->text, 0);
}

/* ---- annotations' list (15) ---- */

static void annotations_start(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name, const xmlChar **attrs, int count)
{
    Load *load = data;
    g_string_truncate(load->text, 0);
    if (strcmp(name, "Page") != 0)
        return;
    g_free(load->id);
    load->id = ofd_attr_copy(attrs, count, "PageID");
}

static void annotations_end(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name)
{
    Load *load = data;
    char *path = strcmp(name, "FileLoc") == 0 && load->id ? text_loc(load) : NULL;
    if (path)
        g_hash_table_replace(load->document->annotated, g_steal_pointer(&load->id), path);
    g_string_truncate(load->text, 0);
}

/* ---- Document.xml (7.5) ---- */

static void ref_free(OfdRef *ref)
{
    g_free(ref->id);
    g_free(ref->path);
    g_free(ref);
}

static void document_start(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name, const xmlChar **attrs, int count)
{
    Load *load = data;
    g_string_truncate(load->text, 0);
    gboolean page = strcmp(name, "Page") == 0;
    if (!page && strcmp(name, "TemplatePage") != 0)
        return;
    char *id = ofd_attr_copy(attrs, count, "ID"), *path = attr_loc(load, attrs, count, "BaseLoc");
    if (page) {
        OfdRef *ref = g_new0(OfdRef, 1);
        *ref = (OfdRef){id, path};
        g_ptr_array_add(load->document->pages, ref);
    } else if (id && path) {
        g_hash_table_replace(load->document->templates, id, path);
    } else {
        g_free(id);
        g_free(path);
    }
}

static void document_end(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name)
{
    Load *load = data;
    OfdDocument *document = load->document;
    double box[4];
    if (strcmp(name, "PhysicalBox") == 0) {
        OfdSpan text = {load->text->str, load->text->str + load->text->len};
        if (ofd_numbers(text, box, 4) == 4 && box[2] > 0 && box[3] > 0)
            document->width = box[2], document->height = box[3];
    } else if (strcmp(name, "PublicRes") == 0 || strcmp(name, "DocumentRes") == 0) {
        char *path = text_loc(load);
        if (path && !g_ptr_array_find_with_equal_func(load->resources, path, g_str_equal, NULL) &&
            load->resources->len < LIMIT_ARCHIVE_MEMBERS)
            g_ptr_array_add(load->resources, path);
        else
            g_free(path);
    } else if (strcmp(name, "Annotations") == 0 && load->list->len == 0) {
        char *path = text_loc(load);
        if (path)
            g_ptr_array_add(load->list, path);
    } else if (strcmp(name, "Attachments") == 0) {
        set_once(&document->attachments, text_loc(load));
    }
    g_string_truncate(load->text, 0);
}

static OfdDocument *document_new(OfdPackage *package)
{
    enum { A4_WIDTH = 210, A4_HEIGHT = 297 };
    OfdDocument *document = g_new0(OfdDocument, 1);
    document->package = package;
    document->width = A4_WIDTH;
    document->height = A4_HEIGHT;
    document->pages = g_ptr_array_new_with_free_func((GDestroyNotify)ref_free);
    document->templates = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    document->annotated = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    document->pictures = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    document->composites = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return document;
}

void ofd_document_free(OfdDocument *document)
{
    if (!document)
        return;
    g_ptr_array_unref(document->pages);
    g_hash_table_unref(document->templates);
    g_hash_table_unref(document->annotated);
    g_hash_table_unref(document->pictures);
    g_hash_table_unref(document->composites);
    g_free(document->attachments);
    g_free(document);
}

OfdDocument *ofd_document_load(OfdPackage *package, const char *path)
{
    const OoxmlHandler main = {.start = document_start, .end = document_end, .text = take_text};
    const OoxmlHandler resource = {.start = resource_start, .end = resource_end, .text = take_text};
    const OoxmlHandler annotations = {.start = annotations_start, .end = annotations_end, .text = take_text};
    g_autoptr(OfdDocument) document = document_new(package);
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) resources = g_ptr_array_new_with_free_func(g_free);
    Load load = {.document = document, .list = list, .resources = resources};
    /* What was read before a fault in the list is still worth showing. */
    run(&load, package, path, &main);
    if (document->pages->len == 0)
        return NULL;
    for (guint i = 0; i < resources->len; i++)
        run(&load, package, resources->pdata[i], &resource);
    if (list->len > 0)
        run(&load, package, list->pdata[0], &annotations);
    return g_steal_pointer(&document);
}

/* ---- attachments (20) ---- */

static void attachment_free(OfdAttachment *attachment)
{
    g_free(attachment->name);
    g_free(attachment->path);
    g_free(attachment);
}

static void attachments_start(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name, const xmlChar **attrs, int count)
{
    Load *load = data;
    g_string_truncate(load->text, 0);
    if (strcmp(name, "Attachment") != 0)
        return;
    g_free(load->id);
    load->id = ofd_attr_copy(attrs, count, "Name");
}

/* The file's own name tells its type; the name it is shown by often lacks the ending. */
static char *attachment_name(const char *shown, const char *path)
{
    g_autofree char *base = g_path_get_basename(path);
    const char *ending = strrchr(base, '.');
    if (!shown || !*shown)
        return g_steal_pointer(&base);
    gboolean ends = !ending || (strlen(shown) > strlen(ending) &&
                                g_ascii_strcasecmp(shown + strlen(shown) - strlen(ending), ending) == 0);
    return g_strconcat(shown, ends ? "" : ending, NULL);
}

static void attachments_end(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name)
{
    Load *load = data;
    char *path = strcmp(name, "FileLoc") == 0 ? text_loc(load) : NULL;
    if (path && load->list->len < LIMIT_ARCHIVE_MEMBERS) {
        OfdAttachment *attachment = g_new0(OfdAttachment, 1);
        *attachment = (OfdAttachment){attachment_name(load->id, path), path};
        g_ptr_array_add(load->list, attachment);
    } else {
        g_free(path);
    }
    g_string_truncate(load->text, 0);
}

GPtrArray *ofd_attachments(const OfdDocument *document)
{
    const OoxmlHandler handler = {.start = attachments_start, .end = attachments_end, .text = take_text};
    Load load = {.list = g_ptr_array_new_with_free_func((GDestroyNotify)attachment_free)};
    if (document->attachments)
        run(&load, document->package, document->attachments, &handler);
    return load.list;
}
