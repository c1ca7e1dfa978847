/* message_rules.c: rules over one message: its documents against each other, against the sender, against what
 * its text says. */
#include <string.h>

#include "base/text.h"
#include "engine/kinds.h"
#include "engine/labels.h"

#define CERTAIN 0.9 /* values below it are not held against anybody */

#define EXACT 0.97   /* a value that was typed, not recognised */
#define LONG 40      /* characters */

/* Fields that say whose form it is, and those that two copies of it must agree in. */
static const char *const identity[] = {"name", "title_zh", NULL};

static const char *value_text(const Form *form, const char *id)
{
    const FieldValue *value = form_field(form, id);
    return value && value->shape == VALUE_TEXT ? value->text : NULL;
}

/* A value that was guessed from pixels accuses nobody. */
static gboolean is_certain(const Form *form, const char *id)
{
    const FieldValue *value = form_field(form, id);
    return value && value->confidence >= CERTAIN;
}

/* --- copies of one form --------------------------------------------------------------------------------- */

static gboolean same_form(const Form *a, const Form *b)
{
    if (!g_str_equal(a->kind, b->kind) || g_str_equal(a->kind, "unknown"))
        return FALSE;
    for (const char *const *id = identity; *id; id++) {
        const char *one = value_text(a, *id), *other = value_text(b, *id);
        if (one && other && is_certain(a, *id) && is_certain(b, *id))
            return g_str_equal(one, other);
    }
    return TRUE;
}

static gboolean differ(const FieldValue *a, const FieldValue *b)
{
    if (a->shape != VALUE_TEXT || b->shape != VALUE_TEXT || g_str_equal(a->id, "seal") ||
        MIN(a->confidence, b->confidence) < CERTAIN)
        return FALSE;
    /* Of a long text some character is always misread. */
    if (g_utf8_strlen(a->text, -1) >= LONG && MIN(a->confidence, b->confidence) < EXACT)
        return FALSE;
    g_autofree char *one = label_fold(a->text), *other = label_fold(b->text);
    return !g_str_equal(one, other);
}

static void compare_copies(const Form *editable, const Form *sealed, GPtrArray *findings)
{
    for (guint i = 0; i < editable->fields->len; i++) {
        const FieldValue *a = g_ptr_array_index(editable->fields, i), *b = form_field(sealed, a->id);
        if (!b || !differ(a, b))
            continue;
        g_autofree char *one = text_plain(a->text, 80), *other = text_plain(b->text, 80);
        g_autofree char *zh = g_strdup_printf(
            "可编辑文件与盖章件不一致（%s）：“%s”与“%s”，请核对后重新提交。", a->id, one, other);
        g_autofree char *en = g_strdup_printf("The editable copy and the sealed one differ (%s): \"%s\" and "
                                              "\"%s\"; please check and submit again.",
                                              a->id, one, other);
        g_ptr_array_add(findings, finding_new("copies-differ", "warning", a->id, zh, en));
    }
}

static void drop_seal_unknown(Form *form)
{
    for (guint i = form->findings->len; i-- > 0;)
        if (g_str_equal(((Finding *)g_ptr_array_index(form->findings, i))->rule, "seal-unknown"))
            g_ptr_array_remove_index(form->findings, i);
}

static void pair_copies(ReadDocument *editable, ReadDocument *sealed, GPtrArray *findings)
{
    for (guint i = 0; i < editable->forms->len; i++)
        for (guint k = 0; k < sealed->forms->len; k++) {
            Form *a = g_ptr_array_index(editable->forms, i), *b = g_ptr_array_index(sealed->forms, k);
            if (!same_form(a, b))
                continue;
            drop_seal_unknown(a);
            compare_copies(a, b, findings);
        }
}

/* --- the sender
 * ------------------------------------------------------------------------------------------------------------
 */

static gboolean names_match(const char *sender, const Form *form)
{
    const char *name = value_text(form, "name"), *latin = value_text(form, "name_latin");
    g_autofree char *from = label_fold(sender ? sender : "");
    g_autofree char *own = name ? label_fold(name) : NULL, *other = latin ? label_fold(latin) : NULL;
    return (own && *own && strstr(from, own)) || (other && *other && strstr(from, other));
}

static void check_sender(const Kinds *kinds, const Form *form, const char *text, const EngineMessage *message,
                         GPtrArray *findings)
{
    const Kind *kind = kinds_get(kinds, form->kind);
    const char *address = value_text(form, "email");
    if (!kind || !kind->personal || !message->from_address || !is_certain(form, "name"))
        return;
    /* The sender's address anywhere in the form is his sign enough: an old one among the changes, one read badly in its field. */
    if (text && strstr(text, message->from_address))
        return;
    if (names_match(message->from_name, form) ||
        (address && g_ascii_strcasecmp(address, message->from_address) == 0))
        return;
    g_ptr_array_add(findings, finding_new("sender-mismatch", "info", NULL,
                                          "发件人不是表中填写的申请人，请确认系经本人同意代为提交。",
                                          "The sender is not the person named in the form; please confirm "
                                          "that it is submitted with that person's consent."));
}

/* --- what the text says --------------------------------------------------------------------------------- */

