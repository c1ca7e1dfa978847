/* wire.h: SMTP's commands and replies over the verified stream (RFC 5321). libetpan gives the buffered stream only: its
 * own SMTP calls cut commands at 512 bytes (an OAuth token is longer), say this machine's name in EHLO whatever is
 * wanted, know neither BODY nor SMTPUTF8, append an empty line to each message, and log in through modules of libsasl2. */
#ifndef SHOUWEN_SEND_WIRE_H
#define SHOUWEN_SEND_WIRE_H

#include "net/stream.h"

typedef struct {
    const NetTarget *target;
    mailstream *stream; /* NULL: not connected */
    int code;           /* of the last reply, 0 when there was none */
    GPtrArray *lines;   /* its lines without code */
    MMAPString *buffer;
} Wire;

void wire_init(Wire *wire, const NetTarget *target);
void wire_clear(Wire *wire); /* closes */

/* Connects and reads the greeting, whatever its code. FALSE: not connected. */
gboolean wire_connect(Wire *wire, GError **error);
void wire_drop(Wire *wire);

/* Verified TLS over the connection, after STARTTLS was accepted. */
gboolean wire_secure(Wire *wire, GError **error);

/* Sends LINE and reads the reply, both within the target's timeout. FALSE (FAILURE_AGAIN) when the connection is lost or
 * what came is not SMTP: it is then dropped. NAME stands for LINE in the message: LINE may be a secret. */
gboolean wire_command(Wire *wire, const char *line, const char *name, GError **error);

/* Sends MESSAGE with dots doubled and the end of data, and reads the reply to it. */
gboolean wire_data(Wire *wire, GBytes *message, GError **error);

/* The last reply as one plain line: "250 2.0.0 Ok: queued as 4F2". Caller frees. */
char *wire_answer(const Wire *wire);

/* Our end of the connection as an address literal, "[192.0.2.1]". Caller frees. */
char *wire_own_literal(const Wire *wire);

#endif
