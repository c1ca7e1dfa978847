/* value.h: from the text that stands at a field's label to the field's value. */
#ifndef SHOUWEN_FILTERS_ENGINE_VALUE_H
#define SHOUWEN_FILTERS_ENGINE_VALUE_H

#include "engine/kinds.h"

/* Whether FIELD's value is what is ticked. */
gboolean value_is_ticked(const KindField *field);

/* The shape that a field's value has by its type. */
ValueShape value_shape(const KindField *field);

/* Takes the form's own words out of TEXT (hints, what follows a signature line where the field says so), picks among the
 * field's options, normalises by type, and puts the result into VALUE (of value_shape). VALUE_NONE: nothing was filled in. */
ValueVerdict value_read(const Kind *kind, const KindField *field, const char *text, FieldValue *value);

#endif
