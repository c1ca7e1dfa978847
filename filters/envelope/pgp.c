#include <string.h>

#include "envelope/pgp.h"

#define MESSAGE "-----BEGIN PGP MESSAGE-----"
#define SIGNED "-----BEGIN PGP SIGNED MESSAGE-----"
#define SIGNATURE "-----BEGIN PGP SIGNATURE-----"
#define SIGNATURE_END "-----END PGP SIGNATURE-----"

enum { GREETING_BYTES = 1000 };

typedef struct {
    const char *at, *end;
} Lines;

typedef struct {
    const char *text; /* with its line end */
    gsize length;
} Line;

static gboolean next_line(Lines *lines, Line *ret)
{
    if (lines->at >= lines->end)
        return FALSE;
    const char *end = memchr(lines->at, '\n', (gsize)(lines->end - lines->at));
    *ret = (Line){lines->at, (gsize)((end ? end + 1 : lines->end) - lines->at)};
    lines->at += ret->length;
    return TRUE;
}

static gboolean starts(const Line *line, const char *mark)
{
    return line->length >= strlen(mark) && memcmp(line->text, mark, strlen(mark)) == 0;
}

gboolean pgp_is_encrypted(const char *text, gsize length)
{
    Lines lines = {text, text + length};
    Line line = {NULL, 0};
    while (next_line(&lines, &line) && line.text - text <= GREETING_BYTES)
        if (starts(&line, MESSAGE))
            return TRUE;
    return FALSE;
}

gboolean pgp_is_service(const char *text, gsize length)
{
    static const char *const marks[] = {SIGNATURE, "-----BEGIN PGP PUBLIC KEY BLOCK-----"};
    const Line line = {text, length};
    for (guint i = 0; i < G_N_ELEMENTS(marks); i++)
        if (starts(&line, marks[i]))
            return TRUE;
    return FALSE;
}

gboolean pgp_is_binary(const guint8 *bytes, gsize length)
{
    enum { KEY_FOR_RECIPIENT = 1, KEY_FROM_PASSPHRASE = 3, ENCRYPTED = 9, ENCRYPTED_CHECKED = 18 };
    if (length < 2 || !(bytes[0] & 0x80))
        return FALSE;
    guint tag = bytes[0] & 0x40 ? bytes[0] & 0x3f : bytes[0] >> 2 & 0x0f;
    return tag == KEY_FOR_RECIPIENT || tag == KEY_FROM_PASSPHRASE || tag == ENCRYPTED || tag == ENCRYPTED_CHECKED;
}

/* The "Hash:" headers end at the first line that is none or is empty. */
static void skip_headers(Lines *lines)
{
    Lines before = *lines;
    Line line = {NULL, 0};
    while (next_line(lines, &line) && starts(&line, "Hash:"))
        before = *lines;
    gboolean empty = line.length == 0 || *line.text == '\n' || (line.length == 2 && *line.text == '\r');
    if (!empty)
        *lines = before;
}

char *pgp_signed_text(const char *text, gsize length)
{
    enum { OUTSIDE, INSIDE, BEHIND } place = OUTSIDE;
    Lines lines = {text, text + length};
    Line line = {NULL, 0};
    if (length == 0 || !memmem(text, length, SIGNED, strlen(SIGNED)))
        return NULL;
    GString *out = g_string_sized_new(length);
    while (next_line(&lines, &line)) {
        if (place == OUTSIDE && starts(&line, SIGNED)) {
            place = INSIDE;
            skip_headers(&lines);
        } else if (place == INSIDE && starts(&line, SIGNATURE))
            place = BEHIND;
        else if (place == BEHIND && starts(&line, SIGNATURE_END))
            place = OUTSIDE;
        else if (place != BEHIND) {
            /* Lines that begin with a dash were given "- " before them. */
            gsize dashed = place == INSIDE && starts(&line, "- ") ? 2 : 0;
            g_string_append_len(out, line.text + dashed, (gssize)(line.length - dashed));
        }
    }
    return g_string_free(out, FALSE);
}
