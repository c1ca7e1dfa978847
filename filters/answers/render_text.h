/* render_text.h: private to filters/answers: characters that we draw ourselves. */
#ifndef SHOUWEN_FILTERS_ANSWERS_RENDER_TEXT_H
#define SHOUWEN_FILTERS_ANSWERS_RENDER_TEXT_H

#include <poppler.h>

#include "answers/render.h"

/* C in the installed font where its box stands, in points; the box itself when there is no font. */
void render_character(cairo_t *cairo, gunichar c, double x, double y, double width, double height);

/* The characters of PAGE in fonts that DOCUMENT names and does not hold. */
void render_missing(PopplerDocument *document, PopplerPage *page, cairo_t *cairo);

#endif
