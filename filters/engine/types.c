#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/types.h"

static const char *const type_names[] = {"text",    "person",  "date",   "dates", "email", "phone", "groups", "choice",
                                         "choices", "numbers", "period", "han",   "latin", "seal",  "list",   "rows"};

gboolean type_parse(const char *name, ValueType *ret)
{
    for (gsize i = 0; i < G_N_ELEMENTS(type_names); i++)
        if (g_str_equal(name, type_names[i])) {
            *ret = (ValueType)i;
            return TRUE;
        }
    return FALSE;
}

static struct {
    GRegex *chinese, *dotted, *english, *english_us, *range, *range_day, *range_month, *email, *phone, *group,
        *chinese_group, *prompt, *separator, *quarter, *half, *month, *year, *goal, *whole_email, *names, *blanks;
} patterns;

static GRegex *compile(const char *text)
{
    return g_regex_new(text, G_REGEX_OPTIMIZE | G_REGEX_CASELESS, 0, NULL);
}

#define MONTHS "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?"

void types_init(void)
{
    if (patterns.chinese)
        return;
    patterns.chinese =
        compile("([0-9]{4}|[〇○零一二三四五六七八九]{4}) *年 *([0-9]{1,2}|[一二三四五六七八九十]{1,3}) *月 "
                "*(?:([0-9]{1,2}|[一二三四五六七八九十廿卅]{1,3}) *[日号號])?");
    patterns.dotted =
        compile("(?<![0-9])([12][0-9]{3}) *[-./] *([0-9]{1,2})(?: *[-./] *([0-9]{1,2}))?(?![0-9])");
    patterns.english = compile("(?<![0-9])([0-9]{1,2})(?:st|nd|rd|th)? +" MONTHS ",? +([12][0-9]{3})");
    patterns.english_us = compile(MONTHS " +(?:([0-9]{1,2})(?:st|nd|rd|th)?,? +)?([12][0-9]{3})");
    patterns.range = compile(
        "^ *(?:至|到|—+|–|-|~|～|to|until)+ *(?:([0-9]{1,2}) *月 *)?([0-9]{1,2}) *(?:[日号]|(?![0-9]))");
    patterns.range_day = compile("(?<![0-9])([0-9]{1,2}) *(?:-|–|to) *([0-9]{1,2}) +" MONTHS ",? +([12][0-9]{3})");
    patterns.range_month = compile(MONTHS " +([0-9]{1,2}) *(?:-|–|to) *([0-9]{1,2}),? +([12][0-9]{3})");
    patterns.separator = compile("[、,，;；\\n\\t]+");
    patterns.email = compile(
        "[a-z0-9][a-z0-9._%+-]*@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+");
    patterns.phone =
        compile("^[+0-9][0-9 ()（）+-]*[0-9)）](?: *(?:转|轉|-|ext\\.?|x|分机|#) *[0-9]{1,6})?$");
    patterns.group = compile("WG *-?0?([0-9])");
    patterns.chinese_group = compile("第([一二三四五六七八九])工作[组組]");
    patterns.whole_email = compile("^[a-z0-9][a-z0-9._%+-]*@[a-z0-9.-]+\\.[a-z]{2,8}$");
    patterns.blanks = compile("[ 　]+");
    patterns.names = compile("^[\\x{4e00}-\\x{9fff}·]{2,5}(?:[ 　]+[\\x{4e00}-\\x{9fff}·]{2,5})+$");
    patterns.quarter = compile("([0-9]{4}) *年? *(?:第? *([一二三四1-4]) *季度|-? *Q([1-4]))");
    patterns.half = compile("([0-9]{4}) *年? *(?:(上|下)半年|-? *H([12]))");
    patterns.month = compile("([0-9]{4}) *(?:年 *([0-9]{1,2}) *月|[-./]([0-9]{1,2})(?![0-9]))");
    patterns.year = compile("(?<![0-9])(20[0-9]{2})(?![0-9])");
    patterns.goal = compile("(?:SDGs?|goals?|目标)? *([0-9]{1,2})(?![0-9])");
    patterns.prompt = compile("click or tap|click here|点击或点按|请填写|请输入|单击此处");
}

/* --- dates
 * ------------------------------------------------------------------------------------------------------------
 */

