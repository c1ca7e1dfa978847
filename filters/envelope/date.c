#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "envelope/date.h"

typedef struct {
    int day, month, year, hour, minute, second, zone; /* zone in minutes */
    gboolean has_time, has_zone;
} Date;

/* Names of zones that mail really carries; CST is China's in this correspondence. */
static const struct {
    const char *name;
    int minutes;
} zones[] = {
    {"GMT", 0},    {"UT", 0},     {"UTC", 0},    {"Z", 0},      {"CST", 480},  {"HKT", 480},  {"SGT", 480},
    {"JST", 540},  {"KST", 540},  {"CET", 60},   {"CEST", 120}, {"BST", 60},   {"EST", -300}, {"EDT", -240},
    {"CDT", -300}, {"MST", -420}, {"MDT", -360}, {"PST", -480}, {"PDT", -420},
};

static int month_of(const char *word)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int month = 0; month < 12; month++)
        if (g_ascii_strncasecmp(word, names + 3 * month, 3) == 0)
            return month + 1;
    return 0;
}

static gboolean zone_of(const char *word, Date *date)
{
    if (*word == '+' || *word == '-') {
        int value = 0, digits = 0;
        for (const char *p = word + 1; g_ascii_isdigit(*p) || *p == ':'; p++)
            if (*p != ':' && digits++ < 4)
                value = value * 10 + (*p - '0');
        if (digits == 2)
            value *= 100;
        date->zone = (value / 100 * 60 + value % 100) * (*word == '-' ? -1 : 1);
        return digits == 4 || digits == 2;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(zones); i++)
        if (g_ascii_strcasecmp(word, zones[i].name) == 0) {
            date->zone = zones[i].minutes;
            return TRUE;
        }
    return FALSE;
}

static void take_word(const char *word, Date *date)
{
    int a, b, c;
    if (strchr(word, ':') && g_ascii_isdigit(*word)) {
        if (!date->has_time) {
            date->has_time = sscanf(word, "%2d:%2d:%2d", &date->hour, &date->minute, &date->second) >= 2;
            const char *sign = strpbrk(word, "+-");
            if (sign)
                date->has_zone = zone_of(sign, date);
        }
    } else if (sscanf(word, "%2d-%3c", &a, (char[4]){0}) == 2 && strlen(word) >= 8 &&
               month_of(strchr(word, '-') + 1) > 0) {
        const char *year = strrchr(word, '-');
        date->day = a;
        date->month = month_of(strchr(word, '-') + 1);
        date->year = atoi(year + 1);
    } else if (sscanf(word, "%4d-%2d-%2d", &a, &b, &c) == 3 || sscanf(word, "%4d/%2d/%2d", &a, &b, &c) == 3) {
        date->year = a;
        date->month = b;
        date->day = c;
    } else if (g_ascii_isdigit(*word)) {
        if (date->day == 0 && strlen(word) <= 2)
            date->day = atoi(word);
        else if (date->year == 0 && strlen(word) <= 4)
            date->year = atoi(word);
    } else if (!date->has_zone && (date->has_time || *word == '+' || *word == '-'))
        date->has_zone = zone_of(word, date);
    else if (date->month == 0)
        date->month = month_of(word);
}

char *date_parse(const char *raw)
{
    if (!raw)
        return NULL;
    g_autofree char *text = g_strndup(raw, 200);
    for (char *p = text; *p; p++)
        if (*p == 'T' && p > text && g_ascii_isdigit(p[-1]) && g_ascii_isdigit(p[1]))
            *p = ' ';
        else if (*p == '(') /* "(CST)" only comments on the offset before it */
            *p-- = '\0';
    Date date = {0};
    g_auto(GStrv) words = g_strsplit_set(text, " \t\r\n,", -1);
    for (char **word = words; *word; word++)
        if (**word)
            take_word(*word, &date);
    if (date.year > 0 && date.year < 100)
        date.year += date.year < 50 ? 2000 : 1900;
    if (date.day < 1 || date.month < 1 || date.month > 12 || date.year < 1970 || date.year > 9999 ||
        date.day > g_date_get_days_in_month((GDateMonth)date.month, (GDateYear)date.year) || date.hour < 0 ||
        date.hour > 23 || date.minute < 0 || date.minute > 59 || date.second < 0 || date.second > 60 ||
        ABS(date.zone) > 15 * 60)
        return NULL;
    return g_strdup_printf("%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", date.year, date.month, date.day,
                           date.hour, date.minute, MIN(date.second, 59), date.zone < 0 ? '-' : '+',
                           ABS(date.zone) / 60, ABS(date.zone) % 60);
}
