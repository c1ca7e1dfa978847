/* stage.c: the stage `desk`: what it opens, what it may, and the loop that tells browsers what changed. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/durable.h"
#include "base/failure.h"
#include "base/jail.h"
#include "conf/installed.h"
#include "desk/changes.h"
#include "desk/desk.h"
#include "desk/password.h"
#include "desk/room.h"
#include "desk/server.h"
#include "door/paths.h"
#include "stages/bus.h"
#include "stages/log.h"

#define LOOK_MS 500            /* the ledger is looked at that often while somebody watches */
#define KEY_BYTES_MAX (1 << 20)

char *desk_url(const Conf *conf)
{
    const char *address = conf_string(conf, "desk", "listen");
    gboolean tls = *conf_string(conf, "desk", "tls_certificate") != 0, six = strchr(address, ':') != NULL;
    return g_strdup_printf("%s://%s%s%s:%d/", tls ? "https" : "http", six ? "[" : "", address, six ? "]" : "",
                           (int)conf_int(conf, "desk", "port"));
}

char *desk_setup_token(Ledger *ledger, GError **error)
{
    guint8 hash[LEDGER_TOKEN_BYTES];
    g_autofree char *token = token_new(hash), *hex = token_hex(hash);
    if (!ledger_begin(ledger, error))
        return NULL;
    if (!ledger_setup_token_set(ledger, hex, error)) {
        ledger_rollback(ledger);
        return NULL;
    }
    return ledger_commit(ledger, error) ? g_steal_pointer(&token) : NULL;
}

/* --- opening ---------------------------------------------------------------------------------------------------------------- */

static int listen_on(const Conf *conf, GError **error)
{
    const char *text = conf_string(conf, "desk", "listen");
    int port = (int)conf_int(conf, "desk", "port"), on = 1;
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(text);
    g_autoptr(GSocketAddress) place = g_inet_socket_address_new(address, (guint16)port);
    struct sockaddr_storage bytes;
    gssize length = g_socket_address_get_native_size(place);
    g_socket_address_to_native(place, &bytes, sizeof bytes, NULL);
    int fd = socket(bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&bytes, (socklen_t)length) == 0 && listen(fd, SOMAXCONN) == 0)
        return fd;
    g_set_error(error, FAILURE, errno == EADDRINUSE ? FAILURE_AGAIN : FAILURE_CONFIG, "cannot listen on %s port %d: %s%s", text, port,
                g_strerror(errno), errno == EADDRINUSE ? "; set [desk] port to another one" : "");
    if (fd >= 0)
        close(fd);
    return -1;
}

/* The text of the PEM file that KEY of the settings names; "" when it names none. A private key must be private. */
static char *read_pem(const Conf *conf, const char *key, gboolean is_private, GError **error)
{
    struct stat facts;
    char *text = NULL;
    if (!*conf_string(conf, "desk", key))
        return g_strdup("");
    g_autofree char *file = conf_path(conf, "desk", key);
    if (stat(file, &facts) != 0 || !S_ISREG(facts.st_mode) || facts.st_size > KEY_BYTES_MAX || !g_file_get_contents(file, &text, NULL, NULL)) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "[desk] %s: %s cannot be read", key, file);
        return NULL;
    }
    if (!is_private || (facts.st_mode & 077) == 0)
        return text;
    g_free(text);
    g_set_error(error, FAILURE, FAILURE_CONFIG, "[desk] %s: %s may be read by others; chmod 600 it", key, file);
    return NULL;
}

static void name_hosts(Desk *desk)
{
    const char *address = conf_string(desk->conf, "desk", "listen");
    desk->hosts = g_ptr_array_new_with_free_func(g_free);
    for (const char *const *name = (const char *const[]){"localhost", "127.0.0.1", "[::1]", NULL}; *name; name++)
        g_ptr_array_add(desk->hosts, g_strdup(*name));
    g_ptr_array_add(desk->hosts, strchr(address, ':') ? g_strdup_printf("[%s]", address) : g_strdup(address));
    for (const char *const *name = conf_list(desk->conf, "desk", "hosts"); *name; name++)
        g_ptr_array_add(desk->hosts, g_ascii_strdown(*name, -1));
}

static gboolean confine(const Desk *desk, GError **error)
{
    const guint read_tree = JAIL_READ | JAIL_READ_DIR;
    g_autofree char *ledger = g_build_filename(desk->spool, "ledger.db", NULL), *programs = door_programs(&desk->door);
    g_autofree char *journal = g_strconcat(ledger, "-wal", NULL), *index = g_strconcat(ledger, "-shm", NULL);
    g_autofree char *templates = conf_path(desk->conf, "general", "templates");
    const JailPath paths[] = {
        {desk->spool, read_tree, "mails to be shown; cursors' times; SQLite syncs the folder when it has made its journal"},
        {ledger, JAIL_READ | JAIL_WRITE, "the ledger"},
        {journal, JAIL_READ | JAIL_WRITE, "its journal"},
        {index, JAIL_READ | JAIL_WRITE, "its journal's index"},
        {desk->segments, read_tree | JAIL_WRITE, "what is handed in at the desk is appended here"},
        {desk->scratch, read_tree | JAIL_WRITE, "temporary files of exports, unlinked at once"},
        {templates, read_tree, "letters and names"},
        {desk->web, read_tree, "pages"},
        {programs, DOOR_RUN, "the filter's programs"},
        {desk->door.filters_dir, read_tree, "kinds"},
        DOOR_PATHS,
        {NULL, 0, NULL},
    };
    return jail_confine(paths, JAIL_NO_NETWORK, error);
}

