/* tnef.c: winmail.dat, in which Outlook wraps attachments and formatted text for other mailers. Source: [MS-OXTNEF]. */
#include <string.h>

#include "base/charset.h"
#include "readers/lzfu.h"
#include "readers/member.h"
#include "readers/rows.h"

enum { SIGNATURE = 0x223e9f78, HEADER = 6, ATTRIBUTE_HEADER = 9, CHECKSUM = 2 };
/* The lower half of an attribute's number; the upper tells a type that writers get wrong. */
enum { ATT_BODY = 0x800c, ATT_RENDERING = 0x9002, ATT_TITLE = 0x8010, ATT_DATA = 0x800f, ATT_PROPERTIES = 0x9005,
       ATT_MESSAGE = 0x9003, ATT_CODEPAGE = 0x9007 };
enum { TYPE_I2 = 0x02, TYPE_I4 = 0x03, TYPE_R4 = 0x04, TYPE_ERROR = 0x0a, TYPE_BOOLEAN = 0x0b, TYPE_OBJECT = 0x0d,
       TYPE_STRING8 = 0x1e, TYPE_UNICODE = 0x1f, TYPE_CLSID = 0x48, TYPE_BINARY = 0x102, TYPE_MANY = 0x1000 };
enum { TAG_BODY = 0x1000, TAG_RTF = 0x1009, TAG_HTML = 0x1013, TAG_DISPLAY_NAME = 0x3001, TAG_DATA = 0x3701, TAG_NAME = 0x3704,
       TAG_LONG_NAME = 0x3707, TAG_INTERNET_CODEPAGE = 0x3fde };
enum { NAMED = 0x8000, CLSID = 16 };

/* Bytes still to be read; reading beyond them sets BAD. */
typedef struct {
    const guint8 *at;
    gsize left;
    gboolean bad;
} Cursor;

typedef struct {
    const guint8 *bytes; /* NULL: none */
    gsize length;
} Span;

typedef struct {
    Members *members;
    char charset[16];
    /* the attachment that is being described */
    gboolean open;
    char *title, *long_name;
    Span data;
    /* the mail's text */
    Span text, html, rtf;
    gboolean text_unicode;
    gboolean stopped;
} Tnef;

static Span take(Cursor *cursor, gsize length)
{
    if (cursor->bad || length > cursor->left) {
        cursor->bad = TRUE;
        return (Span){NULL, 0};
    }
    Span span = {cursor->at, length};
    cursor->at += length;
    cursor->left -= length;
    return span;
}

static guint32 take_number(Cursor *cursor, guint bytes)
{
    guint32 value = 0;
    Span span = take(cursor, bytes);
    for (guint i = 0; span.bytes && i < bytes; i++)
        value |= (guint32)span.bytes[i] << (8 * i);
    return value;
}

/* Values are padded to four bytes; the last one's padding may be missing. */
static Span take_padded(Cursor *cursor, gsize length)
{
    Span span = take(cursor, length);
    take(cursor, MIN((4 - length % 4) % 4, cursor->left));
    return span;
}

/* --- text --------------------------------------------------------------------------------------------------------------- */

static char *decode(const Tnef *tnef, Span span, gboolean unicode)
{
    gsize length = span.length;
    if (!span.bytes)
        return g_strdup("");
    if (unicode) {
        for (gsize i = 0; i + 1 < length; i += 2)
            if (span.bytes[i] == 0 && span.bytes[i + 1] == 0)
                length = i;
        return charset_decode((const char *)span.bytes, length & ~(gsize)1, "UTF-16LE");
    }
    while (length > 0 && span.bytes[length - 1] == 0)
        length--;
    return charset_decode((const char *)span.bytes, length, *tnef->charset ? tnef->charset : NULL);
}

static void set_name(const Tnef *tnef, char **name, Span span, gboolean unicode)
{
    if (!span.bytes || span.length == 0)
        return;
    g_autofree char *text = decode(tnef, span, unicode);
    if (!*text)
        return;
    g_free(*name);
    *name = member_name(text);
}

static void set_codepage(Tnef *tnef, guint32 codepage)
{
    if (codepage > 0 && codepage < 65000)
        g_snprintf(tnef->charset, sizeof tnef->charset, "cp%u", codepage);
    else if (codepage == 65001)
        g_strlcpy(tnef->charset, "utf-8", sizeof tnef->charset);
}

/* --- attachments -------------------------------------------------------------------------------------------------------- */

/* Hands on the attachment described so far. One without data still stood in the mail, and is said to be empty. */
static void close_attachment(Tnef *tnef)
{
    const char *name = tnef->long_name ? tnef->long_name : tnef->title ? tnef->title : "unnamed";
    if (tnef->open && !tnef->stopped)
        tnef->stopped = !tnef->members->member(tnef->members, name, tnef->data.bytes ? tnef->data.bytes : (const guint8 *)"",
                                               tnef->data.length, STATUS_READ);
    tnef->open = FALSE;
    tnef->data = (Span){NULL, 0};
    g_clear_pointer(&tnef->title, g_free);
    g_clear_pointer(&tnef->long_name, g_free);
}

