/* extract.c: where values stand: right of, inside, below a label, on label lines of paragraphs, in the
 * section a label heads, or where the kind's pattern finds them in prose. The first place that gives a value
 * wins; tables come before lines, lines before prose. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "engine/extract.h"
#include "engine/labels.h"
#include "engine/match.h"
#include "engine/rows.h"
#include "engine/value.h"

#define LOOSE 0.86     /* a value beside such a label */
#define SURE 0.98      /* a value in a cell or on a line of its label */
#define LIKELY 0.93    /* a section, a column below its head */
#define FOUND 0.9      /* by a pattern in prose */

typedef struct {
    const Kind *kind;
    const Model *model;
    guint first, last;
    Form *form;
    GHashTable *invalid; /* field ids that had a value of the wrong type */
    GHashTable *unsure;  /* likewise, but the characters themselves were guessed from pixels */
    gboolean is_scan;
} Extraction;

/* --- taking a value ------------------------------------------------------------------------------------- */

static void take_value(Extraction *x, const KindField *field, const char *text, double confidence,
                       const char *from, const double box[5])
{
    if (form_field(x->form, field->id) || field->type == TYPE_SEAL)
        return;
    g_autoptr(FieldValue) value = field_value_new(field->id, value_shape(field));
    ValueVerdict verdict = value_read(x->kind, field, text, value);
    /* A text that is another field's in the first place may well hold nothing for this one. */
    gboolean offered = field->with && form_field(x->form, field->with);
    if ((verdict == VALUE_INVALID && !offered) || verdict == VALUE_PARTLY)
        g_hash_table_add(x->is_scan ? x->unsure : x->invalid, field->id);
    /* Options without any tick that was seen. */
    if (verdict == VALUE_NONE && x->is_scan && value_is_ticked(field) && *text)
        g_hash_table_add(x->unsure, field->id);
    if (verdict == VALUE_NONE || verdict == VALUE_INVALID)
        return;
    if (value->text && g_utf8_strlen(value->text, -1) > LIMIT_VALUE_CHARS)
        *g_utf8_offset_to_pointer(value->text, LIMIT_VALUE_CHARS) = 0;
    value->confidence = verdict == VALUE_PARTLY ? confidence * 0.9 : confidence;
    value->from = g_strdup(from);
    if (box)
        memcpy(value->box, box, sizeof value->box);
    if (x->form->explain)
        g_ptr_array_add(x->form->explain,
                        g_strdup_printf("%s: %s (%.2f)", field->id, from, value->confidence));
    g_ptr_array_add(x->form->fields, g_steal_pointer(&value));
    for (guint i = 0; i < x->kind->fields->len; i++) {
        const KindField *other = g_ptr_array_index(x->kind->fields, i);
        if (g_strcmp0(other->with, field->id) == 0)
            take_value(x, other, text, confidence, from, box);
    }
}

/* --- lines ------------------------------------------------------------------------------------------------------------- */

/* Takes the pairs of LINE. TRUE when its last label has nothing behind it: *RET_OPEN is then that field. */
static gboolean take_line(Extraction *x, const char *line, double confidence, const char *from, const double box[5],
                          const KindField **ret_open)
{
    g_autoptr(GArray) pairs = match_pairs(x->kind, line);
    *ret_open = NULL;
    for (guint i = 0; i < pairs->len; i++) {
        const Pair *pair = &g_array_index(pairs, Pair, i);
        const char *end = i + 1 < pairs->len ? g_array_index(pairs, Pair, i + 1).label : line + strlen(line);
        g_autofree char *value = g_strndup(pair->value, (gsize)(end - pair->value));
        g_strstrip(value);
        if (i + 1 == pairs->len && !*value)
            *ret_open = pair->field;
        else if (pair->field)
            take_value(x, pair->field, value, SURE * confidence, from, box);
    }
    return *ret_open != NULL;
}

/* --- tables
 * -------------------------------------------------------------------------------------------------------------
 */

