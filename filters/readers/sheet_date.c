#include <math.h>
#include <string.h>

#include "readers/sheet_format.h"

#define DAY_MILLISECONDS 86400000
#define LAST_DAY 2958465 /* 9999-12-31 */
#define DAY_ZERO 693594  /* 1899-12-30, in days since the year 1 */
#define DAYS_TO_1904 1462

typedef struct {
    int year, month, day, weekday; /* weekday: 0 is Sunday */
    gint64 milliseconds;           /* since the day 0, for elapsed times */
    int hour, minute, second, thousandth;
    gboolean half; /* counts hours to twelve */
    gboolean chinese;
} Moment;

/* How many of the letter at AT stand in a row, whatever their case. */
static guint run_length(const char *at)
{
    guint length = 1;
    while (g_ascii_tolower(at[length]) == g_ascii_tolower(at[0]))
        length++;
    return length;
}

/* The length of what stands at AT and is shown as it is, or not at all: quoted, escaped, filled, in brackets. 0: none. */
static gsize literal_length(const char *at)
{
    if (*at == '"' || *at == '[') {
        const char *end = strchr(at + 1, *at == '"' ? '"' : ']');
        return end ? (gsize)(end - at) + 1 : strlen(at);
    }
    if (strchr("\\_*", *at))
        return at[1] ? 1 + (gsize)(g_utf8_next_char(at + 1) - (at + 1)) : 1;
    return 0;
}

/* [h], [mm], [ss]: time that has passed, not of the day. */
static gboolean is_elapsed(const char *at)
{
    char letter = *at == '[' ? g_ascii_tolower(at[1]) : '\0';
    return letter && strchr("hms", letter) && at[1 + run_length(at + 1)] == ']';
}

gboolean sheet_is_date(const char *section)
{
    for (const char *at = section; *at;) {
        gsize literal = literal_length(at);
        if (is_elapsed(at))
            return TRUE;
        if (!literal && (g_ascii_strncasecmp(at, "General", 7) == 0 || g_ascii_strncasecmp(at, "E+", 2) == 0 ||
                         g_ascii_strncasecmp(at, "E-", 2) == 0 || strchr("#0?@", *at)))
            return FALSE;
        if (!literal && (strchr("yYmMdDhHsSeE", *at) || g_ascii_strncasecmp(at, "aaa", 3) == 0))
            return TRUE;
        at += literal ? literal : 1;
    }
    return FALSE;
}

static gboolean is_half_mark(const char *at)
{
    return g_ascii_strncasecmp(at, "AM/PM", 5) == 0 || g_ascii_strncasecmp(at, "A/P", 3) == 0 ||
           g_str_has_prefix(at, "上午/下午");
}

/* Whether SECTION shows a fraction of seconds; without one, times are rounded to whole seconds. */
static gboolean shows_fraction(const char *section)
{
    for (const char *at = section; (at = strchr(at, '.')); at++)
        if (at[1] == '0')
            return TRUE;
    return FALSE;
}

static gboolean moment_init(Moment *moment, double value, const char *section, gboolean since_1904)
{
    double unit = shows_fraction(section) ? 1 : 1000;
    if (!(value >= 0 && value < LAST_DAY + 1))
        return FALSE;
    *moment = (Moment){.chinese = strstr(section, "804]") != NULL};
    moment->milliseconds = (gint64)(floor(value * DAY_MILLISECONDS / unit + 0.5) * unit);
    guint32 days = (guint32)(moment->milliseconds / DAY_MILLISECONDS);
    guint32 rest = (guint32)(moment->milliseconds % DAY_MILLISECONDS);
    moment->hour = (int)(rest / 3600000);
    moment->minute = (int)(rest / 60000 % 60);
    moment->second = (int)(rest / 1000 % 60);
    moment->thousandth = (int)(rest % 1000);
    /* Day 60 of the calendar that begins in 1900 is a 29 February that never was: days before it are one later. */
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_julian(&date, DAY_ZERO + (since_1904 ? days + DAYS_TO_1904 : days + (days < 60)));
    moment->year = g_date_get_year(&date);
    moment->month = (int)g_date_get_month(&date);
    moment->day = g_date_get_day(&date);
    moment->weekday = (int)g_date_get_weekday(&date) % 7;
    if (!since_1904 && days == 60) {
        moment->month = 2;
        moment->day = 29;
    }
    for (const char *at = section; *at; at += MAX(literal_length(at), 1))
        moment->half = moment->half || is_half_mark(at);
    return TRUE;
}

static void put_padded(GString *out, gint64 number, guint width)
{
    g_string_append_printf(out, "%0*" G_GINT64_FORMAT, (int)MIN(width, 4), number);
}

