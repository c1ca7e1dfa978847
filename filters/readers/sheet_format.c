#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "readers/sheet_format.h"

enum { PLACES_MAX = 30 }; /* decimals that a format can ask for */

static const struct {
    guint id;
    const char *code;
} builtin[] = {
    {1, "0"}, {2, "0.00"}, {3, "#,##0"}, {4, "#,##0.00"}, {9, "0%"}, {10, "0.00%"}, {11, "0.00E+00"}, {12, "# ?/?"},
    {13, "# ?\?/?\?"}, {14, "yyyy/m/d"}, {15, "d-mmm-yy"}, {16, "d-mmm"}, {17, "mmm-yy"}, {18, "h:mm AM/PM"},
    {19, "h:mm:ss AM/PM"}, {20, "h:mm"}, {21, "h:mm:ss"}, {22, "yyyy/m/d h:mm"}, {27, "yyyy\"年\"m\"月\""},
    {28, "m\"月\"d\"日\""}, {29, "m\"月\"d\"日\""}, {30, "m-d-yy"}, {31, "yyyy\"年\"m\"月\"d\"日\""},
    {32, "h\"时\"mm\"分\""}, {33, "h\"时\"mm\"分\"ss\"秒\""}, {34, "上午/下午h\"时\"mm\"分\""},
    {35, "上午/下午h\"时\"mm\"分\"ss\"秒\""}, {36, "yyyy\"年\"m\"月\""}, {37, "#,##0;(#,##0)"}, {38, "#,##0;(#,##0)"},
    {39, "#,##0.00;(#,##0.00)"}, {40, "#,##0.00;(#,##0.00)"}, {41, "#,##0;-#,##0;\"-\""}, {42, "¥#,##0;¥-#,##0;¥\"-\""},
    {43, "#,##0.00;-#,##0.00;\"-\""}, {44, "¥#,##0.00;¥-#,##0.00;¥\"-\""}, {45, "mm:ss"}, {46, "[h]:mm:ss"},
    {47, "mm:ss.0"}, {48, "##0.0E+0"}, {49, "@"}, {50, "yyyy\"年\"m\"月\""}, {51, "m\"月\"d\"日\""},
    {52, "yyyy\"年\"m\"月\""}, {53, "m\"月\"d\"日\""}, {54, "m\"月\"d\"日\""}, {55, "上午/下午h\"时\"mm\"分\""},
    {56, "上午/下午h\"时\"mm\"分\"ss\"秒\""}, {57, "yyyy\"年\"m\"月\""}, {58, "m\"月\"d\"日\""},
};

const char *sheet_builtin_format(guint id)
{
    for (gsize i = 0; i < G_N_ELEMENTS(builtin); i++)
        if (builtin[i].id == id)
            return builtin[i].code;
    return NULL;
}

/* Whole numbers in full up to fifteen digits (telephone and identity numbers), others to ten significant ones. */
static char *general(double value)
{
    char text[64];
    if (!isfinite(value))
        return g_strdup("");
    gboolean whole = value == floor(value) && fabs(value) < 1e15;
    g_ascii_formatd(text, sizeof text, whole ? "%.0f" : "%.10g", value);
    return g_strdup(strcmp(text, "-0") == 0 ? "0" : text);
}

/* ---- sections ---- */

/* The length of the character, quoted text or bracket at AT. */
static gsize step_over(const char *at)
{
    const char *end = *at == '"' ? strchr(at + 1, '"') : *at == '[' ? strchr(at + 1, ']') : NULL;
    if (end)
        return (gsize)(end - at) + 1;
    gboolean pair = strchr("\\_*", *at) && at[1];
    return (pair ? 1 : 0) + (gsize)(g_utf8_next_char(at + pair) - (at + pair));
}

/* CODE's sections, which ";" parts. */
static GPtrArray *split_sections(const char *code)
{
    GPtrArray *sections = g_ptr_array_new_with_free_func(g_free);
    const char *start = code, *at = code;
    for (; *at; at += step_over(at))
        if (*at == ';') {
            g_ptr_array_add(sections, g_strndup(start, (gsize)(at - start)));
            start = at + 1;
        }
    g_ptr_array_add(sections, g_strndup(start, (gsize)(at - start)));
    return sections;
}

/* Whether VALUE meets the condition in brackets of SECTION ("[>=100]0.0"); *ret_given: there is one. */
static gboolean meets(const char *section, double value, gboolean *ret_given)
{
    *ret_given = FALSE;
    for (const char *at = section; *at; at += step_over(at)) {
        if (*at != '[' || !strchr("<>=", at[1]) || !at[1])
            continue;
        *ret_given = TRUE;
        gsize length = strspn(at + 1, "<>=");
        double other = g_ascii_strtod(at + 1 + length, NULL);
        gboolean equal = memchr(at + 1, '=', length) != NULL, less = memchr(at + 1, '<', length) != NULL,
                 more = memchr(at + 1, '>', length) != NULL;
        if (less && more)
            return value < other || value > other;
        return (equal && !(value < other) && !(value > other)) || (less && value < other) || (more && value > other);
    }
    return FALSE;
}