static char *cell_place(const Block *table, const Cell *cell)
{
    return g_strdup_printf("table %u, row %u, cell %u", table->number, cell->row + 1, cell->column + 1);
}

static gboolean is_label_cell(const Kind *kind, const Cell *cell)
{
    const KindField *field;
    return cell && match_label(kind, cell->text, &field);
}

/* Where the value begins in "经办人　王一": after a label and a wide blank; NULL when TEXT is not so. */
static const char *after_gap(const Kind *kind, const char *text, const KindField **ret_field)
{
    for (const char *p = text; *p && *p != '\n'; p = g_utf8_next_char(p)) {
        if (!g_str_has_prefix(p, "　") && !g_str_has_prefix(p, "  "))
            continue;
        g_autofree char *label = g_strndup(text, (gsize)(p - text));
        if (match_label(kind, label, ret_field))
            return p;
    }
    return NULL;
}

/* "工作经历：" and then the value, in one cell. TRUE when the cell begins with a label. */
static gboolean take_inside(Extraction *x, const Block *table, const Cell *cell)
{
    const KindField *field = NULL, *open;
    g_autofree char *place = cell_place(table, cell);
    const char *colon = label_colon(cell->text, LABEL_CHARS);
    if (colon) {
        g_autofree char *label = g_strndup(cell->text, (gsize)(colon - cell->text));
        if (match_label(x->kind, label, &field)) {
            const char *value = g_utf8_next_char(colon);
            g_autoptr(GArray) pairs = match_pairs(x->kind, cell->text);
            if (pairs->len > 1) {
                g_auto(GStrv) lines = g_strsplit(cell->text, "\n", -1);
                for (guint i = 0; lines[i]; i++)
                    take_line(x, lines[i], cell->confidence, place, cell->box, &open);
            } else if (field) {
                take_value(x, field, value, SURE * cell->confidence, place, cell->box);
            }
            return TRUE;
        }
    }
    const char *gap = colon ? NULL : after_gap(x->kind, cell->text, &field);
    if (gap) {
        if (field)
            take_value(x, field, gap, SURE * cell->confidence, place, cell->box);
        return TRUE;
    }
    /* The label on a line of its own above the value. */
    const char *end = strchr(cell->text, '\n');
    g_autofree char *head = end ? g_strndup(cell->text, (gsize)(end - cell->text)) : NULL;
    if (head && match_label(x->kind, head, &field) && !is_label_cell(x->kind, cell)) {
        if (field)
            take_value(x, field, end + 1, SURE * cell->confidence, place, cell->box);
        return TRUE;
    }
    if (colon) {
        g_auto(GStrv) lines = g_strsplit(cell->text, "\n", -1);
        for (guint i = 0; lines[i]; i++)
            take_line(x, lines[i], cell->confidence, place, cell->box, &open);
    }
    return FALSE;
}

/* Several cells may hold one value: the row goes on until the next label. */
static const Cell *right_of(const Block *table, const Cell *cell)
{
    return model_cell(table, cell->row, cell->column + cell->columns);
}

static const Cell *below(const Block *table, const Cell *cell)
{
    return model_cell(table, cell->row + cell->rows, cell->column);
}

/* A label over several rows has as many cells beside it. Caller frees. */
static char *rows_beside(const Block *table, const Cell *label, const Cell *right)
{
    GString *text = g_string_new(right->text);
    for (guint row = right->row + right->rows; row < label->row + label->rows; row++) {
        const Cell *next = model_cell(table, row, right->column);
        if (!next || next->row < row)
            continue;
        g_string_append_printf(text, "\n%s", next->text);
    }
    return g_string_free(text, FALSE);
}

/* "中文：…" beside "提案名称": the cell brings its own label. */
static gboolean begins_with_label(const Kind *kind, const char *text)
{
    const KindField *field;
    const char *colon = label_colon(text, LABEL_CHARS);
    g_autofree char *label = colon ? g_strndup(text, (gsize)(colon - text)) : NULL;
    return label && match_label(kind, label, &field);
}

