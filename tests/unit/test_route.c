/* links: filters/envelope/*.c src/base/charset.c src/base/text.c src/base/no_reply.c; libs: gmime-3.0 */
#include <string.h>

#include "envelope/address.h"
#include "envelope/date.h"
#include "envelope/query.h"
#include "envelope/reference.h"
#include "mail_test.h"

static char *own[] = {"office@bureau.example.cn", NULL};
static char *names[] = {"网信标准办", NULL};
static const Context context = {.authserv_id = "mx.bureau.example.cn",
                                .reference_prefix = "SC27",
                                .own_addresses = own,
                                .own_names = names};

static Envelope *read_mail(const char *text)
{
    return envelope_read((const guint8 *)text, strlen(text), &context);
}

static void check(const char *headers, const char *body, const char *route)
{
    g_autofree char *text =
        g_strdup_printf("From: A <a@x.example>\nMIME-Version: 1.0\n%s\n%s\n", headers, body);
    g_autoptr(Envelope) envelope = read_mail(text);
    if (strcmp(envelope->route, route) != 0)
        g_error("route %s, not %s: %s", envelope->route, route, text);
}

#define DOCUMENT "Content-Type: application/pdf; name=form.pdf\n"

static void test_submissions(void)
{
    check("Subject: hello\n", "text", "submission");
    check("Subject: Re: hello\nIn-Reply-To: <x@y>\n", "text", "submission");
    check("Subject: x\nX-Auto-Response-Suppress: All\n", "text", "submission");
    check("Subject: x\nAuto-Submitted: no\n", "text", "submission");
    check("Subject: form\nAuto-Submitted: auto-generated\n" DOCUMENT, "%PDF", "submission");
    check("Subject: x\nReturn-Path: <>\n", "text", "submission");
    check("Subject: experts application form\nList-Id: <a.b>\n" DOCUMENT, "%PDF", "submission");
    check("Subject: 关于退信地址变更的申请\n", "text", "submission");
    check("Subject: vacation of experts\n" DOCUMENT, "%PDF", "submission");
}

static void test_auto_replies(void)
{
    check("Subject: Re: x\nAuto-Submitted: auto-replied\n", "text", "auto-reply");
    check("Subject: x\nAuto-Submitted: auto-replied; owner-email=\"a@b\"\n" DOCUMENT, "%PDF", "auto-reply");
    check("Subject: x\nAuto-Submitted: auto-generated\n", "text", "auto-reply");
    check("Subject: x\nX-Autoreply: yes\n", "text", "auto-reply");
    check("Subject: x\nPrecedence: auto_reply\n", "text", "auto-reply");
    check("Subject: 自动回复：收文通知 SC27-2026-0001\n", "text", "auto-reply");
    check("Subject: Automatic reply: x\n", "text", "auto-reply");
    check("Subject: Read: x\nContent-Type: multipart/report; report-type=disposition-notification; "
          "boundary=b\n",
          "--b\n\nread\n--b\nContent-Type: message/disposition-notification\n\nDisposition: x; "
          "displayed\n--b--",
          "auto-reply");
}

static void test_bulk(void)
{
    check("Subject: x\nList-Id: <a.b>\n", "text", "bulk");
    check("Subject: x\nPrecedence: bulk\n", "text", "bulk");
    check("Subject: x\nPrecedence: list\n", "text", "bulk");
    check("Subject: x\nList-Unsubscribe: <mailto:u@x.example>\n" DOCUMENT, "%PDF", "bulk");
    check("Subject: 【广告】会议\n", "text", "bulk");
    check("Subject: 代开发票\n", "text", "bulk");
    check("Subject: Re: SC27-2026-0004\nList-Id: <a.b>\n", "text", "reply");
}

static void test_unreadable(void)
{
    g_autoptr(Envelope) empty = envelope_read((const guint8 *)"", 0, &context);
    g_autoptr(Envelope) blank = read_mail("\n\n\n"), text = read_mail("just words\nwithout any header\n");
    g_assert_cmpstr(empty->route, ==, "unreadable");
    g_assert_cmpstr(blank->route, ==, "unreadable");
    g_assert_cmpstr(text->route, ==, "unreadable");
    g_assert_cmpstr(empty->body, ==, "");
    g_assert_cmpuint(empty->references->len, ==, 0);
}

static void check_reference(const char *subject, const char *body, const char *expected)
{
    g_autofree char *text = g_strdup_printf(
        "From: a@x.example\nContent-Type: text/plain; charset=utf-8\nSubject: %s\n\n%s\n", subject, body);
    g_autoptr(Envelope) envelope = read_mail(text);
    g_assert_cmpstr(envelope->reference, ==, expected);
    g_assert_cmpstr(envelope->route, ==, expected ? "reply" : "submission");
}

