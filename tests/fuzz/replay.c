/* replay.c: the main program of build/unit/fuzz_NAME: what a fuzz target is known to be good for. Feeds it every file of
 * tests/fuzz/seeds/NAME, of tests/fuzz/regressions/NAME and of the patterns in SEEDS, or the files named as arguments, and
 * prints TAP. Runs from the root of the sources. */
#include <glib.h>
#include <glob.h>
#include <string.h>
#include <unistd.h>

#define FILE_SECONDS 20 /* a file that takes longer has found a loop; under the sanitizers honest ones take under one */

int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));
int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length);

/* The bytes are copied to a block of their own size, so that reading past their end is seen. */
static void feed(const char *path, guint number)
{
    g_autofree char *bytes = NULL;
    gsize length;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(path, &bytes, &length, &error))
        g_error("%s", error->message);
    g_autofree guint8 *exact = g_memdup2(bytes, length);
    alarm(FILE_SECONDS);
    LLVMFuzzerTestOneInput(exact ? exact : (const guint8 *)"", length);
    alarm(0);
    g_print("ok %u %s\n", number, path);
}

static guint feed_pattern(const char *pattern, guint number)
{
    glob_t found;
    if (glob(pattern, 0, NULL, &found) != 0)
        return number;
    for (gsize i = 0; i < found.gl_pathc; i++)
        feed(found.gl_pathv[i], ++number);
    globfree(&found);
    return number;
}

int main(int argc, char **argv)
{
    guint number = 0;
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&argc, &argv);
    if (argc > 1) {
        for (int i = 1; i < argc; i++)
            feed(argv[i], ++number);
    } else {
        g_autofree char *base = g_path_get_basename(argv[0]);
        const char *name = base + strlen("fuzz_");
        g_autofree char *all = g_strdup_printf("tests/fuzz/seeds/%s/* tests/fuzz/regressions/%s/* %s", name, name, SEEDS);
        g_auto(GStrv) patterns = g_strsplit(all, " ", -1);
        for (char **pattern = patterns; *pattern; pattern++)
            if (**pattern)
                number = feed_pattern(*pattern, number);
    }
    g_print("1..%u\n", number);
    return number ? 0 : 1;
}