static int chinese_digit(gunichar c)
{
    static const char digits[] = "〇一二三四五六七八九";
    int n = 0;
    if (c == 0x25cb || c == 0x96f6)
        return 0;
    for (const char *p = digits; *p; p = g_utf8_next_char(p), n++)
        if (g_utf8_get_char(p) == c)
            return n;
    return -1;
}

/* "二〇二六" digit by digit; "十二", "二十五", "廿三" by tens. */
static int number_of(const char *text)
{
    int value = 0, tens = -1;
    if (!text || !*text)
        return 0;
    if (g_ascii_isdigit(*text))
        return atoi(text);
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c == 0x5341) {
            tens = value ? value : 1;
            value = 0;
        } else if (c == 0x5eff || c == 0x5345) {
            tens = c == 0x5eff ? 2 : 3;
        } else {
            value = value * 10 + MAX(chinese_digit(c), 0);
        }
    }
    return tens < 0 ? value : tens * 10 + value;
}

static int month_number(const char *name)
{
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    g_autofree char *lower = g_ascii_strdown(name, 3);
    const char *at = strstr(months, lower);
    return at ? (int)(at - months) / 3 + 1 : 0;
}

typedef struct {
    int year, month, day; /* day 0: none given */
    int start, end;       /* in the text, bytes */
} Found;

static void take_match(const GMatchInfo *match, int year, int month, int day, gboolean named, Found *found)
{
    int start, end;
    if (!g_match_info_fetch_pos(match, 0, &start, &end) || (found->year && found->start <= start))
        return;
    g_autofree char *y = g_match_info_fetch(match, year), *m = g_match_info_fetch(match, month),
                    *d = g_match_info_fetch(match, day);
    *found = (Found){number_of(y), named ? month_number(m) : number_of(m), number_of(d), start, end};
}

static gboolean first_date(const char *text, Found *found)
{
    memset(found, 0, sizeof *found);
    const struct {
        GRegex *regex;
        int year, month, day;
        gboolean named;
    } forms[] = {{patterns.chinese, 1, 2, 3, FALSE},
                 {patterns.dotted, 1, 2, 3, FALSE},
                 {patterns.english, 3, 2, 1, TRUE},
                 {patterns.english_us, 3, 1, 2, TRUE}};
    for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autoptr(GMatchInfo) match = NULL;
        if (g_regex_match(forms[i].regex, text, 0, &match))
            take_match(match, forms[i].year, forms[i].month, forms[i].day, forms[i].named, found);
    }
    return found->year > 0;
}

static gboolean exists(int year, int month, int day)
{
    return year >= 1900 && year <= 2100 && month >= 1 && month <= 12 &&
           (day == 0 || g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year));
}

static char *date_text(int year, int month, int day)
{
    return day ? g_strdup_printf("%04d-%02d-%02d", year, month, day)
               : g_strdup_printf("%04d-%02d", year, month);
}

char *type_find_date(const char *text, gboolean *ret_bad)
{
    Found found;
    g_autofree char *folded = text_fold(text);
    if (ret_bad)
        *ret_bad = FALSE;
    if (!first_date(folded, &found))
        return NULL;
    if (exists(found.year, found.month, found.day))
        return date_text(found.year, found.month, found.day);
    if (ret_bad)
        *ret_bad = TRUE;
    return NULL;
}

static ValueVerdict put_date(const char *text, FieldValue *field)
{
    gboolean bad;
    field->text = type_find_date(text, &bad);
    if (field->text)
        return VALUE_GOOD;
    if (bad)
        return VALUE_INVALID;
    /* "年 月 日" is the form's own line; other words are a date that is none. */
    return strpbrk(text, "0123456789") ? VALUE_INVALID : VALUE_NONE;
}

