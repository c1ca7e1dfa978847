#include <stdlib.h>
#include <string.h>

#include "readers/rtf.h"

typedef struct {
    const char *name;
    RtfWord word;
    int value;
    const char *text;
} Row;

/* Sorted by name. Destinations that are not here are skipped when they are marked \*, else their text counts. */
static const Row rows[] = {
    {"af", RTF_W_AF, 0, NULL},
    {"aftncn", RTF_W_DEST, RTF_SKIP, NULL},
    {"aftnsep", RTF_W_DEST, RTF_SKIP, NULL},
    {"aftnsepc", RTF_W_DEST, RTF_SKIP, NULL},
    {"ansi", RTF_W_ANSI, 1252, NULL},
    {"ansicpg", RTF_W_ANSICPG, 0, NULL},
    {"bin", RTF_W_BIN, 0, NULL},
    {"bullet", RTF_W_CHAR, 0x2022, NULL},
    {"cell", RTF_W_CELL, 0, NULL},
    {"cellx", RTF_W_CELLX, 0, NULL},
    {"clmgf", RTF_W_CLMGF, 0, NULL},
    {"clmrg", RTF_W_CLMRG, 0, NULL},
    {"clvmgf", RTF_W_CLVMGF, 0, NULL},
    {"clvmrg", RTF_W_CLVMRG, 0, NULL},
    {"colortbl", RTF_W_DEST, RTF_SKIP, NULL},
    {"column", RTF_W_PAR, 0, NULL},
    {"comment", RTF_W_DEST, RTF_SKIP, NULL},
    {"cpg", RTF_W_CPG, 0, NULL},
    {"dbch", RTF_W_DBCH, 0, NULL},
    {"deff", RTF_W_DEFF, 0, NULL},
    {"deleted", RTF_W_DELETED, 0, NULL},
    {"do", RTF_W_DEST, RTF_TEXT, NULL},
    {"dptxbxtext", RTF_W_FLOW, 0, NULL},
    {"emdash", RTF_W_CHAR, 0x2014, NULL},
    {"emspace", RTF_W_CHAR, ' ', NULL},
    {"endash", RTF_W_CHAR, 0x2013, NULL},
    {"enspace", RTF_W_CHAR, ' ', NULL},
    {"f", RTF_W_F, 0, NULL},
    {"falt", RTF_W_DEST, RTF_FONT_ALT, NULL},
    {"fcharset", RTF_W_FCHARSET, 0, NULL},
    {"ffdefres", RTF_W_FFDEFRES, 0, NULL},
    {"ffl", RTF_W_DEST, RTF_FIELD_CHOICE, NULL},
    {"ffname", RTF_W_DEST, RTF_FIELD_NAME, NULL},
    {"ffres", RTF_W_FFRES, 0, NULL},
    {"fftype", RTF_W_FFTYPE, 0, NULL},
    {"field", RTF_W_FIELD, 0, NULL},
    {"fldinst", RTF_W_DEST, RTF_INSTRUCTION, NULL},
    {"fonttbl", RTF_W_DEST, RTF_FONTS, NULL},
    {"footer", RTF_W_FOOTER, 0, "footer"},
    {"footerf", RTF_W_FOOTER, 0, "footer"},
    {"footerl", RTF_W_FOOTER, 0, "footer"},
    {"footerr", RTF_W_FOOTER, 0, "footer"},
    {"footnote", RTF_W_FLOW, 0, "footnote"},
    {"formfield", RTF_W_DEST, RTF_INSTRUCTION, NULL},
    {"ftncn", RTF_W_DEST, RTF_SKIP, NULL},
    {"ftnsep", RTF_W_DEST, RTF_SKIP, NULL},
    {"ftnsepc", RTF_W_DEST, RTF_SKIP, NULL},
    {"header", RTF_W_FLOW, 0, "header"},
    {"headerf", RTF_W_FLOW, 0, "header"},
    {"headerl", RTF_W_FLOW, 0, "header"},
    {"headerr", RTF_W_FLOW, 0, "header"},
    {"hich", RTF_W_LOCH, 0, NULL},
    {"info", RTF_W_DEST, RTF_SKIP, NULL},
    {"intbl", RTF_W_INTBL, 0, NULL},
    {"itap", RTF_W_ITAP, 0, NULL},
    {"jpegblip", RTF_W_BLIP, 0, NULL},
    {"ldblquote", RTF_W_CHAR, 0x201c, NULL},
    {"line", RTF_W_LINE, 0, NULL},
    {"loch", RTF_W_LOCH, 0, NULL},
    {"lquote", RTF_W_CHAR, 0x2018, NULL},
    {"mac", RTF_W_ANSI, 10000, NULL},
    {"nestcell", RTF_W_NESTCELL, 0, NULL},
    {"nestrow", RTF_W_NESTROW, 0, NULL},
    {"nesttableprops", RTF_W_DEST, RTF_NESTED_ROW, NULL},
    {"nonesttables", RTF_W_DEST, RTF_SKIP, NULL},
    {"nonshppict", RTF_W_DEST, RTF_SKIP, NULL},
    {"outlinelevel", RTF_W_OUTLINE, 0, NULL},
    {"page", RTF_W_PAR, 0, NULL},
    {"par", RTF_W_PAR, 0, NULL},
    {"pard", RTF_W_PARD, 0, NULL},
    {"pc", RTF_W_ANSI, 437, NULL},
    {"pca", RTF_W_ANSI, 850, NULL},
    {"pict", RTF_W_DEST, RTF_PICTURE, NULL},
    {"plain", RTF_W_PLAIN, 0, NULL},
    {"pngblip", RTF_W_BLIP, 0, NULL},
    {"qmspace", RTF_W_CHAR, ' ', NULL},
    {"rdblquote", RTF_W_CHAR, 0x201d, NULL},
    {"row", RTF_W_ROW, 0, NULL},
    {"rquote", RTF_W_CHAR, 0x2019, NULL},
    {"rtlch", RTF_W_LOCH, 0, NULL},
    {"rxe", RTF_W_DEST, RTF_SKIP, NULL},
    {"sect", RTF_W_PAR, 0, NULL},
    {"shpinst", RTF_W_DEST, RTF_TEXT, NULL},
    {"shppict", RTF_W_DEST, RTF_TEXT, NULL},
    {"shprslt", RTF_W_DEST, RTF_SKIP, NULL},
    {"shptxt", RTF_W_FLOW, 0, NULL},
    {"sp", RTF_W_DEST, RTF_SKIP, NULL},
    {"stylesheet", RTF_W_DEST, RTF_SKIP, NULL},
    {"tab", RTF_W_CHAR, '\t', NULL},
    {"tc", RTF_W_DEST, RTF_SKIP, NULL},
    {"tcn", RTF_W_DEST, RTF_SKIP, NULL},
    {"trleft", RTF_W_LEFTROW, 0, NULL},
    {"trowd", RTF_W_TROWD, 0, NULL},
    {"txe", RTF_W_DEST, RTF_SKIP, NULL},
    {"u", RTF_W_U, 0, NULL},
    {"uc", RTF_W_UC, 0, NULL},
    {"ud", RTF_W_UD, 0, NULL},
    {"upr", RTF_W_DEST, RTF_UNICODE, NULL},
    {"v", RTF_W_V, 0, NULL},
    {"xe", RTF_W_DEST, RTF_SKIP, NULL},
};

static int compare(const void *key, const void *row)
{
    return strcmp(key, ((const Row *)row)->name);
}

RtfWord rtf_word(const char *name, int *ret_value, const char **ret_text)
{
    const Row *row = bsearch(name, rows, G_N_ELEMENTS(rows), sizeof rows[0], compare);
    *ret_value = row ? row->value : 0;
    *ret_text = row ? row->text : NULL;
    return row ? row->word : RTF_W_NONE;
}
