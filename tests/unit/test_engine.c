// links: filters/engine/*.c filters/record.c src/base/failure.c src/base/text.c; libs: glib-2.0 libxml-2.0
/* Forms whose layouts are unlike each other, values of every type, and papers that are none of the kinds. */
#include <libxml/parser.h>
#include <string.h>

#include "engine/engine.h"
#include "engine/labels.h"
#include "engine/types.h"

static Kinds *kinds;
static const Context context = {.authserv_id = "", .reference_prefix = "SC27", .statement_minimum = 20};

static GPtrArray *read_page(const char *body, const char *seal, gboolean is_body)
{
    g_autofree char *text = g_strdup_printf("<html><head>%s</head><body>%s</body></html>", seal ? seal : "", body);
    xmlDoc *doc = xmlReadMemory(text, (int)strlen(text), NULL, "UTF-8", XML_PARSE_NONET);
    g_assert_nonnull(doc);
    EngineHints hints = {.is_body = is_body, .shows_seal = seal != NULL};
    GPtrArray *forms = engine_read(kinds, doc, &hints, &context);
    xmlFreeDoc(doc);
    return forms;
}

/* FIELD of FORM as text; a list joined by commas; "" when it has no value. */
static char *value(const Form *form, const char *id)
{
    const FieldValue *field = form_field(form, id);
    if (!field)
        return g_strdup("");
    if (field->shape == VALUE_TEXT)
        return g_strdup(field->text);
    g_ptr_array_add(field->list, NULL);
    char *joined = g_strjoinv(",", (char **)field->list->pdata);
    g_ptr_array_remove_index(field->list, field->list->len - 1);
    return joined;
}

static void expect(const Form *form, const char *id, const char *wanted)
{
    g_autofree char *got = value(form, id);
    if (!g_str_equal(got, wanted))
        g_error("%s: got '%s', wanted '%s'", id, got, wanted);
}

static gboolean has(const Form *form, const char *rule, const char *field)
{
    for (guint i = 0; i < form->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(form->findings, i);
        if (g_str_equal(finding->rule, rule) && (!field || g_strcmp0(finding->field, field) == 0))
            return TRUE;
    }
    return FALSE;
}

/* Labels are the same with any numbering before them; what is all number stays. */
static void test_numbering(void)
{
    static const char *const same[] = {"姓名", "1. 姓名", "（一）姓名：", "一、姓 名", "3）姓名", "2.1 姓名", "2.1.3. 姓名", "① 姓名", "㈠姓名", "⒈姓名", "*姓名"};
    static const char *const whole[] = {"3年计划", "2.1", "(1", "二维码"};
    for (gsize i = 0; i < G_N_ELEMENTS(same); i++) {
        g_autofree char *key = label_key(same[i]);
        g_assert_cmpstr(key, ==, "姓名");
    }
    for (gsize i = 0; i < G_N_ELEMENTS(whole); i++) {
        g_autofree char *key = label_key(whole[i]);
        g_assert_cmpstr(key, ==, whole[i]);
    }
}

static void test_table(void)
{
    g_autoptr(GPtrArray) forms = read_page(
        "<p>国际标准工作组专家申请表</p><table>"
        "<tr><td>申请人</td><td>闻 人 达</td><td rowspan='2'>电子邮件</td><td rowspan='2'>WenRen@Sea.EXAMPLE</td></tr>"
        "<tr><td>手机号码</td><td>１３８ ００００ １１１１</td></tr>"
        "<tr><td colspan='2'>单位名称</td><td colspan='2'>沧浪大学</td></tr>"
        "<tr><td>意向工作组</td><td colspan='3'>□WG1　□WG2　■WG3　□WG4　■ WG 5</td></tr>"
        "<tr><td colspan='4'>申请理由：<br/>长期从事评估工作，愿意承担标准文件的跟踪研究任务，每年提交意见。</td></tr>"
        "<tr><td>单位意见</td><td colspan='3'><p>同意。</p><p>（盖章）</p><p>二〇二六年三月五日</p></td></tr></table>",
        NULL, FALSE);
    const Form *form = g_ptr_array_index(forms, 0);
    g_assert_cmpstr(form->kind, ==, "expert-application");
    expect(form, "name", "闻人达");
    expect(form, "email", "WenRen@sea.example");
    expect(form, "phone", "138 0000 1111");
    expect(form, "employer", "沧浪大学");
    expect(form, "working_groups", "WG3,WG5");
    expect(form, "employer_opinion", "同意。");
    expect(form, "date", "2026-03-05");
    expect(form, "seal", "unknown");
    g_assert_true(has(form, "seal-unknown", "seal"));
    g_assert_false(has(form, "field-missing", NULL));
}

