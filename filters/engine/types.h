/* types.h: values as written to values as stored (one form for each type of value). */
#ifndef SHOUWEN_FILTERS_ENGINE_TYPES_H
#define SHOUWEN_FILTERS_ENGINE_TYPES_H

#include <glib.h>

#include "record.h"

typedef enum {
    TYPE_TEXT,
    TYPE_PERSON,
    TYPE_DATE,
    TYPE_DATES,
    TYPE_EMAIL,
    TYPE_PHONE,
    TYPE_GROUPS,
    TYPE_CHOICE,  /* one of the field's options, or the option as ticked when it declares none */
    TYPE_CHOICES, /* a list of them */
    TYPE_NUMBERS, /* a list of the numbers of what is ticked: "SDG 9" */
    TYPE_PERIOD,  /* 2026, 2026-H1, 2026-Q3, 2026-03 */
    TYPE_HAN,     /* the lines that have a Chinese character */
    TYPE_LATIN,   /* the lines that have none */
    TYPE_SEAL,
    TYPE_LIST,
    TYPE_ROWS     /* rows of a table (rows.h) */
} ValueType;
gboolean type_parse(const char *name, ValueType *ret);

typedef enum { VALUE_NONE, VALUE_GOOD, VALUE_PARTLY /* and something beside it that is none */, VALUE_INVALID } ValueVerdict;

/* Puts TEXT, normalised, into FIELD (text or list by its shape). VALUE_NONE: blank, a dash, or the form's own prompt. */
ValueVerdict type_normalise(ValueType type, const char *text, FieldValue *field);

/* The date TEXT is or contains, "YYYY-MM-DD" or "YYYY-MM"; NULL when there is none. *RET_BAD: there is one, and no such day is. */
char *type_find_date(const char *text, gboolean *ret_bad);

/* The options of TEXT that are ticked, a line each; NULL when TEXT has no marks. Caller frees. */
char *type_ticked(const char *text);

/* "2026年第三季度" as 2026-Q3, and the like; NULL when TEXT names no period. Caller frees. */
char *type_find_period(const char *text);

void types_init(void); /* compiles the patterns; before the jail */

#endif
