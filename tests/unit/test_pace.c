// links: src/stages/pace.c; libs: glib-2.0
#include "stages/pace.h"

#define SECOND ((gint64)G_USEC_PER_SEC)

/* Five letters, three a minute: three at once, the others when the minute of the first is over; other domains do not wait. */
static void test_minute(void)
{
    Pace *pace = pace_new(3);
    gint64 now = 1000 * SECOND;
    for (gint64 letter = 1; letter <= 3; letter++)
        g_assert_cmpint(pace_take(pace, letter, "qq.example", now + letter), ==, now + letter);
    g_assert_false(pace_holds(pace, now));
    gint64 fourth = pace_take(pace, 4, "QQ.example", now + 10), fifth = pace_take(pace, 5, "qq.example", now + 10);
    g_assert_cmpint(fourth, ==, now + 1 + 60 * SECOND);
    g_assert_cmpint(fifth, ==, now + 2 + 60 * SECOND);
    g_assert_cmpint(pace_take(pace, 6, "other.example", now + 10), ==, now + 10);
    g_assert_true(pace_holds(pace, now) && pace_holds(pace, fourth));
    /* Asked too early, a letter keeps its place; in time, it goes and takes no second one. */
    g_assert_cmpint(pace_take(pace, 4, "qq.example", now + 20), ==, fourth);
    g_assert_cmpint(pace_take(pace, 4, "qq.example", fourth), ==, fourth);
    g_assert_cmpint(pace_take(pace, 5, "qq.example", fifth + 5), ==, fifth + 5);
    g_assert_false(pace_holds(pace, fifth));
    g_assert_cmpint(pace_take(pace, 7, "qq.example", fifth), ==, now + 3 + 60 * SECOND);
    pace_free(pace);
}

static void test_many(void)
{
    Pace *pace = pace_new(10);
    gint64 last = 0;
    for (gint64 letter = 1; letter <= 1000; letter++) {
        gint64 at = pace_take(pace, letter, "qq.example", 5);
        g_assert_cmpint(at, >=, last);
        last = at;
    }
    g_assert_cmpint(last, ==, 5 + 99 * 60 * SECOND);
    pace_free(pace);
}

static void test_no_limit(void)
{
    Pace *pace = pace_new(0);
    for (gint64 letter = 1; letter <= 100; letter++)
        g_assert_cmpint(pace_take(pace, letter, "qq.example", 7), ==, 7);
    pace_free(pace);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pace/minute", test_minute);
    g_test_add_func("/pace/many", test_many);
    g_test_add_func("/pace/no-limit", test_no_limit);
    return g_test_run();
}