/* English ranges: "9-13 March 2026", "March 9 to 13, 2026". */
static gboolean english_range(const char *text, FieldValue *field)
{
    g_autoptr(GMatchInfo) match = NULL;
    gboolean first = g_regex_match(patterns.range_day, text, 0, &match);
    if (!first) {
        g_clear_pointer(&match, g_match_info_free);
        if (!g_regex_match(patterns.range_month, text, 0, &match))
            return FALSE;
    }
    g_autofree char *m = g_match_info_fetch(match, first ? 3 : 1),
                    *a = g_match_info_fetch(match, first ? 1 : 2),
                    *b = g_match_info_fetch(match, first ? 2 : 3), *y = g_match_info_fetch(match, 4);
    int year = atoi(y), month = month_number(m);
    if (!exists(year, month, atoi(a)) || !exists(year, month, atoi(b)))
        return FALSE;
    field->text =
        g_strdup_printf("%04d-%02d-%02d/%04d-%02d-%02d", year, month, atoi(a), year, month, atoi(b));
    return TRUE;
}

static ValueVerdict put_dates(const char *text, FieldValue *field)
{
    Found first, second;
    g_autofree char *folded = text_fold(text);
    if (english_range(folded, field))
        return VALUE_GOOD;
    if (!first_date(folded, &first))
        return VALUE_NONE;
    int year = first.year, month = first.month, day = first.day;
    const char *rest = folded + first.end;
    g_autoptr(GMatchInfo) match = NULL;
    if (first_date(rest, &second) && second.start < 12 && second.day) {
        year = second.year, month = second.month, day = second.day;
    } else if (g_regex_match(patterns.range, rest, 0, &match)) {
        g_autofree char *m = g_match_info_fetch(match, 1), *d = g_match_info_fetch(match, 2);
        month = *m ? atoi(m) : month;
        day = atoi(d);
    }
    if (!first.day || !exists(first.year, first.month, first.day) || !exists(year, month, day))
        return VALUE_INVALID;
    g_autofree char *from = date_text(first.year, first.month, first.day), *to = date_text(year, month, day);
    field->text = g_strdup_printf("%s/%s", from, to);
    return VALUE_GOOD;
}

/* --- lists
 * -------------------------------------------------------------------------------------------------------------
 */

static const struct {
    const char *name;
    int group;
} group_names[] = {
    {"信息安全管理体系", 1},
    {"密码与安全机制", 2},
    {"密码和安全机制", 2},
    {"安全评估", 3},
    {"安全控制与服务", 4},
    {"安全控制和服务", 4},
    {"身份管理", 5},
    {"隐私保护技术", 5},
    {"information security management systems", 1},
    {"cryptography and security mechanisms", 2},
    {"security evaluation", 3},
    {"security controls and services", 4},
    {"identity management and privacy", 5},
    {"資訊安全管理體系", 1},
    {"信息安全管理體系", 1},
    {"密碼與安全機制", 2},
    {"安全評估", 3},
    {"安全控制與服務", 4},
    {"身份管理和隱私", 5},
};

static void add_group(FieldValue *field, int number)
{
    g_autofree char *name = g_strdup_printf("WG%d", number);
    if (!g_ptr_array_find_with_equal_func(field->list, name, g_str_equal, NULL))
        g_ptr_array_add(field->list, g_steal_pointer(&name));
}

static ValueVerdict put_groups(const char *text, FieldValue *field)
{
    g_autofree char *folded = NULL, *ticked = type_ticked(text);
    g_autoptr(GMatchInfo) number = NULL, chinese = NULL;
    gboolean bad = FALSE;
    folded = text_fold(ticked ? ticked : text);
    if (!*folded)
        return VALUE_NONE;
    for (g_regex_match(patterns.group, folded, 0, &number); g_match_info_matches(number);
         g_match_info_next(number, NULL)) {
        g_autofree char *digit = g_match_info_fetch(number, 1);
        if (*digit >= '1' && *digit <= '5')
            add_group(field, *digit - '0');
        else
            bad = TRUE;
    }
    for (g_regex_match(patterns.chinese_group, folded, 0, &chinese); g_match_info_matches(chinese);
         g_match_info_next(chinese, NULL)) {
        g_autofree char *digit = g_match_info_fetch(chinese, 1);
        int n = number_of(digit);
        if (n >= 1 && n <= 5)
            add_group(field, n);
        else
            bad = TRUE;
    }
    g_autofree char *lower = g_utf8_strdown(folded, -1);
    for (gsize i = 0; field->list->len == 0 && i < G_N_ELEMENTS(group_names); i++)
        if (strstr(lower, group_names[i].name))
            add_group(field, group_names[i].group);
    if (field->list->len == 0)
        return bad || !ticked ? VALUE_INVALID : VALUE_NONE;
    return bad ? VALUE_PARTLY : VALUE_GOOD;
}

