#include <string.h>

#include "base/charset.h"
#include "base/limits.h"
#include "envelope/address.h"
#include "envelope/bounce.h"
#include "envelope/bounce_text.h"
#include "envelope/encoded_word.h"

/* A bounce of ours names one recipient; thousands are somebody's joke. */
#define MAX_RECIPIENTS 100

static const MailPart *part_of_type(const Envelope *envelope, const char *const *types)
{
    for (; *types; types++)
        for (guint i = 0; i < envelope->parts->len; i++) {
            const MailPart *part = envelope->parts->pdata[i];
            if (strcmp(part->mime, *types) == 0)
                return part;
        }
    return NULL;
}

static char *text_of(const MailPart *part)
{
    gsize length;
    const char *bytes = g_bytes_get_data(part->bytes, &length);
    return charset_decode(length > 0 ? bytes : "", MIN(length, (gsize)LIMIT_HEADER_BYTES), NULL);
}

/* The value of NAME in the group of header lines that begins at TEXT, unfolded; the group ends at a blank
 * line. */
static char *field_in(const char *text, const char *name)
{
    gsize length = strlen(name);
    for (const char *line = text; *line && *line != '\n' && *line != '\r';) {
        const char *end = line + strcspn(line, "\n");
        while (*end && (end[1] == ' ' || end[1] == '\t'))
            end += 1 + strcspn(end + 1, "\n");
        if (g_ascii_strncasecmp(line, name, length) == 0 && line[length] == ':') {
            char *value = g_strndup(line + length + 1, (gsize)(end - line) - length - 1);
            g_strdelimit(value, "\r\n\t", ' ');
            return g_strstrip(value);
        }
        line = *end ? end + 1 : end;
    }
    return NULL;
}

