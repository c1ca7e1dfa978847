/* imap_idle.c: waiting for news: IDLE on the first folder where the server offers it, and the poll interval beside it,
 * because IDLE drops silently behind some firewalls and says nothing of the other folders. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "source/imap.h"

#define IDLE_SECONDS (25 * 60) /* RFC 2177 wants it issued anew within 29 minutes */

/* Until one of the descriptors can be read (-1: none) or UNTIL has come. */
static void wait_readable(int connection, int wake_fd, gint64 until)
{
    struct pollfd ready[2] = {{.fd = connection, .events = POLLIN}, {.fd = wake_fd, .events = POLLIN}};
    /* A signal ends the wait too: the stage looks why. */
    if (poll(ready, G_N_ELEMENTS(ready), clock_left_ms(until)) < 0 && errno != EINTR)
        g_usleep(G_USEC_PER_SEC);
}

typedef enum { IDLE_WAITING, IDLE_NEWS, IDLE_REFUSED, IDLE_LOST } IdleState;

/* mailimap_idle of libetpan 1.9.4 gets out of step when anything comes before the "+", so the lines are read here. */
static IdleState begin_idle(Imap *imap)
{
    mailimap *session = imap->session;
    IdleState state = IDLE_WAITING;
    imap_allow(imap, LIMIT_ANSWER_BYTES);
    if (mailimap_send_current_tag(session) != MAILIMAP_NO_ERROR ||
        mailstream_write(session->imap_stream, "IDLE\r\n", strlen("IDLE\r\n")) < 0 ||
        mailstream_flush(session->imap_stream) < 0)
        return IDLE_LOST;
    for (;;) {
        const char *line = mailimap_read_line(session);
        if (!line)
            return IDLE_LOST;
        if (*line == '+')
            return state;
        if (*line != '*')
            return IDLE_REFUSED;
        if (strstr(line, " EXISTS"))
            state = IDLE_NEWS;
    }
}

static gboolean idle(Imap *imap, int wake_fd, gint64 until, GError **error)
{
    mailimap *session = imap->session;
    IdleState state = begin_idle(imap);
    if (state == IDLE_LOST)
        return imap_fail(imap, MAILIMAP_ERROR_STREAM, "IDLE", error);
    int connection = net_fd(mailstream_get_low(session->imap_stream));
    if (state == IDLE_REFUSED) {
        imap->idle = FALSE;
        wait_readable(connection, wake_fd, until);
        return TRUE;
    }
    if (state == IDLE_WAITING && !net_pending(session->imap_stream))
        wait_readable(connection, wake_fd, until);
    imap_allow(imap, LIMIT_ANSWER_BYTES);
    int result = mailimap_idle_done(session);
    return result == MAILIMAP_NO_ERROR || imap_fail(imap, result, "ending IDLE", error);
}

gboolean imap_wait(Source *source, int wake_fd, gint64 deadline, GError **error)
{
    Imap *imap = (Imap *)source;
    gint64 until = MIN(deadline, clock_mono() + MIN(imap->poll_seconds, IDLE_SECONDS) * G_USEC_PER_SEC);
    if (imap->round_due > 0)
        until = MIN(until, imap->round_due);
    ImapFolder *first = imap->folders->pdata[0];
    if (!imap->session || !imap->idle || !imap_can(imap, "IDLE")) {
        int connection = imap->session ? net_fd(mailstream_get_low(imap->session->imap_stream)) : -1;
        wait_readable(connection, wake_fd, until);
        return TRUE;
    }
    if (imap->selected != first) {
        if (!imap_select(imap, first, imap->action != ACTION_KEEP && !first->watch, error))
            return FALSE;
        /* What came into it since it was last read is not announced again. */
        if (imap->session->imap_selection_info->sel_uidnext > first->uidnext)
            return TRUE;
    }
    return idle(imap, wake_fd, until, error);
}