static gboolean open_rooms(Desk *desk, GError **error)
{
    const Conf *conf = desk->conf;
    g_autofree char *templates = conf_path(conf, "general", "templates"), *ledger = NULL;
    desk->zone = conf_string(conf, "general", "zone");
    desk->spool = conf_path(conf, "general", "spool");
    desk->segments = g_build_filename(desk->spool, "segments", NULL);
    desk->scratch = g_build_filename(desk->spool, "desk", NULL);
    desk->web = conf_path(conf, "general", "web");
    desk->idle = conf_int(conf, "desk", "idle") * G_USEC_PER_SEC;
    desk->absolute = conf_int(conf, "desk", "absolute") * G_USEC_PER_SEC;
    desk->proxy = conf_string(conf, "desk", "proxy_address");
    door_options_from_conf(&desk->door, conf);
    ledger = g_build_filename(desk->spool, "ledger.db", NULL);
    name_hosts(desk);
    g_mutex_init(&desk->upload_lock);
    desk->throttle = throttle_new();
    if (getrandom(desk->key, sizeof desk->key, 0) != (gssize)sizeof desk->key || !durable_mkdir(desk->segments, 0700, error) ||
        !durable_mkdir(desk->scratch, 0700, error))
        return FALSE;
    desk->templates = templates_load(templates, error);
    desk->no_password = desk->templates ? password_nobody(error) : NULL;
    desk->glance = desk->no_password ? ledger_open(ledger, LEDGER_CREATE, error) : NULL;
    desk->uploads = desk->glance ? segment_writer_new(desk->segments, "desk", error) : NULL;
    desk->lanes = desk->uploads ? lanes_new(desk, ledger, error) : NULL;
    return desk->lanes != NULL;
}

static gboolean start_server(Desk *desk, GError **error)
{
    g_autofree char *certificate = read_pem(desk->conf, "tls_certificate", FALSE, error);
    g_autofree char *key = certificate ? read_pem(desk->conf, "tls_key", TRUE, error) : NULL;
    int listener = key ? listen_on(desk->conf, error) : -1;
    if (listener < 0)
        return FALSE;
    if (!confine(desk, error)) {
        close(listener);
        return FALSE;
    }
    lanes_start(desk->lanes, server_run);
    desk->started = TRUE;
    HttpOptions options = {
        .listener = listener,
        .certificate = *certificate ? certificate : NULL,
        .key = *certificate ? key : NULL,
        .max_connections = (guint)conf_int(desk->conf, "desk", "max_connections"),
        .behind_proxy = *desk->proxy != 0,
        .proxy_header = conf_string(desk->conf, "desk", "proxy_header"),
        .begin = server_begin,
        .handle = server_handle,
        .later = server_later,
        .user = desk,
    };
    desk->http = http_start(&options, error);
    explicit_bzero(key, strlen(key));
    return desk->http != NULL;
}

static void close_rooms(Desk *desk)
{
    if (desk->http)
        http_quiesce(desk->http);
    if (desk->started)
        lanes_close(desk->lanes); /* answers what was asked before */
    if (desk->http)
        http_stop(desk->http);
    lanes_free(desk->lanes);
    segment_writer_free(desk->uploads);
    ledger_close(desk->glance);
    templates_free(desk->templates);
    throttle_free(desk->throttle);
    g_ptr_array_unref(desk->hosts);
    g_mutex_clear(&desk->upload_lock);
    g_free(desk->no_password);
    g_free(desk->spool);
    g_free(desk->segments);
    g_free(desk->scratch);
    g_free(desk->web);
    explicit_bzero(desk->key, sizeof desk->key);
}

/* --- the loop --------------------------------------------------------------------------------------------------------------- */

static gboolean told_to_stop(int signals)
{
    struct signalfd_siginfo info;
    gboolean stop = read(signals, &info, sizeof info) == (gssize)sizeof info;
    char *text, *from = NULL;
    while (!stop && (text = bus_receive(&from))) {
        stop = g_str_equal(text, "stop");
        g_free(text);
        g_free(from);
    }
    return stop;
}

static void serve(Desk *desk, Ledger *ledger, int signals)
{
    struct pollfd polls[2] = {{.fd = signals, .events = POLLIN}, {.fd = bus_fd(), .events = POLLIN}};
    g_autoptr(Changes) changes = changes_new(ledger);
    while (!told_to_stop(signals)) {
        changes_tell(changes, desk->http);
        http_tick(desk->http);
        poll(polls, G_N_ELEMENTS(polls), LOOK_MS);
    }
}

/* Blocked in every thread that is started from here on. */
static int take_signals(GError **error)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    int fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0)
        g_set_error(error, FAILURE, FAILURE_UNAVAILABLE, "no descriptor for signals: %s", g_strerror(errno));
    return fd;
}

gboolean stage_desk(const Conf *conf, const StageOptions *options, GError **error)
{
    const struct rlimit no_core = {0, 0}; /* a core would hold passwords */
    Desk desk = {.conf = conf};
    (void)options;
    setrlimit(RLIMIT_CORE, &no_core);
    int signals = take_signals(error);
    if (signals < 0)
        return FALSE;
    g_autofree char *spool = conf_path(conf, "general", "spool"), *file = g_build_filename(spool, "ledger.db", NULL);
    gboolean good = durable_mkdir(spool, 0700, error) && open_rooms(&desk, error);
    g_autoptr(Ledger) ledger = good ? ledger_open(file, LEDGER_WRITE, error) : NULL;
    good = ledger && start_server(&desk, error);
    if (good) {
        g_autofree char *url = desk_url(conf);
        stage_log("desk", "serving at %s", url);
        serve(&desk, ledger, signals);
    }
    close_rooms(&desk);
    close(signals);
    return good;
}
