#include <math.h>
#include <string.h>

#include "base/text.h"
#include "page/flow.h"
#include "page/pen.h"
#include "page/pen_part.h"

#define LABEL_CHARS 24    /* a longer run of text before the word is a sentence */
#define BARE_CHARS 12     /* of a label without a colon */
#define GAP_EM 1.5f       /* a wider gap parts a label from what stands before it */
#define ROOM_EM 1.6f      /* narrower, nobody signs there */
#define CELL_ROOM_EM 5.0f /* of a label's own cell; with less the next cell is meant */
#define LINE_EM 14.0f     /* of the room beside a label that nothing bounds */
#define ABOVE_EM 0.9f     /* handwriting is higher than print */
#define BELOW_EM 0.7f
#define MARGIN 8.0f       /* points of a page's edge, where scanners leave shadows */
#define EDGE 1.5f         /* points inside of a cell's border */
#define INK 0.15          /* em²: two characters written with a thin pen have more */
#define BLANK 0.04        /* em²: less is dust */
#define DOUBT 0.15f       /* of a character: print has less */
#define COLON_EM 0.6f
#define STAMPED 0.25      /* em² of red */

/* A label of signing in a line of print. */
typedef struct {
    const FlowLine *line;
    guint from, word, to; /* glyphs: the label with what stands before the word, the word itself, after the label */
    gboolean colon, bracket;
} Label;

static gunichar at(const FlowLine *line, guint i)
{
    return i < line->glyphs->len ? g_unichar_tolower(((const PageGlyph *)line->glyphs->pdata[i])->c) : 0;
}

static const PageBox *box_at(const FlowLine *line, guint i)
{
    return &((const PageGlyph *)line->glyphs->pdata[i])->box;
}

static gboolean one_of(gunichar c, const char *set)
{
    return c && g_utf8_strchr(set, -1, c) != NULL;
}

/* Whether glyph I, not the first, stands apart from the one before. */
static gboolean is_apart(const FlowLine *line, guint i)
{
    return box_at(line, i)->x0 - box_at(line, i - 1)->x1 >= GAP_EM * line->em;
}

/* Characters that WORD takes of LINE from I on; 0 when it does not stand there. */
static guint word_at(const FlowLine *line, guint i, const char *word)
{
    guint count = 0;
    for (const char *p = word; *p; p = g_utf8_next_char(p), count++)
        if (at(line, i + count) != g_utf8_get_char(p))
            return 0;
    return count;
}

static guint any_word_at(const FlowLine *line, guint i, const char *const *words)
{
    guint count = 0;
    for (guint k = 0; words[k] && !count; k++)
        count = word_at(line, i, words[k]);
    return count;
}

gboolean pen_possible(const Page *page)
{
    static const char english[] = "ignature";
    guint matched = 0;
    for (guint i = 0; i < page->glyphs->len; i++) {
        gunichar c = g_unichar_tolower(g_array_index(page->glyphs, PageGlyph, i).c);
        if (one_of(c, "签簽诺諾"))
            return TRUE;
        matched = c == (gunichar)english[matched] ? matched + 1 : c == (gunichar)english[0];
        if (matched == sizeof english - 1)
            return TRUE;
    }
    return FALSE;
}

/* ---- labels ---- */

/* What may follow the word and still belong to its label: who, a bracket that ends, a seal asked for besides. */
static guint after_word(const FlowLine *line, guint i)
{
    static const char *const seals[] = {"或盖章", "或蓋章", "及盖章", "及蓋章", "并盖章", "、盖章", "/盖章", "盖章", "蓋章",
                                        "（盖章）", "(盖章)", "（手写）", "(手写)", NULL};
    static const char *const who[] = {"人", "者", "处", "處", "栏", "欄", NULL};
    i += any_word_at(line, i, who);
    i += any_word_at(line, i, seals);
    i += one_of(at(line, i), ")）]】");
    return i < line->glyphs->len && !is_apart(line, i) ? i + any_word_at(line, i, seals) : i;
}

/* Where the label that holds the word at WORD begins. */
static guint label_start(const FlowLine *line, guint word)
{
    guint from = word;
    while (from > 0 && !one_of(at(line, from - 1), ":：;；,，。、") && !is_apart(line, from))
        from--;
    return from;
}

