/* stream.c: answers that go on: server-sent events. A stream with nothing to say is a suspended connection, which costs nothing; a
 * client that left is noticed at the next sign of life. */
#include <string.h>

#include "base/clock.h"
#include "desk/http_room.h"

#define PENDING_MAX (64 << 10) /* who reads slower misses hints and is told to look anew when he reconnects */
#define LIFE_SECONDS 600       /* then the browser connects again, and is asked again who it is */
#define BLOCK_BYTES 4096

struct Stream {
    Http *http;
    struct MHD_Connection *connection;
    GString *pending;   /* these under http->lock */
    gboolean suspended;
    gboolean ending;
    gint64 until;       /* clock_mono */
};

Stream *stream_new(Http *http, Exchange *x)
{
    Stream *stream = NULL;
    g_mutex_lock(&http->lock);
    if (http->streams->len < STREAMS_MAX && !http->ending) {
        stream = g_new0(Stream, 1);
        stream->http = http;
        stream->connection = x->connection;
        stream->pending = g_string_new("retry: 3000\n\n");
        stream->until = clock_mono() + LIFE_SECONDS * G_USEC_PER_SEC;
        g_ptr_array_add(http->streams, stream);
    }
    g_mutex_unlock(&http->lock);
    return stream;
}

static void stream_free(void *data)
{
    Stream *stream = data;
    g_mutex_lock(&stream->http->lock);
    g_ptr_array_remove_fast(stream->http->streams, stream);
    g_mutex_unlock(&stream->http->lock);
    g_string_free(stream->pending, TRUE);
    g_free(stream);
}

static ssize_t stream_read(void *data, uint64_t position, char *buffer, size_t size)
{
    Stream *stream = data;
    (void)position;
    g_mutex_lock(&stream->http->lock);
    gsize n = MIN(size, stream->pending->len);
    memcpy(buffer, stream->pending->str, n);
    g_string_erase(stream->pending, 0, (gssize)n);
    ssize_t result = n > 0 ? (ssize_t)n : stream->ending ? MHD_CONTENT_READER_END_OF_STREAM : 0;
    if (result == 0) {
        stream->suspended = TRUE;
        MHD_suspend_connection(stream->connection);
    }
    g_mutex_unlock(&stream->http->lock);
    return result;
}

struct MHD_Response *stream_response(Stream *stream)
{
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, stream_read, stream, stream_free);
}

/* Under the lock. */
static void wake(Stream *stream)
{
    if (stream->suspended)
        MHD_resume_connection(stream->connection);
    stream->suspended = FALSE;
}

/* Under the lock. */
static void say(Stream *stream, const char *text, gint64 now)
{
    stream->ending |= now > stream->until || stream->pending->len + strlen(text) > PENDING_MAX;
    if (!stream->ending)
        g_string_append(stream->pending, text);
    wake(stream);
}

void stream_say(Stream *stream, const char *text)
{
    g_mutex_lock(&stream->http->lock);
    say(stream, text, clock_mono());
    g_mutex_unlock(&stream->http->lock);
}

void streams_say(Http *http, const char *text)
{
    gint64 now = clock_mono();
    g_mutex_lock(&http->lock);
    for (guint i = 0; i < http->streams->len; i++)
        say(g_ptr_array_index(http->streams, i), text, now);
    g_mutex_unlock(&http->lock);
}

void streams_end(Http *http)
{
    g_mutex_lock(&http->lock);
    http->ending = TRUE;
    for (guint i = 0; i < http->streams->len; i++) {
        Stream *stream = g_ptr_array_index(http->streams, i);
        stream->ending = TRUE;
        wake(stream);
    }
    g_mutex_unlock(&http->lock);
}
