/* duty_json.h: private to src/desk: duties as JSON. */
#ifndef SHOUWEN_DESK_DUTY_JSON_H
#define SHOUWEN_DESK_DUTY_JSON_H

#include "desk/json.h"
#include "desk/room.h"
#include "ledger/calendar.h"
#include "ledger/duties.h"

json_t *duty_json(Worker *w, const LedgerDuty *duty);
json_t *meeting_json(const LedgerMeeting *meeting, const char *zone, gint64 participants);
json_t *ballot_json(const LedgerBallot *ballot, const char *zone);

#endif
