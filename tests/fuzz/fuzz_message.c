/* links: filters/envelope/*.c src/base/charset.c src/base/text.c src/base/no_reply.c; libs: gmime-3.0; seeds: tests/golden/*.eml */
/* envelope_read on anything. Besides crashes it looks for what must hold for every message. */
#include <stdlib.h>

#include "base/limits.h"
#include "mail_test.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    mail_test_init();
    return 0;
}

static void must(gboolean holds)
{
    if (!holds)
        abort();
}

static void must_be_text(const char *text)
{
    must(!text || g_utf8_validate(text, -1, NULL));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    char *own[] = {"office@bureau.example.cn", NULL};
    Context context = {.authserv_id = "mx.bureau.example.cn",
                       .reference_prefix = "SC27",
                       .own_addresses = own,
                       .own_names = own + 1};
    g_autoptr(Envelope) envelope = envelope_read(data, size, &context);
    const char *texts[] = {envelope->message_id,        envelope->from_name, envelope->from_address,
                           envelope->subject,           envelope->date,      envelope->reference,
                           envelope->in_reply_to,       envelope->reply_to,  envelope->return_path,
                           envelope->bounce_message_id, envelope->body};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        must_be_text(texts[i]);
    for (guint i = 0; i < envelope->references->len; i++)
        must_be_text(envelope->references->pdata[i]);
    must(envelope->parts->len <= LIMIT_MIME_PARTS && envelope->route && envelope->auth && envelope->body);
    for (guint i = 0; i < envelope->parts->len; i++) {
        const MailPart *part = envelope->parts->pdata[i];
        must_be_text(part->filename);
        must_be_text(part->charset);
        must_be_text(part->mime);
        must_be_text(part->path);
        must(part->path && part->mime && part->bytes && part->sha256);
    }
    for (guint i = 0; i < envelope->bounce_recipients->len; i++)
        must_be_text(((const BounceRecipient *)envelope->bounce_recipients->pdata[i])->address);
    return 0;
}
