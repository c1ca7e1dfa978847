/* users.h: who may use the desk, their sessions, and the views that they saved.
 *
 * Functions that write expect a transaction under way (ledger_begin). Texts in the structs are borrowed for the call when they
 * go in, and valid only during the visitor when they come out. */
#ifndef SHOUWEN_LEDGER_USERS_H
#define SHOUWEN_LEDGER_USERS_H

#include "ledger/ledger.h"

#define LEDGER_TOKEN_BYTES 32

typedef struct {
    gint64 id;
    const char *name, *shown; /* as he logs in; as he is shown */
    const char *role;         /* reader clerk reviewer administrator */
    gboolean has_password;    /* coming out; without one only the reverse proxy lets him in */
    gint64 created, disabled, seen; /* instants; 0: not, never */
} LedgerUser;
typedef void (*UserVisitor)(const LedgerUser *user, gpointer data);

/* All users by name. */
gboolean ledger_users(Ledger *ledger, UserVisitor visit, gpointer data, GError **error);
/* One; FALSE without error when there is none. */
gboolean ledger_user_get(Ledger *ledger, gint64 id, UserVisitor visit, gpointer data, GError **error);
gint64 ledger_user_named(Ledger *ledger, const char *name); /* 0: none */
gboolean ledger_has_users(Ledger *ledger);

/* His password's hash; NULL: none, or he is disabled. Caller frees. */
char *ledger_user_password(Ledger *ledger, gint64 id);

/* PASSWORD: its hash; NULL: none. Each of these is an event of ACTOR. A name taken is FAILURE_CONFLICT, one that is not 2 to 40 of
 * a-z 0-9 . _ - FAILURE_DATA. */
gboolean ledger_user_add(Ledger *ledger, const LedgerUser *user, const char *password, const char *actor, gint64 *ret_id,
                         GError **error);
/* SHOWN and ROLE NULL: as they are. DISABLED negative: as it is. Disabling ends his sessions. FAILURE_DATA when no
 * administrator would be left. */
gboolean ledger_user_change(Ledger *ledger, gint64 id, const char *shown, const char *role, int disabled, const char *actor,
                            GError **error);
/* Ends his sessions but the one of KEEP (its token's hash; NULL: all). */
gboolean ledger_user_set_password(Ledger *ledger, gint64 id, const char *password, const guint8 *keep, const char *actor,
                                  GError **error);

/* --- the first user ---------------------------------------------------------------------------------------------------- */

/* The hash of the token by which the first administrator is made, in hex; NULL: none was given out. Caller frees. */
char *ledger_setup_token(Ledger *ledger);
/* HASH NULL: it is used up. */
gboolean ledger_setup_token_set(Ledger *ledger, const char *hash, GError **error);

/* --- sessions ------------------------------------------------------------------------------------------------------------ */

/* Texts are owned by the struct. */
typedef struct {
    gint64 user, created, seen;
    char *name, *shown, *role, *csrf;
    gboolean has_password;
} LedgerSession;
void ledger_session_clear(LedgerSession *session);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LedgerSession, ledger_session_clear)

/* TOKEN: the SHA-256 of what the browser holds. Old sessions (not seen since IDLE_SINCE, or begun before ABSOLUTE_SINCE) go. */
gboolean ledger_session_add(Ledger *ledger, const guint8 token[LEDGER_TOKEN_BYTES], gint64 user, const char *csrf,
                            gint64 idle_since, gint64 absolute_since, GError **error);
/* FALSE: there is none, it is too old, or its user is disabled. */
gboolean ledger_session_get(Ledger *ledger, const guint8 token[LEDGER_TOKEN_BYTES], gint64 idle_since, gint64 absolute_since,
                            LedgerSession *ret);
gboolean ledger_session_seen(Ledger *ledger, const guint8 token[LEDGER_TOKEN_BYTES], GError **error);
gboolean ledger_session_end(Ledger *ledger, const guint8 token[LEDGER_TOKEN_BYTES], GError **error);
/* What a session would say of the enabled user called NAME, whom the reverse proxy vouches for. FALSE: there is none. */
gboolean ledger_session_for(Ledger *ledger, const char *name, LedgerSession *ret);

/* --- saved views --------------------------------------------------------------------------------------------------------- */

typedef void (*ViewVisitor)(gint64 id, const char *name, const char *query, gpointer data);
gboolean ledger_views(Ledger *ledger, gint64 user, ViewVisitor visit, gpointer data, GError **error);
/* A view of that name is replaced. FAILURE_DATA above 100 views. */
gboolean ledger_view_save(Ledger *ledger, gint64 user, const char *name, const char *query, gint64 *ret_id, GError **error);
gboolean ledger_view_delete(Ledger *ledger, gint64 user, gint64 id, GError **error); /* FAILURE_NOINPUT: he has none of that id */

#endif
