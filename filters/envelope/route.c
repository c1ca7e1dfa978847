#include <string.h>

#include "envelope/address.h"
#include "envelope/bounce.h"
#include "envelope/encoded_word.h"
#include "envelope/parameter.h"
#include "envelope/query.h"
#include "envelope/reference.h"
#include "envelope/route.h"
#include "envelope/structure.h"

typedef struct {
    Envelope *envelope;
    const GPtrArray *headers;
    const Context *context;
    char *subject; /* lower case, leading blanks off */
    char *sender;  /* lower case display name and address */
    char *type, *report;
} Mail;

static gboolean any_prefix(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (g_str_has_prefix(text, *words))
            return TRUE;
    return FALSE;
}

static gboolean any_within(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strstr(text, *words))
            return TRUE;
    return FALSE;
}

/* A header's value in lower case without blanks around it; NULL when absent. */
static char *lower_header(const Mail *mail, const char *name)
{
    const char *raw = header_first(mail->headers, name);
    g_autofree char *text = raw ? encoded_word_decode(raw) : NULL;
    return text ? g_ascii_strdown(text, -1) : NULL;
}

static gboolean has(const Mail *mail, const char *name)
{
    return header_first(mail->headers, name) != NULL;
}

/* Whether it brings something to read besides its text. Pictures do not count: newsletters are full of them.
 */
static gboolean has_document(const Envelope *envelope)
{
    for (guint i = 0; i < envelope->parts->len; i++) {
        const MailPart *part = envelope->parts->pdata[i];
        if (part->role == PART_MESSAGE ||
            (part->role == PART_ATTACHMENT && !g_str_has_prefix(part->mime, "image/") &&
             !g_str_has_prefix(part->mime, "message/")))
            return TRUE;
    }
    return FALSE;
}

/* Words of the papers themselves, in subject or file names: a real submission relayed by a list is not
 * silenced. */
static gboolean names_our_papers(const Mail *mail)
{
    static const char *const words[] = {"申请",
                                        "提案",
                                        "承诺书",
                                        "报名",
                                        "总结",
                                        "预案",
                                        "回执",
                                        "登记表",
                                        "变更",
                                        "退出",
                                        "意见",
                                        "申請",
                                        "承諾書",
                                        "application form",
                                        "registration form",
                                        "proposal",
                                        "np form",
                                        "form 4",
                                        "comments",
                                        "withdrawal",
                                        NULL};
    if (any_within(mail->subject, words))
        return TRUE;
    for (guint i = 0; i < mail->envelope->parts->len; i++) {
        const MailPart *part = mail->envelope->parts->pdata[i];
        g_autofree char *name = part->filename ? g_utf8_strdown(part->filename, -1) : NULL;
        if (name && any_within(name, words))
            return TRUE;
    }
    return FALSE;
}

/* --- bounces ---------- */

static gboolean is_daemon(const Mail *mail)
{
    static const char *const names[] = {"mailer-daemon",
                                        "mailerdaemon",
                                        "mail delivery s",
                                        "postmaster",
                                        "mail delivery system",
                                        "系统退信",
                                        "退信",
                                        "mailer daemon",
                                        "mdaemon@",
                                        "mail administrator",
                                        "system administrator",
                                        "microsoftexchange",
                                        "mail deliver",
                                        "邮件管理员",
                                        NULL};
    return any_within(mail->sender, names);
}

static gboolean failure_subject(const char *subject)
{
    static const char *const words[] = {"undeliver",
                                        "failure notice",
                                        "delivery status notification",
                                        "delivery failure",
                                        "delivery has failed",
                                        "returned mail",
                                        "mail delivery fail",
                                        "delivery notification",
                                        "returned to sender",
                                        "returning message to sender",
                                        "could not be delivered",
                                        "non remis",
                                        "mail system error",
                                        "delivery error",
                                        "message delivery",
                                        "nondeliverable",
                                        "delivery problem",
                                        "error sending your",
                                        "unzustellbar",
                                        "delayed mail",
                                        "delivery delayed",
                                        "warning: message",
                                        "warning: could not send",
                                        "failed mail",
                                        "mail could not be",
                                        "unable to deliver",
                                        "bounce",
                                        "undelivrable",
                                        "delivery report",
                                        "mail error",
                                        "退信",
                                        "被退回",
                                        "无法投递",
                                        "未送达",
                                        "投递失败",
                                        "传递失败",
                                        "发送失败",
                                        "邮件未能送达",
                                        "無法傳遞",
                                        "未传递",
                                        NULL};
    return any_within(subject, words);
}