static void take_property(Tnef *tnef, guint tag, guint type, Span value, gboolean attachment)
{
    gboolean unicode = type == TYPE_UNICODE;
    if (attachment && tag == TAG_LONG_NAME)
        set_name(tnef, &tnef->long_name, value, unicode);
    else if (attachment && ((tag == TAG_NAME && !tnef->title) || (tag == TAG_DISPLAY_NAME && !tnef->title)))
        set_name(tnef, &tnef->title, value, unicode);
    else if (attachment && tag == TAG_DATA && type == TYPE_OBJECT && value.length > CLSID)
        tnef->data = (Span){value.bytes + CLSID, value.length - CLSID}; /* behind the interface's id: a TNEF, or a storage */
    else if (attachment && tag == TAG_DATA && type == TYPE_BINARY)
        tnef->data = value;
    else if (!attachment && tag == TAG_BODY && (unicode || type == TYPE_STRING8)) {
        tnef->text = value;
        tnef->text_unicode = unicode;
    } else if (!attachment && tag == TAG_HTML)
        tnef->html = value;
    else if (!attachment && tag == TAG_RTF)
        tnef->rtf = value;
    else if (!attachment && tag == TAG_INTERNET_CODEPAGE && value.length == 4)
        set_codepage(tnef, value.bytes[0] | (guint32)value.bytes[1] << 8 | (guint32)value.bytes[2] << 16);
}

/* The length of a value that tells none of its own. */
static gsize fixed_length(guint type)
{
    switch (type) {
    case TYPE_I2:
    case TYPE_I4:
    case TYPE_R4:
    case TYPE_ERROR:
    case TYPE_BOOLEAN:
        return 4;
    case TYPE_CLSID:
        return CLSID;
    default:
        return 8;
    }
}

static void skip_name(Cursor *cursor)
{
    take(cursor, CLSID);
    guint32 kind = take_number(cursor, 4), length = take_number(cursor, 4);
    if (kind == 1)
        take_padded(cursor, length);
}

/* The MAPI properties of an attachment or of the mail ([MS-OXTNEF] 2.1.3.4). */
static void take_properties(Tnef *tnef, Span all, gboolean attachment)
{
    Cursor cursor = {all.bytes, all.length, FALSE};
    guint32 count = take_number(&cursor, 4);
    for (guint32 i = 0; i < count && !cursor.bad && cursor.left > 0; i++) {
        guint type = take_number(&cursor, 2), tag = take_number(&cursor, 2), plain = type & ~TYPE_MANY;
        if (tag & NAMED)
            skip_name(&cursor);
        gboolean sized = plain == TYPE_STRING8 || plain == TYPE_UNICODE || plain == TYPE_BINARY || plain == TYPE_OBJECT;
        guint32 values = sized || (type & TYPE_MANY) ? take_number(&cursor, 4) : 1;
        for (guint32 k = 0; k < values && !cursor.bad; k++) {
            gsize length = sized ? take_number(&cursor, 4) : fixed_length(plain);
            Span value = take_padded(&cursor, length);
            if (!cursor.bad && k == 0 && !(type & TYPE_MANY))
                take_property(tnef, tag, type, value, attachment);
        }
    }
}

static void take_attribute(Tnef *tnef, guint id, Span value)
{
    Cursor cursor = {value.bytes, value.length, FALSE};
    switch (id) {
    case ATT_CODEPAGE:
        set_codepage(tnef, take_number(&cursor, 4));
        break;
    case ATT_BODY:
        if (!tnef->text.bytes)
            tnef->text = value;
        break;
    case ATT_MESSAGE:
        take_properties(tnef, value, FALSE);
        break;
    case ATT_RENDERING:
        close_attachment(tnef);
        tnef->open = TRUE;
        break;
    case ATT_TITLE:
        tnef->open = TRUE;
        set_name(tnef, &tnef->title, value, FALSE);
        break;
    case ATT_DATA:
        tnef->open = TRUE;
        tnef->data = value;
        break;
    case ATT_PROPERTIES:
        tnef->open = TRUE;
        take_properties(tnef, value, TRUE);
        break;
    }
}

/* --- the mail's text ------------------------------------------------------------------------------------------------------ */

/* Without any it is still told, so that a mail without attachments is not taken for an empty container. */
static void hand_on_body(const Tnef *tnef)
{
    Members *members = tnef->members;
    if (tnef->html.length > 0)
        members->body(members, "text/html", tnef->charset, tnef->html.bytes, tnef->html.length);
    else if (tnef->text.length > 0 || tnef->rtf.length == 0) {
        g_autofree char *text = decode(tnef, tnef->text, tnef->text_unicode);
        members->body(members, "text/plain", "utf-8", (const guint8 *)text, strlen(text));
    } else {
        g_autoptr(GByteArray) rtf = lzfu_expand(tnef->rtf.bytes, tnef->rtf.length);
        if (rtf)
            members->body(members, "text/rtf", NULL, rtf->data, rtf->len);
    }
}

/* What is whole is handed on; then a cut file is said to be damaged. */
Status tnef_read(const ReadInput *input, G_GNUC_UNUSED Xhtml *out, Members *members)
{
    Tnef tnef = {.members = members};
    Cursor cursor = {input->bytes, input->length, FALSE};
    if (take_number(&cursor, 4) != SIGNATURE)
        return STATUS_DAMAGED;
    take_number(&cursor, HEADER - 4);
    while (!tnef.stopped && !cursor.bad && cursor.left > CHECKSUM + ATTRIBUTE_HEADER) {
        take_number(&cursor, 1);
        guint32 id = take_number(&cursor, 4), length = take_number(&cursor, 4);
        Span value = take(&cursor, length);
        take(&cursor, MIN(CHECKSUM, cursor.left));
        if (!cursor.bad)
            take_attribute(&tnef, id & 0xffff, value);
    }
    close_attachment(&tnef);
    if (!tnef.stopped)
        hand_on_body(&tnef);
    return tnef.stopped ? STATUS_TOO_LARGE : cursor.bad ? STATUS_DAMAGED : STATUS_READ;
}
