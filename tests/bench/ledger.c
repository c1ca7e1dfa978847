/* ledger.c: `ledger-bench FILE COUNT`: makes a ledger of COUNT entries with Chinese text, as intake does; one that is there already is
 * asked what a desk asks. Prints for each question "NAME MICROSECONDS…" of processor time. */
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "decide/export.h"
#include "ledger/entries.h"
#include "ledger/listing.h"
#include "ledger/search.h"
#include "ledger/stats.h"

#define BEGAN (G_GINT64_CONSTANT(1609459200) * G_USEC_PER_SEC) /* 2021 */
#define DAY (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)
#define YEARS 5
#define BATCH 500
#define RUNS 40
#define PAGE 50

static const char *const surnames[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "温"};
static const char *const given[] = {"伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀", "霞", "平",
                                    "若岚", "思远", "子涵", "浩然", "雨桐", "欣怡", "宇轩", "梓萱", "建国", "晓东"};
static const char *const houses[] = {"南屏密码研究院", "青川大学网络空间安全学院", "东陵信息安全测评中心", "北岸通信标准研究所", "云台数据科技有限公司",
                                     "西岭电子技术标准化院", "海隅人工智能实验室", "江左工业控制系统公司"};
static const char *const phrases[] = {
    "信息安全管理体系", "密码算法与安全机制", "隐私保护与身份管理", "安全评价、测试和规范", "安全控制与服务", "国际标准提案", "工作组会议", "技术贡献",
    "专家申请", "参会工作总结", "标准草案", "意见处理", "人工智能安全", "数据出境", "供应链安全", "零信任架构", "后量子密码迁移", "可信执行环境",
    "网络安全国际标准化活动", "全国网络安全标准化技术委员会", "与会专家一致认为", "建议进一步修改完善", "本提案拟解决的问题", "国内产业现状及发展趋势",
    "实施途径和进度安排", "主要参加人员", "所在单位推荐意见", "长期从事相关领域研究", "具有良好的英语沟通能力", "按照管理办法的要求"};
static const char *const kinds[] = {"expert-application", "meeting-summary", "contribution", "meeting-registration", "work-report",
                                    "proposal-information", "commitment-letter", "information-change", "withdrawal", "unknown"};
static const char *const states[] = {"accepted", "accepted", "accepted", "accepted", "accepted", "accepted", "accepted",
                                     "closed",   "rejected", "complete", "waiting",  "review"};

#define PICK(LIST) LIST[g_rand_int_range(dice, 0, G_N_ELEMENTS(LIST))]

/* Microseconds of processor time of this process: what else the machine does is not the ledger's fault. */
static gint64 spent(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void must(gboolean good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "ledger-bench: %s failed\n", what);
    exit(1);
}

/* --- making ------------------------------------------------------------------------------------------------------------------ */

/* Some 1,000 characters: a form with its sections. */
static char *make_text(GRand *dice, const char *name, const char *house)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "姓名 %s 工作单位 %s\n", name, house);
    for (int i = g_rand_int_range(dice, 20, 160); i > 0; i--)
        g_string_append_printf(text, "%s%s", PICK(phrases), i % 4 ? "，" : "。\n");
    g_string_append_printf(text, "ISO/IEC %d 联系人 %s%s", g_rand_int_range(dice, 20000, 29999), PICK(surnames), PICK(given));
    return g_string_free(text, FALSE);
}

static void put_field(Ledger *ledger, gint64 document, const char *id, const char *shown)
{
    g_autofree char *value = g_strdup_printf("\"%s\"", shown);
    LedgerField field = {.id = id, .value = value, .shown = shown, .confidence = 0.95};
    must(ledger_field_put(ledger, document, &field, NULL), "field");
}

static gint64 put_message(Ledger *ledger, guint number, gint64 received, const char *name, const char *address, gint64 entry)
{
    gint64 id;
    gboolean fresh;
    FrameInfo info = {.source = "work/INBOX", .uidvalidity = 1, .uid = number, .length = 9, .internal_date = received};
    memcpy(info.sha256, &number, sizeof number);
    must(ledger_arrival_add(ledger, &info, (FramePlace){1, number * 100}, TRUE, &id, &fresh, NULL), "arrival");
    g_autofree char *message_id = g_strdup_printf("<%u@expert.example>", number);
    MessageFacts facts = {.route = "submission", .message_id = message_id, .sender_name = name, .sender_address = address,
                          .subject = "材料报送", .auth = "pass", .entry = entry};
    must(ledger_message_done(ledger, id, &facts, NULL), "message");
    return id;
}

