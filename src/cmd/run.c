/* run.c: `shouwen run`: the supervisor and its stages. */
#include "base/failure.h"
#include "cmd/cmd.h"
#include "stages/stages.h"

int cmd_run(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    StageOptions stage = {0};
    const GOptionEntry own[] = {
        {"once", 0, 0, G_OPTION_ARG_NONE, &stage.once, "fetch, enter and answer what there is, then end", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!cmd_parse(&argc, &argv, NULL, "Takes mail in from every mailbox, enters and answers it, until SIGTERM.", own,
                   &options, &error))
        return cmd_end(error);
    g_autoptr(Conf) conf = cmd_conf(&options, &error);
    if (conf)
        stage_supervise(conf, &stage, &error);
    return cmd_end(error);
}
