#include "readers/doc.h"

/* The last of RUNS that begins at or before FC; NULL when it ends before it, too. */
static const DocRun *run_at(const GArray *runs, guint32 fc, guint32 *ret_to)
{
    guint low = 0, high = runs->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(runs, DocRun, middle).fc <= fc)
            low = middle + 1;
        else
            high = middle;
    }
    const DocRun *run = low > 0 ? &g_array_index(runs, DocRun, low - 1) : NULL;
    gboolean inside = run && fc < run->to;
    *ret_to = inside ? run->to : low < runs->len ? g_array_index(runs, DocRun, low).fc : G_MAXUINT32;
    return inside ? run : NULL;
}

/* A property that is on, off, as the style says, or its opposite (2.2.2, ToggleOperand). */
static gboolean toggled(Span operand, int style)
{
    guint8 value = span_u8(operand, 0);
    return value == 0x80 ? style > 0 : value == 0x81 ? style <= 0 : value != 0;
}

static void apply_style(const DocStyle *style, DocChar *chr)
{
    if (style->hidden >= 0)
        chr->hidden = style->hidden;
    if (style->font >= 0)
        chr->font = style->font;
}

static void apply_char(const Doc *doc, Span sprms, const DocStyle *style, DocChar *chr)
{
    DocSprm sprm = {.doc = doc, .rest = sprms};
    while (doc_sprm_next(&sprm)) {
        switch (sprm.code) {
        case 0x0800: /* sprmCFRMarkDel */
            chr->deleted = span_u8(sprm.operand, 0) != 0;
            break;
        case 0x0806: /* sprmCFData */
            chr->data = span_u8(sprm.operand, 0) != 0;
            break;
        case 0x0855: /* sprmCFSpec */
            chr->special = span_u8(sprm.operand, 0) != 0;
            break;
        case 0x083c: /* sprmCFVanish */
            chr->hidden = toggled(sprm.operand, style->hidden);
            break;
        case 0x4a30: /* sprmCIstd */
            apply_style(doc_style(doc, span_u16(sprm.operand, 0)), chr);
            break;
        case 0x4a4f: /* sprmCRgFtc0 */
            chr->font = span_u16(sprm.operand, 0);
            break;
        case 0x6a03: /* sprmCPicLocation */
            chr->location = span_u32(sprm.operand, 0);
            chr->special = TRUE;
            break;
        case 0x6a09: /* sprmCSymbol */
            chr->symbol_font = span_u16(sprm.operand, 0);
            chr->symbol = doc->old ? span_u8(sprm.operand, 2) : span_u16(sprm.operand, 2);
            chr->special = TRUE;
            break;
        default:
            break;
        }
    }
}

void doc_char_at(const Doc *doc, guint32 cp, guint style_index, DocChar *ret)
{
    guint32 fc = 0, to = 0;
    guint8 buffer[3];
    const DocPiece *piece = doc_piece_at(doc, cp, &fc);
    const DocStyle *style = doc_style(doc, style_index);
    const DocRun *run = run_at(doc->chpx, fc, &to);
    *ret = (DocChar){.font = -1, .symbol_font = -1, .location = -1};
    apply_style(style, ret);
    if (run)
        apply_char(doc, run->sprms, style, ret);
    apply_char(doc, doc_prm_sprm(doc, piece, buffer), style, ret);
    guint32 count = piece->wide ? (to - fc) / 2 + ((to - fc) & 1) : to - fc;
    ret->to = (guint32)MIN((guint64)cp + MAX(count, 1), piece->range.to);
}

/* Properties too many for a page lie in the data stream (2.6.2, sprmPHugePapx). */
static Span huge_papx(const Doc *doc, Span operand)
{
    gsize at = span_u32(operand, 0);
    return span_part(doc->data, at + 2, span_u16(doc->data, at));
}

static void apply_para(const Doc *doc, Span sprms, DocPara *para, gboolean *in_table, Span *huge)
{
    DocSprm sprm = {.doc = doc, .rest = sprms};
    while (doc_sprm_next(&sprm)) {
        guint8 value = span_u8(sprm.operand, 0);
        switch (sprm.code) {
        case 0x4600: /* sprmPIstd */
            para->style = span_u16(sprm.operand, 0);
            break;
        case 0x460b: /* sprmPIlfo */
            para->list = span_u16(sprm.operand, 0);
            break;
        case 0x260a: /* sprmPIlvl */
            para->list_level = value;
            break;
        case 0x2640: /* sprmPOutLvl */
            para->level = value < 9 ? MIN(value + 1u, 6) : 0;
            break;
        case 0x2416: /* sprmPFInTable */
            *in_table = value != 0;
            break;
        case 0x2417: /* sprmPFTtp */
        case 0x244c: /* sprmPFInnerTtp */
            para->row_end = value != 0;
            break;
        case 0x244b: /* sprmPFInnerTableCell */
            para->cell_end = value != 0;
            break;
        case 0x6649: /* sprmPItap */
            para->depth = span_u32(sprm.operand, 0);
            break;
        case 0x6645: /* sprmPHugePapx */
        case 0x6646:
            *huge = huge_papx(doc, sprm.operand);
            break;
        default:
            break;
        }
    }
}

enum { DEPTH_MAX = 30 }; /* of nested tables: Word itself stops at 63, paper far earlier */

/* The properties of the paragraph whose mark is the last character of its range. */
static void read_para(const Doc *doc, DocPara *para)
{
    guint32 fc = 0, to = 0;
    guint8 buffer[3];
    gboolean in_table = FALSE;
    Span huge = {NULL, 0}, none = {NULL, 0};
    const DocPiece *piece = doc_piece_at(doc, para->range.to - 1, &fc);
    const DocRun *run = run_at(doc->papx, fc, &to);
    para->style = run ? run->style : 0;
    const DocStyle *style = doc_style(doc, para->style);
    para->level = style->level;
    para->list = style->list > 0 ? (guint)style->list : 0;
    para->list_level = style->list_level > 0 ? (guint)style->list_level : 0;
    if (run)
        apply_para(doc, run->sprms, para, &in_table, &huge);
    if (huge.length)
        apply_para(doc, huge, para, &in_table, &none);
    apply_para(doc, doc_prm_sprm(doc, piece, buffer), para, &in_table, &none);
    para->row = huge.length ? huge : run ? run->sprms : none;
    if (!in_table && para->depth == 0)
        para->row_end = para->cell_end = FALSE;
    else
        para->depth = CLAMP(para->depth, 1, DEPTH_MAX);
    if (para->depth == 1)
        para->cell_end = doc->text[para->range.to - 1] == 0x07;
}

GArray *doc_paras(const Doc *doc, DocRange range)
{
    GArray *paras = g_array_new(FALSE, FALSE, sizeof(DocPara));
    guint32 from = range.from;
    for (guint32 cp = range.from; cp < range.to; cp++) {
        gunichar2 c = doc->text[cp];
        if (c != 0x0d && c != 0x07 && c != 0x0c && cp + 1 < range.to)
            continue;
        DocPara para = {.range = {from, cp + 1}};
        read_para(doc, &para);
        g_array_append_val(paras, para);
        from = cp + 1;
    }
    return paras;
}
