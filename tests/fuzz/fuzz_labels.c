/* links: filters/engine/*.c filters/record.c src/base/failure.c src/base/text.c; libs: glib-2.0 libxml-2.0 */
/* A label or value as a document has it: the first byte chooses the type, the rest is made UTF-8, as readers do. What comes out
 * must be UTF-8, folded text must fold to itself, and what is called a date must be one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/labels.h"
#include "engine/types.h"
#include "engine/value.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length);

int LLVMFuzzerInitialize(G_GNUC_UNUSED int *argc, G_GNUC_UNUSED char ***argv)
{
    labels_init();
    types_init();
    return 0;
}

static void must(gboolean holds)
{
    if (!holds)
        abort();
}

static void check_label(const char *text)
{
    g_autofree char *folded = label_fold(text), *again = label_fold(folded), *key = label_key(text);
    must(g_utf8_validate(key, -1, NULL) && g_utf8_validate(folded, -1, NULL) && strcmp(folded, again) == 0);
    const char *colon = label_colon(text, 20);
    must(!colon || (colon >= text && colon < text + strlen(text)));
}

static void check_date(const char *date)
{
    int year, month, day = 1;
    int parts = sscanf(date, "%4d-%2d-%2d", &year, &month, &day);
    must((parts == 2 && strlen(date) == 7) || (parts == 3 && strlen(date) == 10));
    must(g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year));
}

static void check_value(ValueType type, const char *text)
{
    FieldValue *field = field_value_new("value", value_shape(&(KindField){.type = type}));
    ValueVerdict verdict = type_normalise(type, text, field);
    must(verdict != VALUE_GOOD || field->text || field->list || field->rows);
    must(!field->text || g_utf8_validate(field->text, -1, NULL));
    if (type == TYPE_DATE && verdict == VALUE_GOOD)
        check_date(field->text);
    for (guint i = 0; field->list && i < field->list->len; i++)
        must(g_utf8_validate(field->list->pdata[i], -1, NULL));
    field_value_free(field);
}

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
    if (!length)
        return 0;
    g_autofree char *text = g_utf8_make_valid((const char *)bytes + 1, (gssize)length - 1);
    check_label(text);
    check_value(bytes[0] % TYPE_ROWS, text);
    return 0;
}
