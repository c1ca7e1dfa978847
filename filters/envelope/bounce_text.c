#include <stdlib.h>
#include <string.h>

#include "envelope/address.h"
#include "envelope/bounce.h"
#include "envelope/bounce_text.h"

/* A bounce says what it has to in its first lines. */
#define HEAD_BYTES (64 * 1024)
/* A bounce without a report names one recipient or a few. */
#define MAX_ADDRESSES 20

char *bounce_text_head(const char *body)
{
    static const char *const marks[] = {
        "--- Below this line is a copy",
        "------ This is a copy of",
        "----- This is a copy of",
        "----- Original message",
        "-----Original Message",
        "----- Message header follows",
        "Original message headers:",
        "--- Original message",
        "----- Unsent message",
        "----- Message text follows",
        "Received: from ",
        "Received: (qmail",
        "The header of the original",
        "Message header:",
        "Headers from the original",
        "--- The header of the original",
        "------ This is your message",
        "Included is a copy of the message header",
        "原邮件头",
        "原始邮件头",
        "原邮件内容",
    };
    gsize length = MIN(strlen(body), HEAD_BYTES);
    for (gsize i = 0; i < G_N_ELEMENTS(marks); i++) {
        const char *at = g_strstr_len(body, (gssize)length, marks[i]);
        if (at && at > body)
            length = (gsize)(at - body);
    }
    while (length > 0 && ((guchar)body[length] & 0xc0) == 0x80)
        length--;
    return g_strndup(body, length);
}

static gboolean address_char(char c)
{
    return g_ascii_isalnum(c) || strchr(".!#$%&'*+-/=?^_`{|}~", c);
}

/* The address around the '@' at AT, or NULL; RET_START is where it begins. */
static char *address_around(const char *text, const char *at, const char **ret_start)
{
    const char *start = at, *end = at + 1;
    while (start > text && start[-1] && address_char(start[-1]) && at - start < 64)
        start--;
    while (g_ascii_isalnum(*end) || *end == '.' || *end == '-')
        end++;
    while (end > at && (end[-1] == '.' || end[-1] == '-'))
        end--;
    *ret_start = start;
    g_autofree char *word = g_strndup(start, (gsize)(end - start));
    const char *domain = strchr(word, '@');
    if (!domain || domain == word || !strchr(domain, '.'))
        return NULL;
    return address_valid(word) ? address_parse(word, NULL) : NULL;
}

static gboolean is_own(const char *address, char **own)
{
    for (char **one = own; one && *one; one++)
        if (g_ascii_strcasecmp(address, *one) == 0)
            return TRUE;
    return FALSE;
}

static gboolean listed(const GPtrArray *addresses, const char *address)
{
    for (guint i = 0; i < addresses->len; i++)
        if (g_ascii_strcasecmp(addresses->pdata[i], address) == 0)
            return TRUE;
    return FALSE;
}

static gboolean is_candidate(const char *address, char **own)
{
    return !is_own(address, own) && !address_no_reply(address);
}

GPtrArray *bounce_text_addresses(const char *text, char **own)
{
    GPtrArray *addresses = g_ptr_array_new_with_free_func(g_free);
    const char *start;
    for (const char *at = strchr(text, '@'); at && addresses->len < MAX_ADDRESSES; at = strchr(at + 1, '@')) {
        g_autofree char *address = address_around(text, at, &start);
        if (address && is_candidate(address, own) && !listed(addresses, address))
            g_ptr_array_add(addresses, g_steal_pointer(&address));
    }
    return addresses;
}

static gboolean any_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strstr(text, *words))
            return TRUE;
    return FALSE;
}

/* How surely the address that begins at START of LINE is one that failed; 0 not at all. */
static int failed_rank(const char *line, const char *start, const char *end)
{
    static const char *const labels[] = {"收件人",      "收信人",   "recipient",    "not deliver",
                                         "rcpt to",     "无法送达", "无法投递",     "不存在",
                                         "original-to", "failed",   "user unknown", NULL};
    static const char *const ours[] = {"from:",      "sender",      "发件人",     "mail from",
                                       "reply-to",   "contact",     "postmaster", "return-path",
                                       "message-id", "references:", "@mail",      NULL};
    g_autofree char *before = g_ascii_strdown(line, start - line), *all = g_ascii_strdown(line, end - line);
    if (any_of(before, ours) || strstr(before, "message-id"))
        return 0;
    gboolean leads = strspn(before, " \t<\"'>*-") == strlen(before);
    if (leads)
        return 4;
    if (any_of(before, labels) || g_str_has_prefix(g_strstrip(before), "to:"))
        return 3;
    if (strstr(all, "550") || strstr(all, "554") || any_of(all, labels))
        return 2;
    return 1;
}

GPtrArray *bounce_text_failed(const char *text, char **own)
{
    GPtrArray *best = g_ptr_array_new_with_free_func(g_free);
    int best_rank = 1;
    const char *start;
    for (const char *at = strchr(text, '@'); at; at = strchr(at + 1, '@')) {
        g_autofree char *address = address_around(text, at, &start);
        if (!address || !is_candidate(address, own))
            continue;
        const char *line = start;
        while (line > text && line[-1] != '\n')
            line--;
        int rank = failed_rank(line, start, at + strcspn(at, "\n"));
        if (rank < best_rank)
            continue;
        if (rank > best_rank)
            g_ptr_array_set_size(best, 0);
        best_rank = rank;
        if (best->len < MAX_ADDRESSES && !listed(best, address))
            g_ptr_array_add(best, g_steal_pointer(&address));
    }
    return best;
}

