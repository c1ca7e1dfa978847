#include <stdlib.h>
#include <string.h>

#include "readers/blocks.h"
#include "readers/odf.h"

enum { BLANKS_MAX = 100 }; /* of one text:s */

guint odf_count(const xmlChar **attrs, int count, const char *name, guint most)
{
    char value[16];
    if (!ooxml_attr(attrs, count, name, value, sizeof value))
        return 1;
    return (guint)CLAMP(g_ascii_strtoll(value, NULL, 10), 1, (gint64)most);
}

static void skip(OdfStory *story)
{
    story->skip_from = story->depth;
}

static gboolean is_true(const xmlChar **attrs, int count, const char *name)
{
    char value[8];
    return ooxml_attr(attrs, count, name, value, sizeof value) && strcmp(value, "true") == 0;
}

/* ---- text ---- */

static void start_block(OdfStory *story, const char *name, const xmlChar **attrs, int count)
{
    const OdfStyle *style = odf_style(&story->styles, "paragraph", attrs, count);
    if (style->hidden) {
        skip(story);
        return;
    }
    gboolean heading = *name == 'h', outlined = style->outlined && !is_true(attrs, count, "is-list-header");
    guint level = heading ? odf_count(attrs, count, "outline-level", ODF_LIST_LEVELS) : 0;
    g_autofree char *number = story->spreadsheet ? NULL : odf_list_number(&story->lists);
    if (!number && heading && outlined)
        number = odf_heading_number(&story->lists, level);
    odf_para_start(story, MIN(level, 6), style, number);
}

static void start_span(OdfStory *story, const xmlChar **attrs, int count)
{
    const OdfStyle *style = odf_style(&story->styles, "text", attrs, count);
    gpointer above = story->fonts->len ? story->fonts->pdata[story->fonts->len - 1] : NULL;
    if (style->hidden)
        skip(story);
    else
        g_ptr_array_add(story->fonts, *style->font ? (gpointer)style->font : above);
}

static void start_blanks(OdfStory *story, const xmlChar **attrs, int count)
{
    for (guint left = odf_count(attrs, count, "c", BLANKS_MAX); left > 0; left--)
        odf_put_text(story, " ", 1);
}

static void start_section(OdfStory *story, const xmlChar **attrs, int count)
{
    char display[16];
    const char *kind = ooxml_attr(attrs, count, "display", display, sizeof display);
    if (g_strcmp0(kind, "none") == 0 || is_true(attrs, count, "is-hidden"))
        skip(story);
}

/* Not seen in the text, or said by something else. */
static gboolean is_aside(const char *name)
{
    static const char *const asides[] = {"tracked-changes", "note-citation", "number", "placeholder", "ruby-text",
                                         "linenumbering-configuration", "notes-configuration"};
    for (guint i = 0; i < G_N_ELEMENTS(asides); i++)
        if (strcmp(name, asides[i]) == 0)
            return TRUE;
    return g_str_has_suffix(name, "-source"); /* how an index is made */
}

static void start_text(OdfStory *story, const char *name, const xmlChar **attrs, int count)
{
    OdfPara *para = ODF_TOP(story->paras, OdfPara);
    if (strcmp(name, "p") == 0 || strcmp(name, "h") == 0)
        start_block(story, name, attrs, count);
    else if (strcmp(name, "span") == 0)
        start_span(story, attrs, count);
    else if (strcmp(name, "s") == 0)
        start_blanks(story, attrs, count);
    else if (strcmp(name, "tab") == 0)
        odf_put_text(story, "\t", 1);
    else if (strcmp(name, "line-break") == 0)
        odf_put_break(story);
    else if (strcmp(name, "list") == 0)
        odf_list_start(&story->lists, attrs, count);
    else if (strcmp(name, "list-item") == 0)
        odf_list_item(&story->lists, attrs, count);
    else if (strcmp(name, "section") == 0)
        start_section(story, attrs, count);
    else if (strcmp(name, "note-body") == 0)
        story->notes++;
    else if (strcmp(name, "hidden-text") == 0 && is_true(attrs, count, "is-hidden"))
        skip(story);
    else if (strcmp(name, "hidden-paragraph") == 0 && para)
        para->hidden = para->hidden || is_true(attrs, count, "is-hidden");
    else if (is_aside(name))
        skip(story);
}

