/* template.c: what a template may say.
 *
 *   ${name}            the value of that name; nothing when it has none
 *   ${each name}       these stand alone on their lines, which vanish. The lines up to the matching ${end} are put in
 *   ${if name}         once for each row of the list, or when the value or list is there, or when it is not.
 *   ${unless name}     They nest.
 *   ${end}
 *   ${include name}    (alone on its line) name.LANG.txt of the same folder, for what several letters share
 *
 * A '$' that no '{' follows is itself. The words below are all there are; each belongs to a place, and may be used
 * there and in lists inside it. */
#include <string.h>

#include "base/failure.h"
#include "base/limits.h"
#include "base/text.h"
#include "letters/template.h"
#include "letters/values.h"

typedef enum {
    PLACE_PAGE = 1 << 0,
    PLACE_LETTER = 1 << 1,
    PLACE_ATTACHMENT = 1 << 2,
    PLACE_DOCUMENT = 1 << 3,
    PLACE_FIELD = 1 << 4,
    PLACE_FINDING = 1 << 5,
    PLACE_PAPER = 1 << 6,
    PLACE_REASON = 1 << 7,
    PLACE_LINE = 1 << 8, /* of a digest */
} Place;

/* The letters that know a word; a NULL in the table: all of them. */
#define RECEIPT "acknowledgement completion"
#define PAPERS "completion return rejection status reply"
#define DECIDED "return rejection"
#define DUTY "reminder escalation"
#define DIGEST "digest"
#define NOTICE "notice"

typedef struct {
    const char *name;
    guint places;       /* where it has a meaning: any of these must be around it */
    guint opens;        /* a list: the place inside; 0: a value */
    gboolean from_mail; /* repeats words of the sender: not in minimal letters, which go to unverified addresses */
    const char *kinds;
} Word;

