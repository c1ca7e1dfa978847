#include <string.h>

#include "readers/odf.h"
#include "readers/pictures_zip.h"
#include "readers/rows.h"

#define SIGNATURES "meta-inf/documentsignatures.xml"
#define MANIFEST "meta-inf/manifest.xml"

static gboolean part_wanted(const char *name)
{
    return strcmp(name, "content.xml") == 0 || strcmp(name, "styles.xml") == 0 || strcmp(name, MANIFEST) == 0 ||
           strcmp(name, SIGNATURES) == 0;
}

static gboolean holds(const GByteArray *part, const char *text)
{
    return part && memmem(part->data, part->len, text, strlen(text)) != NULL;
}

/* ---- digital signatures (OpenDocument part 2, 5; XML Signature) ---- */

typedef struct {
    Xhtml *out;
    GString *subject, *text;
    gboolean in_subject;
} Signatures;

static void signature_start(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name,
                            G_GNUC_UNUSED const xmlChar **attrs, G_GNUC_UNUSED int count)
{
    Signatures *signatures = data;
    signatures->in_subject = strcmp(name, "X509SubjectName") == 0 || strcmp(name, "X509IssuerName") == 0;
    g_string_truncate(signatures->text, 0);
}

/* Names of subjects are seldom given; that of the issuer tells at least where the certificate came from. */
static void signature_end(void *data, G_GNUC_UNUSED OoxmlSpace space, const char *name)
{
    Signatures *signatures = data;
    if (strcmp(name, "X509SubjectName") == 0) {
        g_string_assign(signatures->subject, signatures->text->str);
    } else if (strcmp(name, "X509IssuerName") == 0 && signatures->subject->len == 0) {
        g_string_printf(signatures->subject, "issuer %s", signatures->text->str);
    } else if (strcmp(name, "Signature") == 0) {
        const char *who = signatures->subject->len ? signatures->subject->str : "XML signature";
        g_autofree char *said = g_strconcat(who, ", not verified", NULL);
        xhtml_meta(signatures->out, "signature", said);
        g_string_truncate(signatures->subject, 0);
    }
    signatures->in_subject = FALSE;
}

static void signature_text(void *data, const char *text, int length)
{
    Signatures *signatures = data;
    if (signatures->in_subject && signatures->text->len + (gsize)length < 1000)
        g_string_append_len(signatures->text, text, length);
}

static void read_signatures(const GByteArray *part, Xhtml *out)
{
    g_autoptr(GString) subject = g_string_new(NULL), text = g_string_new(NULL);
    Signatures signatures = {.out = out, .subject = subject, .text = text};
    const OoxmlHandler handler = {.start = signature_start, .end = signature_end, .text = signature_text};
    if (part)
        ooxml_parse(part, &handler, &signatures);
}

/* ---- the document ---- */

/* A document whose styles cannot be read is read without them. */
static Status read_parts(const GByteArray *styles, const GByteArray *content, Xhtml *out)
{
    OdfStory story;
    odf_story_init(&story, out);
    if (styles)
        odf_story(&story, styles, FALSE);
    Status status = odf_story(&story, content, TRUE);
    odf_story_finish(&story);
    odf_story_clear(&story);
    return xhtml_full(out) ? STATUS_TOO_LARGE : status;
}

/* One XML file with everything (OpenDocument part 3, 2.1). */
static Status read_flat(const ReadInput *input, Xhtml *out)
{
    if (input->length > G_MAXINT)
        return STATUS_TOO_LARGE;
    g_autoptr(GByteArray) part = g_byte_array_new();
    g_byte_array_append(part, input->bytes, (guint)input->length);
    return read_parts(part, part, out);
}

Status odf_read(const ReadInput *input, Xhtml *out, Members *members)
{
    Status status = STATUS_READ;
    if (input->length < 2 || memcmp(input->bytes, "PK", 2) != 0)
        return read_flat(input, out);
    g_autoptr(Ooxml) package = ooxml_open(input->bytes, input->length, part_wanted, &status);
    if (!package)
        return status;
    if (holds(ooxml_part(package, MANIFEST), "encryption-data"))
        return STATUS_ENCRYPTED;
    const GByteArray *content = ooxml_part(package, "content.xml");
    if (!content)
        return STATUS_DAMAGED;
    read_signatures(ooxml_part(package, SIGNATURES), out);
    status = read_parts(ooxml_part(package, "styles.xml"), content, out);
    if (status == STATUS_READ)
        pictures_in_zip(input, "Pictures/", out, members);
    return status;
}