static gboolean auto_reply_subject(const Mail *mail)
{
    static const char *const starts[] = {"自动回复",
                                         "自動回覆",
                                         "自动答复",
                                         "自動回復",
                                         "【自动回复】",
                                         "[自动回复]",
                                         "auto:",
                                         "automatic reply",
                                         "auto reply",
                                         "auto-reply",
                                         "autoreply",
                                         "auto response",
                                         "automated reply",
                                         "automatic response",
                                         "out of office",
                                         "out-of-office",
                                         "away from",
                                         "on vacation",
                                         "vacation",
                                         "i am away",
                                         "i'm away",
                                         "已读:",
                                         "已读：",
                                         "read:",
                                         "已阅读",
                                         "回执:",
                                         "不在办公室",
                                         "automatyczna",
                                         "[automatyczna",
                                         "外出自动",
                                         "休假自动",
                                         "abwesen",
                                         "automatische antwort",
                                         "réponse automatique",
                                         "respuesta automática",
                                         NULL};
    static const char *const within[] = {"(自动回复)",
                                         "（自动回复）",
                                         "自动回复:",
                                         "自动回复：",
                                         "(automatic response)",
                                         "out of office",
                                         "autoreply",
                                         "out of the office",
                                         "假期自动",
                                         "automatisk",
                                         NULL};
    return any_prefix(mail->subject, starts) || any_within(mail->subject, within);
}

static gboolean returns_null(const Mail *mail)
{
    return mail->envelope->return_path && !*mail->envelope->return_path;
}

/* Decides for a bounce and reads it. */
static gboolean take_bounce(Mail *mail)
{
    Envelope *envelope = mail->envelope;
    gboolean feedback = g_strcmp0(mail->report, "feedback-report") == 0;
    gboolean delayed;
    Report report = bounce_read_report(envelope, &delayed);
    if (report == REPORT_DONE || g_strcmp0(mail->report, "disposition-notification") == 0)
        return FALSE;
    gboolean daemon = is_daemon(mail) || returns_null(mail) || !envelope->from_address;
    gboolean failure = failure_subject(mail->subject);
    /* Systems that ask the sender to prove himself call that a delay. */
    if (delayed && !is_daemon(mail) && !failure)
        return FALSE;
    gboolean failed_header = has(mail, "X-Failed-Recipients");
    gboolean reported = report == REPORT_FAILED || g_strcmp0(mail->report, "delivery-status") == 0;
    gboolean answer =
        !failure && (auto_reply_subject(mail) || has(mail, "X-Autoreply") || has(mail, "X-Autorespond"));
    if (!feedback && !reported && !failed_header && !(daemon && failure) && !(is_daemon(mail) && !answer))
        return FALSE;
    envelope->bounce_fate = feedback                                                ? BOUNCE_COMPLAINT
                            : delayed                                               ? BOUNCE_DELAYED
                            : report == REPORT_NONE && bounce_is_delay(envelope, mail->subject) ? BOUNCE_DELAYED
                                                                                    : BOUNCE_FAILED;
    if (envelope->bounce_recipients->len == 0) {
        const char *failed = header_first(mail->headers, "X-Failed-Recipients");
        g_autofree char *to = address_parse(header_first(mail->headers, "To"), NULL);
        g_autoptr(GPtrArray) own = g_ptr_array_new();
        for (char **one = mail->context->own_addresses; one && *one; one++)
            g_ptr_array_add(own, *one);
        if (to)
            g_ptr_array_add(own, to);
        g_ptr_array_add(own, NULL);
        bounce_read_text(envelope, failed, (char **)own->pdata);
    }
    for (guint i = 0; feedback && i < envelope->bounce_recipients->len; i++)
        ((BounceRecipient *)envelope->bounce_recipients->pdata[i])->permanent = -1;
    return TRUE;
}

