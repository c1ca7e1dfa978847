#include <string.h>

#include "readers/pictures_zip.h"
#include "readers/rows.h"
#include "readers/xlsx.h"

enum { SHEETS_MAX = 255 };

static gboolean part_wanted(const char *name)
{
    static const char *const unwanted[] = {"customxml/", "docprops/", "/theme/", "/charts/", "/comments", "/pivot",
                                           "calcchain.xml", "/tables/", "[content_types].xml", "/externallinks/",
                                           "/threadedcomments/", "/persons/", "/querytables/", "/slicer"};
    for (guint i = 0; i < G_N_ELEMENTS(unwanted); i++)
        if (strstr(name, unwanted[i]))
            return FALSE;
    return TRUE;
}

/* ---- the workbook: sheets in the order of their tabs (18.2) ---- */

typedef struct {
    char *name, *relation;
    gboolean hidden;
} Tab;

typedef struct {
    GPtrArray *tabs;
    gboolean since_1904, seen_root;
} Workbook;

static void free_tab(gpointer data)
{
    Tab *tab = data;
    g_free(tab->name);
    g_free(tab->relation);
    g_free(tab);
}

static void workbook_start(void *data, OoxmlSpace space, const char *name, const xmlChar **attrs, int count)
{
    Workbook *workbook = data;
    char value[256], state[16];
    if (space != OOXML_SHEET)
        return;
    workbook->seen_root = TRUE;
    if (strcmp(name, "workbookPr") == 0 && ooxml_attr(attrs, count, "date1904", value, sizeof value))
        workbook->since_1904 = strcmp(value, "1") == 0 || strcmp(value, "true") == 0;
    if (strcmp(name, "sheet") != 0 || workbook->tabs->len >= SHEETS_MAX)
        return;
    Tab *tab = g_new0(Tab, 1);
    tab->name = g_strdup(ooxml_attr(attrs, count, "name", value, sizeof value));
    tab->relation = g_strdup(ooxml_attr(attrs, count, "id", value, sizeof value));
    tab->hidden = ooxml_attr(attrs, count, "state", state, sizeof state) && strcmp(state, "visible") != 0;
    g_ptr_array_add(workbook->tabs, tab);
}

/* ---- controls and text boxes over the cells ---- */

typedef struct {
    gboolean is_box, checked;
} Properties;

static void properties_start(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name, const xmlChar **attrs, int count)
{
    Properties *properties = data;
    char value[16];
    if (strcmp(name, "formControlPr") != 0)
        return;
    const char *type = ooxml_attr(attrs, count, "objectType", value, sizeof value);
    properties->is_box = type && (strcmp(type, "CheckBox") == 0 || strcmp(type, "Radio") == 0);
    properties->checked = ooxml_attr(attrs, count, "checked", value, sizeof value) && strcmp(value, "Checked") == 0;
}

/* Takes the text of the shape ID out of SHAPES. Caller frees. */
static char *take_shape(GPtrArray *shapes, const char *id)
{
    for (guint i = 0; i < shapes->len; i++) {
        XlsxShape *shape = shapes->pdata[i];
        if (g_strcmp0(shape->id, id) == 0 && shape->text)
            return g_steal_pointer(&shape->text);
    }
    return NULL;
}

static void give_controls(const Ooxml *package, GHashTable *relations, GPtrArray *controls, GPtrArray *shapes, Sheet *sheet)
{
    const OoxmlHandler handler = {.start = properties_start};
    for (guint i = 0; i < controls->len; i++) {
        const XlsxControl *control = controls->pdata[i];
        const char *target = g_hash_table_lookup(relations, control->relation);
        const GByteArray *part = target ? ooxml_part(package, target) : NULL;
        Properties properties = {.is_box = FALSE};
        if (part)
            ooxml_parse(part, &handler, &properties);
        if (!properties.is_box)
            continue;
        g_autofree char *label = take_shape(shapes, control->shape);
        g_autofree char *text = g_strconcat(properties.checked ? "☑" : "☐", label, NULL);
        sheet_append(sheet, control->row, control->column, text);
    }
}

