/* unlock.c: `shouwen unlock`: what is encrypted in a message is read with the password that a person has. */
#include <stdio.h>
#include <stdlib.h>

#include "base/failure.h"
#include "cmd/ask.h"
#include "cmd/cmd.h"
#include "conf/secret.h"
#include "ledger/entries.h"
#include "stages/unlock.h"

static void take_encrypted(const LedgerDocument *document, gpointer user)
{
    gint64 *message = user;
    if (g_str_equal(document->status, "encrypted"))
        *message = document->message;
}

/* The latest message of the entry that TEXT names, in which something is encrypted. */
static gint64 message_of(Ledger *ledger, const char *text, GError **error)
{
    gint64 message = 0, entry = cmd_entry(ledger, text, error);
    if (!entry || !ledger_documents(ledger, entry, take_encrypted, &message, error))
        return 0;
    if (!message)
        g_set_error(error, FAILURE, FAILURE_DATA, "nothing in %s is encrypted", text);
    return message;
}

static gboolean unlock(Ledger *ledger, const Conf *conf, gint64 message, GError **error)
{
    DoorOptions options;
    setvbuf(stdin, NULL, _IONBF, 0); /* no copy of the password stays in a buffer */
    fputs("password: ", stderr);
    char *password = ask_line(FALSE);
    if (!password) {
        g_set_error(error, FAILURE, FAILURE_USAGE, "no password was given");
        return FALSE;
    }
    door_options_from_conf(&options, conf);
    g_autoptr(Door) door = door_new(&options, error);
    gboolean good = door && unlock_message(ledger, conf, door, message, password, g_get_user_name(), error);
    secret_free(password);
    return good;
}

int cmd_unlock(int argc, char **argv)
{
    GError *error = NULL;
    CmdOptions options = {0};
    if (!cmd_parse(&argc, &argv, "REFERENCE", "Reads an encrypted zip or PDF with its password, from the terminal or standard input.", NULL,
                   &options, &error))
        return cmd_end(error);
    g_autoptr(Conf) conf = cmd_conf(&options, &error);
    g_autoptr(Ledger) ledger = conf ? cmd_ledger(conf, LEDGER_WRITE, &error) : NULL;
    if (!ledger)
        return cmd_end(error);
    if (argc != 2) {
        g_set_error(&error, FAILURE, FAILURE_USAGE, "name one entry; see 'shouwen unlock --help'");
        return cmd_end(error);
    }
    gint64 message = message_of(ledger, argv[1], &error);
    if (message && unlock(ledger, conf, message, &error))
        printf("%s was read again; see 'shouwen show %s'\n", argv[1], argv[1]);
    return cmd_end(error);
}
