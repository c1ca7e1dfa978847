/* links: filters/answers/calendar*.c filters/answers/zones.c src/door/answer_check.c src/door/record_check.c src/base/failure.c src/base/charset.c src/base/clock.c src/base/text.c; libs: glib-2.0 jansson libxml-2.0; flags: -lical -lm */
/* An iCalendar file from anybody: whatever libical makes of it, what is written of it is accepted by the trusted side. */
#include <stdlib.h>

#include "answers/answers.h"
#include "base/clock.h"
#include "door/answer_check.h"

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length);

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
    static gboolean warm;
    if (!warm)
        answers_calendar_warm();
    warm = TRUE;
    g_autoptr(GString) text = answers_calendar(bytes, length, clock_mono() + G_USEC_PER_SEC / 5);
    g_autofree char *checked = text ? answer_check_calendar(text->str, text->len, NULL) : NULL;
    if (text && !checked)
        abort();
    return 0;
}
