/* attacks.c: sends messages whose attachment attacks (hostile.c), with a good attachment beside it, through the door: to a
 * filter in its jail, where each attack must be stopped and recorded and cost nobody else anything, and to one without,
 * where each must succeed: else the first half would prove nothing. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "door/door.h"
#include "door/process.h"

#define DEADLINE_SECONDS 4 /* a message; an attempt gets half */
#define SENDER "zhangsan@example.cn"

typedef enum { NOTHING, FILE_PATH, NEW_PATH, PORT } Argument;
typedef enum {
    SUCCEEDS,    /* without the jail the reader gets what it wants, or brings the server down */
    NEVER_ENDS,  /* without the jail nobody stops it */
    DOOR_STOPS,  /* it attacks the trusted side: without the door's checks the pipe holds what it wrote */
} Unjailed;

typedef struct {
    const char *name;
    Argument argument;
    const char *status; /* of the attacking document; NULL: any but read */
    Unjailed unjailed;
    gboolean beside_victim; /* a neighbour is under way in another child */
} Attack;

static const Attack attacks[] = {
    {"open", FILE_PATH, "damaged", SUCCEEDS, FALSE},
    {"list", NOTHING, "damaged", SUCCEEDS, FALSE},
    {"write-file", NEW_PATH, "damaged", SUCCEEDS, FALSE},
    {"exec", NEW_PATH, "damaged", SUCCEEDS, FALSE},
    {"connect", PORT, "damaged", SUCCEEDS, FALSE},
    {"unix-socket", NOTHING, "damaged", SUCCEEDS, FALSE},
    {"io-uring", NOTHING, "damaged", SUCCEEDS, FALSE},
    {"fork", NOTHING, "damaged", SUCCEEDS, FALSE},
    {"thread", NOTHING, "damaged", SUCCEEDS, FALSE},
    {"kill", NOTHING, "damaged", SUCCEEDS, FALSE},
    {"tgkill", NOTHING, "damaged", SUCCEEDS, FALSE},
    {"signal-by-fcntl", NOTHING, "damaged", SUCCEEDS, FALSE},
    {"ptrace", NOTHING, "damaged", SUCCEEDS, FALSE},
    {"starve-server", NOTHING, "damaged", SUCCEEDS, FALSE},
    {"raise-limits", NOTHING, "damaged", SUCCEEDS, FALSE},
    {"rwx", NOTHING, "damaged", SUCCEEDS, FALSE},
    {"make-executable", NOTHING, "damaged", SUCCEEDS, FALSE},
    {"4gb", NOTHING, "too-large", SUCCEEDS, FALSE},
    {"4gb-mapped", NOTHING, "damaged", SUCCEEDS, FALSE},
    {"spin", NOTHING, "timeout", NEVER_ENDS, FALSE},
    {"sleep", NOTHING, "damaged", NEVER_ENDS, FALSE},
    {"wait-for-ever", NOTHING, "timeout", NEVER_ENDS, FALSE},
    {"flood", NOTHING, "too-large", DOOR_STOPS, FALSE},
    {"flood-lines", NOTHING, "too-large", DOOR_STOPS, FALSE},
    {"deep-json", NOTHING, "damaged", DOOR_STOPS, FALSE},
    {"forge-sender", NOTHING, "read", DOOR_STOPS, FALSE},
    {"neighbour-inherited", NOTHING, "damaged", SUCCEEDS, TRUE},
    {"neighbour-proc", NOTHING, "damaged", SUCCEEDS, TRUE},
    {"neighbour-pidfd", NOTHING, "damaged", SUCCEEDS, TRUE},
    {"neighbour-memory", NOTHING, "damaged", SUCCEEDS, TRUE},
    {"receive-elsewhere", NOTHING, "damaged", SUCCEEDS, FALSE},
};

static char *folder; /* of this test, writable for everybody: what an attack writes there is seen */
static int listener = -1;
static Door *jailed; /* one for all attacks: it must outlive them */

static Door *open_door(const char *which)
{
    static const char *const none[] = {NULL};
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *dir = g_path_get_dirname(program);
    g_autofree char *programs = g_build_filename(dir, which, NULL);
    const DoorOptions options = {.filters_dir = "filters", .programs_dir = programs, .authserv_id = "", .reference_prefix = "SC27",
                                 .own_addresses = none, .own_names = none, .statement_minimum = 100,
                                 .deadline_seconds = DEADLINE_SECONDS, .reuse = 8, .jobs = 2};
    GError *error = NULL;
    Door *door = door_new(&options, &error);
    g_assert_no_error(error);
    return door;
}

