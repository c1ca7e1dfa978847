#include <string.h>

#include "readers/docx.h"
#include "readers/pictures_zip.h"
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

static gboolean looks_wanted(const char *name)
{
    return (strstr(name, "styles") && !strstr(name, "styleswitheffects")) || strstr(name, "numbering");
}

static const GByteArray *related(const Ooxml *package, const Ooxml *looks, const char *main, const char *type)
{
    g_autoptr(GPtrArray) targets = ooxml_targets(package, main, type);
    return looks && targets->len ? ooxml_part(looks, targets->pdata[0]) : NULL;
}

/* Styles are ten times the size of a form and many forms use none: they are unpacked only for a body that names some. */
static void read_looks(const ReadInput *input, const Ooxml *package, const char *main, const GByteArray *body, DocxLooks *ret)
{
    gboolean wanted = body->len && (memmem(body->data, body->len, "pStyle", 6) || memmem(body->data, body->len, "numPr", 5));
    Status status = STATUS_READ;
    g_autoptr(Ooxml) looks = wanted ? ooxml_open(input->bytes, input->length, looks_wanted, &status) : NULL;
    ret->styles = docx_styles(related(package, looks, main, "/styles"));
    ret->numbers = docx_numbers_new(related(package, looks, main, "/numbering"));
}

static gboolean same_bytes(gconstpointer a, gconstpointer b)
{
    const GByteArray *one = a, *other = b;
    return one->len == other->len && memcmp(one->data, other->data, one->len) == 0;
}

/* The stories of TYPE; the same header on first, odd and even pages is written once. */
static Status read_stories(const Ooxml *package, const char *main, const char *type, const DocxLooks *looks, Xhtml *out)
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
        status = docx_story(part, place, looks, out);
    }
    return status;
}

static Status read_all_stories(const Ooxml *package, const char *main, const GByteArray *body, const DocxLooks *looks, Xhtml *out)
{
    static const char *const after[] = {"/footnotes", "/endnotes", "/footer"};
    Status status = read_stories(package, main, "/header", looks, out);
    if (status == STATUS_READ)
        status = docx_story(body, NULL, looks, out);
    for (guint i = 0; i < G_N_ELEMENTS(after) && status == STATUS_READ; i++)
        status = read_stories(package, main, after[i], looks, out);
    return status;
}

/* The pictures of the body; those of headers and footers are letterheads. */
static void look_at_pictures(const ReadInput *input, const Ooxml *package, const char *main, Xhtml *out, Members *members)
{
    g_autoptr(GPtrArray) pictures = ooxml_targets(package, main, "/image");
    pictures_in_zip_named(input, pictures, out, members);
}

static gboolean is_xml(const ReadInput *input)
{
    gsize at = input->length >= 3 && memcmp(input->bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    return at < input->length && input->bytes[at] == '<';
}

/* One XML file with everything in it: a flat package, or WordprocessingML of 2003, whose elements are nearly the same. Each
 * of its parts is found by the elements only it has. */
static Status read_flat(const ReadInput *input, Xhtml *out)
{
    const GByteArray whole = {.data = (guint8 *)input->bytes, .len = (guint)input->length};
    DocxLooks looks = {.styles = docx_styles(&whole), .numbers = docx_numbers_new(&whole)};
    Status status = docx_story(&whole, NULL, &looks, out);
    g_hash_table_unref(looks.styles);
    docx_numbers_free(looks.numbers);
    return status;
}

Status docx_read(const ReadInput *input, Xhtml *out, Members *members)
{
    Status status = STATUS_READ;
    if (is_xml(input))
        return read_flat(input, out);
    g_autoptr(Ooxml) package = ooxml_open(input->bytes, input->length, part_wanted, &status);
    if (!package)
        return status;
    g_autoptr(GPtrArray) mains = ooxml_targets(package, NULL, "/officeDocument");
    const char *main = mains->len ? mains->pdata[0] : "word/document.xml";
    const GByteArray *body = ooxml_part(package, main);
    if (!body)
        return STATUS_DAMAGED;
    DocxLooks looks = {.styles = NULL};
    read_looks(input, package, main, body, &looks);
    status = read_all_stories(package, main, body, &looks, out);
    g_hash_table_unref(looks.styles);
    docx_numbers_free(looks.numbers);
    if (status == STATUS_READ) {
        look_at_pictures(input, package, main, out, members);
        docx_attached(input, package, main, members);
    }
    return status;
}