/* --- automatic answers ---------- */

/* A receipt names the mail that it is about. */
static gboolean is_auto_reply(const Mail *mail)
{
    static const char *const signs[] = {"X-Autoreply",           "X-Autorespond",    "X-Autoresponse",
                                        "X-Autogenerated-Reply", "X-AutoReply-From", "X-Mail-Autoreply",
                                        "X-QQ-AutoReply",        "X-Vacation",       NULL};
    g_autofree char *automatic = lower_header(mail, "Auto-Submitted"),
                    *precedence = lower_header(mail, "Precedence");
    if (g_strcmp0(mail->report, "disposition-notification") == 0 ||
        g_strcmp0(mail->report, "delivery-status") == 0) {
        bounce_read_receipt(mail->envelope);
        return TRUE;
    }
    if (automatic && g_str_has_prefix(automatic, "auto-replied"))
        return TRUE;
    for (const char *const *sign = signs; *sign; sign++) {
        g_autofree char *value = lower_header(mail, *sign);
        if (value && strcmp(value, "no") != 0)
            return TRUE;
    }
    if (precedence && (strcmp(precedence, "auto_reply") == 0 || strcmp(precedence, "auto-reply") == 0))
        return TRUE;
    /* A machine's mail that is no answer may still carry a paper, sent out of an office system. */
    gboolean machine = automatic && strcmp(automatic, "no") != 0;
    if (machine && (auto_reply_subject(mail) || !has_document(mail->envelope)))
        return TRUE;
    return auto_reply_subject(mail) && !has_document(mail->envelope);
}

/* --- bulk ---------- */

static gboolean is_advertisement(const Mail *mail)
{
    static const char *const starts[] = {"(ad)",     "[ad]",   "（ad）", "【ad】", "【广告】", "(广告)",
                                         "（广告）", "[广告]", "ad:",    "广告:",  NULL};
    static const char *const within[] = {"代开发票", "发票代开", "代开*票", "增值税发票代",
                                         "开票+v",   "税票代开", NULL};
    return any_prefix(mail->subject, starts) || any_within(mail->subject, within);
}

static gboolean is_bulk(const Mail *mail)
{
    static const char *const lists[] = {"List-Id",           "List-Post",    "List-Unsubscribe",
                                        "List-Help",         "Mailing-List", "X-Mailing-List",
                                        "X-Mailman-Version", "X-BeenThere",  NULL};
    static const char *const campaigns[] = {"X-Campaign-Id", "X-CampaignID",  "X-Campaign",
                                            "Feedback-ID",   "X-Mailgun-Tag", "X-MC-User",
                                            "X-Newsletter",  "X-EBS",         NULL};
    g_autofree char *precedence = lower_header(mail, "Precedence");
    gboolean bulk = precedence && (strcmp(precedence, "bulk") == 0 || strcmp(precedence, "junk") == 0 ||
                                   strcmp(precedence, "list") == 0);
    for (const char *const *name = lists; *name && !bulk; name++)
        bulk = has(mail, *name);
    for (const char *const *name = campaigns; *name && !bulk; name++)
        bulk = has(mail, *name);
    if (bulk)
        return !(has_document(mail->envelope) && names_our_papers(mail)) ||
               strcmp(mail->type, "multipart/digest") == 0;
    return is_advertisement(mail) && !has_document(mail->envelope);
}

/* --- replies ---------- */

static gboolean is_answer(const Mail *mail)
{
    static const char *const marks[] = {"re:", "re：", "回复", "答复", "回覆",
                                        "re[", "回执", "補正", "补正", NULL};
    return mail->envelope->in_reply_to || mail->envelope->references->len > 0 ||
           any_prefix(mail->subject, marks);
}

static gboolean names_us(const Mail *mail, const char *text)
{
    /* What the secretariat goes by when no configuration names it. */
    static const char *const usual[] = {"网安标委", "秘书处", "TC260", "SC27", NULL};
    static const char *const yours[] = {"贵处", "贵委", "贵办", "贵秘书处", NULL};
    const char *const *names = mail->context->own_names && *mail->context->own_names
                                   ? (const char *const *)mail->context->own_names
                                   : usual;
    return any_within(text, names) || any_within(text, yours);
}