/* A mail with two attachments; the first is read by the attack. */
static int make_message(const char *first)
{
    g_autofree char *text = g_strdup_printf(
        "From: <" SENDER ">\r\nTo: office@example.cn\r\nSubject: test\r\nDate: Mon, 2 Mar 2026 10:00:00 +0800\r\n"
        "Message-ID: <test@example.cn>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
        "--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=first.bin\r\n\r\n%s\r\n"
        "--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=good.txt\r\n\r\na good text\r\n--b--\r\n",
        first);
    int fd = memfd_create("mail", MFD_CLOEXEC);
    g_assert_cmpint(write(fd, text, strlen(text)), ==, (gssize)strlen(text));
    return fd;
}

static DoorJob job_for(int fd, gpointer user)
{
    struct stat facts;
    g_assert_cmpint(fstat(fd, &facts), ==, 0);
    return (DoorJob){.fd = fd, .length = (guint64)facts.st_size, .user = user};
}

static void submit(Door *door, const char *first, gpointer user)
{
    GError *error = NULL;
    int fd = make_message(first);
    DoorJob job = job_for(fd, user);
    g_assert_true(door_submit(door, &job, &error));
    g_assert_no_error(error);
    close(fd);
}

/* The result of the job with USER; others are thrown away. NULL after SECONDS. */
static DoorResult *result_of(Door *door, gconstpointer user, int seconds)
{
    gint64 deadline = clock_mono() + seconds * G_USEC_PER_SEC;
    for (;;) {
        DoorResult *result = door_next(door, deadline);
        if (!result || result->user == user)
            return result;
        door_result_free(result);
    }
}

static const char *status_at(const Record *record, const char *path)
{
    for (guint i = 0; i < record->documents->len; i++) {
        const Document *document = g_ptr_array_index(record->documents, i);
        if (g_str_equal(document->path, path))
            return document->status;
    }
    return "absent";
}

static char *attack_line(const Attack *attack, char **ret_path)
{
    struct sockaddr_in at;
    socklen_t size = sizeof at;
    static int count;
    *ret_path = NULL;
    switch (attack->argument) {
    case FILE_PATH:
        return g_strdup_printf("HOSTILE %s %s/readable", attack->name, folder);
    case NEW_PATH:
        *ret_path = g_strdup_printf("%s/new-%d", folder, ++count);
        return g_strdup_printf("HOSTILE %s %s", attack->name, *ret_path);
    case PORT:
        g_assert_cmpint(getsockname(listener, (struct sockaddr *)&at, &size), ==, 0);
        return g_strdup_printf("HOSTILE %s %d", attack->name, ntohs(at.sin_port));
    case NOTHING:
    default:
        return g_strdup_printf("HOSTILE %s /", attack->name);
    }
}

static gboolean somebody_connected(void)
{
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* --- in the jail ------------------------------------------------------------------------------------------------------- */

static void check_good_message(Door *door)
{
    submit(door, "another good text", "next");
    g_autoptr(DoorResult) result = result_of(door, "next", 3 * DEADLINE_SECONDS);
    g_assert_nonnull(result);
    g_assert_no_error(result->fault);
    g_assert_cmpstr(result->record->route, ==, "submission");
    g_assert_cmpstr(status_at(result->record, "3"), ==, "read");
}

static void test_jailed(gconstpointer data)
{
    const Attack *attack = data;
    g_autofree char *path = NULL, *line = attack_line(attack, &path);
    if (attack->beside_victim)
        submit(jailed, "HOSTILE victim 300", "victim");
    submit(jailed, line, (gpointer)attack);
    g_autoptr(DoorResult) result = result_of(jailed, attack, 3 * DEADLINE_SECONDS);
    g_assert_nonnull(result);
    g_assert_no_error(result->fault);
    const Record *record = result->record;
    g_assert_cmpstr(record->route, ==, "submission");
    g_assert_cmpstr(record->from_address, ==, SENDER);
    g_assert_cmpstr(status_at(record, "2"), ==, attack->status);
    g_assert_cmpstr(status_at(record, "3"), ==, "read");
    g_assert_true(!path || !g_file_test(path, G_FILE_TEST_EXISTS));
    g_assert_false(somebody_connected());
    check_good_message(jailed);
}

/* A crash is nothing the jail keeps away; it costs its own document only. */
static void test_crash(void)
{
    submit(jailed, "HOSTILE crash /", "crash");
    g_autoptr(DoorResult) result = result_of(jailed, "crash", 3 * DEADLINE_SECONDS);
    g_assert_no_error(result->fault);
    g_assert_cmpstr(status_at(result->record, "2"), ==, "damaged");
    g_assert_cmpstr(status_at(result->record, "3"), ==, "read");
    check_good_message(jailed);
}

/* --- without a jail ---------------------------------------------------------------------------------------------------- */

static void check_success(const Attack *attack, const DoorResult *result, const char *path)
{
    if (path)
        g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
    else if (attack->argument == PORT)
        g_assert_true(somebody_connected());
    else if (result->record)
        g_assert_cmpstr(status_at(result->record, "2"), ==, "read");
    else
        g_assert_error(result->fault, g_quark_from_string("shouwen-failure"), 0); /* it ended the server, again and again */
}

/* What the child wrote on its pipe, unchecked, up to twice of what the door takes. */
static gsize read_unchecked(const char *line, GString *head)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *dir = g_path_get_dirname(program);
    g_autofree char *filter = g_build_filename(dir, "off", "shouwen-filter", NULL);
    const char *const arguments[] = {"shouwen-filter", "--kinds", "filters/kinds", "--deadline", "2", "--reuse", "1", "--jobs", "1", NULL};
    static const char request[] = "{\"id\":1,\"ms\":2000,\"verb\":\"read\",\"skip\":[],\"context\":{}}";
    static char buffer[65536];
    FilterProcess process;
    GError *error = NULL;
    int ends[2];
    g_assert_true(filter_process_start(&process, filter, arguments, &error));
    g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
    int descriptors[2] = {make_message(line), ends[1]};
    g_assert_true(filter_process_send(&process, request, sizeof request - 1, descriptors, &error));
    close(descriptors[0]);
    close(ends[1]);
    gsize total = 0;
    gssize n;
    while (total < 2 * LIMIT_RECORD_BYTES && (n = read(ends[0], buffer, sizeof buffer)) > 0) {
        total += (gsize)n;
        if (head->len < sizeof buffer)
            g_string_append_len(head, buffer, n);
    }
    close(ends[0]);
    filter_process_stop(&process);
    return total;
}

