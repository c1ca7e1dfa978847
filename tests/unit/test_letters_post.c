// links: src/letters/*.c src/send/address.c src/conf/*.c src/ledger/*.c src/base/*.c; libs: glib-2.0 gio-2.0 sqlite3 jansson libseccomp
#include "letters/caps.h"
#include "letters_test.h"

static const char *caps_of(Ledger *ledger, const Conf *conf, const char *address, gint64 now)
{
    gboolean flood;
    return caps_check(ledger, conf, &(LetterOrder){.kind = "acknowledgement", .recipient = address}, now, &flood);
}

static void test_caps(void)
{
    g_autoptr(Conf) conf = conf_with("[letters]\nper_address_per_day=2\nper_entry_per_day=2\nbreaker_per_hour=3\n");
    g_autoptr(GError) error = NULL;
    g_autofree char *file = g_build_filename(folder, "caps.db", NULL);
    g_autoptr(Ledger) ledger = ledger_open(file, LEDGER_CREATE, &error);
    g_assert_no_error(error);
    gint64 now = clock_now();
    g_autoptr(GBytes) bytes = g_bytes_new_static("x", 1);
    g_assert_null(caps_of(ledger, conf, "a@x.example", now));
    for (guint i = 0; i < 3; i++) {
        g_autofree char *id = g_strdup_printf("<%u@x.example>", i);
        LedgerLetter letter = {.kind = (char *)"acknowledgement", .state = (char *)"queued", .message_id = id, .subject = (char *)"s",
                               .recipient = (char *)(i < 2 ? "a@x.example" : "b@x.example"), .bytes = bytes, .created = now};
        g_assert_true(ledger_begin(ledger, NULL));
        g_assert_true(ledger_letter_add(ledger, &letter, "intake", &error));
        g_assert_true(ledger_commit(ledger, NULL));
        const char *why = caps_of(ledger, conf, "a@x.example", now);
        if (i == 0)
            g_assert_null(why);
        else
            assert_in(why, i == 1 ? "per_address_per_day" : "breaker_per_hour");
    }
    g_assert_null(caps_of(ledger, conf, "b@x.example", now + G_GINT64_CONSTANT(3601) * G_USEC_PER_SEC));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("shouwen-letters-XXXXXX", NULL);
    g_test_add_func("/letters/caps", test_caps);
    return run_tests();
}
