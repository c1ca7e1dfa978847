/* correct.c: `shouwen correct`: what was read wrong is set right. */
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "cmd/acting.h"

/* FIELD=VALUE; FIELD= says that there is no value; kind=ID what the document is. */
static gboolean correct(const Decision *decision, gint64 document, const char *given, GError **error)
{
    const char *equals = strchr(given, '=');
    if (!equals || equals == given) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "'%s' is not FIELD=VALUE", given);
        return FALSE;
    }
    g_autofree char *field = g_strndup(given, (gsize)(equals - given));
    if (g_str_equal(field, "kind"))
        return decide_kind(decision, document, equals + 1, error);
    return decide_correct(decision, document, field, equals[1] ? equals + 1 : NULL, error);
}

int cmd_correct(int argc, char **argv)
{
    GError *error = NULL;
    g_auto(Acting) acting = {0};
    const GOptionEntry own[] = {
        ACTING_OPTION(&acting),
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!cmd_parse(&argc, &argv, "ENTRY DOCUMENT FIELD=VALUE…|kind=ID",
                   "Sets values right that were read wrong; FIELD= says that there is none. They stay when the mail is read again.", own,
                   &acting.options, &error))
        return cmd_end(error);
    char *end = NULL;
    gint64 document = argc > 3 ? g_ascii_strtoll(argv[2], &end, 10) : 0;
    if (argc < 4 || *end || document <= 0)
        g_set_error(&error, FAILURE, FAILURE_USAGE, "what is wanted is: %s ENTRY DOCUMENT FIELD=VALUE…; 'shouwen show' has the numbers",
                    g_get_prgname());
    gboolean good = !error && acting_begin(&acting, argv[1], &error);
    for (int i = 3; good && i < argc; i++)
        good = correct(&acting.decision, document, argv[i], &error);
    if (good)
        acting_tell(&acting);
    return cmd_end(error);
}
