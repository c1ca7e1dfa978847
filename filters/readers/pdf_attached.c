#include "base/limits.h"
#include "readers/member.h"
#include "readers/pdf.h"

/* What is handed on, and how much of it there was. */
typedef struct {
    Members *members;
    gsize packed;
    GByteArray *bytes; /* of the file being unpacked */
    guint64 expanded;  /* of all so far */
    guint count;
} Handing;

#define RATIO_FREE_BYTES (1 << 20) /* a ratio says nothing about less than this */

static gboolean take_bytes(const char *bytes, gsize length, gpointer data, G_GNUC_UNUSED GError **error)
{
    Handing *handing = data;
    handing->expanded += length;
    if (handing->expanded > LIMIT_EXPANDED_BYTES ||
        (handing->expanded > RATIO_FREE_BYTES && handing->expanded / LIMIT_EXPANDED_RATIO > handing->packed))
        return FALSE;
    g_byte_array_append(handing->bytes, (const guint8 *)bytes, (guint)length);
    return TRUE;
}

/* FALSE: stop, a limit was reached. */
static gboolean hand_on(Handing *handing, PopplerAttachment *attachment)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    const char *own = poppler_attachment_get_name(attachment);
    g_autofree char *name = member_name(own && *own ? own : NULL);
    handing->bytes = bytes;
    if (++handing->count > LIMIT_ARCHIVE_MEMBERS)
        return FALSE;
    gboolean whole = poppler_attachment_save_to_callback(attachment, take_bytes, handing, NULL);
    Status status = whole ? STATUS_READ : STATUS_TOO_LARGE;
    return handing->members->member(handing->members, name, bytes->data, whole ? bytes->len : 0, status) && whole;
}

static gboolean hand_on_page(Handing *handing, PopplerPage *page)
{
    gboolean go_on = TRUE;
    GList *annotations = poppler_page_get_annot_mapping(page);
    for (GList *at = annotations; at && go_on; at = at->next) {
        PopplerAnnot *annotation = ((PopplerAnnotMapping *)at->data)->annot;
        if (!POPPLER_IS_ANNOT_FILE_ATTACHMENT(annotation))
            continue;
        PopplerAttachment *attachment =
            poppler_annot_file_attachment_get_attachment(POPPLER_ANNOT_FILE_ATTACHMENT(annotation));
        go_on = !attachment || hand_on(handing, attachment);
        g_clear_object(&attachment);
    }
    poppler_page_free_annot_mapping(annotations);
    return go_on;
}

void pdf_attached(PopplerDocument *document, gsize packed, Members *members)
{
    Handing handing = {.members = members, .packed = packed};
    gboolean go_on = TRUE;
    GList *attachments = poppler_document_get_attachments(document);
    for (GList *at = attachments; at && go_on; at = at->next)
        go_on = hand_on(&handing, at->data);
    g_list_free_full(attachments, g_object_unref);
    for (int i = 0; i < MIN(poppler_document_get_n_pages(document), LIMIT_PAGES) && go_on; i++) {
        PopplerPage *page = poppler_document_get_page(document, i);
        go_on = !page || hand_on_page(&handing, page);
        g_clear_object(&page);
    }
}