/* The next label of LINE from glyph I on. */
static gboolean find_label(const FlowLine *line, guint i, Label *label)
{
    static const char *const words[] = {"签名", "签字", "签章", "簽名", "簽字", "簽章", "signature", NULL};
    static const char *const persons[] = {"承诺人", "承諾人", NULL};
    for (; i < line->glyphs->len; i++) {
        guint length = any_word_at(line, i, words), person = length ? 0 : any_word_at(line, i, persons);
        if (!length && !person)
            continue;
        guint end = after_word(line, i + length + person);
        *label = (Label){line, label_start(line, i), i, end, one_of(at(line, end), ":：;；"), FALSE};
        label->bracket = i > 0 && one_of(at(line, i - 1), "(（[【") && end > i && one_of(at(line, end - 1), ")）]】");
        while (label->colon && one_of(at(line, label->to), ":：;；"))
            label->to++;
        /* "签字日期" asks for a date, and where a person makes a promise in prose nobody signs. */
        if (!one_of(at(line, end), "日时時") && (!person || label->colon) && label->to - label->from <= LABEL_CHARS)
            return TRUE;
    }
    return FALSE;
}

/* What stands on the line after a label and is no name: the next label, a date, the place of the seal. */
static guint stopper(const FlowLine *line, guint from)
{
    static const char *const words[] = {"日期", "时间", "時間", "盖章", "蓋章", "公章", "date", NULL};
    guint count = line->glyphs->len;
    for (guint i = from; i < count; i++) {
        if (any_word_at(line, i, words) || one_of(at(line, i), "(（")) /* what a seal lies on is hard to read */
            return i;
        if (one_of(at(line, i), "年:：")) { /* what belongs to it stands close before it */
            gboolean date = at(line, i) == 0x5e74;
            while (i > from && !is_apart(line, i) &&
                   (!date || g_unichar_isdigit(at(line, i - 1)) || one_of(at(line, i - 1), "二〇○零一三四五六七八九十")))
                i--;
            return i;
        }
    }
    return count;
}

/* ---- places ---- */

typedef struct {
    PageBox zone;
    GArray *masks; /* PageBox: print that is no answer */
    guint printed; /* characters in the zone */
} Place;

static void mask(Place *place, const FlowLine *line, guint from, guint to)
{
    for (guint i = from; i < to; i++)
        g_array_append_val(place->masks, *box_at(line, i));
}

/* Characters of an answer on a digital page, whose own places are known exactly; recognised ones may be handwriting. */
static void take_answer(Place *place, const PenRegion *region, const PageGlyph *glyph)
{
    const PageBox *zone = &place->zone, *box = &glyph->box;
    float x = (box->x0 + box->x1) / 2, y = (box->y0 + box->y1) / 2;
    const PageControl *control = glyph->control >= 0 ? region->page->controls->pdata[glyph->control] : NULL;
    if (region->page->scanned || x < zone->x0 || x > zone->x1 || y < zone->y0 || y > zone->y1)
        return;
    place->printed += control ? control->text && *control->text : !one_of(glyph->c, "_-—–.…·。/");
    g_array_append_val(place->masks, *box);
}

static float right_edge(const PenRegion *region, float x, float em)
{
    return region->cell ? region->cell->box.x1 - EDGE : MIN(region->page->width - MARGIN, x + LINE_EM * em);
}

static void keep_inside(const PenRegion *region, PageBox *zone)
{
    PageBox whole = {MARGIN, MARGIN, region->page->width - MARGIN, region->page->height - MARGIN};
    const PageBox *cell = region->cell ? &region->cell->box : &whole;
    float edge = region->cell ? EDGE : 0;
    zone->x0 = MAX(zone->x0, cell->x0 + edge), zone->y0 = MAX(zone->y0, cell->y0 + edge);
    zone->x1 = MIN(zone->x1, cell->x1 - edge), zone->y1 = MIN(zone->y1, cell->y1 - edge);
}

