/* stages.h: the stages of `shouwen run`, each a process of its own (the same binary executed anew as
 * `shouwen stage NAME`). Each takes the configuration, does its work until told to stop (SIGTERM or "stop"), and
 * confines itself to its row of DESIGN's table before it touches anything from outside. */
#ifndef SHOUWEN_STAGES_STAGES_H
#define SHOUWEN_STAGES_STAGES_H

#include "conf/conf.h"

typedef struct {
    gboolean once; /* do what there is, then exit */
    gboolean quiet; /* no progress bar */
    gint64 until, step; /* clock: from now to that instant in steps, without waiting; until 0: as time goes */
} StageOptions;

gboolean stage_supervise(const Conf *conf, const StageOptions *options, GError **error);
gboolean stage_fetch(const Conf *conf, const char *mailbox, const StageOptions *options, GError **error);
gboolean stage_intake(const Conf *conf, const StageOptions *options, GError **error);
gboolean stage_monitor(const Conf *conf, const StageOptions *options, GError **error);
gboolean stage_courier(const Conf *conf, const StageOptions *options, GError **error);
gboolean stage_clock(const Conf *conf, const StageOptions *options, GError **error);

#endif
