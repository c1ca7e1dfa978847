/* token.h: OAuth 2 tokens for a process that is about to confine itself. token_command is a program of the
 * administrator's and needs files, programs and network of its own, which the stage's jail refuses; so a child forked
 * before the jail runs it. The child reads nothing but one byte a request, from us alone. */
#ifndef SHOUWEN_NET_TOKEN_H
#define SHOUWEN_NET_TOKEN_H

#include "conf/conf.h"

/* Forks the child for GROUP ("mailbox NAME" or "smtp"). Before the first thread and before jail_confine; one child a
 * process. It ends with this process. */
gboolean token_serve(const Conf *conf, const char *group, GError **error);

/* When the last fresh token came, microseconds; 0: none did in this process. */
gint64 token_taken(void);

/* A fresh token of GROUP: from the child where there is one, else by secret_token. secret_free it. */
char *token_get(const Conf *conf, const char *group, GError **error);

#endif
