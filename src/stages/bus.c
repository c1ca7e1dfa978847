#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "stages/bus.h"

#define BUS_FD 3

int bus_fd(void)
{
    return g_getenv("SHOUWEN_BUS") ? BUS_FD : -1;
}

void bus_send(const char *to, const char *text)
{
    int fd = bus_fd();
    g_autofree char *packet = g_strdup_printf("%s %s", to, text);
    if (fd >= 0 && strlen(packet) < BUS_MAX_BYTES)
        send(fd, packet, strlen(packet), MSG_DONTWAIT | MSG_NOSIGNAL); /* a hint may be lost */
}

gboolean bus_allows(const char *from, const char *to, const char *text)
{
    static const struct {
        const char *from, *to, *text; /* beginnings */
    } table[] = {
        {"fetch:", "supervise", "fetched"}, {"fetch:", "intake", "arrived"}, {"fetch:", "intake", "marked "},
        {"intake", "fetch:", "mark "},      {"intake", "courier", "letters"},
        {"clock", "courier", "letters"},
        {"desk", "intake", "arrived"},      {"desk", "courier", "letters"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
        if (g_str_has_prefix(from, table[i].from) && g_str_has_prefix(to, table[i].to) && g_str_has_prefix(text, table[i].text))
            return TRUE;
    return FALSE;
}

char *bus_receive(char **ret_from)
{
    g_autofree char *packet = g_malloc(BUS_MAX_BYTES + 1);
    int fd = bus_fd();
    gssize n = fd < 0 ? -1 : recv(fd, packet, BUS_MAX_BYTES, MSG_DONTWAIT);
    if (n == 0) {
        /* The supervisor is gone; a stage does not outlive it. */
        *ret_from = g_strdup("supervise");
        return g_strdup("stop");
    }
    if (n < 0)
        return NULL;
    packet[n] = 0;
    char *blank = strchr(packet, ' ');
    if (!blank)
        return NULL;
    *ret_from = g_strndup(packet, (gsize)(blank - packet));
    return g_strdup(blank + 1);
}
