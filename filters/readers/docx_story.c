#include <string.h>

#include "readers/docx_write.h"
#include "readers/symbols.h"

typedef enum {
    W_BR, W_CELLDEL, W_CHECKBOX, W_CHECKED, W_CR, W_DDLIST, W_DEFAULT, W_DEL, W_DELINSTRTEXT, W_DELTEXT,
    W_FFDATA, W_FLDCHAR, W_FOOTNOTE, W_GRIDBEFORE, W_GRIDSPAN, W_HMERGE, W_ILVL, W_INSTRTEXT, W_LISTENTRY, W_MOVEFROM,
    W_NAME, W_NOBREAKHYPHEN, W_NUMID, W_OUTLINELVL, W_P, W_PPR, W_PROPS_CHANGE, W_PSTYLE, W_PTAB, W_R, W_RESULT,
    W_RFONTS, W_RT, W_SDT, W_SDTCONTENT, W_SHOWINGPLCHDR, W_SYM, W_T, W_TAB, W_TAG, W_TBL, W_TC, W_TR, W_TRPR,
    W_TXBXCONTENT, W_VANISH, W_VMERGE, W_NONE,
} Word;

/* Sorted by name. */
static const struct {
    const char *name;
    Word word;
} words[] = {
    {"alias", W_TAG}, {"br", W_BR}, {"cellDel", W_CELLDEL}, {"checkBox", W_CHECKBOX}, {"checked", W_CHECKED},
    {"cr", W_CR}, {"ddList", W_DDLIST}, {"default", W_DEFAULT}, {"del", W_DEL},
    {"delInstrText", W_DELINSTRTEXT}, {"delText", W_DELTEXT}, {"endnote", W_FOOTNOTE}, {"ffData", W_FFDATA},
    {"fldChar", W_FLDCHAR}, {"footnote", W_FOOTNOTE}, {"gridBefore", W_GRIDBEFORE}, {"gridSpan", W_GRIDSPAN}, {"hMerge", W_HMERGE},
    {"ilvl", W_ILVL}, {"instrText", W_INSTRTEXT}, {"listEntry", W_LISTENTRY}, {"moveFrom", W_MOVEFROM},
    {"name", W_NAME}, {"noBreakHyphen", W_NOBREAKHYPHEN}, {"numId", W_NUMID}, {"outlineLvl", W_OUTLINELVL},
    {"p", W_P}, {"pPr", W_PPR}, {"pPrChange", W_PROPS_CHANGE}, {"pStyle", W_PSTYLE}, {"ptab", W_PTAB},
    {"r", W_R}, {"rFonts", W_RFONTS}, {"rPrChange", W_PROPS_CHANGE}, {"result", W_RESULT}, {"rt", W_RT},
    {"sdt", W_SDT}, {"sdtContent", W_SDTCONTENT}, {"sectPrChange", W_PROPS_CHANGE},
    {"showingPlcHdr", W_SHOWINGPLCHDR}, {"sym", W_SYM}, {"t", W_T}, {"tab", W_TAB}, {"tag", W_TAG},
    {"tbl", W_TBL}, {"tblPrChange", W_PROPS_CHANGE}, {"tc", W_TC}, {"tcPrChange", W_PROPS_CHANGE}, {"tr", W_TR},
    {"trPr", W_TRPR}, {"trPrChange", W_PROPS_CHANGE}, {"txbxContent", W_TXBXCONTENT}, {"vMerge", W_VMERGE},
    {"vanish", W_VANISH},
};

static int compare_word(const void *key, const void *row)
{
    return strcmp(key, *(const char *const *)row);
}

static Word word_of(OoxmlSpace space, const char *name)
{
    if (space == OOXML_MATH)
        return strcmp(name, "t") == 0 ? W_T : W_NONE;
    if (space != OOXML_W)
        return W_NONE;
    const void *row = bsearch(name, words, G_N_ELEMENTS(words), sizeof words[0], compare_word);
    return row ? words[(gsize)((const guint8 *)row - (const guint8 *)words) / sizeof words[0]].word : W_NONE;
}