static void end_text(OdfStory *story, const char *name)
{
    if (strcmp(name, "p") == 0 || strcmp(name, "h") == 0)
        odf_para_end(story);
    else if (strcmp(name, "span") == 0 && story->fonts->len)
        g_ptr_array_set_size(story->fonts, (int)story->fonts->len - 1);
    else if (strcmp(name, "list") == 0)
        odf_list_end(&story->lists);
    else if (strcmp(name, "note-body") == 0 && story->notes)
        story->notes--;
}

/* ---- controls ---- */

static void start_draw(OdfStory *story, const char *name, const xmlChar **attrs, int count)
{
    char id[256];
    if (strcmp(name, "object") == 0 || strcmp(name, "object-ole") == 0) {
        skip(story);
        return;
    }
    if (strcmp(name, "control") != 0 || !ooxml_attr(attrs, count, "control", id, sizeof id))
        return;
    const OdfControl *control = odf_control(&story->forms, id);
    if (control && control->box)
        odf_put_box(story, control->checked, id);
    else if (control && control->text)
        odf_put_text(story, control->text, strlen(control->text));
}

/* A content control of LibreOffice: the glyph inside is replaced by the box, a prompt is left out. */
static void start_content_control(OdfStory *story, const xmlChar **attrs, int count)
{
    char name[64] = "";
    ooxml_attr(attrs, count, "tag", name, sizeof name);
    gboolean box = is_true(attrs, count, "checkbox");
    if (box)
        odf_put_box(story, is_true(attrs, count, "checked"), name);
    if (box || is_true(attrs, count, "showing-place-holder"))
        skip(story);
}

/* Form fields that came from Word. */
static void start_field(OdfStory *story, const char *name, const xmlChar **attrs, int count)
{
    char type[128], value[256];
    if (strcmp(name, "fieldmark") == 0 || strcmp(name, "fieldmark-start") == 0) {
        const char *kind = ooxml_attr(attrs, count, "type", type, sizeof type);
        story->mark.open = kind && strcmp(name, "fieldmark") == 0;
        story->mark.box = kind && g_str_has_suffix(kind, "FORMCHECKBOX");
        story->mark.list = kind && g_str_has_suffix(kind, "FORMDROPDOWN");
        story->mark.checked = FALSE;
        story->mark.choice = G_MAXUINT;
        g_ptr_array_set_size(story->mark.choices, 0);
        if (!ooxml_attr(attrs, count, "name", story->mark.name, sizeof story->mark.name))
            story->mark.name[0] = '\0';
    } else if (strcmp(name, "param") == 0 && story->mark.open && ooxml_attr(attrs, count, "name", type, sizeof type) &&
               ooxml_attr(attrs, count, "value", value, sizeof value)) {
        if (strcmp(type, "Checkbox_Checked") == 0)
            story->mark.checked = strcmp(value, "true") == 0;
        else if (strcmp(type, "Dropdown_Selected") == 0)
            story->mark.choice = (guint)CLAMP(atoi(value), 0, G_MAXINT);
        else if (strcmp(type, "Dropdown_ListEntry") == 0)
            g_ptr_array_add(story->mark.choices, g_strdup(value));
    }
}

static void end_field(OdfStory *story, const char *name)
{
    if (strcmp(name, "fieldmark") != 0 || !story->mark.open)
        return;
    story->mark.open = FALSE;
    if (story->mark.box)
        odf_put_box(story, story->mark.checked, story->mark.name);
    else if (story->mark.list && story->mark.choice < story->mark.choices->len) {
        const char *chosen = story->mark.choices->pdata[story->mark.choice];
        odf_put_text(story, chosen, strlen(chosen));
    }
}

