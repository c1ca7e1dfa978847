/* types.h: values as written to values as stored (one form for each type of value). */
#ifndef SHOUWEN_FILTERS_ENGINE_TYPES_H
#define SHOUWEN_FILTERS_ENGINE_TYPES_H

#include <glib.h>

#include "record.h"

typedef enum { TYPE_TEXT, TYPE_PERSON, TYPE_DATE, TYPE_DATES, TYPE_EMAIL, TYPE_PHONE, TYPE_GROUPS, TYPE_CHOICE, TYPE_SEAL, TYPE_LIST } ValueType;
gboolean type_parse(const char *name, ValueType *ret);

typedef enum { VALUE_NONE, VALUE_GOOD, VALUE_PARTLY /* and something beside it that is none */, VALUE_INVALID } ValueVerdict;

/* Puts TEXT, normalised, into FIELD (text or list by its shape). VALUE_NONE: blank, a dash, or the form's own prompt. */
ValueVerdict type_normalise(ValueType type, const char *text, FieldValue *field);

/* The date TEXT is or contains, "YYYY-MM-DD" or "YYYY-MM"; NULL when there is none. *RET_BAD: there is one, and no such day is. */
char *type_find_date(const char *text, gboolean *ret_bad);

void types_init(void); /* compiles the patterns; before the jail */

#endif