static gboolean has_room(const PageBox *zone, float em)
{
    return zone->x1 - zone->x0 >= ROOM_EM * em && zone->y1 - zone->y0 >= em;
}

/* The other lines of the region, which are no answer whatever they are. */
static void mask_others(Place *place, const PenRegion *region, const FlowLine *own)
{
    for (guint b = 0; b < region->blocks->len; b++) {
        const GPtrArray *lines = ((const FlowBlock *)region->blocks->pdata[b])->lines;
        for (guint i = 0; i < lines->len; i++)
            if (lines->pdata[i] != own)
                mask(place, lines->pdata[i], 0, ((const FlowLine *)lines->pdata[i])->glyphs->len);
    }
}

/* Beside the label on its own line. */
static gboolean beside(const PenRegion *region, const Label *label, Place *place)
{
    const FlowLine *line = label->line;
    guint stop = stopper(line, label->to), from = label->to;
    float x = box_at(line, from - 1)->x1 + 0.1f * line->em;
    PageBox zone = {x, line->box.y0 - ABOVE_EM * line->em,
                    stop < line->glyphs->len ? box_at(line, stop)->x0 - 0.1f * line->em : right_edge(region, x, line->em),
                    line->box.y1 + BELOW_EM * line->em};
    guint colon = label->from;
    if (label->bracket && !label->colon && colon > 1 && one_of(at(line, colon - 1), ":：") && text_is_han(at(line, colon - 2))) {
        /* "负责人：      （签名）" */
        zone.x0 = box_at(line, colon - 1)->x1, zone.x1 = box_at(line, label->word - 1)->x0;
        from = colon, stop = label->word - 1;
    } else if (label->bracket && !label->colon && label->from + 1 == label->word) {
        /* "（签名）" by itself: people write before, on or after it */
        zone.x0 -= 0.6f * LINE_EM * line->em;
        if (label->from > 0)
            zone.x0 = MAX(zone.x0, box_at(line, label->from - 1)->x1 + 0.1f * line->em);
    }
    keep_inside(region, &zone);
    if (!has_room(&zone, line->em))
        return FALSE;
    place->zone = zone;
    mask(place, line, 0, from);
    mask(place, line, stop, line->glyphs->len);
    for (guint i = from; i < stop; i++)
        take_answer(place, region, line->glyphs->pdata[i]);
    mask_others(place, region, line);
    return TRUE;
}

static const GridCell *cell_after(const PenRegion *region, gboolean below)
{
    const GridCell *cell = region->cell;
    for (guint i = 0; i < region->grid->cells->len; i++) {
        const GridCell *other = &g_array_index(region->grid->cells, GridCell, i);
        if (below ? other->column == cell->column && other->row == cell->row + cell->rowspan
                  : other->row == cell->row && other->column == cell->column + cell->colspan)
            return other;
    }
    return NULL;
}

/* A cell that holds nothing but a name, or nothing: no other label and no text. */
static gboolean may_be_answer(const GPtrArray *glyphs)
{
    for (guint i = 0; glyphs && i < glyphs->len; i++)
        if (one_of(((const PageGlyph *)glyphs->pdata[i])->c, ":：签簽，。"))
            return FALSE;
    return !glyphs || glyphs->len <= LABEL_CHARS;
}

/* In the cell after the label's own, or below it. */
static gboolean next_cell(const PenRegion *region, const Label *label, Place *place)
{
    for (int below = 0; region->cell && below < 2; below++) {
        const GridCell *cell = cell_after(region, below);
        const GPtrArray *glyphs = cell ? g_hash_table_lookup(region->held, cell) : NULL;
        PenRegion there = *region;
        there.cell = cell;
        if (!cell || !may_be_answer(glyphs))
            continue;
        place->zone = cell->box;
        keep_inside(&there, &place->zone);
        if (!has_room(&place->zone, label->line->em))
            continue;
        for (guint i = 0; glyphs && i < glyphs->len; i++) {
            const PageGlyph *glyph = glyphs->pdata[i];
            if (one_of(glyph->c, "年月日()（）") || g_unichar_isdigit(glyph->c))
                g_array_append_val(place->masks, glyph->box);
            else
                take_answer(place, &there, glyph);
        }
        return TRUE;
    }
    return FALSE;
}