/* The printed form in a line that also says whose it is: a salutation to us somewhere does not make another office's number
 * ours. */
static char *find_printed_beside_name(const Mail *mail, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    char *found = NULL;
    for (char **line = lines; *line && !found; line++)
        if (names_us(mail, *line))
            found = reference_find_printed(*line, mail->context->reference_prefix);
    return found;
}

static char *find_reference(const Mail *mail)
{
    const char *prefix = mail->context->reference_prefix;
    const char *const places[] = {mail->envelope->subject ? mail->envelope->subject : "", mail->envelope->body};
    char *reference = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(places) && !reference; i++)
        reference = reference_find(places[i], prefix);
    for (gsize i = 0; i < G_N_ELEMENTS(places) && !reference; i++)
        reference = is_answer(mail) ? reference_find_printed(places[i], prefix) : find_printed_beside_name(mail, places[i]);
    return reference;
}

/* --- all together ---------- */

/* Whether there is anything of a mail's header at all. */
static gboolean is_message(const GPtrArray *headers)
{
    static const char *const names[] = {"From",         "To",
                                        "Cc",           "Subject",
                                        "Date",         "Message-ID",
                                        "Received",     "Return-Path",
                                        "Sender",       "MIME-Version",
                                        "Content-Type", "Delivered-To",
                                        "Reply-To",     "X-Failed-Recipients"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (header_first(headers, names[i]))
            return TRUE;
    return FALSE;
}

static gboolean asks_no_answer(const Mail *mail)
{
    g_autofree char *automatic = lower_header(mail, "Auto-Submitted"),
                    *suppress = lower_header(mail, "X-Auto-Response-Suppress");
    g_autofree char *precedence = lower_header(mail, "Precedence");
    const Envelope *envelope = mail->envelope;
    return (automatic && strcmp(automatic, "no") != 0) ||
           (suppress && (strstr(suppress, "all") || strstr(suppress, "autoreply"))) ||
           (precedence && strcmp(precedence, "normal") != 0 && strcmp(precedence, "first-class") != 0) ||
           (envelope->from_address && address_no_reply(envelope->from_address)) ||
           (envelope->reply_to && address_no_reply(envelope->reply_to));
}

static const char *decide(Mail *mail)
{
    if (!is_message(mail->headers))
        return "unreadable";
    mail->envelope->is_bounce = take_bounce(mail);
    if (mail->envelope->is_bounce)
        return "bounce";
    g_ptr_array_set_size(mail->envelope->bounce_recipients, 0);
    g_clear_pointer(&mail->envelope->bounce_message_id, g_free);
    if (is_auto_reply(mail))
        return "auto-reply";
    /* Our own number in it outweighs the marks of a list: an answer is never silenced. */
    if (is_bulk(mail) && !mail->envelope->reference)
        return "bulk";
    return mail->envelope->reference ? "reply" : "submission";
}

void route_decide(Envelope *envelope, const GPtrArray *headers, const Context *context)
{
    g_autoptr(Parameters) type = parameters_parse(header_first(headers, "Content-Type"));
    g_autofree char *report = parameters_get(type, "report-type");
    g_autofree char *report_type = report ? g_ascii_strdown(report, -1) : NULL;
    g_autofree char *subject = g_utf8_strdown(envelope->subject ? envelope->subject : "", -1);
    g_autofree char *sender_all = g_strconcat(envelope->from_name ? envelope->from_name : "", " ",
                                              envelope->from_address ? envelope->from_address : "", NULL);
    g_autofree char *sender = g_utf8_strdown(sender_all, -1);
    Mail mail = {envelope, headers, context, subject, sender, type->value, report_type};
    envelope->reference = find_reference(&mail);
    envelope->asks_status = query_asks_status(envelope->subject, envelope->body, context->reference_prefix);
    /* Who asks us how 收文〔2026〕1号 stands means our number, as our letters print it. */
    if (envelope->asks_status && !envelope->reference)
        envelope->reference = query_reference(envelope->subject, envelope->body, context->reference_prefix);
    envelope->route = g_strdup(decide(&mail));
    envelope->no_reply = asks_no_answer(&mail);
}
