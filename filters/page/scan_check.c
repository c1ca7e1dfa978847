/* scan_check.c: values that are in no form they can have, by their labels: such a line is worth a second look. */
#include <string.h>

#include "base/text.h"
#include "page/scan_part.h"

typedef enum { EMAIL, PHONE, POSTCODE, KINDS } Kind;

static const char *const labels[KINDS][10] = {
    [EMAIL] = {"邮箱", "电子邮件", "e-mail", "email", NULL},
    [PHONE] = {"电话", "手机", "传真", "電話", "手機", "telephone", "phone", "mobile", "fax", NULL},
    [POSTCODE] = {"邮编", "邮政编码", "郵編", "postcode", NULL},
};

/* KIND's label in TEXT, *RET_END its end; the first one. NULL: none. */
static const char *find_label(const char *text, Kind kind, const char **ret_end)
{
    const char *found = NULL;
    for (guint i = 0; labels[kind][i]; i++) {
        const char *at = strstr(text, labels[kind][i]);
        if (at && (!found || at < found)) {
            found = at;
            *ret_end = at + strlen(labels[kind][i]);
        }
    }
    return found;
}

static gboolean is_email(const char *value)
{
    const char *at = strchr(value, '@'), *dot = strrchr(value, '.');
    gsize length = strlen(value);
    /* The rest of a long address stands on the next line. */
    if (length > 0 && at && strchr("-._@", value[length - 1]))
        return TRUE;
    if (!at || at == value || strchr(at + 1, '@') || !dot || dot < at + 2 || strlen(dot) < 3)
        return FALSE;
    for (const char *p = value; *p; p++)
        if (!g_ascii_isalnum(*p) && !strchr("@.-_+", *p))
            return FALSE;
    for (const char *p = dot + 1; *p; p++)
        if (!g_ascii_isalpha(*p))
            return FALSE;
    return TRUE;
}

/* Numbers of mainland China; abroad they have any length. */
static gboolean is_phone(const char *value)
{
    char digits[32];
    guint count = 0;
    gboolean abroad = *value == '+' && strncmp(value, "+86", 3) != 0;
    for (const char *p = value; *p && count < sizeof digits - 1; p++) {
        if (g_ascii_isalpha(*p))
            break; /* an extension */
        if (g_ascii_isdigit(*p))
            digits[count++] = *p;
    }
    if (*value == '+' && !abroad)
        return count >= 11 && count <= 13; /* without the area's 0 */
    const char *own = count > 11 && strncmp(digits, "86", 2) == 0 ? digits + 2 : digits;
    count -= (guint)(own - digits);
    if (abroad || strchr(value, '/'))
        return count >= 7;
    return count == 7 || count == 8 || (count >= 10 && count <= 12 && own[0] == '0') || (count == 11 && own[0] == '1') ||
           (count >= 10 && count <= 18 && own[0] == '0' && strchr(value, '-'));
}

static gboolean is_postcode(const char *value)
{
    return strlen(value) == 6 && strspn(value, "0123456789") == 6;
}

/* What stands at TEXT up to the next Chinese word; blanks and colons are left out. Caller frees. */
static char *value_at(const char *text)
{
    g_autoptr(GString) value = g_string_new(NULL);
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (text_is_han(c))
            break;
        if (c < 0x80 && c != ':' && c != ' ')
            g_string_append_unichar(value, c);
    }
    return g_string_free(g_steal_pointer(&value), FALSE);
}

static void count_value(const char *text, Kind kind, guint *right, guint *wrong)
{
    g_autofree char *value = value_at(text);
    gboolean good = kind == EMAIL ? is_email(value) : kind == PHONE ? is_phone(value) : is_postcode(value);
    if (*value)
        *(good ? right : wrong) += 1;
}

/* A date of the month's and day's right size in TEXT, or none where the month's character stands among digits. */
static void count_dates(const char *text, guint *right, guint *wrong)
{
    const char *month = strstr(text, "月");
    guint digits = 0;
    for (const char *p = text; *p; p++)
        digits += g_ascii_isdigit(*p) != 0;
    if (!month || digits < 3 || g_utf8_strlen(text, -1) > 20)
        return;
    gboolean good = g_regex_match_simple("(?<![0-9])(19|20)[0-9]{2}年(0?[1-9]|1[0-2])月($|[^0-9]|(0?[1-9]|[12][0-9]|3[01])(日|$))", text, 0, 0);
    *(good ? right : wrong) += 1;
}

/* Whether nothing but a colon or bracket follows a label. */
static gboolean ends_as_label(const char *rest)
{
    return g_utf8_strlen(rest, -1) <= 2;
}

guint scan_check(const char *text, const char *before, guint *ret_wrong)
{
    guint right = 0;
    const char *end;
    g_autofree char *small = g_ascii_strdown(text, -1), *left = g_ascii_strdown(before, -1);
    *ret_wrong = 0;
    for (Kind kind = EMAIL; kind < KINDS; kind++) {
        if (find_label(small, kind, &end))
            count_value(end, kind, &right, ret_wrong);
        else if (find_label(left, kind, &end) && ends_as_label(end))
            count_value(small, kind, &right, ret_wrong);
    }
    count_dates(text, &right, ret_wrong);
    return right;
}
