/* links: filters/envelope/*.c src/base/charset.c src/base/text.c src/base/no_reply.c; libs: gmime-3.0 */
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "envelope/body.h"
#include "mail_test.h"

static char *none[] = {NULL};
static const Context context = {
    .authserv_id = "", .reference_prefix = "SC27", .own_addresses = none, .own_names = none};

static Envelope *read_bytes(const GString *text)
{
    return envelope_read((const guint8 *)text->str, text->len, &context);
}

static Envelope *read_mail(const char *text)
{
    return envelope_read((const guint8 *)text, strlen(text), &context);
}

static const MailPart *part(const Envelope *envelope, guint i)
{
    g_assert_cmpuint(i, <, envelope->parts->len);
    return envelope->parts->pdata[i];
}

static void check_part(const Envelope *envelope, guint i, const char *path, PartRole role, const char *mime)
{
    g_assert_cmpstr(part(envelope, i)->path, ==, path);
    g_assert_cmpint(part(envelope, i)->role, ==, role);
    g_assert_cmpstr(part(envelope, i)->mime, ==, mime);
}

static void test_paths(void)
{
    g_autoptr(Envelope) envelope = read_mail(
        "From: a@x.example\nContent-Type: multipart/mixed; boundary=a\n\npreamble\n--a\n"
        "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n \n--b\n"
        "Content-Type: text/html\n\n<p>words</p>\n--b--\n--a\nContent-Type: multipart/mixed; "
        "boundary=c\n\n--c\n"
        "Content-Type: image/jpeg; name=photo.jpg\nContent-Disposition: inline\n\nx\n--c--\n--a\n"
        "Content-Type: application/ms-tnef; name=winmail.dat\n\nx\n--a\nContent-Type: message/rfc822\n\n"
        "From: b@x.example\nContent-Type: multipart/mixed; "
        "boundary=d\n\n--d\n\nin\n--d--\n--a--\nepilogue\n");
    g_assert_cmpuint(envelope->parts->len, ==, 5);
    /* A plain alternative without words gives way to the HTML. */
    check_part(envelope, 0, "1.1", PART_INLINE, "text/plain");
    check_part(envelope, 1, "1.2", PART_BODY, "text/html");
    check_part(envelope, 2, "2.1", PART_ATTACHMENT, "image/jpeg");
    check_part(envelope, 3, "3", PART_ATTACHMENT, "application/ms-tnef");
    check_part(envelope, 4, "4", PART_MESSAGE, "message/rfc822");
    g_assert_cmpstr(envelope->body, ==, "words");
    gsize length;
    const char *inner = g_bytes_get_data(part(envelope, 4)->bytes, &length);
    g_assert_true(strncmp(inner, "From: b@x.example\n", 18) == 0);
    g_assert_nonnull(g_strstr_len(inner, (gssize)length, "--d--"));
}

static void test_line_ends(void)
{
    static const char text[] =
        "From: a@x.example\nSubject: s\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\nhello\n--a\n"
        "Content-Type: application/pdf\n\nx\n--a--\n";
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autoptr(GString) mail = g_string_new(text);
        g_string_replace(mail, "\n", ends[i], 0);
        g_autoptr(Envelope) envelope = read_bytes(mail);
        g_assert_cmpstr(envelope->subject, ==, "s");
        g_assert_cmpuint(envelope->parts->len, ==, 2);
        g_assert_cmpstr(g_strstrip(envelope->body), ==, "hello");
    }
}

static void test_preamble(void)
{
    g_autoptr(Envelope) mbox = read_mail("From a@x.example Mon Mar  2 10:00:00 2026\nSubject: one\n\nx\n");
    g_autoptr(Envelope) bom = read_mail("\xef\xbb\xbf\r\n\nSubject: two\n\nx\n");
    g_assert_cmpstr(mbox->subject, ==, "one");
    g_assert_cmpstr(bom->subject, ==, "two");
}

/* GMime answers body text without a label, or with an unknown one, with garbage. */
static void test_body_charsets(void)
{
    static const char *const types[] = {"text/plain", "text/plain; charset=x-unknown",
                                        "text/plain; charset=gb2312", "text/plain; charset=iso-8859-1",
                                        "text/plain; charset=\"utf-8\""};
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autofree char *mail =
            g_strdup_printf("From: a@x.example\nContent-Type: "
                            "%s\n\n\xd6\xec\xe9\x46\xd3\xeb\xb1\xed\xb8\xf1\xbc\xfb\xb8\xbd\xbc\xfe",
                            types[i]);
        g_autoptr(Envelope) envelope = read_mail(mail);
        g_assert_cmpstr(envelope->body, ==, "朱镕与表格见附件");
    }
    g_autoptr(Envelope) html = read_mail("From: a@x.example\nContent-Type: text/html\n\n"
                                         "<meta charset=\"gb2312\"><p>\xd6\xec\xe9\x46</p>");
    g_assert_cmpstr(html->body, ==, "朱镕");
}

