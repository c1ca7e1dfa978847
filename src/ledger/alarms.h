/* alarms.h: what is wrong with the system itself. An alarm stands from when its trouble is first seen until its end was told; it
 * is told once when it begins and once when it is over. Each function is a transaction of its own. */
#ifndef SHOUWEN_LEDGER_ALARMS_H
#define SHOUWEN_LEDGER_ALARMS_H

#include "ledger/ledger.h"

/* The alarm of the breaker of letters, which who stops them and who watches must call the same. */
#define LETTERS_STOPPED "letters stopped"

typedef struct {
    char *name, *text;        /* "fetch work", "mailbox work was not read for 40 minutes" */
    gint64 since, said, over; /* said 0: not yet told; over 0: it goes on */
} LedgerAlarm;
void ledger_alarm_free(LedgerAlarm *alarm);

/* The trouble NAME is there (again): its end is forgotten if it was not told yet. One that goes on changes nothing, so that a look
 * every minute wakes nobody. */
gboolean ledger_alarm_raise(Ledger *ledger, const char *name, const char *text, gint64 now, GError **error);

/* The trouble NAME has ended at NOW. One that nobody was told of leaves at once. */
gboolean ledger_alarm_end(Ledger *ledger, const char *name, gint64 now, GError **error);

/* It was told: the beginning, or (when it is over) the end, and then it leaves. */
gboolean ledger_alarm_said(Ledger *ledger, const char *name, gint64 now, GError **error);

/* All alarms by name (LedgerAlarm *, freed with the array); NULL on error. */
GPtrArray *ledger_alarms(Ledger *ledger, GError **error);

/* What waits in the ledger, for the watch kept over it. Instants are microseconds, 0 where there is none. */
typedef struct {
    gint64 new_messages, oldest_new;  /* not entered yet; when the server had the oldest of them */
    gint64 last_entered;              /* when intake last did anything */
    gint64 quarantined;
    gint64 letters_queued, oldest_queued, letters_held;
    gint64 letters_stopped;           /* held because there were too many in an hour (letters.breaker_per_hour) */
    gint64 letters_failed, letters_bounced; /* of the last seven days */
    gint64 duties_overdue;
    gint64 review, waiting;           /* entries */
    gint64 events;                    /* id of the newest */
} LedgerBacklog;
void ledger_backlog(Ledger *ledger, gint64 now, LedgerBacklog *ret);

#endif