static void put_document(Ledger *ledger, GRand *dice, gint64 entry, gint64 message, const char *state, const char *name, const char *house)
{
    gint64 id;
    const char *kind = PICK(kinds);
    g_autofree char *filename = g_strdup_printf("%s-%s.docx", name, PICK(phrases)), *text = make_text(dice, name, house);
    LedgerDocument document = {.entry = entry, .message = message, .path = "2", .filename = filename, .bytes = 30000,
                               .mime = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", .status = "read",
                               .reader = "docx", .pages = 2, .kind = kind, .confidence = 0.95, .state = state};
    must(ledger_document_put(ledger, &document, &id, NULL), "document");
    put_field(ledger, id, "name", name);
    put_field(ledger, id, "employer", house);
    if (g_rand_int_range(dice, 0, 3) == 0) {
        g_autofree char *meeting = g_strdup_printf("SC 27 第%d次工作组会议", g_rand_int_range(dice, 40, 80));
        put_field(ledger, id, "meeting", meeting);
    }
    for (int i = g_rand_int_range(dice, 0, 3); i > 0; i--) {
        LedgerFinding finding = {id, i % 2 ? "field-missing" : "statement-short", i % 2 ? "error" : "warning", "statement",
                                 "缺少“申请说明”（第九条），请补充后重新提交。", "The statement is missing (Art. 9).", NULL};
        must(ledger_finding_add(ledger, entry, message, &finding, NULL), "finding");
    }
    must(ledger_search_put(ledger, message, id, text, NULL), "text");
}

static void put_entry(Ledger *ledger, GRand *dice, guint number, guint count)
{
    gint64 received = BEGAN + (gint64)((double)number / count * YEARS * 365 * DAY), id;
    /* What came lately is open more often. */
    const char *state = number + count / 20 > count ? "review" : PICK(states);
    const char *house = PICK(houses);
    int running;
    g_autofree char *name = g_strconcat(PICK(surnames), PICK(given), NULL),
                    *address = g_strdup_printf("user%d@expert%d.example", g_rand_int_range(dice, 0, 3000), g_rand_int_range(dice, 0, 40)),
                    *subject = g_strdup_printf("%s：%s", PICK(phrases), name);
    LedgerEntry entry = {.year = clock_year(received, NULL), .state = state, .sender_name = name, .sender_address = address,
                         .subject = subject, .received = received, .created = received,
                         .due = g_rand_int_range(dice, 0, 3) ? 0 : received + g_rand_int_range(dice, 1, 60) * DAY};
    g_autofree char *reference = ledger_entry_new(ledger, &entry, "SC27", 6, 0, &id, &running, NULL);
    must(reference != NULL, "entry");
    gint64 message = put_message(ledger, number, received, name, address, id);
    must(ledger_search_put(ledger, message, 0, NULL, NULL), "text");
    put_document(ledger, dice, id, message, state, name, house);
    must(ledger_entry_settle(ledger, id, state, NULL), "settle");
}

static void make(Ledger *ledger, guint count)
{
    GRand *dice = g_rand_new_with_seed(7);
    for (guint n = 1; n <= count;) {
        must(ledger_begin(ledger, NULL), "begin");
        for (guint i = 0; i < BATCH && n <= count; i++)
            put_entry(ledger, dice, n++, count);
        must(ledger_commit(ledger, NULL), "commit");
    }
    g_rand_free(dice);
}

/* --- asking ------------------------------------------------------------------------------------------------------------------ */

typedef struct {
    ListingPlace last;
    SearchPlace hit;
    guint n;
} Seen;

static void see(const ListingRow *row, gpointer user)
{
    ((Seen *)user)->last = row->place;
    ((Seen *)user)->n++;
}

static void see_hit(const SearchHit *hit, gpointer user)
{
    ((Seen *)user)->hit = hit->place;
    ((Seen *)user)->n++;
}

/* RUNS pages, each after the one before. */
static void time_listing(Ledger *ledger, const char *name, ListingFilter filter, ListingOrder order)
{
    Seen seen = {0};
    printf("%s", name);
    for (int i = 0; i < RUNS; i++) {
        ListingPlace after = seen.last;
        gint64 start = spent();
        must(ledger_listing(ledger, &filter, order, &after, PAGE, see, &seen, NULL), name);
        printf(" %ld", (long)(spent() - start));
    }
    putchar('\n');
}

static void time_counts(Ledger *ledger, const char *name, ListingFilter filter)
{
    printf("%s", name);
    for (int i = 0; i < RUNS; i++) {
        ListingCounts counts;
        gint64 start = spent();
        must(ledger_listing_counts(ledger, &filter, &counts, NULL), name);
        printf(" %ld", (long)(spent() - start));
    }
    putchar('\n');
}