static guint number(const xmlChar **attrs, int count, guint fallback)
{
    char value[16];
    return ooxml_attr(attrs, count, "val", value, sizeof value) ? (guint)CLAMP(g_ascii_strtoll(value, NULL, 10), 0, G_MAXINT) : fallback;
}

static void skip(Story *story)
{
    story->skip_from = story->depth;
}

static void start_alternative(Story *story, const char *name)
{
    gboolean *taken = TOP(story->alternatives, gboolean);
    if (strcmp(name, "AlternateContent") == 0) {
        gboolean none = FALSE;
        g_array_append_val(story->alternatives, none);
    } else if ((strcmp(name, "Choice") == 0 || strcmp(name, "Fallback") == 0) && taken) {
        if (*taken)
            skip(story);
        *taken = TRUE;
    }
}

/* Letters drawn as a picture. In a header they are a watermark, elsewhere often the title. */
static void start_drawn_text(Story *story, const char *name, const xmlChar **attrs, int count)
{
    char text[512];
    if (!story->place && strcmp(name, "textpath") == 0 && ooxml_attr(attrs, count, "string", text, sizeof text))
        docx_put_text(story, text);
}

/* A part of a flat package: only stories are read, those of headers and footers in their place. */
static void start_part(Story *story, const char *name, const xmlChar **attrs, int count)
{
    static const struct {
        const char *begin, *place;
    } stories[] = {{"/word/document", NULL}, {"/word/header", "header"}, {"/word/footer", "footer"},
                   {"/word/footnotes", "footnote"}, {"/word/endnotes", "footnote"}};
    char part[64];
    if (strcmp(name, "part") != 0 || !ooxml_attr(attrs, count, "name", part, sizeof part))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(stories); i++)
        if (g_str_has_prefix(part, stories[i].begin)) {
            story->place = stories[i].place;
            return;
        }
    skip(story);
}

static void start_w14(Story *story, const char *name, const xmlChar **attrs, int count)
{
    Control *control = TOP(story->controls, Control);
    if (!control || control->content)
        return;
    if (strcmp(name, "checkbox") == 0)
        control->checkbox = TRUE;
    else if (strcmp(name, "checked") == 0)
        control->checked = ooxml_on(attrs, count);
}

static void start_table_part(Story *story, Word word, const xmlChar **attrs, int count)
{
    Table *table = TOP(story->tables, Table);
    char value[16];
    if (word == W_TBL) {
        Table fresh = {.span = 1};
        docx_carry_end(story);
        docx_cell_begin(story);
        xhtml_open(story->out, "table");
        g_array_append_val(story->tables, fresh);
    } else if (table && word == W_TR) {
        *table = (Table){.span = 1};
    } else if (table && word == W_TC) {
        table->cell_open = FALSE;
        table->span = 1;
        table->merge = NULL;
        table->across = FALSE;
        if (table->row_deleted) {
            skip(story);
            return;
        }
        if (!table->row_open)
            xhtml_open(story->out, "tr");
        if (!table->row_open && table->skip_columns) {
            g_snprintf(value, sizeof value, "%u", MIN(table->skip_columns, SPAN_MAX));
            xhtml_open(story->out, "td");
            xhtml_attr(story->out, "colspan", value);
            xhtml_close(story->out, "td");
        }
        table->row_open = TRUE;
    } else if (table && word == W_GRIDBEFORE) {
        table->skip_columns = number(attrs, count, 0);
    } else if (table && word == W_GRIDSPAN) {
        table->span = CLAMP(number(attrs, count, 1), 1, SPAN_MAX);
    } else if (table && word == W_VMERGE) {
        const char *kind = ooxml_attr(attrs, count, "val", value, sizeof value);
        table->merge = g_strcmp0(kind, "restart") == 0 ? "restart" : "continue";
    } else if (table && word == W_HMERGE) {
        table->across = g_strcmp0(ooxml_attr(attrs, count, "val", value, sizeof value), "restart") != 0;
    }
}

