/* links: filters/readers/mbox.c filters/readers/mht.c filters/readers/pictures.c filters/envelope/*.c filters/page/xhtml.c filters/record.c src/base/charset.c src/base/text.c src/base/no_reply.c; libs: gmime-3.0 libxml-2.0 */
#include "collector.h"
#include "mail_test.h"
#include "readers/mbox.h"
#include "readers/rows.h"

/* In the place of the table: what it is given as a page, with its charset before it. */
static Status page_read(const ReadInput *input, Xhtml *out, G_GNUC_UNUSED Members *members)
{
    xhtml_open(out, "p");
    xhtml_text(out, input->charset ? input->charset : "none", -1);
    xhtml_text(out, ":", 1);
    xhtml_text(out, (const char *)input->bytes, (gssize)input->length);
    xhtml_close(out, "p");
    return STATUS_READ;
}

const Reader *reader_for(const char *mime)
{
    static const Reader html = {.name = "html", .read = page_read};
    g_assert_cmpstr(mime, ==, "text/html");
    return &html;
}

static char *read_page(const char *text, Status *ret_status)
{
    ReadInput input = {.bytes = (const guint8 *)text, .length = strlen(text), .filename = "a.doc", .until = G_MAXINT64};
    Members members = {NULL, NULL, NULL, NULL};
    g_autoptr(Xhtml) out = xhtml_new();
    *ret_status = mht_read(&input, out, &members);
    return xhtml_plain_text(out);
}

static void test_pages(void)
{
    Status status = STATUS_EMPTY;
    g_autofree char *text = read_page("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n"
                                      "Content-Location: file:///C:/a.htm\nContent-Type: text/html; charset=\"gb2312\"\n"
                                      "Content-Transfer-Encoding: quoted-printable\n\n<p>one=3D</p>\n--x\n"
                                      "Content-Type: image/png\n\nx\n--x\nContent-Type: text/html\n\ntwo\n--x--\n", &status);
    g_assert_cmpint(status, ==, STATUS_READ);
    g_assert_cmpstr(text, ==, "gb2312:<p>one=</p>\nnone:two\n");
    g_autofree char *none = read_page("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x--\n", &status);
    g_assert_cmpint(status, ==, STATUS_DAMAGED);
}

static const char mbox[] = "From a@x.example Mon Jan  5 2026\nFrom: a@x.example\n\nFrom here on\n\nFrom us:\nall\n\n"
                           "From b@x.example Mon Jan  5 2026\r\nFrom: b@x.example\r\n\r\nsecond\r\n";

static void test_mbox(void)
{
    Status status = STATUS_EMPTY;
    g_autofree char *seen = collect_from(mbox_read, "a.mbox", mbox, strlen(mbox), 0, &status);
    g_assert_cmpint(status, ==, STATUS_READ);
    g_assert_cmpstr(seen, ==, "1.eml=From: a@x.example\n\nFrom here on\n\nFrom us:\nall\n\n|2.eml=From: b@x.example\r\n\r\nsecond\r\n");
    g_autofree char *one = collect_from(mbox_read, "a.mbox", mbox, strlen(mbox), 1, &status);
    g_assert_cmpint(status, ==, STATUS_TOO_LARGE);
    g_assert_true(mbox_is((const guint8 *)mbox, strlen(mbox)));
    g_assert_false(mbox_is((const guint8 *)mbox, 60));
    for (gsize cut = 0; cut < strlen(mbox); cut++) {
        g_autofree char *part = collect_from(mbox_read, NULL, mbox, cut, 0, &status);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mail_test_init();
    g_test_add_func("/saved-mails/pages", test_pages);
    g_test_add_func("/saved-mails/mbox", test_mbox);
    return g_test_run();
}
