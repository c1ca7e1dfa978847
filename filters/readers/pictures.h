/* pictures.h: the pictures that stand in a document of text, looked at for a seal. For every reader of a format that
 * embeds pictures (docx, odt, rtf, doc, xlsx, html):
 *
 *     Pictures pictures = {.out = out, .members = members};
 *     for each picture that stands in the text, not in page headers: if (!pictures_look(&pictures, bytes, length)) break;
 *
 * A seal found makes the document's meta "seal" "present". None found says nothing: the text may be printed and sealed
 * elsewhere. */
#ifndef SHOUWEN_FILTERS_READERS_PICTURES_H
#define SHOUWEN_FILTERS_READERS_PICTURES_H

#include "readers/reader.h"

typedef struct {
    Xhtml *out;
    Members *members;  /* NULL: nobody to ask for a larger server */
    guint looked;      /* pictures decoded so far */
    guint64 pixels;    /* of these together */
} Pictures;

/* Looks at one picture file (PNG, JPEG, GIF, BMP, TIFF; anything else is passed over), and costs nothing for one that
 * cannot show a seal: too small, too long, or without colour. In a program without Leptonica it asks MEMBERS for a larger
 * one instead. FALSE: look at no more of them: a seal was found, a larger server was asked for, or the limit on pictures
 * is reached. */
gboolean pictures_look(Pictures *pictures, const guint8 *bytes, gsize length);

#endif
