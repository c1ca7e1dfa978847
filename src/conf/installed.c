#include "conf/installed.h"

static char *beside(const char *in_build, const char *in_share)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *dir = program ? g_path_get_dirname(program) : g_strdup(".");
    g_autofree char *built = g_build_filename(dir, in_build, NULL);
    if (g_file_test(built, G_FILE_TEST_IS_DIR))
        return g_steal_pointer(&built);
    g_autofree char *share = g_build_filename(dir, "..", "share", "shouwen", in_share, NULL);
    return g_canonicalize_filename(share, NULL);
}

char *installed_filters(void)
{
    return beside("filters", "");
}

char *installed_templates(void)
{
    return beside("config/letters", "letters");
}

char *installed_web(void)
{
    return beside("web", "web");
}
