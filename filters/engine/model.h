/* model.h: a page as the engine sees it: paragraphs and tables in their order, every cell with its place in the grid. */
#ifndef SHOUWEN_FILTERS_ENGINE_MODEL_H
#define SHOUWEN_FILTERS_ENGINE_MODEL_H

#include <glib.h>
#include <libxml/tree.h>

typedef struct {
    char *text; /* lines joined by '\n'; boxes as ☑ and ☐ */
    guint row, column, rows, columns; /* from 0; spans */
    double box[5];
    double confidence; /* of the characters: 1 unless they were recognised from pixels */
} Cell;

typedef struct {
    gboolean is_table;
    guint number;     /* of paragraphs, of tables; from 1 */
    char *text;       /* of a paragraph; of a table: all its cells, a line each row */
    char *folded;     /* text as label_fold gives it, for clues and titles */
    double box[5];
    double confidence; /* as a cell's */
    GPtrArray *cells; /* Cell *, in reading order; NULL for a paragraph */
    GPtrArray *heads; /* char *, keys of what may be labels in it: each text that is short enough, and what stands before its
                       * first colon or line end */
} Block;

typedef struct {
    GPtrArray *blocks; /* Block * */
    char *seal;        /* meta "seal": present, absent, unknown; NULL: the reader did not look */
    double seal_box[5];
} Model;

Model *model_new(xmlDoc *xhtml);
void model_free(Model *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Model, model_free)

/* The cell of TABLE that covers ROW and COLUMN, or NULL. */
const Cell *model_cell(const Block *table, guint row, guint column);

#endif
