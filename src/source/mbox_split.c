#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/failure.h"
#include "source/mbox_split.h"

#define READ_BYTES 65536
#define MARK "From "
#define MARK_BYTES 5

typedef struct {
    guint64 line_start;           /* offset of the line under the hand */
    guint64 line_length;          /* of it so far */
    char line[MBOX_LINE_BYTES];   /* its beginning */
    gboolean after_blank;         /* the line before was empty, or there is none */
    guint64 blank_start;          /* where that empty line begins */
    gboolean in_message;
    guint64 message;              /* where its bytes begin */
} Splitter;

static gsize kept(const Splitter *s)
{
    return (gsize)MIN(s->line_length, sizeof s->line);
}

static gboolean is_blank(const Splitter *s)
{
    return s->line_length == 0 || (s->line_length == 1 && s->line[0] == '\r');
}

/* A time of day, or the lone "-". */
static gboolean is_dated(const char *line, gsize length)
{
    for (gsize i = 1; i + 2 < length; i++)
        if (line[i] == ':' && g_ascii_isdigit(line[i - 1]) && g_ascii_isdigit(line[i + 1]) && g_ascii_isdigit(line[i + 2]))
            return TRUE;
    gsize i = MARK_BYTES;
    if (i >= length || line[i++] != '-')
        return FALSE;
    while (i < length && g_ascii_isspace(line[i]))
        i++;
    return i == length;
}

static gboolean is_mark(const Splitter *s)
{
    gsize length = kept(s);
    return s->after_blank && length >= MARK_BYTES && memcmp(s->line, MARK, MARK_BYTES) == 0 &&
           (!s->in_message || is_dated(s->line, length));
}

static void take_bytes(Splitter *s, const char *bytes, gsize length)
{
    gsize has = kept(s);
    memcpy(s->line + has, bytes, MIN(length, sizeof s->line - has));
    s->line_length += length;
}

typedef enum { LINE_GOOD, LINE_STOP, LINE_NO_MBOX } LineAnswer;

/* The line ended; the next one begins at OFFSET. */
static LineAnswer end_line(Splitter *s, guint64 offset, MboxVisitor visit, gpointer user, guint64 *ret_next)
{
    gboolean blank = is_blank(s);
    if (is_mark(s)) {
        *ret_next = s->line_start;
        if (s->in_message && !visit(s->message, s->blank_start > s->message ? s->blank_start - s->message : 0, user))
            return LINE_STOP;
        s->in_message = TRUE;
        s->message = offset;
    } else if (!s->in_message && !blank) {
        return LINE_NO_MBOX;
    }
    s->after_blank = blank;
    if (blank)
        s->blank_start = s->line_start;
    s->line_start = offset;
    s->line_length = 0;
    return LINE_GOOD;
}

/* The bytes of a buffer that stand at OFFSET. */
static LineAnswer take_buffer(Splitter *s, const char *bytes, gsize length, guint64 offset, MboxVisitor visit, gpointer user,
                              guint64 *ret_next)
{
    const char *at = bytes, *end = bytes + length, *newline;
    for (; (newline = memchr(at, '\n', (gsize)(end - at))); at = newline + 1) {
        take_bytes(s, at, (gsize)(newline - at));
        LineAnswer answer = end_line(s, offset + (guint64)(newline + 1 - bytes), visit, user, ret_next);
        if (answer != LINE_GOOD)
            return answer;
    }
    take_bytes(s, at, (gsize)(end - at));
    return LINE_GOOD;
}

/* The file ends at OFFSET, maybe within a line. */
static LineAnswer end_file(Splitter *s, guint64 offset, MboxVisitor visit, gpointer user, guint64 *ret_next)
{
    LineAnswer answer = s->line_length > 0 ? end_line(s, offset, visit, user, ret_next) : LINE_GOOD;
    if (answer != LINE_GOOD)
        return answer;
    *ret_next = offset;
    guint64 end = s->after_blank && s->blank_start >= s->message ? s->blank_start : offset;
    return !s->in_message || visit(s->message, end - s->message, user) ? LINE_GOOD : LINE_STOP;
}

gboolean mbox_split(int fd, guint64 from, MboxVisitor visit, gpointer user, guint64 *ret_next, GError **error)
{
    Splitter s = {.line_start = from, .after_blank = TRUE, .blank_start = from};
    g_autofree char *buffer = g_malloc(READ_BYTES);
    guint64 offset = from;
    LineAnswer answer = LINE_GOOD;
    gssize n = 0;
    *ret_next = from;
    while (answer == LINE_GOOD) {
        n = pread(fd, buffer, READ_BYTES, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        answer = take_buffer(&s, buffer, (gsize)n, offset, visit, user, ret_next);
        offset += (guint64)n;
    }
    if (n < 0)
        g_set_error(error, FAILURE, FAILURE_IO, "cannot read the mbox: %s", g_strerror(errno));
    else if (answer == LINE_GOOD)
        answer = end_file(&s, offset, visit, user, ret_next);
    if (answer == LINE_NO_MBOX)
        g_set_error(error, FAILURE, FAILURE_DATA, "there is no \"From \" line at byte %" G_GUINT64_FORMAT ": this is no mbox",
                    from);
    return n >= 0 && answer == LINE_GOOD;
}

/* --- the date ------------------------------------------------------------------------------------------------------ */

static int month_number(const char *word)
{
    static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_equal(word, names[i]))
            return (int)i + 1;
    return 0;
}

/* WORD as digits only, at most MAXIMUM; -1 when it is not. */
static int number(const char *word, int maximum)
{
    int value = 0;
    for (const char *c = word; *c; c++) {
        if (!g_ascii_isdigit(*c) || value > maximum)
            return -1;
        value = value * 10 + (*c - '0');
    }
    return *word && value <= maximum ? value : -1;
}

/* "Mar 2 09:05:07 2026", or with a zone's name before the year, which is passed over. */
static gint64 date_of(char *const *words, guint count, GTimeZone *zone)
{
    g_auto(GStrv) clock = g_strsplit(words[2], ":", 3);
    int month = month_number(words[0]), day = number(words[1], 31), year = number(words[3], 9999);
    if (year < 1970 && count > 4)
        year = number(words[4], 9999);
    if (month == 0 || day < 1 || year < 1970 || g_strv_length(clock) < 2)
        return -1;
    int hour = number(clock[0], 23), minute = number(clock[1], 59), second = clock[2] ? number(clock[2], 59) : 0;
    if (hour < 0 || minute < 0 || second < 0)
        return -1;
    g_autoptr(GDateTime) date = g_date_time_new(zone, year, month, day, hour, minute, second);
    return date ? g_date_time_to_unix(date) * G_USEC_PER_SEC : -1;
}

gint64 mbox_line_date(const char *line, gsize length, GTimeZone *zone)
{
    g_autofree char *text = g_strndup(line, MIN(length, MBOX_LINE_BYTES));
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    char *rest = text;
    for (char *word; (word = strsep(&rest, " \t\r\n"));)
        if (*word)
            g_ptr_array_add(words, word);
    for (guint i = 0; i + 4 <= words->len; i++) {
        gint64 date = date_of((char *const *)words->pdata + i, words->len - i, zone);
        if (date >= 0)
            return date;
    }
    return -1;
}
