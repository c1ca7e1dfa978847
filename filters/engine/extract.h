/* extract.h: values of a kind's fields out of a page. */
#ifndef SHOUWEN_FILTERS_ENGINE_EXTRACT_H
#define SHOUWEN_FILTERS_ENGINE_EXTRACT_H

#include "engine/kinds.h"
#include "engine/model.h"

/* Fills FORM's fields (and findings field-invalid) from the blocks FIRST to LAST (not included) of MODEL. */
void extract_fields(const Kind *kind, const Model *model, guint first, guint last, gboolean shows_seal, Form *form);

/* The finding on a field that a scan shows and nobody could read: the sender is not to blame, a person must look. */
Finding *extract_unsure(const KindField *field);

/* Whether a label of FIELD stands among the blocks; on a scan, one that was not found may just not have been recognised. */
gboolean extract_has_label(const Kind *kind, const KindField *field, const Model *model, guint first, guint last);

/* Whether the blocks were recognised from pixels. */
gboolean extract_is_scan(const Model *model, guint first, guint last);

/* How many different fields of KIND have a label among the blocks. */
guint extract_labels(const Kind *kind, const Model *model, guint first, guint last);

#endif
