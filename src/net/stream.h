/* stream.h: our own verified stream under libetpan. Debian's libetpan verifies no certificate at all, so every IMAP and
 * SMTP connection runs over GIO (GSocketClient, GTlsClientConnection): system trust or ca_file, host name checked,
 * TLS 1.2 or newer. Plain connections are allowed to loopback addresses only. Every read and write has a deadline. */
#ifndef SHOUWEN_NET_STREAM_H
#define SHOUWEN_NET_STREAM_H

#include <glib.h>
#include <libetpan/libetpan.h>

typedef enum { NET_TLS, NET_STARTTLS, NET_PLAIN } NetSecurity;
gboolean net_security_parse(const char *name, NetSecurity *ret); /* "tls" "starttls" "plain" */

typedef struct {
    const char *host;
    guint16 port;
    NetSecurity security;
    const char *ca_file;     /* "" = the system's trust store */
    guint timeout_seconds;   /* for connecting and for each read or write */
} NetTarget;

/* Connects; with NET_TLS the handshake is done and the peer verified. The result is given to
 * mailimap_connect/mailsmtp_connect by mailstream_new(low, 65536), which then owns it. FAILURE_AGAIN when
 * the server cannot be reached, FAILURE_DENIED when its certificate is refused (and why), FAILURE_CONFIG for a plain
 * connection beyond loopback. */
mailstream_low *net_connect(const NetTarget *target, GError **error);

/* After STARTTLS was accepted: wraps the connection under STREAM in verified TLS (mailstream_set_low). Bytes the
 * server sent before the handshake are an injection: FAILURE_DENIED. */
gboolean net_starttls(mailstream *stream, const NetTarget *target, GError **error);

/* Bounds what the server may still make us read: at most BYTES more, until DEADLINE (clock_mono). Set anew before each
 * command, so that neither an endless answer nor one byte a minute can hold us. Unbounded until the first call. */
void net_allow(mailstream_low *low, guint64 bytes, gint64 deadline);

/* From now on each read or write may take SECONDS: a server that has got a whole message may take its time. */
void net_set_timeout(mailstream_low *low, guint seconds);

/* Why the last read or write failed, one line without a full stop; NULL when none did. Owned by LOW. */
const char *net_reason(mailstream_low *low);

/* The socket's descriptor, for poll. */
int net_fd(mailstream_low *low);

/* Whether decrypted bytes wait that poll would not show. */
gboolean net_pending(mailstream *stream);

#endif
