/* health.h: how the system itself is: figures, and what is wrong. Looked at by the monitor stage, `shouwen check --monitor`, the desk
 * and the daily digest. The first figure is the age of the last successful fetch, because mail that stops coming makes no
 * noise (peers lost ten days that way). */
#ifndef SHOUWEN_STAGES_HEALTH_H
#define SHOUWEN_STAGES_HEALTH_H

#include "conf/conf.h"
#include "ledger/ledger.h"

typedef struct {
    const char *name;  /* static: "fetch_age_seconds" */
    const char *help;  /* static, one line */
    char *mailbox;     /* label; NULL none */
    double value;      /* NAN: not known, or never */
} Measure;

typedef struct {
    char *name;        /* "fetch work": of the alarm */
    gboolean critical; /* mail or letters stand still; else a person should look */
    char *text;        /* one English line */
} Trouble;

typedef struct {
    GPtrArray *measures; /* Measure *, those of one name together */
    GPtrArray *troubles; /* Trouble * */
} Health;

/* LEDGER NULL: there is none that can be opened, which is a trouble itself when REASON says why. */
Health *health_measure(const Conf *conf, Ledger *ledger, const char *reason, gint64 now);
void health_free(Health *health);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Health, health_free)

/* The text exposition format of Prometheus (version 0.0.4). Caller frees. */
char *health_prometheus(const Health *health);

#endif