/* Whether CELL, which may be a label that the kind does not list, stands in a row of heads: what is below it is none. */
static gboolean is_head_cell(const Kind *kind, const Block *table, const Cell *cell)
{
    const KindField *field;
    const Cell *under = below(table, cell), *right = right_of(table, cell);
    return match_like_label(kind, cell->text, &field) && under && *under->text && !is_label_cell(kind, under) &&
           (!right || is_label_cell(kind, right) || match_like_label(kind, right->text, &field));
}

static void take_beside(Extraction *x, const Block *table, const Cell *cell, const KindField *field, double sure)
{
    const Cell *right = right_of(table, cell), *under = below(table, cell);
    gboolean under_is_label = under && is_label_cell(x->kind, under),
             right_is_label = right && (is_label_cell(x->kind, right) || begins_with_label(x->kind, right->text) ||
                                        (under && !under_is_label && is_head_cell(x->kind, table, right)));
    if (right && !right_is_label) {
        g_autofree char *place = cell_place(table, right), *text = rows_beside(table, cell, right);
        take_value(x, field, text, sure * right->confidence, place, right->box);
    } else if (under && !under_is_label && (right_is_label || !right)) {
        g_autofree char *place = cell_place(table, under);
        take_value(x, field, under->text, MIN(sure, LIKELY) * under->confidence, place, under->box);
    }
}

static void take_table(Extraction *x, const Block *table)
{
    guint end = rows_head(x->kind, table);
    for (guint i = 0; i < table->cells->len; i++) {
        const Cell *cell = g_ptr_array_index(table->cells, i);
        const KindField *field;
        if (!*cell->text || (cell->row >= end && cell->columns < 3))
            continue;
        if (!match_label(x->kind, cell->text, &field))
            take_inside(x, table, cell);
        else if (field)
            take_beside(x, table, cell, field, SURE);
    }
}

/* What the kind's own labels left open, beside labels that end as they do. */
static void take_table_loosely(Extraction *x, const Block *table)
{
    guint end = rows_head(x->kind, table);
    for (guint i = 0; i < table->cells->len; i++) {
        const Cell *cell = g_ptr_array_index(table->cells, i);
        const KindField *field;
        if (cell->row < end && !match_label(x->kind, cell->text, &field) && match_like_label(x->kind, cell->text, &field) && field)
            take_beside(x, table, cell, field, LOOSE);
    }
}

static void take_line_loosely(Extraction *x, const Block *block)
{
    const KindField *field;
    const char *colon = label_colon(block->text, LOOSE_CHARS + 1);
    g_autofree char *label = colon ? g_strndup(block->text, (gsize)(colon - block->text)) : NULL;
    g_autofree char *place = g_strdup_printf("paragraph %u", block->number);
    if (label && !match_label(x->kind, label, &field) && match_like_label(x->kind, label, &field) && field)
        take_value(x, field, g_utf8_next_char(colon), LOOSE * block->confidence, place, block->box);
}

/* --- paragraphs
 * ----------------------------------------------------------------------------------------------------------
 */

static gboolean is_heading(const Kind *kind, const char *text)
{
    const KindField *field;
    return match_label(kind, text, &field) || label_is_heading(text);
}

static gboolean is_date_line(const char *text)
{
    gboolean bad;
    g_autofree char *folded = label_fold(text);
    g_autofree char *date = g_utf8_strlen(folded, -1) < 16 ? type_find_date(text, &bad) : NULL;
    return date != NULL;
}

