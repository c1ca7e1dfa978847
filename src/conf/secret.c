#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failure.h"
#include "conf/secret.h"

#define SECRET_BYTES 4096
#define COMMAND_SECONDS 20
#define FINISH_LOOK_USEC 2000

/* Variables named by password_env, taken out of the environment: name -> value. Lives as long as the process. */
static GHashTable *taken;
static char *handed; /* what the supervisor gave this stage on a descriptor */

void secret_free(char *secret)
{
    if (!secret)
        return;
    explicit_bzero(secret, strlen(secret));
    g_free(secret);
}

/* The first line of LENGTH bytes, nothing else taken off: a password may begin or end with a blank. NULL when it is empty,
 * is not text, or may have been cut. TEXT is wiped. */
static char *take_line(char *text, gsize length)
{
    gsize line = 0;
    while (line < length && !strchr("\r\n", text[line])) /* a zero byte ends it as well */
        line++;
    gboolean whole = line > 0 && line < SECRET_BYTES && (line == length || text[line] != 0);
    char *secret = whole ? g_strndup(text, line) : NULL;
    explicit_bzero(text, length);
    return secret;
}

/* --- by file ------------------------------------------------------------------------------------------------------- */

static gboolean is_private(int fd, const char *path, GError **error)
{
    struct stat facts;
    if (fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "the password file %s is no regular file", path);
        return FALSE;
    }
    if ((facts.st_mode & 077) == 0)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_CONFIG, "the password file %s can be read by others (mode %03o); run: chmod 600 %s",
                path, facts.st_mode & 0777, path);
    return FALSE;
}

static char *from_file(const char *path, GError **error)
{
    char text[SECRET_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a fifo would make us wait */
    if (fd < 0) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "cannot open the password file %s: %s", path, g_strerror(errno));
        return NULL;
    }
    char *secret = NULL;
    if (is_private(fd, path, error)) {
        gssize n = read(fd, text, sizeof text);
        secret = take_line(text, n > 0 ? (gsize)n : 0);
        if (!secret)
            g_set_error(error, FAILURE, FAILURE_CONFIG, "the password file %s holds no password in its first line", path);
    }
    close(fd);
    return secret;
}

/* --- by environment -------------------------------------------------------------------------------------------------- */

void secret_take_environment(const Conf *conf)
{
    g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func(g_free);
    for (const char *const *name = conf_mailboxes(conf); *name; name++)
        g_ptr_array_add(groups, g_strdup_printf("mailbox %s", *name));
    g_ptr_array_add(groups, g_strdup("smtp"));
    if (!taken)
        taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)secret_free);
    for (guint i = 0; i < groups->len; i++) {
        const char *variable = conf_string(conf, g_ptr_array_index(groups, i), "password_env");
        char *value = *variable ? getenv(variable) : NULL;
        if (!value)
            continue;
        g_hash_table_insert(taken, g_strdup(variable), g_strdup(value));
        explicit_bzero(value, strlen(value)); /* /proc/PID/environ shows these very bytes */
        unsetenv(variable);
    }
}

/* A stage gets its secret on a descriptor: an environment could be read by whoever looks into /proc. It is closed at once,
 * so that no program the stage starts inherits it. */
void secret_take_descriptor(void)
{
    char text[SECRET_BYTES];
    const char *number = g_getenv(SECRET_FD_VARIABLE);
    guint64 fd;
    if (!number || !g_ascii_string_to_unsigned(number, 10, 3, G_MAXINT, &fd, NULL))
        return;
    gssize n = pread((int)fd, text, sizeof text, 0);
    secret_free(handed);
    handed = take_line(text, n > 0 ? (gsize)n : 0);
    close((int)fd);
    unsetenv(SECRET_FD_VARIABLE);
}

static char *from_environment(const char *variable, GError **error)
{
    const char *value = taken ? g_hash_table_lookup(taken, variable) : NULL;
    if (!value)
        value = handed;
    if (!value || !*value) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "the environment variable %s (password_env) is not set or empty", variable);
        return NULL;
    }
    return g_strdup(value);
}

