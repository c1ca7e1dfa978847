#include <jansson.h>
#include <string.h>

#include "base/durable.h"
#include "door/answer.h"
#include "door/record_check.h"

#define HEAD_BYTES 200

struct Answer {
    guint64 most, announced, got;
    int fd;
    gboolean headed, too_large;
    GByteArray *head, *kept;
    char *why, *escalate;
    GError *unwritten;
};

Answer *answer_new(guint64 most, int fd)
{
    Answer *answer = g_new0(Answer, 1);
    answer->most = most;
    answer->fd = fd;
    answer->head = g_byte_array_new();
    answer->kept = g_byte_array_new();
    return answer;
}

void answer_free(Answer *answer)
{
    if (!answer)
        return;
    g_byte_array_unref(answer->head);
    g_byte_array_unref(answer->kept);
    g_free(answer->why);
    g_free(answer->escalate);
    g_clear_error(&answer->unwritten);
    g_free(answer);
}

gboolean answer_forget(Answer *answer)
{
    if (answer->fd >= 0 && answer->got > 0)
        return FALSE;
    g_byte_array_set_size(answer->head, 0);
    g_byte_array_set_size(answer->kept, 0);
    g_clear_pointer(&answer->why, g_free);
    g_clear_pointer(&answer->escalate, g_free);
    answer->announced = answer->got = 0;
    answer->headed = answer->too_large = FALSE;
    return TRUE;
}

/* Its values are flat: jansson needs no guard before it for so short a line. */
static gboolean take_head(Answer *answer)
{
    static const char *const reasons[] = {"missing", "page",        "encrypted", "damaged", "too-large", "too-deep",
                                          "timeout", "unsupported", "empty",     NULL};
    json_t *head = json_loadb((const char *)answer->head->data, answer->head->len, JSON_REJECT_DUPLICATES, NULL);
    const char *type = json_string_value(json_object_get(head, "t"));
    gboolean good = FALSE;
    if (g_strcmp0(type, "answer") == 0)
        good = json_object_size(head) == 2 && check_number(head, "bytes", G_MAXINT64, &answer->announced, NULL);
    else if (g_strcmp0(type, "fault") == 0)
        good = json_object_size(head) == 2 && check_choice(head, "why", reasons, &answer->why, NULL);
    else if (g_strcmp0(type, "escalate") == 0)
        good = json_object_size(head) == 2 && check_id(head, "size", FALSE, &answer->escalate, NULL);
    json_decref(head);
    answer->headed = good;
    answer->too_large = good && answer->announced > answer->most;
    return good && !answer->too_large;
}

gboolean answer_take(Answer *answer, const guint8 *bytes, gsize length)
{
    if (!answer->headed) {
        const guint8 *end = memchr(bytes, '\n', length);
        gsize n = end ? (gsize)(end - bytes) : length;
        if (answer->head->len + n > HEAD_BYTES)
            return FALSE;
        g_byte_array_append(answer->head, bytes, (guint)n);
        if (!end)
            return TRUE;
        if (!take_head(answer))
            return FALSE;
        bytes += n + 1;
        length -= n + 1;
    }
    if (length > answer->announced - answer->got)
        return FALSE;
    answer->got += length;
    if (answer->fd >= 0)
        return length == 0 || durable_write(answer->fd, bytes, length, -1, "the part", &answer->unwritten);
    g_byte_array_append(answer->kept, bytes, (guint)length);
    return TRUE;
}

gboolean answer_whole(const Answer *answer)
{
    return answer->headed && !answer->why && !answer->escalate && !answer->unwritten && answer->got == answer->announced;
}

gboolean answer_too_large(const Answer *answer)
{
    return answer->too_large;
}

const char *answer_why(const Answer *answer)
{
    return answer->why;
}

const char *answer_escalate(const Answer *answer)
{
    return answer->escalate;
}

const GError *answer_unwritten(const Answer *answer)
{
    return answer->unwritten;
}

GBytes *answer_bytes(const Answer *answer)
{
    return g_bytes_new(answer->kept->data, answer->kept->len);
}
