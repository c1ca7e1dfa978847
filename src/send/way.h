/* way.h: what each way of sending does; send.c chooses among them. */
#ifndef SHOUWEN_SEND_WAY_H
#define SHOUWEN_SEND_WAY_H

#include "conf/conf.h"

typedef struct {
    const char *recipient, *message_id;
    GBytes *message; /* exact bytes, CRLF */
} Dispatch;

typedef struct {
    const char *name; /* of the setting [letters] send */
    gpointer (*open)(const Conf *conf, GError **error);
    /* As sender_send. *RET_STUCK: see sender_stuck. */
    gboolean (*send)(gpointer way, const Dispatch *dispatch, char **ret_answer, gboolean *ret_stuck, GError **error);
    void (*rest)(gpointer way); /* may be NULL */
    void (*close)(gpointer way);
} SendWay;

extern const SendWay send_way_smtp, send_way_folder;

#endif