static void test_flowed(void)
{
    static const char text[] = "a \r\nb\r\n> c \r\n> d\r\n-- \r\n e\r\n";
    g_autofree char *plain = body_unflow(text, strlen(text), FALSE);
    g_assert_cmpstr(plain, ==, "a b\n> c d\n-- \ne\n");
    g_autofree char *joined = body_unflow("a \nb\n", 5, TRUE);
    g_assert_cmpstr(joined, ==, "ab\n");
    g_autofree char *empty = body_unflow("", 0, FALSE);
    g_assert_cmpstr(empty, ==, "\n");
}

static void test_html(void)
{
    static const struct {
        const char *html, *text;
    } cases[] = {
        {"<p>a&nbsp;b &lt;c&gt; &#20013;&#x6587;</p>", "a b <c> 中文"},
        {"<style>p{}</style>a<script>x</script>b<!-- c -->d", "abd"},
        {"a<br>b<div>c</div>d", "a\nb\nc\nd"},
        {"<table><tr><td>a</td><td>b</td></tr></table>", "a b"},
        {"5 < 6 & 7 &unknown; &#0; &", "5 < 6 & 7 &unknown; \xef\xbf\xbd &"},
        {"a<style>never closed", "a"},
        {"a<b", "a"},
        {"", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = body_strip_html(cases[i].html);
        g_assert_cmpstr(text, ==, cases[i].text);
    }
}

static void test_inline_pictures(void)
{
    g_autoptr(GString) mail =
        g_string_new("From: a@x.example\nContent-Type: multipart/related; boundary=a\n\n--a\nContent-Type: "
                     "text/html\n\n<img src=cid:1>\n--a\n"
                     "Content-Type: image/png\nContent-ID: <1>\n\nsmall\n--a\nContent-Type: "
                     "image/png\nContent-ID: <2>\n\n");
    for (guint i = 0; i < 200 * 1024; i++)
        g_string_append_c(mail, 'x');
    g_string_append(mail, "\n--a\nContent-Type: image/png; name=photo.png\n\nsmall\n--a--\n");
    g_autoptr(Envelope) envelope = read_bytes(mail);
    g_assert_cmpint(part(envelope, 1)->role, ==, PART_INLINE);
    /* A photo of a form pasted into the text is a document. */
    g_assert_cmpint(part(envelope, 2)->role, ==, PART_ATTACHMENT);
    g_assert_cmpint(part(envelope, 3)->role, ==, PART_ATTACHMENT);
}

static void test_shared_bytes(void)
{
    static const char text[] = "From: a@x.example\nContent-Type: application/pdf\n\n%PDF-1.7 binary";
    g_autoptr(Envelope) envelope = read_mail(text);
    const char *bytes = g_bytes_get_data(part(envelope, 0)->bytes, NULL);
    g_assert_true(bytes >= text && bytes < text + sizeof text);
    g_assert_cmpuint(g_bytes_get_size(part(envelope, 0)->bytes), ==, 15);
}

/* Each of these takes GMime seconds to minutes when it is let loose on them. */
static void check_quick(const GString *mail, gboolean deep, gboolean many)
{
    clock_t start = clock(); /* processor time: the machine may be busy */
    g_autoptr(Envelope) envelope = read_bytes(mail);
    g_assert_cmpint((clock() - start) / CLOCKS_PER_SEC, <, 20);
    g_assert_cmpint(envelope->too_deep, ==, deep);
    g_assert_cmpint(envelope->too_many, ==, many);
    g_assert_cmpuint(envelope->parts->len, <=, LIMIT_MIME_PARTS);
    g_assert_cmpstr(envelope->from_address, ==, "a@x.example");
    g_assert_cmpstr(envelope->route, ==, "submission");
}

static void test_many_parts(void)
{
    g_autoptr(GString) mail =
        g_string_new("From: a@x.example\nContent-Type: multipart/mixed; boundary=b\n\n");
    for (guint i = 0; i < 1000000; i++)
        g_string_append(mail, "--b\n\nx\n");
    check_quick(mail, FALSE, TRUE);
    g_string_assign(mail, "From: a@x.example\nContent-Type: multipart/mixed; boundary*0=b; boundary*1=c\n\n");
    for (guint i = 0; i < 100000; i++)
        g_string_append(mail, "--bc\n\nx\n");
    check_quick(mail, FALSE, TRUE);
}

static void test_deep(void)
{
    g_autoptr(GString) mail = g_string_new("From: a@x.example\n");
    for (guint i = 0; i < 100000; i++)
        g_string_append_printf(mail, "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i, i);
    check_quick(mail, TRUE, FALSE);
    g_string_assign(mail, "From: a@x.example\n");
    for (guint i = 0; i < LIMIT_MIME_DEPTH - 1; i++)
        g_string_append_printf(mail, "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i, i);
    g_string_append(mail, "Content-Type: application/pdf\n\nx\n");
    check_quick(mail, FALSE, FALSE);
    g_string_assign(mail, "From: a@x.example\n");
    for (guint i = 0; i < 100000; i++)
        g_string_append(mail, "Content-Type: message/rfc822\n\n");
    check_quick(mail, FALSE, FALSE);
}

static void test_dashes(void)
{
    g_autoptr(GString) mail = g_string_new("From: a@x.example\n");
    for (guint i = 0; i < LIMIT_MIME_DEPTH - 1; i++)
        g_string_append_printf(mail, "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i, i);
    for (guint i = 0; i < 3000000; i++)
        g_string_append(mail, "--\n");
    check_quick(mail, FALSE, TRUE);
}

static void test_long_headers(void)
{
    g_autoptr(GString) mail = g_string_new("From: a@x.example\n");
    for (guint i = 0; i < 300000; i++)
        g_string_append(mail, "X: y\n");
    g_string_append(mail, "Content-Type: application/pdf\n\nthe body");
    check_quick(mail, FALSE, TRUE);
    g_autoptr(Envelope) envelope = read_bytes(mail);
    g_assert_cmpstr(envelope->body, ==, "the body");
    g_string_assign(mail, "From: a@x.example\nTo: ");
    for (guint i = 0; i < 200000; i++)
        g_string_append(mail, "(a ");
    check_quick(mail, FALSE, FALSE);
}

static void test_hostile_text(void)
{
    static const char *const pieces[] = {"<style>",       "<",    "&",     "<!--", "</", "=?a?q?",
                                         "begin 644 x\n", "\xff", "1@2.3 "};
    for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
        g_autoptr(GString) mail = g_string_new("From: a@x.example\nContent-Type: text/html\n\n");
        while (mail->len < 512 * 1024)
            g_string_append(mail, pieces[i]);
        check_quick(mail, FALSE, FALSE);
    }
}

static void test_media_types(void)
{
    static const struct {
        const char *header, *mime;
    } cases[] = {
        {"", "text/plain"},
        {"Content-Type: \n", "text/plain"},
        {"Content-Type: text\n", "text/plain"},
        {"Content-Type: Text/HTML, charset=x\n", "text/html"},
        {"Content-Type: \xc9\xea/\xc7\xeb\n", "application/octet-stream"},
        {"Content-Type: a/b\xff\n", "a/b"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *mail = g_strdup_printf("From: a@x.example\n%s\nx\n", cases[i].header);
        g_autoptr(Envelope) envelope = read_mail(mail);
        g_assert_cmpstr(part(envelope, 0)->mime, ==, cases[i].mime);
    }
}

/* A boundary that never occurs must not swallow the mail. */
static void test_lost_boundary(void)
{
    g_autoptr(Envelope) envelope =
        read_mail("From: a@x.example\nContent-Type: multipart/mixed; boundary=never\n\n--b\n\nkept\n--b--\n");
    g_assert_cmpuint(envelope->parts->len, ==, 1);
    check_part(envelope, 0, "1", PART_BODY, "text/plain");
    g_assert_nonnull(strstr(envelope->body, "kept"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mail_test_init();
    g_test_add_func("/envelope/paths", test_paths);
    g_test_add_func("/envelope/line-ends", test_line_ends);
    g_test_add_func("/envelope/preamble", test_preamble);
    g_test_add_func("/envelope/body-charsets", test_body_charsets);
    g_test_add_func("/envelope/flowed", test_flowed);
    g_test_add_func("/envelope/html", test_html);
    g_test_add_func("/envelope/inline-pictures", test_inline_pictures);
    g_test_add_func("/envelope/shared-bytes", test_shared_bytes);
    g_test_add_func("/envelope/many-parts", test_many_parts);
    g_test_add_func("/envelope/deep", test_deep);
    g_test_add_func("/envelope/dashes", test_dashes);
    g_test_add_func("/envelope/long-headers", test_long_headers);
    g_test_add_func("/envelope/hostile-text", test_hostile_text);
    g_test_add_func("/envelope/media-types", test_media_types);
    g_test_add_func("/envelope/lost-boundary", test_lost_boundary);
    return g_test_run();
}
