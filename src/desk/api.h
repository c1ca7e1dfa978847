/* api.h: private to src/desk: what answers each route, one function a row of routes.c; openapi.json says what each does. */
#ifndef SHOUWEN_DESK_API_H
#define SHOUWEN_DESK_API_H

#include "desk/room.h"

gboolean run_openapi(Worker *w, Exchange *x, GError **error);
gboolean run_session_show(Worker *w, Exchange *x, GError **error);
gboolean run_session_open(Worker *w, Exchange *x, GError **error);
gboolean run_session_close(Worker *w, Exchange *x, GError **error);
gboolean run_setup(Worker *w, Exchange *x, GError **error);
gboolean run_password_change(Worker *w, Exchange *x, GError **error);
gboolean run_names(Worker *w, Exchange *x, GError **error);
gboolean run_events(Worker *w, Exchange *x, GError **error);
gboolean run_queue(Worker *w, Exchange *x, GError **error);
gboolean run_queue_counts(Worker *w, Exchange *x, GError **error);
gboolean run_queue_act(Worker *w, Exchange *x, GError **error);
gboolean run_views(Worker *w, Exchange *x, GError **error);
gboolean run_view_save(Worker *w, Exchange *x, GError **error);
gboolean run_view_delete(Worker *w, Exchange *x, GError **error);
gboolean run_people(Worker *w, Exchange *x, GError **error);
gboolean run_reference(Worker *w, Exchange *x, GError **error);
gboolean run_entry(Worker *w, Exchange *x, GError **error);
gboolean run_entry_accept(Worker *w, Exchange *x, GError **error);
gboolean run_entry_return(Worker *w, Exchange *x, GError **error);
gboolean run_entry_reject(Worker *w, Exchange *x, GError **error);
gboolean run_entry_reopen(Worker *w, Exchange *x, GError **error);
gboolean run_entry_close(Worker *w, Exchange *x, GError **error);
gboolean run_entry_correct(Worker *w, Exchange *x, GError **error);
gboolean run_entry_kind(Worker *w, Exchange *x, GError **error);
gboolean run_entry_assign(Worker *w, Exchange *x, GError **error);
gboolean run_entry_comment(Worker *w, Exchange *x, GError **error);
gboolean run_entry_attend(Worker *w, Exchange *x, GError **error);
gboolean run_entry_split(Worker *w, Exchange *x, GError **error);
gboolean run_entry_merge(Worker *w, Exchange *x, GError **error);
gboolean run_entry_write(Worker *w, Exchange *x, GError **error);
gboolean run_entry_redo(Worker *w, Exchange *x, GError **error);
gboolean run_entry_preview(Worker *w, Exchange *x, GError **error);
gboolean run_entry_zip(Worker *w, Exchange *x, GError **error);
gboolean run_document_page(Worker *w, Exchange *x, GError **error);
gboolean run_document_view(Worker *w, Exchange *x, GError **error);
gboolean run_document_file(Worker *w, Exchange *x, GError **error);
gboolean run_document_compare(Worker *w, Exchange *x, GError **error);
gboolean run_message_view(Worker *w, Exchange *x, GError **error);
gboolean run_message_headers(Worker *w, Exchange *x, GError **error);
gboolean run_message_original(Worker *w, Exchange *x, GError **error);
gboolean run_message_unlock(Worker *w, Exchange *x, GError **error);
gboolean run_message_redo(Worker *w, Exchange *x, GError **error);
gboolean run_upload(Worker *w, Exchange *x, GError **error);
gboolean run_duties(Worker *w, Exchange *x, GError **error);
gboolean run_duty_add(Worker *w, Exchange *x, GError **error);
gboolean run_duty(Worker *w, Exchange *x, GError **error);
gboolean run_duty_waive(Worker *w, Exchange *x, GError **error);
gboolean run_duty_hold(Worker *w, Exchange *x, GError **error);
gboolean run_duty_release(Worker *w, Exchange *x, GError **error);
gboolean run_duty_meet(Worker *w, Exchange *x, GError **error);
gboolean run_calendar(Worker *w, Exchange *x, GError **error);
gboolean run_letters(Worker *w, Exchange *x, GError **error);
gboolean run_letter(Worker *w, Exchange *x, GError **error);
gboolean run_letter_view(Worker *w, Exchange *x, GError **error);
gboolean run_letter_original(Worker *w, Exchange *x, GError **error);
gboolean run_letter_release(Worker *w, Exchange *x, GError **error);
gboolean run_letter_hold(Worker *w, Exchange *x, GError **error);
gboolean run_letter_resend(Worker *w, Exchange *x, GError **error);
gboolean run_experts(Worker *w, Exchange *x, GError **error);
gboolean run_expert(Worker *w, Exchange *x, GError **error);
gboolean run_meetings(Worker *w, Exchange *x, GError **error);
gboolean run_meeting(Worker *w, Exchange *x, GError **error);
gboolean run_participant(Worker *w, Exchange *x, GError **error);
gboolean run_search(Worker *w, Exchange *x, GError **error);
gboolean run_statistics(Worker *w, Exchange *x, GError **error);
gboolean run_export(Worker *w, Exchange *x, GError **error);
gboolean run_system(Worker *w, Exchange *x, GError **error);
gboolean run_users(Worker *w, Exchange *x, GError **error);
gboolean run_user_add(Worker *w, Exchange *x, GError **error);
gboolean run_user_change(Worker *w, Exchange *x, GError **error);
gboolean run_user_password(Worker *w, Exchange *x, GError **error);

#endif
