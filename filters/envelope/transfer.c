#include <string.h>

#include "envelope/transfer.h"

enum { PAD = 64, BLANK = 65, STRAY = 66 };
static guint8 alphabet[256];

static void fill_alphabet(void)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    memset(alphabet, STRAY, sizeof alphabet);
    for (guint8 i = 0; i < 64; i++)
        alphabet[(guchar)letters[i]] = i;
    alphabet['='] = PAD;
    alphabet[' '] = alphabet['\t'] = alphabet['\r'] = alphabet['\n'] = BLANK;
}

typedef struct {
    guint8 *out;
    gsize length;    /* written */
    gsize line;      /* length when the current line began */
    guint32 quantum; /* pending sextets */
    guint pending;
    gboolean padded; /* some chunk has ended with '=' */
    gsize strays;
} Base64;

static void flush_quantum(Base64 *state)
{
    guint32 quantum = state->quantum << (6 * (4 - state->pending));
    if (state->pending >= 2)
        state->out[state->length++] = (guint8)(quantum >> 16);
    if (state->pending == 3)
        state->out[state->length++] = (guint8)(quantum >> 8);
    state->quantum = state->pending = 0;
}

/* One character that is not in the middle of a run of plain base64. Returns how many characters it took. */
static gsize slow_character(Base64 *state, const guchar *text, gsize left)
{
    guint8 value = alphabet[*text];
    if (value < 64) {
        state->quantum = state->quantum << 6 | value;
        if (++state->pending == 4) {
            state->out[state->length++] = (guint8)(state->quantum >> 16);
            state->out[state->length++] = (guint8)(state->quantum >> 8);
            state->out[state->length++] = (guint8)state->quantum;
            state->quantum = state->pending = 0;
        }
    } else if (value == PAD) {
        state->padded = TRUE;
        flush_quantum(state);
    } else if (value == STRAY && state->padded) {
        /* Words behind the end of a file: a list's or virus scanner's footer. Its line goes as a whole. */
        const guchar *end = memchr(text, '\n', left);
        state->length = MIN(state->length, state->line);
        state->quantum = state->pending = 0;
        return end ? (gsize)(end - text) : left;
    } else if (value == STRAY)
        state->strays++;
    else if (*text == '\n' && state->pending == 0)
        state->line = state->length;
    return 1;
}

gboolean transfer_base64(const char *text, gsize length, GByteArray *out)
{
    static gsize once = 0;
    if (g_once_init_enter(&once)) {
        fill_alphabet();
        g_once_init_leave(&once, 1);
    }
    guint before = out->len;
    g_byte_array_set_size(out, before + (guint)(length / 4 * 3) + 3);
    Base64 state = {.out = out->data + before};
    const guchar *in = (const guchar *)text;
    for (gsize i = 0; i < length;) {
        while (state.pending == 0 && i + 4 <= length) {
            guint8 a = alphabet[in[i]], b = alphabet[in[i + 1]], c = alphabet[in[i + 2]],
                   d = alphabet[in[i + 3]];
            if ((a | b | c | d) >= 64)
                break;
            guint32 quantum = (guint32)a << 18 | (guint32)b << 12 | (guint32)c << 6 | d;
            state.out[state.length] = (guint8)(quantum >> 16);
            state.out[state.length + 1] = (guint8)(quantum >> 8);
            state.out[state.length + 2] = (guint8)quantum;
            state.length += 3;
            i += 4;
        }
        if (i < length)
            i += slow_character(&state, in + i, length - i);
    }
    flush_quantum(&state);
    g_byte_array_set_size(out, before + (guint)state.length);
    return state.strays * 4 <= length;
}

void transfer_quoted(const char *text, gsize length, gboolean underscore, GByteArray *out)
{
    if (length == 0)
        return;
    guint before = out->len;
    g_byte_array_set_size(out, before + (guint)length);
    guint8 *to = out->data + before;
    for (gsize i = 0; i < length; i++) {
        char c = text[i];
        if (underscore && c == '_') {
            *to++ = ' ';
            continue;
        }
        if (c != '=') {
            *to++ = (guint8)c;
            continue;
        }
        if (i + 2 < length && g_ascii_isxdigit(text[i + 1]) && g_ascii_isxdigit(text[i + 2])) {
            *to++ = (guint8)(g_ascii_xdigit_value(text[i + 1]) << 4 | g_ascii_xdigit_value(text[i + 2]));
            i += 2;
            continue;
        }
        gsize end = i + 1;
        while (end < length && (text[end] == ' ' || text[end] == '\t' || text[end] == '\r'))
            end++;
        if (end >= length || text[end] == '\n')
            i = end;
        else
            *to++ = '=';
    }
    g_byte_array_set_size(out, before + (guint)(to - (out->data + before)));
}

void uuencoded_free(gpointer data)
{
    Uuencoded *file = data;
    g_free(file->name);
    g_clear_pointer(&file->bytes, g_bytes_unref);
    g_free(file);
}

