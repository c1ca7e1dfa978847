#include <string.h>

#include "base/failure.h"
#include "source/source.h"

static const SourceType *const types[] = {&source_imap, &source_maildir, &source_mbox, &source_eml};

Source *source_open(const Conf *conf, const char *mailbox, GError **error)
{
    g_autofree char *group = g_strdup_printf("mailbox %s", mailbox);
    if (!g_strv_contains(conf_mailboxes(conf), mailbox)) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "%s has no [%s]", conf_file(conf), group);
        return NULL;
    }
    const char *name = conf_string(conf, group, "type");
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_str_equal(types[i]->type, name))
            return types[i]->open(conf, mailbox, error);
    g_set_error(error, FAILURE, FAILURE_CONFIG, "[%s] type = %s is not known", group, name);
    return NULL;
}

void source_close(Source *source)
{
    if (source)
        source->type->close(source);
}

char *source_cursor_path(const Conf *conf, const char *mailbox)
{
    g_autofree char *spool = conf_path(conf, "general", "spool");
    return g_build_filename(spool, "cursors", mailbox, NULL);
}
