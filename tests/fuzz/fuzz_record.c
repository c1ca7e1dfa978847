/* links: src/door/record*.c src/base/failure.c src/base/text.c; libs: glib-2.0 jansson; flags: -lm */
/* What a filter that was taken over may answer: the first byte chooses what was asked for, the rest are its lines. Whatever is
 * accepted must come out again as one line of JSON. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "door/record.h"

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length);

static void must(gboolean holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const guint8 *bytes, gsize length)
{
    if (!length)
        return 0;
    guint8 asked = *bytes++;
    length--;
    g_autoptr(RecordParser) parser = record_parser_new(asked & 1, asked & 2);
    for (gboolean good = TRUE; good && length && !record_parser_ended(parser);) {
        const guint8 *end = memchr(bytes, '\n', length);
        gsize line = end ? (gsize)(end - bytes) : length;
        g_autoptr(GError) error = NULL;
        good = record_parser_line(parser, (const char *)bytes, line, &error);
        must(good == (error == NULL));
        bytes += MIN(line + 1, length);
        length -= MIN(line + 1, length);
        /* A child that dies is followed by another, which may answer the rest. */
        if (!good && (asked & 4)) {
            record_parser_retry(parser);
            asked &= (guint8)~4;
            good = TRUE;
        }
    }
    g_autoptr(Record) record = record_parser_take(parser);
    if (!record)
        return 0;
    g_autofree char *json = record_to_json(record, "a.eml", 0);
    must(!strchr(json, '\n') && g_utf8_validate(json, -1, NULL));
    json_t *back = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
    must(back != NULL);
    json_decref(back);
    return 0;
}