static const char *next_group(const char *text)
{
    while (*text && *text != '\n' && !(*text == '\r' && text[1] == '\n')) {
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    while (*text == '\n' || *text == '\r')
        text++;
    return text;
}

/* "rfc822; a@b" or whatever stands there instead. */
static char *recipient_address(const char *field)
{
    if (!field)
        return NULL;
    const char *value = strchr(field, ';');
    g_autofree char *clean = g_strdup(value ? value + 1 : field);
    if (g_str_has_prefix(g_strstrip(clean), "<") && !strchr(clean, '>'))
        clean[0] = ' ';
    return address_parse(clean, NULL);
}

static gboolean known_recipient(const Envelope *envelope, const char *address)
{
    for (guint i = 0; i < envelope->bounce_recipients->len; i++)
        if (g_ascii_strcasecmp(((BounceRecipient *)envelope->bounce_recipients->pdata[i])->address,
                               address) == 0)
            return TRUE;
    return FALSE;
}

static void add_recipient(Envelope *envelope, const char *address, const char *status, int permanent)
{
    if (envelope->bounce_recipients->len >= MAX_RECIPIENTS || known_recipient(envelope, address))
        return;
    BounceRecipient *recipient = g_new0(BounceRecipient, 1);
    recipient->address = g_strdup(address);
    recipient->status = g_strdup(status);
    recipient->permanent = permanent;
    g_ptr_array_add(envelope->bounce_recipients, recipient);
}

static gboolean is_general(const char *status)
{
    return !status || g_str_has_suffix(status, ".0.0");
}

static int permanent_of(const char *status, int code, const char *words)
{
    if (status && (*status == '5' || *status == '4'))
        return *status == '5';
    if (code >= 400)
        return code >= 500;
    return bounce_text_permanent(words);
}

/* One per-recipient group of a report. Returns what became of this recipient; RET_FAILED is set unless it is
 * only delayed. */
static Report read_group(Envelope *envelope, const char *group, gboolean *ret_failed)
{
    g_autofree char *final = field_in(group, "Final-Recipient"),
                    *original = field_in(group, "Original-Recipient");
    g_autofree char *action = field_in(group, "Action"), *status_field = field_in(group, "Status");
    g_autofree char *diagnostic = field_in(group, "Diagnostic-Code");
    if (!final && !original && !action)
        return REPORT_NONE;
    g_autofree char *lower = action ? g_ascii_strdown(action, -1) : NULL;
    gboolean done = lower && (g_str_has_prefix(lower, "delivered") || g_str_has_prefix(lower, "relayed") ||
                              g_str_has_prefix(lower, "expanded"));
    if (done)
        return REPORT_DONE;
    int code = 0, ignored;
    g_autofree char *status =
        status_field ? bounce_status(status_field, strlen(status_field), &ignored) : NULL;
    g_autofree char *said = diagnostic ? bounce_status(diagnostic, strlen(diagnostic), &code) : NULL;
    /* "5.0.0" says nothing that the server's own words do not say better. */
    if (said && (!status || (is_general(status) && *status == *said))) {
        g_free(status);
        status = g_strdup(said);
    }
    /* The one our letter was sent to, where a forwarding made another of it. */
    g_autofree char *address = recipient_address(original);
    if (!address)
        address = recipient_address(final);
    gboolean delayed = lower && g_str_has_prefix(lower, "delayed");
    *ret_failed |= !delayed;
    int permanent = delayed ? 0 : permanent_of(status, code, diagnostic ? diagnostic : "");
    if (permanent < 0 && lower && g_str_has_prefix(lower, "failed"))
        permanent = 1;
    if (address)
        add_recipient(envelope, address, status, permanent);
    return REPORT_FAILED;
}

/* The id of the message that came back, from its headers wherever they are kept. */
static void find_message_id(Envelope *envelope)
{
    static const char *const types[] = {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers",
                                        "message/global", NULL};
    const MailPart *part = part_of_type(envelope, types);
    if (!part || envelope->bounce_message_id)
        return;
    g_autofree char *text = text_of(part);
    g_autofree char *id = field_in(text + strspn(text, "\r\n"), "Message-ID");
    envelope->bounce_message_id = id ? address_message_id(id) : NULL;
}

/* "QUEUE+2Bid@host" as it was before xtext (RFC 3461 4); NULL when it is none. */
static char *from_xtext(const char *text)
{
    GString *out = g_string_new(NULL);
    for (const char *p = text; *p; p++) {
        gboolean coded = *p == '+' && g_ascii_isxdigit(p[1]) && g_ascii_isxdigit(p[2]);
        if (*p == '+' && !coded)
            return g_string_free(out, TRUE);
        g_string_append_c(out, coded ? (char)(g_ascii_xdigit_value(p[1]) * 16 + g_ascii_xdigit_value(p[2])) : *p);
        p += coded ? 2 : 0;
    }
    return g_string_free(out, FALSE);
}

static void take_envelope_id(Envelope *envelope, const char *report)
{
    if (envelope->bounce_message_id)
        return;
    g_autofree char *field = field_in(report, "Original-Envelope-Id"), *id = field ? from_xtext(field) : NULL;
    g_autofree char *bracketed = id && strchr(id, '@') ? g_strdup_printf("<%s>", id) : NULL;
    envelope->bounce_message_id = bracketed ? address_message_id(bracketed) : NULL;
}

/* A report inside the text, as some servers' broken multiparts leave it; NULL when there is none. */
static char *report_in_body(const char *body)
{
    static const char *const names[] = {
        "\nOriginal-Recipient:", "\nFinal-Recipient:", "\nOriginal-recipient:", "\nFinal-recipient:"};
    const char *first = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *at = strstr(body, names[i]);
        if (at && (!first || at < first))
            first = at;
    }
    while (first && first > body && !(first[0] == '\n' && first[-1] == '\n'))
        first--;
    return first ? g_strndup(first + (*first == '\n'), LIMIT_HEADER_BYTES) : NULL;
}