static const Word words[] = {
    {"letter", PLACE_PAGE, 0, FALSE, NULL},
    {"language", PLACE_PAGE, 0, FALSE, NULL},
    {"reference", PLACE_LETTER | PLACE_LINE, 0, FALSE, NULL},
    {"reference_zh", PLACE_LETTER, 0, FALSE, NULL},
    {"received", PLACE_LETTER, 0, FALSE, NULL},
    {"due", PLACE_LETTER | PLACE_LINE, 0, FALSE, NULL},
    {"today", PLACE_LETTER, 0, FALSE, NULL},
    {"office", PLACE_LETTER, 0, FALSE, NULL},
    {"office_address", PLACE_LETTER, 0, FALSE, NULL},
    {"name", PLACE_LETTER, 0, TRUE, NULL},
    {"subject", PLACE_LETTER | PLACE_LINE, 0, TRUE, NULL},
    {"attachment_count", PLACE_LETTER, 0, FALSE, RECEIPT},
    {"more", PLACE_LETTER, 0, TRUE, RECEIPT " " DIGEST},
    {"errors", PLACE_LETTER, 0, TRUE, RECEIPT},
    {"missing", PLACE_LETTER, PLACE_FINDING, TRUE, RECEIPT " " PAPERS},
    {"body", PLACE_LETTER, PLACE_DOCUMENT, TRUE, RECEIPT},
    {"attachments", PLACE_LETTER, PLACE_ATTACHMENT, FALSE, RECEIPT},
    {"number", PLACE_ATTACHMENT | PLACE_PAPER, 0, FALSE, NULL},
    {"sha256", PLACE_ATTACHMENT, 0, FALSE, NULL},
    {"size", PLACE_ATTACHMENT, 0, FALSE, NULL},
    {"filename", PLACE_ATTACHMENT | PLACE_PAPER, 0, TRUE, NULL},
    {"documents", PLACE_ATTACHMENT, PLACE_DOCUMENT, TRUE, NULL},
    {"kind", PLACE_DOCUMENT | PLACE_PAPER, 0, TRUE, NULL},
    {"member", PLACE_DOCUMENT, 0, TRUE, NULL},
    {"fields", PLACE_DOCUMENT, PLACE_FIELD, TRUE, NULL},
    {"findings", PLACE_LETTER | PLACE_DOCUMENT | PLACE_PAPER, PLACE_FINDING, TRUE, RECEIPT " " PAPERS},
    {"label", PLACE_FIELD, 0, FALSE, NULL},
    {"value", PLACE_FIELD, 0, TRUE, NULL},
    {"level", PLACE_FINDING, 0, FALSE, NULL},
    {"sentence", PLACE_FINDING, 0, TRUE, NULL},
    {"remedy", PLACE_FINDING, 0, FALSE, NULL},
    {"papers", PLACE_LETTER, PLACE_PAPER, FALSE, PAPERS},
    {"state", PLACE_LETTER | PLACE_PAPER, 0, FALSE, PAPERS},
    {"reasons", PLACE_LETTER, PLACE_REASON, FALSE, DECIDED},
    {"reason", PLACE_REASON | PLACE_LINE, 0, FALSE, NULL},
    {"reason", PLACE_LETTER, 0, FALSE, NOTICE},
    {"person", PLACE_LETTER | PLACE_LINE, 0, TRUE, DUTY " " DIGEST},
    {"address", PLACE_LETTER | PLACE_LINE, 0, FALSE, DUTY " " DIGEST},
    {"what", PLACE_LETTER | PLACE_LINE, 0, FALSE, DUTY " " DIGEST},
    {"why", PLACE_LETTER | PLACE_LINE, 0, TRUE, DUTY},
    {"others", PLACE_LETTER, PLACE_LINE, TRUE, DUTY},
    {"article", PLACE_LETTER, 0, FALSE, DUTY},
    {"meeting", PLACE_LETTER, 0, FALSE, DUTY},
    {"ahead", PLACE_LETTER, 0, FALSE, DUTY},
    {"last_day", PLACE_LETTER, 0, FALSE, DUTY},
    {"over", PLACE_LETTER | PLACE_LINE, 0, FALSE, DUTY " " DIGEST " " NOTICE},
    {"reminded", PLACE_LETTER, 0, FALSE, DUTY},
    {"claimed", PLACE_LETTER, 0, FALSE, DUTY},
    {"file", PLACE_LETTER, 0, FALSE, DUTY},
    {"since", PLACE_LETTER, 0, FALSE, DIGEST " " NOTICE},
    {"arrived", PLACE_LETTER, 0, FALSE, DIGEST},
    {"answered", PLACE_LETTER, 0, FALSE, DIGEST},
    {"new_count", PLACE_LETTER, 0, FALSE, DIGEST},
    {"waiting_count", PLACE_LETTER, 0, FALSE, DIGEST},
    {"overdue_count", PLACE_LETTER, 0, FALSE, DIGEST},
    {"new", PLACE_LETTER, PLACE_LINE, FALSE, DIGEST},
    {"waiting", PLACE_LETTER, PLACE_LINE, FALSE, DIGEST},
    {"overdue", PLACE_LETTER, PLACE_LINE, FALSE, DIGEST},
    {"held", PLACE_LETTER, PLACE_LINE, FALSE, DIGEST},
    {"failed", PLACE_LETTER, PLACE_LINE, FALSE, DIGEST},
    {"mailboxes", PLACE_LETTER, PLACE_LINE, FALSE, DIGEST},
    {"alarms", PLACE_LETTER, PLACE_LINE, FALSE, DIGEST},
    {"instant", PLACE_LINE, 0, FALSE, NULL},
    {"head", PLACE_LETTER, 0, FALSE, DIGEST},
    {"event", PLACE_LETTER, 0, FALSE, DIGEST},
    {"alarm", PLACE_LETTER, 0, FALSE, NOTICE},
    {"mark", PLACE_LETTER, 0, FALSE, NOTICE},
};

/* --- nodes --------------------------------------------------------------------------------------------------------- */

typedef enum { NODE_TEXT, NODE_VALUE, NODE_EACH, NODE_IF, NODE_UNLESS } NodeType;

typedef struct {
    NodeType type;
    char *text;       /* NODE_TEXT */
    const Word *word; /* of the others */
    GPtrArray *inside; /* Node *, of the sections */
} Node;

