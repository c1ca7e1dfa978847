#include <string.h>

#include "base/charset.h"
#include "readers/marks.h"
#include "page/ocr.h"
#include "readers/rows.h"
#include "readers/unzip.h"

#define ODF "application/vnd.oasis.opendocument."

static const char *const text_mimes[] = {"text/plain", "text/calendar", "text/vcard", NULL};
static const char *const html_mimes[] = {"text/html", "application/xhtml+xml", NULL};
static const char *const docx_mimes[] = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.ms-word.document.macroEnabled.12", "application/vnd.ms-wordml", NULL};
static const char *const odf_mimes[] = {
    ODF "text", ODF "text-template", ODF "text-flat-xml", ODF "text-master", ODF "spreadsheet", ODF "spreadsheet-template",
    ODF "presentation", ODF "presentation-template", ODF "graphics", NULL};
static const char *const rtf_mimes[] = {"text/rtf", "application/rtf", NULL};
static const char *const xlsx_mimes[] = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
    "application/vnd.ms-excel.sheet.macroEnabled.12", NULL};
static const char *const csv_mimes[] = {"text/csv", "text/tab-separated-values", NULL};
static const char *const zip_mimes[] = {MIME_ZIP, NULL};
static const char *const archive_mimes[] = {MIME_7Z, MIME_RAR, MIME_TAR, MIME_GZIP, MIME_BZIP2, MIME_XZ, NULL};
static const char *const picture_mimes[] = {"image/jpeg", "image/png", "image/tiff", "image/bmp", "image/x-ms-bmp",
                                            "image/webp", "image/gif", NULL};
static const char *const doc_mimes[] = {"application/msword", NULL};
static const char *const xls_mimes[] = {"application/vnd.ms-excel", NULL};
static const char *const tnef_mimes[] = {"application/vnd.ms-tnef", NULL};
static const char *const cms_mimes[] = {"application/pkcs7-mime", NULL};
static const char *const mbox_mimes[] = {"application/mbox", NULL};
static const char *const mht_mimes[] = {"multipart/related", NULL};
static const char *const ofd_mimes[] = {"application/ofd", NULL};
static const char *const msg_mimes[] = {"application/vnd.ms-outlook", NULL};
static const char *const pdf_mimes[] = {"application/pdf", NULL};

static const Reader readers[] = {
    {.name = "text", .mimes = text_mimes, .risk = RISK_LOW, .size = SIZE_MAIL, .read = text_read},
    {.name = "html", .mimes = html_mimes, .risk = RISK_LOW, .size = SIZE_MAIL, .read = html_read},
    {.name = "docx", .mimes = docx_mimes, .risk = RISK_LOW, .size = SIZE_MAIL, .read = docx_read},
    {.name = "odf", .mimes = odf_mimes, .risk = RISK_LOW, .size = SIZE_MAIL, .read = odf_read},
    {.name = "rtf", .mimes = rtf_mimes, .risk = RISK_LOW, .size = SIZE_MAIL, .read = rtf_read},
    {.name = "xlsx", .mimes = xlsx_mimes, .risk = RISK_LOW, .size = SIZE_MAIL, .read = xlsx_read},
    {.name = "csv", .mimes = csv_mimes, .risk = RISK_LOW, .size = SIZE_MAIL, .read = csv_read},
    {.name = "zip", .mimes = zip_mimes, .risk = RISK_LOW, .size = SIZE_MAIL, .container = TRUE, .read = archive_read},
    {.name = "archive", .mimes = archive_mimes, .risk = RISK_HIGH, .size = SIZE_MAIL, .container = TRUE, .read = archive_read},
    {.name = "doc", .mimes = doc_mimes, .risk = RISK_LOW, .size = SIZE_MAIL, .read = doc_read},
    {.name = "xls", .mimes = xls_mimes, .risk = RISK_LOW, .size = SIZE_MAIL, .read = xls_read},
    {.name = "tnef", .mimes = tnef_mimes, .risk = RISK_LOW, .size = SIZE_MAIL, .container = TRUE, .read = tnef_read},
    {.name = "cms", .mimes = cms_mimes, .risk = RISK_LOW, .size = SIZE_MAIL, .container = TRUE, .read = cms_read},
    {.name = "mbox", .mimes = mbox_mimes, .risk = RISK_LOW, .size = SIZE_MAIL, .container = TRUE, .read = mbox_read},
    {.name = "mht", .mimes = mht_mimes, .risk = RISK_LOW, .size = SIZE_MAIL, .read = mht_read},
    {.name = "ofd", .mimes = ofd_mimes, .risk = RISK_LOW, .size = SIZE_MAIL, .shows_seal = TRUE, .read = ofd_read},
    {.name = "msg", .mimes = msg_mimes, .risk = RISK_LOW, .size = SIZE_MAIL, .container = TRUE, .read = msg_read},
    {.name = "pdf", .mimes = pdf_mimes, .risk = RISK_HIGH, .size = SIZE_PAGE, .shows_seal = TRUE,
     .read = pdf_read},
    {.name = "picture", .mimes = picture_mimes, .risk = RISK_HIGH, .size = SIZE_OCR, .shows_seal = TRUE,
     .read = picture_read},
};

