/* engine.c: which kind, from where to where, and then its values and rules. */
#include <libxml/xpathInternals.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "engine/extract.h"
#include "engine/kinds.h"
#include "engine/labels.h"
#include "engine/marking.h"
#include "engine/match.h"
#include "engine/model.h"
#include "engine/rules.h"

#define LINE 0.6        /* below it nothing is asserted */
#define GUESS 0.35      /* below it there is not even a guess */
#define TITLE_BLOCKS 12 /* a title stands among the first of a form */
#define TITLE_BYTES 400 /* no title is longer */
#define TITLE_CHARS 140 /* a page head may bear more than the title */
#define TITLE_EXTRA 14  /* characters that may stand beside a title */

/* A block that bears a kind's title. */
typedef struct {
    const Kind *kind;
    guint block;
    double strength; /* 1: the title and nothing else */
} Title;

/* A Chinese title has no punctuation inside; an English one may have a comma. */
static gboolean is_sentence(const char *folded)
{
    gboolean han = FALSE;
    for (const char *p = folded; *p && !han; p = g_utf8_next_char(p))
        han = text_is_han(g_utf8_get_char(p));
    return strstr(folded, "。") || (han && strpbrk(folded, ",;"));
}

/* FOLDED without the marks at its end: dust, on a scan. Caller frees. */
static char *without_end(const char *folded)
{
    char *title = g_strdup(folded);
    for (gsize length = strlen(title); length > 0 && strchr(",.;:'", title[length - 1]);)
        title[--length] = 0;
    return title;
}

static double title_strength(const Kind *kind, const char *text, const char *whole)
{
    double best = 0;
    g_autofree char *folded = without_end(whole);
    if (!*folded || strlen(folded) > TITLE_BYTES)
        return 0;
    gsize length = (gsize)g_utf8_strlen(folded, -1);
    for (guint i = 0; i < kind->titles->len; i++) {
        const char *title = g_ptr_array_index(kind->titles, i);
        gsize own = (gsize)g_utf8_strlen(title, -1);
        if (g_str_equal(folded, title))
            return 1;
        if (length <= own + TITLE_EXTRA && strstr(folded, title) && !strpbrk(folded, ",;") &&
            !strstr(folded, "，") && !strstr(folded, "。"))
            best = MAX(best, 0.9);
    }
    for (guint i = 0; best < 0.95 && i < kind->title_patterns->len; i++) {
        g_autofree char *line = g_strstrip(g_strdup(text));
        if (length < TITLE_CHARS && !is_sentence(folded) && g_regex_match(g_ptr_array_index(kind->title_patterns, i), line, 0, NULL))
            best = 0.95;
    }
    return best;
}

/* In a table a title stands in its first row. */
static double block_strength(const Kind *kind, const Block *block)
{
    double strength = 0;
    if (!block->is_table)
        return title_strength(kind, block->text, block->folded);
    for (guint i = 0; i < MIN(block->cells->len, 3); i++) {
        const Cell *cell = g_ptr_array_index(block->cells, i);
        g_autofree char *folded = label_fold(cell->text);
        strength = MAX(strength, title_strength(kind, cell->text, folded));
    }
    return strength;
}

/* The strongest title that a block bears, over all kinds. */
static gboolean block_title(const Kinds *kinds, const Model *model, guint at, Title *ret)
{
    const Block *block = g_ptr_array_index(model->blocks, at);
    *ret = (Title){NULL, at, 0};
    for (guint k = 0; k < kinds->kinds->len; k++) {
        const Kind *kind = g_ptr_array_index(kinds->kinds, k);
        double strength = block_strength(kind, block);
        if (strength > ret->strength) {
            ret->strength = strength;
            ret->kind = kind;
        }
    }
    return ret->kind != NULL;
}

static double clue_weight(const Kind *kind, const Model *model, guint first, guint last,
                          const EngineHints *hints)
{
    double sum = 0;
    g_autofree char *filename = hints->filename ? label_fold(hints->filename) : NULL;
    g_autofree char *subject = hints->subject ? label_fold(hints->subject) : NULL;
    for (guint i = 0; i < kind->clues->len; i++) {
        const Clue *clue = g_ptr_array_index(kind->clues, i);
        const char *where = clue->place == CLUE_FILENAME ? filename : subject;
        gboolean found = clue->place != CLUE_TEXT && where && strstr(where, clue->phrase);
        for (guint k = first; clue->place == CLUE_TEXT && k < last && !found; k++)
            found = strstr(((Block *)g_ptr_array_index(model->blocks, k))->folded, clue->phrase) != NULL;
        if (found)
            sum += clue->weight;
    }
    return sum;
}

static double score(const Kind *kind, const Model *model, guint first, guint last, double title,
                    const EngineHints *hints)
{
    guint wanted = 0, labels = match_count(kind, model, first, last);
    for (guint i = 0; i < kind->fields->len; i++)
        wanted += ((KindField *)g_ptr_array_index(kind->fields, i))->labels->len > 0;
    double share = wanted ? MIN(1.0, 1.4 * labels / wanted) : 0;
    double clues = CLAMP(clue_weight(kind, model, first, last, hints), -0.8, 0.25);
    double sum = title * 0.72 + share * 0.28 + clues;
    return CLAMP(sum, 0, 0.995);
}

