/* page_picture.h: a picture that is a whole page of a document (a scanned OFD). Part of the picture reader, which only the
 * OCR server links: elsewhere page_picture is NULL, and the caller asks for that server. */
#ifndef SHOUWEN_FILTERS_READERS_PAGE_PICTURE_H
#define SHOUWEN_FILTERS_READERS_PAGE_PICTURE_H

#include "page/layout.h"
#include "page/seal.h"
#include "readers/reader.h"

/* Recognises the picture file BYTES as page NUMBER; boxes lead back to shares of the picture. *RET_SEAL and BOX: as
 * seal_look. NULL when it is damaged, too large or of an unknown format. */
Page *page_picture(const guint8 *bytes, gsize length, int number, gint64 until, SealAnswer *ret_seal,
                   double box[4]) LARGER_ONLY;

#endif
