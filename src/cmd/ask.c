#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cmd/ask.h"

#define ANSWER_BYTES 4096
#define INTERRUPT '\003'

char *ask_line(gboolean echo)
{
    char buffer[ANSWER_BYTES];
    struct termios normal, silent;
    gboolean terminal = isatty(STDIN_FILENO), quiet = !echo && tcgetattr(STDIN_FILENO, &normal) == 0;
    if (quiet) {
        silent = normal;
        silent.c_lflag &= (tcflag_t) ~(ECHO | ISIG); /* Ctrl-C must not leave the terminal without echo */
        tcsetattr(STDIN_FILENO, TCSANOW, &silent);
    }
    char *got = fgets(buffer, sizeof buffer, stdin);
    if (quiet) {
        tcsetattr(STDIN_FILENO, TCSANOW, &normal);
        putchar('\n');
    }
    /* From a pipe the last line may lack its end. */
    gboolean whole = got && (strchr(buffer, '\n') || (!terminal && strlen(buffer) < sizeof buffer - 1)) && !strchr(buffer, INTERRUPT);
    char *line = whole ? g_strndup(buffer, strcspn(buffer, "\r\n")) : NULL;
    explicit_bzero(buffer, sizeof buffer);
    return line;
}
