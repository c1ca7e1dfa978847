#include <math.h>

#include "page/seal_parts.h"

#define WORK_DPI 50.0      /* what a page of known scale is reduced to: a ring's line has two or three pixels then */
#define MIN_MM 14.5        /* of a seal's shorter diameter: the smallest in use have 18 mm or are ovals of 16 mm */
#define MAX_MM 66.0        /* contract seals have 58 mm */
#define SHORT_SIDE 520     /* pixels that a picture of unknown scale is reduced to */
#define PAPER_MIN_MM 90.0  /* a page whose shorter side is outside of these says no real size */
#define PAPER_MAX_MM 900.0
#define RINGS 60           /* looked at closely, of one shape */
#define SURE 0.85          /* of seal_judge: no better one is looked for */
#define HEAD_MM 38.0       /* from the top: where the letterhead with its logo stands */
#define LOGO_MM 27.0       /* up to this, a ring in the letterhead is a logo */
#define USABLE_SIDE 300    /* pixels of a copy on which every seal of a page would be seen */
#define OVAL_INK 16000     /* pixels; where more is red, as on photographs, ovals are found everywhere */
#define STRETCHES 2
#define TURNS 6

const char *seal_name(SealAnswer answer)
{
    static const char *const names[] = {"absent", "present", "unknown"};
    return names[answer];
}

typedef struct {
    const SealPicture *picture;
    double mm;         /* of one pixel; 0: unknown */
    double best;       /* what seal_judge said of the seal in BOX */
    gboolean any_ring; /* on a gray picture: something may be a copied seal */
    double *box;
} Search;

static gboolean fits(const Search *search, const SealLooks *looks)
{
    if (search->mm <= 0)
        return TRUE;
    double middle = (looks->box[1] + looks->box[3]) / 2 * search->mm;
    return looks->shortest * search->mm >= MIN_MM && looks->longest * search->mm <= MAX_MM &&
           !(middle < HEAD_MM && looks->longest * search->mm < LOGO_MM);
}

static void take(Search *search, const SealLooks *looks, double score)
{
    double width = search->picture->width, height = search->picture->height;
    search->best = score;
    search->box[0] = CLAMP(looks->box[0] / width, 0, 1);
    search->box[1] = CLAMP(looks->box[1] / height, 0, 1);
    search->box[2] = CLAMP(looks->box[2] / width, 0, 1);
    search->box[3] = CLAMP(looks->box[3] / height, 0, 1);
}

static void search_shape(Search *search, const SealInk *ink, double stretch, double angle)
{
    SealEllipse rings[RINGS];
    guint count = seal_rings(ink, stretch, angle, rings, ink->white.gray ? RINGS : RINGS / 4);
    for (guint i = 0; i < count && search->best < SURE && !search->any_ring; i++) {
        SealEllipse at = {rings[i].x * ink->factor, rings[i].y * ink->factor, rings[i].along_x * ink->factor,
                          rings[i].along_y * ink->factor, rings[i].across_x * ink->factor, rings[i].across_y * ink->factor};
        SealLooks looks;
        if (!seal_measure(search->picture, &ink->white, &at, &looks))
            continue;
        double score = seal_judge(&looks);
        if (ink->white.gray)
            search->any_ring = search->any_ring || seal_may_be(&looks);
        else if (score > search->best && fits(search, &looks))
            take(search, &looks, score);
    }
}

/* Circles first, since most seals are, and ovals only where there is no circle. */
static void search_ink(Search *search, const SealInk *ink)
{
    static const double stretches[STRETCHES] = {1.3, 1.6};
    if (ink->inked < SEAL_MIN_RADIUS * 5) /* less than the thinnest smallest ring; most pages end here */
        return;
    search_shape(search, ink, 1, 0);
    for (guint i = 0; i < STRETCHES && search->best <= 0 && !ink->white.gray && ink->inked < OVAL_INK; i++)
        for (guint k = 0; k < TURNS && search->best <= 0; k++)
            search_shape(search, ink, stretches[i], k * G_PI / TURNS);
}

static double mm_of(const SealPicture *picture)
{
    double mm = picture->scale > 0 ? 25.4 / 72 / picture->scale : 0;
    double side = MIN(picture->width, picture->height) * mm;
    return side >= PAPER_MIN_MM && side <= PAPER_MAX_MM ? mm : 0;
}

/* What can be said of a picture on which no red seal was found. A gray copy on which no ring stands shows that there is no
 * seal; one with a ring may be of a sealed paper. */
static SealAnswer unsealed(const Search *search, const SealInk *ink)
{
    const SealPicture *picture = search->picture;
    gboolean small = MIN(picture->width, picture->height) < USABLE_SIDE;
    return picture->copy && (ink->dark || small || search->any_ring) ? SEAL_UNKNOWN : SEAL_ABSENT;
}

SealAnswer seal_look(const SealPicture *picture, double box[4])
{
    Search search = {.picture = picture, .mm = mm_of(picture), .box = box};
    int side = MIN(picture->width, picture->height);
    double factor = search.mm > 0 ? 25.4 / search.mm / WORK_DPI : (double)side / SHORT_SIDE;
    g_autoptr(SealInk) ink = seal_ink_new(picture, MAX((int)lround(factor), 1));
    if (ink->white.gray && !picture->copy)
        return SEAL_ABSENT;
    search_ink(&search, ink);
    g_autoptr(SealInk) smaller = search.mm > 0 || search.best > 0 ? NULL : seal_ink_quarter(ink);
    while (smaller && search.best <= 0) {
        search_ink(&search, smaller);
        SealInk *next = seal_ink_quarter(smaller);
        seal_ink_free(smaller);
        smaller = next;
    }
    return search.best > 0 ? SEAL_PRESENT : unsealed(&search, ink);
}