const Reader *reader_for(const char *mime)
{
    for (gsize i = 0; i < G_N_ELEMENTS(readers); i++)
        for (const char *const *own = readers[i].mimes; *own; own++)
            if (mime && g_ascii_strcasecmp(mime, *own) == 0)
                return &readers[i];
    return NULL;
}

const char *size_name(Size size)
{
    static const char *const names[] = {"mail", "page", "ocr"};
    return names[size];
}

static gboolean warm_member(G_GNUC_UNUSED Members *self, G_GNUC_UNUSED const char *name,
                            G_GNUC_UNUSED const guint8 *bytes, G_GNUC_UNUSED gsize length, G_GNUC_UNUSED Status status)
{
    return TRUE;
}

static void warm_body(G_GNUC_UNUSED Members *self, G_GNUC_UNUSED const char *mime, G_GNUC_UNUSED const char *charset,
                      G_GNUC_UNUSED const guint8 *bytes, G_GNUC_UNUSED gsize length)
{
}

static void warm_inner(G_GNUC_UNUSED Members *self, G_GNUC_UNUSED const char *name, G_GNUC_UNUSED const char *address,
                       G_GNUC_UNUSED const char *subject, G_GNUC_UNUSED const char *date)
{
}

static void warm_larger(G_GNUC_UNUSED Members *self, G_GNUC_UNUSED Size size)
{
}

static void warm_one(const char *mime, const void *bytes, gsize length, const char *charset)
{
    ReadInput input = {.bytes = bytes, .length = length, .charset = charset, .until = G_MAXINT64};
    Members members = {.member = warm_member, .body = warm_body, .inner = warm_inner, .larger = warm_larger};
    Status status = STATUS_READ;
    g_autoptr(Xhtml) out = xhtml_new();
    sniff_mime(&input, mime, &status);
    reader_for(mime)->read(&input, out, &members);
}

void readers_warm(void)
{
    static const char *const docx[] = {
        "_rels/.rels",
        "<Relationships><Relationship Id='a' Target='word/document.xml' Type='http://schemas.openxmlformats.org/"
        "officeDocument/2006/relationships/officeDocument'/></Relationships>",
        "word/document.xml",
        "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body><w:tbl><w:tr><w:tc>"
        "<w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>",
        NULL};
    static const char gb[] = "<meta charset=gb2312><table><tr><td>\xd0\xd5\xc3\xfb</td><td>\xd5\xc5</td></tr></table>";
    charset_warm();
    g_autoptr(GByteArray) zip = unzip_pack(docx);
    warm_one("text/plain", "\xd0\xd5\xc3\xfb", 4, NULL);
    warm_one("text/html", gb, sizeof gb - 1, "gbk");
    warm_one(docx_mimes[0], zip->data, zip->len, NULL);
    warm_one("application/zip", zip->data, zip->len, NULL);
    sniff_mime(&(ReadInput){.bytes = (const guint8 *)"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", .length = 8}, NULL,
               &(Status){STATUS_READ});
    if (pdf_warm)
        pdf_warm();
    if (ocr_warm)
        ocr_warm();
}