static void test_lines(void)
{
    g_autoptr(GPtrArray) forms = read_page(
        "<p>专家申请表</p><p>姓名：桑榆　　　性别：男 女√</p><p>单　　位：东篱公司　联系电话：010-6000111</p><p>E-mail：bad address</p>"
        "<p>申请工作组：WG1、WG2、WG4、WG7</p><p>申请说明：</p><p>愿意参加。</p><p>填表日期：2026年2月30日</p>",
        NULL, FALSE);
    const Form *form = g_ptr_array_index(forms, 0);
    g_assert_cmpstr(form->kind, ==, "expert-application");
    expect(form, "name", "桑榆");
    expect(form, "gender", "女");
    expect(form, "employer", "东篱公司");
    expect(form, "working_groups", "WG1,WG2,WG4");
    expect(form, "statement", "愿意参加。");
    expect(form, "email", "");
    expect(form, "date", "");
    g_assert_true(has(form, "field-invalid", "email"));
    g_assert_true(has(form, "field-invalid", "working_groups"));
    g_assert_true(has(form, "field-invalid", "date"));
    g_assert_true(has(form, "too-many-groups", NULL));
    g_assert_true(has(form, "statement-short", NULL));
}

static void test_prose(void)
{
    g_autoptr(GPtrArray) forms = read_page(
        "<p>关于承担国际标准提案的承诺书</p><p>我单位申请的国际标准提案《网络弹性评价框架》，由桑榆担任提案负责人，我单位承诺提供资源保障。</p>"
        "<p>东篱网络安全有限公司（盖章）</p><p>2026年4月1日</p>",
        "<meta name='seal' content='absent'/>", FALSE);
    const Form *form = g_ptr_array_index(forms, 0);
    g_assert_cmpstr(form->kind, ==, "commitment-letter");
    expect(form, "title_zh", "网络弹性评价框架");
    expect(form, "organization", "东篱网络安全有限公司");
    expect(form, "leader", "桑榆");
    expect(form, "date", "2026-04-01");
    expect(form, "seal", "absent");
    g_assert_true(has(form, "seal-absent", "seal"));
}

static void test_body(void)
{
    g_autoptr(GPtrArray) summary = read_page(
        "<p>参会总结</p><p>参会人：桑榆</p><p>会议名称：第二工作组会议</p><p>会议日期：2026年3月30日至4月2日</p><p>日期：2026-04-10</p>", NULL, TRUE);
    const Form *form = g_ptr_array_index(summary, 0);
    g_assert_cmpstr(form->kind, ==, "meeting-summary");
    expect(form, "meeting_dates", "2026-03-30/2026-04-02");
    g_autoptr(GPtrArray) note = read_page("<p>老师好，附件是参会总结和专家申请表，请查收。姓名：桑榆</p>", NULL, TRUE);
    g_assert_cmpstr(((Form *)g_ptr_array_index(note, 0))->kind, ==, "unknown");
}

static void test_unknown(void)
{
    static const char *const papers[] = {
        "<p>发票</p><table><tr><td>名称</td><td>会议费</td></tr><tr><td>金额</td><td>100</td></tr></table>",
        "<p>关于提交专家申请表的通知</p><p>各单位：请于月底前提交工作组专家申请表，姓名、工作单位、电话等须填写完整。</p>",
        "<p>专家申请表</p><table><tr><td>姓名</td><td></td></tr><tr><td>工作单位</td><td></td></tr><tr><td>电话</td><td>/</td></tr></table>",
        "<p>会议通知</p><p>会议名称：第二工作组会议</p><p>日期：2026年3月1日</p>",
        "",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(papers); i++) {
        g_autoptr(GPtrArray) forms = read_page(papers[i], NULL, FALSE);
        g_assert_cmpuint(forms->len, ==, 1);
        const Form *form = g_ptr_array_index(forms, 0);
        if (!g_str_equal(form->kind, "unknown"))
            g_error("paper %zu is taken for %s", i, form->kind);
        g_assert_cmpuint(form->fields->len, ==, 0);
    }
}