static void test_references(void)
{
    check_reference("SC27-2026-0031 forms", "", "SC27-2026-0031");
    check_reference("x", "> about sc27-2026-31.", "SC27-2026-0031");
    check_reference("［SC27－2026－0031］", "", "SC27-2026-0031");
    check_reference("SC27–2026—12345", "", "SC27-2026-12345");
    check_reference("ISO-SC27-2026-0031", "", NULL);
    check_reference("XSC27-2026-0031", "", NULL);
    check_reference("SC27-26-0031", "", NULL);
    check_reference("SC27-2026-0000", "", NULL);
    check_reference("SC27-2026-0031a", "", NULL);
    check_reference("SC27-2026-123456789", "", NULL);
    check_reference("回复: 收文〔2026〕8号", "", "SC27-2026-0008");
    check_reference("x", "网信标准办收文（2026）第 8 号", "SC27-2026-0008");
    check_reference("x", "市局收文〔2026〕8号", NULL);
    check_reference("x", "请查贵处收文〔2026〕8号。", "SC27-2026-0008");
    check_reference("x", "秘书处：\n您好，现转去市局收文〔2026〕8号，请阅。", NULL);
    g_assert_null(reference_find("SC27-2026-0001", ""));
    g_assert_null(reference_find("SC27-2026-0001", NULL));
}

static void check_address(const char *raw, const char *name, const char *address)
{
    g_autofree char *got_name = NULL, *got = address_parse(raw, &got_name);
    g_assert_cmpstr(got, ==, address);
    g_assert_cmpstr(got_name, ==, name);
}

static void test_addresses(void)
{
    check_address("Li Ming <li@X.Example>", "Li Ming", "li@x.example");
    check_address("\"Li, Ming\" <li@x.example>, other@y.example", "Li, Ming", "li@x.example");
    check_address("li@x.example (Li Ming)", "Li Ming", "li@x.example");
    check_address("=?GBK?B?yerH6w==?=<li@x.example>", "申请", "li@x.example");
    check_address("\"=?GBK?B?yerH6w==?=\" <li@x.example>", "申请", "li@x.example");
    check_address("\xc9\xea\xc7\xeb <li@x.example>", "申请", "li@x.example");
    check_address("\"boss@bank.example\" <li@x.example>", "boss@bank.example", "li@x.example");
    check_address("=?utf-8?B?Ym9zcyA8Ym9zc0BiYW5rLmV4YW1wbGU+?= <li@x.example>", "boss <boss@bank.example>",
                  "li@x.example");
    check_address("\"Li <li@x.example>", "Li <>", "li@x.example");
    check_address("experts: li@x.example;", "experts:", "li@x.example");
    check_address("<>", NULL, NULL);
    check_address("nobody", NULL, NULL);
    g_assert_true(address_no_reply("No-Reply@x.example"));
    g_assert_true(address_no_reply("MAILER-DAEMON@x.example"));
    g_assert_true(address_no_reply("experts-bounces@x.example"));
    g_assert_false(address_no_reply("reply@x.example"));
    g_assert_false(address_no_reply("bob@bounce.example"));
}

