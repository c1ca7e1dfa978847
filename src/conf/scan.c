#include <string.h>

#include "base/text.h"
#include "conf/scan.h"
#include "conf/settings.h"

#define FAULTS_SHOWN 20
#define FAULT_CHARS 500
#define NEAR 3 /* letters that a misspelt name may be away */
#define MAILBOX_CHARS 40
#define MAILBOX "mailbox "

typedef struct {
    Scan *scan;
    char *group; /* NULL: none yet, or one that is not known */
    gboolean begun;
} Position;

void scan_init(Scan *scan, const char *file)
{
    scan->file = file;
    scan->faults = g_ptr_array_new_with_free_func(g_free);
    scan->mailboxes = g_ptr_array_new_with_free_func(g_free);
    scan->texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    scan->lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

void scan_clear(Scan *scan)
{
    g_ptr_array_unref(scan->faults);
    g_ptr_array_unref(scan->mailboxes);
    g_hash_table_unref(scan->texts);
    g_hash_table_unref(scan->lines);
}

static char *name_of(const char *group, const char *key)
{
    return key ? g_strdup_printf("%s\n%s", group, key) : g_strdup(group);
}

guint scan_line(const Scan *scan, const char *group, const char *key)
{
    g_autofree char *name = name_of(group, key);
    return GPOINTER_TO_UINT(g_hash_table_lookup(scan->lines, name));
}

void scan_fault(Scan *scan, guint line, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    g_autofree char *text = g_strdup_vprintf(format, values);
    va_end(values);
    g_autofree char *plain = text_plain(text, FAULT_CHARS);
    g_ptr_array_add(scan->faults, line ? g_strdup_printf("%s:%u: %s", scan->file, line, plain)
                                       : g_strdup_printf("%s: %s", scan->file, plain));
}

char *scan_report(const Scan *scan)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < scan->faults->len && i < FAULTS_SHOWN; i++)
        g_string_append_printf(text, "%s%s", i ? "\n" : "", (char *)g_ptr_array_index(scan->faults, i));
    if (scan->faults->len > FAULTS_SHOWN)
        g_string_append_printf(text, "\n%s: and %u faults more", scan->file, scan->faults->len - FAULTS_SHOWN);
    return g_string_free(text, scan->faults->len == 0);
}

/* --- what is allowed, for messages ------------------------------------------------------------------------------- */

/* Letters to change, add or take away to make B of A. */
static guint distance(const char *a, const char *b)
{
    gsize n = strlen(b);
    g_autofree guint *row = g_new(guint, n + 1);
    for (gsize j = 0; j <= n; j++)
        row[j] = (guint)j;
    for (gsize i = 1; a[i - 1]; i++) {
        guint corner = row[0];
        row[0] = (guint)i;
        for (gsize j = 1; j <= n; j++) {
            guint above = row[j];
            row[j] = MIN(MIN(row[j] + 1, row[j - 1] + 1), corner + (a[i - 1] != b[j - 1]));
            corner = above;
        }
    }
    return row[n];
}

static void add_group(GPtrArray *names, const char *group)
{
    if (!g_ptr_array_find_with_equal_func(names, group, g_str_equal, NULL))
        g_ptr_array_add(names, (char *)group);
}

/* The nearest of NAMES to NAME, or all of them. */
static char *hint(const char *name, const GPtrArray *names)
{
    guint least = NEAR + 1;
    const char *best = NULL;
    GString *all = g_string_new("allowed: ");
    for (guint i = 0; i < names->len; i++) {
        const char *each = g_ptr_array_index(names, i);
        guint d = distance(name, each);
        g_string_append_printf(all, "%s%s", i ? ", " : "", each);
        if (d < least && d < strlen(each)) {
            least = d;
            best = each;
        }
    }
    char *everything = g_string_free(all, FALSE);
    if (!best)
        return everything;
    g_free(everything);
    return g_strdup_printf("did you mean '%s'?", best);
}

static char *hint_key(const char *group, const char *key)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (const Setting *s = settings; s->group; s++)
        if (setting_find(group, s->key) == s)
            g_ptr_array_add(names, (char *)s->key);
    return hint(key, names);
}

