/* password.h: Argon2id and random tokens (libsodium, named in password.c only). */
#ifndef SHOUWEN_DESK_PASSWORD_H
#define SHOUWEN_DESK_PASSWORD_H

#include "ledger/users.h"

/* The hash of PASSWORD for the ledger: Argon2id, libsodium's interactive limits (64 MB). FAILURE_DATA when it is shorter than 10
 * characters or longer than 1,000 bytes; FAILURE_AGAIN when there is no memory. Caller frees. */
char *password_hash(const char *password, GError **error);

/* Takes about a tenth of a second whether PASSWORD is right or not. */
gboolean password_right(const char *hash, const char *password);

/* A hash that no password has. Caller frees. */
char *password_nobody(GError **error);

/* 256 random bits as text for a browser, and their SHA-256, which is all the ledger keeps. Caller frees. */
char *token_new(guint8 ret_hash[LEDGER_TOKEN_BYTES]);
/* FALSE: TEXT cannot be a token. */
gboolean token_hash(const char *text, guint8 ret_hash[LEDGER_TOKEN_BYTES]);
/* HASH in hex. Caller frees. */
char *token_hex(const guint8 hash[LEDGER_TOKEN_BYTES]);

/* Whether two texts are equal, in a time that does not tell where they differ. */
gboolean token_equal(const char *one, const char *other);

const char *password_library(void); /* its version */

#endif
