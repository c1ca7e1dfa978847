/* log.h: the one line a stage writes about something a person may want to know. */
#ifndef SHOUWEN_STAGES_LOG_H
#define SHOUWEN_STAGES_LOG_H

#include <glib.h>

/* "STAGE: TEXT" on standard error, one line, made plain (base/text) and capped: TEXT may hold what strangers wrote. */
void stage_log(const char *stage, const char *format, ...) G_GNUC_PRINTF(2, 3);

#endif
