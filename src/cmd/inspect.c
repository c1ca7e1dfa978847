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
#include "base/text.h"
#include "cmd/cmd.h"
#include "conf/installed.h"
#include "door/door.h"
#include "source/mbox_split.h"

#define MBOX_BEGIN "From "
#define AHEAD 256 /* records that may wait for one before them */
#define NAME_CHARS 300
#define REASON_CHARS 2000

/* One message or document to be read. */
typedef struct {
    char *file;  /* as it is printed */
    guint index; /* in an mbox; 0: none */
    DoorResult *result;
} Item;

/* What a file is taken for. */
typedef enum { AS_MESSAGE, AS_DOCUMENT_OR_MESSAGE } Taken;

typedef struct {
    Door *door;
    GQueue items; /* Item *, in the order of printing; the first ones may be under way */
    gboolean explain, text;
    int code;     /* the worst so far */
    guint mbox_index;
    const char *mbox_file;
    int mbox_fd;
} Inspect;

static void fail(Inspect *inspect, int code, const char *file, const char *why)
{
    g_autofree char *name = text_plain(file, NAME_CHARS), *reason = text_plain(why, REASON_CHARS);
    fprintf(stderr, "shouwen: %s: %s\n", name, reason);
    if (inspect->code == 0 || code == EX_NOINPUT)
        inspect->code = code;
}

/* --- printing ---------------------------------------------------------------------------------------------------------- */

static void item_free(Item *item)
{
    door_result_free(item->result);
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

/* Waits when the door is full, or when too much waits for a slow one before it to be printed. */
static void add(Inspect *inspect, const char *file, guint index, int fd, guint64 offset, guint64 length, Taken taken)
{
    GError *error = NULL;
    g_autofree char *name = g_path_get_basename(file);
    Item *item = g_new0(Item, 1);
    *item = (Item){.file = g_strdup(file), .index = index};
    DoorJob job = {.fd = fd, .offset = offset, .length = length, .name = taken == AS_MESSAGE ? NULL : name, .either = TRUE,
                   .explain = inspect->explain, .text = inspect->text, .user = item};
    while ((door_room(inspect->door) == 0 || inspect->items.length >= AHEAD) && collect_one(inspect))
        continue;
    g_queue_push_tail(&inspect->items, item);
    if (door_submit(inspect->door, &job, &error))
        return;
    item->result = g_new0(DoorResult, 1);
    item->result->fault = error;
    print_ready(inspect);
}

/* --- what a file is ---------------------------------------------------------------------------------------------------- */

static gboolean add_from_mbox(guint64 offset, guint64 length, gpointer user)
{
    Inspect *inspect = user;
    add(inspect, inspect->mbox_file, ++inspect->mbox_index, inspect->mbox_fd, offset, length, AS_MESSAGE);
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

/* Nothing is parsed here: a name, and whether the file begins as an mbox does. The filter tells mails from documents. */
static void inspect_file(Inspect *inspect, const char *file, Taken taken)
{
    char text[sizeof MBOX_BEGIN] = "";
    struct stat facts;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    g_autofree char *lower = g_ascii_strdown(file, -1);
    if (g_str_has_suffix(lower, ".eml"))
        taken = AS_MESSAGE;
    if (fd < 0 || fstat(fd, &facts) != 0)
        fail(inspect, EX_NOINPUT, file, g_strerror(errno));
    else if (!S_ISREG(facts.st_mode) || pread(fd, text, strlen(MBOX_BEGIN), 0) < 0)
        fail(inspect, EX_DATAERR, file, "this is no file that can be read");
    else if (taken != AS_MESSAGE && g_str_equal(text, MBOX_BEGIN))
        inspect_mbox(inspect, file, fd);
    else if ((guint64)facts.st_size > LIMIT_MESSAGE_BYTES)
        fail(inspect, EX_DATAERR, file, "it is larger than any message that is taken");
    else
        add(inspect, file, 0, fd, 0, (guint64)facts.st_size, taken);
    if (fd >= 0)
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
        inspect_file(inspect, g_ptr_array_index(names, i), AS_MESSAGE);
    return dir != NULL;
}

static void inspect_argument(Inspect *inspect, const char *file)
{
    if (!g_file_test(file, G_FILE_TEST_IS_DIR)) {
        inspect_file(inspect, file, AS_DOCUMENT_OR_MESSAGE);
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
        {"text", 0, 0, G_OPTION_ARG_NONE, &inspect.text, "print the text that was read, too", NULL},
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
                        .statement_minimum = 100, .deadline_seconds = LIMIT_MESSAGE_SECONDS, .scan_seconds = LIMIT_SCAN_SECONDS, .reuse = 32,
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