/* The section for VALUE. *ret_minus: its sign is not said by the section and must be written. */
static const char *pick_section(const GPtrArray *sections, double value, gboolean *ret_minus)
{
    guint count = MIN(sections->len, 3);
    gboolean any = FALSE;
    *ret_minus = value < 0;
    for (guint i = 0; i < count; i++) {
        gboolean given = FALSE;
        if (meets(sections->pdata[i], value, &given))
            return sections->pdata[i];
        any = any || given;
    }
    if (any) {
        gboolean given = FALSE;
        for (guint i = 0; i < count; i++)
            if (!meets(sections->pdata[i], value, &given) && !given)
                return sections->pdata[i];
        return NULL;
    }
    if (value < 0 && count > 1) {
        *ret_minus = FALSE;
        return sections->pdata[1];
    }
    return sections->pdata[!(value > 0) && !(value < 0) && count > 2 ? 2 : 0];
}

/* ---- numbers ---- */

typedef struct {
    guint whole, whole_zeros, places, places_zeros; /* digit positions before and after the point, those that are 0 */
    guint percents, thousands; /* times 100, divided by 1000 */
    gboolean grouped, exponent, fraction, general;
} Shape;

static Shape read_shape(const char *section)
{
    Shape shape = {.whole = 0};
    gboolean point = FALSE;
    guint commas = 0;
    for (const char *at = section; *at; at += step_over(at)) {
        if (strchr("0#?", *at)) {
            shape.grouped = shape.grouped || (commas && shape.whole && !point);
            commas = 0;
            if (shape.exponent)
                continue;
            guint *positions = point ? &shape.places : &shape.whole, *zeros = point ? &shape.places_zeros : &shape.whole_zeros;
            *positions += *positions < PLACES_MAX;
            if (*at == '0' || (!point && *zeros))
                *zeros = point ? *positions : *zeros + (*zeros < PLACES_MAX);
        } else if (*at == ',') {
            commas++;
        } else if (*at == '.') {
            shape.thousands += commas;
            commas = 0;
            point = TRUE;
        } else if (*at == '%') {
            shape.percents++;
        } else if ((*at == 'E' || *at == 'e') && (at[1] == '+' || at[1] == '-')) {
            shape.exponent = TRUE;
        } else if (*at == '/' && (shape.whole || shape.places)) {
            shape.fraction = TRUE;
        } else if (g_ascii_strncasecmp(at, "General", 7) == 0 || g_str_has_prefix(at, "G/通用格式")) {
            shape.general = TRUE;
        }
    }
    shape.thousands = MIN(shape.thousands + commas, 10);
    return shape;
}

/* The digits of a number, taken one by one by the positions of its section. */
typedef struct {
    char whole[400], places[PLACES_MAX + 1];
    guint left;      /* digits of WHOLE still to write */
    guint positions; /* positions before the point still to come */
    guint place;     /* next of PLACES */
    int exponent;
    gboolean grouped, after_point, in_exponent;
} Digits;

/* TEXT ("1234.50") into its parts; padded with zeros, and without those that were not asked for. */
static void split_digits(Digits *digits, const char *text, const Shape *shape)
{
    gsize whole = strcspn(text, ".e"), zeros = strspn(text, "0");
    const char *skipped = text + MIN(zeros, whole);
    gsize kept = whole - MIN(zeros, whole), pad = shape->whole_zeros > kept ? shape->whole_zeros - kept : 0;
    memset(digits->whole, '0', pad);
    memcpy(digits->whole + pad, skipped, kept);
    digits->whole[pad + kept] = '\0';
    digits->left = (guint)(pad + kept);
    const char *places = text[whole] == '.' ? text + whole + 1 : "";
    g_strlcpy(digits->places, places, MIN(strcspn(places, "e") + 1, sizeof digits->places));
    for (gsize last = strlen(digits->places); last > shape->places_zeros && digits->places[last - 1] == '0'; last--)
        digits->places[last - 1] = '\0';
}

static void digits_init(Digits *digits, double value, const Shape *shape)
{
    char format[16], text[400];
    double scaled = fabs(value) * pow(100, shape->percents) / pow(1000, shape->thousands);
    /* Decimal fractions are a little more or less in binary: 1.005 is shown as 1.01. */
    if (!shape->exponent && scaled < 1e15)
        scaled *= 1 + 1e-15;
    g_snprintf(format, sizeof format, "%%.%u%c", shape->places, shape->exponent ? 'e' : 'f');
    g_ascii_formatd(text, sizeof text, format, scaled);
    *digits = (Digits){.positions = shape->whole, .grouped = shape->grouped};
    split_digits(digits, text, shape);
    const char *exponent = strchr(text, 'e');
    digits->exponent = exponent ? atoi(exponent + 1) : 0;
}