/* ---- places ---- */

static gboolean is_page_part(const char *name, const char *kind)
{
    const char *rest = g_str_has_prefix(name, kind) ? name + strlen(kind) : "?";
    return *rest == '\0' || strcmp(rest, "-left") == 0 || strcmp(rest, "-first") == 0;
}

/* Whether the element is one whose text is wanted; its place is noted. */
static gboolean is_inside(OdfStory *story, OoxmlSpace space, const char *name, const xmlChar **attrs, int count)
{
    char display[8];
    story->place = ODF_BODY;
    if (story->wants_body)
        return space == ODF_OFFICE && strcmp(name, "body") == 0;
    if ((space != ODF_STYLE && space != ODF_LOEXT) || (*name != 'h' && *name != 'f'))
        return FALSE;
    story->place = *name == 'h' ? ODF_HEADER : ODF_FOOTER;
    return is_page_part(name, *name == 'h' ? "header" : "footer") &&
           !(ooxml_attr(attrs, count, "display", display, sizeof display) && strcmp(display, "false") == 0);
}

static void end_page_part(OdfStory *story)
{
    xmlNode *body = xhtml_at(story->out);
    blocks_drop_repeated(body, story->before, story->seen);
    if (story->place != ODF_FOOTER)
        return;
    for (xmlNode *node = story->before ? story->before->next : body->children; node; node = node->next)
        g_ptr_array_add(story->footers, node);
}

void odf_story_finish(OdfStory *story)
{
    for (guint i = 0; i < story->footers->len; i++) {
        xmlNode *node = story->footers->pdata[i], *body = node->parent;
        xmlUnlinkNode(node);
        xmlAddChild(body, node);
    }
    g_ptr_array_set_size(story->footers, 0);
}

static gboolean is_skipped_space(OoxmlSpace space, const char *name)
{
    return space == OOXML_OTHER ||
           (space == ODF_OFFICE && (g_str_has_prefix(name, "annotation") || strcmp(name, "binary-data") == 0)) ||
           (space == ODF_TABLE && (strcmp(name, "content-validations") == 0 || strcmp(name, "tracked-changes") == 0));
}

static void start_inside(OdfStory *story, OoxmlSpace space, const char *name, const xmlChar **attrs, int count)
{
    if (is_skipped_space(space, name) || (story->forms_from && space == ODF_TEXT)) {
        skip(story);
        return;
    }
    switch (space) {
    case ODF_TEXT: start_text(story, name, attrs, count); break;
    case ODF_TABLE:
        if (story->spreadsheet)
            odf_sheet_start(story, name, attrs, count);
        else if (strcmp(name, "covered-table-cell") == 0)
            skip(story);
        else
            odf_table_start(story, name, attrs, count);
        break;
    case ODF_DRAW: start_draw(story, name, attrs, count); break;
    case ODF_FORM: odf_forms_start(&story->forms, name, attrs, count); break;
    case ODF_FIELD: start_field(story, name, attrs, count); break;
    case ODF_LOEXT:
        if (strcmp(name, "content-control") == 0)
            start_content_control(story, attrs, count);
        break;
    case ODF_OFFICE:
        story->seen_root = TRUE;
        story->forms_from = strcmp(name, "forms") == 0 ? story->depth : story->forms_from;
        story->spreadsheet = story->spreadsheet || strcmp(name, "spreadsheet") == 0;
        break;
    default: break;
    }
}

static void story_start(void *data, OoxmlSpace space, const char *name, const xmlChar **attrs, int count)
{
    OdfStory *story = data;
    story->depth++;
    if (story->skip_from)
        return;
    if (story->inside) {
        start_inside(story, space, name, attrs, count);
    } else if (is_inside(story, space, name, attrs, count)) {
        story->inside = story->depth;
        story->before = xhtml_at(story->out)->last;
    } else if (space == ODF_TEXT) {
        odf_lists_define(&story->lists, name, attrs, count);
    } else if (space == ODF_STYLE) {
        odf_styles_start(&story->styles, name, attrs, count);
    }
}

