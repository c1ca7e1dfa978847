/* links: filters/envelope/*.c filters/readers/cms.c filters/readers/member.c filters/page/xhtml.c filters/record.c src/base/charset.c src/base/text.c src/base/no_reply.c; libs: gmime-3.0 libxml-2.0 */
#include "ber_build.h"
#include "collector.h"
#include "envelope/cms.h"
#include "envelope/pgp.h"
#include "mail_test.h"
#include "readers/rows.h"

static char *none[] = {NULL};
static const Context context = {.authserv_id = "", .reference_prefix = "SC27", .own_addresses = none, .own_names = none};

static const char entity[] = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nthe text\r\n"
                             "--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF\r\n--b--\r\n";

static const MailPart *part(const Envelope *envelope, guint i)
{
    g_assert_cmpuint(i, <, envelope->parts->len);
    return envelope->parts->pdata[i];
}

static void check(const GByteArray *bytes, const char *content)
{
    g_autofree guint8 *copy = g_memdup2(bytes->data, bytes->len);
    g_autoptr(GBytes) found = cms_content(copy, bytes->len);
    if (!content) {
        g_assert_null(found);
        return;
    }
    g_assert_nonnull(found);
    gsize length;
    const char *data = g_bytes_get_data(found, &length);
    g_assert_cmpmem(data, length, content, strlen(content));
}

static void test_content(void)
{
    g_autoptr(GByteArray) closed = ber_signed("what was signed", FALSE), open = ber_signed("what was signed", TRUE);
    g_autoptr(GByteArray) detached = ber_signed(NULL, FALSE), detached_open = ber_signed(NULL, TRUE);
    check(closed, "what was signed");
    check(open, "what was signed");
    check(detached, NULL);
    check(detached_open, NULL);
    g_assert_cmpint(cms_type(open->data, open->len), ==, CMS_SIGNED);
    g_assert_cmpint(cms_type((const guint8 *)"0\2\6\0", 4), ==, CMS_NONE);
    g_assert_cmpint(cms_type((const guint8 *)"", 0), ==, CMS_NONE);
}

static void test_types(void)
{
    g_autoptr(GByteArray) bytes = ber_signed("x", FALSE);
    guint8 *type = memmem(bytes->data, bytes->len, "\x01\x07\x02", 3);
    type[2] = 3;
    g_assert_cmpint(cms_type(bytes->data, bytes->len), ==, CMS_ENCRYPTED);
    check(bytes, NULL);
    type[2] = 5;
    g_assert_cmpint(cms_type(bytes->data, bytes->len), ==, CMS_OTHER);
    static const guint8 gm[] = {0x30, 0x80, 6, 10, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 6, 1, 4, 2, 3, 0, 0};
    g_assert_cmpint(cms_type(gm, sizeof gm), ==, CMS_ENCRYPTED);
}

/* Every cut and every changed byte gives the content, another or none, and nothing from outside. */
static void test_hostile(void)
{
    for (int open = 0; open <= 1; open++) {
        g_autoptr(GByteArray) bytes = ber_signed("what was signed", open);
        for (guint i = 0; i < bytes->len; i++) {
            g_autofree guint8 *cut = g_memdup2(bytes->data, i + 1), *changed = g_memdup2(bytes->data, bytes->len);
            g_autoptr(GBytes) a = cms_content(cut, i + 1);
            for (guint value = 0; value < 256; value++) {
                changed[i] = (guint8)value;
                g_autoptr(GBytes) b = cms_content(changed, bytes->len);
            }
        }
    }
    /* Opened without end. */
    g_autofree guint8 *nest = g_malloc(1 << 20);
    for (guint i = 0; i < 1 << 20; i += 2) {
        nest[i] = 0x24;
        nest[i + 1] = 0x80;
    }
    g_autoptr(GByteArray) bytes = ber_signed("what was signed", TRUE);
    guint8 *string = memmem(bytes->data, bytes->len, "\x24\x80\x04\x82", 4);
    g_byte_array_set_size(bytes, (guint)(string - bytes->data));
    g_byte_array_append(bytes, nest, 1 << 20);
    check(bytes, NULL);
}

static void test_mail(void)
{
    g_autoptr(GByteArray) bytes = ber_signed(entity, TRUE);
    g_autofree char *coded = g_base64_encode(bytes->data, bytes->len);
    g_autofree char *mail = g_strdup_printf("From: a@x.example\nContent-Type: application/pkcs7-mime; name=smime.p7m\n"
                                            "Content-Transfer-Encoding: base64\n\n%s\n", coded);
    g_autoptr(Envelope) envelope = envelope_read((const guint8 *)mail, strlen(mail), &context);
    g_assert_cmpstr(envelope->body, ==, "the text");
    g_assert_cmpuint(envelope->parts->len, ==, 2);
    g_assert_cmpstr(part(envelope, 0)->path, ==, "1/1");
    g_assert_cmpint(part(envelope, 0)->role, ==, PART_BODY);
    g_assert_cmpstr(part(envelope, 1)->path, ==, "1/2");
    g_assert_cmpstr(part(envelope, 1)->filename, ==, "a.pdf");
    g_assert_true(g_str_has_prefix(part(envelope, 1)->signature, "S/MIME"));
}

