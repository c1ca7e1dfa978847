/* links: src/door/answer*.c src/door/view_check.c src/door/record_check.c src/base/failure.c src/base/durable.c; libs: glib-2.0 jansson; flags: -lm */
/* What a filter that was taken over may answer to a question about one document: the first byte chooses what was asked, the rest
 * comes down the pipe in pieces. A view that is accepted holds no tag that runs or loads anything; JSON that is accepted is JSON. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "door/answer.h"
#include "door/answer_check.h"
#include "door/view_check.h"

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length);

static void must(gboolean holds)
{
    if (!holds)
        abort();
}

static void check_view(const char *text, gsize length)
{
    static const char *const never[] = {"<script", "<style", "<a", "<iframe", "<object", "<svg", "<form", "<link", "<meta", " on", " src=",
                                        " href=", " style="};
    if (!view_check(text, length, NULL))
        return;
    must(strlen(text) == length && g_utf8_validate(text, -1, NULL));
    /* In a tag: text may say what it likes. */
    for (const char *tag = text; (tag = strchr(tag, '<')); tag++) {
        const char *end = strchr(tag, '>');
        must(end != NULL);
        for (gsize i = 0; i < G_N_ELEMENTS(never); i++) {
            const char *found = strstr(tag, never[i]);
            must(!found || found > end || memchr(tag, '"', (gsize)(found - tag)));
        }
    }
}

static void check_json(char *(*check)(const char *, gsize, GError **), const char *text, gsize length)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *anew = check(text, length, &error);
    must((anew == NULL) == (error != NULL));
    json_t *back = anew ? json_loads(anew, JSON_REJECT_DUPLICATES, NULL) : NULL;
    must(!anew || back);
    json_decref(back);
}

static void check_answer(const guint8 *bytes, gsize length, gsize step)
{
    g_autoptr(Answer) answer = answer_new(1000, -1);
    gboolean good = TRUE;
    for (gsize at = 0; at < length && good; at += step)
        good = answer_take(answer, bytes + at, MIN(step, length - at));
    g_autoptr(GBytes) kept = answer_bytes(answer);
    must(g_bytes_get_size(kept) <= 1000);
    must(!answer_whole(answer) || (!answer_why(answer) && !answer_escalate(answer)));
}

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
    if (!length)
        return 0;
    guint8 asked = *bytes++;
    g_autofree char *text = g_strndup((const char *)bytes, --length);
    switch (asked % 5) {
    case 0: check_view(text, length); break;
    case 1: check_json(answer_check_calendar, text, length); break;
    case 2: check_json(answer_check_table, text, length); break;
    case 3: answer_check_png(bytes, length, NULL); break;
    default: check_answer(bytes, length, (gsize)asked / 5 + 1); break;
    }
    return 0;
}