static void story_end(void *data, OoxmlSpace space, const char *name)
{
    OdfStory *story = data;
    if (story->skip_from == 0 && story->inside == story->depth) {
        story->inside = 0;
        if (!story->wants_body)
            end_page_part(story);
    } else if (story->skip_from == 0 && story->inside) {
        if (space == ODF_TEXT)
            end_text(story, name);
        else if (space == ODF_TABLE && story->spreadsheet)
            odf_sheet_end(story, name);
        else if (space == ODF_TABLE)
            odf_table_end(story, name);
        else if (space == ODF_FIELD)
            end_field(story, name);
    } else if (story->skip_from == 0 && space == ODF_STYLE) {
        odf_styles_end(&story->styles, name);
    }
    if (story->skip_from == story->depth)
        story->skip_from = 0;
    if (story->forms_from == story->depth)
        story->forms_from = 0;
    story->depth--;
}

static void story_text(void *data, const char *text, int length)
{
    OdfStory *story = data;
    if (story->inside && !story->skip_from && story->paras->len)
        odf_put_folded(story, text, (gsize)length);
}

static gboolean story_stop(void *data)
{
    OdfStory *story = data;
    return xhtml_full(story->out) || story->sheet.full;
}

/* What a part that breaks off leaves open would go on in the next one. */
static void close_all(OdfStory *story)
{
    while (strcmp((const char *)xhtml_at(story->out)->name, "body") != 0)
        xhtml_close(story->out, (const char *)xhtml_at(story->out)->name);
    g_array_set_size(story->paras, 0);
    g_ptr_array_set_size(story->fonts, 0);
    g_ptr_array_set_size(story->repeats, 0);
    g_array_set_size(story->lists.open, 0);
    story->lists.lost = 0;
    story->mark.open = FALSE;
}

Status odf_story(OdfStory *story, const GByteArray *part, gboolean wants_body)
{
    const OoxmlHandler handler = {.start = story_start, .end = story_end, .text = story_text, .stop = story_stop};
    story->wants_body = wants_body;
    story->depth = story->skip_from = story->inside = story->forms_from = story->notes = 0;
    story->spreadsheet = FALSE;
    gboolean whole = ooxml_parse(part, &handler, story);
    close_all(story);
    if (xhtml_full(story->out) || story->sheet.full)
        return STATUS_TOO_LARGE;
    if (!whole)
        return STATUS_DAMAGED;
    return !wants_body || story->seen_root ? STATUS_READ : STATUS_UNSUPPORTED;
}

void odf_story_init(OdfStory *story, Xhtml *out)
{
    *story = (OdfStory){.out = out};
    odf_styles_init(&story->styles);
    odf_forms_init(&story->forms);
    odf_lists_init(&story->lists);
    odf_sheet_init(&story->sheet);
    story->paras = g_array_new(FALSE, TRUE, sizeof(OdfPara));
    story->fonts = g_ptr_array_new();
    story->repeats = g_ptr_array_new();
    story->footers = g_ptr_array_new();
    story->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    story->mark.choices = g_ptr_array_new_with_free_func(g_free);
}

void odf_story_clear(OdfStory *story)
{
    odf_sheet_clear(&story->sheet);
    odf_styles_clear(&story->styles);
    odf_forms_clear(&story->forms);
    odf_lists_clear(&story->lists);
    g_array_unref(story->paras);
    g_ptr_array_unref(story->fonts);
    g_ptr_array_unref(story->repeats);
    g_hash_table_unref(story->seen);
    g_ptr_array_unref(story->footers);
    g_ptr_array_unref(story->mark.choices);
}