/* The paragraphs after a label that stands alone, up to the next label, heading or table. */
static void take_section(Extraction *x, guint at, const KindField *field)
{
    GString *text = g_string_new(NULL);
    const Block *from = NULL;
    for (guint i = at + 1; i < x->last; i++) {
        const Block *block = g_ptr_array_index(x->model->blocks, i);
        if (block->is_table || is_heading(x->kind, block->text))
            break;
        g_autoptr(GArray) pairs = match_pairs(x->kind, block->text);
        if (pairs->len > 0 && g_array_index(pairs, Pair, 0).label == block->text)
            break;
        if (is_date_line(block->text) && field->type != TYPE_DATE && field->type != TYPE_DATES)
            break;
        if (!from)
            from = block;
        g_string_append_printf(text, "%s%s", text->len ? "\n" : "", block->text);
    }
    if (from) {
        g_autofree char *place = g_strdup_printf("paragraph %u", from->number);
        take_value(x, field, text->str, LIKELY * from->confidence, place, from->box);
    }
    g_string_free(text, TRUE);
}

/* Options of one field may go on over the next paragraphs: each begins with its mark. */
static char *with_further_marks(const Extraction *x, guint at, const char *value)
{
    GString *all = g_string_new(value);
    for (guint i = at + 1; i < x->last; i++) {
        const Block *block = g_ptr_array_index(x->model->blocks, i);
        if (block->is_table || !(g_str_has_prefix(block->text, "☑") || g_str_has_prefix(block->text, "☐")))
            break;
        g_string_append_printf(all, "\n%s", block->text);
    }
    return g_string_free(all, FALSE);
}

static char *join_parts(char **parts, guint from, guint to)
{
    GString *text = g_string_new(parts[from]);
    for (guint i = from + 1; i < to; i++)
        g_string_append_printf(text, "\t%s", parts[i]);
    return g_string_free(text, FALSE);
}

/* Below a line of labels: the part of the next line at the same place. NULL: there is none. */
static char *part_below(const Extraction *x, guint at, guint place)
{
    const KindField *field;
    if (at + 1 >= x->last)
        return NULL;
    const Block *next = g_ptr_array_index(x->model->blocks, at + 1);
    g_auto(GStrv) parts = next->is_table ? NULL : g_strsplit(next->text, "\t", -1);
    if (!parts || g_strv_length(parts) <= place || match_label(x->kind, parts[place], &field))
        return NULL;
    return g_strdup(parts[place]);
}

/* A line whose parts stand at tabs is a row of a table that was never drawn: "姓名 [tab] 王一 [tab] 电话 [tab] 1". So is a control
 * of a PDF form without a table. FALSE: no label stands at one. */
static gboolean take_tabbed(Extraction *x, guint at, const char *place)
{
    const Block *block = g_ptr_array_index(x->model->blocks, at);
    gboolean any = FALSE;
    if (!strchr(block->text, '\t'))
        return FALSE;
    g_auto(GStrv) parts = g_strsplit(block->text, "\t", -1);
    for (guint i = 0, end; parts[i]; i = end) {
        const KindField *field, *next;
        end = i + 1;
        if (!match_label(x->kind, parts[i], &field))
            continue;
        any = TRUE;
        while (parts[end] && !match_label(x->kind, parts[end], &next))
            end++;
        g_autofree char *value = end > i + 1 ? join_parts(parts, i + 1, end) : part_below(x, at, i);
        g_autofree char *whole = parts[end] || !value ? NULL : with_further_marks(x, at, value);
        if (field && value)
            take_value(x, field, whole ? whole : value, SURE * block->confidence, place, block->box);
    }
    return any;
}

static void take_paragraph(Extraction *x, guint at)
{
    const Block *block = g_ptr_array_index(x->model->blocks, at);
    const KindField *field;
    g_autofree char *place = g_strdup_printf("paragraph %u", block->number);
    if (match_label(x->kind, block->text, &field)) {
        if (field)
            take_section(x, at, field);
        return;
    }
    if (take_tabbed(x, at, place))
        return;
    g_auto(GStrv) lines = g_strsplit(block->text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        const KindField *open;
        if (take_line(x, lines[i], block->confidence, place, block->box, &open))
            take_section(x, at, open);
    }
}