struct Template {
    TemplateFormat format;
    GPtrArray *nodes;
};

static void node_free(gpointer data)
{
    Node *node = data;
    g_free(node->text);
    if (node->inside)
        g_ptr_array_unref(node->inside);
    g_free(node);
}

static Node *node_add(GPtrArray *nodes, NodeType type, const Word *word)
{
    Node *node = g_new0(Node, 1);
    node->type = type;
    node->word = word;
    g_ptr_array_add(nodes, node);
    return node;
}

static void text_add(GPtrArray *nodes, const char *text, gsize length)
{
    if (length > 0)
        node_add(nodes, NODE_TEXT, NULL)->text = g_strndup(text, length);
}

/* --- files --------------------------------------------------------------------------------------------------------- */

/* Editors on Windows put a byte-order mark first and end lines with CR LF. */
char *template_read(const char *file, GError **error)
{
    g_autofree char *text = NULL;
    gsize length;
    g_autoptr(GError) problem = NULL;
    if (!g_file_get_contents(file, &text, &length, &problem)) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "%s", problem->message);
        return NULL;
    }
    if (length > LIMIT_TEMPLATE_BYTES || strlen(text) != length) {
        g_set_error(error, FAILURE, FAILURE_CONFIG, "%s is no template: %s", file,
                    length > LIMIT_TEMPLATE_BYTES ? "it is too large" : "it holds a NUL byte");
        return NULL;
    }
    const char *from = g_str_has_prefix(text, "\xef\xbb\xbf") ? text + 3 : text;
    GString *lines = g_string_sized_new(length);
    for (; *from; from++) {
        if (from[0] != '\r' || from[1] != '\n')
            g_string_append_c(lines, *from);
    }
    return g_string_free(lines, FALSE);
}

/* --- parsing ------------------------------------------------------------------------------------------------------- */

typedef struct {
    GPtrArray *nodes; /* where its lines go */
    guint places;     /* around and here */
    guint line;       /* where it was opened */
} Section;

typedef struct {
    const char *file;
    guint line;
    TemplateUse use;
    GArray *open; /* Section, innermost last */
    guint depth; /* files that include it */
} Parser;

static gboolean fault(const Parser *parser, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);
static gboolean fault(const Parser *parser, GError **error, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    g_autofree char *what = g_strdup_vprintf(format, values);
    va_end(values);
    g_set_error(error, FAILURE, FAILURE_CONFIG, "%s:%u: %s", parser->file, parser->line, what);
    return FALSE;
}

static Section *innermost(const Parser *parser)
{
    return &g_array_index(parser->open, Section, parser->open->len - 1);
}

/* Whether KIND is one of the words of KINDS. */
static gboolean is_among(const char *kind, const char *kinds)
{
    g_auto(GStrv) list = g_strsplit(kinds, " ", -1);
    return g_strv_contains((const char *const *)list, kind);
}

static gboolean may_stand(const Parser *parser, const Word *word)
{
    return (word->places & innermost(parser)->places) &&
           (!word->kinds || !parser->use.kind || is_among(parser->use.kind, word->kinds));
}

static char *words_at(const Parser *parser)
{
    GString *list = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (may_stand(parser, &words[i]) && !(words[i].from_mail && parser->use.minimal))
            g_string_append_printf(list, "%s%s", list->len ? " " : "", words[i].name);
    }
    return g_string_free(list, FALSE);
}

/* The word NAME, if it may stand here. */
static const Word *find_word(const Parser *parser, const char *name, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (!g_str_equal(words[i].name, name) || !may_stand(parser, &words[i]))
            continue;
        if (words[i].from_mail && parser->use.minimal) {
            fault(parser, error, "${%s} repeats what the sender wrote and may not stand in a minimal letter", name);
            return NULL;
        }
        return &words[i];
    }
    g_autofree char *known = words_at(parser);
    fault(parser, error, "unknown placeholder ${%s}; known here: %s", name, known);
    return NULL;
}

