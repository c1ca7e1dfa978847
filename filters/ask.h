/* ask.h: a question about one document (all verbs but read), answered once the document is found. */
#ifndef SHOUWEN_FILTERS_ASK_H
#define SHOUWEN_FILTERS_ASK_H

#include "reading.h"

/* Answers the request of READING about PIECE, or says why not, or which server can; READING stops. */
void ask_piece(Reading *reading, Piece *piece);

#endif
