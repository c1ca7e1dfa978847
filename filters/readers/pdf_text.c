#include "page/ideograph.h"
#include "readers/pdf.h"
#include "readers/symbols.h"

/* What poppler has of a page's text, in its order of reading, and where each character stands. */
typedef struct {
    PopplerRectangle area, *boxes;
    guint count;
} Selection;

/* Poppler hands out what lies, in its order of reading, from the block nearest to one point to the block nearest to another:
 * from corner to corner it leaves out columns that run down or begin at the right. Of all pairs of corners the one with most
 * text counts. They lie well outside, so that a line over the edge is not cut. */
static Selection select_all(PopplerPage *pdf)
{
    enum { CORNERS = 4 };
    double width = 0, height = 0;
    poppler_page_get_size(pdf, &width, &height);
    Selection best = {.count = 0};
    for (int pair = 0; pair < CORNERS * CORNERS; pair++) {
        int from = pair / CORNERS, to = pair % CORNERS;
        PopplerRectangle area = {from & 1 ? 2 * width : -width, from & 2 ? 2 * height : -height,
                                 to & 1 ? 2 * width : -width, to & 2 ? 2 * height : -height};
        PopplerRectangle *boxes = NULL;
        guint count = 0;
        if (from >= to || !poppler_page_get_text_layout_for_area(pdf, &area, &boxes, &count) || count <= best.count) {
            g_free(boxes);
            continue;
        }
        g_free(best.boxes);
        best = (Selection){area, boxes, count};
    }
    return best;
}

/* The font of each character that is set in a symbol font, by index; others are missing. */
static GHashTable *symbol_fonts(PopplerPage *pdf, Selection *selection, GList **ret_attributes)
{
    GHashTable *fonts = g_hash_table_new(NULL, NULL);
    *ret_attributes = poppler_page_get_text_attributes_for_area(pdf, &selection->area);
    for (GList *at = *ret_attributes; at; at = at->next) {
        const PopplerTextAttributes *run = at->data;
        if (!symbols_is_font(run->font_name))
            continue;
        for (int i = run->start_index; i <= run->end_index; i++)
            g_hash_table_insert(fonts, GINT_TO_POINTER(i), run->font_name);
    }
    return fonts;
}

static gunichar text_char(gunichar c, const char *font)
{
    if (font)
        return symbols_char(font, c);
    return c >= 0xf020 && c <= 0xf0ff ? symbols_char("Wingdings", c) : c;
}

#define TO_RIGHT 0x202a
#define TO_LEFT 0x202b
#define AS_BEFORE 0x202c

/* Marks that steer the direction of text and show nothing. */
static gboolean is_direction(gunichar c)
{
    return c == 0x200e || c == 0x200f || (c >= TO_RIGHT && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static void reverse(GArray *places, guint from)
{
    for (guint to = places->len; from + 1 < to; from++, to--) {
        guint kept = g_array_index(places, guint, from);
        g_array_index(places, guint, from) = g_array_index(places, guint, to - 1);
        g_array_index(places, guint, to - 1) = kept;
    }
}

/* The number of the box of each character of TEXT that is no mark; NULL when each character has the box of its own number.
 * Poppler has the words that go to the left in the order of reading, between marks that have no box, but hands out their boxes
 * from left to right. */
static GArray *places_of_boxes(const char *text, guint boxes)
{
    if ((glong)boxes == g_utf8_strlen(text, -1))
        return NULL;
    GArray *places = g_array_new(FALSE, FALSE, sizeof(guint));
    guint left = 0, right = 0; /* where what goes to the left, and within it to the right, begins */
    enum { PLAIN, LEFTWARD, RIGHTWARD } within = PLAIN;
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        guint place = places->len;
        if (c == TO_LEFT && within == PLAIN) {
            left = place;
            within = LEFTWARD;
        } else if (c == TO_RIGHT && within == LEFTWARD) {
            right = place;
            within = RIGHTWARD;
        } else if (c == AS_BEFORE && within == RIGHTWARD) {
            reverse(places, right);
            within = LEFTWARD;
        } else if (c == AS_BEFORE && within == LEFTWARD) {
            for (guint i = left; i < place; i++)
                g_array_index(places, guint, i) = left + place - 1 - g_array_index(places, guint, i);
            within = PLAIN;
        } else if (!is_direction(c)) {
            g_array_append_val(places, place);
        }
    }
    return places;
}

/* The character C at BOX; a ligature is as many as it has letters, side by side. */
static void put_char(Page *page, gunichar c, PageBox box, gboolean blank, guint run)
{
    const char *letters = ideograph_letters(c);
    glong count = g_utf8_strlen(letters, -1);
    float width = (box.x1 - box.x0) / (float)MAX(count, 1);
    for (glong i = 0; i < MAX(count, 1); i++) {
        PageGlyph glyph = {count ? (gunichar)letters[i] : ideograph_plain(c), -1,
                           {box.x0 + width * (float)i, box.y0, count ? box.x0 + width * (float)(i + 1) : box.x1, box.y1},
                           .blank = blank && i == 0, .run = run};
        g_array_append_val(page->glyphs, glyph);
    }
}

void pdf_take_text(PopplerPage *pdf, Page *page)
{
    Selection selection = select_all(pdf);
    g_autofree PopplerRectangle *boxes = selection.boxes;
    g_autofree char *text = boxes ? poppler_page_get_text_for_area(pdf, &selection.area) : NULL;
    if (!text)
        return;
    GList *attributes = NULL;
    g_autoptr(GHashTable) fonts = symbol_fonts(pdf, &selection, &attributes);
    g_autoptr(GArray) places = places_of_boxes(text, selection.count);
    gboolean blank = FALSE;
    guint run = 1, i = 0;
    for (const char *at = text; *at && i < selection.count; at = g_utf8_next_char(at)) {
        gunichar c = text_char(g_utf8_get_char(at), g_hash_table_lookup(fonts, GUINT_TO_POINTER(i)));
        gboolean mark = is_direction(c), seen = c && !g_unichar_isspace(c) && !g_unichar_iscntrl(c);
        guint place = places && i < places->len ? MIN(g_array_index(places, guint, i), selection.count - 1) : i;
        const PopplerRectangle *area = &boxes[place];
        PageBox box = {(float)MIN(area->x1, area->x2), (float)MIN(area->y1, area->y2), (float)MAX(area->x1, area->x2),
                       (float)MAX(area->y1, area->y2)};
        run += c == '\n';
        i += !mark || !places;
        if (seen && !mark)
            put_char(page, c, box, blank, run);
        blank = mark ? blank : !seen;
    }
    poppler_page_free_text_attributes(attributes);
}
