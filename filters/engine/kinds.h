/* kinds.h: private to the engine: a kind as loaded from its XML (shouwen-kinds(5)). */
#ifndef SHOUWEN_FILTERS_ENGINE_KINDS_H
#define SHOUWEN_FILTERS_ENGINE_KINDS_H

#include <libxml/xpath.h>

#include "engine/engine.h"
#include "engine/types.h"

typedef enum { CLUE_TEXT, CLUE_FILENAME, CLUE_SUBJECT } CluePlace;

typedef struct {
    char *phrase; /* folded */
    CluePlace place;
    double weight; /* negative: speaks against */
} Clue;

typedef struct {
    GRegex *regex;
    gint group;
} Pattern;

typedef struct {
    char *id, *name_zh, *name_en, *article;
    ValueType type;
    gboolean required;
    gboolean last_date;    /* else the last date that stands alone on a line */
    gboolean cut_signature; /* what follows a signature or seal line is no part of it */
    GPtrArray *labels;     /* char *, keys */
    GPtrArray *patterns;   /* Pattern * */
} KindField;

typedef struct {
    char *id, *severity, *field, *zh, *en;
    xmlXPathCompExpr *test;
} KindRule;

typedef struct {
    char *id, *name_zh, *name_en;
    gboolean in_body, personal;
    GPtrArray *titles;         /* char *, folded */
    GPtrArray *title_patterns; /* GRegex * */
    GPtrArray *clues;          /* Clue * */
    GPtrArray *others;         /* char *, keys of labels that are no fields of ours */
    GPtrArray *fields;         /* KindField * */
    GPtrArray *rules;          /* KindRule * */
    GHashTable *by_label;      /* key -> KindField *, NULL for others */
} Kind;

struct Kinds {
    GPtrArray *kinds; /* Kind * */
};

const Kind *kinds_get(const Kinds *kinds, const char *id); /* NULL when there is none */

#endif
