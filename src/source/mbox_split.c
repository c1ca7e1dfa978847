#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/failure.h"
#include "source/mbox_split.h"

#define READ_BYTES 65536
#define MARK "From "
#define MARK_BYTES 5

typedef struct {
    guint64 line_start; /* offset of the line under the hand */
    guint matched;      /* bytes of MARK that its beginning has matched */
    gboolean is_mark;   /* its beginning is MARK */
    gboolean beginning; /* still within its first bytes */
    gboolean blank;     /* nothing but CR so far */
    gboolean after_blank; /* the line before was empty, or there is none */
    guint64 blank_start;  /* where that empty line begins */
    gboolean in_message;
    guint64 message;    /* where its bytes begin */
} Splitter;

static void start_line(Splitter *s, guint64 offset)
{
    s->line_start = offset;
    s->matched = 0;
    s->is_mark = FALSE;
    s->beginning = TRUE;
    s->blank = TRUE;
}

static void take_byte(Splitter *s, char c)
{
    if (c != '\r')
        s->blank = FALSE;
    if (!s->beginning)
        return;
    if (c == MARK[s->matched]) {
        s->is_mark = ++s->matched == MARK_BYTES;
        s->beginning = !s->is_mark;
    } else {
        s->beginning = FALSE;
    }
}

/* The line ended before OFFSET. */
static gboolean end_line(Splitter *s, guint64 offset, MboxVisitor visit, gpointer user)
{
    if (s->is_mark && s->after_blank) {
        guint64 end = s->blank_start;
        if (s->in_message && !visit(s->message, end > s->message ? end - s->message : 0, user))
            return FALSE;
        s->in_message = TRUE;
        s->message = offset;
    }
    s->after_blank = s->blank;
    if (s->blank)
        s->blank_start = s->line_start;
    start_line(s, offset);
    return TRUE;
}

gboolean mbox_split(int fd, guint64 from, MboxVisitor visit, gpointer user, guint64 *ret_next, GError **error)
{
    Splitter s = {.after_blank = TRUE, .blank_start = from};
    g_autofree char *buffer = g_malloc(READ_BYTES);
    guint64 offset = from;
    gssize n;
    start_line(&s, from);
    *ret_next = from;
    while ((n = pread(fd, buffer, READ_BYTES, (off_t)offset)) > 0) {
        for (gssize i = 0; i < n; i++) {
            offset++;
            if (buffer[i] != '\n') {
                take_byte(&s, buffer[i]);
                continue;
            }
            if (!s.in_message && !s.is_mark) {
                g_set_error(error, FAILURE, FAILURE_DATA, "there is no \"From \" line at byte %" G_GUINT64_FORMAT
                            ": this is no mbox", from);
                return FALSE;
            }
            if (!end_line(&s, offset, visit, user))
                return FALSE;
        }
    }
    if (n < 0) {
        g_set_error(error, FAILURE, FAILURE_IO, "cannot read the mbox: %s", g_strerror(errno));
        return FALSE;
    }
    guint64 end = s.after_blank && s.line_start == offset && s.blank_start >= s.message ? s.blank_start : offset;
    *ret_next = offset;
    return !s.in_message || visit(s.message, end - s.message, user);
}