static void start_field_char(Story *story, const xmlChar **attrs, int count)
{
    char type[16];
    const char *kind = ooxml_attr(attrs, count, "fldCharType", type, sizeof type);
    FieldPart *part = TOP(story->fields, FieldPart), code = FIELD_CODE;
    if (g_strcmp0(kind, "begin") == 0)
        g_array_append_val(story->fields, code);
    else if (g_strcmp0(kind, "separate") == 0 && part)
        *part = FIELD_RESULT;
    else if (g_strcmp0(kind, "end") == 0)
        docx_pop(story->fields);
}

static void start_form_field(Story *story, Word word, const xmlChar **attrs, int count)
{
    FormField *form = &story->form;
    char value[256];
    if (word == W_FFDATA) {
        form->name[0] = '\0';
        form->in_box = FALSE;
    } else if (word == W_NAME) {
        ooxml_attr(attrs, count, "val", form->name, sizeof form->name);
    } else if (word == W_CHECKBOX) {
        form->in_box = TRUE;
        form->given = form->checked = form->preset = FALSE;
    } else if (word == W_CHECKED && form->in_box) {
        form->given = TRUE;
        form->checked = ooxml_on(attrs, count);
    } else if (word == W_DEFAULT && form->in_box) {
        form->preset = ooxml_on(attrs, count);
    } else if (word == W_DDLIST) {
        g_ptr_array_set_size(form->choices, 0);
        form->choice = 0;
    } else if (word == W_RESULT) {
        form->choice = number(attrs, count, 0);
    } else if (word == W_LISTENTRY && ooxml_attr(attrs, count, "val", value, sizeof value)) {
        g_ptr_array_add(form->choices, g_strdup(value));
    }
}

static void end_form_field(Story *story, Word word)
{
    FormField *form = &story->form;
    if (word == W_CHECKBOX && form->in_box) {
        form->in_box = FALSE;
        if (!docx_para_begin(story))
            return;
        xhtml_checkbox(story->out, form->given ? form->checked : form->preset);
        if (*form->name)
            xhtml_attr(story->out, "data-control", form->name);
    } else if (word == W_DDLIST && form->choice < form->choices->len) {
        docx_put_text(story, form->choices->pdata[form->choice]);
    }
}

static void start_control(Story *story, Word word, const xmlChar **attrs, int count)
{
    Control *control = TOP(story->controls, Control);
    if (word == W_SDT) {
        Control fresh = {.content = FALSE};
        g_array_append_val(story->controls, fresh);
    } else if (control && word == W_SDTCONTENT) {
        control->content = TRUE;
    } else if (control && !control->content && word == W_SHOWINGPLCHDR) {
        control->placeholder = ooxml_on(attrs, count);
    } else if (control && !control->content && word == W_TAG && !*control->name) {
        ooxml_attr(attrs, count, "val", control->name, sizeof control->name);
    }
}

static void start_deletion(Story *story)
{
    Table *table = TOP(story->tables, Table);
    Para *para = TOP(story->paras, Para);
    if (story->in_row_props && table)
        table->row_deleted = TRUE;
    else if (story->in_para_props && para)
        para->mark_deleted = TRUE;
    else
        skip(story);
}

static void start_symbol(Story *story, const xmlChar **attrs, int count)
{
    char font[64], code[16];
    if (ooxml_attr(attrs, count, "font", font, sizeof font) && ooxml_attr(attrs, count, "char", code, sizeof code))
        docx_put_char(story, symbols_char(font, (gunichar)strtoul(code, NULL, 16)));
}

static void start_break(Story *story, Word word, const xmlChar **attrs, int count)
{
    char type[16];
    gboolean page = word == W_BR && ooxml_attr(attrs, count, "type", type, sizeof type) &&
                    strcmp(type, "textWrapping") != 0;
    if (!page && docx_text_begin(story))
        xhtml_break(story->out);
}

