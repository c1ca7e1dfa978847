/* wire.c: the server may be hostile or broken: a reply is bounded in bytes and time, each line is checked, and nothing
 * of it is used but its code and, made plain, its words. */
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/failure.h"
#include "base/limits.h"
#include "base/text.h"
#include "send/wire.h"

#define STREAM_BYTES 65536
#define ANSWER_CHARS 300
#define FINAL_SECONDS 600 /* RFC 5321 4.5.3.2.6: who gives up earlier sends a letter twice that was taken */
#define CODE_DIGITS 3

void wire_init(Wire *wire, const NetTarget *target)
{
    memset(wire, 0, sizeof *wire);
    wire->target = target;
    wire->lines = g_ptr_array_new_with_free_func(g_free);
    wire->buffer = mmap_string_new("");
}

void wire_drop(Wire *wire)
{
    if (wire->stream)
        mailstream_close(wire->stream);
    wire->stream = NULL;
}

void wire_clear(Wire *wire)
{
    wire_drop(wire);
    g_ptr_array_unref(wire->lines);
    mmap_string_free(wire->buffer);
}

static void allow(Wire *wire, guint seconds)
{
    mailstream_low *low = mailstream_get_low(wire->stream);
    net_set_timeout(low, seconds);
    net_allow(low, LIMIT_REPLY_BYTES, clock_mono() + (gint64)seconds * G_USEC_PER_SEC);
}

static gboolean lost(Wire *wire, const char *during, const char *fallback, GError **error)
{
    const char *reason = net_reason(mailstream_get_low(wire->stream));
    g_set_error(error, FAILURE, FAILURE_AGAIN, "%s:%u: %s failed: %s", wire->target->host, wire->target->port, during,
                reason ? reason : fallback);
    wire->code = 0;
    wire_drop(wire);
    return FALSE;
}

/* --- replies ------------------------------------------------------------------------------------------------------- */

/* Three digits, then the end, a blank, or a '-' before a line that is not the last. */
static gboolean take_line(Wire *wire, const char *line, gboolean *ret_last)
{
    int code = 0;
    for (int i = 0; i < CODE_DIGITS; i++) {
        if (!g_ascii_isdigit(line[i]))
            return FALSE;
        code = code * 10 + (line[i] - '0');
    }
    char after = line[CODE_DIGITS];
    if (code < 200 || code > 599 || (after && after != ' ' && after != '-') || (wire->code && wire->code != code))
        return FALSE;
    wire->code = code;
    *ret_last = after != '-';
    g_ptr_array_add(wire->lines, g_strdup(after ? line + CODE_DIGITS + 1 : ""));
    return TRUE;
}

static gboolean read_reply(Wire *wire, const char *during, GError **error)
{
    gboolean last = FALSE;
    wire->code = 0;
    g_ptr_array_set_size(wire->lines, 0);
    while (!last) {
        const char *line = mailstream_read_line_remove_eol(wire->stream, wire->buffer);
        if (!line)
            return lost(wire, during, "the connection ended", error);
        if (!take_line(wire, line, &last))
            return lost(wire, during, "the server's answer is not SMTP", error);
    }
    return TRUE;
}

char *wire_answer(const Wire *wire)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < wire->lines->len; i++)
        g_string_append_printf(text, " %s", (const char *)g_ptr_array_index(wire->lines, i));
    g_autofree char *plain = text_plain(text->str, ANSWER_CHARS);
    return g_strdup_printf("%d%s%s", wire->code, *plain ? " " : "", plain);
}

/* --- commands ------------------------------------------------------------------------------------------------------ */

gboolean wire_connect(Wire *wire, GError **error)
{
    mailstream_low *low = net_connect(wire->target, error);
    if (!low)
        return FALSE;
    wire->stream = mailstream_new(low, STREAM_BYTES);
    allow(wire, wire->target->timeout_seconds);
    return read_reply(wire, "connecting", error);
}

gboolean wire_secure(Wire *wire, GError **error)
{
    if (net_starttls(wire->stream, wire->target, error))
        return TRUE;
    wire_drop(wire);
    return FALSE;
}

static gboolean put(Wire *wire, const char *bytes, gsize length)
{
    return mailstream_write(wire->stream, bytes, length) >= 0;
}

gboolean wire_command(Wire *wire, const char *line, const char *name, GError **error)
{
    if (strpbrk(line, "\r\n")) {
        g_set_error(error, FAILURE, FAILURE_BUG, "the SMTP command %s would be two", name);
        return FALSE;
    }
    /* An answer to nothing would be taken for the answer to this, and all that follow. */
    if (wire->stream->read_buffer_len > 0)
        return lost(wire, name, "the server answered more than it was asked", error);
    allow(wire, wire->target->timeout_seconds);
    if (!put(wire, line, strlen(line)) || !put(wire, "\r\n", 2) || mailstream_flush(wire->stream) < 0)
        return lost(wire, name, "the connection ended", error);
    return read_reply(wire, name, error);
}

/* Line by line, so that a dot at the beginning of one can be doubled (RFC 5321 4.5.2). */
static gboolean put_message(Wire *wire, const char *bytes, gsize length)
{
    const char *end = bytes + length;
    for (const char *line = bytes; line < end;) {
        const char *feed = memchr(line, '\n', (gsize)(end - line));
        const char *next = feed ? feed + 1 : end;
        if ((*line == '.' && !put(wire, ".", 1)) || !put(wire, line, (gsize)(next - line)))
            return FALSE;
        line = next;
    }
    gboolean ended = length >= 2 && memcmp(end - 2, "\r\n", 2) == 0;
    return put(wire, ended ? ".\r\n" : "\r\n.\r\n", ended ? 3 : 5) && mailstream_flush(wire->stream) >= 0;
}

gboolean wire_data(Wire *wire, GBytes *message, GError **error)
{
    gsize length;
    const char *bytes = g_bytes_get_data(message, &length);
    allow(wire, wire->target->timeout_seconds + (guint)(length / LIMIT_SLOWEST_BYTES));
    if (!put_message(wire, bytes, length))
        return lost(wire, "sending the letter", "the connection ended", error);
    allow(wire, MAX(wire->target->timeout_seconds, FINAL_SECONDS));
    return read_reply(wire, "the end of the letter", error);
}

char *wire_own_literal(const Wire *wire)
{
    struct sockaddr_storage own = {0};
    socklen_t length = sizeof own;
    char host[INET6_ADDRSTRLEN] = "127.0.0.1";
    getsockname(net_fd(mailstream_get_low(wire->stream)), (struct sockaddr *)&own, &length);
    if (own.ss_family == AF_INET)
        inet_ntop(AF_INET, &((struct sockaddr_in *)&own)->sin_addr, host, sizeof host);
    if (own.ss_family == AF_INET6)
        inet_ntop(AF_INET6, &((struct sockaddr_in6 *)&own)->sin6_addr, host, sizeof host);
    return g_strdup_printf("[%s%s]", own.ss_family == AF_INET6 ? "IPv6:" : "", host);
}
