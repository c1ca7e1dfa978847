#include <string.h>

#include "base/charset.h"
#include "base/limits.h"
#include "base/text.h"
#include "envelope/body.h"
#include "envelope/cms.h"
#include "envelope/encoded_word.h"
#include "envelope/parameter.h"
#include "envelope/pgp.h"
#include "envelope/transfer.h"

/* Logos and pictures of signatures are smaller; a photo of a form pasted into the text is larger. */
#define INLINE_PICTURE_BYTES (100 * 1024)

#define LOOK_BYTES 512 /* of a file that is called a mail: no mail has a NUL there */

/* As people are told; nobody's keys are known here. */
#define SMIME_SIGNATURE "S/MIME signature of the mail, not verified"
#define PGP_SIGNATURE "OpenPGP signature of the mail, not verified"

typedef struct {
    Envelope *envelope;
    GString *text;
    gboolean in_report;
    gboolean muted; /* inside an alternative that was not chosen: texts repeat the body */
    const char *prefix;    /* path of the signed file the parts stand in, with "/" behind it, or "" */
    guint wraps;           /* signed files around */
    const char *signature; /* what the parts are signed with, or NULL; static */
} Collect;

/* A leaf with what its headers say. */
typedef struct {
    const Entity *entity;
    Parameters *type, *disposition;
    char *filename;
    GBytes *bytes;
} Leaf;

