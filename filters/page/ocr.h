/* ocr.h: Tesseract on a gray picture. The engine is made once in a process, before the jail, for it opens its model then;
 * OMP_THREAD_LIMIT=1 must be in the environment of the exec. */
#ifndef SHOUWEN_FILTERS_PAGE_OCR_H
#define SHOUWEN_FILTERS_PAGE_OCR_H

#include "page/plane.h"

typedef enum {
    OCR_LINE,  /* one line */
    OCR_RAW,   /* one line, taken as it is: nothing in it is thought to be dust */
    OCR_LATIN  /* one line without Chinese characters, read by the English model */
} OcrMode;

typedef struct {
    gunichar c;
    float doubt;        /* 0 certain, 1 a guess */
    int x0, y0, x1, y1; /* pixels */
    guint word, line;   /* numbered through the picture: characters of one word (one line) agree */
} OcrSymbol;

/* Loads the models (chi_sim and eng, LSTM). May be called again. */
gboolean ocr_init(GError **error);
/* ocr_init, and one picture read, so that nothing is opened or allocated for the first time in the jail. */
void ocr_warm(void) __attribute__((weak));

/* The characters on PICTURE, DPI pixels an inch, in Tesseract's order. GArray of OcrSymbol, empty when nothing was
 * recognised or the engine is missing. */
GArray *ocr_read(const GrayPicture *picture, double dpi, OcrMode mode);

#endif