/* A data line; FALSE when it cannot be one. Blanks at its end that a gateway cut off count as zeros. */
static gboolean uu_line(const guchar *line, gsize length, GByteArray *out)
{
    if (length == 0 || line[0] < 0x20 || line[0] > 0x60)
        return FALSE;
    guint count = (line[0] - 0x20u) & 0x3f;
    gsize needed = (count + 2) / 3 * 4;
    if (length > needed + 3)
        return FALSE;
    for (gsize i = 1; i < length; i++)
        if (line[i] < 0x20 || line[i] > 0x60)
            return i > needed;
    for (gsize at = 1; count > 0; at += 4) {
        guint32 quantum = 0;
        for (gsize i = at; i < at + 4; i++)
            quantum = quantum << 6 | (i < length ? (line[i] - 0x20u) & 0x3f : 0);
        guint8 three[] = {(guint8)(quantum >> 16), (guint8)(quantum >> 8), (guint8)quantum};
        g_byte_array_append(out, three, MIN(count, 3));
        count -= MIN(count, 3);
    }
    return TRUE;
}

/* The line at AT without its end; RET_NEXT is where the next one begins. */
static gsize line_at(const char *text, gsize length, gsize at, gsize *ret_next)
{
    const char *end = memchr(text + at, '\n', length - at);
    gsize stop = end ? (gsize)(end - text) : length;
    *ret_next = end ? stop + 1 : length;
    if (stop > at && text[stop - 1] == '\r')
        stop--;
    return stop - at;
}

static gboolean is_begin(const char *line, gsize length)
{
    if (length < 11 || memcmp(line, "begin ", 6) != 0)
        return FALSE;
    gsize at = 6;
    while (at < length && line[at] >= '0' && line[at] <= '7')
        at++;
    return at >= 9 && at <= 10 && at + 1 < length && line[at] == ' ';
}

/* The file whose begin line stands at START, or NULL when no data follows. */
static Uuencoded *read_uuencoded(const char *text, gsize length, gsize start)
{
    gsize next, size = line_at(text, length, start, &next);
    const char *name = memchr(text + start + 6, ' ', size - 6);
    Uuencoded *file = g_new0(Uuencoded, 1);
    file->start = start;
    file->name = g_strndup(name + 1, size - (gsize)(name + 1 - (text + start)));
    GByteArray *out = g_byte_array_new();
    file->end = next;
    while (next < length) {
        gsize at = next;
        size = line_at(text, length, at, &next);
        if (size == 3 && memcmp(text + at, "end", 3) == 0) {
            file->end = next;
            break;
        }
        /* Blank lines stand where a gateway cut "`" or a blank away. */
        if (size > 0 && !uu_line((const guchar *)text + at, size, out))
            break;
        file->end = next;
    }
    gboolean found = out->len > 0;
    file->bytes = g_byte_array_free_to_bytes(out);
    if (found)
        return file;
    uuencoded_free(file);
    return NULL;
}

GPtrArray *transfer_find_uuencoded(const char *text, gsize length, guint max)
{
    GPtrArray *files = NULL;
    for (gsize at = 0, next; at < length && (!files || files->len < max); at = next) {
        gsize size = line_at(text, length, at, &next);
        Uuencoded *file = is_begin(text + at, size) ? read_uuencoded(text, length, at) : NULL;
        if (!file)
            continue;
        next = file->end;
        if (!files)
            files = g_ptr_array_new_with_free_func(uuencoded_free);
        g_ptr_array_add(files, file);
    }
    return files;
}

static gboolean names(const char *encoding, const char *name)
{
    gsize length = strlen(name);
    return g_ascii_strncasecmp(encoding, name, length) == 0 && !g_ascii_isalnum(encoding[length]);
}

GBytes *transfer_decode(GBytes *content, const char *encoding)
{
    gsize length;
    const char *text = g_bytes_get_data(content, &length);
    while (encoding && (g_ascii_isspace(*encoding) || *encoding == '"'))
        encoding++;
    if (!encoding || length == 0)
        return g_bytes_ref(content);
    if (names(encoding, "base64")) {
        GByteArray *out = g_byte_array_new();
        if (transfer_base64(text, length, out))
            return g_byte_array_free_to_bytes(out);
        g_byte_array_unref(out);
        return g_bytes_ref(content);
    }
    if (names(encoding, "quoted-printable")) {
        GByteArray *out = g_byte_array_new();
        transfer_quoted(text, length, FALSE, out);
        return g_byte_array_free_to_bytes(out);
    }
    if (names(encoding, "x-uuencode") || names(encoding, "uuencode") || names(encoding, "x-uue")) {
        g_autoptr(GPtrArray) files = transfer_find_uuencoded(text, length, 1);
        return files ? g_bytes_ref(((Uuencoded *)files->pdata[0])->bytes) : g_bytes_ref(content);
    }
    return g_bytes_ref(content);
}
