#include <math.h>
#include <string.h>
#include <tesseract/capi.h>

#include "base/failure.h"
#include "page/ocr.h"

static TessBaseAPI *chinese, *english;

static TessBaseAPI *load(const char *language, GError **error)
{
    TessBaseAPI *engine = TessBaseAPICreate();
    if (TessBaseAPIInit2(engine, NULL, language, OEM_LSTM_ONLY) == 0) {
        /* Without this a line is inverted and read once more wherever it is unsure: forms are never white on black. */
        TessBaseAPISetVariable(engine, "tessedit_do_invert", "0");
        return engine;
    }
    TessBaseAPIDelete(engine);
    g_set_error(error, FAILURE, FAILURE_UNAVAILABLE, "Tesseract cannot load its model %s: install tesseract-ocr-chi-sim "
                "and tesseract-ocr-eng", language);
    return NULL;
}

gboolean ocr_init(GError **error)
{
    chinese = chinese ? chinese : load("chi_sim", error);
    english = english || !chinese ? english : load("eng", error);
    return chinese && english;
}

static void take_symbol(TessResultIterator *at, guint word, guint line, GArray *symbols)
{
    const TessPageIterator *place = TessResultIteratorGetPageIteratorConst(at);
    OcrSymbol symbol = {.word = word, .line = line};
    char *text = TessResultIteratorGetUTF8Text(at, RIL_SYMBOL);
    if (text && *text && g_utf8_validate(text, -1, NULL) &&
        TessPageIteratorBoundingBox(place, RIL_SYMBOL, &symbol.x0, &symbol.y0, &symbol.x1, &symbol.y1)) {
        symbol.c = g_utf8_get_char(text);
        symbol.doubt = CLAMP(1 - TessResultIteratorConfidence(at, RIL_SYMBOL) / 100, 0, 1);
        if (!g_unichar_isspace(symbol.c) && !g_unichar_iscntrl(symbol.c))
            g_array_append_val(symbols, symbol);
    }
    TessDeleteText(text);
}

GArray *ocr_read(const GrayPicture *picture, double dpi, OcrMode mode)
{
    static const TessPageSegMode modes[] = {PSM_SINGLE_LINE, PSM_RAW_LINE, PSM_SINGLE_LINE};
    GArray *symbols = g_array_new(FALSE, FALSE, sizeof(OcrSymbol));
    if (!ocr_init(NULL))
        return symbols;
    TessBaseAPI *engine = mode == OCR_LATIN ? english : chinese;
    TessBaseAPISetPageSegMode(engine, modes[mode]);
    TessBaseAPISetImage(engine, picture->gray, picture->width, picture->height, 1, picture->width);
    TessBaseAPISetSourceResolution(engine, (int)lround(CLAMP(dpi, 70, 1200)));
    if (TessBaseAPIRecognize(engine, NULL) == 0) {
        TessResultIterator *at = TessBaseAPIGetIterator(engine);
        const TessPageIterator *place = at ? TessResultIteratorGetPageIteratorConst(at) : NULL;
        guint word = 0, line = 0;
        for (gboolean more = at != NULL; more;) {
            take_symbol(at, word, line, symbols);
            more = TessResultIteratorNext(at, RIL_SYMBOL);
            word += more && TessPageIteratorIsAtBeginningOf(place, RIL_WORD);
            line += more && TessPageIteratorIsAtBeginningOf(place, RIL_TEXTLINE);
        }
        if (at)
            TessResultIteratorDelete(at);
    }
    TessBaseAPIClear(engine);
    return symbols;
}

void ocr_warm(void)
{
    if (!ocr_init(NULL))
        return;
    /* "工": three strokes that the model has to look at. */
    g_autoptr(GrayPicture) picture = gray_new(200, 80);
    for (int y = 20; y < 60; y++)
        for (int x = 20; x < 60; x++)
            if (y < 24 || y >= 56 || (x >= 38 && x < 42))
                picture->gray[y * picture->width + x] = 0;
    g_array_unref(ocr_read(picture, 200, OCR_LINE));
    g_array_unref(ocr_read(picture, 200, OCR_LATIN));
}
