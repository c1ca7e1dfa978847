#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "page/ideograph.h"
#include "page/rules.h"
#include "readers/ofd.h"

#define DEPTH 8          /* composites in composites */
#define COMPOSED 2000    /* composites of one document */
#define GLYPHS 200000    /* characters of one page; a full one has 5,000 */
#define ASCENT 0.88      /* of the size: the box above the base line */
#define UNTOLD 0xa4      /* "¤": what writers put where only glyphs are known */
#define FIRST_WIDE 0x2e80 /* characters from here on are as wide as high */

/* The graphic object that is being parsed (8.5). */
typedef struct {
    gboolean path;     /* else text */
    OfdMatrix matrix;  /* its own space to the page, mm */
    gboolean fill, stroke;
    double size, wide; /* of text: mm, and how much its characters are stretched */
    double x, y;       /* where the next TextCode begins when it does not say */
    PageBox boundary;  /* points */
} Object;

typedef struct {
    OfdDocument *document;
    Page *page;
    GArray *hidden;       /* PageGlyph: text that is there to be searched, behind a picture */
    GArray *pictures;     /* OfdPicture */
    GArray *drawings;     /* PageBox: of paths that are no rulings */
    GPtrArray *templates; /* char *: ids, of the page's own content */
    OfdMatrix space;      /* around the objects, to the page */
    guint depth;          /* of composites */
    int passed;           /* depth inside an element that is passed over */
    const char *only;     /* id of the composite whose definition is looked for, in a resource part; else NULL */
    gboolean inside;      /* in it */
    Object object;
    gboolean blank;       /* the character before was white space */
    GString *text;        /* of the innermost element */
    GString *dx, *dy;     /* the distances of the TextCode */
    GString *path;        /* of the path object */
} Parse;

static const OfdMatrix plain = {{1, 0, 0, 1, 0, 0}};

static void parse_composite(const Parse *parse, const char *id, const OfdMatrix *space);

/* ---- text (11) ---- */

static double usual_advance(gunichar c, double size)
{
    return c >= FIRST_WIDE ? size : g_unichar_isupper(c) ? 0.66 * size : 0.5 * size;
}

/* The character C, drawn at the object's x and y, to the page unless it lies outside. */
static void put_glyph(Parse *parse, gunichar c, double advance)
{
    const Object *object = &parse->object;
    double xs[2] = {object->x, object->x + advance};
    double ys[2] = {object->y - ASCENT * object->size, object->y + (1 - ASCENT) * object->size};
    PageBox box = {G_MAXFLOAT, G_MAXFLOAT, -G_MAXFLOAT, -G_MAXFLOAT};
    for (int i = 0; i < 4; i++) {
        double px = xs[i & 1], py = ys[i >> 1];
        ofd_matrix_point(&object->matrix, &px, &py);
        float x = (float)(px * OFD_POINTS), y = (float)(py * OFD_POINTS);
        box = (PageBox){MIN(box.x0, x), MIN(box.y0, y), MAX(box.x1, x), MAX(box.y1, y)};
    }
    float middle_x = (box.x0 + box.x1) / 2, middle_y = (box.y0 + box.y1) / 2;
    if (!(middle_x >= 0 && middle_y >= 0 && middle_x <= parse->page->width && middle_y <= parse->page->height))
        return;
    PageGlyph glyph = {ideograph_plain(c), -1, box, .blank = parse->blank};
    GArray *glyphs = object->fill || object->stroke ? parse->page->glyphs : parse->hidden;
    if (glyphs->len < GLYPHS)
        g_array_append_val(glyphs, glyph);
}

static OfdSpan span_of(const GString *text)
{
    return (OfdSpan){text->str, text->str + text->len};
}