static void leaf_clear(Leaf *leaf)
{
    g_clear_pointer(&leaf->type, parameters_free);
    g_clear_pointer(&leaf->disposition, parameters_free);
    g_clear_pointer(&leaf->filename, g_free);
    g_clear_pointer(&leaf->bytes, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Leaf, leaf_clear)

/* A media type is a token of ASCII, whatever a stranger wrote. */
static void settle_type(Parameters *type)
{
    static const char token[] = "abcdefghijklmnopqrstuvwxyz0123456789-+._!#$&^/";
    gboolean given = *type->value != '\0';
    type->value[MIN(strspn(type->value, token), 127)] = '\0';
    const char *value = type->value;
    /* A multipart that is a leaf has none of its boundaries: it is text with bits of everything. */
    gboolean text = !given || g_str_has_prefix(value, "text") || g_str_has_prefix(value, "multipart/");
    if (strchr(value, '/') && !g_str_has_prefix(value, "multipart/"))
        return;
    g_free(type->value);
    type->value = g_strdup(text ? "text/plain" : "application/octet-stream");
}

static void leaf_read(Leaf *leaf, const Entity *entity)
{
    leaf->entity = entity;
    leaf->type = parameters_parse(header_first(entity->headers, "Content-Type"));
    leaf->disposition = parameters_parse(header_first(entity->headers, "Content-Disposition"));
    g_autofree char *name = parameters_get(leaf->disposition, "filename");
    if (!name)
        name = parameters_get(leaf->type, "name");
    leaf->filename = name ? parameter_filename(name) : NULL;
    const char *encoding = header_first(entity->headers, "Content-Transfer-Encoding");
    leaf->bytes = transfer_decode(entity->content, encoding);
    settle_type(leaf->type);
}

static gboolean is_text(const Leaf *leaf)
{
    gboolean text =
        strcmp(leaf->type->value, "text/plain") == 0 || strcmp(leaf->type->value, "text/html") == 0;
    return text && !leaf->filename && strcmp(leaf->disposition->value, "attachment") != 0;
}

static gboolean is_html(const Leaf *leaf)
{
    return strcmp(leaf->type->value, "text/html") == 0;
}

static gboolean is_nested_message(const Leaf *leaf)
{
    g_autofree char *lower = leaf->filename ? g_utf8_strdown(leaf->filename, -1) : NULL;
    gsize length;
    const char *bytes = g_bytes_get_data(leaf->bytes, &length);
    gboolean text = length == 0 || !memchr(bytes, 0, MIN(length, LOOK_BYTES));
    gboolean eml = lower && g_str_has_suffix(lower, ".eml") && text;
    return strcmp(leaf->type->value, "message/rfc822") == 0 ||
           strcmp(leaf->type->value, "message/global") == 0 ||
           (eml && (strcmp(leaf->type->value, "application/octet-stream") == 0 ||
                    strcmp(leaf->type->value, "text/plain") == 0));
}

/* Parts that only serve the mail itself: signatures, control parts, the machine's half of a report. */
static gboolean is_machinery(const Collect *collect, const Leaf *leaf)
{
    static const char *const types[] = {"application/pgp-signature",
                                        "application/pkcs7-signature",
                                        "application/x-pkcs7-signature",
                                        "application/pgp-encrypted",
                                        "application/pgp-keys",
                                        "message/delivery-status",
                                        "message/global-delivery-status",
                                        "message/disposition-notification",
                                        "message/feedback-report",
                                        "text/rfc822-headers",
                                        "text/calendar",
                                        "text/x-amp-html",
                                        "text/enriched"};
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (strcmp(leaf->type->value, types[i]) == 0)
            return i < 10 || !leaf->filename;
    gsize length;
    const char *text = g_bytes_get_data(leaf->bytes, &length);
    return (collect->in_report && is_nested_message(leaf)) || (length > 0 && pgp_is_service(text, length));
}

static gboolean is_shown_picture(const Leaf *leaf)
{
    return g_str_has_prefix(leaf->type->value, "image/") && header_first(leaf->entity->headers, "Content-ID") &&
           strcmp(leaf->disposition->value, "attachment") != 0;
}

static gboolean is_small_picture(const Leaf *leaf)
{
    return is_shown_picture(leaf) && g_bytes_get_size(leaf->bytes) < INLINE_PICTURE_BYTES;
}

static MailPart *add_part(Collect *collect, const char *path, const char *filename, const char *mime,
                          PartRole role, GBytes *bytes)
{
    if (collect->envelope->parts->len >= LIMIT_MIME_PARTS) {
        collect->envelope->too_many = TRUE;
        return NULL;
    }
    MailPart *part = g_new0(MailPart, 1);
    part->path = g_strconcat(collect->prefix, path, NULL);
    part->signature = collect->signature;
    part->filename = g_strdup(filename);
    part->mime = g_strdup(mime);
    part->role = role;
    part->bytes = g_bytes_ref(bytes);
    g_ptr_array_add(collect->envelope->parts, part);
    return part;
}

static MailPart *add_leaf(Collect *collect, const Leaf *leaf, PartRole role)
{
    MailPart *part =
        add_part(collect, leaf->entity->path, leaf->filename, leaf->type->value, role, leaf->bytes);
    if (!part)
        return NULL;
    part->charset = parameters_get(leaf->type, "charset");
    part->shown = is_shown_picture(leaf);
    return part;
}

char *body_unflow(const char *text, gsize length, gboolean delete_space)
{
    GString *out = g_string_sized_new(length);
    guint last_depth = 0;
    gboolean soft = FALSE;
    for (gsize at = 0; at < length;) {
        const char *end = memchr(text + at, '\n', length - at);
        gsize stop = end ? (gsize)(end - text) : length, next = end ? stop + 1 : length;
        while (stop > at && text[stop - 1] == '\r')
            stop--;
        gsize start = at;
        while (start < stop && text[start] == '>')
            start++;
        guint depth = (guint)(start - at);
        if (start < stop && text[start] == ' ')
            start++;
        if (at > 0 && !(soft && depth == last_depth))
            g_string_append_c(out, '\n');
        gboolean joins = soft && depth == last_depth;
        if (depth > 0 && !joins)
            g_string_append_len(out, "> ", 2);
        gboolean separator = stop - start == 3 && memcmp(text + start, "-- ", 3) == 0;
        soft = stop > start && text[stop - 1] == ' ' && !separator;
        g_string_append_len(out, text + start, (gssize)(stop - start - (soft && delete_space)));
        last_depth = depth;
        at = next;
    }
    g_string_append_c(out, '\n');
    return g_string_free(out, FALSE);
}

/* Files uuencoded in a text become attachments "1/NAME"; returns the text without them, NULL when there are
 * none. */
static GBytes *take_uuencoded(Collect *collect, const Leaf *leaf)
{
    gsize length;
    const char *text = g_bytes_get_data(leaf->bytes, &length);
    g_autoptr(GPtrArray) files = transfer_find_uuencoded(text, length, LIMIT_MIME_PARTS);
    if (!files)
        return NULL;
    GByteArray *rest = g_byte_array_new();
    gsize at = 0;
    for (guint i = 0; i < files->len; i++) {
        const Uuencoded *file = files->pdata[i];
        g_byte_array_append(rest, (const guint8 *)text + at, (guint)(file->start - at));
        at = file->end;
        g_autofree char *decoded = encoded_word_decode(file->name), *name = parameter_filename(decoded);
        g_autofree char *path = name ? g_strdup_printf("%s/%s", leaf->entity->path, name)
                                     : g_strdup_printf("%s/%u", leaf->entity->path, i + 1);
        add_part(collect, path, name, "application/octet-stream", PART_ATTACHMENT, file->bytes);
    }
    g_byte_array_append(rest, (const guint8 *)text + at, (guint)(length - at));
    return g_byte_array_free_to_bytes(rest);
}

/* The text's bytes for people: without uuencoded files and soft line breaks. */
static GBytes *readable(Collect *collect, const Leaf *leaf)
{
    GBytes *rest = is_html(leaf) ? NULL : take_uuencoded(collect, leaf);
    if (!rest)
        rest = g_bytes_ref(leaf->bytes);
    gsize size;
    const char *raw = g_bytes_get_data(rest, &size);
    char *clear = is_html(leaf) || size == 0 ? NULL : pgp_signed_text(raw, size);
    if (clear) {
        g_bytes_unref(rest);
        rest = g_bytes_new_take(clear, strlen(clear));
        collect->signature = PGP_SIGNATURE;
    }
    g_autofree char *format = parameters_get(leaf->type, "format"),
                    *delsp = parameters_get(leaf->type, "delsp");
    if (is_html(leaf) || !format || g_ascii_strcasecmp(format, "flowed") != 0)
        return rest;
    gsize length;
    const char *text = g_bytes_get_data(rest, &length);
    char *flat = body_unflow(text, length, delsp && g_ascii_strcasecmp(delsp, "yes") == 0);
    g_bytes_unref(rest);
    return g_bytes_new_take(flat, strlen(flat));
}

/* The charset an HTML text names in itself, when its header names none. */
static char *meta_charset(const char *html, gsize length)
{
    if (length == 0)
        return NULL;
    g_autofree char *head = g_ascii_strdown(html, (gssize)MIN(length, 2048));
    const char *at = strstr(head, "charset=");
    if (!at)
        return NULL;
    at += strlen("charset=");
    at += strspn(at, "\"' ");
    return g_strndup(at, strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789-_"));
}

static char *decode_text(const Leaf *leaf, GBytes *bytes)
{
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    length = MIN(length, LIMIT_TEXT_BYTES);
    g_autofree char *charset = parameters_get(leaf->type, "charset");
    if (!charset && is_html(leaf))
        charset = meta_charset(text, length);
    g_autofree char *decoded = charset_decode(length > 0 ? text : "", length, charset);
    return is_html(leaf) ? body_strip_html(decoded) : g_steal_pointer(&decoded);
}

static gboolean is_blank(const char *text)
{
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (!g_unichar_isspace(c) && c != 0x200b && c != 0xfeff && c != 0xfffc)
            return FALSE;
    }
    return TRUE;
}

/* Whether TEXT only repeats what the body already says: HTML beside a plain text without
 * multipart/alternative. */
static gboolean repeats(const Collect *collect, const char *text)
{
    g_autofree char *known = text_fold(collect->text->str), *new_text = text_fold(text);
    g_autofree char *start = g_utf8_substring(new_text, 0, MIN(40, g_utf8_strlen(new_text, -1)));
    return *start && strstr(known, start);
}

static void add_text(Collect *collect, const Leaf *leaf)
{
    if (collect->muted) {
        add_leaf(collect, leaf, PART_INLINE);
        return;
    }
    guint before = collect->envelope->parts->len;
    const char *outer = collect->signature;
    g_autoptr(GBytes) bytes = readable(collect, leaf);
    g_autofree char *text = decode_text(leaf, bytes);
    gboolean repeated = is_html(leaf) && collect->text->len > 0 && repeats(collect, text);
    MailPart *part = add_leaf(collect, leaf, repeated ? PART_INLINE : PART_BODY);
    collect->signature = outer;
    if (!part)
        return;
    g_bytes_unref(part->bytes);
    part->bytes = g_bytes_ref(bytes);
    /* In its own order: before the files that were found in it. */
    GPtrArray *parts = collect->envelope->parts;
    for (guint i = parts->len - 1; i > before; i--)
        parts->pdata[i] = parts->pdata[i - 1];
    parts->pdata[before] = part;
    if (repeated || collect->text->len + strlen(text) > LIMIT_TEXT_BYTES)
        return;
    if (collect->text->len > 0 && collect->text->str[collect->text->len - 1] != '\n')
        g_string_append_c(collect->text, '\n');
    g_string_append(collect->text, text);
}

static void collect_entity(Collect *collect, const Entity *entity);

static const char *signature_of(const Parameters *type)
{
    g_autofree char *protocol = parameters_get(type, "protocol");
    return protocol && strstr(protocol, "pgp") ? PGP_SIGNATURE : SMIME_SIGNATURE;
}

/* The parts of a mail that was signed as a whole and so lies in one file: they stand in its place. */
static gboolean collect_signed(Collect *collect, const Leaf *leaf)
{
    gsize length;
    const guint8 *bytes = g_bytes_get_data(leaf->bytes, &length);
    g_autoptr(GBytes) content = length > 0 && collect->wraps < LIMIT_ARCHIVE_DEPTH ? cms_content(bytes, length) : NULL;
    if (!content || !cms_is_mime(content))
        return FALSE;
    g_autoptr(Structure) inner = structure_read(content);
    Collect outer = *collect;
    g_autofree char *prefix = g_strconcat(outer.prefix, leaf->entity->path, "/", NULL);
    collect->prefix = prefix;
    collect->signature = SMIME_SIGNATURE;
    collect->wraps++;
    collect_entity(collect, inner->root);
    collect->envelope->too_deep |= inner->too_deep;
    collect->envelope->too_many |= inner->too_many;
    collect->prefix = outer.prefix;
    collect->signature = outer.signature;
    collect->wraps = outer.wraps;
    return TRUE;
}

static void collect_leaf(Collect *collect, const Entity *entity)
{
    g_auto(Leaf) leaf = {0};
    leaf_read(&leaf, entity);
    if (collect_signed(collect, &leaf))
        return;
    if (is_machinery(collect, &leaf))
        add_leaf(collect, &leaf, PART_INLINE);
    else if (is_nested_message(&leaf))
        add_leaf(collect, &leaf, PART_MESSAGE);
    else if (is_text(&leaf))
        add_text(collect, &leaf);
    else
        add_leaf(collect, &leaf, is_small_picture(&leaf) ? PART_INLINE : PART_ATTACHMENT);
}

/* How well an alternative serves as the body: a plain text with words, then HTML (or what contains it), then
 * others. */
static int alternative_rank(const Entity *entity)
{
    if (entity->children)
        return 2;
    g_auto(Leaf) leaf = {0};
    leaf_read(&leaf, entity);
    if (!is_text(&leaf))
        return 0;
    if (is_html(&leaf))
        return 2;
    g_autofree char *text = decode_text(&leaf, leaf.bytes);
    return is_blank(text) ? 1 : 3;
}

static void collect_alternatives(Collect *collect, const Entity *entity)
{
    guint best = 0;
    int best_rank = -1;
    for (guint i = 0; i < entity->children->len; i++) {
        int rank = alternative_rank(entity->children->pdata[i]);
        if (rank > best_rank) {
            best = i;
            best_rank = rank;
        }
    }
    for (guint i = 0; i < entity->children->len; i++) {
        const Entity *child = entity->children->pdata[i];
        /* Apple Mail hangs attachments into the HTML alternative: of it only the text is a repetition. */
        gboolean outer = collect->muted;
        collect->muted |= i != best;
        collect_entity(collect, child);
        collect->muted = outer;
    }
}

static void collect_entity(Collect *collect, const Entity *entity)
{
    if (!entity->children) {
        collect_leaf(collect, entity);
        return;
    }
    g_autoptr(Parameters) type = parameters_parse(header_first(entity->headers, "Content-Type"));
    gboolean outer = collect->in_report;
    const char *signature = collect->signature;
    if (strcmp(type->value, "multipart/signed") == 0)
        collect->signature = signature_of(type);
    collect->in_report |= strcmp(type->value, "multipart/report") == 0;
    if (strcmp(type->value, "multipart/alternative") == 0)
        collect_alternatives(collect, entity);
    else
        for (guint i = 0; i < entity->children->len; i++)
            collect_entity(collect, entity->children->pdata[i]);
    collect->in_report = outer;
    collect->signature = signature;
}

static void hash_parts(GPtrArray *parts)
{
    for (guint i = 0; i < parts->len; i++) {
        MailPart *part = parts->pdata[i];
        part->sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, part->bytes);
    }
}

void body_collect(Envelope *envelope, const Structure *structure)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Collect collect = {.envelope = envelope, .text = text, .prefix = ""};
    envelope->too_deep = structure->too_deep;
    envelope->too_many = structure->too_many;
    collect_entity(&collect, structure->root);
    hash_parts(envelope->parts);
    g_string_replace(text, "\r\n", "\n", 0);
    envelope->body = g_strdup(text->str);
}
