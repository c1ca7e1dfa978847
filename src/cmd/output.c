#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cmd/output.h"

#define CELL_CHARS 2000
#define GAP "  "

struct Output {
    gboolean json;
    const OutputColumn *columns;
    guint n;
    GPtrArray *rows; /* char ** */
};

Output *output_new(gboolean json, const OutputColumn *columns, guint n)
{
    Output *output = g_new0(Output, 1);
    output->json = json;
    output->columns = columns;
    output->n = n;
    output->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    return output;
}

static char *json_text(json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(value);
    char *copy = g_strdup(text ? text : "null");
    free(text);
    return copy;
}

char *output_json_string(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    return json_text(json_string(valid));
}

static void print_json(const Output *output, const char *const *texts)
{
    json_t *object = json_object();
    for (guint i = 0; i < output->n; i++) {
        const char *key = output->columns[i].key;
        g_autofree char *valid = texts[i] ? g_utf8_make_valid(texts[i], -1) : NULL;
        if (!valid)
            json_object_set_new(object, key, json_null());
        else if (g_str_has_suffix(key, "_n"))
            json_object_set_new(object, key, json_integer(g_ascii_strtoll(valid, NULL, 10)));
        else
            json_object_set_new(object, key, json_string(valid));
    }
    g_autofree char *line = json_text(object);
    puts(line);
}

void output_row(Output *output, const char *const *texts)
{
    if (output->json) {
        print_json(output, texts);
        return;
    }
    char **row = g_new0(char *, output->n + 1);
    for (guint i = 0; i < output->n; i++)
        row[i] = text_plain(texts[i] ? texts[i] : "", CELL_CHARS);
    g_ptr_array_add(output->rows, row);
}

static gsize column_width(const Output *output, guint i)
{
    gsize width = text_width(output->columns[i].title);
    for (guint r = 0; r < output->rows->len; r++)
        width = MAX(width, text_width(((char **)g_ptr_array_index(output->rows, r))[i]));
    return output->columns[i].width ? MIN(width, output->columns[i].width) : width;
}

static void print_line(const Output *output, const gsize *widths, char **texts)
{
    GString *line = g_string_new(NULL);
    for (guint i = 0; i < output->n; i++) {
        if (!output->columns[i].title)
            continue;
        g_autofree char *cell = text_fit(texts ? texts[i] : output->columns[i].title, widths[i]);
        g_string_append_printf(line, "%s%s", line->len ? GAP : "", cell);
    }
    g_autofree char *text = g_string_free(line, FALSE);
    puts(g_strchomp(text));
}

void output_end(Output *output)
{
    if (!output->json && output->rows->len > 0) {
        g_autofree gsize *widths = g_new0(gsize, output->n);
        for (guint i = 0; i < output->n; i++)
            if (output->columns[i].title)
                widths[i] = column_width(output, i);
        print_line(output, widths, NULL);
        for (guint r = 0; r < output->rows->len; r++)
            print_line(output, widths, g_ptr_array_index(output->rows, r));
    }
    g_ptr_array_unref(output->rows);
    g_free(output);
}
