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

/* Variables named by password_env, taken out of the environment: name -> value. Lives as long as the process. */
static GHashTable *taken;

void secret_free(char *secret)
{
    if (!secret)
        return;
    explicit_bzero(secret, strlen(secret));
    g_free(secret);
}

static char *first_line(const char *text)
{
    return g_strndup(text, strcspn(text, "\r\n"));
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
    char text[SECRET_BYTES + 1];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "cannot open the password file %s: %s", path, g_strerror(errno));
        return NULL;
    }
    char *secret = NULL;
    if (is_private(fd, path, error)) {
        gssize n = read(fd, text, SECRET_BYTES);
        text[MAX(n, 0)] = 0;
        secret = first_line(text);
        explicit_bzero(text, sizeof text);
        if (!*secret) {
            g_clear_pointer(&secret, secret_free);
            g_set_error(error, FAILURE, FAILURE_CONFIG, "the password file %s is empty", path);
        }
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

/* A stage gets its secret on a descriptor: an environment could be read by whoever looks into /proc. */
static char *from_descriptor(void)
{
    char text[SECRET_BYTES + 1];
    const char *number = g_getenv(SECRET_FD_VARIABLE);
    gssize n = number ? pread(atoi(number), text, SECRET_BYTES, 0) : -1;
    if (n <= 0)
        return NULL;
    text[n] = 0;
    char *secret = first_line(text);
    explicit_bzero(text, sizeof text);
    return secret;
}

static char *from_environment(const char *variable, GError **error)
{
    const char *value = taken ? g_hash_table_lookup(taken, variable) : NULL;
    char *secret = value ? g_strdup(value) : from_descriptor();
    if (!secret)
        g_set_error(error, FAILURE, FAILURE_CONFIG, "the environment variable %s (password_env) is not set", variable);
    return secret;
}

int secret_descriptor(const Conf *conf, const char *group)
{
    const char *variable = conf_string(conf, group, "password_env");
    const char *value = *variable && taken ? g_hash_table_lookup(taken, variable) : NULL;
    if (!value)
        return -1;
    int fd = memfd_create("secret", MFD_ALLOW_SEALING); /* inherited by the one stage it is for */
    if (fd >= 0 && write(fd, value, strlen(value)) != (gssize)strlen(value)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* --- by command -------------------------------------------------------------------------------------------------------- */

static gssize read_output(int fd, char *text, gint64 deadline)
{
    gsize length = 0;
    while (length < SECRET_BYTES) {
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        if (poll(&poll_fd, 1, clock_left_ms(deadline)) <= 0)
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

static char *from_command(const char *command, const char *setting, const char *group, GError **error)
{
    char text[SECRET_BYTES + 1];
    g_auto(GStrv) words = NULL;
    g_autoptr(GError) failure = NULL;
    GPid pid;
    int output, status = 0;
    if (!g_shell_parse_argv(command, NULL, &words, &failure) ||
        !g_spawn_async_with_pipes(NULL, words, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid,
                                  NULL, &output, NULL, &failure)) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "[%s] %s cannot be run: %s", group, setting, failure->message);
        return NULL;
    }
    gssize n = read_output(output, text, clock_mono() + COMMAND_SECONDS * G_USEC_PER_SEC);
    close(output);
    if (n < 0)
        kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    text[MAX(n, 0)] = 0;
    char *secret = n > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? first_line(text) : NULL;
    explicit_bzero(text, sizeof text);
    if (!secret)
        g_set_error(error, FAILURE, FAILURE_AGAIN, "[%s] %s %s", group, setting,
                    n < 0 ? "gave no answer within 20 s" : "failed or printed nothing");
    return secret;
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
