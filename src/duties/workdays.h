/* workdays.h: the working calendar: weekends are off, unless the ledger's days say otherwise (holidays off, days worked instead,
 * 调休), and a working day has working hours ([calendar] hours) in the office's zone ([general] zone). Days are Julian day
 * numbers (base/clock). */
#ifndef SHOUWEN_DUTIES_WORKDAYS_H
#define SHOUWEN_DUTIES_WORKDAYS_H

#include "conf/conf.h"
#include "ledger/ledger.h"

typedef struct Workdays Workdays;

/* What the ledger knows now. CONF is borrowed. */
Workdays *workdays_new(Ledger *ledger, const Conf *conf, GError **error);
void workdays_free(Workdays *workdays);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Workdays, workdays_free)

gboolean workdays_is(const Workdays *workdays, guint32 day);

/* The COUNTth working day after DAY (COUNT > 0) or before it (COUNT < 0). */
guint32 workdays_add(const Workdays *workdays, guint32 day, int count);

/* When working hours begin and end on DAY, whether it is a working day or not. */
gint64 workdays_opening(const Workdays *workdays, guint32 day);
gint64 workdays_closing(const Workdays *workdays, guint32 day);

/* Whether INSTANT lies in the working hours of a working day. */
gboolean workdays_open(const Workdays *workdays, gint64 instant);

/* INSTANT itself when it does; else when working hours begin next. */
gint64 workdays_next(const Workdays *workdays, gint64 instant);

/* The zone, and the day of INSTANT in it. */
const char *workdays_zone(const Workdays *workdays);
guint32 workdays_day(const Workdays *workdays, gint64 instant);

#endif
