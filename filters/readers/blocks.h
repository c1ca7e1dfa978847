/* blocks.h: blocks in the order a person reads them, for the readers of word processors. */
#ifndef SHOUWEN_FILTERS_READERS_BLOCKS_H
#define SHOUWEN_FILTERS_READERS_BLOCKS_H

#include <glib.h>
#include <libxml/tree.h>

/* Blocks that were written inside of the paragraph PARA (text boxes and notes that hang on it) become its next siblings.
 * A paragraph of which nothing is left is freed. */
void blocks_hoist(xmlNode *para);

/* Frees the children of PARENT after BEFORE (NULL: all) when SEEN, a set of owned strings, holds their text, else adds it:
 * the same header of left, right and first pages is kept once. */
void blocks_drop_repeated(xmlNode *parent, xmlNode *before, GHashTable *seen);

#endif
