/* rules.h: what is wrong with one form, by its kind's requirements and XPath rules. */
#ifndef SHOUWEN_FILTERS_ENGINE_RULES_H
#define SHOUWEN_FILTERS_ENGINE_RULES_H

#include "engine/kinds.h"

/* MISREAD: ids of required fields without a value that a scan may bear all the same; they are not called missing. */
void rules_apply(const Kind *kind, Form *form, GHashTable *misread, const Context *context);

#endif
