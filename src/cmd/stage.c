/* stage.c: `shouwen stage`: what the supervisor executes; by hand, one stage alone. */
#include "base/failure.h"
#include "cmd/cmd.h"
#include "conf/secret.h"
#include "desk/desk.h"
#include "stages/stages.h"

int cmd_stage(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    StageOptions stage = {0};
    g_autofree char *mailbox = NULL, *now = NULL, *until = NULL;
    int step = 60;
    const GOptionEntry own[] = {
        {"mailbox", 0, 0, G_OPTION_ARG_STRING, &mailbox, "the mailbox of stage fetch", "NAME"},
        {"once", 0, 0, G_OPTION_ARG_NONE, &stage.once, "do what there is, then end", NULL},
        {"now", 0, 0, G_OPTION_ARG_STRING, &now, "clock: as if it were that instant", "INSTANT"},
        {"until", 0, 0, G_OPTION_ARG_STRING, &until, "clock: go on to that instant without waiting", "INSTANT"},
        {"step", 0, 0, G_OPTION_ARG_INT, &step, "in steps of that many minutes (60)", "MINUTES"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!cmd_parse(&argc, &argv, "fetch|intake|clock|courier|desk|monitor", "One stage of 'shouwen run', alone; the supervisor calls this.", own,
                   &options, &error))
        return cmd_end(error);
    g_autoptr(Conf) conf = cmd_conf(&options, &error);
    const char *name = argc > 1 ? argv[1] : "";
    if (!conf)
        return cmd_end(error);
    secret_take_descriptor();
    stage.step = MAX(step, 1) * G_TIME_SPAN_MINUTE;
    if ((until && !cmd_instant(until, NULL, &stage.until, &error)) || !cmd_now(now, &error))
        return cmd_end(error);
    if (g_str_equal(name, "fetch") && mailbox)
        stage_fetch(conf, mailbox, &stage, &error);
    else if (g_str_equal(name, "intake"))
        stage_intake(conf, &stage, &error);
    else if (g_str_equal(name, "clock"))
        stage_clock(conf, &stage, &error);
    else if (g_str_equal(name, "courier"))
        stage_courier(conf, &stage, &error);
    else if (g_str_equal(name, "desk"))
        stage_desk(conf, &stage, &error);
    else if (g_str_equal(name, "monitor"))
        stage_monitor(conf, &stage, &error);
    else
        g_set_error(&error, FAILURE, FAILURE_USAGE, "stage is fetch --mailbox NAME, intake, clock, courier, desk or monitor");
    if (error) {
        g_autofree char *who = mailbox ? g_strdup_printf("%s:%s: ", name, mailbox) : g_strdup_printf("%s: ", name);
        g_prefix_error(&error, "%s", who);
    }
    return cmd_end(error);
}