static char *hint_group(const char *group)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *word = g_strndup(group, strcspn(group, " "));
    for (const Setting *s = settings; s->group; s++)
        add_group(names, g_str_equal(s->group, "mailbox") ? "mailbox NAME" : s->group);
    if (distance(word, "mailbox") <= NEAR)
        return g_strdup("did you mean 'mailbox NAME', with a name of your choice?");
    return hint(word, names);
}

/* --- lines ---------------------------------------------------------------------------------------------------------- */

static gboolean is_group(const char *group)
{
    for (const Setting *s = settings; s->group; s++)
        if (g_str_equal(s->group, group) && !g_str_equal(group, "mailbox"))
            return TRUE;
    return FALSE;
}

/* The name becomes a file's: the cursor. */
static gboolean is_mailbox_name(const char *name)
{
    gsize length = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");
    return length > 0 && length <= MAILBOX_CHARS && name[length] == 0 && *name != '.';
}

static void take_group(Position *at, guint line, char *text)
{
    Scan *scan = at->scan;
    char *end = strrchr(text, ']');
    g_clear_pointer(&at->group, g_free);
    at->begun = TRUE;
    if (!end || end[1] != 0) {
        scan_fault(scan, line, "a group looks like [name]");
        return;
    }
    *end = 0;
    const char *group = g_strstrip(text + 1);
    guint before = scan_line(scan, group, NULL);
    const char *mailbox = g_str_has_prefix(group, MAILBOX) ? group + strlen(MAILBOX) : NULL;
    if (mailbox && !is_mailbox_name(mailbox)) {
        scan_fault(scan, line,
                   "the mailbox name '%s' may hold letters, digits, '-', '_' and '.' only, at most %d, not '.' first", mailbox,
                   MAILBOX_CHARS);
    } else if (!mailbox && !is_group(group)) {
        g_autofree char *allowed = hint_group(group);
        scan_fault(scan, line, "unknown group [%s]; %s", group, allowed);
    } else if (mailbox && before) {
        scan_fault(scan, line, "[%s] stands twice, first in line %u", group, before);
    } else {
        if (mailbox)
            g_ptr_array_add(scan->mailboxes, g_strdup(mailbox));
        if (!before)
            g_hash_table_insert(scan->lines, g_strdup(group), GUINT_TO_POINTER(line));
        at->group = g_strdup(group);
    }
}

static void take_value(Position *at, guint line, const char *key, const char *text)
{
    Scan *scan = at->scan;
    const Setting *setting = setting_find(at->group, key);
    gint64 number;
    if (!setting) {
        g_autofree char *allowed = hint_key(at->group, key);
        scan_fault(scan, line, "unknown setting '%s' in [%s]; %s", key, at->group, allowed);
        return;
    }
    guint before = scan_line(scan, at->group, key);
    if (before) {
        scan_fault(scan, line, "'%s' stands twice in [%s], first in line %u", key, at->group, before);
        return;
    }
    g_hash_table_insert(scan->lines, name_of(at->group, key), GUINT_TO_POINTER(line));
    if (setting_fits(setting, text, &number))
        g_hash_table_insert(scan->texts, name_of(at->group, key), g_strdup(text));
    else
        scan_fault(scan, line, "'%s' is '%s', but must be %s", key, text, setting_allowed(setting));
}

static void take_line(Position *at, guint number, char *line)
{
    char *equals = strchr(g_strstrip(line), '=');
    if (!g_utf8_validate(line, -1, NULL)) {
        scan_fault(at->scan, number, "the line is not UTF-8; save the file as UTF-8");
    } else if (*line == 0 || *line == '#' || *line == ';') {
        return;
    } else if (*line == '[') {
        take_group(at, number, line);
    } else if (!equals) {
        scan_fault(at->scan, number, "expected 'key = value', a [group] or a # comment");
    } else if (!at->begun) {
        scan_fault(at->scan, number, "a setting stands before the first [group]");
    } else if (at->group) { /* else the group's fault says enough */
        *equals = 0;
        take_value(at, number, g_strstrip(line), g_strstrip(equals + 1));
    }
}

void scan_text(Scan *scan, const char *text)
{
    Position at = {.scan = scan};
    if (g_str_has_prefix(text, "\xef\xbb\xbf"))
        text += 3; /* some editors begin a file with this mark */
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++)
        take_line(&at, i + 1, lines[i]);
    g_free(at.group);
}