static gboolean parse_value(const Parser *parser, const char *name, GError **error)
{
    const Word *word = find_word(parser, name, error);
    if (!word)
        return FALSE;
    if (word->opens)
        return fault(parser, error, "${%s} is a list: write ${each %s} and ${end} on lines of their own", name, name);
    node_add(innermost(parser)->nodes, NODE_VALUE, word);
    return TRUE;
}

/* The values of a line between pieces of text. LENGTH includes the line end. */
static gboolean parse_line(const Parser *parser, const char *line, gsize length, GError **error)
{
    const char *end = line + length, *start = line;
    for (const char *at = line; at + 1 < end; at++) {
        if (at[0] != '$' || at[1] != '{')
            continue;
        const char *close = memchr(at, '}', (gsize)(end - at));
        g_autofree char *name = g_strndup(at + 2, close ? (gsize)(close - at - 2) : 0);
        if (!close || !*name || name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")])
            return fault(parser, error,
                         "'${' opens a placeholder: write ${name}; ${each …}, ${if …}, ${unless …} and ${end} stand "
                         "alone on their lines");
        text_add(innermost(parser)->nodes, start, (gsize)(at - start));
        if (!parse_value(parser, name, error))
            return FALSE;
        at = close;
        start = close + 1;
    }
    text_add(innermost(parser)->nodes, start, (gsize)(end - start));
    return TRUE;
}

static gboolean open_section(Parser *parser, NodeType type, const char *name, GError **error)
{
    const Word *word = find_word(parser, name, error);
    if (!word)
        return FALSE;
    if (type == NODE_EACH && !word->opens)
        return fault(parser, error, "${each %s}: that is one value and no list", name);
    Node *node = node_add(innermost(parser)->nodes, type, word);
    node->inside = g_ptr_array_new_with_free_func(node_free);
    guint places = innermost(parser)->places | (type == NODE_EACH ? word->opens : 0);
    Section section = {node->inside, places, parser->line};
    g_array_append_val(parser->open, section);
    return TRUE;
}

static gboolean close_section(Parser *parser, GError **error)
{
    if (parser->open->len == 1)
        return fault(parser, error, "${end} without ${each …}, ${if …} or ${unless …} before it");
    g_array_set_size(parser->open, parser->open->len - 1);
    return TRUE;
}

static gboolean parse_lines(Parser *parser, const char *text, GError **error);

/* The lines of NAME.LANG.txt beside the file, as if they stood here. */
static gboolean include(Parser *parser, const char *name, GError **error)
{
    if (parser->depth >= LIMIT_TEMPLATE_DEPTH || !*name || name[strspn(name, "abcdefghijklmnopqrstuvwxyz-")])
        return fault(parser, error, parser->depth >= LIMIT_TEMPLATE_DEPTH ? "these files include each other without end"
                                                                          : "${include name} takes a file name without its ending");
    g_autofree char *dir = g_path_get_dirname(parser->file), *base = g_strdup_printf("%s.%s.txt", name, parser->use.language);
    g_autofree char *file = g_build_filename(dir, base, NULL);
    g_autoptr(GError) problem = NULL;
    g_autofree char *text = template_read(file, &problem);
    if (!text)
        return fault(parser, error, "%s", problem->message);
    g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(Section));
    g_array_append_val(open, *innermost(parser));
    Parser inner = {file, 1, parser->use, open, parser->depth + 1};
    return parse_lines(&inner, text, error);
}

/* Whether LINE is one of the section lines; if so it is dealt with and *RET_GOOD is the result. */
static gboolean take_section_line(Parser *parser, const char *line, gsize length, gboolean *ret_good, GError **error)
{
    static const struct {
        const char *opening;
        NodeType type;
    } openings[] = {{"${each ", NODE_EACH}, {"${if ", NODE_IF}, {"${unless ", NODE_UNLESS}};
    g_autofree char *text = g_strstrip(g_strndup(line, length));
    if (g_str_equal(text, "${end}")) {
        *ret_good = close_section(parser, error);
        return TRUE;
    }
    if (g_str_has_prefix(text, "${include ") && strchr(text, '}') == text + strlen(text) - 1) {
        text[strlen(text) - 1] = '\0';
        *ret_good = include(parser, g_strstrip(text + strlen("${include ")), error);
        return TRUE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(openings); i++) {
        gsize opening = strlen(openings[i].opening), all = strlen(text);
        if (!g_str_has_prefix(text, openings[i].opening) || strchr(text, '}') != text + all - 1)
            continue;
        text[all - 1] = '\0';
        *ret_good = open_section(parser, openings[i].type, g_strstrip(text + opening), error);
        return TRUE;
    }
    return FALSE;
}

