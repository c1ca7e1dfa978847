/* inspect.c: `shouwen inspect FILE…`: what would be read out of mails or documents. No mailbox, no ledger, no network; nothing is
 * changed. Several are read at once, and printed in the order of the arguments. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/failure.h"
#include "base/limits.h"
#include "cmd/cmd.h"
#include "conf/installed.h"
#include "door/door.h"
#include "source/mbox_split.h"

#define LOOK_BYTES 4096

/* One message or document to be read. */
typedef struct {
    char *file;         /* as it is printed */
    guint index;        /* in an mbox; 0: none */
    int fd;
    guint64 offset, length;
    gboolean bare;
    DoorResult *result;
} Item;

typedef struct {
    Door *door;
    GQueue items;  /* Item *, in the order of printing; the first ones may be under way */
    gboolean explain;
    int code;      /* the worst so far */
    guint mbox_index;
    const char *mbox_file;
    int mbox_fd;
} Inspect;

static void fail(Inspect *inspect, int code, const char *file, const char *why)
{
    fprintf(stderr, "shouwen: %s: %s\n", file, why);
    if (inspect->code == 0 || code == EX_NOINPUT)
        inspect->code = code;
}

/* --- printing ---------------------------------------------------------------------------------------------------------- */

static void item_free(Item *item)
{
    door_result_free(item->result);
    close(item->fd);
    g_free(item->file);
    g_free(item);
}

static void print_ready(Inspect *inspect)
{
    Item *item;
    while ((item = g_queue_peek_head(&inspect->items)) && item->result) {
        if (item->result->fault) {
            fail(inspect, failure_exit_code(item->result->fault), item->file, item->result->fault->message);
        } else {
            g_autofree char *line = record_to_json(item->result->record, item->file, item->index);
            puts(line);
        }
        item_free(g_queue_pop_head(&inspect->items));
    }
}

static gboolean collect_one(Inspect *inspect)
{
    DoorResult *result = door_next(inspect->door, G_MAXINT64);
    if (!result)
        return FALSE;
    ((Item *)result->user)->result = result;
    print_ready(inspect);
    return TRUE;
}

static void submit(Inspect *inspect, Item *item)
{
    GError *error = NULL;
    g_autofree char *name = g_path_get_basename(item->file);
    DoorJob job = {.fd = item->fd, .offset = item->offset, .length = item->length, .name = item->bare ? name : NULL,
                   .explain = inspect->explain, .user = item};
    while (door_room(inspect->door) == 0 && collect_one(inspect))
        continue;
    g_queue_push_tail(&inspect->items, item);
    if (door_submit(inspect->door, &job, &error))
        return;
    item->result = g_new0(DoorResult, 1);
    item->result->fault = error;
    print_ready(inspect);
}

static void add(Inspect *inspect, const char *file, guint index, int fd, guint64 offset, guint64 length, gboolean bare)
{
    Item *item = g_new0(Item, 1);
    *item = (Item){g_strdup(file), index, fcntl(fd, F_DUPFD_CLOEXEC, 3), offset, length, bare, NULL};
    submit(inspect, item);
}

/* --- what a file is ---------------------------------------------------------------------------------------------------- */

/* A header line: printable characters without blanks, a colon. */
static gsize header_line(const char *text)
{
    gsize name = 0;
    while (text[name] > ' ' && text[name] < 127 && text[name] != ':')
        name++;
    return name > 0 && text[name] == ':' ? strcspn(text, "\n") : 0;
}

/* A mail begins with headers, one of them a well-known one. This is a look, not a parsing: the filter parses. */
static gboolean looks_like_mail(const char *text)
{
    static const char *const known[] = {"received:",  "from:", "date:",         "message-id:", "return-path:", "delivered-to:",
                                        "x-originating-ip:", "subject:", "mime-version:", "to:",  NULL};
    for (guint lines = 0; *text && lines < 40; lines++) {
        gsize length = header_line(text);
        if (length == 0 && !(lines > 0 && (*text == ' ' || *text == '\t')))
            return FALSE;
        for (const char *const *name = known; length && *name; name++)
            if (g_ascii_strncasecmp(text, *name, strlen(*name)) == 0)
                return TRUE;
        text += strcspn(text, "\n");
        text += *text == '\n';
    }
    return FALSE;
}

static gboolean add_from_mbox(guint64 offset, guint64 length, gpointer user)
{
    Inspect *inspect = user;
    add(inspect, inspect->mbox_file, ++inspect->mbox_index, inspect->mbox_fd, offset, length, FALSE);
    return TRUE;
}