int secret_descriptor(const Conf *conf, const char *group)
{
    const char *variable = conf_string(conf, group, "password_env");
    const char *value = *variable && taken ? g_hash_table_lookup(taken, variable) : NULL;
    int fd = value ? memfd_create("secret", MFD_CLOEXEC) : -1;
    if (fd >= 0 && write(fd, value, strlen(value)) != (gssize)strlen(value)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* --- by command -------------------------------------------------------------------------------------------------------- */

/* Until the command closes its output or has said more than a secret may be. -1 when DEADLINE comes first. */
static gssize read_output(int fd, char *text, gint64 deadline)
{
    gsize length = 0;
    while (length < SECRET_BYTES) {
        struct pollfd readable = {.fd = fd, .events = POLLIN};
        int ready = poll(&readable, 1, clock_left_ms(deadline));
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return -1;
        gssize n = read(fd, text + length, SECRET_BYTES - length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        length += (gsize)n;
    }
    return (gssize)length;
}

/* The command's status, -1 when DEADLINE came first. It and what it started are gone afterwards. */
static int finish(GPid pid, gint64 deadline)
{
    int status = -1;
    pid_t ended = 0;
    while ((ended = waitpid(pid, &status, WNOHANG)) == 0 && clock_left_ms(deadline) > 0)
        g_usleep(FINISH_LOOK_USEC);
    kill(-pid, SIGKILL);
    if (ended == 0)
        waitpid(pid, NULL, 0);
    return ended == pid ? status : -1;
}

/* A process group of its own, so that what the command starts can be ended with it; and signals as they are at the start of
 * a program, not as the stage that runs it has them. */
static void set_apart(gpointer user)
{
    (void)user;
    sigset_t none;
    setpgid(0, 0);
    for (const int *n = (const int[]){SIGTERM, SIGINT, SIGHUP, SIGPIPE, 0}; *n; n++)
        signal(*n, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static char *from_command(const char *command, const char *setting, const char *group, GError **error)
{
    char text[SECRET_BYTES];
    g_auto(GStrv) words = NULL;
    g_autoptr(GError) failure = NULL;
    GPid pid;
    int output;
    gint64 deadline = clock_mono() + COMMAND_SECONDS * G_USEC_PER_SEC;
    if (!g_shell_parse_argv(command, NULL, &words, &failure) ||
        !g_spawn_async_with_pipes(NULL, words, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, set_apart, NULL, &pid,
                                  NULL, &output, NULL, &failure)) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "[%s] %s cannot be run: %s", group, setting, failure->message);
        return NULL;
    }
    gssize n = read_output(output, text, deadline);
    close(output);
    int status = finish(pid, n < 0 ? 0 : deadline);
    gboolean good = status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    char *secret = take_line(text, n > 0 ? (gsize)n : 0);
    if (secret && good)
        return secret;
    /* Who says more than we take is cut off, and may fail by that. */
    gboolean no_line = !secret && (good || n == SECRET_BYTES);
    g_set_error(error, FAILURE, FAILURE_AGAIN, "[%s] %s %s", group, setting,
                no_line        ? "printed no line of text of at most 4 KB"
                : status == -1 ? "did not end within 20 s"
                               : "failed");
    secret_free(secret);
    return NULL;
}

char *secret_get(const Conf *conf, const char *group, GError **error)
{
    if (*conf_string(conf, group, "password_file")) {
        g_autofree char *path = conf_path(conf, group, "password_file");
        return from_file(path, error);
    }
    const char *variable = conf_string(conf, group, "password_env");
    if (*variable)
        return from_environment(variable, error);
    const char *command = conf_string(conf, group, "password_command");
    if (*command)
        return from_command(command, "password_command", group, error);
    return NULL;
}

char *secret_token(const Conf *conf, const char *group, GError **error)
{
    return from_command(conf_string(conf, group, "token_command"), "token_command", group, error);
}
