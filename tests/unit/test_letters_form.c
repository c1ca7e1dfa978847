// links: src/letters/*.c src/send/address.c src/conf/*.c src/ledger/*.c src/base/*.c; libs: glib-2.0 gio-2.0 sqlite3 jansson libseccomp
#include "letters_test.h"

typedef struct {
    const char *name;
    void (*change)(Record *record);
    guint32 flags;
    gboolean registered;
    LetterForm form;
    const char *reason;
} FormCase;

static void nothing(Record *r) { (void)r; }
static void none(Record *r) { r->auth = (char *)"none"; }
static void fail(Record *r) { r->auth = (char *)"fail"; }
static void bulk(Record *r) { r->route = (char *)"bulk"; }
static void automatic(Record *r) { r->route = (char *)"auto-reply"; }
static void bounce(Record *r) { r->route = (char *)"bounce"; }
static void unreadable(Record *r) { r->route = (char *)"unreadable"; }
static void reply(Record *r) { r->route = (char *)"reply"; }
static void null_path(Record *r) { r->return_path = (char *)""; }
static void no_reply(Record *r) { r->no_reply = TRUE; }
static void own(Record *r) { r->from_address = (char *)"Intake@Committee.example"; }
static void own_login(Record *r) { r->from_address = (char *)"work@committee.example"; }
static void own_path(Record *r) { r->return_path = (char *)"office@committee.example"; }
static void no_address(Record *r) { r->from_address = NULL; }
static void bad_address(Record *r) { r->from_address = (char *)"a b@x.example"; }
static void classified(Record *r) { g_ptr_array_add(r->findings, &finding_secret); }

static void test_form(void)
{
    static const FormCase cases[] = {
        {"verified", nothing, 0, FALSE, LETTER_FULL, NULL},
        {"verified reply", reply, 0, FALSE, LETTER_FULL, NULL},
        {"unverified", none, 0, FALSE, LETTER_MINIMAL, NULL},
        {"registered", none, 0, TRUE, LETTER_FULL, NULL},
        {"failed", fail, 0, TRUE, LETTER_NONE, "sender failed verification"},
        {"history", nothing, FRAME_HISTORY, TRUE, LETTER_NONE, "history"},
        {"watched", nothing, FRAME_WATCH, TRUE, LETTER_NONE, "watched folder"},
        {"header only", nothing, FRAME_HEADER, TRUE, LETTER_NONE, "only its header was fetched"},
        {"given", nothing, FRAME_GIVEN, FALSE, LETTER_FULL, NULL},
        {"list", bulk, 0, TRUE, LETTER_NONE, "list"},
        {"automatic", automatic, 0, TRUE, LETTER_NONE, "auto-reply"},
        {"bounce", bounce, 0, TRUE, LETTER_NONE, "bounce"},
        {"unreadable", unreadable, 0, TRUE, LETTER_NONE, "unreadable"},
        {"null path", null_path, 0, TRUE, LETTER_NONE, "empty return path"},
        {"no-reply", no_reply, 0, TRUE, LETTER_NONE, "no-reply sender"},
        {"own", own, 0, TRUE, LETTER_NONE, "own address"},
        {"own login", own_login, 0, TRUE, LETTER_NONE, "own address"},
        {"own path", own_path, 0, TRUE, LETTER_NONE, "own address"},
        {"no address", no_address, 0, TRUE, LETTER_NONE, "no sender address"},
        {"bad address", bad_address, 0, TRUE, LETTER_NONE, "no sender address"},
        {"classified", classified, 0, TRUE, LETTER_MINIMAL, NULL},
    };
    g_autoptr(Conf) conf = conf_with("");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        Record *record = make_record();
        const char *reason = "unset";
        cases[i].change(record);
        LetterForm form = letter_form(record, cases[i].flags, cases[i].registered, conf, &reason);
        if (form != cases[i].form || g_strcmp0(reason, cases[i].reason) != 0)
            g_error("%s: form %d, reason %s", cases[i].name, form, reason);
        free_record(record);
    }
}

static void test_recipient(void)
{
    g_autoptr(Conf) conf = conf_with("");
    Record *record = make_record();
    record->reply_to = (char *)"secretary@expert.example";
    g_assert_cmpstr(letter_recipient(record, conf), ==, "secretary@expert.example");
    record->auth = (char *)"none";
    g_assert_cmpstr(letter_recipient(record, conf), ==, "zhang@expert.example");
    record->auth = (char *)"pass";
    record->reply_to = (char *)"office@committee.example";
    g_assert_cmpstr(letter_recipient(record, conf), ==, "zhang@expert.example");
    record->reply_to = (char *)"a@b.example>, <c@d.example";
    g_assert_cmpstr(letter_recipient(record, conf), ==, "zhang@expert.example");
    free_record(record);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("shouwen-letters-XXXXXX", NULL);
    g_test_add_func("/letters/form", test_form);
    g_test_add_func("/letters/recipient", test_recipient);
    return run_tests();
}
