/* match.h: labels of a kind, found in texts and pages. */
#ifndef SHOUWEN_FILTERS_ENGINE_MATCH_H
#define SHOUWEN_FILTERS_ENGINE_MATCH_H

#include "engine/kinds.h"
#include "engine/model.h"

#define LABEL_CHARS 200 /* a label is no longer: ISO forms explain theirs in brackets */
#define LOOSE_CHARS 14  /* a label that only ends as one of ours is no longer */

/* Whether TEXT is a label of the kind, whole; *RET_FIELD NULL for a label that is no field of ours. */
gboolean match_label(const Kind *kind, const char *text, const KindField **ret_field);

/* Whether TEXT, which is no label that the kind declares, ends as one: "供职单位", "常用手机号码". Forms word their labels in
 * more ways than anybody lists. *RET_FIELD as match_label's. */
gboolean match_like_label(const Kind *kind, const char *text, const KindField **ret_field);

/* "姓名：张三　性别：男" */
typedef struct {
    const KindField *field;    /* NULL: a label that is no field */
    const char *label, *value; /* where they begin, in the line */
} Pair;

/* The labels with a colon behind them on LINE: GArray of Pair. Caller unrefs. */
GArray *match_pairs(const Kind *kind, const char *line);

/* How many different fields of KIND have a label among the blocks FIRST to LAST (not included) of MODEL. */
guint match_count(const Kind *kind, const Model *model, guint first, guint last);

#endif