static void start_run_props(Story *story, const xmlChar **attrs, int count)
{
    static const char *const kinds[] = {"ascii", "hAnsi", "eastAsia"};
    char font[64];
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (ooxml_attr(attrs, count, kinds[i], font, sizeof font) && symbols_is_font(font))
            g_strlcpy(story->font, font, sizeof story->font);
}

static void start_paragraph_part(Story *story, Word word, const xmlChar **attrs, int count)
{
    Para *para = TOP(story->paras, Para);
    char value[128];
    if (word == W_P) {
        docx_para_start(story);
    } else if (word == W_PPR) {
        story->in_para_props = TRUE;
    } else if (word == W_PSTYLE && para && ooxml_attr(attrs, count, "val", value, sizeof value)) {
        para->style = g_hash_table_lookup(story->looks->styles, value);
        if (!para->level && para->style)
            para->level = para->style->level;
    } else if (word == W_OUTLINELVL && para && number(attrs, count, 9) < 9) {
        para->level = MIN(number(attrs, count, 0) + 1, 6);
    } else if (word == W_NUMID && para && story->in_para_props) {
        para->has_number = TRUE;
        para->number = number(attrs, count, 0);
    } else if (word == W_ILVL && para && story->in_para_props) {
        para->number_level = number(attrs, count, 0);
    }
}

static void start_inline(Story *story, Word word, const xmlChar **attrs, int count)
{
    switch (word) {
    case W_R:
        story->in_run = TRUE;
        story->hidden = FALSE;
        story->font[0] = '\0';
        break;
    case W_VANISH:
        story->hidden = story->in_run ? ooxml_on(attrs, count) : story->hidden;
        break;
    case W_RFONTS:
        if (story->in_run)
            start_run_props(story, attrs, count);
        break;
    case W_T:
        story->in_text = TRUE;
        g_string_truncate(story->text, 0);
        break;
    case W_TAB: /* also the element of a tab stop's position, which stands in w:pPr */
        if (story->in_para_props)
            break;
        G_GNUC_FALLTHROUGH;
    case W_PTAB:
        docx_put_char(story, '\t');
        break;
    case W_NOBREAKHYPHEN: docx_put_char(story, '-'); break;
    case W_SYM: start_symbol(story, attrs, count); break;
    case W_BR:
    case W_CR: start_break(story, word, attrs, count); break;
    default: break;
    }
}

static void start_word(Story *story, Word word, const xmlChar **attrs, int count)
{
    char type[32];
    switch (word) {
    case W_DELTEXT: case W_DELINSTRTEXT: case W_INSTRTEXT: case W_MOVEFROM: case W_PROPS_CHANGE: case W_RT:
    case W_CELLDEL:
        if (word != W_CELLDEL && !(word == W_MOVEFROM && story->in_para_props))
            skip(story);
        break;
    case W_DEL: start_deletion(story); break;
    case W_FOOTNOTE:
        if (ooxml_attr(attrs, count, "type", type, sizeof type) && strcmp(type, "normal") != 0)
            skip(story);
        break;
    case W_P: case W_PPR: case W_PSTYLE: case W_OUTLINELVL: case W_NUMID: case W_ILVL:
        start_paragraph_part(story, word, attrs, count);
        break;
    case W_TRPR: story->in_row_props = TRUE; break;
    case W_TBL: case W_TR: case W_TC: case W_GRIDBEFORE: case W_GRIDSPAN: case W_VMERGE: case W_HMERGE:
        start_table_part(story, word, attrs, count);
        break;
    case W_SDT: case W_SDTCONTENT: case W_SHOWINGPLCHDR: case W_TAG: start_control(story, word, attrs, count); break;
    case W_FLDCHAR: start_field_char(story, attrs, count); break;
    case W_FFDATA: case W_NAME: case W_CHECKBOX: case W_CHECKED: case W_DEFAULT: case W_DDLIST: case W_RESULT:
    case W_LISTENTRY:
        start_form_field(story, word, attrs, count);
        break;
    case W_TXBXCONTENT:
        if (docx_para_begin(story))
            TOP(story->paras, Para)->boxed = TRUE;
        break;
    default: start_inline(story, word, attrs, count);
    }
}

