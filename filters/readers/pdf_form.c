#include <math.h>

#include "readers/pdf.h"

static PageControl *make_control(PopplerFormField *field)
{
    PageControl *control = g_new0(PageControl, 1);
    control->name = poppler_form_field_get_name(field);
    switch (poppler_form_field_get_field_type(field)) {
    case POPPLER_FORM_FIELD_TEXT:
        control->text = poppler_form_field_text_get_text(field);
        if (!control->text)
            control->text = g_strdup("");
        break;
    case POPPLER_FORM_FIELD_CHOICE: {
        g_autoptr(GString) chosen = g_string_new(NULL);
        for (int i = 0; i < poppler_form_field_choice_get_n_items(field); i++) {
            g_autofree char *item = poppler_form_field_choice_is_item_selected(field, i)
                                        ? poppler_form_field_choice_get_item(field, i) : NULL;
            if (item)
                g_string_append_printf(chosen, "%s%s", chosen->len ? "、" : "", item);
        }
        g_autofree char *typed = chosen->len ? NULL : poppler_form_field_choice_get_text(field);
        control->text = g_strdup(typed ? typed : chosen->str);
        break;
    }
    default: control->checked = poppler_form_field_button_get_state(field);
    }
    return control;
}

static gboolean is_read(PopplerFormField *field)
{
    PopplerFormFieldType type = poppler_form_field_get_field_type(field);
    return type == POPPLER_FORM_FIELD_TEXT || type == POPPLER_FORM_FIELD_CHOICE ||
           (type == POPPLER_FORM_FIELD_BUTTON &&
            poppler_form_field_button_get_button_type(field) != POPPLER_FORM_BUTTON_PUSH);
}

/* What a field draws is its value once more, and wrong where its font lacks the characters: the field's own value counts. */
static void drop_glyphs_in(Page *page, const PageBox *box)
{
    guint kept = 0;
    for (guint i = 0; i < page->glyphs->len; i++) {
        PageGlyph glyph = g_array_index(page->glyphs, PageGlyph, i);
        float x = (glyph.box.x0 + glyph.box.x1) / 2, y = (glyph.box.y0 + glyph.box.y1) / 2;
        if (glyph.control >= 0 || x < box->x0 || x > box->x1 || y < box->y0 || y > box->y1)
            g_array_index(page->glyphs, PageGlyph, kept++) = glyph;
    }
    g_array_set_size(page->glyphs, kept);
}

static gboolean same_area(const PopplerRectangle *a, const PopplerRectangle *b)
{
    return fabs(a->x1 - b->x1) + fabs(a->y1 - b->y1) + fabs(a->x2 - b->x2) + fabs(a->y2 - b->y2) < 1;
}

/* Takes what fields would draw away from the page, but signatures, which may be seals: poppler lays a value out anew and
 * embeds a whole Chinese font for it, seconds a page, and the value is known already. */
static void undraw_fields(PopplerPage *pdf, GList *fields)
{
    GList *annotations = poppler_page_get_annot_mapping(pdf);
    for (GList *at = annotations; at; at = at->next) {
        const PopplerAnnotMapping *drawn = at->data;
        gboolean known = FALSE;
        if (poppler_annot_get_annot_type(drawn->annot) != POPPLER_ANNOT_WIDGET)
            continue;
        for (GList *field = fields; field && !known; field = field->next) {
            const PopplerFormFieldMapping *mapping = field->data;
            known = is_read(mapping->field) && same_area(&mapping->area, &drawn->area);
        }
        if (known)
            poppler_page_remove_annot(pdf, drawn->annot);
    }
    poppler_page_free_annot_mapping(annotations);
}

void pdf_take_fields(PopplerPage *pdf, Page *page)
{
    GList *fields = poppler_page_get_form_field_mapping(pdf);
    for (GList *at = fields; at; at = at->next) {
        const PopplerFormFieldMapping *mapping = at->data;
        const PopplerRectangle *area = &mapping->area; /* origin bottom left */
        if (!is_read(mapping->field))
            continue;
        PageBox box = {(float)area->x1, page->height - (float)area->y2, (float)area->x2, page->height - (float)area->y1};
        drop_glyphs_in(page, &box);
        PageControl *control = make_control(mapping->field);
        PageGlyph glyph = {.c = control->text ? PAGE_FIELD : PAGE_TICK, .control = (int)page->controls->len, .box = box};
        g_ptr_array_add(page->controls, control);
        g_array_append_val(page->glyphs, glyph);
    }
    undraw_fields(pdf, fields);
    poppler_page_free_form_field_mapping(fields);
}

void pdf_take_notes(PopplerPage *pdf, Page *page)
{
    GList *annotations = poppler_page_get_annot_mapping(pdf);
    for (GList *at = annotations; at; at = at->next) {
        const PopplerAnnotMapping *mapping = at->data;
        const PopplerRectangle *area = &mapping->area; /* origin bottom left */
        if (poppler_annot_get_annot_type(mapping->annot) != POPPLER_ANNOT_FREE_TEXT ||
            poppler_annot_get_flags(mapping->annot) & (POPPLER_ANNOT_FLAG_HIDDEN | POPPLER_ANNOT_FLAG_NO_VIEW))
            continue;
        g_autofree char *text = poppler_annot_get_contents(mapping->annot);
        if (!text || !*text)
            continue;
        PageControl *control = g_new0(PageControl, 1);
        control->text = g_steal_pointer(&text);
        PageGlyph glyph = {.c = PAGE_FIELD, .control = (int)page->controls->len,
                           .box = {(float)area->x1, page->height - (float)area->y2, (float)area->x2, page->height - (float)area->y1}};
        g_ptr_array_add(page->controls, control);
        g_array_append_val(page->glyphs, glyph);
    }
    poppler_page_free_annot_mapping(annotations);
}
