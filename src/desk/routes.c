#include <string.h>

#include "desk/api.h"
#include "desk/routes.h"

#define SMALL ((gsize)16 << 10) /* names and passwords */
#define BODY ((gsize)1 << 20)   /* a field may hold a table of thousands of rows */
#define UPLOAD ((gsize)150 << 20) /* the setting `upload` is what holds (upload.c) */

const Route routes[] = {
    {"GET", "/openapi.json", "openapi", ROLE_ANYBODY, LANE_LEDGER, 0, FALSE, run_openapi},
    {"GET", "/session", "session_show", ROLE_ANYBODY, LANE_LEDGER, 0, FALSE, run_session_show},
    {"POST", "/session", "session_open", ROLE_ANYBODY, LANE_PASSWORD, SMALL, FALSE, run_session_open},
    {"DELETE", "/session", "session_close", ROLE_READER, LANE_LEDGER, 0, FALSE, run_session_close},
    {"POST", "/setup", "setup", ROLE_ANYBODY, LANE_PASSWORD, SMALL, FALSE, run_setup},
    {"PUT", "/session/password", "password_change", ROLE_READER, LANE_PASSWORD, SMALL, FALSE, run_password_change},
    {"GET", "/names", "names", ROLE_READER, LANE_LEDGER, 0, FALSE, run_names},
    {"GET", "/events", "events", ROLE_READER, LANE_LEDGER, 0, FALSE, run_events},
    {"GET", "/queue", "queue", ROLE_READER, LANE_LEDGER, 0, FALSE, run_queue},
    {"GET", "/queue/counts", "queue_counts", ROLE_READER, LANE_LEDGER, 0, FALSE, run_queue_counts},
    {"POST", "/queue/actions", "queue_act", ROLE_CLERK, LANE_LEDGER, BODY, FALSE, run_queue_act},
    {"GET", "/views", "views", ROLE_READER, LANE_LEDGER, 0, FALSE, run_views},
    {"POST", "/views", "view_save", ROLE_READER, LANE_LEDGER, BODY, FALSE, run_view_save},
    {"DELETE", "/views/{id}", "view_delete", ROLE_READER, LANE_LEDGER, 0, FALSE, run_view_delete},
    {"GET", "/people", "people", ROLE_READER, LANE_LEDGER, 0, FALSE, run_people},
    {"GET", "/references/{reference}", "reference", ROLE_READER, LANE_LEDGER, 0, FALSE, run_reference},
    {"GET", "/entries/{id}", "entry", ROLE_READER, LANE_LEDGER, 0, FALSE, run_entry},
    {"POST", "/entries/{id}/accept", "entry_accept", ROLE_REVIEWER, LANE_LEDGER, BODY, FALSE, run_entry_accept},
    {"POST", "/entries/{id}/return", "entry_return", ROLE_REVIEWER, LANE_LEDGER, BODY, FALSE, run_entry_return},
    {"POST", "/entries/{id}/reject", "entry_reject", ROLE_REVIEWER, LANE_LEDGER, BODY, FALSE, run_entry_reject},
    {"POST", "/entries/{id}/reopen", "entry_reopen", ROLE_REVIEWER, LANE_LEDGER, BODY, FALSE, run_entry_reopen},
    {"POST", "/entries/{id}/close", "entry_close", ROLE_REVIEWER, LANE_LEDGER, BODY, FALSE, run_entry_close},
    {"POST", "/entries/{id}/correct", "entry_correct", ROLE_CLERK, LANE_LEDGER, BODY, FALSE, run_entry_correct},
    {"POST", "/entries/{id}/kind", "entry_kind", ROLE_CLERK, LANE_LEDGER, BODY, FALSE, run_entry_kind},
    {"POST", "/entries/{id}/assign", "entry_assign", ROLE_CLERK, LANE_LEDGER, BODY, FALSE, run_entry_assign},
    {"POST", "/entries/{id}/comment", "entry_comment", ROLE_CLERK, LANE_LEDGER, BODY, FALSE, run_entry_comment},
    {"POST", "/entries/{id}/attend", "entry_attend", ROLE_CLERK, LANE_LEDGER, BODY, FALSE, run_entry_attend},
    {"POST", "/entries/{id}/split", "entry_split", ROLE_REVIEWER, LANE_LEDGER, BODY, FALSE, run_entry_split},
    {"POST", "/entries/{id}/merge", "entry_merge", ROLE_REVIEWER, LANE_LEDGER, BODY, FALSE, run_entry_merge},
    {"POST", "/entries/{id}/write", "entry_write", ROLE_REVIEWER, LANE_LEDGER, BODY, FALSE, run_entry_write},
    {"POST", "/entries/{id}/redo", "entry_redo", ROLE_CLERK, LANE_LEDGER, BODY, FALSE, run_entry_redo},
    {"POST", "/entries/{id}/preview", "entry_preview", ROLE_CLERK, LANE_LEDGER, BODY, FALSE, run_entry_preview},
    {"GET", "/entries/{id}/zip", "entry_zip", ROLE_READER, LANE_DOOR, 0, FALSE, run_entry_zip},
    {"GET", "/documents/{id}/pages/{page}", "document_page", ROLE_READER, LANE_DOOR, 0, FALSE, run_document_page},
    {"GET", "/documents/{id}/view", "document_view", ROLE_READER, LANE_DOOR, 0, FALSE, run_document_view},
    {"GET", "/documents/{id}/file", "document_file", ROLE_READER, LANE_DOOR, 0, FALSE, run_document_file},
    {"GET", "/documents/{id}/compare/{other}", "document_compare", ROLE_READER, LANE_LEDGER, 0, FALSE, run_document_compare},
    {"GET", "/messages/{id}/view", "message_view", ROLE_READER, LANE_DOOR, 0, FALSE, run_message_view},
    {"GET", "/messages/{id}/headers", "message_headers", ROLE_READER, LANE_LEDGER, 0, FALSE, run_message_headers},
    {"GET", "/messages/{id}/original", "message_original", ROLE_READER, LANE_LEDGER, 0, FALSE, run_message_original},
    {"POST", "/messages/{id}/redo", "message_redo", ROLE_CLERK, LANE_LEDGER, 0, FALSE, run_message_redo},
    {"POST", "/messages/{id}/unlock", "message_unlock", ROLE_CLERK, LANE_DOOR, BODY, FALSE, run_message_unlock},
    {"POST", "/uploads", "upload", ROLE_CLERK, LANE_LEDGER, UPLOAD, TRUE, run_upload},
    {"GET", "/duties", "duties", ROLE_READER, LANE_LEDGER, 0, FALSE, run_duties},
    {"POST", "/duties", "duty_add", ROLE_CLERK, LANE_LEDGER, BODY, FALSE, run_duty_add},
    {"GET", "/duties/{id}", "duty", ROLE_READER, LANE_LEDGER, 0, FALSE, run_duty},
    {"POST", "/duties/{id}/waive", "duty_waive", ROLE_REVIEWER, LANE_LEDGER, BODY, FALSE, run_duty_waive},
    {"POST", "/duties/{id}/hold", "duty_hold", ROLE_CLERK, LANE_LEDGER, BODY, FALSE, run_duty_hold},
    {"POST", "/duties/{id}/release", "duty_release", ROLE_CLERK, LANE_LEDGER, BODY, FALSE, run_duty_release},
    {"POST", "/duties/{id}/meet", "duty_meet", ROLE_CLERK, LANE_LEDGER, BODY, FALSE, run_duty_meet},
    {"GET", "/calendar", "calendar", ROLE_READER, LANE_LEDGER, 0, FALSE, run_calendar},
    {"GET", "/letters", "letters", ROLE_READER, LANE_LEDGER, 0, FALSE, run_letters},
    {"GET", "/letters/{id}", "letter", ROLE_READER, LANE_LEDGER, 0, FALSE, run_letter},
    {"GET", "/letters/{id}/view", "letter_view", ROLE_READER, LANE_DOOR, 0, FALSE, run_letter_view},
    {"GET", "/letters/{id}/original", "letter_original", ROLE_READER, LANE_LEDGER, 0, FALSE, run_letter_original},
    {"POST", "/letters/{id}/release", "letter_release", ROLE_REVIEWER, LANE_LEDGER, 0, FALSE, run_letter_release},
    {"POST", "/letters/{id}/hold", "letter_hold", ROLE_REVIEWER, LANE_LEDGER, BODY, FALSE, run_letter_hold},
    {"POST", "/letters/{id}/resend", "letter_resend", ROLE_REVIEWER, LANE_LEDGER, 0, FALSE, run_letter_resend},
    {"GET", "/experts", "experts", ROLE_READER, LANE_LEDGER, 0, FALSE, run_experts},
    {"GET", "/experts/{id}", "expert", ROLE_READER, LANE_LEDGER, 0, FALSE, run_expert},
    {"GET", "/meetings", "meetings", ROLE_READER, LANE_LEDGER, 0, FALSE, run_meetings},
    {"GET", "/meetings/{id}", "meeting", ROLE_READER, LANE_LEDGER, 0, FALSE, run_meeting},
    {"PUT", "/meetings/{id}/participants/{other}", "participant", ROLE_CLERK, LANE_LEDGER, BODY, FALSE, run_participant},
    {"GET", "/search", "search", ROLE_READER, LANE_LEDGER, 0, FALSE, run_search},
    {"GET", "/statistics", "statistics", ROLE_READER, LANE_LEDGER, 0, FALSE, run_statistics},
    {"GET", "/export/{what}/{format}", "export", ROLE_READER, LANE_LEDGER, 0, FALSE, run_export},
    {"GET", "/system", "system", ROLE_READER, LANE_LEDGER, 0, FALSE, run_system},
    {"GET", "/users", "users", ROLE_ADMINISTRATOR, LANE_LEDGER, 0, FALSE, run_users},
    {"POST", "/users", "user_add", ROLE_ADMINISTRATOR, LANE_PASSWORD, SMALL, FALSE, run_user_add},
    {"PATCH", "/users/{id}", "user_change", ROLE_ADMINISTRATOR, LANE_LEDGER, BODY, FALSE, run_user_change},
    {"PUT", "/users/{id}/password", "user_password", ROLE_ADMINISTRATOR, LANE_PASSWORD, SMALL, FALSE, run_user_password},
    {NULL, NULL, NULL, ROLE_ADMINISTRATOR, LANE_LEDGER, 0, FALSE, NULL},
};

