/* pace.h: how fast letters go to one domain. Large providers turn away who sends too much at once, and that counts against an
 * office for days. Kept in memory: after a restart counting begins anew, which does no harm. */
#ifndef SHOUWEN_STAGES_PACE_H
#define SHOUWEN_STAGES_PACE_H

#include <glib.h>

typedef struct Pace Pace;

/* At most PER_MINUTE letters to a domain in any minute; 0: no limit. */
Pace *pace_new(guint per_minute);
void pace_free(Pace *pace);

/* When LETTER may go to DOMAIN: NOW, or an instant after it, which is then kept for this letter: asked again at that instant,
 * the answer is "now". Instants as base/clock. */
gint64 pace_take(Pace *pace, gint64 letter, const char *domain, gint64 now);

/* Whether at NOW any letter has yet to wait for its instant. */
gboolean pace_holds(const Pace *pace, gint64 now);

#endif
