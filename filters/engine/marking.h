/* marking.h: the marks of classified papers (国家秘密标志): 绝密, 机密 or 秘密 with ★ or a term. Source: Art. 23. */
#ifndef SHOUWEN_FILTERS_ENGINE_MARKING_H
#define SHOUWEN_FILTERS_ENGINE_MARKING_H

#include "engine/model.h"
#include "record.h"

void marking_init(void); /* compiles the pattern; before the jail */

/* The finding classified-marking when a line of MODEL is such a mark; NULL when none is. Prose that only speaks of secrets is
 * none. */
Finding *marking_find(const Model *model);

#endif
