#include <string.h>

#include "base/text.h"
#include "engine/labels.h"

#define HEADING_CHARS 30

/* Traditional forms of the characters that labels and titles use, each before its simplified one. */
static const char traditional[] = "專专業业員员請请單单內内電电話话郵邮箱箱簡简歷历學学經经驗验職职稱称務务別"
                                  "别齡龄號号碼码國国際际標标準准組组織织會会議议總总結结參参與与"
                                  "時时間间點点報报動动變变更更項项備备註注說说明明意意見见推推薦荐蓋盖簽签負"
                                  "负責责開开發发範范圍围題题應应該该網网絡络絡络絡络數数據据"
                                  "個个護护隱隐評评測测試试規规範范關关於于擔担諾诺書书領领為为來来場场環环論"
                                  "论證证實实認认檢检驗验機机構构將将達达處处"
                                  "習习遞递區区戶户們们對对準准訂订歲岁寫写細细聯联繫系絡络語语種种級级歸归屬属從从";

/* What each character becomes: simplified, half width, lower case; 0: it is a blank. */
static guint16 folded[0x10000];

void labels_init(void)
{
    for (gunichar c = 0; c < 0x10000; c++) {
        gunichar narrow = c >= 0xff01 && c <= 0xff5e ? c - 0xfee0 : c;
        gboolean blank = g_unichar_isspace(c) || c == 0x3000 || c == 0xa0 || c == 0x200b || c == 0xfeff;
        folded[c] = blank ? 0 : (guint16)g_unichar_tolower(narrow);
    }
    /* Brackets of any form, and what scans make of them. */
    for (const char *p = "〈(〉)《(》)【(】)〔(〕)［(］)「(」)"; *p; p += 4)
        folded[g_utf8_get_char(p) & 0xffff] = (guint16)p[3];
    for (const char *p = traditional; *p;) {
        gunichar from = g_utf8_get_char(p);
        p = g_utf8_next_char(p);
        folded[from & 0xffff] = (guint16)g_utf8_get_char(p);
        p = g_utf8_next_char(p);
    }
}

char *label_fold(const char *text)
{
    GString *out = g_string_sized_new(strlen(text) + 1);
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        gunichar to = c < 0x10000 ? folded[c] : c;
        if (to > 0 && to < 0x80)
            g_string_append_c(out, (char)to);
        else if (to == c)
            g_string_append_len(out, p, g_utf8_next_char(p) - p);
        else if (to)
            g_string_append_unichar(out, to);
    }
    return g_string_free(out, FALSE);
}

/* ① ⑴ ⒈ ㈠ ㊀: the whole number in one character. */
static gboolean is_enclosed(gunichar c)
{
    return (c >= 0x2460 && c <= 0x249b) || (c >= 0x3220 && c <= 0x3229) || (c >= 0x3280 && c <= 0x3289);
}

/* "1." "2.1" "（一）" "一、" "3)" "①" "*" before a label. */
static const char *skip_numbering(const char *text)
{
    static const char numerals[] = "一二三四五六七八九十";
    const char *p = text;
    gboolean bracket = *p == '(', digits = FALSE, levels = FALSE;
    if (*p == '*' || is_enclosed(g_utf8_get_char(p)))
        return g_utf8_next_char(p);
    if (bracket)
        p++;
    while (*p) {
        gunichar c = g_utf8_get_char(p);
        gboolean next_level = c == '.' && digits && g_ascii_isdigit(p[1]);
        if (!next_level && !(c < 128 && g_ascii_isdigit((char)c)) && !(c > 127 && g_utf8_strchr(numerals, -1, c)))
            break;
        levels = levels || next_level;
        digits = TRUE;
        p = g_utf8_next_char(p);
    }
    if (!digits)
        return text;
    if (bracket)
        return *p == ')' ? p + 1 : text;
    if (g_str_has_prefix(p, "、"))
        return p + strlen("、");
    return *p == '.' || *p == ')' ? p + 1 : levels && *p ? p : text;
}

char *label_key_of(const char *text)
{
    g_autofree char *plain = label_fold(text);
    GString *key = g_string_new(skip_numbering(plain));
    while (key->len > 0 && strchr(":*.?", key->str[key->len - 1]))
        g_string_truncate(key, key->len - 1);
    return g_string_free(key, FALSE);
}

gboolean label_is_heading(const char *text)
{
    g_autofree char *plain = label_fold(text);
    const char *rest = skip_numbering(plain);
    return rest > plain && *plain != '*' && *rest && g_utf8_strlen(rest, -1) < HEADING_CHARS && !strstr(rest, "。") &&
           !strstr(rest, "；") && !strchr(rest, ';') && !g_ascii_isdigit(*rest);
}

char *label_key(const char *text)
{
    g_autofree char *plain = label_fold(text);
    GString *key = g_string_new(skip_numbering(plain));
    /* From the end: colons, bracketed remarks, stars. */
    for (gboolean again = TRUE; again && key->len > 0;) {
        char last = key->str[key->len - 1];
        again = FALSE;
        if (last == ':' || last == '*' || last == '.' || last == '?') {
            g_string_truncate(key, key->len - 1);
            again = TRUE;
        } else if (last == ')') {
            const char *open = strrchr(key->str, '(');
            if (open && open > key->str) {
                g_string_truncate(key, (gsize)(open - key->str));
                again = TRUE;
            }
        }
    }
    return g_string_free(key, FALSE);
}

const char *label_colon(const char *text, gsize max)
{
    for (gsize n = 0; *text && *text != '\n' && n < max; n++, text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);
        if (c == ':' || c == 0xff1a)
            return text;
    }
    return NULL;
}