/* --- prose
 * ---------------------------------------------------------------------------------------------------------------
 */

static char *whole_text(const Extraction *x)
{
    GString *text = g_string_new(NULL);
    for (guint i = x->first; i < x->last; i++) {
        const Block *block = g_ptr_array_index(x->model->blocks, i);
        if (block->confidence == 1) {
            g_string_append_printf(text, "%s\n", block->text);
            continue;
        }
        /* Between recognised Chinese characters blanks are chance. */
        g_auto(GStrv) lines = g_strsplit(block->text, "\n", -1);
        for (guint k = 0; lines[k]; k++) {
            g_autofree char *line = text_fold(lines[k]);
            g_string_append_printf(text, "%s\n", line);
        }
    }
    return g_string_free(text, FALSE);
}

static const Block *block_of(const Extraction *x, const char *value)
{
    for (guint i = x->first; i < x->last; i++) {
        const Block *block = g_ptr_array_index(x->model->blocks, i);
        g_autofree char *folded = block->confidence < 1 ? text_fold(block->text) : NULL;
        if (strstr(folded ? folded : block->text, value))
            return block;
    }
    return NULL;
}

static void take_patterns(Extraction *x, const KindField *field, const char *text)
{
    for (guint i = 0; i < field->patterns->len && !form_field(x->form, field->id); i++) {
        const Pattern *pattern = g_ptr_array_index(field->patterns, i);
        g_autoptr(GMatchInfo) match = NULL;
        if (!g_regex_match(pattern->regex, text, 0, &match))
            continue;
        g_autofree char *value = g_match_info_fetch(match, pattern->group);
        const Block *block = block_of(x, value);
        g_autofree char *place =
            block ? g_strdup_printf("%s %u", block->is_table ? "table" : "paragraph", block->number)
                  : g_strdup("text");
        take_value(x, field, value, FOUND * (block ? block->confidence : 1), place, block ? block->box : NULL);
    }
}

/* The last line that is a date and little else: who signs writes it there. */
static void take_last_date(Extraction *x, const KindField *field, const char *text)
{
    g_auto(GStrv) lines = g_strsplit_set(text, "\n\t", -1);
    for (guint i = g_strv_length(lines); i-- > 0;) {
        gboolean bad;
        g_autofree char *folded = label_fold(lines[i]);
        g_autofree char *date = *folded ? type_find_date(lines[i], &bad) : NULL;
        if (!date || g_utf8_strlen(folded, -1) > 24)
            continue;
        const Block *block = block_of(x, lines[i]);
        g_autofree char *place =
            block ? g_strdup_printf("%s %u", block->is_table ? "table" : "paragraph", block->number)
                  : g_strdup("text");
        take_value(x, field, date, LIKELY * (block ? block->confidence : 1), place, block && !block->is_table ? block->box : NULL);
        return;
    }
}

/* --- seal
 * ------------------------------------------------------------------------------------------------------------------
 */

static void take_seal(Extraction *x, const KindField *field, gboolean shows_seal)
{
    g_autoptr(FieldValue) value = field_value_new(field->id, VALUE_TEXT);
    /* Where a format need not show one, none says nothing; one that stands in it as a picture is there. */
    gboolean present = g_strcmp0(x->model->seal, "present") == 0;
    value->text = g_strdup((shows_seal || present) && x->model->seal ? x->model->seal : "unknown");
    value->confidence = SURE;
    value->from = g_strdup(shows_seal ? "page" : present ? "picture" : "format");
    if (present)
        memcpy(value->box, x->model->seal_box, sizeof value->box);
    g_ptr_array_add(x->form->fields, g_steal_pointer(&value));
}

static void find_invalid(const KindField *field, Form *form)
{
    g_autofree char *zh = g_strdup_printf("“%s”的内容不符合要求的格式，请核对后重新填写。", field->name_zh);
    g_autofree char *en = g_strdup_printf("The value of \"%s\" is not of the form asked for; please check it and fill it in again.",
                                          field->name_en);
    g_ptr_array_add(form->findings, finding_new("field-invalid", "error", field->id, zh, en));
}