/* The number that each ticked option, or each item of a plain list, begins with. */
static ValueVerdict put_numbers(const char *text, FieldValue *field)
{
    g_autofree char *ticked = type_ticked(text);
    g_auto(GStrv) lines = g_regex_split(patterns.separator, ticked ? ticked : text, 0);
    for (guint i = 0; lines[i]; i++) {
        g_autoptr(GMatchInfo) match = NULL;
        if (g_regex_match(patterns.goal, lines[i], 0, &match)) {
            g_autofree char *digits = g_match_info_fetch(match, 1);
            g_ptr_array_add(field->list, g_strdup_printf("%d", atoi(digits)));
        }
    }
    return field->list->len ? VALUE_GOOD : VALUE_NONE;
}

/* TEXT's lines that have (HAN) or have no Chinese character, joined by blanks. */
static char *lines_of_script(const char *text, gboolean han)
{
    g_auto(GStrv) lines = g_strsplit_set(text, "\n\t", -1);
    GString *out = g_string_new(NULL);
    for (guint i = 0; lines[i]; i++) {
        gboolean any = FALSE;
        for (const char *p = lines[i]; *p && !any; p = g_utf8_next_char(p))
            any = text_is_han(g_utf8_get_char(p));
        if (any == han)
            g_string_append_printf(out, "%s%s", out->len ? " " : "", lines[i]);
    }
    return g_string_free(out, FALSE);
}

static void add_item(FieldValue *field, const char *text)
{
    g_autofree char *item = text_fold(text);
    if (*item)
        g_ptr_array_add(field->list, g_steal_pointer(&item));
}

static ValueVerdict put_list(const char *text, FieldValue *field)
{
    g_auto(GStrv) parts = g_regex_split(patterns.separator, text, 0);
    for (guint i = 0; parts[i]; i++) {
        g_strstrip(parts[i]);
        /* "王一　李小二": blanks part names, unless they stretch one. */
        if (!g_regex_match(patterns.names, parts[i], 0, NULL)) {
            add_item(field, parts[i]);
            continue;
        }
        g_auto(GStrv) names = g_regex_split(patterns.blanks, parts[i], 0);
        for (guint k = 0; names[k]; k++)
            add_item(field, names[k]);
    }
    return field->list->len ? VALUE_GOOD : VALUE_NONE;
}

/* --- periods -------------------------------------------------------------------------------------------------- */

static char *first_of(GMatchInfo *match, int a, int b)
{
    char *text = g_match_info_fetch(match, a);
    if (text && *text)
        return text;
    g_free(text);
    return g_match_info_fetch(match, b);
}

char *type_find_period(const char *text)
{
    g_autofree char *folded = text_fold(text);
    g_autoptr(GMatchInfo) quarter = NULL, half = NULL, month = NULL, year = NULL;
    if (g_regex_match(patterns.quarter, folded, 0, &quarter)) {
        g_autofree char *y = g_match_info_fetch(quarter, 1), *q = first_of(quarter, 2, 3);
        return g_strdup_printf("%s-Q%d", y, number_of(q));
    }
    if (g_regex_match(patterns.half, folded, 0, &half)) {
        g_autofree char *y = g_match_info_fetch(half, 1), *h = first_of(half, 2, 3);
        return g_strdup_printf("%s-H%d", y, g_str_equal(h, "下") || g_str_equal(h, "2") ? 2 : 1);
    }
    if (g_regex_match(patterns.month, folded, 0, &month)) {
        g_autofree char *y = g_match_info_fetch(month, 1), *m = first_of(month, 2, 3);
        if (exists(atoi(y), atoi(m), 0))
            return g_strdup_printf("%s-%02d", y, atoi(m));
    }
    return g_regex_match(patterns.year, folded, 0, &year) ? g_match_info_fetch(year, 1) : NULL;
}

/* --- texts
 * -------------------------------------------------------------------------------------------------------------
 */