static void test_marking(void)
{
    static const struct {
        const char *page;
        gboolean marked;
    } pages[] = {
        {"<p>机密★10年</p><p>关于某事的函</p>", TRUE},
        {"<table><tr><td>秘密 ★ 长期</td><td>编号</td></tr></table>", TRUE},
        {"<p>密级：机密</p><p>内部资料</p>", TRUE},
        {"<p>绝密五年</p>", TRUE},
        {"<p>本标准规定了商业秘密保护的要求，秘密信息应当加密。</p>", FALSE},
        {"<p>严格遵守保密法规，保守国家秘密。</p>", FALSE},
        {"<p>密级：内部</p>", FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(pages); i++) {
        g_autoptr(GPtrArray) forms = read_page(pages[i].page, NULL, FALSE);
        const Form *form = g_ptr_array_index(forms, 0);
        gboolean marked = FALSE;
        for (guint k = 0; k < form->findings->len; k++)
            marked |= g_str_equal(((const Finding *)g_ptr_array_index(form->findings, k))->rule, "classified-marking");
        if (marked != pages[i].marked)
            g_error("page %zu is %s", i, marked ? "taken for a secret" : "not seen as a secret");
    }
}

static void test_two_forms(void)
{
    g_autoptr(GPtrArray) forms = read_page(
        "<p>专家申请表</p><p>姓名：桑榆</p><p>单位：东篱公司</p><p>电话：010-60001111</p><p>关于承担国际标准提案的承诺书</p>"
        "<p>提案名称：网络弹性评价框架</p><p>承诺单位：东篱公司</p><p>日期：2026年4月1日</p>", NULL, FALSE);
    g_assert_cmpuint(forms->len, ==, 2);
    g_assert_cmpstr(((Form *)g_ptr_array_index(forms, 0))->kind, ==, "expert-application");
    g_assert_cmpstr(((Form *)g_ptr_array_index(forms, 1))->kind, ==, "commitment-letter");
}

static void test_types(void)
{
    static const struct {
        ValueType type;
        const char *text, *wanted; /* NULL: invalid; "": none */
    } cases[] = {
        {TYPE_DATE, "2026年3月5日", "2026-03-05"}, {TYPE_DATE, "2026.3.5", "2026-03-05"}, {TYPE_DATE, "2026/03/05", "2026-03-05"},
        {TYPE_DATE, "二〇二六年十二月二十五日", "2026-12-25"}, {TYPE_DATE, "5 March 2026", "2026-03-05"},
        {TYPE_DATE, "March 5, 2026", "2026-03-05"}, {TYPE_DATE, "1985年6月", "1985-06"}, {TYPE_DATE, "2026年13月1日", NULL},
        {TYPE_DATE, "2026-02-30", NULL}, {TYPE_DATE, "　年　月　日", ""},
        {TYPE_DATES, "2026年3月9日—13日", "2026-03-09/2026-03-13"}, {TYPE_DATES, "9-13 March 2026", "2026-03-09/2026-03-13"},
        {TYPE_DATES, "9 March 2026 to 2 April 2026", "2026-03-09/2026-04-02"},
        {TYPE_EMAIL, "Zhang.San＠Mail.Example", "Zhang.San@mail.example"}, {TYPE_EMAIL, "nobody", NULL},
        {TYPE_PHONE, "+86 10-6000 1111 转 23", "+86 10-6000 1111转23"}, {TYPE_PHONE, "12", NULL}, {TYPE_PHONE, "call me maybe", NULL},
        {TYPE_CHOICE, "☐精通 ☑熟练 ☐一般", "熟练"}, {TYPE_CHOICE, "[ ]男 [x]女", "女"}, {TYPE_CHOICE, "精通 熟练√ 一般", "熟练"},
        {TYPE_TEXT, "无", ""}, {TYPE_TEXT, "——", ""}, {TYPE_TEXT, "Click or tap here to enter text.", ""}, {TYPE_TEXT, "甲 乙", "甲乙"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(FieldValue) field = field_value_new("x", VALUE_TEXT);
        ValueVerdict verdict = type_normalise(cases[i].type, cases[i].text, field);
        if (!cases[i].wanted)
            g_assert_cmpint(verdict, ==, VALUE_INVALID);
        else if (!*cases[i].wanted)
            g_assert_cmpint(verdict, ==, VALUE_NONE);
        else
            g_assert_cmpstr(field->text, ==, cases[i].wanted);
    }
}

static ReadDocument *document_of(GPtrArray *forms, gboolean shows_seal)
{
    ReadDocument *document = read_document_new("2", "x", "x");
    document->shows_seal = shows_seal;
    g_ptr_array_set_free_func(forms, NULL);
    for (guint i = 0; i < forms->len; i++)
        g_ptr_array_add(document->forms, g_ptr_array_index(forms, i));
    return document;
}

static gboolean raised(const GPtrArray *findings, const char *rule)
{
    for (guint i = 0; i < findings->len; i++)
        if (g_str_equal(((Finding *)g_ptr_array_index(findings, i))->rule, rule))
            return TRUE;
    return FALSE;
}

static void test_message(void)
{
    static const char form[] = "<p>专家申请表</p><p>姓名：桑榆</p><p>单位：东篱公司</p><p>电话：%s</p><p>邮箱：sang@dongli.example</p>";
    g_autofree char *one = g_strdup_printf(form, "010-60001111"), *other = g_strdup_printf(form, "010-60002222");
    g_autoptr(GPtrArray) documents = g_ptr_array_new_with_free_func((GDestroyNotify)read_document_free);
    g_autoptr(GPtrArray) editable = read_page(one, NULL, FALSE);
    g_autoptr(GPtrArray) sealed = read_page(other, "<meta name='seal' content='present'/>", FALSE);
    g_ptr_array_add(documents, document_of(editable, FALSE));
    g_ptr_array_add(documents, document_of(sealed, TRUE));
    EngineMessage message = {"人事处", "hr@dongli.example", "申请", "见附件", "submission"};
    g_autoptr(GPtrArray) findings = engine_message(kinds, documents, &message, &context);
    g_assert_true(raised(findings, "copies-differ"));
    g_assert_true(raised(findings, "sender-mismatch"));
    g_assert_false(raised(findings, "attachment-missing"));
    const ReadDocument *first = g_ptr_array_index(documents, 0);
    g_assert_false(has(g_ptr_array_index(first->forms, 0), "seal-unknown", NULL));
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autoptr(GPtrArray) missing = engine_message(kinds, none, &message, &context);
    g_assert_true(raised(missing, "attachment-missing"));
    EngineMessage thanks = {"桑榆", "sang@dongli.example", "谢谢", "收到，谢谢！\n> 请见附件", "submission"};
    g_autoptr(GPtrArray) quiet = engine_message(kinds, none, &thanks, &context);
    g_assert_cmpuint(quiet->len, ==, 0);
}

static void test_bad_kinds(void)
{
    static const char *const files[] = {
        "<kind id='x' zh='x' en='x'><title>t</title><field id='a' type='colour' zh='a' en='a'/></kind>",
        "<kind id='x' zh='x' en='x'><title pattern='yes'>(</title><field id='a' type='text' zh='a' en='a'/></kind>",
        "<kind id='x' zh='x' en='x'><title>t</title><field id='a' type='text' zh='a' en='a'/><rule id='r' severity='error' test='1 +'><zh/><en/></rule></kind>",
        "<kind id='other' zh='x' en='x'><title>t</title><field id='a' type='text' zh='a' en='a'/></kind>",
        "<kind id='x'",
    };
    g_autofree char *dir = g_dir_make_tmp("shouwen-kinds-XXXXXX", NULL), *schema = NULL;
    g_autofree char *rng = g_build_filename(dir, "kinds.rng", NULL), *file = g_build_filename(dir, "x.xml", NULL);
    g_assert_true(g_file_get_contents("filters/kinds/kinds.rng", &schema, NULL, NULL));
    g_assert_true(g_file_set_contents(rng, schema, -1, NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(g_free);
        g_assert_true(g_file_set_contents(file, files[i], -1, NULL));
        g_autoptr(Kinds) bad = kinds_load(dir, messages, &error);
        g_assert_null(bad);
        if (!strstr(error->message, "x.xml:1:"))
            g_error("case %zu says: %s", i, error->message);
    }
    g_assert_cmpint(remove(file), ==, 0);
    g_assert_cmpint(remove(rng), ==, 0);
    g_assert_cmpint(remove(dir), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    GError *error = NULL;
    kinds = kinds_load("filters/kinds", NULL, &error);
    g_assert_no_error(error);
    g_test_add_func("/engine/numbering", test_numbering);
    g_test_add_func("/engine/table", test_table);
    g_test_add_func("/engine/lines", test_lines);
    g_test_add_func("/engine/prose", test_prose);
    g_test_add_func("/engine/body", test_body);
    g_test_add_func("/engine/unknown", test_unknown);
    g_test_add_func("/engine/marking", test_marking);
    g_test_add_func("/engine/two-forms", test_two_forms);
    g_test_add_func("/engine/types", test_types);
    g_test_add_func("/engine/message", test_message);
    g_test_add_func("/engine/bad-kinds", test_bad_kinds);
    int code = g_test_run();
    kinds_free(kinds);
    xmlCleanupParser();
    return code;
}
