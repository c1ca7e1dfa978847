#include <math.h>
#include <string.h>

#include "page/rules.h"
#include "readers/ofd.h"

/* A path while it is followed; all in points on the page. */
typedef struct {
    const OfdMatrix *matrix;
    GArray *lines;
    gboolean fill, stroke;
    double x, y;           /* where the pen is */
    double start_x, start_y;
    PageBox box;           /* of the figure since the last M */
    gboolean any, curved;
} Path;

static void to_points(const Path *path, double *x, double *y)
{
    ofd_matrix_point(path->matrix, x, y);
    *x *= OFD_POINTS;
    *y *= OFD_POINTS;
}

static void reach(Path *path, double x, double y)
{
    PageBox *box = &path->box;
    float fx = (float)x, fy = (float)y;
    *box = path->any ? (PageBox){MIN(box->x0, fx), MIN(box->y0, fy), MAX(box->x1, fx), MAX(box->y1, fy)}
                     : (PageBox){fx, fy, fx, fy};
    path->any = TRUE;
}

/* Ends the figure: a thin one that is filled is a line. */
static void finish(Path *path)
{
    if (path->fill && path->any && !path->curved)
        rules_add_fill(path->lines, &path->box);
    path->any = path->curved = FALSE;
}

static void line_to(Path *path, double x, double y)
{
    if (path->stroke)
        rules_add_stroke(path->lines, path->x, path->y, x, y);
    reach(path, x, y);
    path->x = x;
    path->y = y;
}

/* Obeys OPERATOR with its NUMBERS (9.3.4, table 36). */
static void obey(Path *path, char operator, const double *numbers, int count)
{
    double x = numbers[MAX(count - 2, 0)], y = numbers[MAX(count - 1, 0)];
    to_points(path, &x, &y);
    switch (operator) {
    case 'S':
    case 'M':
        finish(path);
        path->x = path->start_x = x;
        path->y = path->start_y = y;
        reach(path, x, y);
        break;
    case 'L': line_to(path, x, y); break;
    case 'C': line_to(path, path->start_x, path->start_y); break;
    default: /* curves: only where they end matters */
        path->curved = TRUE;
        path->x = x;
        path->y = y;
    }
}

/* How many numbers follow OPERATOR; -1 when it is none. */
static int operands(char operator)
{
    static const char operators[] = "MSLQBAC";
    static const int counts[] = {2, 2, 2, 4, 6, 7, 0};
    const char *found = operator ? strchr(operators, operator) : NULL;
    return found ? counts[found - operators] : -1;
}

void ofd_path_lines(OfdSpan data, const OfdMatrix *matrix, gboolean fill, gboolean stroke, GArray *lines)
{
    Path path = {.matrix = matrix, .lines = lines, .fill = fill, .stroke = stroke};
    double numbers[8] = {0};
    int count = 0, needed = -1;
    char operator = 0;
    OfdSpan word;
    while (ofd_next_word(&data, &word)) {
        if (g_ascii_isalpha(*word.at)) {
            operator = *word.at;
            needed = operands(operator); /* none: what follows is passed over */
            count = 0;
            word.at++; /* some writers leave no blank after it */
        }
        if (word.at < word.end && needed > 0 && count < needed)
            numbers[count++] = ofd_number(word);
        if (needed >= 0 && count == needed) {
            obey(&path, operator, numbers, count);
            count = 0;
            needed = needed == 0 ? -1 : needed; /* an operator may be left out when it is the same again */
        }
    }
    finish(&path);
}
