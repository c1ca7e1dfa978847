/* engine.c: microseconds that the engine takes for each page given as HTML, once it is read: classification, extraction, rules.
 * engine KINDS FILE… prints one number per file, the median of many runs. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "engine/engine.h"
#include "readers/rows.h"

#define RUNS 101

static int compare_time(gconstpointer a, gconstpointer b)
{
    gint64 one = *(const gint64 *)a, other = *(const gint64 *)b;
    return (one > other) - (one < other);
}

static gint64 median_time(const Kinds *kinds, const char *file)
{
    g_autofree char *bytes = NULL;
    gsize length;
    gint64 times[RUNS];
    EngineHints hints = {.filename = file};
    Context context = {.statement_minimum = 100};
    if (!g_file_get_contents(file, &bytes, &length, NULL))
        return -1;
    g_autoptr(Xhtml) page = xhtml_new();
    html_read(&(ReadInput){.bytes = (const guint8 *)bytes, .length = length}, page, NULL);
    for (guint i = 0; i < RUNS; i++) {
        gint64 began = clock_mono();
        g_autoptr(GPtrArray) forms = engine_read(kinds, xhtml_doc(page), &hints, &context);
        times[i] = clock_mono() - began;
    }
    qsort(times, RUNS, sizeof times[0], compare_time);
    return times[RUNS / 2];
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Kinds) kinds = argc > 1 ? kinds_load(argv[1], NULL, &error) : NULL;
    if (!kinds) {
        fprintf(stderr, "%s\n", error ? error->message : "engine KINDS FILE…");
        return 1;
    }
    for (int i = 2; i < argc; i++)
        printf("%" G_GINT64_FORMAT "\n", median_time(kinds, argv[i]));
    return 0;
}
