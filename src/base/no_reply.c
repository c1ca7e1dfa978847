#include <string.h>

#include "base/no_reply.h"

gboolean address_no_reply(const char *address)
{
    static const char *const exact[] = {"postmaster", "mailer-daemon", "mailerdaemon", "daemon", "nobody",
                                        "listserv",   "majordomo",     "bounces",      "bounce", "abuse",
                                        "robot",      "autoreply",     "auto-reply"};
    static const char *const within[] = {"noreply",    "no-reply",     "no_reply",
                                         "donotreply", "do-not-reply", "do_not_reply",
                                         "dontreply",  "not-reply",    "mailer-daemon"};
    static const char *const before[] = {"bounce+", "bounce-", "bounces+", "bounces-",
                                         "owner-",  "prvs=",   "msprvs1=", "srs0=bounce"};
    static const char *const behind[] = {"-bounces", "-bounce", "-owner", "-request", "-noreply"};
    g_autofree char *local = g_ascii_strdown(address, (gssize)strcspn(address, "@"));
    for (gsize i = 0; i < G_N_ELEMENTS(exact); i++)
        if (strcmp(local, exact[i]) == 0)
            return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(within); i++)
        if (strstr(local, within[i]))
            return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(before); i++)
        if (g_str_has_prefix(local, before[i]))
            return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(behind); i++)
        if (g_str_has_suffix(local, behind[i]))
            return TRUE;
    return FALSE;
}