/* Signed again and again: beyond the limit it is a file as any. */
static void test_wrapped_mail(void)
{
    g_autofree char *text = g_strdup(entity);
    for (guint i = 0; i < 8; i++) {
        g_autoptr(GByteArray) bytes = ber_signed(text, FALSE);
        g_autofree char *coded = g_base64_encode(bytes->data, bytes->len);
        g_free(text);
        text = g_strdup_printf("Content-Type: application/pkcs7-mime\nContent-Transfer-Encoding: base64\n\n%s\n", coded);
    }
    g_autoptr(Envelope) envelope = envelope_read((const guint8 *)text, strlen(text), &context);
    g_assert_cmpuint(envelope->parts->len, ==, 1);
    g_assert_cmpstr(part(envelope, 0)->path, ==, "1/1/1/1/1");
    g_assert_cmpint(part(envelope, 0)->role, ==, PART_ATTACHMENT);
}

static void test_detached(void)
{
    const char *mail = "From: a@x.example\nContent-Type: multipart/mixed; boundary=m\n\n--m\n"
                       "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=s\n\n--s\n"
                       "Content-Type: application/pdf; name=a.pdf\n\n%PDF\n--s\n"
                       "Content-Type: application/octet-stream; name=signature.asc\n\n-----BEGIN PGP SIGNATURE-----\nx\n--s--\n--m\n"
                       "Content-Type: application/pdf; name=b.pdf\n\n%PDF\n--m--\n";
    g_autoptr(Envelope) envelope = envelope_read((const guint8 *)mail, strlen(mail), &context);
    g_assert_cmpuint(envelope->parts->len, ==, 3);
    g_assert_true(g_str_has_prefix(part(envelope, 0)->signature, "OpenPGP"));
    g_assert_cmpint(part(envelope, 1)->role, ==, PART_INLINE);
    g_assert_null(part(envelope, 2)->signature);
}

static void test_inline_pgp(void)
{
    const char *text = "before\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nfirst\n- - dash\n\n"
                       "-----BEGIN PGP SIGNATURE-----\nabc\n-----END PGP SIGNATURE-----\nafter\n";
    g_autofree char *clear = pgp_signed_text(text, strlen(text)), *other = pgp_signed_text("none", 4);
    g_assert_cmpstr(clear, ==, "before\nfirst\n- dash\n\nafter\n");
    g_assert_null(other);
    g_autofree char *mail = g_strconcat("From: a@x.example\n\n", text, NULL);
    g_autoptr(Envelope) envelope = envelope_read((const guint8 *)mail, strlen(mail), &context);
    g_assert_cmpstr(envelope->body, ==, "before\nfirst\n- dash\n\nafter\n");
    g_assert_true(g_str_has_prefix(part(envelope, 0)->signature, "OpenPGP"));
    for (gsize cut = 0; cut < strlen(text); cut++) {
        g_autofree char *copy = g_memdup2(text, cut);
        g_autofree char *any = pgp_signed_text(copy, cut);
    }
    const char *locked = "Hello,\r\n\r\n-----BEGIN PGP MESSAGE-----\r\nabc\r\n";
    g_assert_true(pgp_is_encrypted(locked, strlen(locked)));
    g_assert_false(pgp_is_encrypted(text, strlen(text)));
    g_assert_true(pgp_is_binary((const guint8 *)"\x85\1\x0c\3", 4));
    g_assert_false(pgp_is_binary((const guint8 *)"\xff\xd8", 2));
}

static void test_file(void)
{
    Status status = STATUS_EMPTY;
    g_autoptr(GByteArray) bytes = ber_signed("{\\rtf1 x}", FALSE), detached = ber_signed(NULL, FALSE);
    g_autofree char *seen = collect_from(cms_read, "申请表.rtf.p7m", bytes->data, bytes->len, 0, &status);
    g_assert_cmpstr(seen, ==, "申请表.rtf={\\rtf1 x}");
    g_assert_cmpint(status, ==, STATUS_READ);
    g_autofree char *unnamed = collect_from(cms_read, NULL, bytes->data, bytes->len, 0, &status);
    g_assert_cmpstr(unnamed, ==, "signed={\\rtf1 x}");
    g_autofree char *nothing = collect_from(cms_read, "a.p7s", detached->data, detached->len, 0, &status);
    g_assert_cmpint(status, ==, STATUS_UNSUPPORTED);
    g_autofree char *garbage = collect_from(cms_read, "a.p7s", "0", 1, 0, &status);
    g_assert_cmpint(status, ==, STATUS_DAMAGED);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    mail_test_init();
    g_test_add_func("/signed/content", test_content);
    g_test_add_func("/signed/types", test_types);
    g_test_add_func("/signed/hostile", test_hostile);
    g_test_add_func("/signed/mail", test_mail);
    g_test_add_func("/signed/wrapped-mail", test_wrapped_mail);
    g_test_add_func("/signed/detached", test_detached);
    g_test_add_func("/signed/inline-pgp", test_inline_pgp);
    g_test_add_func("/signed/file", test_file);
    return g_test_run();
}
