/* extract.h: values of a kind's fields out of a page. */
#ifndef SHOUWEN_FILTERS_ENGINE_EXTRACT_H
#define SHOUWEN_FILTERS_ENGINE_EXTRACT_H

#include "engine/kinds.h"
#include "engine/model.h"

/* Fills FORM's fields (and findings field-invalid) from the blocks FIRST to LAST (not included) of MODEL. */
void extract_fields(const Kind *kind, const Model *model, guint first, guint last, gboolean shows_seal, Form *form);

/* How many different fields of KIND have a label among the blocks. */
guint extract_labels(const Kind *kind, const Model *model, guint first, guint last);

#endif
