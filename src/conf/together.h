/* together.h: private to src/conf: what several settings must be together. */
#ifndef SHOUWEN_CONF_TOGETHER_H
#define SHOUWEN_CONF_TOGETHER_H

#include "conf/conf.h"
#include "conf/scan.h"

/* Adds to SCAN's faults what is missing in CONF or does not go together. */
void together_check(const Conf *conf, Scan *scan);

#endif
