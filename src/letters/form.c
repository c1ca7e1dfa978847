/* form.c: who is answered, and how much he is told (RFC 3834 section 2; DESIGN: silence rules). A rule that is missing
 * here is a mail loop or a letter with somebody's data to a stranger. */
#include <string.h>

#include "base/no_reply.h"
#include "letters/compose.h"
#include "send/address.h"
#include "spool/segment.h"

static gboolean is_verdict(const Record *record, const char *verdict)
{
    return g_strcmp0(record->auth, verdict) == 0;
}

/* Our intake addresses, and the addresses that the mailboxes log in as. */
static gboolean is_ours(const Conf *conf, const char *address)
{
    const char *const *own = conf_list(conf, "office", "address");
    for (; *own; own++) {
        if (address_equal(*own, address))
            return TRUE;
    }
    const char *const *mailbox = conf_mailboxes(conf);
    for (; *mailbox; mailbox++) {
        g_autofree char *group = g_strdup_printf("mailbox %s", *mailbox);
        if (address_equal(conf_string(conf, group, "user"), address))
            return TRUE;
    }
    return FALSE;
}

const char *letter_address_silent(const Conf *conf, const char *address)
{
    if (!address_valid(address))
        return "no address";
    if (is_ours(conf, address))
        return "own address";
    return address_no_reply(address) ? "no-reply address" : NULL;
}

/* Why this mail is never answered whoever sent it, or NULL. */
static const char *silent_by_mail(const Record *record, guint32 flags)
{
    if (flags & FRAME_HISTORY)
        return "history";
    if (flags & FRAME_WATCH)
        return "watched folder";
    if (flags & FRAME_HEADER)
        return "only its header was fetched";
    if (record->bare)
        return "not a mail";
    if (g_str_equal(record->route, "bulk"))
        return "list";
    if (g_str_equal(record->route, "auto-reply"))
        return "auto-reply";
    if (g_str_equal(record->route, "bounce"))
        return "bounce";
    if (!g_str_equal(record->route, "submission") && !g_str_equal(record->route, "reply"))
        return "unreadable";
    return NULL;
}

static const char *silent_by_sender(const Record *record, const Conf *conf)
{
    if (!address_valid(record->from_address))
        return "no sender address";
    if (record->return_path && !*record->return_path)
        return "empty return path";
    if (record->no_reply)
        return "no-reply sender";
    if (is_ours(conf, record->from_address) || (record->return_path && is_ours(conf, record->return_path)))
        return "own address";
    if (is_verdict(record, "fail"))
        return "sender failed verification";
    return NULL;
}

/* Art. 23: nothing that bears such a marking is repeated in a mail. */
static gboolean is_classified(const GPtrArray *findings)
{
    for (guint i = 0; i < findings->len; i++) {
        if (g_str_equal(((const Finding *)g_ptr_array_index(findings, i))->rule, "classified-marking"))
            return TRUE;
    }
    return FALSE;
}

static gboolean holds_classified(const Record *record)
{
    for (guint i = 0; i < record->documents->len; i++) {
        if (is_classified(((const Document *)g_ptr_array_index(record->documents, i))->findings))
            return TRUE;
    }
    return is_classified(record->findings);
}

LetterForm letter_form(const Record *record, guint32 frame_flags, gboolean registered, const Conf *conf,
                       const char **ret_reason)
{
    *ret_reason = silent_by_mail(record, frame_flags);
    if (!*ret_reason)
        *ret_reason = silent_by_sender(record, conf);
    if (*ret_reason)
        return LETTER_NONE;
    gboolean trusted = registered || is_verdict(record, "pass");
    return trusted && !holds_classified(record) ? LETTER_FULL : LETTER_MINIMAL;
}

const char *letter_recipient(const Record *record, const Conf *conf)
{
    /* Reply-To of an unverified sender would let anybody have letters sent to a third person. */
    gboolean verified = is_verdict(record, "pass");
    if (verified && address_valid(record->reply_to) && !is_ours(conf, record->reply_to))
        return record->reply_to;
    return record->from_address;
}