Report bounce_read_report(Envelope *envelope, gboolean *ret_delayed)
{
    static const char *const types[] = {"message/delivery-status", "message/global-delivery-status", NULL};
    const MailPart *part = part_of_type(envelope, types);
    g_autofree char *text = part ? text_of(part) : report_in_body(envelope->body);
    *ret_delayed = FALSE;
    if (!text)
        return REPORT_NONE;
    Report report = REPORT_NONE;
    gboolean failed = FALSE;
    for (const char *group = text + strspn(text, "\r\n"); *group; group = next_group(group)) {
        Report one = read_group(envelope, group, &failed);
        if (one == REPORT_FAILED || report == REPORT_NONE)
            report = one;
    }
    *ret_delayed = report == REPORT_FAILED && !failed;
    find_message_id(envelope);
    take_envelope_id(envelope, text + strspn(text, "\r\n"));
    return report;
}

static void add_found(Envelope *envelope, GPtrArray *addresses, const char *text)
{
    for (guint i = 0; i < addresses->len; i++) {
        const char *address = addresses->pdata[i];
        g_autofree char *words = bounce_text_about(text, address, addresses);
        int code;
        g_autofree char *status = bounce_status(words, strlen(words), &code);
        int permanent = status || code || !bounce_text_final(text) ? permanent_of(status, code, words) : 1;
        add_recipient(envelope, address, status, permanent >= 0 ? permanent : bounce_text_permanent(text));
    }
}

/* The recipient of the message that came back, when nothing else says whom it did not reach. COPY: what
 * follows the bounce's own text. */
static void add_returned_recipient(Envelope *envelope, const char *text, const char *copy)
{
    static const char *const types[] = {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers",
                                        NULL};
    const MailPart *part = part_of_type(envelope, types);
    g_autofree char *headers = part ? text_of(part) : NULL;
    g_autofree char *to = headers ? field_in(headers + strspn(headers, "\r\n"), "To") : NULL;
    const char *line = to ? NULL : strstr(copy, "\nTo: ");
    if (line)
        to = g_strndup(line + 5, strcspn(line + 5, "\n"));
    g_autofree char *address = to ? address_parse(to, NULL) : NULL;
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    if (address)
        g_ptr_array_add(one, address);
    add_found(envelope, one, text);
}

/* The addresses TEXT says failed. A mail to oneself that failed names only what otherwise is never meant. */
static GPtrArray *find_failed(const char *text, char **own)
{
    GPtrArray *found = bounce_text_failed(text, own);
    if (found->len > 0)
        return found;
    g_ptr_array_unref(found);
    found = bounce_text_failed(text, NULL);
    return found;
}

void bounce_read_receipt(Envelope *envelope)
{
    static const char *const types[] = {"message/disposition-notification", "message/global-disposition-notification", NULL};
    const MailPart *part = part_of_type(envelope, types);
    if (!part || envelope->in_reply_to)
        return;
    g_autofree char *text = text_of(part);
    g_autofree char *id = field_in(text + strspn(text, "\r\n"), "Original-Message-ID");
    envelope->in_reply_to = id ? address_message_id(id) : NULL;
}

gboolean bounce_is_delay(const Envelope *envelope, const char *subject)
{
    static const char *const words[] = {"(delay)", "delayed mail", "delivery delayed", "is delayed", "has been delayed",
                                        "warning: message", "warning: could not send", "邮件延迟", "延迟通知", NULL};
    g_autofree char *text = bounce_text_head(envelope->body);
    gboolean by_subject = FALSE;
    for (const char *const *word = words; *word; word++)
        by_subject |= strstr(subject, *word) != NULL;
    return by_subject || bounce_text_delay(text);
}

void bounce_read_text(Envelope *envelope, const char *failed, char **own)
{
    g_autofree char *text = bounce_text_head(envelope->body);
    g_autoptr(GPtrArray) addresses = NULL;
    if (failed) {
        g_autofree char *decoded = encoded_word_decode(failed);
        addresses = bounce_text_addresses(decoded, own);
    }
    if (!addresses || addresses->len == 0) {
        g_clear_pointer(&addresses, g_ptr_array_unref);
        addresses = find_failed(text, own);
    }
    add_found(envelope, addresses, text);
    if (envelope->bounce_recipients->len == 0)
        add_returned_recipient(envelope, text, envelope->body + strlen(text));
    find_message_id(envelope);
    if (!envelope->bounce_message_id)
        envelope->bounce_message_id = bounce_text_message_id(envelope->body);
}
