// links: src/ledger/*.c src/base/failure.c src/base/clock.c src/base/text.c; libs: glib-2.0 sqlite3 jansson
#include "base/limits.h"
#include "ledger/search.h"
#include "ledger/words.h"
#include "ledger_test.h"

static void assert_words(const char *text, const char *expected)
{
    g_autofree char *words = words_of(text);
    g_assert_cmpstr(words, ==, expected);
}

static void test_words(void)
{
    assert_words("", "");
    assert_words("李", "李");
    assert_words("李雷", "李雷 雷");
    assert_words("张 三\n丰", "张三 三丰 丰");
    assert_words("国际标准，提案", "国际 际标 标准 准 提案 案");
    assert_words("ISO/IEC 27090：ＳＣ２７", "iso iec 27090 sc27");
    assert_words("Café zhang@expert.example", "cafe zhang expert example");
    assert_words("国际SC27标准", "国际 际 sc27 标准 准");
    assert_words("第①章 ﬁle", "第 1 章 file");
    assert_words("、；", "");
    assert_words("\xf0\xac\xad\x8e某", "\xf0\xac\xad\x8e某 某"); /* U+2CB4E, a name's character outside of Unicode 6 */
}

static void assert_match(const char *query, const char *expected)
{
    g_autoptr(GPtrArray) phrases = words_phrases(query);
    g_autofree char *match = words_match(phrases);
    g_assert_cmpstr(match, ==, expected);
}

static void test_questions(void)
{
    assert_match("", NULL);
    assert_match(" \" ，", NULL);
    assert_match("李雷", "\"李雷\"");
    assert_match("李", "\"李\" *");
    assert_match("国际标准 27090", "\"国际 际标 标准\" AND \"27090\"");
    assert_match("“国际标准 27090”", "\"国际 际标 标准 准 27090\"");
    assert_match("\" OR head : x\" NOT", "\"or head x\" AND \"not\"");
    assert_match("ISO/IEC", "\"iso iec\"");
}

typedef struct {
    GString *out;
    SearchPlace last;
    guint n;
} Seen;

/* "document:snippet with [hits]". */
static void see(const SearchHit *hit, gpointer user)
{
    Seen *seen = user;
    GString *marked = g_string_new(NULL);
    gsize at = 0;
    for (guint i = 0; i < hit->n_ranges; i++) {
        const SearchRange *range = &hit->ranges[i];
        g_string_append_len(marked, hit->snippet + at, (gssize)(range->start - at));
        g_string_append_printf(marked, "[%.*s]", (int)range->length, hit->snippet + range->start);
        at = range->start + range->length;
        glong wide;
        g_autofree gunichar2 *before = g_utf8_to_utf16(hit->snippet, range->start, NULL, &wide, NULL);
        g_assert_nonnull(before);
        g_assert_cmpint(wide, ==, range->start16);
        g_autofree gunichar2 *within = g_utf8_to_utf16(hit->snippet + range->start, range->length, NULL, &wide, NULL);
        g_assert_nonnull(within);
        g_assert_cmpint(wide, ==, range->length16);
    }
    g_string_append(marked, hit->snippet + at);
    g_string_append_printf(seen->out, "%s%" G_GINT64_FORMAT ":%s", seen->n ? "|" : "", hit->document, marked->str);
    seen->last = hit->place;
    seen->n++;
    g_string_free(marked, TRUE);
}

static char *found(Fixture *f, const char *query, const char *kind, guint page)
{
    Seen seen = {.out = g_string_new(NULL)};
    guint before;
    do {
        g_autoptr(GError) error = NULL;
        before = seen.n;
        SearchPlace after = seen.last;
        g_assert_true(ledger_search(f->ledger, query, kind, &after, page, see, &seen, &error));
        g_assert_no_error(error);
    } while (seen.n > before);
    return g_string_free(seen.out, FALSE);
}

static void assert_found(Fixture *f, const char *query, const char *expected)
{
    for (guint page = 1; page <= 10; page += 9) {
        g_autofree char *hits = found(f, query, NULL, page);
        g_assert_cmpstr(hits, ==, expected);
    }
}

static void fill(Fixture *f)
{
    gint64 entry = add_entry(f, "review", NOON, 0), message = add_message(f, entry, FALSE);
    gint64 one = add_document(f, entry, message, "2", "expert-application", "review");
    gint64 two = add_document(f, entry, message, "3", "meeting-summary", "review");
    add_field(f, two, "name", "李雷", 0.9);
    g_assert_true(ledger_search_put(f->ledger, message, 0, NULL, NULL));
    g_assert_true(ledger_search_put(f->ledger, message, one, "推荐人：李雷\n研究方向 隐私保护、ISO/IEC 27090 与密码", NULL));
    g_assert_true(ledger_search_put(f->ledger, message, two, "会议总结：隐私 保护组讨论了ＩＳＯ／ＩＥＣ ２７０９０。", NULL));
}

