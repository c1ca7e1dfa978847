/* scan_team.c: the lines of a page read side by side, by the helpers of this process (team.h) where it has any. */
#include <string.h>

#include "base/clock.h"
#include "page/scan_part.h"
#include "readers/reader.h"
#include "team.h"

#define FEWEST 2 /* helpers that are quicker than this process alone, which waits for them */

/* What goes to a helper: these, and then the pixels. */
typedef struct {
    gint32 width, height;
} Task;

GBytes *ocr_task(const guint8 *task, gsize length)
{
    Task head = {0, 0};
    if (length >= sizeof head)
        memcpy(&head, task, sizeof head);
    if (head.width <= 0 || head.height <= 0 || length != sizeof head + (gsize)head.width * (gsize)head.height)
        return g_bytes_new(NULL, 0);
    g_autoptr(GrayPicture) picture = gray_new(head.width, head.height);
    memcpy(picture->gray, task + sizeof head, length - sizeof head);
    g_autoptr(GArray) symbols = scan_read_strip(picture);
    return g_bytes_new(symbols->data, symbols->len * sizeof(OcrSymbol));
}

static void give(guint number, const GrayPicture *picture)
{
    gsize pixels = (gsize)picture->width * (gsize)picture->height;
    g_autoptr(GByteArray) task = g_byte_array_sized_new((guint)(sizeof(Task) + pixels));
    Task head = {picture->width, picture->height};
    g_byte_array_append(task, (const guint8 *)&head, sizeof head);
    g_byte_array_append(task, picture->gray, (guint)pixels);
    team_give(number, task->data, task->len);
}

/* One result, put into its place. FALSE when none is under way. */
static gboolean take(GPtrArray *read)
{
    guint number;
    g_autoptr(GBytes) result = team_take(&number);
    if (!result || number >= read->len)
        return FALSE;
    gsize length;
    const void *bytes = g_bytes_get_data(result, &length);
    GArray *symbols = g_array_new(FALSE, FALSE, sizeof(OcrSymbol));
    g_array_append_vals(symbols, bytes, (guint)(length / sizeof(OcrSymbol)));
    read->pdata[number] = symbols;
    return TRUE;
}

static gboolean read_by_team(const GPtrArray *strips, GPtrArray *read, gint64 until)
{
    guint given = 0;
    g_ptr_array_set_size(read, (gint)strips->len);
    while (given < strips->len && clock_mono() < until) {
        if (team_idle() > 0)
            give(given, ((const ScanStrip *)strips->pdata[given])->picture), given++;
        else if (!take(read))
            break;
    }
    while (take(read))
        continue;
    return given == strips->len;
}

/* A line that nobody came to has no symbols. */
static void symbols_free(gpointer symbols)
{
    if (symbols)
        g_array_unref(symbols);
}

GPtrArray *scan_read_strips(const GPtrArray *strips, gint64 until)
{
    g_autoptr(GPtrArray) read = g_ptr_array_new_with_free_func(symbols_free);
    if (team_idle() >= FEWEST)
        return read_by_team(strips, read, until) ? g_steal_pointer(&read) : NULL;
    for (guint i = 0; i < strips->len && clock_mono() < until; i++)
        g_ptr_array_add(read, scan_read_strip(((const ScanStrip *)strips->pdata[i])->picture));
    return read->len == strips->len ? g_steal_pointer(&read) : NULL;
}