/* Only a mail that says nothing else asks how a matter stands. */
static void test_queries(void)
{
    static const struct {
        const char *subject, *body;
        gboolean asks;
    } cases[] = {
        {"查询", "", TRUE},
        {"查询 SC27-2026-0001", "", TRUE},
        {"查询：收文〔2026〕1号", "", TRUE},
        {"查询收文〔2026〕第1号办理情况", "", TRUE},
        {"status sc27-2026-0001", "x", TRUE},
        {"STATUS of SC27-2026-0001?", "x", TRUE},
        {"Re: 回复：查询 SC27-2026-0001", "x", TRUE},
        {"回复：收文回执 SC27-2026-0001：申请", "\r\n  查询 \n> 您好", TRUE},
        {"回复：收文回执 SC27-2026-0001：申请", "> 查询\nSTATUS\n", TRUE},
        {"查询一下会议 SC27-2026-0001", "", FALSE},
        {"STATUS report of WG1", "", FALSE},
        {"Statusbericht", "", FALSE},
        {"关于查询 SC27-2026-0001", "请问\n查询", FALSE},
        {"x", "谢谢\n查询", FALSE},
        {NULL, NULL, FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        if (query_asks_status(cases[i].subject, cases[i].body, "SC27") != cases[i].asks)
            g_error("%s | %s", cases[i].subject, cases[i].body);
    g_autofree char *many = g_strnfill(100000, '-'), *subject = g_strconcat("查询", many, NULL);
    g_assert_false(query_asks_status(subject, NULL, "SC27"));
}

static void test_ids(void)
{
    g_autofree char *plain = address_message_id(" <a@b> "), *comment = address_message_id("(<x@y>) <a@b>");
    g_autofree char *bare = address_message_id("a@b"), *folded = address_message_id("<a\r\n @b>");
    g_assert_cmpstr(plain, ==, "<a@b>");
    g_assert_cmpstr(comment, ==, "<a@b>");
    g_assert_cmpstr(bare, ==, "<a@b>");
    g_assert_cmpstr(folded, ==, "<a@b>");
    g_assert_null(address_message_id("<>"));
    g_assert_null(address_message_id(NULL));
    g_autoptr(GPtrArray) last = address_message_ids("<a@b><c@d>\n <e@f> <\xc9@x>", 2);
    g_assert_cmpuint(last->len, ==, 2);
    g_assert_cmpstr(last->pdata[1], ==, "<e@f>");
}

static void check_date(const char *raw, const char *expected)
{
    g_autofree char *got = date_parse(raw);
    g_assert_cmpstr(got, ==, expected);
}

static void test_dates(void)
{
    check_date(" Thu, 5 Mar 2026 10:21:00 +0800", "2026-03-05T10:21:00+08:00");
    check_date("Thu, 05 Mar 2026 10:21 +0800 (CST)", "2026-03-05T10:21:00+08:00");
    check_date("5 Mar 26 10:21:07 GMT", "2026-03-05T10:21:07+00:00");
    check_date("Thu, 5 Mar 2026 10:21:00 CST", "2026-03-05T10:21:00+08:00");
    check_date("Thu Mar  5 10:21:00 2026 -0330", "2026-03-05T10:21:00-03:30");
    check_date("2026-03-05T10:21:00+08:00", "2026-03-05T10:21:00+08:00");
    check_date("5-Mar-2026 10:21:00 +0800", "2026-03-05T10:21:00+08:00");
    check_date("30 Feb 2026 10:21:00 +0800", NULL);
    check_date("yesterday", NULL);
    check_date("5 Mar 2026 25:00:00 +0800", NULL);
    check_date("-", NULL);
    check_date("1-a", NULL);
    check_date(NULL, NULL);
}

static void check_auth(const char *results, const char *expected)
{
    g_autofree char *text = g_strdup_printf("From: a@x.example\n%s\n\ntext\n", results);
    g_autoptr(Envelope) envelope = read_mail(text);
    g_assert_cmpstr(envelope->auth, ==, expected);
}

static void test_auth(void)
{
    check_auth("Subject: x", "none");
    check_auth("Authentication-Results: mx.bureau.example.cn; dmarc=pass (p=none) header.from=x.example",
               "pass");
    check_auth("Authentication-Results: mx.bureau.example.cn 1; spf=pass smtp.mailfrom=a@mail.x.example",
               "pass");
    check_auth("Authentication-Results: mx.bureau.example.cn; spf=pass smtp.mailfrom=a@y.example", "none");
    check_auth("Authentication-Results: mx.bureau.example.cn; dkim=pass header.d=x.example; dmarc=fail",
               "fail");
    check_auth("Authentication-Results: mx.bureau.example.cn; spf=fail smtp.mailfrom=a@x.example", "fail");
    check_auth("Authentication-Results: mx.bureau.example.cn (dmarc=pass); dkim=none", "none");
    check_auth("Authentication-Results: mx.bureau.example.cn; dkim=pass header.d=example", "none");
    /* Ours below another's is one that the sender may have brought along. */
    check_auth("Authentication-Results: evil.example; dmarc=pass\nAuthentication-Results: "
               "mx.bureau.example.cn; dmarc=pass",
               "none");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mail_test_init();
    g_test_add_func("/route/submissions", test_submissions);
    g_test_add_func("/route/auto-replies", test_auto_replies);
    g_test_add_func("/route/bulk", test_bulk);
    g_test_add_func("/route/unreadable", test_unreadable);
    g_test_add_func("/route/references", test_references);
    g_test_add_func("/route/addresses", test_addresses);
    g_test_add_func("/route/queries", test_queries);
    g_test_add_func("/route/ids", test_ids);
    g_test_add_func("/route/dates", test_dates);
    g_test_add_func("/route/auth", test_auth);
    return g_test_run();
}
