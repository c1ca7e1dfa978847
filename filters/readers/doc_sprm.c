#include "readers/doc.h"

#define VARIABLE 0xff  /* a count of one byte before the operand */
#define VARIABLE2 0xfe /* of two, and it counts one byte too many */
#define TABS 0xfd      /* sprmPChgTabs: 255 means that the count must be reckoned */

/* Lengths of the operands of Word 6 and 95, whose codes have one byte. Those not named here have one byte, too. */
static const struct {
    guint8 first, last, length;
} old_lengths[] = {
    {2, 2, 2},      {3, 3, VARIABLE}, {12, 12, VARIABLE}, {15, 15, VARIABLE}, {16, 19, 2},      {20, 20, 4},
    {21, 22, 2},    {23, 23, TABS},   {26, 28, 2},        {30, 36, 2},        {38, 43, 2},      {45, 49, 2},
    {64, 64, VARIABLE}, {68, 68, VARIABLE}, {69, 69, 2},  {70, 70, 4},        {72, 72, 2},      {73, 73, 3},
    {74, 74, VARIABLE}, {80, 80, 2},  {81, 82, VARIABLE}, {83, 83, 0},        {93, 93, 2},      {95, 95, 3},
    {96, 97, 2},    {99, 99, 2},      {101, 101, 2},      {103, 103, VARIABLE}, {105, 106, VARIABLE}, {107, 107, 2},
    {108, 108, VARIABLE}, {109, 111, 2}, {120, 120, VARIABLE}, {121, 124, 2}, {182, 184, 2},    {187, 187, 12},
    {188, 188, VARIABLE2}, {189, 189, 2}, {190, 190, VARIABLE2}, {191, 191, VARIABLE}, {192, 192, 4}, {193, 193, 5},
    {194, 194, 4},  {195, 195, 2},    {196, 196, 4},      {197, 198, 2},      {199, 199, 5},    {200, 200, 4},
};

/* What those that we look at are called since Word 97. */
static const struct {
    guint8 old;
    guint16 code;
} renamed[] = {
    {2, 0x4600},   {24, 0x2416},  {25, 0x2417},  {65, 0x0800},  {68, 0x6a03},  {71, 0x0806},  {74, 0x6a09},
    {80, 0x4a30},  {92, 0x083c},  {93, 0x4a4f},  {117, 0x0855}, {190, 0xd608}, {194, 0x7621}, {195, 0x5622},
    {196, 0x7623}, {197, 0x5624}, {198, 0x5625},
};

static guint old_length(guint8 code)
{
    for (guint i = 0; i < G_N_ELEMENTS(old_lengths); i++)
        if (code >= old_lengths[i].first && code <= old_lengths[i].last)
            return old_lengths[i].length;
    return 1;
}

/* By the topmost three bits, spra (2.6.1). */
static guint new_length(guint16 code)
{
    static const guint8 lengths[] = {1, 1, 2, 4, 2, 2, VARIABLE, 3};
    if (code == 0xd608 || code == 0xd606)
        return VARIABLE2;
    return code == 0xc615 ? TABS : lengths[code >> 13];
}

/* The operand at AT of a property whose length is SHAPE; the count in front of it is skipped. */
static gboolean take_operand(DocSprm *sprm, gsize at, guint shape)
{
    gsize length = shape;
    if (shape == VARIABLE || shape == TABS) {
        length = span_u8(sprm->rest, at);
        if (shape == TABS && length == 255) {
            gsize removed = span_u8(sprm->rest, at + 1), added = span_u8(sprm->rest, at + 2 + 4 * removed);
            length = 2 + 4 * removed + 3 * added;
        }
        at += 1;
    } else if (shape == VARIABLE2) {
        length = span_u16(sprm->rest, at);
        length -= length > 0;
        at += 2;
    }
    if (!span_has(sprm->rest, at, length))
        return FALSE;
    sprm->operand = span_part(sprm->rest, at, length);
    sprm->rest = span_from(sprm->rest, at + length);
    return TRUE;
}

gboolean doc_sprm_next(DocSprm *sprm)
{
    if (sprm->rest.length < (sprm->doc->old ? 1 : 2) || !doc_step(sprm->doc, 1))
        return FALSE;
    if (!sprm->doc->old) {
        sprm->code = span_u16(sprm->rest, 0);
        return take_operand(sprm, 2, new_length(sprm->code));
    }
    guint8 old = span_u8(sprm->rest, 0);
    sprm->code = 0;
    for (guint i = 0; i < G_N_ELEMENTS(renamed); i++)
        if (renamed[i].old == old)
            sprm->code = renamed[i].code;
    return take_operand(sprm, 1, old_length(old));
}

/* The properties a prm can hold (2.9.202) that matter to us, by their number there. */
Span doc_prm_sprm(const Doc *doc, const DocPiece *piece, guint8 buffer[3])
{
    static const struct {
        guint8 number;
        guint16 code;
    } known[] = {{0x18, 0x2416}, {0x19, 0x2417}, {0x41, 0x0800}, {0x5c, 0x083c}, {0x75, 0x0855}};
    guint8 number = piece->prm >> 1 & 0x7f, value = (guint8)(piece->prm >> 8);
    if (piece->prm == 0)
        return piece->changes;
    if (doc->old) { /* the number is the code itself */
        buffer[0] = number;
        buffer[1] = value;
        return (Span){buffer, 2};
    }
    for (guint i = 0; i < G_N_ELEMENTS(known); i++)
        if (known[i].number == number) {
            buffer[0] = (guint8)known[i].code;
            buffer[1] = (guint8)(known[i].code >> 8);
            buffer[2] = value;
            return (Span){buffer, 3};
        }
    return (Span){NULL, 0};
}
