#include <string.h>

#include "base/limits.h"
#include "readers/ofd.h"

#define STAMPS 500 /* whose page is looked for: a seal over the edges of all pages has one on each */

/* One entry of the list (18.1). */
typedef struct {
    char *path;
    gboolean plain; /* Type="Sign": without a seal */
} Entry;

typedef struct {
    OfdDocument *document;
    const char *part;
    int first;          /* number of the document's first page */
    Xhtml *out;
    GArray *entries;
    GString *text;
    char *provider, *company, *date;
    guint stamps;       /* seen so far */
    gboolean seal, boxed; /* the signature bears a seal; the place of one is said */
} Signs;

static void take_text(void *data, const char *text, int length)
{
    Signs *signs = data;
    if (signs->text->len + (gsize)length < LIMIT_PATH_BYTES)
        g_string_append_len(signs->text, text, length);
}

static void list_start(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name, const xmlChar **attrs, int count)
{
    Signs *signs = data;
    g_autofree char *loc = strcmp(name, "Signature") == 0 ? ofd_attr_copy(attrs, count, "BaseLoc") : NULL;
    Entry entry = {loc ? ofd_loc(signs->part, loc) : NULL, ofd_attr_is(attrs, count, "Type", "Sign")};
    if (entry.path && signs->entries->len < LIMIT_SIGNATURES)
        g_array_append_val(signs->entries, entry);
    else
        g_free(entry.path);
}

/* The number of the page with the id ID, and its size in millimetres; 0 when there is none. */
static int page_of(Signs *signs, const char *id, double *width, double *height)
{
    const OfdDocument *document = signs->document;
    for (guint i = 0; id && i < document->pages->len; i++) {
        const OfdRef *ref = document->pages->pdata[i];
        if (g_strcmp0(ref->id, id) != 0)
            continue;
        g_autoptr(GArray) pictures = g_array_new(FALSE, FALSE, sizeof(OfdPicture));
        g_autoptr(GArray) drawings = g_array_new(FALSE, FALSE, sizeof(PageBox));
        g_autoptr(Page) page = ofd_page_read(signs->document, i, 1, pictures, drawings);
        *width = page ? (double)page->width / OFD_POINTS : document->width;
        *height = page ? (double)page->height / OFD_POINTS : document->height;
        return signs->first + (int)i;
    }
    return 0;
}

/* A seal's place on a page (18.2.3). */
static void take_stamp(Signs *signs, const xmlChar **attrs, int count)
{
    double box[4], width = 1, height = 1;
    signs->seal = TRUE;
    if (signs->boxed || ++signs->stamps > STAMPS || ofd_numbers(ofd_attr(attrs, count, "Boundary"), box, 4) < 4)
        return;
    g_autofree char *id = ofd_attr_copy(attrs, count, "PageRef");
    int page = page_of(signs, id, &width, &height);
    if (!page)
        return;
    g_autofree char *place = g_strdup_printf(
        "%d %.4f %.4f %.4f %.4f", page, CLAMP(box[0] / width, 0, 1), CLAMP(box[1] / height, 0, 1),
        CLAMP((box[0] + box[2]) / width, 0, 1), CLAMP((box[1] + box[3]) / height, 0, 1));
    xhtml_meta(signs->out, "seal-box", place);
    signs->boxed = TRUE;
}

static void sign_start(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name, const xmlChar **attrs, int count)
{
    Signs *signs = data;
    g_string_truncate(signs->text, 0);
    if (strcmp(name, "Provider") == 0) {
        g_free(signs->provider);
        g_free(signs->company);
        signs->provider = ofd_attr_copy(attrs, count, "ProviderName");
        signs->company = ofd_attr_copy(attrs, count, "Company");
    } else if (strcmp(name, "StampAnnot") == 0) {
        take_stamp(signs, attrs, count);
    } else if (strcmp(name, "Seal") == 0) {
        signs->seal = TRUE;
    }
}

static void sign_end(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name)
{
    Signs *signs = data;
    if (strcmp(name, "SignatureDateTime") == 0) {
        g_free(signs->date);
        signs->date = g_strstrip(g_strdup(signs->text->str));
    }
    g_string_truncate(signs->text, 0);
}

/* "20200723130907.763Z" or "200723130907Z" as "2020-07-23 13:09:07"; other notations stay as they are. */
static char *readable_date(const char *date)
{
    gsize digits = strspn(date, "0123456789");
    if (digits != 14 && digits != 12 && digits != 8)
        return g_strdup(date);
    const char *from = digits == 12 ? date : date + 2;
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text, "%.2s%.2s-%.2s-%.2s", digits == 12 ? "20" : date, from, from + 2, from + 4);
    if (digits > 8)
        g_string_append_printf(text, " %.2s:%.2s:%.2s", from + 6, from + 8, from + 10);
    return g_strdup(text->str);
}

static void say(Signs *signs, const Entry *entry)
{
    g_autoptr(GString) said = g_string_new(signs->provider && *signs->provider ? signs->provider : "unknown provider");
    if (signs->company && *signs->company && g_strcmp0(signs->company, signs->provider) != 0)
        g_string_append_printf(said, " (%s)", signs->company);
    g_autofree char *date = signs->date && *signs->date ? readable_date(signs->date) : NULL;
    if (date)
        g_string_append_printf(said, ", %s", date);
    g_string_append(said, signs->seal && !entry->plain ? ", seal, not verified" : ", not verified");
    xhtml_meta(signs->out, "signature", said->str);
}

static void read_one(Signs *signs, const Entry *entry)
{
    const OoxmlHandler handler = {.start = sign_start, .end = sign_end, .text = take_text};
    signs->seal = FALSE;
    signs->part = entry->path;
    g_string_truncate(signs->text, 0);
    ofd_parse(signs->document->package, entry->path, &handler, signs);
    say(signs, entry);
    g_clear_pointer(&signs->provider, g_free);
    g_clear_pointer(&signs->company, g_free);
    g_clear_pointer(&signs->date, g_free);
}

static void entry_clear(gpointer data)
{
    g_free(((Entry *)data)->path);
}

gboolean ofd_say_signatures(OfdDocument *document, const char *path, int first, Xhtml *out)
{
    const OoxmlHandler handler = {.start = list_start};
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    g_autoptr(GString) text = g_string_new(NULL);
    g_array_set_clear_func(entries, entry_clear);
    Signs signs = {.document = document, .part = path, .first = first, .out = out, .entries = entries, .text = text};
    gboolean any_seal = FALSE;
    ofd_parse(document->package, path, &handler, &signs);
    for (guint i = 0; i < entries->len; i++) {
        read_one(&signs, &g_array_index(entries, Entry, i));
        any_seal = any_seal || signs.seal;
    }
    return any_seal;
}
