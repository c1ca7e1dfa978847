/* desk.h: the secretariat's web desk: the stage `desk` of `shouwen run`. */
#ifndef SHOUWEN_DESK_DESK_H
#define SHOUWEN_DESK_DESK_H

#include "conf/conf.h"
#include "ledger/ledger.h"
#include "stages/stages.h"

/* Serves until told to stop. Row "desk" of the table of stages: it listens on the address of the settings and connects to nothing,
 * writes the ledger, its own segment of what was handed in, and spool/desk (temporary files of exports). */
gboolean stage_desk(const Conf *conf, const StageOptions *options, GError **error);

/* The address of the desk as a person would type it: "http://127.0.0.1:8473/". Caller frees. */
char *desk_url(const Conf *conf);

/* A new one-time token by which the first administrator is made at the desk; an older one is void. Its hash goes into LEDGER. Caller
 * frees. */
char *desk_setup_token(Ledger *ledger, GError **error);

#endif
