#include "readers/doc.h"
#include "readers/ole.h"

#define HEADER 0x44 /* of the NilPICF in front (2.9.158) */
#define UNSET 25    /* iRes: the user chose nothing, the preset holds */
#define LIST_MAX 200
#define NAME_MAX 255 /* characters of a name or entry; Word allows 20 and 50 */

/* An Xstz at *AT: a count, the characters, a zero. *AT moves behind it. */
static Span take_string(Span form, gsize *at)
{
    gsize bytes = 2 * (gsize)span_u16(form, *at);
    Span text = span_part(form, *at + 2, bytes);
    *at += 2 + bytes + 2;
    return text;
}

/* At most NAME_MAX characters of a name; caller frees. */
static char *short_text(Span text)
{
    return ole_utf16((Span){text.data, MIN(text.length, 2 * NAME_MAX)});
}

/* The entry NUMBER of the STTB (2.9.282) of a list. */
static char *list_entry(Span form, gsize at, guint number)
{
    guint count = MIN(span_u16(form, at + 2), LIST_MAX);
    at += 6;
    for (guint i = 0; i < count; i++) {
        gsize bytes = 2 * (gsize)span_u16(form, at);
        if (i == number)
            return short_text(span_part(form, at + 2, bytes));
        at += 2 + bytes;
    }
    return NULL;
}

gboolean doc_form_read(const Doc *doc, gint64 location, DocForm *ret)
{
    Span all = location < 0 ? (Span){NULL, 0} : span_from(doc->data, (gsize)location);
    gsize header = span_u16(all, 4), length = span_u32(all, 0);
    Span form = header >= HEADER && length > header ? span_part(all, header, length - header) : (Span){NULL, 0};
    if (form.length < 10 || span_u32(form, 0) != 0xffffffff || !doc_step(doc, LIST_MAX))
        return FALSE;
    guint16 bits = span_u16(form, 4);
    guint result = bits >> 2 & 0x1f;
    gsize at = 10;
    g_autofree char *name = short_text(take_string(form, &at));
    *ret = (DocForm){.type = (bits & 3) == 1 ? FORM_CHECKBOX : (bits & 3) == 2 ? FORM_LIST : FORM_TEXT};
    g_utf8_strncpy(ret->name, name, (sizeof ret->name - 1) / 3);
    if (ret->type == FORM_TEXT)
        return TRUE;
    if (result == UNSET)
        result = span_u16(form, at);
    at += 2;
    ret->checked = result == 1;
    for (guint i = 0; i < 5; i++) /* format, help, status, macros at entry and exit */
        take_string(form, &at);
    if (ret->type == FORM_LIST)
        ret->choice = list_entry(form, at, result);
    return TRUE;
}