static const Kind *best_kind(const Kinds *kinds, const Model *model, guint first, guint last,
                             const EngineHints *hints, double *ret_score, GPtrArray *explain)
{
    const Kind *best = NULL;
    *ret_score = 0;
    for (guint k = 0; k < kinds->kinds->len; k++) {
        const Kind *kind = g_ptr_array_index(kinds->kinds, k);
        double title = 0;
        if (hints->is_body && !kind->in_body)
            continue;
        for (guint i = first; i < MIN(last, first + TITLE_BLOCKS); i++)
            title = MAX(title, block_strength(kind, g_ptr_array_index(model->blocks, i)));
        /* In a mail's own text the subject may be the title; without a title it is just a mail. */
        if (hints->is_body && title == 0 && hints->subject) {
            g_autofree char *subject = label_fold(hints->subject);
            title = 0.9 * title_strength(kind, hints->subject, subject);
        }
        if (hints->is_body && title == 0)
            continue;
        double points = score(kind, model, first, last, title, hints);
        if (explain)
            g_ptr_array_add(explain, g_strdup_printf("%s: title %.2f, in all %.2f", kind->id, title, points));
        if (points > *ret_score) {
            *ret_score = points;
            best = kind;
        }
    }
    return best;
}

/* A blank template bears labels and no values. */
static gboolean is_filled(const Form *form)
{
    guint values = 0;
    for (guint i = 0; i < form->fields->len; i++)
        values += !g_str_equal(((FieldValue *)g_ptr_array_index(form->fields, i))->id, "seal");
    return values >= 2;
}

/* On a scan a value that was not found may stand there all the same: its label or its characters were not recognised. */
static GHashTable *find_misread(const Kind *kind, const Model *model, guint first, guint last)
{
    GHashTable *misread = g_hash_table_new(g_str_hash, g_str_equal);
    gboolean is_scan = extract_is_scan(model, first, last);
    for (guint i = 0; is_scan && i < kind->fields->len; i++)
        g_hash_table_add(misread, ((const KindField *)g_ptr_array_index(kind->fields, i))->id);
    return misread;
}

static Form *read_form(const Kinds *kinds, const Model *model, guint first, guint last,
                       const EngineHints *hints, const Context *context)
{
    Form *form = form_new();
    double points;
    if (context->explain)
        form->explain = g_ptr_array_new_with_free_func(g_free);
    const Kind *kind = best_kind(kinds, model, first, last, hints, &points, form->explain);
    if (kind && points >= LINE) {
        extract_fields(kind, model, first, last, hints->shows_seal, form);
        if (is_filled(form)) {
            form->kind = g_strdup(kind->id);
            form->confidence = points;
            g_autoptr(GHashTable) misread = find_misread(kind, model, first, last);
            rules_apply(kind, form, misread, context);
            return form;
        }
        g_ptr_array_set_size(form->fields, 0);
        g_ptr_array_set_size(form->findings, 0);
        points = MIN(points, LINE - 0.01);
    }
    form->kind = g_strdup("unknown");
    form->confidence = kind ? 1 - points : 1;
    if (kind && points >= GUESS && !hints->is_body) {
        form->guess = g_strdup(kind->id);
        form->confidence = points;
        g_ptr_array_add(form->findings,
                        finding_new("kind-uncertain", "", NULL, "文件种类不确定，将由工作人员确认。",
                                    "The kind of the document is uncertain; a person will look at it."));
    }
    return form;
}

/* Where forms begin: a strong title that is not the first. */
static GArray *find_starts(const Kinds *kinds, const Model *model)
{
    GArray *starts = g_array_new(FALSE, FALSE, sizeof(guint));
    const Kind *current = NULL;
    guint begin = 0, since = 0;
    for (guint i = 0; i < model->blocks->len; i++) {
        Title title;
        gboolean strong = block_title(kinds, model, i, &title) && title.strength >= 0.95;
        if (strong && (current || i > 0) && (title.kind != current || i - since > 6)) {
            if (i > begin && (current || i - begin > 3)) {
                g_array_append_val(starts, begin);
                begin = i;
            }
        }
        if (strong) {
            current = title.kind;
            since = i;
        }
    }
    g_array_append_val(starts, begin);
    return starts;
}

GPtrArray *engine_read(const Kinds *kinds, xmlDoc *xhtml, const EngineHints *hints, const Context *context)
{
    GPtrArray *forms = g_ptr_array_new_with_free_func((GDestroyNotify)form_free);
    g_autoptr(Model) model = model_new(xhtml);
    if (hints->is_body) {
        g_ptr_array_add(forms, read_form(kinds, model, 0, model->blocks->len, hints, context));
        return forms;
    }
    g_autoptr(GArray) starts = find_starts(kinds, model);
    for (guint i = 0; i < starts->len; i++) {
        guint first = g_array_index(starts, guint, i);
        guint last = i + 1 < starts->len ? g_array_index(starts, guint, i + 1) : model->blocks->len;
        g_ptr_array_add(forms, read_form(kinds, model, first, last, hints, context));
    }
    Finding *secret = marking_find(model);
    if (secret)
        g_ptr_array_add(((Form *)g_ptr_array_index(forms, 0))->findings, secret);
    return forms;
}