char *bounce_text_about(const char *text, const char *address, const GPtrArray *all)
{
    const char *start = NULL, *end = text + strlen(text), *where;
    for (const char *at = strchr(text, '@'); at; at = strchr(at + 1, '@')) {
        g_autofree char *found = address_around(text, at, &where);
        if (!found || !listed(all, found))
            continue;
        gboolean same = g_ascii_strcasecmp(found, address) == 0;
        if (!start && same)
            start = where;
        else if (start && !same) {
            end = where;
            break;
        }
    }
    if (!start)
        return g_strdup(text);
    g_autofree char *behind = g_strndup(start, (gsize)(end - start));
    int code;
    g_autofree char *status = bounce_status(behind, strlen(behind), &code);
    /* Some servers give the reason first and the address after it. */
    return status || code || bounce_text_permanent(behind) >= 0 || all->len > 1 ? g_steal_pointer(&behind)
                                                                                : g_strdup(text);
}

int bounce_text_permanent(const char *words)
{
    static const char *const temporary[] = {"will keep trying",
                                            "deferred",
                                            "will continue",
                                            "delayed",
                                            "temporar",
                                            "try again later",
                                            "still being retried",
                                            "no action is required",
                                            "暂时",
                                            "稍后再试",
                                            "将继续",
                                            "延迟",
                                            "connection timed out",
                                            "timed out",
                                            "quota",
                                            "mailbox full",
                                            "mailbox is full",
                                            "邮箱已满",
                                            "空间不足",
                                            "超过限额",
                                            "retry timeout exceeded",
                                            "could not be delivered for",
                                            NULL};
    static const char *const permanent[] = {"user unknown",
                                            "unknown user",
                                            "no such",
                                            "does not exist",
                                            "doesn't exist",
                                            "may not exist",
                                            "not found",
                                            "permanent",
                                            "unknown recipient",
                                            "not recognized",
                                            "not listed",
                                            "rejected",
                                            "denied",
                                            "invalid",
                                            "disabled",
                                            "unavailable",
                                            "refused",
                                            "blocked",
                                            "fatal error",
                                            "undeliverable",
                                            "failed",
                                            "couldn't be delivered",
                                            "could not be delivered",
                                            "unable to deliver",
                                            "不存在",
                                            "无法送达",
                                            "不可达",
                                            "拒绝",
                                            "被退回",
                                            "退信",
                                            "投递失败",
                                            "没有找到",
                                            "已停用",
                                            "已注销",
                                            NULL};
    g_autofree char *lower = g_ascii_strdown(words, -1);
    if (any_of(lower, temporary))
        return 0;
    return any_of(lower, permanent) ? 1 : -1;
}

gboolean bounce_text_final(const char *text)
{
    static const char *const words[] = {"permanent error",   "permanent failure", "failed permanently", "permanent fatal error",
                                        "永久性错误", "永久错误",        "永久失败",       NULL};
    g_autofree char *lower = g_ascii_strdown(text, -1);
    return any_of(lower, words);
}

gboolean bounce_text_delay(const char *text)
{
    static const char *const words[] = {"will keep trying",
                                        "will continue trying",
                                        "will continue to try",
                                        "will continue attempting",
                                        "delivery attempts will continue",
                                        "will be retried",
                                        "still being retried",
                                        "has been delayed",
                                        "not yet been delivered",
                                        "has not been delivered yet",
                                        "do not need to resend",
                                        "not required to resend",
                                        "warning message only",
                                        "no action is required",
                                        "继续尝试",
                                        "继续投递",
                                        "继续重试",
                                        "繼續嘗試",
                                        "稍后会再次",
                                        "延迟投递",
                                        "无需重新发送",
                                        NULL};
    g_autofree char *lower = g_ascii_strdown(text, -1);
    return any_of(lower, words);
}

char *bounce_text_message_id(const char *body)
{
    static const char name[] = "message-id:";
    char *id = NULL;
    for (const char *line = body; line && !id; line = strchr(line, '\n')) {
        line += *line == '\n';
        const char *text = line + strspn(line, " \t>");
        if (g_ascii_strncasecmp(text, name, sizeof name - 1) == 0) {
            g_autofree char *value =
                g_strndup(text + sizeof name - 1, strcspn(text, "\n") - (sizeof name - 1));
            id = address_message_id(value);
        }
        if (!*line)
            break;
    }
    return id;
}

static gboolean digit_run(const char **p, guint max, int *ret)
{
    guint n = 0;
    *ret = 0;
    while (n < max && g_ascii_isdigit((*p)[n]))
        *ret = *ret * 10 + ((*p)[n++] - '0');
    *p += n;
    return n > 0 && !g_ascii_isdigit(**p);
}

char *bounce_status(const char *text, gsize length, int *ret_code)
{
    *ret_code = 0;
    for (const char *p = text; p < text + length && *p; p++) {
        if ((*p != '4' && *p != '5') || (p > text && (g_ascii_isalnum(p[-1]) || strchr(".-", p[-1]))))
            continue;
        const char *next = p + 1;
        int subject, detail;
        if (*next == '.') {
            next++;
            if (digit_run(&next, 3, &subject) && *next++ == '.' && digit_run(&next, 3, &detail) &&
                *next != '.')
                return g_strdup_printf("%c.%d.%d", *p, subject, detail);
        } else if (!*ret_code && g_ascii_isdigit(p[1]) && p[1] <= '5' && g_ascii_isdigit(p[2]) &&
                   strchr(" -#:\r\n(", p[3]))
            *ret_code = atoi((char[]){p[0], p[1], p[2], 0});
    }
    return NULL;
}