static void put_weekday(GString *out, const Moment *moment, gboolean whole, gboolean chinese)
{
    static const char *const latin[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    static const char *const han[] = {"日", "一", "二", "三", "四", "五", "六"};
    if (chinese)
        g_string_append_printf(out, "%s%s", whole ? "星期" : "周", han[moment->weekday]);
    else
        g_string_append_len(out, latin[moment->weekday], whole ? -1 : 3);
}

static void put_month(GString *out, const Moment *moment, guint length)
{
    static const char *const names[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};
    static const gssize cut[] = {3, -1, 1};
    if (length <= 2)
        put_padded(out, moment->month, length);
    else
        g_string_append_len(out, names[moment->month - 1], cut[MIN(length, 5) - 3]);
}

static void put_half(GString *out, const Moment *moment, const char *mark)
{
    gboolean after = moment->hour >= 12;
    if (g_ascii_toupper(*mark) != 'A')
        g_string_append(out, after ? "下午" : "上午");
    else if (mark[1] == '/')
        g_string_append(out, after ? "P" : "A");
    else
        g_string_append(out, after ? "PM" : "AM");
}

/* An "m" is minutes right after hours or right before seconds, else months. */
static gboolean is_minutes(char before, const char *after)
{
    if (before == 'h')
        return TRUE;
    while (*after && !g_ascii_isalpha(*after)) {
        gsize literal = is_elapsed(after) ? 1 : literal_length(after);
        after += literal ? literal : 1;
    }
    return g_ascii_tolower(*after) == 's';
}

static void put_elapsed(GString *out, const Moment *moment, const char *bracket)
{
    char letter = g_ascii_tolower(bracket[1]);
    put_padded(out, moment->milliseconds / (letter == 'h' ? 3600000 : letter == 'm' ? 60000 : 1000),
               run_length(bracket + 1));
}

/* Writes the run of LENGTH date letters at AT; BEFORE is the last letter written. FALSE: AT is no date letter. */
static gboolean put_letters(GString *out, const Moment *moment, const char *at, guint length, char before)
{
    int hour = moment->half ? (moment->hour + 11) % 12 + 1 : moment->hour;
    switch (g_ascii_tolower(*at)) {
    case 'y':
        put_padded(out, length > 2 ? moment->year : moment->year % 100, length > 2 ? 4 : 2);
        return TRUE;
    case 'e': put_padded(out, moment->year, 4); return TRUE;
    case 'm':
        if (length <= 2 && is_minutes(before, at + length))
            put_padded(out, moment->minute, length);
        else
            put_month(out, moment, length);
        return TRUE;
    case 'd':
        if (length <= 2)
            put_padded(out, moment->day, length);
        else
            put_weekday(out, moment, length > 3, moment->chinese);
        return TRUE;
    case 'a': put_weekday(out, moment, length > 3, TRUE); return TRUE;
    case 'h': put_padded(out, hour, length); return TRUE;
    case 's': put_padded(out, moment->second, length); return TRUE;
    default: return FALSE;
    }
}

/* Writes what stands at AT as it is; what is in other brackets is a colour, a calendar or a condition. */
static void put_literal(GString *out, const char *at, gsize length)
{
    if (*at == '"')
        g_string_append_len(out, at + 1, (gssize)length - 1 - (length > 1 && at[length - 1] == '"'));
    else if (*at == '\\')
        g_string_append_len(out, at + 1, (gssize)length - 1);
    else if (*at == '_')
        g_string_append_c(out, ' ');
}

static guint fraction_length(const char *at)
{
    return *at == '.' ? (guint)strspn(at + 1, "0") : 0;
}

char *sheet_date(double value, const char *section, gboolean since_1904)
{
    static const int powers[] = {1000, 100, 10, 1};
    Moment moment;
    char before = '\0';
    if (!moment_init(&moment, value, section, since_1904))
        return NULL;
    GString *out = g_string_new(NULL);
    for (const char *at = section; *at;) {
        gsize step = literal_length(at);
        if (is_elapsed(at)) {
            put_elapsed(out, &moment, at);
            before = g_ascii_tolower(at[1]);
        } else if (step) {
            put_literal(out, at, step);
        } else if (is_half_mark(at)) {
            put_half(out, &moment, at);
            step = g_ascii_toupper(*at) != 'A' ? strlen("上午/下午") : at[1] == '/' ? 3 : 5;
        } else if (fraction_length(at)) {
            guint digits = MIN(fraction_length(at), 3);
            g_string_append_c(out, '.');
            put_padded(out, moment.thousandth / powers[digits], digits);
            step = 1 + fraction_length(at);
        } else if (put_letters(out, &moment, at, step = run_length(at), before)) {
            before = g_ascii_tolower(*at);
        } else {
            step = (gsize)(g_utf8_next_char(at) - at);
            g_string_append_len(out, at, (gssize)step);
        }
        at += step;
    }
    return g_string_free(out, FALSE);
}
