#include "ledger/sql.h"
#include "ledger/tables.h"

#define COLUMNS_MAX 24

static const TableColumn document_columns[] = {
    {"document", "文件号", TABLE_NUMBER},   {"reference", "收文编号", TABLE_TEXT}, {"received", "收到时间", TABLE_INSTANT},
    {"filename", "文件名", TABLE_TEXT},     {"kind", "类别", TABLE_TEXT},         {"state", "状态", TABLE_TEXT},
    {"status", "读取结果", TABLE_TEXT},     {"version", "版次", TABLE_NUMBER},    {"pages", "页数", TABLE_NUMBER},
    {"bytes", "字节数", TABLE_NUMBER},      {"sha256", "SHA-256", TABLE_TEXT},    {"values", "内容", TABLE_TEXT},
    {"findings", "问题", TABLE_TEXT},
};
static const TableColumn expert_columns[] = {
    {"expert", "编号", TABLE_NUMBER},    {"name", "姓名", TABLE_TEXT},        {"name_latin", "姓名拼音", TABLE_TEXT},
    {"organisation", "单位", TABLE_TEXT}, {"title", "职务职称", TABLE_TEXT},   {"phone", "电话", TABLE_TEXT},
    {"address", "邮箱", TABLE_TEXT},     {"contact", "单位联系人邮箱", TABLE_TEXT}, {"working_groups", "工作组", TABLE_TEXT},
    {"language", "语言", TABLE_TEXT},    {"origin", "来源", TABLE_TEXT},      {"state", "状态", TABLE_TEXT},
    {"since", "登记时间", TABLE_INSTANT}, {"until", "退出时间", TABLE_INSTANT},
};
static const TableColumn duty_columns[] = {
    {"duty", "编号", TABLE_NUMBER},      {"what", "事项", TABLE_TEXT},       {"name", "责任人", TABLE_TEXT},
    {"address", "邮箱", TABLE_TEXT},     {"due", "期限", TABLE_INSTANT},     {"state", "状态", TABLE_TEXT},
    {"held", "暂缓催办", TABLE_NUMBER},  {"reference", "收文编号", TABLE_TEXT}, {"meeting", "会议", TABLE_TEXT},
    {"ballot", "投票", TABLE_TEXT},      {"article", "条款", TABLE_TEXT},    {"why", "依据", TABLE_TEXT},
    {"reminders", "已催办次数", TABLE_NUMBER}, {"settled", "办结时间", TABLE_INSTANT}, {"reason", "说明", TABLE_TEXT},
    {"created", "产生时间", TABLE_INSTANT},
};
static const TableColumn letter_columns[] = {
    {"letter", "编号", TABLE_NUMBER},    {"reference", "收文编号", TABLE_TEXT}, {"kind", "类别", TABLE_TEXT},
    {"state", "状态", TABLE_TEXT},       {"recipient", "收件人", TABLE_TEXT},   {"subject", "主题", TABLE_TEXT},
    {"created", "生成时间", TABLE_INSTANT}, {"sent", "发出时间", TABLE_INSTANT}, {"attempts", "发送次数", TABLE_NUMBER},
    {"reason", "原因", TABLE_TEXT},      {"released_by", "放行人", TABLE_TEXT}, {"message_id", "Message-ID", TABLE_TEXT},
};
static const TableColumn meeting_columns[] = {
    {"meeting", "编号", TABLE_NUMBER},  {"name", "会议", TABLE_TEXT},      {"place", "地点", TABLE_TEXT},
    {"first_day", "首日", TABLE_TEXT},  {"last_day", "末日", TABLE_TEXT},  {"groups", "工作组", TABLE_TEXT},
    {"host", "承办单位", TABLE_TEXT},   {"state", "状态", TABLE_TEXT},     {"participants", "参会人数", TABLE_NUMBER},
};

#define TABLE(NAME, COLUMNS, QUERY) {NAME, QUERY, COLUMNS, G_N_ELEMENTS(COLUMNS)}
static const LedgerTable tables[] = {
    TABLE("documents", document_columns,
          "SELECT d.id, e.reference, m.received, d.filename, d.kind, d.state, d.status, d.version, d.pages, d.bytes, d.sha256,"
          " (SELECT group_concat(id || '=' || shown, '；') FROM fields WHERE document = d.id AND shown <> ''),"
          " (SELECT group_concat(zh, '；') FROM findings WHERE document = d.id)"
          " FROM documents d JOIN entries e ON e.id = d.entry JOIN messages m ON m.id = d.message ORDER BY d.id"),
    TABLE("experts", expert_columns,
          "SELECT id, name, name_latin, organisation, title, phone, address, contact, working_groups, language, origin, state, since,"
          " until FROM parties ORDER BY id"),
    TABLE("duties", duty_columns,
          "SELECT d.id, d.what, coalesce(p.name, d.name), coalesce(p.address, d.address), d.due, d.state, d.held, e.reference, m.name,"
          " b.document, d.article, d.why_zh, (SELECT count(*) FROM reminders r WHERE r.duty = d.id AND r.letter IS NOT NULL), d.settled,"
          " d.reason, d.created FROM duties d LEFT JOIN parties p ON p.id = d.party LEFT JOIN entries e ON e.id = d.entry"
          " LEFT JOIN meetings m ON m.id = d.meeting LEFT JOIN ballots b ON b.id = d.ballot ORDER BY d.id"),
    TABLE("letters", letter_columns,
          "SELECT l.id, e.reference, l.kind, l.state, l.recipient, l.subject, l.created, l.sent, l.attempts, l.reason, l.released_by,"
          " l.message_id FROM letters l LEFT JOIN entries e ON e.id = l.entry ORDER BY l.id"),
    TABLE("meetings", meeting_columns,
          "SELECT m.id, m.name, m.place, m.first_day, m.last_day, m.groups, m.host, m.state,"
          " (SELECT count(*) FROM participants p WHERE p.meeting = m.id AND p.state IN ('registered', 'attended'))"
          " FROM meetings m ORDER BY m.id"),
};

const LedgerTable *ledger_table_find(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(tables); i++)
        if (g_str_equal(tables[i].name, name))
            return &tables[i];
    return NULL;
}

gboolean ledger_table(Ledger *ledger, const LedgerTable *table, TableVisitor visit, gpointer user, GError **error)
{
    GError *failure = NULL;
    const char *texts[COLUMNS_MAX];
    g_assert(table->n <= COLUMNS_MAX);
    sqlite3_stmt *row = sql_query(ledger, error, table->query, "");
    if (!row)
        return FALSE;
    while (sql_step(ledger, row, &failure)) {
        for (guint i = 0; i < table->n; i++)
            texts[i] = (const char *)sqlite3_column_text(row, (int)i);
        if (!visit(texts, user, error)) {
            sqlite3_reset(row);
            return FALSE;
        }
    }
    if (!failure)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}
