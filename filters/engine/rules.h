/* rules.h: what is wrong with one form, by its kind's requirements and XPath rules. */
#ifndef SHOUWEN_FILTERS_ENGINE_RULES_H
#define SHOUWEN_FILTERS_ENGINE_RULES_H

#include "engine/kinds.h"

void rules_apply(const Kind *kind, Form *form, const Context *context);

#endif