/* The first page and those after it. */
static void time_search(Ledger *ledger, const char *name, const char *query, const char *kind)
{
    Seen seen = {0};
    printf("%s", name);
    for (int i = 0; i < RUNS / 2; i++) {
        SearchPlace after = i % 2 ? seen.hit : (SearchPlace){0};
        gint64 start = spent();
        must(ledger_search(ledger, query, kind, &after, PAGE, see_hit, &seen, NULL), name);
        printf(" %ld", (long)(spent() - start));
    }
    putchar('\n');
}

static void ask(Ledger *ledger)
{
    time_listing(ledger, "queue-open", (ListingFilter){0}, LISTING_RANK);
    time_listing(ledger, "queue-all", (ListingFilter){.state = "all"}, LISTING_RANK);
    time_listing(ledger, "queue-all-newest", (ListingFilter){.state = "all"}, LISTING_NEWEST);
    time_listing(ledger, "queue-kind", (ListingFilter){.state = "all", .kind = "withdrawal"}, LISTING_RANK);
    time_listing(ledger, "queue-sender", (ListingFilter){.state = "all", .sender = "user77@"}, LISTING_RANK);
    time_listing(ledger, "queue-organisation", (ListingFilter){.state = "all", .organisation = "南屏"}, LISTING_RANK);
    time_listing(ledger, "queue-meeting", (ListingFilter){.state = "all", .meeting = "第55次"}, LISTING_RANK);
    time_listing(ledger, "queue-finding", (ListingFilter){.state = "open", .finding = "statement-short"}, LISTING_RANK);
    time_listing(ledger, "queue-text-absent", (ListingFilter){.state = "all", .text = "没有这样的主题"}, LISTING_RANK);
    time_listing(ledger, "queue-due", (ListingFilter){.due = LISTING_DUE_BEFORE, .due_before = G_MAXINT64}, LISTING_RANK);
    time_counts(ledger, "counts", (ListingFilter){0});
    time_listing(ledger, "queue-accepted-sender", (ListingFilter){.state = "accepted", .sender = "user77@"}, LISTING_RANK);
    time_counts(ledger, "counts-kind", (ListingFilter){.kind = "contribution"});
    time_search(ledger, "search-name", "温若岚", NULL);
    time_search(ledger, "search-two-characters", "王芳", NULL);
    time_search(ledger, "search-one-character", "温", NULL);
    time_search(ledger, "search-term-everywhere", "信息安全管理体系", NULL);
    time_search(ledger, "search-three-words", "后量子密码 数据出境 李强", NULL);
    time_search(ledger, "search-kind", "可信执行环境", "withdrawal");
    time_search(ledger, "search-number", "27090", NULL);
    time_search(ledger, "search-absent", "绝无此词", NULL);
}

static gboolean count_bytes(G_GNUC_UNUSED const void *bytes, gsize length, gpointer user, G_GNUC_UNUSED GError **error)
{
    *(gsize *)user += length;
    return TRUE;
}

static void time_export(Ledger *ledger, const char *folder)
{
    g_autofree char *file = g_build_filename(folder, "bench.conf", NULL);
    must(g_file_set_contents(file, "[office]\naddress = office@committee.example\n", -1, NULL), "settings");
    g_autoptr(Conf) conf = conf_load(file, NULL);
    static const char *const names[] = {"export-csv", "export-json", "export-xlsx"};
    for (int format = EXPORT_CSV; format <= EXPORT_XLSX; format++) {
        gsize bytes = 0;
        gint64 start = spent();
        must(export_table(ledger, conf, "entries", NULL, (ExportFormat)format, folder, count_bytes, &bytes, NULL), names[format]);
        printf("%s %ld\n", names[format], (long)(spent() - start));
    }
    g_unlink(file);
}

/* The most memory this process held so far, in KB. */
static void print_memory(const char *name)
{
    g_autofree char *status = NULL;
    g_file_get_contents("/proc/self/status", &status, NULL, NULL);
    const char *peak = status ? strstr(status, "VmHWM:") : NULL;
    printf("%s %ld\n", name, peak ? strtol(peak + strlen("VmHWM:"), NULL, 10) : 0);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 64;
    gboolean there = g_file_test(argv[1], G_FILE_TEST_EXISTS);
    g_autoptr(Ledger) ledger = ledger_open(argv[1], LEDGER_CREATE, NULL);
    must(ledger != NULL, "open");
    if (!there) {
        guint count = (guint)strtoul(argv[2], NULL, 10);
        gint64 start = spent();
        make(ledger, count);
        printf("making %.0f\n", (double)(spent() - start) / count);
        return 0; /* asked by another process, whose memory is then its own */
    }
    print_memory("memory-before");
    ask(ledger);
    g_autofree char *folder = g_path_get_dirname(argv[1]);
    time_export(ledger, folder);
    print_memory("memory-after");
    return 0;
}