static void check_unchecked(const Attack *attack, const char *line)
{
    g_autoptr(GString) head = g_string_new(NULL);
    gsize total = read_unchecked(line, head);
    if (g_str_has_prefix(attack->name, "flood"))
        g_assert_cmpuint(total, >, LIMIT_RECORD_BYTES);
    else
        g_assert_nonnull(strstr(head->str, g_str_equal(attack->name, "deep-json") ? "[[[[[[[[[[[[[[[[" : "forged@evil.example"));
}

static void test_unjailed(gconstpointer data)
{
    const Attack *attack = data;
    g_autofree char *path = NULL, *line = attack_line(attack, &path);
    if (attack->unjailed == DOOR_STOPS) {
        check_unchecked(attack, line);
        return;
    }
    g_autoptr(Door) door = open_door("off");
    if (attack->beside_victim)
        submit(door, "HOSTILE victim 300", "victim");
    submit(door, line, (gpointer)attack);
    g_autoptr(DoorResult) result = result_of(door, attack, attack->unjailed == NEVER_ENDS ? DEADLINE_SECONDS / 2 + 1 : 30);
    if (attack->unjailed == NEVER_ENDS) {
        g_assert_null(result);
        return;
    }
    g_assert_nonnull(result);
    check_success(attack, result, path);
}

static void make_places(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    GError *error = NULL;
    folder = g_dir_make_tmp("shouwen-attacks-XXXXXX", &error);
    g_assert_no_error(error);
    g_assert_cmpint(chmod(folder, 0777), ==, 0);
    g_autofree char *readable = g_build_filename(folder, "readable", NULL);
    g_assert_true(g_file_set_contents(readable, "text", -1, NULL));
    g_assert_cmpint(chmod(readable, 0644), ==, 0);
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    g_assert_cmpint(bind(listener, (struct sockaddr *)&at, sizeof at), ==, 0);
    g_assert_cmpint(listen(listener, 10), ==, 0);
}

static void remove_places(void)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        unlink(path);
    }
    rmdir(folder);
    g_free(folder);
    close(listener);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    make_places();
    jailed = open_door("on");
    for (gsize i = 0; i < G_N_ELEMENTS(attacks); i++) {
        g_autofree char *in_jail = g_strdup_printf("/jail/stops/%s", attacks[i].name);
        g_autofree char *without = g_strdup_printf("/jail/off/%s", attacks[i].name);
        g_test_add_data_func(in_jail, &attacks[i], test_jailed);
        g_test_add_data_func(without, &attacks[i], test_unjailed);
    }
    g_test_add_func("/jail/crash", test_crash);
    int code = g_test_run();
    door_free(jailed);
    remove_places();
    printf("# %zu attacks, each tried in the jail and without it\n", G_N_ELEMENTS(attacks));
    return code;
}