/* The sender's own words: without quoted lines and what follows a reply's separator. */
static char *own_words(const char *body)
{
    static const char *const separators[] = {"原始邮件", "original message", "转发邮件", "forwarded message",
                                             "写道:",    "wrote:",           NULL};
    g_auto(GStrv) lines = g_strsplit(body, "\n", -1);
    GString *own = g_string_new(NULL);
    for (guint i = 0; lines[i]; i++) {
        g_autofree char *folded = label_fold(lines[i]);
        gboolean end = FALSE;
        for (const char *const *separator = separators; *separator; separator++) {
            g_autofree char *wanted = label_fold(*separator);
            end |= strstr(folded, wanted) != NULL;
        }
        if (end)
            break;
        if (*folded != '>')
            g_string_append_printf(own, "%s\n", folded);
    }
    return g_string_free(own, FALSE);
}

static gboolean says_any(const char *text, const char *const *phrases)
{
    for (; *phrases; phrases++)
        if (strstr(text, *phrases))
            return TRUE;
    return FALSE;
}

static void check_attachment(const EngineMessage *message, const GPtrArray *documents, GPtrArray *findings)
{
    static const char *const attached[] = {"见附件", "附件是",     "附件为",     "附件中",   "附上",
                                           "随附",   "请查收附件", "附件请查收", "查收附件", "附件如下",
                                           "在附件", "attached",   "attachment", "enclosed", "附件里",
                                           "详见附", "如附件",     "添付",       NULL};
    static const char *const links[] = {"超大附件",
                                        "云附件",
                                        "网盘",
                                        "文件中转站",
                                        "mail.qq.com/cgi-bin/ftnexs",
                                        "wx.mail.qq.com/ftn",
                                        "dashi.163.com",
                                        "mail.163.com/large-attachment",
                                        "pan.baidu.com",
                                        "weiyun.com",
                                        "云盘",
                                        NULL};
    if (documents->len > 0 || !message->body)
        return;
    g_autofree char *own = own_words(message->body);
    if (says_any(own, links))
        g_ptr_array_add(
            findings,
            finding_new("attachment-missing", "error", NULL,
                        "来信只有下载链接（超大附件或网盘），没有收到文件本身，请以普通附件方式重新发送。",
                        "The mail carries only a download link and not the file itself; please send it again "
                        "as an ordinary attachment."));
    else if (says_any(own, attached))
        g_ptr_array_add(
            findings,
            finding_new("attachment-missing", "error", NULL, "来信提到附件，但没有收到任何附件，请重新发送。",
                        "The mail speaks of an attachment, but none was received; please send it again."));
}

GPtrArray *engine_message(const Kinds *kinds, GPtrArray *documents, const EngineMessage *message,
                          const Context *context)
{
    GPtrArray *findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
    (void)context;
    for (guint i = 0; i < documents->len; i++) {
        ReadDocument *one = g_ptr_array_index(documents, i);
        for (guint k = 0; k < documents->len; k++) {
            ReadDocument *other = g_ptr_array_index(documents, k);
            if (!one->shows_seal && other->shows_seal)
                pair_copies(one, other, findings);
        }
        for (guint k = 0; k < one->forms->len; k++)
            check_sender(kinds, g_ptr_array_index(one->forms, k), one->text, message, findings);
    }
    check_attachment(message, documents, findings);
    return findings;
}

Finding *engine_unreadable(Status status, const char *filename, const char *mime)
{
    static const struct {
        const char *zh, *en;
    } faults[] = {
        [STATUS_READ] = {"", ""},
        [STATUS_ENCRYPTED] =
            {"设有密码，无法打开。请发送未加密的文件",
             "is protected by a password and cannot be opened. Please send it without a password"},
        [STATUS_DAMAGED] =
            {"已损坏，无法打开。请重新导出（docx 或 PDF）后再次发送",
             "is damaged and cannot be opened. Please export it anew (docx or PDF) and send it again"},
        [STATUS_TOO_LARGE] = {"过大，超出系统可处理的范围。请精简或拆分后发送",
                              "is too large to be read. Please reduce or split it and send it again"},
        [STATUS_TOO_DEEP] = {"压缩层数过多。请直接发送其中的文件",
                             "is an archive nested too deeply. Please send the files themselves"},
        [STATUS_TIMEOUT] = {"未能在限定时间内读完。请转换为 docx 或 PDF 后发送",
                            "could not be read in time. Please convert it to docx or PDF and send it again"},
        [STATUS_UNSUPPORTED] = {"的格式暂不支持。请以 docx 或 PDF 格式发送",
                                "is of a format that is not supported. Please send it as docx or PDF"},
        [STATUS_EMPTY] = {"是空文件。请检查后重新发送", "is empty. Please check it and send it again"},
    };
    g_autofree char *name = text_plain(filename ? filename : mime ? mime : "attachment", 80);
    g_autofree char *zh = g_strdup_printf("附件“%s”%s。", name, faults[status].zh);
    g_autofree char *en = g_strdup_printf("The attachment \"%s\" %s.", name, faults[status].en);
    return finding_new("unreadable", "error", NULL, zh, en);
}

Finding *engine_pages_unread(const char *filename, const char *pages)
{
    g_autofree char *name = text_plain(filename ? filename : "attachment", 80);
    g_autofree char *range = text_plain(pages, 80);
    g_autofree char *zh = g_strdup_printf("附件“%s”的第%s页未能在限定范围内识别，请人工查看或分拆后发送。", name, range);
    g_autofree char *en = g_strdup_printf("Pages %s of the attachment \"%s\" were not read within the limits: look at them, "
                                          "or send them as a file of their own.", range, name);
    return finding_new("unreadable", "warning", NULL, zh, en);
}
