/* imported.h: what an office keeps in other programs, taken into the ledger: its calendar (iCalendar, RFC 5545) and its list of experts
 * (a table). Both were parsed on the jailed side; what stands here is the JSON that door_ical and door_table have checked.
 * Importing the same file again changes nothing. Expects a transaction under way. */
#ifndef SHOUWEN_DUTIES_IMPORTED_H
#define SHOUWEN_DUTIES_IMPORTED_H

#include "conf/conf.h"
#include "ledger/ledger.h"

typedef struct {
    guint same, added, changed, refused;
    GPtrArray *notes; /* char *: what was refused or merged, and why, for people */
} Imported;
void imported_clear(Imported *imported);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Imported, imported_clear)

/* What an event of a calendar is. */
typedef enum { EVENT_UNKNOWN, EVENT_MEETING, EVENT_BALLOT, EVENT_OFF, EVENT_WORK } EventSort;

/* By name: "meeting", "ballot", "off", "work"; EVENT_UNKNOWN for anything else. */
EventSort event_sort_named(const char *name);

/* Takes the events of JSON (door_ical). What each is says its CATEGORIES (MEETING, BALLOT, HOLIDAY, WORKDAY), else its summary
 * (a day off or worked: 放假, 休, 班 …; the number of an ISO document: a ballot), else AS. One that nobody can place is refused
 * with a note. X-SHOUWEN-GROUPS, -HOST, -CONTACT and -DOCUMENT say what iCalendar has no property for; working groups are also
 * read from the summary. STATUS:CANCELLED takes a meeting or ballot out. */
gboolean imported_calendar(Ledger *ledger, const Conf *conf, const char *json, EventSort as, const char *actor, Imported *ret,
                           GError **error);

/* Takes the rows of JSON (door_table), of the first sheet that has a row of headings with a name among them (姓名, name).
 * Experts are merged by address, or by name and organisation (parties.h). A row without a name, or with an address that is
 * none, is refused with a note; the others are taken. No such sheet is FAILURE_DATA. */
gboolean imported_experts(Ledger *ledger, const char *json, const char *actor, Imported *ret, GError **error);

#endif