static guint cell_length(const PenRegion *region)
{
    const GPtrArray *glyphs = region->cell ? g_hash_table_lookup(region->held, region->cell) : NULL;
    return glyphs ? glyphs->len : 0;
}

/* An underline to write on, right of the label. */
static gboolean is_underlined(const PenRegion *region, const Label *label)
{
    const FlowLine *line = label->line;
    float x = box_at(line, label->to - 1)->x1, em = line->em;
    for (guint i = 0; i < region->page->lines->len; i++) {
        const RuleLine *rule = &g_array_index(region->page->lines, RuleLine, i);
        if (rule->horizontal && rule->at > line->box.y0 && rule->at < line->box.y1 + 0.6f * em && rule->from < x + 3 * em &&
            rule->to > x + 4 * em)
            return TRUE;
    }
    return FALSE;
}

/* On a scan the colon may be lost in the handwriting after it, which was recognised as something. */
static gboolean runs_into_writing(const PenRegion *region, const Label *label)
{
    const FlowLine *line = label->line;
    if (!region->page->scanned || label->to >= line->glyphs->len)
        return FALSE;
    const PageGlyph *next = line->glyphs->pdata[label->to];
    gboolean gap = next->box.x0 - box_at(line, label->to - 1)->x1 > COLON_EM * line->em;
    return next->doubt > DOUBT || (gap && text_is_han(at(line, label->word)));
}

/* Finds where the person is to sign. FALSE when the label is none, or has no room. */
static gboolean find_place(const PenRegion *region, const Label *label, Place *place)
{
    const FlowLine *line = label->line;
    guint length = label->to - label->from;
    gboolean alone = cell_length(region) == length;
    float room = region->cell ? region->cell->box.x1 - box_at(line, label->to - 1)->x1 : G_MAXFLOAT;
    if (alone && length <= BARE_CHARS && room < CELL_ROOM_EM * line->em)
        return next_cell(region, label, place);
    if (label->colon || label->bracket)
        return beside(region, label, place);
    if (alone && length <= BARE_CHARS)
        return next_cell(region, label, place) || beside(region, label, place);
    return label->from == 0 && length <= BARE_CHARS && (is_underlined(region, label) || runs_into_writing(region, label)) &&
           beside(region, label, place);
}

static void say(Xhtml *out, const PenRegion *region, const Label *label, const Place *place)
{
    double ink = pen_strokes(region->page, &place->zone, place->masks, label->line->em), box[4];
    gboolean stamped = pen_red(region->page, &place->zone, label->line->em) > STAMPED;
    const char *state = ink >= INK ? "ink" : stamped || ink > BLANK ? "unknown" : place->printed ? "print" : "blank";
    g_autoptr(GString) said = g_string_new(state);
    page_shares(region->page, &place->zone, box);
    g_string_append_printf(said, " %d", region->page->number);
    for (int i = 0; i < 4; i++) {
        char number[16];
        g_string_append_printf(said, " %s", g_ascii_formatd(number, sizeof number, "%.4f", box[i]));
    }
    g_string_append_c(said, ' ');
    for (guint i = label->from; i < label->to && !one_of(at(label->line, i), ":：;；"); i++)
        g_string_append_unichar(said, ((const PageGlyph *)label->line->glyphs->pdata[i])->c);
    xhtml_meta(out, "signing", said->str);
}

guint pen_look(Xhtml *out, const PenRegion *region, guint most)
{
    guint count = 0;
    for (guint b = 0; region->page->ink && b < region->blocks->len; b++) {
        const GPtrArray *lines = ((const FlowBlock *)region->blocks->pdata[b])->lines;
        for (guint i = 0; i < lines->len; i++) {
            Label label = {0};
            for (guint from = 0; count < most && find_label(lines->pdata[i], from, &label); from = label.to) {
                Place place = {.masks = g_array_new(FALSE, FALSE, sizeof(PageBox))};
                if (find_place(region, &label, &place)) {
                    say(out, region, &label, &place);
                    count++;
                }
                g_array_unref(place.masks);
            }
        }
    }
    return count;
}
