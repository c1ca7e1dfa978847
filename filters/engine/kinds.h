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

/* One of the answers a field may have, as the form words it. */
typedef struct {
    char *value, *phrase; /* phrase folded */
} Option;

/* A column of a table whose rows are a value; of a list, the column that its items stand in. */
typedef struct {
    char *id;
    gboolean required; /* a row without it is none */
    GPtrArray *labels; /* char *, keys */
} Column;

typedef struct {
    char *id, *name_zh, *name_en, *article;
    char *with;  /* the field whose text is offered to this one too; NULL */
    char *count; /* the field whose rows are counted; NULL */
    ValueType type;
    gboolean required;
    gboolean last_date;    /* else the last date that stands alone on a line */
    gboolean cut_signature; /* what follows a signature or seal line is no part of it */
    GPtrArray *labels;     /* char *, keys */
    GPtrArray *patterns;   /* Pattern * */
    GPtrArray *options;    /* Option * */
    GPtrArray *columns;    /* Column * */
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
    GPtrArray *hints;          /* GRegex *, the form's own words that are no part of a value */
    GPtrArray *fields;         /* KindField * */
    GPtrArray *rules;          /* KindRule * */
    GHashTable *by_label;      /* key -> KindField *, NULL for others */
} Kind;

struct Kinds {
    GPtrArray *kinds; /* Kind * */
};

const Kind *kinds_get(const Kinds *kinds, const char *id); /* NULL when there is none */

#endif
