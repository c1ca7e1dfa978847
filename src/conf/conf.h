/* conf.h: the settings, from one table.
 *
 * config/shouwen.conf is written like a GKeyFile: fixed groups ([general], [office], [letters] …) and one [mailbox NAME] group
 * per source. The table in settings.c names every key (group, key, type, default, what is allowed, help); the sample file,
 * `shouwen check` and shouwen.conf(5) are generated from it. Unknown groups and keys, duplicates and values of the wrong type
 * are errors that name file, line and what is allowed. */
#ifndef SHOUWEN_CONF_CONF_H
#define SHOUWEN_CONF_CONF_H

#include <glib.h>

typedef struct Conf Conf;

/* Reads FILE; errors are FAILURE_CONFIG with "file:line: …", several joined by newlines. Free: conf_free. */
Conf *conf_load(const char *file, GError **error);
void conf_free(Conf *conf);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Conf, conf_free)

/* Values; GROUP and KEY must stand in the settings table (a miss is a bug and aborts). Strings and lists are
 * owned by CONF; the default answers when the file is silent; an empty string setting answers "". Sizes ("64M") are in bytes,
 * times ("25m") in seconds, hours of the day in minutes. */
const char *conf_string(const Conf *conf, const char *group, const char *key);
gint64 conf_int(const Conf *conf, const char *group, const char *key);
gboolean conf_bool(const Conf *conf, const char *group, const char *key);
const char *const *conf_list(const Conf *conf, const char *group, const char *key); /* ';'-separated, NULL-ended */

/* Names of the [mailbox NAME] groups in file order, NULL-ended; owned by CONF. A value of one is read with group
 * "mailbox NAME". */
const char *const *conf_mailboxes(const Conf *conf);

/* The path of a folder or file of the installation, made absolute against the config file's folder where it is
 * a setting: conf_path(c, "general", "spool"). Caller frees. */
char *conf_path(const Conf *conf, const char *group, const char *key);

/* The file CONF was read from. */
const char *conf_file(const Conf *conf);

#endif