static void test_hits(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    fill(f);
    /* In a value before in the text; then the newest first. */
    assert_found(f, "李雷", "2:3.docx [李雷]|1:推荐人：[李雷] 研究方向 隐私保护、ISO/IEC 27090 与密码");
    assert_found(f, "李", "2:3.docx [李]雷|1:推荐人：[李]雷 研究方向 隐私保护、ISO/IEC 27090 与密码");
    assert_found(f, "雷", "2:3.docx 李[雷]|1:推荐人：李[雷] 研究方向 隐私保护、ISO/IEC 27090 与密码");
    assert_found(f, "iso/iec 27090",
                 "2:会议总结：隐私 保护组讨论了[ＩＳＯ／ＩＥＣ] [２７０９０]。|1:推荐人：李雷 研究方向 隐私保护、[ISO/IEC] [27090] 与密码");
    assert_found(f, "隐私保护 密码", "1:推荐人：李雷 研究方向 [隐私保护]、ISO/IEC 27090 与[密码]");
    assert_found(f, "保私", "");
    assert_found(f, "2709", "");
    assert_found(f, "温若岚", "0:专家申请表 [温若岚] wen@expert.example");
    assert_found(f, "wen@expert.example", "0:专家申请表 温若岚 [wen@expert.example]");
    g_autofree char *summaries = found(f, "隐私", "meeting-summary", 5);
    g_assert_true(g_str_has_prefix(summaries, "2:") && !strchr(summaries, '|'));
    g_autoptr(GError) error = NULL;
    Seen seen = {.out = g_string_new(NULL)};
    g_assert_false(ledger_search(f->ledger, "…", NULL, NULL, 5, see, &seen, &error));
    g_assert_error(error, FAILURE, FAILURE_USAGE);
    g_string_free(seen.out, TRUE);
}

static void test_replaced_and_cleared(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    fill(f);
    g_assert_true(ledger_search_put(f->ledger, 1, 1, "完全不同的内容", NULL));
    assert_found(f, "密码", "");
    assert_found(f, "不同", "1:完全[不同]的内容");
    g_assert_true(ledger_search_put(f->ledger, 1, 1, "李雷", NULL));
    assert_found(f, "李雷", "2:3.docx [李雷]|1:[李雷]"); /* it keeps its place */
    gint64 none = 0;
    g_assert_true(ledger_documents_prune(f->ledger, 1, &none, 0, NULL));
    assert_found(f, "李雷", "");
    assert_found(f, "温若岚", "0:专家申请表 [温若岚] wen@expert.example");
    g_assert_true(ledger_search_clear(f->ledger, 1, 0, NULL));
    g_assert_true(ledger_search_purge(f->ledger, NULL));
    assert_found(f, "温若岚", "");
    g_assert_true(ledger_commit(f->ledger, NULL));
    assert_asked(f, "SELECT count(*) FROM texts", "0");
    assert_asked(f, "SELECT count(*) FROM search_docsize", "0");
    /* Nothing of the words is left in the file's pages after all that. */
    ledger_close(f->ledger);
    f->ledger = ledger_open(f->file, LEDGER_WRITE, NULL);
    assert_asked(f, "SELECT count(*) FROM search_data WHERE instr(block, CAST('若岚' AS BLOB)) > 0", "0");
}

static void test_refresh(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    fill(f);
    add_field(f, 2, "employer", "南屏密码研究院", 0.9);
    assert_found(f, "南屏", "");
    g_assert_true(ledger_search_refresh(f->ledger, 2, NULL));
    assert_found(f, "南屏", "2:3.docx [南屏]密码研究院 李雷");
    g_assert_true(ledger_search_refresh(f->ledger, 99, NULL));
}

static void test_long(Fixture *f, G_GNUC_UNUSED gconstpointer data)
{
    fill(f);
    GString *text = g_string_new(NULL);
    while (text->len < LIMIT_INDEX_BYTES - 20)
        g_string_append(text, "会议资料");
    g_string_append(text, "末尾。末尾。末尾。末尾。界外");
    g_assert_true(ledger_search_put(f->ledger, 1, 1, text->str, NULL));
    g_string_free(text, TRUE);
    g_autofree char *hits = found(f, "末尾", NULL, 5);
    g_assert_nonnull(strstr(hits, "[末尾]"));
    assert_found(f, "界外", "");
    g_assert_true(ledger_search_put(f->ledger, 1, 1, "\xff\xfe 坏的字节", NULL));
    g_autofree char *bad = found(f, "字节", NULL, 5);
    g_assert_nonnull(strstr(bad, "[字节]"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/search/words", test_words);
    g_test_add_func("/search/questions", test_questions);
#define TEST(NAME) g_test_add("/search/" #NAME, Fixture, NULL, set_up, test_##NAME, tear_down)
    TEST(hits);
    TEST(replaced_and_cleared);
    TEST(refresh);
    TEST(long);
    return g_test_run();
}
