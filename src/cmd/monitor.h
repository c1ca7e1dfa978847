/* monitor.h: `shouwen check --monitor`, part of check.c's command. */
#ifndef SHOUWEN_CMD_MONITOR_H
#define SHOUWEN_CMD_MONITOR_H

#include "conf/conf.h"

/* Looks at the running system and prints one line with figures as Nagios plugins do; returns their exit code: 0 OK, 1 warning,
 * 2 critical, 3 unknown: CONF is NULL for the reason in PROBLEM, which is freed. JSON prints a row each instead. */
int monitor_check(const Conf *conf, GError *problem, gboolean json);

#endif
