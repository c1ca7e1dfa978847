// links: filters/team.c; libs: glib-2.0
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory.h"
#include "team.h"

#define PAGES 40

static void nothing(void)
{
}

/* Answers the task backwards; "die" and "starve" end the helper as a bad page would. */
static GBytes *backwards(const guint8 *task, gsize length)
{
    if (length == 3 && memcmp(task, "die", 3) == 0)
        raise(SIGKILL);
    if (length == 6 && memcmp(task, "starve", 6) == 0)
        _exit(MEMORY_EXIT);
    guint8 *answer = g_malloc(length + 1);
    for (gsize i = 0; i < length; i++)
        answer[i] = task[length - 1 - i];
    return g_bytes_new_take(answer, length);
}

/* Exit code of a process that runs CHILD: team functions keep one team a process. */
static int run_child(void (*child)(void))
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        alarm(20);
        child();
        _exit(0);
    }
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static gboolean take_one(gboolean *seen)
{
    guint number = PAGES;
    g_autoptr(GBytes) result = team_take(&number);
    gsize length;
    const guint8 *bytes = result ? g_bytes_get_data(result, &length) : NULL;
    if (!bytes || number >= PAGES || seen[number] || length != 300000 || bytes[length - 1] != number)
        return FALSE;
    return seen[number] = TRUE;
}

/* Large tasks, more than there are helpers; every one comes back once, whole. */
static void many(void)
{
    gboolean seen[PAGES] = {FALSE};
    guint back = 0;
    g_autofree guint8 *task = g_malloc0(300000);
    team_fork(3, backwards, nothing);
    if (team_idle() != 3)
        _exit(2);
    for (guint i = 0; i < PAGES; i++) {
        if (team_idle() == 0 && (!take_one(seen) || ++back > PAGES))
            _exit(3);
        *task = (guint8)i;
        team_give(i, task, 300000);
    }
    while (back < PAGES && take_one(seen))
        back++;
    guint number;
    if (back != PAGES || team_take(&number) != NULL)
        _exit(4);
}

static void none(void)
{
    guint number;
    team_fork(0, backwards, nothing);
    if (team_idle() != 0 || team_take(&number) != NULL)
        _exit(2);
}

static void bad_page(void)
{
    guint number;
    team_fork(2, backwards, nothing);
    team_give(0, (const guint8 *)"die", 3);
    team_take(&number);
}

static void large_page(void)
{
    guint number;
    team_fork(1, backwards, nothing);
    team_give(0, (const guint8 *)"starve", 6);
    team_take(&number);
}

static void test_many(void)
{
    g_assert_cmpint(run_child(many), ==, 0);
    g_assert_cmpint(run_child(none), ==, 0);
}

static void test_deaths(void)
{
    g_assert_cmpint(run_child(bad_page), ==, 1);
    g_assert_cmpint(run_child(large_page), ==, MEMORY_EXIT);
}

/* When the child is killed nothing of its team stays behind: the pipe that all of them hold is closed. */
static void test_orphans(void)
{
    int held[2];
    char word;
    g_assert_cmpint(pipe(held), ==, 0);
    pid_t pid = fork();
    if (pid == 0) {
        close(held[0]);
        team_fork(3, backwards, nothing);
        if (write(held[1], "r", 1) == 1)
            pause();
        _exit(0);
    }
    close(held[1]);
    g_assert_cmpint(read(held[0], &word, 1), ==, 1);
    kill(pid, SIGKILL);
    g_assert_cmpint(waitpid(pid, NULL, 0), ==, pid);
    alarm(20);
    g_assert_cmpint(read(held[0], &word, 1), ==, 0);
    alarm(0);
    close(held[0]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/team/many", test_many);
    g_test_add_func("/team/deaths", test_deaths);
    g_test_add_func("/team/orphans", test_orphans);
    return g_test_run();
}
