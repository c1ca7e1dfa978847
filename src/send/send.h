/* send.h: how a letter leaves: by SMTP over the verified stream, or as .eml into spool/outgoing. */
#ifndef SHOUWEN_SEND_SEND_H
#define SHOUWEN_SEND_SEND_H

#include "conf/conf.h"

typedef struct Sender Sender;

/* By [letters] send = smtp | folder. Connects lazily and keeps the connection between letters. */
Sender *sender_open(const Conf *conf, GError **error);
void sender_close(Sender *sender);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sender, sender_close)

/* Sends MESSAGE (exact bytes, CRLF) to RECIPIENT with our intake address as envelope sender. *RET_ANSWER is the
 * server's reply, one plain line (caller frees; set on success and on refusal). FAILURE_AGAIN: try later (4xx,
 * connection, timeout); FAILURE_DATA: refused for good (5xx); FAILURE_DENIED/CONFIG: login or certificate. */
gboolean sender_send(Sender *sender, const char *recipient, const char *message_id, GBytes *message,
                     char **ret_answer, GError **error);

/* Whether the last failure was not this letter's but the server's, or the folder's: connection, login, certificate,
 * disk. Every other letter would fail in the same way now. */
gboolean sender_stuck(const Sender *sender);

/* Nothing more to send for now: ends a connection politely. The next letter connects again. */
void sender_rest(Sender *sender);

#endif
