#include <sodium.h>
#include <string.h>

#include "base/failure.h"
#include "desk/password.h"

#define LEAST_CHARS 10
#define MOST_BYTES 1000
#define TOKEN_CHARS 43 /* 32 bytes in base64 without padding */

static gboolean ready(void)
{
    return sodium_init() >= 0;
}

static char *hash(const char *password, GError **error)
{
    char text[crypto_pwhash_STRBYTES];
    if (ready() && crypto_pwhash_str_alg(text, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                         crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) == 0)
        return g_strdup(text);
    g_set_error(error, FAILURE, FAILURE_AGAIN, "there is no memory to hash a password (64 MB)");
    return NULL;
}

char *password_hash(const char *password, GError **error)
{
    if (g_utf8_strlen(password, -1) >= LEAST_CHARS && strlen(password) <= MOST_BYTES)
        return hash(password, error);
    g_set_error(error, FAILURE, FAILURE_DATA, "a password has at least %d characters", LEAST_CHARS);
    return NULL;
}

gboolean password_right(const char *hash_text, const char *password)
{
    return ready() && strlen(password) <= MOST_BYTES && crypto_pwhash_str_verify(hash_text, password, strlen(password)) == 0;
}

char *password_nobody(GError **error)
{
    guint8 unused[LEDGER_TOKEN_BYTES];
    g_autofree char *random = token_new(unused);
    return hash(random, error);
}

char *token_new(guint8 ret_hash[LEDGER_TOKEN_BYTES])
{
    guint8 bytes[LEDGER_TOKEN_BYTES];
    char text[TOKEN_CHARS + 1];
    ready();
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    token_hash(text, ret_hash);
    return g_strdup(text);
}

gboolean token_hash(const char *text, guint8 ret_hash[LEDGER_TOKEN_BYTES])
{
    gsize length = strnlen(text, TOKEN_CHARS + 1);
    return length == TOKEN_CHARS && crypto_hash_sha256(ret_hash, (const guint8 *)text, length) == 0;
}

char *token_hex(const guint8 hash_bytes[LEDGER_TOKEN_BYTES])
{
    char *text = g_malloc(2 * LEDGER_TOKEN_BYTES + 1);
    return sodium_bin2hex(text, 2 * LEDGER_TOKEN_BYTES + 1, hash_bytes, LEDGER_TOKEN_BYTES);
}

gboolean token_equal(const char *one, const char *other)
{
    return strlen(one) == strlen(other) && sodium_memcmp(one, other, strlen(one)) == 0;
}

const char *password_library(void)
{
    return sodium_version_string();
}