/* The characters of a TextCode. A distance up to a character's size says how wide it is; a longer one is a gap after it. */
static void put_text(Parse *parse)
{
    Object *object = &parse->object;
    OfdDeltas across = {.rest = span_of(parse->dx)}, down = {.rest = span_of(parse->dy)};
    for (const char *at = parse->text->str; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        double usual = usual_advance(c, object->size) * object->wide, dx = 0, dy = 0;
        gboolean told = ofd_next_delta(&across, &dx), told_down = ofd_next_delta(&down, &dy);
        if (!told && !told_down)
            dx = usual;
        gboolean width = told && dx > 0 && dx <= object->size * object->wide;
        gboolean seen = c != UNTOLD && !g_unichar_isspace(c) && !g_unichar_iscntrl(c);
        if (seen)
            put_glyph(parse, c, width ? dx : usual);
        parse->blank = !seen;
        object->x += dx;
        object->y += dy;
    }
}

static void set_span(GString *to, OfdSpan from)
{
    g_string_truncate(to, 0);
    if (from.at)
        g_string_append_len(to, from.at, from.end - from.at);
}

static void start_text(Parse *parse, const xmlChar **attrs, int count)
{
    Object *object = &parse->object;
    OfdSpan x = ofd_attr(attrs, count, "X"), y = ofd_attr(attrs, count, "Y");
    object->x = x.at ? ofd_number(x) : object->x;
    object->y = y.at ? ofd_number(y) : object->y;
    set_span(parse->dx, ofd_attr(attrs, count, "DeltaX"));
    set_span(parse->dy, ofd_attr(attrs, count, "DeltaY"));
}

/* ---- objects (8.5) ---- */

/* The space inside of an object: its own matrix, then its place in what is around it. */
static OfdMatrix object_space(const Parse *parse, const xmlChar **attrs, int count, double box[4])
{
    OfdMatrix place = plain, own = plain;
    double numbers[6];
    memset(box, 0, 4 * sizeof *box);
    ofd_numbers(ofd_attr(attrs, count, "Boundary"), box, 4);
    place.m[4] = box[0];
    place.m[5] = box[1];
    if (ofd_numbers(ofd_attr(attrs, count, "CTM"), numbers, 6) == 6)
        memcpy(own.m, numbers, sizeof own.m);
    OfdMatrix outer = ofd_matrix_join(&parse->space, &place);
    return ofd_matrix_join(&outer, &own);
}

static gboolean is_clear(const xmlChar **attrs, int count)
{
    return ofd_attr_is(attrs, count, "Alpha", "0");
}

/* Where the unit square of MATRIX's space stands on the page, points. */
static PageBox place_of(const Parse *parse, const OfdMatrix *matrix)
{
    double left = G_MAXDOUBLE, top = G_MAXDOUBLE, right = 0, bottom = 0;
    for (int i = 0; i < 4; i++) {
        double x = i & 1, y = i >> 1;
        ofd_matrix_point(matrix, &x, &y);
        left = MIN(left, x), top = MIN(top, y), right = MAX(right, x), bottom = MAX(bottom, y);
    }
    float width = parse->page->width, height = parse->page->height;
    return (PageBox){CLAMP((float)(left * OFD_POINTS), 0, width), CLAMP((float)(top * OFD_POINTS), 0, height),
                     CLAMP((float)(right * OFD_POINTS), 0, width), CLAMP((float)(bottom * OFD_POINTS), 0, height)};
}

static void start_object(Parse *parse, gboolean path, const xmlChar **attrs, int count)
{
    double box[4];
    OfdSpan wide = ofd_attr(attrs, count, "HScale"), size = ofd_attr(attrs, count, "Size");
    Object *object = &parse->object;
    *object = (Object){.path = path, .matrix = object_space(parse, attrs, count, box)};
    OfdMatrix bounds = {{box[2], 0, 0, box[3], box[0], box[1]}};
    bounds = ofd_matrix_join(&parse->space, &bounds);
    object->boundary = place_of(parse, &bounds);
    if (!is_clear(attrs, count)) { /* text is filled unless it says not, paths are stroked */
        object->fill = path ? ofd_attr_is(attrs, count, "Fill", "true") : !ofd_attr_is(attrs, count, "Fill", "false");
        object->stroke = path ? !ofd_attr_is(attrs, count, "Stroke", "false") : ofd_attr_is(attrs, count, "Stroke", "true");
    }
    object->size = size.at ? MAX(ofd_number(size), 0.1) : 3;
    object->wide = wide.at ? CLAMP(ofd_number(wide), 0.05, 20) : 1;
    g_string_truncate(parse->path, 0);
}