static gboolean is_nothing(const char *text)
{
    static const char *const blanks[] = {"",         "无",     "無",       "/",      "\\",  "—",    "——",
                                         "-",        "--",     "_",        "n/a",    "N/A", "none", "None",
                                         "（签名）", "(签名)", "（盖章）", "(盖章)", NULL};
    if (g_strv_contains(blanks, text) || g_regex_match(patterns.prompt, text, 0, NULL))
        return TRUE;
    for (const char *p = text; *p; p++)
        if (*p != '_' && *p != ' ')
            return FALSE;
    return TRUE;
}

/* An address that a narrow cell broke over lines, whole again; NULL when TEXT is not just one. */
static char *without_blanks(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, " ", -1);
    char *joined = g_strjoinv("", parts);
    const char *at = strchr(joined, '@');
    gboolean one = parts[0] && parts[1] && at && !strchr(at + 1, '@') && g_regex_match(patterns.whole_email, joined, 0, NULL);
    /* "a@b.example 13900000000": a second value, not a piece. */
    for (guint i = 0; one && parts[i]; i++)
        one = strspn(parts[i], "0123456789+-") < strlen(parts[i]);
    if (one)
        return joined;
    g_free(joined);
    return NULL;
}

static ValueVerdict put_email(const char *text, FieldValue *field)
{
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *whole = without_blanks(text);
    if (!g_regex_match(patterns.email, whole ? whole : text, 0, &match))
        return VALUE_INVALID;
    g_autofree char *address = g_match_info_fetch(match, 0);
    const char *at = strrchr(address, '@');
    g_autofree char *domain = g_ascii_strdown(at, -1);
    field->text = g_strdup_printf("%.*s%s", (int)(at - address), address, domain);
    return VALUE_GOOD;
}

static ValueVerdict put_phone(const char *text, FieldValue *field)
{
    gsize digits = 0;
    for (const char *p = text; *p; p++)
        digits += (gsize)g_ascii_isdigit(*p);
    if (digits < 6 || digits > 22 || !g_regex_match(patterns.phone, text, 0, NULL))
        return VALUE_INVALID;
    field->text = g_strdup(text);
    return VALUE_GOOD;
}

static ValueVerdict put_choice(const char *text, FieldValue *field)
{
    g_autofree char *ticked = type_ticked(text);
    field->text = text_fold(ticked ? ticked : text);
    return *field->text ? VALUE_GOOD : VALUE_NONE;
}

/* A person's name: without the blanks that stretch two characters over three. */
static ValueVerdict put_person(const char *text, FieldValue *field)
{
    /* "Li Yi, li.yi@a.example": the name stands first. */
    const char *end = strchr(text, '@') ? strpbrk(text, ",;(") : NULL;
    if (!end && strchr(text, '@'))
        end = strstr(text, "，");
    field->text = end ? g_strchomp(g_strndup(text, (gsize)(end - text))) : g_strdup(text);
    return !*field->text || strchr(field->text, '@') || g_utf8_strlen(field->text, -1) > 60 ? VALUE_INVALID : VALUE_GOOD;
}

ValueVerdict type_normalise(ValueType type, const char *text, FieldValue *field)
{
    g_autofree char *folded = text_fold(text);
    if (is_nothing(folded))
        return VALUE_NONE;
    switch (type) {
    case TYPE_DATE:
        return put_date(folded, field);
    case TYPE_DATES:
        return put_dates(folded, field);
    case TYPE_EMAIL:
        return put_email(folded, field);
    case TYPE_PHONE:
        return put_phone(folded, field);
    case TYPE_GROUPS:
        return put_groups(text, field);
    case TYPE_CHOICE:
        return put_choice(text, field);
    case TYPE_LIST:
        return put_list(text, field);
    case TYPE_NUMBERS:
        return put_numbers(text, field);
    case TYPE_PERIOD:
        field->text = type_find_period(folded);
        return field->text ? VALUE_GOOD : VALUE_INVALID;
    case TYPE_HAN:
    case TYPE_LATIN: {
        g_autofree char *lines = lines_of_script(text, type == TYPE_HAN);
        field->text = text_fold(lines);
        return is_nothing(field->text) ? VALUE_NONE : VALUE_GOOD;
    }
    case TYPE_PERSON:
        return put_person(folded, field);
    default:
        field->text = g_steal_pointer(&folded);
        return VALUE_GOOD;
    }
}
