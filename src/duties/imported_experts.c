#include <string.h>

#include <jansson.h>

#include "base/failure.h"
#include "base/text.h"
#include "duties/imported.h"
#include "ledger/parties.h"
#include "send/address.h"

#define HEAD_ROWS 10 /* the row of headings stands within the first ones: above it are titles and dates */

typedef enum { COLUMN_NAME, COLUMN_LATIN, COLUMN_ORGANISATION, COLUMN_TITLE, COLUMN_PHONE, COLUMN_ADDRESS, COLUMN_CONTACT,
               COLUMN_GROUPS, COLUMN_LANGUAGE, COLUMN_STATE, COLUMNS } Column;

/* What people write above a column, as text_key makes it; the first list that has it wins. */
static const char *const headings[COLUMNS][12] = {
    [COLUMN_NAME] = {"姓名", "专家姓名", "name", "中文姓名", "专家", "fullname"},
    [COLUMN_LATIN] = {"姓名拼音", "英文名", "英文姓名", "拼音", "namelatin", "latinname", "nameinlatinletters"},
    [COLUMN_ORGANISATION] = {"单位", "工作单位", "所在单位", "单位名称", "organisation", "organization", "employer", "机构", "affiliation"},
    [COLUMN_TITLE] = {"职务", "职称", "职务职称", "title", "position"},
    [COLUMN_PHONE] = {"电话", "手机", "联系电话", "手机号", "手机号码", "phone", "mobile", "telephone"},
    [COLUMN_ADDRESS] = {"邮箱", "电子邮箱", "电子邮件", "邮件地址", "email", "mail", "emailaddress", "address"},
    [COLUMN_CONTACT] = {"单位联系人邮箱", "联系人邮箱", "单位联系邮箱", "contact", "contactemail", "employercontact"},
    [COLUMN_GROUPS] = {"工作组", "所属工作组", "参加工作组", "申请参加的工作组", "workinggroups", "workinggroup", "wg", "wgs", "groups"},
    [COLUMN_LANGUAGE] = {"语言", "信件语言", "language"},
    [COLUMN_STATE] = {"状态", "state", "status"},
};

static Column column_named(const char *heading)
{
    g_autofree char *key = text_key(heading);
    for (Column column = 0; key && column < COLUMNS; column++)
        if (g_strv_contains(headings[column], key))
            return column;
    return COLUMNS;
}

/* Where each column stands in ROW (-1: nowhere). FALSE when this is no row of headings: it names no name, or nothing else. */
static gboolean read_headings(const json_t *row, int ret_at[COLUMNS])
{
    size_t i;
    json_t *cell;
    guint known = 0;
    for (Column column = 0; column < COLUMNS; column++)
        ret_at[column] = -1;
    json_array_foreach(row, i, cell)
    {
        Column column = column_named(json_string_value(cell));
        if (column < COLUMNS && ret_at[column] < 0) {
            ret_at[column] = (int)i;
            known++;
        }
    }
    return ret_at[COLUMN_NAME] >= 0 && known > 1;
}

/* The rows of the first sheet with headings; *RET_FIRST is the one below them. NULL: there is none. */
static const json_t *find_rows(const json_t *root, int ret_at[COLUMNS], size_t *ret_first)
{
    size_t i;
    json_t *sheet;
    json_array_foreach(json_object_get(root, "sheets"), i, sheet)
    {
        const json_t *rows = json_object_get(sheet, "rows");
        for (size_t row = 0; row < MIN(json_array_size(rows), HEAD_ROWS); row++) {
            *ret_first = row + 1;
            if (!json_is_true(json_object_get(sheet, "hidden")) && read_headings(json_array_get(rows, row), ret_at))
                return rows;
        }
    }
    return NULL;
}

/* The cell as text; NULL when it is empty: what a table does not say stays as it stands. Caller frees. */
static char *cell_of(const json_t *row, int at)
{
    const char *text = at < 0 ? NULL : json_string_value(json_array_get(row, (size_t)at));
    char *folded = text_fold(text ? text : "");
    if (*folded)
        return folded;
    g_free(folded);
    return NULL;
}

/* "WG1、WG 3, 第四工作组" as "WG1 WG3 WG4"; NULL when no group is named. Caller frees. */
static char *groups_in(const char *text)
{
    static const char *const digits[] = {"一", "二", "三", "四", "五"};
    GString *groups = g_string_new(NULL);
    g_autofree char *upper = g_utf8_strup(text ? text : "", -1);
    for (guint n = 1; n <= 5; n++) {
        g_autofree char *tight = g_strdup_printf("WG%u", n), *wide = g_strdup_printf("WG %u", n),
                        *chinese = g_strdup_printf("第%s工作组", digits[n - 1]);
        if (strstr(upper, tight) || strstr(upper, wide) || strstr(upper, chinese))
            g_string_append_printf(groups, "%s%s", groups->len ? " " : "", tight);
    }
    return g_string_free(groups, groups->len == 0);
}