/* One piece of a path against one of a pattern. */
static gboolean piece_fits(Exchange *x, const char *pattern, const char *piece, guint *ids, guint *words)
{
    if (*pattern != '{')
        return g_str_equal(pattern, piece);
    if (g_str_equal(pattern, "{id}") || g_str_equal(pattern, "{other}") || g_str_equal(pattern, "{page}"))
        return *ids < G_N_ELEMENTS(x->ids) && g_ascii_string_to_signed(piece, 10, 1, G_MAXINT64, &x->ids[(*ids)++], NULL);
    if (*words >= G_N_ELEMENTS(x->word) || !*piece)
        return FALSE;
    g_free(x->word[*words]);
    x->word[(*words)++] = g_strdup(piece);
    return TRUE;
}

static gboolean path_fits(Exchange *x, const char *pattern, char **pieces)
{
    guint ids = 0, words = 0, i = 0;
    g_auto(GStrv) wanted = g_strsplit(pattern, "/", -1);
    for (; wanted[i] && pieces[i]; i++)
        if (!piece_fits(x, wanted[i], pieces[i], &ids, &words))
            return FALSE;
    return !wanted[i] && !pieces[i];
}

const Route *route_find(Exchange *x, const char *method, const char *path, gboolean *ret_other)
{
    g_auto(GStrv) pieces = g_strsplit(path, "/", -1);
    *ret_other = FALSE;
    for (const Route *route = routes; route->method; route++) {
        if (!path_fits(x, route->pattern, pieces))
            continue;
        if (g_str_equal(route->method, method))
            return route;
        *ret_other = TRUE;
    }
    return NULL;
}