static void write_shapes(const GPtrArray *shapes, Xhtml *out)
{
    for (guint i = 0; i < shapes->len; i++) {
        const XlsxShape *shape = shapes->pdata[i];
        g_auto(GStrv) lines = g_strsplit(shape->text ? shape->text : "", "\n", -1);
        for (guint k = 0; lines[k]; k++) {
            if (!*lines[k])
                continue;
            xhtml_open(out, "p");
            xhtml_text(out, lines[k], -1);
            xhtml_close(out, "p");
        }
    }
}

/* ---- sheets ---- */

static Status read_sheet(const Ooxml *package, const XlsxBook *book, const Tab *tab, const char *name, Xhtml *out)
{
    const GByteArray *part = ooxml_part(package, name);
    gboolean full = FALSE;
    if (!part)
        return STATUS_READ; /* a sheet of another format: a chart */
    g_autoptr(GPtrArray) controls = g_ptr_array_new_with_free_func(xlsx_control_free);
    g_autoptr(GHashTable) relations = ooxml_relations(package, name);
    g_autoptr(GPtrArray) drawings = ooxml_targets(package, name, "/drawing");
    g_autoptr(GPtrArray) shapes = xlsx_shapes(drawings->len ? ooxml_part(package, drawings->pdata[0]) : NULL);
    Sheet *sheet = sheet_begin(out, tab->name, tab->hidden);
    gboolean whole = xlsx_cells(book, part, sheet, controls, &full);
    give_controls(package, relations, controls, shapes, sheet);
    full = !sheet_end(sheet) || full;
    write_shapes(shapes, out);
    if (full || xhtml_full(out))
        return STATUS_TOO_LARGE;
    return whole ? STATUS_READ : STATUS_DAMAGED;
}

static const GByteArray *related(const Ooxml *package, const char *main, const char *type)
{
    g_autoptr(GPtrArray) targets = ooxml_targets(package, main, type);
    return targets->len ? ooxml_part(package, targets->pdata[0]) : NULL;
}

/* A sheet that cannot be read does not take the others with it. */
static Status read_sheets(const Ooxml *package, const char *main, const Workbook *workbook, Xhtml *out)
{
    g_autoptr(GHashTable) relations = ooxml_relations(package, main);
    g_autoptr(GHashTable) done = g_hash_table_new(g_str_hash, g_str_equal);
    gboolean whole = TRUE;
    XlsxBook book = {.strings = xlsx_strings(related(package, main, "/sharedStrings"), &whole),
                     .since_1904 = workbook->since_1904};
    xlsx_styles_init(&book.styles, related(package, main, "/styles"));
    Status worst = whole ? STATUS_READ : STATUS_DAMAGED;
    for (guint i = 0; i < workbook->tabs->len && worst != STATUS_TOO_LARGE; i++) {
        const Tab *tab = workbook->tabs->pdata[i];
        const char *target = tab->relation ? g_hash_table_lookup(relations, tab->relation) : NULL;
        if (!target || !g_hash_table_add(done, (gpointer)target))
            continue;
        Status status = read_sheet(package, &book, tab, target, out);
        worst = status == STATUS_READ ? worst : status;
    }
    xlsx_styles_clear(&book.styles);
    g_ptr_array_unref(book.strings);
    return worst;
}

Status xlsx_read(const ReadInput *input, Xhtml *out, Members *members)
{
    Status status = STATUS_READ;
    g_autoptr(Ooxml) package = ooxml_open(input->bytes, input->length, part_wanted, &status);
    if (!package)
        return status;
    g_autoptr(GPtrArray) mains = ooxml_targets(package, NULL, "/officeDocument");
    const char *main = mains->len ? mains->pdata[0] : "xl/workbook.xml";
    const GByteArray *part = ooxml_part(package, main);
    const OoxmlHandler handler = {.start = workbook_start};
    g_autoptr(GPtrArray) tabs = g_ptr_array_new_with_free_func(free_tab);
    Workbook workbook = {.tabs = tabs};
    if (!part || !ooxml_parse(part, &handler, &workbook))
        return STATUS_DAMAGED;
    if (!workbook.seen_root)
        return STATUS_UNSUPPORTED;
    status = read_sheets(package, main, &workbook, out);
    if (status == STATUS_READ)
        pictures_in_zip(input, "xl/media/", out, members);
    return status;
}