Finding *extract_unsure(const KindField *field)
{
    g_autofree char *zh = g_strdup_printf("扫描件中的“%s”未能识别清楚，将由工作人员核对。", field->name_zh);
    g_autofree char *en = g_strdup_printf("\"%s\" could not be read from the scan with certainty; a person will look at it.",
                                          field->name_en);
    return finding_new("kind-uncertain", "", field->id, zh, en);
}

/* Rows and columns of tables, which no single label stands beside. */
static void take_rows(Extraction *x)
{
    for (guint i = 0; i < x->kind->fields->len; i++) {
        const KindField *field = g_ptr_array_index(x->kind->fields, i);
        FieldValue *value = field->type == TYPE_ROWS ? rows_read(field, x->model, x->first, x->last)
                            : field->columns->len    ? rows_column(x->kind, field, x->model, x->first, x->last)
                                                     : NULL;
        if (!value)
            continue;
        value->confidence = LIKELY;
        g_ptr_array_add(x->form->fields, value);
    }
    for (guint i = 0; i < x->kind->fields->len; i++) {
        const KindField *field = g_ptr_array_index(x->kind->fields, i);
        const FieldValue *rows = field->count ? form_field(x->form, field->count) : NULL;
        if (!rows || rows->shape != VALUE_ROWS)
            continue;
        g_autofree char *number = g_strdup_printf("%u", rows->rows->len);
        take_value(x, field, number, LIKELY, rows->from, NULL);
    }
}

void extract_fields(const Kind *kind, const Model *model, guint first, guint last, gboolean shows_seal,
                    Form *form)
{
    g_autoptr(GHashTable) invalid = g_hash_table_new(g_str_hash, g_str_equal), unsure = g_hash_table_new(g_str_hash, g_str_equal);
    Extraction x = {kind, model, first, last, form, invalid, unsure, extract_is_scan(model, first, last)};
    take_rows(&x);
    for (guint i = first; i < last; i++) {
        const Block *block = g_ptr_array_index(model->blocks, i);
        if (block->is_table)
            take_table(&x, block);
    }
    for (guint i = first; i < last; i++) {
        const Block *block = g_ptr_array_index(model->blocks, i);
        if (!block->is_table)
            take_paragraph(&x, i);
    }
    for (guint i = first; i < last; i++) {
        const Block *block = g_ptr_array_index(model->blocks, i);
        if (block->is_table)
            take_table_loosely(&x, block);
        else
            take_line_loosely(&x, block);
    }
    g_autofree char *text = whole_text(&x);
    for (guint i = 0; i < kind->fields->len; i++) {
        const KindField *field = g_ptr_array_index(kind->fields, i);
        if (field->type == TYPE_SEAL)
            take_seal(&x, field, shows_seal);
        if (!form_field(form, field->id) && !g_hash_table_contains(invalid, field->id))
            take_patterns(&x, field, text);
        if (field->last_date && !form_field(form, field->id) && !g_hash_table_contains(invalid, field->id))
            take_last_date(&x, field, text);
        if (g_hash_table_contains(invalid, field->id))
            find_invalid(field, form);
        else if (g_hash_table_contains(unsure, field->id) && !form_field(form, field->id))
            g_ptr_array_add(form->findings, extract_unsure(field));
    }
}

gboolean extract_is_scan(const Model *model, guint first, guint last)
{
    for (guint i = first; i < last; i++) {
        const Block *block = g_ptr_array_index(model->blocks, i);
        if (block->confidence < 1)
            return TRUE;
        for (guint k = 0; block->cells && k < block->cells->len; k++)
            if (((const Cell *)g_ptr_array_index(block->cells, k))->confidence < 1)
                return TRUE;
    }
    return FALSE;
}
