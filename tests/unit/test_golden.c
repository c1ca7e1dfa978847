/* links: filters/envelope/*.c src/base/charset.c src/base/text.c src/base/no_reply.c; libs: gmime-3.0 */
/* Every mail in tests/golden against what it must be read as. GOLDEN_UPDATE=1 writes the expectations anew:
 * read the difference before committing it. */
#include <string.h>

#include "mail_test.h"

#define FOLDER "tests/golden"

/* One line each: line ends become "\n". */
static void put(GString *out, const char *name, const char *value)
{
    g_autoptr(GString) line = g_string_new(value ? value : "-");
    g_string_replace(line, "\n", "\\n", 0);
    g_string_append_printf(out, "%s: %s\n", name, line->str);
}

static void put_part(GString *out, const MailPart *part)
{
    static const char *const roles[] = {"attachment", "body", "inline", "message"};
    g_string_append_printf(out, "part %s %s %s %s %" G_GSIZE_FORMAT " %.8s %s\n", part->path,
                           roles[part->role], part->mime, part->charset ? part->charset : "-",
                           g_bytes_get_size(part->bytes), part->sha256,
                           part->filename ? part->filename : "-");
}

static char *describe(const Envelope *envelope)
{
    GString *out = g_string_new(NULL);
    put(out, "route", envelope->route);
    put(out, "from-name", envelope->from_name);
    put(out, "from-address", envelope->from_address);
    put(out, "subject", envelope->subject);
    put(out, "date", envelope->date);
    put(out, "message-id", envelope->message_id);
    put(out, "in-reply-to", envelope->in_reply_to);
    for (guint i = 0; i < envelope->references->len; i++)
        put(out, "reference-id", envelope->references->pdata[i]);
    put(out, "reference", envelope->reference);
    put(out, "auth", envelope->auth);
    put(out, "reply-to", envelope->reply_to);
    put(out, "return-path", envelope->return_path);
    put(out, "no-reply", envelope->no_reply ? "yes" : "no");
    static const char *const fates[] = {"failed", "delayed", "complaint"};
    if (envelope->is_bounce) {
        put(out, "bounce-fate", fates[envelope->bounce_fate]);
        put(out, "bounced-id", envelope->bounce_message_id);
    }
    for (guint i = 0; i < envelope->bounce_recipients->len; i++) {
        const BounceRecipient *recipient = envelope->bounce_recipients->pdata[i];
        g_string_append_printf(out, "bounced %s %s %d\n", recipient->address,
                               recipient->status ? recipient->status : "-", recipient->permanent);
    }
    for (guint i = 0; i < envelope->parts->len; i++)
        put_part(out, envelope->parts->pdata[i]);
    put(out, "body", envelope->body);
    return g_string_free(out, FALSE);
}

static void compare(const char *name, const char *got, const char *expected)
{
    g_auto(GStrv) a = g_strsplit(got, "\n", -1), b = g_strsplit(expected, "\n", -1);
    for (guint i = 0; a[i] && b[i]; i++)
        if (strcmp(a[i], b[i]) != 0)
            g_test_message("%s line %u\n  expected %s\n  got      %s", name, i + 1, b[i], a[i]);
    if (strcmp(got, expected) != 0) {
        g_test_message("%s: see the differences above", name);
        g_test_fail();
    }
}

static void test_mail(gconstpointer data)
{
    const char *name = data;
    char *own[] = {"office@bureau.example.cn", NULL}, *names[] = {NULL};
    Context context = {.authserv_id = "mx.bureau.example.cn",
                       .reference_prefix = "SC27",
                       .own_addresses = own,
                       .own_names = names};
    g_autofree char *path = g_strconcat(FOLDER "/", name, NULL);
    g_autofree char *wanted = g_strdup_printf(FOLDER "/%.*s.expected", (int)strlen(name) - 4, name);
    g_autofree char *bytes = NULL, *expected = NULL;
    gsize length;
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    g_autoptr(Envelope) envelope = envelope_read((const guint8 *)bytes, length, &context);
    g_autofree char *got = describe(envelope);
    g_assert_true(g_utf8_validate(got, -1, NULL));
    if (g_getenv("GOLDEN_UPDATE"))
        g_assert_true(g_file_set_contents(wanted, got, -1, NULL));
    g_assert_true(g_file_get_contents(wanted, &expected, NULL, NULL));
    compare(name, got, expected);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mail_test_init();
    g_autoptr(GDir) dir = g_dir_open(FOLDER, 0, NULL);
    g_assert_nonnull(dir);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(dir));)
        if (g_str_has_suffix(name, ".eml"))
            g_ptr_array_add(names, g_strdup(name));
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_strconcat("/golden/", names->pdata[i], NULL);
        g_test_add_data_func(path, names->pdata[i], test_mail);
    }
    return g_test_run();
}
