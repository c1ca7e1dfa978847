/* secret.h: passwords and tokens, from a file, the environment or a command; never from the config file itself. */
#ifndef SHOUWEN_CONF_SECRET_H
#define SHOUWEN_CONF_SECRET_H

#include "conf/conf.h"

/* The secret of GROUP ("mailbox NAME" or "smtp"), by the first of its settings that is set:
 *   password_file     first line of the file; refused (FAILURE_CONFIG) when group or others may read it
 *   password_env      name of an environment variable; it must have been taken by secret_take_environment
 *   password_command  first line the command prints (no shell; 20 s; 4 KB)
 * Returned memory is wiped by secret_free. NULL without error when none is set. No message ever contains it. */
char *secret_get(const Conf *conf, const char *group, GError **error);

/* The OAuth 2 token of GROUP by its token_command, run anew at each call (every reconnect). */
char *secret_token(const Conf *conf, const char *group, GError **error);

/* Copies the variables that any password_env names into this process and removes them from the environment,
 * so that no child inherits them. Call once at start, before any exec. */
void secret_take_environment(const Conf *conf);

/* In a stage: takes over the secret that the supervisor passed on a descriptor (secret_descriptor), if it did. It answers
 * for password_env. Call once at start, before any exec. */
void secret_take_descriptor(void);

/* The environment variable that tells a stage on which descriptor its secret stands. */
#define SECRET_FD_VARIABLE "SHOUWEN_SECRET_FD"

/* For the supervisor: a memfd with the secret of GROUP when it came by environment, else -1. The caller closes it. */
int secret_descriptor(const Conf *conf, const char *group);

void secret_free(char *secret);

#endif
