/* bus.h: hints between the stages of `shouwen run`. The supervisor gives each stage one SOCK_SEQPACKET socket as
 * descriptor 3 and relays every datagram "TO text" to the stage TO as "FROM text". A hint may be lost: the truth is in
 * spool and ledger, and every stage also looks there by itself from time to time.
 *
 *   fetch:NAME -> intake   "arrived"                            frames were synced
 *   fetch:NAME -> supervise "fetched"                           nothing more to get now (run --once)
 *   intake -> fetch:NAME   "mark FOLDER\tUIDVALIDITY\tUID…"     committed: flag, keyword or move
 *   fetch:NAME -> intake   "marked FOLDER\tUIDVALIDITY\tUID…"   done (or nothing to do)
 *   intake, clock -> courier "letters"                          letters were queued
 *   desk -> intake         "arrived"                            something was handed in, or is to be read again
 *   desk -> courier        "letters"                            a person decided or let a letter go
 *   supervise -> intake    "drain"                              finish what is there, then exit 0 (run --once)
 *   supervise -> intake    "gone fetch:NAME"                    will not answer any more (run --once)
 *   supervise -> any       "stop"                               finish the step and exit 0 */
#ifndef SHOUWEN_STAGES_BUS_H
#define SHOUWEN_STAGES_BUS_H

#include <glib.h>

#define BUS_MAX_BYTES 32768

/* The stage's socket: 3 when SHOUWEN_BUS is set by the supervisor, else -1 (a stage run alone). */
int bus_fd(void);

/* Sends TEXT to the stage TO; never blocks; a full or missing bus loses the hint. */
void bus_send(const char *to, const char *text);

/* Whether the stage FROM has a reason to say TEXT to TO: the supervisor relays nothing else, so that a stage that was
 * broken into cannot stop or mislead the others. */
gboolean bus_allows(const char *from, const char *to, const char *text);

/* The next datagram, or NULL when none waits. *RET_FROM and the result are freed by the caller. */
char *bus_receive(char **ret_from);

#endif