/* Writes the digits that stand at position C ('0', '#' or '?') before the point; the first takes all that are too many. */
static void put_whole(GString *out, Digits *digits, char c)
{
    gsize length = strlen(digits->whole);
    if (digits->left < digits->positions && c == '?')
        g_string_append_c(out, ' ');
    while (digits->left >= digits->positions && digits->left > 0 && digits->positions > 0) {
        g_string_append_c(out, digits->whole[length - digits->left--]);
        if (digits->grouped && digits->left % 3 == 0 && digits->left > 0)
            g_string_append_c(out, ',');
    }
    digits->positions -= digits->positions > 0;
}

static void put_exponent(GString *out, Digits *digits, const char *at)
{
    guint width = (guint)strspn(at + 2, "0#?");
    g_string_append_c(out, 'E');
    if (digits->exponent < 0 || at[1] == '+')
        g_string_append_c(out, digits->exponent < 0 ? '-' : '+');
    g_string_append_printf(out, "%0*d", (int)MIN(width, 4), abs(digits->exponent));
    digits->in_exponent = TRUE;
}

static void put_position(GString *out, Digits *digits, char c)
{
    if (digits->in_exponent)
        return;
    if (!digits->after_point)
        put_whole(out, digits, c);
    else if (digits->places[digits->place])
        g_string_append_c(out, digits->places[digits->place++]);
    else if (c == '?')
        g_string_append_c(out, ' ');
}

/* What is shown of a character of a section that stands for itself: currency in brackets ("[$¥-804]"), quoted text. */
static void put_as_is(GString *out, const char *at, gsize length)
{
    if (*at == '"' && length > 1)
        g_string_append_len(out, at + 1, (gssize)length - 2);
    else if (*at == '[' && at[1] == '$')
        g_string_append_len(out, at + 2, (gssize)strcspn(at + 2, "-]"));
    else if (*at == '\\')
        g_string_append_len(out, at + 1, (gssize)length - 1);
    else if (*at == '_')
        g_string_append_c(out, ' ');
    else if (!strchr("[*", *at))
        g_string_append_len(out, at, (gssize)length);
}

static void put_number(GString *out, double value, const char *section)
{
    Shape shape = read_shape(section);
    Digits digits;
    digits_init(&digits, value, &shape);
    g_autofree char *plain = general(fabs(value));
    for (const char *at = section; *at;) {
        gsize step = step_over(at);
        if (g_ascii_strncasecmp(at, "General", 7) == 0 || *at == '@') {
            g_string_append(out, plain);
            step = *at == '@' ? 1 : 7;
        } else if (g_str_has_prefix(at, "G/通用格式")) {
            g_string_append(out, plain);
            step = strlen("G/通用格式");
        } else if (strchr("0#?", *at)) {
            put_position(out, &digits, *at);
        } else if (*at == '.' && !digits.after_point) {
            if (*digits.places || shape.places == 0)
                g_string_append_c(out, '.');
            digits.after_point = TRUE;
        } else if (shape.exponent && !digits.in_exponent && strchr("Ee", *at)) {
            put_exponent(out, &digits, at);
            step = 2;
        } else if (*at != ',' || shape.whole + shape.places == 0) {
            put_as_is(out, at, step);
        }
        at += step;
    }
}

/* A number so large or a format so unlike one (fractions) that its section cannot be followed. */
static gboolean beyond(double value, const char *section)
{
    Shape shape = read_shape(section);
    return !isfinite(value) || fabs(value) > 1e300 || shape.fraction;
}

char *sheet_number(double value, const char *code, gboolean since_1904)
{
    if (!code || !*code || g_ascii_strcasecmp(code, "General") == 0 || !g_utf8_validate(code, -1, NULL))
        return general(value);
    g_autoptr(GPtrArray) sections = split_sections(code);
    gboolean minus = FALSE;
    const char *section = pick_section(sections, value, &minus);
    if (!section)
        return general(value);
    if (sheet_is_date(section)) {
        char *date = sheet_date(value, section, since_1904);
        return date ? date : general(value);
    }
    if (beyond(value, section))
        return general(value);
    g_autoptr(GString) out = g_string_new(NULL);
    put_number(out, value, section);
    gboolean zero = strpbrk(out->str, "123456789") == NULL;
    if (minus && !zero)
        g_string_prepend_c(out, '-');
    return g_strdup(g_strstrip(out->str));
}

char *sheet_string(const char *text, const char *code)
{
    if (!code || !strchr(code, '@') || strcmp(code, "@") == 0 || !g_utf8_validate(code, -1, NULL))
        return g_strdup(text);
    g_autoptr(GPtrArray) sections = split_sections(code);
    const char *section = sections->pdata[sections->len - 1];
    if (sections->len < 4 && sections->len != 1)
        return g_strdup(text);
    GString *out = g_string_new(NULL);
    for (const char *at = section; *at; at += step_over(at)) {
        if (*at == '@')
            g_string_append(out, text);
        else
            put_as_is(out, at, step_over(at));
    }
    return g_string_free(out, FALSE);
}