static void end_word(Story *story, Word word)
{
    Table *table = TOP(story->tables, Table);
    switch (word) {
    case W_P: docx_para_end(story); break;
    case W_PPR: story->in_para_props = FALSE; break;
    case W_TRPR: story->in_row_props = FALSE; break;
    case W_R:
        story->in_run = story->hidden = FALSE;
        story->font[0] = '\0';
        break;
    case W_T:
        story->in_text = FALSE;
        docx_put_text(story, story->text->str);
        break;
    case W_SDTCONTENT: docx_control_box(story); break;
    case W_SDT: docx_pop(story->controls); break;
    case W_CHECKBOX: case W_DDLIST: end_form_field(story, word); break;
    case W_TXBXCONTENT: docx_carry_end(story); break;
    case W_TC:
        docx_carry_end(story);
        docx_cell_begin(story);
        if (table && table->cell_open)
            xhtml_close(story->out, "td");
        if (table)
            table->cell_open = FALSE;
        break;
    case W_TR:
        if (table && table->row_open)
            xhtml_close(story->out, "tr");
        break;
    case W_TBL:
        docx_merge_cells(xhtml_at(story->out));
        xhtml_close(story->out, "table");
        docx_pop(story->tables);
        break;
    default: break;
    }
}

static void story_start(void *data, OoxmlSpace space, const char *name, const xmlChar **attrs, int count)
{
    Story *story = data;
    story->depth++;
    story->seen_root = story->seen_root || space == OOXML_W;
    if (story->skip_from)
        return;
    if (space == OOXML_MC)
        start_alternative(story, name);
    else if (space == OOXML_W14)
        start_w14(story, name, attrs, count);
    else if (space == OOXML_FLAT)
        start_part(story, name, attrs, count);
    else if (space == OOXML_VML)
        start_drawn_text(story, name, attrs, count);
    else
        start_word(story, word_of(space, name), attrs, count);
}

static void story_end(void *data, OoxmlSpace space, const char *name)
{
    Story *story = data;
    if (story->skip_from == 0 && space == OOXML_MC && strcmp(name, "AlternateContent") == 0)
        docx_pop(story->alternatives);
    else if (story->skip_from == 0)
        end_word(story, word_of(space, name));
    if (story->skip_from == story->depth)
        story->skip_from = 0;
    story->depth--;
}

static void story_text(void *data, const char *text, int length)
{
    Story *story = data;
    if (story->in_text && !story->skip_from)
        g_string_append_len(story->text, text, length);
}

static gboolean story_stop(void *data)
{
    return xhtml_full(((Story *)data)->out);
}

Status docx_story(const GByteArray *part, const char *place, const DocxLooks *looks, Xhtml *out)
{
    g_autoptr(GArray) paras = g_array_new(FALSE, TRUE, sizeof(Para));
    g_autoptr(GArray) tables = g_array_new(FALSE, TRUE, sizeof(Table));
    g_autoptr(GArray) controls = g_array_new(FALSE, TRUE, sizeof(Control));
    g_autoptr(GArray) fields = g_array_new(FALSE, TRUE, sizeof(FieldPart));
    g_autoptr(GArray) alternatives = g_array_new(FALSE, TRUE, sizeof(gboolean));
    g_autoptr(GPtrArray) choices = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) text = g_string_new(NULL);
    Story story = {.out = out, .place = place, .looks = looks, .paras = paras, .tables = tables,
                   .controls = controls, .fields = fields, .alternatives = alternatives,
                   .form = {.choices = choices}, .text = text};
    const OoxmlHandler handler = {.start = story_start, .end = story_end, .text = story_text, .stop = story_stop};
    gboolean whole = ooxml_parse(part, &handler, &story);
    docx_carry_end(&story);
    if (xhtml_full(out))
        return STATUS_TOO_LARGE;
    if (!whole)
        return STATUS_DAMAGED;
    return story.seen_root ? STATUS_READ : STATUS_UNSUPPORTED;
}