static void inspect_mbox(Inspect *inspect, const char *file, int fd)
{
    guint64 next;
    g_autoptr(GError) error = NULL;
    inspect->mbox_file = file;
    inspect->mbox_fd = fd;
    inspect->mbox_index = 0;
    if (!mbox_split(fd, 0, add_from_mbox, inspect, &next, &error))
        fail(inspect, EX_DATAERR, file, error->message);
}

static void inspect_file(Inspect *inspect, const char *file, gboolean message)
{
    char text[LOOK_BYTES + 1] = "";
    struct stat facts;
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &facts) != 0) {
        fail(inspect, EX_NOINPUT, file, g_strerror(errno));
        return;
    }
    gssize n = S_ISREG(facts.st_mode) ? pread(fd, text, LOOK_BYTES, 0) : -1;
    g_autofree char *lower = g_ascii_strdown(file, -1);
    message |= g_str_has_suffix(lower, ".eml");
    if (n < 0)
        fail(inspect, EX_DATAERR, file, "this is no file");
    else if ((guint64)facts.st_size > LIMIT_MESSAGE_BYTES)
        fail(inspect, EX_DATAERR, file, "it is larger than any message that is taken");
    else if (!message && g_str_has_prefix(text, "From ") && looks_like_mail(text + strcspn(text, "\n") + 1))
        inspect_mbox(inspect, file, fd);
    else
        add(inspect, file, 0, fd, 0, (guint64)facts.st_size, !message && !looks_like_mail(text));
    close(fd);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static gboolean inspect_folder(Inspect *inspect, const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; dir && (name = g_dir_read_name(dir));)
        if (*name != '.')
            g_ptr_array_add(names, g_build_filename(folder, name, NULL));
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len; i++)
        inspect_file(inspect, g_ptr_array_index(names, i), TRUE);
    return dir != NULL;
}

static void inspect_argument(Inspect *inspect, const char *file)
{
    if (!g_file_test(file, G_FILE_TEST_IS_DIR)) {
        inspect_file(inspect, file, FALSE);
        return;
    }
    g_autofree char *fresh = g_build_filename(file, "new", NULL), *seen = g_build_filename(file, "cur", NULL);
    gboolean found = inspect_folder(inspect, fresh);
    if (!inspect_folder(inspect, seen) && !found)
        fail(inspect, EX_DATAERR, file, "this folder is no Maildir: it has neither new nor cur");
}

int cmd_inspect(int argc, char **argv)
{
    static const char *const own_names[] = {"网安标委", "全国网络安全标准化技术委员会", "秘书处", NULL};
    static const char *const no_addresses[] = {NULL};
    GError *error = NULL;
    CmdOptions options = {0};
    Inspect inspect = {0};
    int jobs = 0;
    g_autofree char *filters = NULL, *kinds = NULL;
    const GOptionEntry own[] = {
        {"filters", 0, 0, G_OPTION_ARG_FILENAME, &filters, "the folder that holds kinds/, instead of the installed one", "DIR"},
        {"kinds", 0, 0, G_OPTION_ARG_FILENAME, &kinds, "the folder of kinds itself", "DIR"},
        {"explain", 0, 0, G_OPTION_ARG_NONE, &inspect.explain, "say why each decision was taken", NULL},
        {"jobs", 'j', 0, G_OPTION_ARG_INT, &jobs, "so many at once", "N"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!cmd_parse(&argc, &argv, "FILE…", "Prints what would be read out of mails, mboxes, Maildirs or documents.", own, &options, &error))
        return cmd_end(error);
    if (argc < 2) {
        g_set_error(&error, FAILURE, FAILURE_USAGE, "which files? 'shouwen inspect FILE…'");
        return cmd_end(error);
    }
    g_autoptr(Conf) conf = options.config || g_getenv("SHOUWEN_CONFIG") ? cmd_conf(&options, &error) : NULL;
    DoorOptions door = {.authserv_id = "", .reference_prefix = "SC27", .own_addresses = no_addresses, .own_names = own_names,
                        .statement_minimum = 100, .deadline_seconds = LIMIT_MESSAGE_SECONDS, .reuse = 32,
                        .jobs = g_get_num_processors()};
    g_autofree char *installed = installed_filters();
    if (error)
        return cmd_end(error);
    if (conf)
        door_options_from_conf(&door, conf);
    door.filters_dir = filters ? filters : door.filters_dir && conf ? door.filters_dir : installed;
    door.kinds_dir = kinds;
    if (jobs > 0)
        door.jobs = (guint)jobs;
    inspect.door = door_new(&door, &error);
    if (!inspect.door)
        return cmd_end(error);
    g_queue_init(&inspect.items);
    for (int i = 1; i < argc; i++)
        inspect_argument(&inspect, argv[i]);
    while (collect_one(&inspect))
        continue;
    door_free(inspect.door);
    return inspect.code;
}
