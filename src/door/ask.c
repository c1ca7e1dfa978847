/* ask.c: the questions about one document, and what went wrong with one in words. */
#include <string.h>

#include "base/failure.h"
#include "base/limits.h"
#include "base/text.h"
#include "door/answer_check.h"
#include "door/job.h"
#include "door/view_check.h"

#define NAME_CHARS 200

/* The whole page around a view's body. What it may look like is fixed here; who serves it says by CSP that nothing else counts. */
static const char view_head[] =
    "<!DOCTYPE html>\n<html lang=\"zh\"><head><meta charset=\"utf-8\"><title></title><style>"
    "body{font:15px/1.6 sans-serif;margin:1em;overflow-wrap:anywhere}table{border-collapse:collapse;margin:.6em 0}"
    "td{border:1px solid #999;padding:2px 6px;vertical-align:top}p{margin:.3em 0;white-space:pre-wrap}"
    "[data-part=hidden]{color:#666}</style></head><body>\n";
static const char view_tail[] = "\n</body></html>\n";

/* --- what went wrong --------------------------------------------------------------------------------------------------- */

static const struct {
    const char *why;
    FailureCode code;
    const char *words;
} reasons[] = {
    {"missing", FAILURE_NOINPUT, "there is no such document"},
    {"page", FAILURE_NOINPUT, "there is no such page"},
    {"encrypted", FAILURE_DATA, "it is encrypted"},
    {"damaged", FAILURE_DATA, "it is damaged"},
    {"too-large", FAILURE_DATA, "it is too large"},
    {"too-deep", FAILURE_DATA, "it is nested too deep"},
    {"timeout", FAILURE_DATA, "it took too long"},
    {"unsupported", FAILURE_DATA, "its format cannot be shown so"},
    {"empty", FAILURE_DATA, "it is empty"},
};

/* How a child ended without an answer; the words of the server (filters/server.c). */
static const char *words_of_end(const Job *job)
{
    if (answer_too_large(job->answer))
        return "the answer is too large";
    if (job->refused)
        return "the filter's answer is refused: it is not what the protocol allows";
    if (g_str_equal(job->done, "timeout"))
        return "its reader took too long and was ended";
    if (g_str_equal(job->done, "memory"))
        return "its reader needed more memory than it may have and was ended";
    return g_str_equal(job->done, "ok") ? "its reader ended without an answer" : "its reader crashed, or was ended for what it tried";
}

static void explain(const Job *job, const char *path, GError **error)
{
    const char *why = answer_why(job->answer);
    g_autofree char *name = text_plain(path ? path : job->name ? job->name : "the message", NAME_CHARS);
    for (gsize i = 0; i < G_N_ELEMENTS(reasons); i++)
        if (g_strcmp0(why, reasons[i].why) == 0) {
            g_set_error(error, FAILURE, reasons[i].code, "%s: %s", name, reasons[i].words);
            return;
        }
    if (answer_unwritten(job->answer))
        g_propagate_error(error, g_error_copy(answer_unwritten(job->answer)));
    else if (answer_escalate(job->answer))
        g_set_error(error, FAILURE, FAILURE_BUG, "%s: no server can answer", name);
    else
        g_set_error(error, FAILURE, FAILURE_DATA, "%s: %s", name, words_of_end(job));
}

/* --- asking ------------------------------------------------------------------------------------------------------------ */

/* The answer's bytes; empty when they went to a descriptor. */
static GBytes *ask(Door *door, const DoorJob *wanted, Question question, GError **error)
{
    GBytes *bytes = NULL;
    if (question.path && !*question.path)
        question.path = NULL;
    if (question.path && (strlen(question.path) > LIMIT_PATH_BYTES || !g_utf8_validate(question.path, -1, NULL))) {
        g_set_error(error, FAILURE, FAILURE_NOINPUT, "there is no document with such a path");
        return NULL;
    }
    Job *job = door_ask(door, wanted, &question, error);
    if (!job)
        return NULL;
    if (job->fault)
        g_propagate_error(error, g_steal_pointer(&job->fault));
    else if (!answer_whole(job->answer) || job->refused)
        explain(job, question.path, error);
    else
        bytes = answer_bytes(job->answer);
    job_free(job);
    return bytes;
}

/* As ask; a text with a NUL behind it. */
static char *ask_text(Door *door, const DoorJob *wanted, Question question, gsize *ret_length, GError **error)
{
    g_autoptr(GBytes) bytes = ask(door, wanted, question, error);
    gconstpointer data = bytes ? g_bytes_get_data(bytes, ret_length) : NULL;
    return bytes ? g_strndup(*ret_length ? data : "", *ret_length) : NULL;
}

gboolean door_part(Door *door, const DoorJob *wanted, const char *path, int out_fd, GError **error)
{
    const Question question = {.verb = "part", .path = path, .size = SIZE_MAIL, .most = LIMIT_EXPANDED_BYTES, .fd = out_fd};
    g_autoptr(GBytes) bytes = ask(door, wanted, question, error);
    return bytes != NULL;
}

char *door_view(Door *door, const DoorJob *wanted, const char *path, GError **error)
{
    const Question question = {.verb = "view", .path = path, .size = SIZE_MAIL, .most = LIMIT_VIEW_BYTES, .fd = -1};
    gsize length = 0;
    g_autofree char *body = ask_text(door, wanted, question, &length, error);
    return body && view_check(body, length, error) ? g_strconcat(view_head, body, view_tail, NULL) : NULL;
}

GBytes *door_render(Door *door, const DoorJob *wanted, const char *path, guint page, guint dpi, GError **error)
{
    const Question question = {.verb = "render", .path = path, .page = page, .dpi = CLAMP(dpi, 36, 200), .size = SIZE_PAGE,
                               .most = LIMIT_RENDER_BYTES, .fd = -1};
    g_autoptr(GBytes) bytes = ask(door, wanted, question, error);
    gsize length = 0;
    const guint8 *data = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    return bytes && answer_check_png(data, length, error) ? g_steal_pointer(&bytes) : NULL;
}

/* A bare file, whatever the caller calls it. */
static DoorJob bare(const DoorJob *wanted, const char *name)
{
    DoorJob job = *wanted;
    job.name = wanted->name ? wanted->name : name;
    job.either = FALSE;
    return job;
}

char *door_ical(Door *door, const DoorJob *wanted, GError **error)
{
    const Question question = {.verb = "ical", .size = SIZE_MAIL, .most = 2 * LIMIT_CALENDAR_BYTES, .fd = -1};
    const DoorJob job = bare(wanted, "calendar.ics");
    gsize length = 0;
    g_autofree char *text = ask_text(door, &job, question, &length, error);
    return text ? answer_check_calendar(text, length, error) : NULL;
}

char *door_table(Door *door, const DoorJob *wanted, GError **error)
{
    const Question question = {.verb = "table", .size = SIZE_MAIL, .most = LIMIT_TABLE_BYTES, .fd = -1};
    const DoorJob job = bare(wanted, "table");
    gsize length = 0;
    g_autofree char *text = ask_text(door, &job, question, &length, error);
    return text ? answer_check_table(text, length, error) : NULL;
}