static void take_picture(Parse *parse, const xmlChar **attrs, int count)
{
    double box[4];
    g_autofree char *id = ofd_attr_copy(attrs, count, "ResourceID");
    OfdMatrix matrix = object_space(parse, attrs, count, box);
    const char *path = id ? g_hash_table_lookup(parse->document->pictures, id) : NULL;
    if (!path || parse->pictures->len >= LIMIT_ELEMENTS || is_clear(attrs, count))
        return;
    if (!ofd_attr(attrs, count, "CTM").at) { /* it fills its boundary */
        OfdMatrix fill = {{box[2], 0, 0, box[3], 0, 0}};
        matrix = ofd_matrix_join(&matrix, &fill);
    }
    OfdPicture picture = {path, place_of(parse, &matrix)}; /* the unit square of its space (10) */
    g_array_append_val(parse->pictures, picture);
}

/* A path that is seen: its rulings, or, where it bends (9.3.2), where it was drawn. */
static void take_path(Parse *parse)
{
    const Object *object = &parse->object;
    if (!object->fill && !object->stroke)
        return;
    ofd_path_lines(span_of(parse->path), &object->matrix, object->fill, object->stroke, parse->page->lines);
    if (strpbrk(parse->path->str, "BQA") && parse->drawings->len < LIMIT_ELEMENTS)
        g_array_append_val(parse->drawings, object->boundary);
}

/* A composite (13) shows what a resource defines, in its own space. */
static void take_composite(Parse *parse, const xmlChar **attrs, int count)
{
    double box[4];
    g_autofree char *id = ofd_attr_copy(attrs, count, "ResourceID");
    if (!id || parse->depth >= DEPTH || parse->document->composed >= COMPOSED || is_clear(attrs, count))
        return;
    parse->document->composed++;
    OfdMatrix space = object_space(parse, attrs, count, box);
    parse_composite(parse, id, &space);
}

/* A colour of the object: what is clear, or a path as white as the paper, is not seen. */
static void take_colour(Parse *parse, gboolean *drawn, const xmlChar **attrs, int count)
{
    OfdSpan value = ofd_attr(attrs, count, "Value");
    if (is_clear(attrs, count) || (parse->object.path && value.at && ofd_is_white(value)))
        *drawn = FALSE;
}

static void set_size(Parse *parse)
{
    double box[4];
    if (parse->depth > 0 || ofd_numbers(span_of(parse->text), box, 4) < 4 || box[2] <= 0 || box[3] <= 0)
        return;
    parse->page->width = (float)(box[2] * OFD_POINTS);
    parse->page->height = (float)(box[3] * OFD_POINTS);
}

/* ---- elements ---- */

/* What is said in the page but not drawn: outlines that other things are cut by, the tiles of patterns; and watermarks. */
static gboolean is_passed(const char *name, const xmlChar **attrs, int count)
{
    return strcmp(name, "Clips") == 0 || strcmp(name, "Pattern") == 0 || ofd_attr_is(attrs, count, "Visible", "false") ||
           (strcmp(name, "Annot") == 0 && ofd_attr_is(attrs, count, "Type", "Watermark"));
}

static void take_template(Parse *parse, const xmlChar **attrs, int count)
{
    char *id = ofd_attr_copy(attrs, count, "TemplateID");
    if (id && parse->templates && parse->templates->len < DEPTH)
        g_ptr_array_add(parse->templates, id);
    else
        g_free(id);
}

static void start_drawn(Parse *parse, const char *name, const xmlChar **attrs, int count)
{
    double box[4];
    if (strcmp(name, "TextObject") == 0 || strcmp(name, "PathObject") == 0)
        start_object(parse, *name == 'P', attrs, count);
    else if (strcmp(name, "ImageObject") == 0)
        take_picture(parse, attrs, count);
    else if (strcmp(name, "CompositeObject") == 0)
        take_composite(parse, attrs, count);
    else if (strcmp(name, "TextCode") == 0)
        start_text(parse, attrs, count);
    else if (strcmp(name, "FillColor") == 0)
        take_colour(parse, &parse->object.fill, attrs, count);
    else if (strcmp(name, "StrokeColor") == 0)
        take_colour(parse, &parse->object.stroke, attrs, count);
    else if (strcmp(name, "Appearance") == 0) /* of an annotation (15.2); they do not stand in one another */
        parse->space = plain, parse->space = object_space(parse, attrs, count, box);
    else if (strcmp(name, "Template") == 0)
        take_template(parse, attrs, count);
}

