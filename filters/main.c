/* main.c: the jailed program: load, warm up, enter the jail, serve. Started by the trusted side with a control socket as
 * descriptor 3; one source for the servers of mail and of pages, which differ in the readers linked. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "answers/answers.h"
#include "base/charset.h"
#include "base/failure.h"
#include "base/limits.h"
#include "envelope/envelope.h"
#include "policy.h"
#include "read.h"
#include "readers/reader.h"
#include "server.h"

#define NOBODY 65534
#define SCAN_NICENESS 10 /* a long scan delays no other message */

static int compare_bytes(const void *a, const void *b)
{
    return *(const unsigned char *)a - *(const unsigned char *)b;
}

/* A mail whose reading touches every room once. */
static const char sample[] =
    "From: =?gb18030?B?1cXI/Q==?= <warm@up.example>\r\nTo: office@up.example\r\nSubject: =?utf-8?Q?a?=\r\n"
    "Date: Mon, 2 Mar 2026 10:00:00 +0800\r\nMessage-ID: <warm@up.example>\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=gbk\r\n\r\n\xd0\xd5\xc3\xfb\r\n"
    "--b\r\nContent-Type: text/html; name=a.html\r\nContent-Disposition: attachment; filename=a.html\r\n\r\n"
    "<p>\xd0\xd5\xc3\xfb<table><tr><td>a<td>b</table>\r\n--b--\r\n";

static void no_risk(void)
{
}

/* Everything that would open a file or make an unusual call later, inside the jail, does it now. */
static void warm_up(const Kinds *kinds)
{
    static unsigned char large[4096];
    static const char request[] = "{\"id\":1,\"ms\":1,\"verb\":\"read\",\"context\":{}}";
    ReadSetup setup = {kinds, no_risk};
    charset_warm();
    envelope_init();
    readers_warm();
    answers_calendar_warm();
    if (answers_render_warm)
        answers_render_warm();
    tzset();
    g_autoptr(Request) read = request_parse(request, sizeof request - 1);
    int nobody = open("/dev/null", O_WRONLY | O_CLOEXEC);
    read_answer(&setup, read, (const guint8 *)sample, sizeof sample - 1, nobody);
    close(nobody);
    for (gsize i = 0; i < sizeof large; i++)
        large[i] = (unsigned char)(i * 31);
    qsort(large, sizeof large, 1, compare_bytes); /* glibc asks for the machine's memory at the first large sort */
}

static gboolean threads_are_one(void)
{
    g_autofree char *text = NULL;
    const char *line = g_file_get_contents("/proc/self/status", &text, NULL, NULL) ? strstr(text, "\nThreads:") : NULL;
    return line && atoi(line + strlen("\nThreads:")) == 1;
}

/* As root: to an account that owns nothing. Children of an ordinary user's server keep that user, and so do those of a root
 * that may not change it (a container without that right): the jail does not rest on this. */
static gboolean drop_root(GError **error)
{
    if (geteuid() != 0)
        return TRUE;
    if (setgroups(0, NULL) != 0 && errno == EPERM)
        return TRUE;
    if (setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 && setresuid(NOBODY, NOBODY, NOBODY) == 0)
        return TRUE;
    g_set_error(error, FAILURE, FAILURE_UNAVAILABLE, "jail: root cannot be given up: %s", g_strerror(errno));
    return FALSE;
}

/* Every fault of the kinds, a line each, for whoever edits them. */
static Kinds *load_kinds(const char *dir, GError **error)
{
    g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) failure = NULL;
    Kinds *kinds = kinds_load(dir, messages, &failure);
    if (kinds)
        return kinds;
    g_ptr_array_add(messages, NULL);
    g_autofree char *all = g_strjoinv("\n", (char **)messages->pdata);
    g_set_error(error, FAILURE, FAILURE_CONFIG, "%s", *all ? all : failure->message);
    return NULL;
}

static gboolean start(const char *kinds_dir, ServerOptions *options, GError **error)
{
    options->kinds = load_kinds(kinds_dir, error);
    if (!options->kinds || !sniff_init(error))
        return FALSE;
    warm_up(options->kinds);
    if (ocr_task)
        setpriority(PRIO_PROCESS, 0, SCAN_NICENESS);
    if (!threads_are_one()) {
        g_set_error(error, FAILURE, FAILURE_BUG, "a library started a thread; a fork server with threads cannot be trusted");
        return FALSE;
    }
    gboolean pages = reader_for("application/pdf")->read != NULL;
    if (!server_prepare(error) || !drop_root(error))
        return FALSE;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* after the change of user, which clears it */
    malloc_trim(0);
    return policy_enter(pages, error);
}

int main(int argc, char **argv)
{
    char *kinds = NULL;
    int deadline = LIMIT_MESSAGE_SECONDS, reuse = 1, jobs = 1;
    GError *error = NULL;
    const GOptionEntry entries[] = {
        {"kinds", 0, 0, G_OPTION_ARG_FILENAME, &kinds, "folder of the kinds", "DIR"},
        {"deadline", 0, 0, G_OPTION_ARG_INT, &deadline, "seconds for one message", "N"},
        {"reuse", 0, 0, G_OPTION_ARG_INT, &reuse, "messages a low-risk child may serve", "N"},
        {"jobs", 0, 0, G_OPTION_ARG_INT, &jobs, "children at once", "N"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    setlocale(LC_ALL, "C.UTF-8");
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_summary(context, "The jailed side of shouwen; started by it, not by hand.");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || !kinds) {
        fprintf(stderr, "%s\n", error ? error->message : "--kinds is needed");
        return EX_USAGE;
    }
    ServerOptions options = {.deadline_seconds = (guint)MAX(deadline, 1), .reuse = (guint)MAX(reuse, 1), .jobs = (guint)MAX(jobs, 1)};
    if (!start(kinds, &options, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return failure_exit_code(error);
    }
    if (send(SERVER_CONTROL_FD, "ready", strlen("ready"), MSG_NOSIGNAL) < 0)
        return EX_OSERR;
    return server_serve(&options);
}