static const char *language_in(const char *text)
{
    static const struct {
        const char *written, *language;
    } table[] = {{"中文", "zh"}, {"汉语", "zh"}, {"zh", "zh"}, {"英文", "en"}, {"英语", "en"}, {"en", "en"}, {"both", "both"}, {"双语", "both"}};
    for (gsize i = 0; text && i < G_N_ELEMENTS(table); i++)
        if (g_ascii_strcasecmp(text, table[i].written) == 0)
            return table[i].language;
    return NULL;
}

/* FALSE: a word that nobody has told us. */
static gboolean state_in(const char *text, const char **ret)
{
    static const struct {
        const char *written, *state;
    } table[] = {{"active", "active"},       {"在册", "active"},      {"在任", "active"},   {"有效", "active"},      {"正常", "active"},
                 {"withdrawn", "withdrawn"}, {"退出", "withdrawn"},   {"已退出", "withdrawn"}, {"退休", "withdrawn"}, {"已退休", "withdrawn"},
                 {"离职", "withdrawn"},      {"已离职", "withdrawn"}};
    *ret = NULL;
    for (gsize i = 0; text && !*ret && i < G_N_ELEMENTS(table); i++)
        if (g_ascii_strcasecmp(text, table[i].written) == 0)
            *ret = table[i].state;
    return !text || *ret;
}

static void refuse(Imported *ret, size_t row, const char *why)
{
    ret->refused++;
    g_ptr_array_add(ret->notes, g_strdup_printf("row %" G_GSIZE_FORMAT ": %s", row + 1, why));
}

static gboolean import_row(Ledger *ledger, const json_t *row, size_t number, const int at[COLUMNS], const char *actor,
                           Imported *ret, GError **error)
{
    g_auto(GStrv) cells = g_new0(char *, COLUMNS + 1);
    guint filled = 0;
    for (Column column = 0; column < COLUMNS; column++) {
        char *cell = cell_of(row, at[column]);
        filled += cell != NULL;
        cells[column] = cell ? cell : g_strdup("");
    }
#define CELL(column) (*cells[column] ? cells[column] : NULL)
    g_autofree char *groups = groups_in(CELL(COLUMN_GROUPS));
    g_autoptr(GError) problem = NULL;
    LedgerPut put;
    LedgerParty party = {
        .name = CELL(COLUMN_NAME),
        .name_latin = CELL(COLUMN_LATIN),
        .organisation = CELL(COLUMN_ORGANISATION),
        .title = CELL(COLUMN_TITLE),
        .phone = CELL(COLUMN_PHONE),
        .address = CELL(COLUMN_ADDRESS),
        .contact = CELL(COLUMN_CONTACT),
        .working_groups = groups,
        .language = language_in(CELL(COLUMN_LANGUAGE)),
        .origin = "imported",
    };
    gboolean state = state_in(CELL(COLUMN_STATE), &party.state);
    if (filled == 0)
        return TRUE;
    if (!party.name)
        refuse(ret, number, "no name");
    else if (party.address && !address_valid(party.address))
        refuse(ret, number, "the mail address cannot be written to");
    else if (party.contact && !address_valid(party.contact))
        refuse(ret, number, "the contact's mail address cannot be written to");
    else if (CELL(COLUMN_GROUPS) && !groups)
        refuse(ret, number, "no working group WG1 to WG5 is named in its column");
    else if (!state)
        refuse(ret, number, "its state is neither active (在册) nor withdrawn (退出, 退休, 离职)");
    else if (ledger_party_put(ledger, &party, actor, NULL, &put, &problem)) {
        ret->added += put == PUT_NEW;
        ret->changed += put == PUT_CHANGED;
        ret->same += put == PUT_SAME;
    } else if (g_error_matches(problem, FAILURE, FAILURE_DATA)) {
        refuse(ret, number, problem->message);
    } else {
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
#undef CELL
    return TRUE;
}

gboolean imported_experts(Ledger *ledger, const char *json, const char *actor, Imported *ret, GError **error)
{
    int at[COLUMNS];
    size_t first = 0;
    json_t *root = json_loads(json, 0, NULL);
    const json_t *rows = find_rows(root, at, &first);
    gboolean good = rows != NULL;
    *ret = (Imported){.notes = g_ptr_array_new_with_free_func(g_free)};
    if (!rows)
        g_set_error(error, FAILURE, FAILURE_DATA,
                    "no sheet has a row of headings with a name (姓名) and something else (邮箱, 单位, 工作组 …) in its first %d rows", HEAD_ROWS);
    for (size_t row = first; good && row < json_array_size(rows); row++)
        good = import_row(ledger, json_array_get(rows, row), row, at, actor, ret, error);
    json_decref(root);
    return good;
}
