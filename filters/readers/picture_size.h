/* picture_size.h: what a picture file says of itself, before anything of it is decoded. Part of the picture reader. */
#ifndef SHOUWEN_FILTERS_READERS_PICTURE_SIZE_H
#define SHOUWEN_FILTERS_READERS_PICTURE_SIZE_H

#include <glib.h>

typedef enum { PICTURE_OTHER, PICTURE_JPEG, PICTURE_PNG, PICTURE_TIFF, PICTURE_BMP, PICTURE_WEBP, PICTURE_GIF } PictureFormat;

PictureFormat picture_format(const guint8 *bytes, gsize length);

/* Width and height in pixels; PAGE counts from 0 (TIFF only). FALSE when the file has no such page or no sound header. */
gboolean picture_size(const guint8 *bytes, gsize length, guint page, guint32 *width, guint32 *height);

/* The Exif orientation of a JPEG (TIFF 6.0 tag 274): 1 upright … 8; 1 when there is none. */
int picture_orientation(const guint8 *bytes, gsize length);

/* Whether a JPEG has its end mark: a cut one is decoded to gray below the cut. */
gboolean picture_jpeg_whole(const guint8 *bytes, gsize length);

#endif
