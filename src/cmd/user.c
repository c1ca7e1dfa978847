/* user.c: `shouwen user`: who may use the desk. Passwords are typed or come on standard input, never as arguments. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/failure.h"
#include "cmd/ask.h"
#include "cmd/cmd.h"
#include "cmd/output.h"
#include "conf/secret.h"
#include "desk/desk.h"
#include "desk/password.h"
#include "ledger/users.h"

typedef struct {
    Ledger *ledger;
    const Conf *conf;
    const char *name, *role, *shown;
    gboolean json, proxy;
    gint64 id;
} Order;

static const OutputColumn columns[] = {
    {"name", "name", 0}, {"shown", "shown as", 30}, {"role", "role", 0}, {"password", "login by", 0}, {"disabled", "disabled", 25}, {"seen", "last seen", 25},
};

typedef struct {
    Output *output;
    const char *zone;
} Listing;

static void print_user(const LedgerUser *user, gpointer data)
{
    Listing *listing = data;
    g_autofree char *disabled = user->disabled ? clock_iso(user->disabled, listing->zone) : NULL;
    g_autofree char *seen = user->seen ? clock_iso(user->seen, listing->zone) : NULL;
    const char *row[] = {user->name, user->shown, user->role, user->has_password ? "password" : "proxy", disabled, seen};
    output_row(listing->output, row);
}

static gboolean list(Order *order, GError **error)
{
    Listing listing = {output_new(order->json, columns, G_N_ELEMENTS(columns)), conf_string(order->conf, "general", "zone")};
    gboolean good = ledger_users(order->ledger, print_user, &listing, error);
    output_end(listing.output);
    return good;
}

/* The hash of a password that is typed twice, or comes once from a pipe. Caller frees. */
static char *ask_password(GError **error)
{
    gboolean terminal = isatty(STDIN_FILENO);
    setvbuf(stdin, NULL, _IONBF, 0);
    if (terminal) {
        printf("password: ");
        fflush(stdout);
    }
    char *password = ask_line(FALSE), *again = NULL;
    if (terminal && password) {
        printf("once more: ");
        fflush(stdout);
        again = ask_line(FALSE);
    }
    char *hash = NULL;
    if (!password || (terminal && g_strcmp0(password, again) != 0))
        g_set_error(error, FAILURE, FAILURE_USAGE, password ? "the two passwords differ" : "no password was given");
    else
        hash = password_hash(password, error);
    secret_free(password);
    secret_free(again);
    return hash;
}

/* Ends the transaction that GOOD tells of. */
static gboolean settled(const Order *order, gboolean good, GError **error)
{
    if (good)
        return ledger_commit(order->ledger, error);
    ledger_rollback(order->ledger);
    return FALSE;
}

static gboolean add(Order *order, GError **error)
{
    LedgerUser user = {.name = order->name, .shown = order->shown, .role = order->role};
    if (!order->role) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "--role is needed: reader, clerk, reviewer or administrator");
        return FALSE;
    }
    g_autofree char *hash = order->proxy ? NULL : ask_password(error);
    if ((!hash && !order->proxy) || !ledger_begin(order->ledger, error))
        return FALSE;
    return settled(order, ledger_user_add(order->ledger, &user, hash, g_get_user_name(), &order->id, error), error);
}

static gboolean change(Order *order, const char *role, int disabled, GError **error)
{
    return ledger_begin(order->ledger, error) &&
           settled(order, ledger_user_change(order->ledger, order->id, order->shown, role, disabled, g_get_user_name(), error), error);
}

static gboolean role(Order *order, GError **error)
{
    if (order->role)
        return change(order, order->role, -1, error);
    g_set_error(error, FAILURE, FAILURE_USAGE, "--role is needed: reader, clerk, reviewer or administrator");
    return FALSE;
}

static gboolean disable(Order *order, GError **error)
{
    return change(order, NULL, TRUE, error);
}

static gboolean enable(Order *order, GError **error)
{
    return change(order, NULL, FALSE, error);
}

static gboolean password(Order *order, GError **error)
{
    g_autofree char *hash = ask_password(error);
    return hash && ledger_begin(order->ledger, error) &&
           settled(order, ledger_user_set_password(order->ledger, order->id, hash, NULL, g_get_user_name(), error), error);
}

static gboolean setup(Order *order, GError **error)
{
    if (ledger_has_users(order->ledger)) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "there are users already; 'shouwen user add' makes more");
        return FALSE;
    }
    g_autofree char *token = desk_setup_token(order->ledger, error), *url = desk_url(order->conf);
    if (token)
        printf("%s\n%s\n", url, token);
    return token != NULL;
}

static const struct {
    const char *name;
    gboolean (*run)(Order *order, GError **error);
    enum { NOBODY, SOMEBODY_NEW, SOMEBODY } who;
} actions[] = {
    {"list", list, NOBODY},         {"add", add, SOMEBODY_NEW},     {"role", role, SOMEBODY},   {"password", password, SOMEBODY},
    {"disable", disable, SOMEBODY}, {"enable", enable, SOMEBODY}, {"setup", setup, NOBODY},
};

static gboolean act(Order *order, const char *name, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(actions); i++) {
        if (!g_str_equal(actions[i].name, name))
            continue;
        if (actions[i].who != NOBODY && !order->name) {
            g_set_error(error, FAILURE, FAILURE_USAGE, "which user? 'shouwen user %s NAME'", name);
            return FALSE;
        }
        order->id = actions[i].who == SOMEBODY ? ledger_user_named(order->ledger, order->name) : 0;
        if (actions[i].who == SOMEBODY && !order->id) {
            g_set_error(error, FAILURE, FAILURE_NOINPUT, "there is no user %s; 'shouwen user list' lists them", order->name);
            return FALSE;
        }
        return actions[i].run(order, error);
    }
    g_set_error(error, FAILURE, FAILURE_USAGE, "user list, add, role, password, disable, enable or setup");
    return FALSE;
}

int cmd_user(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    Order order = {0};
    g_autofree char *role_name = NULL, *shown = NULL;
    const GOptionEntry own[] = {
        {"role", 'r', 0, G_OPTION_ARG_STRING, &role_name, "reader, clerk, reviewer or administrator", "ROLE"},
        {"shown", 0, 0, G_OPTION_ARG_STRING, &shown, "how colleagues see the name", "TEXT"},
        {"proxy", 0, 0, G_OPTION_ARG_NONE, &order.proxy, "with add: no password; the reverse proxy logs this user in", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!cmd_parse(&argc, &argv, "list|add|role|password|disable|enable|setup [NAME]",
                   "Who may use the desk. A password is typed, or read from standard input.", own, &options, &error))
        return cmd_end(error);
    g_autoptr(Conf) conf = cmd_conf(&options, &error);
    g_autoptr(Ledger) ledger = conf ? cmd_ledger(conf, LEDGER_WRITE, &error) : NULL;
    if (!ledger)
        return cmd_end(error);
    order.ledger = ledger;
    order.conf = conf;
    order.json = options.json;
    order.role = role_name;
    order.shown = shown;
    order.name = argc > 2 ? argv[2] : NULL;
    act(&order, argc > 1 ? argv[1] : "list", &error);
    return cmd_end(error);
}