static gboolean parse_lines(Parser *parser, const char *text, GError **error)
{
    if (!g_utf8_validate(text, -1, NULL))
        return fault(parser, error, "the file is not UTF-8");
    for (const char *line = text; *line; parser->line++) {
        const char *end = strchrnul(line, '\n');
        gsize length = (gsize)(end - line) + (*end ? 1 : 0);
        gboolean good;
        if (!take_section_line(parser, line, length, &good, error))
            good = parse_line(parser, line, length, error);
        if (!good)
            return FALSE;
        line += length;
    }
    if (parser->open->len == 1)
        return TRUE;
    parser->line = innermost(parser)->line;
    return fault(parser, error, "the section that is opened here has no ${end}");
}

Template *template_parse(const char *file, guint line, const char *text, TemplateFormat format, const TemplateUse *use,
                         GError **error)
{
    g_autoptr(Template) template = g_new0(Template, 1);
    g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(Section));
    template->format = format;
    template->nodes = g_ptr_array_new_with_free_func(node_free);
    Parser parser = {file, line, *use, open, 0};
    Section all = {template->nodes, format == TEMPLATE_HTML ? PLACE_PAGE : PLACE_LETTER, line};
    g_array_append_val(open, all);
    return parse_lines(&parser, text, error) ? g_steal_pointer(&template) : NULL;
}

void template_free(Template *template)
{
    if (!template)
        return;
    g_ptr_array_unref(template->nodes);
    g_free(template);
}

/* --- putting in ---------------------------------------------------------------------------------------------------- */

static void put_value(TemplateFormat format, const char *name, const Facts *facts, GString *out)
{
    const char *markup = format == TEMPLATE_HTML ? facts_markup(facts, name) : NULL;
    const char *value = facts_value(facts, name);
    if (markup) {
        g_string_append(out, markup);
    } else if (value && format == TEMPLATE_HTML) {
        g_autofree char *escaped = text_html(value);
        g_string_append(out, escaped);
    } else if (value) {
        g_string_append(out, value);
    }
}

typedef struct {
    TemplateFormat format;
    gboolean minimal; /* words of the sender are left out */
    GString *out;
} Expansion;

static gboolean is_there(const Expansion *to, const Word *word, const Facts *facts)
{
    if (to->minimal && word->from_mail)
        return FALSE;
    return word->opens ? facts_rows(facts, word->name) != NULL : facts_value(facts, word->name) != NULL;
}

static void put_nodes(const Expansion *to, const GPtrArray *nodes, const Facts *facts)
{
    for (guint i = 0; i < nodes->len; i++) {
        const Node *node = g_ptr_array_index(nodes, i);
        gboolean there = node->word && is_there(to, node->word, facts);
        const GPtrArray *rows = node->type == NODE_EACH && there ? facts_rows(facts, node->word->name) : NULL;
        switch (node->type) {
        case NODE_TEXT:
            g_string_append(to->out, node->text);
            break;
        case NODE_VALUE:
            if (there || to->format == TEMPLATE_HTML)
                put_value(to->format, node->word->name, facts, to->out);
            break;
        case NODE_EACH:
            for (guint row = 0; rows && row < rows->len; row++)
                put_nodes(to, node->inside, g_ptr_array_index(rows, row));
            break;
        case NODE_IF:
        case NODE_UNLESS:
            if (there == (node->type == NODE_IF))
                put_nodes(to, node->inside, facts);
            break;
        }
    }
}

void template_expand(const Template *template, const Facts *facts, gboolean minimal, GString *out)
{
    put_nodes(&(Expansion){template->format, minimal, out}, template->nodes, facts);
}
