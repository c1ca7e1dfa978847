/* pictures_zip.h: the pictures of documents that are zips. */
#ifndef SHOUWEN_FILTERS_READERS_PICTURES_ZIP_H
#define SHOUWEN_FILTERS_READERS_PICTURES_ZIP_H

#include "readers/reader.h"

/* Looks for a seal on the pictures in the folder FOLDER ("xl/media/") of the zip that INPUT is. What is said of them is
 * said to OUT and MEMBERS (see pictures.h). */
void pictures_in_zip(const ReadInput *input, const char *folder, Xhtml *out, Members *members);

/* The same for the members with one of NAMES (char *), without regard to case. */
void pictures_in_zip_named(const ReadInput *input, const GPtrArray *names, Xhtml *out, Members *members);

#endif
