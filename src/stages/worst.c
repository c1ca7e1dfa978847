#include <sysexits.h>

#include "stages/worst.h"

/* Codes not named here (a signal, most of all) come after those that are, and 0 last. */
static gsize rank(int code)
{
    static const int order[] = {EX_CONFIG, EX_NOPERM, EX_SOFTWARE, EX_IOERR, EX_UNAVAILABLE, EX_TEMPFAIL};
    gsize i = 0;
    while (i < G_N_ELEMENTS(order) && order[i] != code)
        i++;
    return code == EX_OK ? i + 1 : i;
}

int worst_of(int code, int other)
{
    return rank(other) < rank(code) ? other : code;
}

FailureCode worst_failure(int code)
{
    for (FailureCode failure = FAILURE_AGAIN; failure <= FAILURE_CONFIG; failure++) {
        g_autoptr(GError) probe = g_error_new_literal(FAILURE, failure, "");
        if (failure_exit_code(probe) == code)
            return failure;
    }
    return FAILURE_BUG;
}