static void start_element(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name, const xmlChar **attrs, int count)
{
    Parse *parse = data;
    g_string_truncate(parse->text, 0);
    if (parse->only && !parse->inside) {
        parse->inside = strcmp(name, "CompositeGraphicUnit") == 0 && ofd_attr_is(attrs, count, "ID", parse->only);
        return;
    }
    if (parse->passed > 0 || is_passed(name, attrs, count))
        parse->passed++;
    else
        start_drawn(parse, name, attrs, count);
}

static void end_element(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name)
{
    Parse *parse = data;
    if (parse->passed > 0) {
        parse->passed--;
    } else if (parse->only && (!parse->inside || strcmp(name, "CompositeGraphicUnit") == 0)) {
        parse->inside = FALSE;
    } else if (strcmp(name, "TextCode") == 0) {
        put_text(parse);
    } else if (strcmp(name, "AbbreviatedData") == 0) {
        g_string_assign(parse->path, parse->text->str);
    } else if (strcmp(name, "PathObject") == 0) {
        take_path(parse);
    } else if (strcmp(name, "PhysicalBox") == 0) {
        set_size(parse);
    }
    g_string_truncate(parse->text, 0);
}

static void take_text(void *data, const char *text, int length)
{
    Parse *parse = data;
    if (parse->passed == 0 && (!parse->only || parse->inside))
        g_string_append_len(parse->text, text, length);
}

/* Parses PART into what PARSE collects. */
static gboolean parse_part(Parse *parse, const char *part)
{
    const OoxmlHandler handler = {.start = start_element, .end = end_element, .text = take_text};
    g_autoptr(GString) text = g_string_new(NULL), dx = g_string_new(NULL), dy = g_string_new(NULL);
    g_autoptr(GString) path = g_string_new(NULL);
    parse->text = text;
    parse->dx = dx;
    parse->dy = dy;
    parse->path = path;
    parse->passed = 0;
    parse->object = (Object){.matrix = parse->space};
    return ofd_parse(parse->document->package, part, &handler, parse);
}

static void parse_composite(const Parse *parse, const char *id, const OfdMatrix *space)
{
    Parse inner = *parse;
    inner.only = id;
    inner.inside = FALSE;
    inner.templates = NULL;
    inner.space = *space;
    inner.depth++;
    parse_part(&inner, g_hash_table_lookup(parse->document->composites, id));
}

Page *ofd_page_read(OfdDocument *document, guint index, int number, GArray *pictures, GArray *drawings)
{
    const OfdRef *ref = document->pages->pdata[index];
    g_autoptr(Page) page = page_new(number, (float)(document->width * OFD_POINTS), (float)(document->height * OFD_POINTS));
    g_autoptr(GPtrArray) templates = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) hidden = g_array_new(FALSE, FALSE, sizeof(PageGlyph));
    Parse parse = {.document = document, .page = page, .hidden = hidden, .pictures = pictures, .drawings = drawings,
                   .templates = templates, .space = plain};
    gboolean whole = parse_part(&parse, ref->path);
    /* What was drawn before a fault is shown; nothing at all is not a page. */
    if (!whole && page->glyphs->len == 0)
        return NULL;
    parse.templates = NULL;
    for (guint i = 0; i < templates->len; i++)
        parse_part(&parse, g_hash_table_lookup(document->templates, templates->pdata[i]));
    const char *annotations = ref->id ? g_hash_table_lookup(document->annotated, ref->id) : NULL;
    if (annotations)
        parse_part(&parse, annotations);
    if (page->glyphs->len == 0 && hidden->len > 0)
        g_array_append_vals(page->glyphs, hidden->data, hidden->len);
    rules_settle(page->lines);
    return g_steal_pointer(&page);
}
