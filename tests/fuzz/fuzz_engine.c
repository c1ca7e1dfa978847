/* links: filters/engine/*.c filters/record.c filters/readers/html.c filters/page/xhtml.c src/base/*.c; libs: glib-2.0 libxml-2.0 libseccomp; flags: -lm */
/* A web page through its reader and the engine with all kinds: the first byte says what is known of it besides. Whatever stands
 * there, the answer is one that the door takes: within its limits, in UTF-8, with shares between 0 and 1. */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "engine/engine.h"
#include "readers/rows.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length);

static Kinds *kinds;

int LLVMFuzzerInitialize(G_GNUC_UNUSED int *argc, G_GNUC_UNUSED char ***argv)
{
    g_autoptr(GError) error = NULL;
    kinds = kinds_load("filters/kinds", NULL, &error);
    if (!kinds)
        g_error("%s", error->message);
    return 0;
}

static void must(gboolean holds)
{
    if (!holds)
        abort();
}

static void must_be_text(const char *text)
{
    must(!text || g_utf8_validate(text, -1, NULL));
}

static void check_field(const FieldValue *field)
{
    must(field->id && field->confidence >= 0 && field->confidence <= 1);
    must_be_text(field->text);
    for (guint i = 0; field->list && i < field->list->len; i++)
        must_be_text(field->list->pdata[i]);
    must(!field->rows || field->rows->len <= LIMIT_ROWS);
    for (guint i = 0; field->rows && i < field->rows->len; i++) {
        const GPtrArray *row = field->rows->pdata[i];
        must(row->len % 2 == 0);
        for (guint cell = 0; cell < row->len; cell++)
            must_be_text(row->pdata[cell]);
    }
}

static void check_form(const Form *form)
{
    must(form->kind && form->confidence >= 0 && form->confidence <= 1);
    must(form->fields->len <= LIMIT_FIELDS && form->findings->len <= LIMIT_FINDINGS);
    for (guint i = 0; i < form->fields->len; i++)
        check_field(form->fields->pdata[i]);
    for (guint i = 0; i < form->findings->len; i++) {
        const Finding *finding = form->findings->pdata[i];
        must(finding->rule && finding->severity && finding->zh && finding->en);
        must_be_text(finding->zh);
        must_be_text(finding->en);
    }
}

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
    if (!length)
        return 0;
    ReadInput input = {.bytes = bytes + 1, .length = length - 1, .charset = "utf-8"};
    g_autoptr(Xhtml) out = xhtml_new();
    if (html_read(&input, out, NULL) != STATUS_READ)
        return 0;
    EngineHints hints = {.filename = "form.html", .subject = "申请表", .is_body = bytes[0] & 1, .shows_seal = bytes[0] & 2};
    Context context = {.authserv_id = "", .reference_prefix = "SC27", .statement_minimum = 20, .explain = bytes[0] & 4};
    g_autoptr(GPtrArray) forms = engine_read(kinds, xhtml_doc(out), &hints, &context);
    must(forms->len > 0);
    for (guint i = 0; i < forms->len; i++)
        check_form(forms->pdata[i]);
    return 0;
}
