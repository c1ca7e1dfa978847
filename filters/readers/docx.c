#include <string.h>

#include "readers/docx.h"
#include "readers/rows.h"

/* Parts that hold no text of the form; not unpacking them halves the work. */
static gboolean part_wanted(const char *name)
{
    static const char *const unwanted[] = {"customxml/", "docprops/", "/theme/", "/glossary/", "settings.xml",
                                           "fonttable.xml", "numbering.xml", "styleswitheffects.xml", "/comments",
                                           "people.xml", "[content_types].xml", "/styles", "/charts/", "/diagrams/"};
    for (guint i = 0; i < G_N_ELEMENTS(unwanted); i++)
        if (strstr(name, unwanted[i]))
            return FALSE;
    return TRUE;
}

static gboolean styles_wanted(const char *name)
{
    return strstr(name, "styles") != NULL && !strstr(name, "styleswitheffects");
}

/* Styles are ten times the size of a form and many forms use none: they are unpacked only for a body that names some. */
static GHashTable *read_headings(const ReadInput *input, const Ooxml *package, const char *main, const GByteArray *body)
{
    g_autoptr(GPtrArray) targets = ooxml_targets(package, main, "/styles");
    Status status = STATUS_READ;
    g_autoptr(Ooxml) styles = targets->len && memmem(body->data, body->len, "pStyle", 6)
                                  ? ooxml_open(input->bytes, input->length, styles_wanted, &status)
                                  : NULL;
    return docx_heading_styles(styles ? ooxml_part(styles, targets->pdata[0]) : NULL);
}

static gboolean same_bytes(gconstpointer a, gconstpointer b)
{
    const GByteArray *one = a, *other = b;
    return one->len == other->len && memcmp(one->data, other->data, one->len) == 0;
}

/* The stories of TYPE; the same header on first, odd and even pages is written once. */
static Status read_stories(const Ooxml *package, const char *main, const char *type, GHashTable *headings, Xhtml *out)
{
    g_autoptr(GPtrArray) targets = ooxml_targets(package, main, type);
    g_autoptr(GPtrArray) seen = g_ptr_array_new();
    const char *place = g_str_has_suffix(type, "notes") ? "footnote" : type + 1;
    Status status = STATUS_READ;
    for (guint i = 0; i < targets->len && status == STATUS_READ; i++) {
        const GByteArray *part = ooxml_part(package, targets->pdata[i]);
        if (!part || g_ptr_array_find_with_equal_func(seen, part, same_bytes, NULL))
            continue;
        g_ptr_array_add(seen, (gpointer)part);
        status = docx_story(part, place, headings, out);
    }
    return status;
}

Status docx_read(const ReadInput *input, Xhtml *out, G_GNUC_UNUSED Members *members)
{
    Status status = STATUS_READ;
    g_autoptr(Ooxml) package = ooxml_open(input->bytes, input->length, part_wanted, &status);
    if (!package)
        return status;
    g_autoptr(GPtrArray) mains = ooxml_targets(package, NULL, "/officeDocument");
    const char *main = mains->len ? mains->pdata[0] : "word/document.xml";
    const GByteArray *body = ooxml_part(package, main);
    if (!body)
        return STATUS_DAMAGED;
    g_autoptr(GHashTable) headings = read_headings(input, package, main, body);
    status = read_stories(package, main, "/header", headings, out);
    if (status == STATUS_READ)
        status = docx_story(body, NULL, headings, out);
    static const char *const after[] = {"/footnotes", "/endnotes", "/footer"};
    for (guint i = 0; i < G_N_ELEMENTS(after) && status == STATUS_READ; i++)
        status = read_stories(package, main, after[i], headings, out);
    return status;
}
