#include <string.h>

#include "readers/rtf.h"
#include "readers/symbols.h"

enum { PENDING_MAX = 65536, CHOICES_MAX = 200, CODE_MAX = 1000, PICTURE_MAX = 16 << 20 };

guint rtf_level(const Rtf *rtf)
{
    return MAX(rtf->state.level, rtf->row_begun ? 1 : 0);
}

/* Text for whatever the group is. */
void rtf_put_text(Rtf *rtf, const char *text)
{
    const RtfState *state = &rtf->state;
    RtfField *field = &rtf->field;
    if (!*text)
        return;
    if (state->dest == RTF_TEXT && !state->hidden && !state->deleted) {
        rtf->written += strlen(text);
        rtf_write_text(rtf->writer, rtf_level(rtf), state->heading, text, strlen(text));
    } else if (state->dest == RTF_FONTS && rtf->font_name->len < sizeof rtf->font_entry->name) {
        g_string_append(rtf->font_name, text);
    } else if (state->dest == RTF_INSTRUCTION && field->code->len < CODE_MAX) {
        g_string_append(field->code, text);
    } else if (state->dest == RTF_FIELD_NAME) {
        g_strlcat(field->name, text, sizeof field->name);
    } else if (state->dest == RTF_FIELD_CHOICE && field->choices->len < CHOICES_MAX) {
        g_ptr_array_add(field->choices, g_strndup(text, 256));
    }
}

void rtf_flush(Rtf *rtf)
{
    if (rtf->pending->len) {
        g_autofree char *text = rtf_decode(rtf->pending_font, rtf->page, rtf->pending->data, rtf->pending->len);
        g_byte_array_set_size(rtf->pending, 0);
        rtf_put_text(rtf, text);
    }
    rtf->pending_lead = FALSE;
}

static const RtfFont *current_font(const Rtf *rtf)
{
    int number = rtf->state.wide && rtf->state.wide_font >= 0 ? rtf->state.wide_font : rtf->state.font;
    return rtf->state.dest == RTF_FONTS ? rtf->font_entry : g_hash_table_lookup(rtf->fonts, GINT_TO_POINTER(number));
}

/* What decides where characters begin: a font of Latin letters may hold Chinese ones in a Chinese document. */
static const char *charset_of(const Rtf *rtf, const RtfFont *font)
{
    return font && font->charset && !font->latin ? font->charset : rtf->page;
}

/* The font whose name came to its end. */
static void end_font_name(Rtf *rtf)
{
    rtf_flush(rtf);
    if (symbols_is_font(rtf->font_name->str))
        g_strlcpy(rtf->font_entry->name, rtf->font_name->str, sizeof rtf->font_entry->name);
    g_string_truncate(rtf->font_name, 0);
}

/* Whether text of the group is of use at all. */
static gboolean takes_text(const Rtf *rtf)
{
    RtfDest dest = rtf->state.dest;
    return dest == RTF_TEXT || dest == RTF_FONTS || dest == RTF_FIELD_NAME || dest == RTF_FIELD_CHOICE ||
           dest == RTF_INSTRUCTION;
}

/* A digit of a picture's bytes. */
static void put_digit(Rtf *rtf, guint8 digit)
{
    int value = g_ascii_xdigit_value((char)digit);
    GByteArray *picture = rtf->picture;
    if (value < 0 || picture->len >= PICTURE_MAX || rtf->no_pictures)
        return;
    guint8 byte = (guint8)(value << 4);
    if (rtf->half_byte)
        picture->data[picture->len - 1] |= (guint8)value;
    else
        g_byte_array_append(picture, &byte, 1);
    rtf->half_byte = !rtf->half_byte;
}

void rtf_put_picture(Rtf *rtf, int length)
{
    gsize room = PICTURE_MAX - MIN(rtf->picture->len, PICTURE_MAX);
    if (length > 0 && !rtf->no_pictures)
        g_byte_array_append(rtf->picture, rtf->at, (guint)MIN((gsize)length, MIN(room, (gsize)(rtf->end - rtf->at))));
    rtf->half_byte = FALSE;
}

void rtf_end_picture(Rtf *rtf)
{
    gboolean in_text = rtf->flows->len == 0 && rtf->wanted;
    if (in_text && rtf->picture->len && !rtf->no_pictures)
        rtf->no_pictures = !pictures_look(&rtf->pictures, rtf->picture->data, rtf->picture->len);
    g_byte_array_set_size(rtf->picture, 0);
    rtf->half_byte = FALSE;
}

/* A byte of text. The second byte of a character belongs to the first, whatever font was named between them. */
void rtf_put_byte(Rtf *rtf, guint8 byte)
{
    rtf->high = 0;
    if (rtf->unread) {
        rtf->unread--;
        return;
    }
    if (rtf->state.dest == RTF_PICTURE && rtf->wanted)
        put_digit(rtf, byte);
    if (!takes_text(rtf))
        return;
    if (rtf->state.dest == RTF_FONTS && byte == ';') {
        end_font_name(rtf);
        return;
    }
    const RtfFont *font = current_font(rtf);
    if (!rtf->pending_lead && (font != rtf->pending_font || rtf->pending->len >= PENDING_MAX)) {
        rtf_flush(rtf);
        rtf->pending_font = font;
    }
    rtf->pending_lead = !rtf->pending_lead && !(rtf->pending_font && *rtf->pending_font->name) &&
                        rtf_is_lead(charset_of(rtf, rtf->pending_font), byte);
    g_byte_array_append(rtf->pending, &byte, 1);
}

void rtf_put_char(Rtf *rtf, gunichar c)
{
    char utf8[7] = "";
    if (c == 0 || !g_unichar_validate(c) || !takes_text(rtf))
        return;
    rtf_flush(rtf);
    utf8[g_unichar_to_utf8(c, utf8)] = '\0';
    rtf_put_text(rtf, utf8);
}

/* Decodes what is pending before the group's properties change, unless half a character still waits for the rest. */
void rtf_settle(Rtf *rtf)
{
    if (!rtf->pending_lead)
        rtf_flush(rtf);
}

/* \uN: UTF-16, of which a half may come alone; the private codes of symbol fonts, or plain ones under such a font. */
void rtf_put_unicode(Rtf *rtf, int number)
{
    gunichar c = (gunichar)number & 0xffff, high = rtf->high;
    const RtfFont *font = current_font(rtf);
    rtf->high = 0;
    if (number > 0xffff)
        c = (gunichar)number;
    else if (c >= 0xd800 && c < 0xdc00)
        rtf->high = c;
    else if (c >= 0xdc00 && c < 0xe000)
        c = high ? 0x10000 + ((high - 0xd800) << 10) + (c - 0xdc00) : 0;
    else if (font && *font->name)
        c = symbols_char(font->name, c);
    else if (c >= 0xf020 && c <= 0xf0ff)
        c = symbols_char("Wingdings", c);
    if (!rtf->high)
        rtf_put_char(rtf, c);
    rtf->unread = rtf->state.unicode_skip;
}

