/* extract.h: values of a kind's fields out of a page. */
#ifndef SHOUWEN_FILTERS_ENGINE_EXTRACT_H
#define SHOUWEN_FILTERS_ENGINE_EXTRACT_H

#include "engine/kinds.h"
#include "engine/model.h"

/* Fills FORM's fields (and findings field-invalid) from the blocks FIRST to LAST (not included) of MODEL. */
void extract_fields(const Kind *kind, const Model *model, guint first, guint last, gboolean shows_seal, Form *form);

/* The finding on a field that a scan shows and nobody could read: the sender is not to blame, a person must look. */
Finding *extract_unsure(const KindField *field);

/* Whether the blocks were recognised from pixels. */
gboolean extract_is_scan(const Model *model, guint first, guint last);

#endif
