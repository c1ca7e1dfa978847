#include "base/failure.h"
#include "send/address.h"
#include "send/send.h"
#include "send/way.h"

struct Sender {
    const SendWay *way;
    gpointer state;
    gboolean stuck;
};

static const SendWay *const ways[] = {&send_way_smtp, &send_way_folder};

Sender *sender_open(const Conf *conf, GError **error)
{
    const char *name = conf_string(conf, "letters", "send");
    for (guint i = 0; i < G_N_ELEMENTS(ways); i++) {
        if (!g_str_equal(ways[i]->name, name))
            continue;
        gpointer state = ways[i]->open(conf, error);
        if (!state)
            return NULL;
        Sender *sender = g_new0(Sender, 1);
        sender->way = ways[i];
        sender->state = state;
        return sender;
    }
    g_set_error(error, FAILURE, FAILURE_CONFIG, "[letters] send = %s: there is smtp and folder", name);
    return NULL;
}

void sender_close(Sender *sender)
{
    if (!sender)
        return;
    sender->way->close(sender->state);
    g_free(sender);
}

gboolean sender_send(Sender *sender, const char *recipient, const char *message_id, GBytes *message,
                     char **ret_answer, GError **error)
{
    Dispatch dispatch = {recipient, message_id, message};
    sender->stuck = FALSE;
    *ret_answer = NULL;
    /* Whatever wrote it into the ledger: nothing that could end the command passes on. */
    if (!address_valid(recipient)) {
        g_set_error(error, FAILURE, FAILURE_DATA, "'%s' is no address that can be written to", recipient);
        return FALSE;
    }
    return sender->way->send(sender->state, &dispatch, ret_answer, &sender->stuck, error);
}

gboolean sender_stuck(const Sender *sender)
{
    return sender->stuck;
}

void sender_rest(Sender *sender)
{
    if (sender->way->rest)
        sender->way->rest(sender->state);
}
