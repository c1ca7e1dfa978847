#include <sysexits.h>

#include "base/failure.h"

G_DEFINE_QUARK(shouwen-failure, failure)

Outcome failure_outcome(const GError *error)
{
    if (error->domain != FAILURE)
        return OUTCOME_PERSON;
    switch ((FailureCode)error->code) {
    case FAILURE_AGAIN:
        return OUTCOME_AGAIN;
    case FAILURE_BUG:
        return OUTCOME_BUG;
    default:
        return OUTCOME_PERSON;
    }
}

int failure_exit_code(const GError *error)
{
    static const int codes[] = {
        [FAILURE_AGAIN] = EX_TEMPFAIL, [FAILURE_USAGE] = EX_USAGE,
        [FAILURE_DATA] = EX_DATAERR,   [FAILURE_NOINPUT] = EX_NOINPUT,
        [FAILURE_UNAVAILABLE] = EX_UNAVAILABLE, [FAILURE_BUG] = EX_SOFTWARE,
        [FAILURE_IO] = EX_IOERR,       [FAILURE_DENIED] = EX_NOPERM,
        [FAILURE_CONFIG] = EX_CONFIG,  [FAILURE_CONFLICT] = EX_TEMPFAIL,
    };
    if (!error)
        return EX_OK;
    if (error->domain != FAILURE || error->code < 0 || (gsize)error->code >= G_N_ELEMENTS(codes))
        return EX_SOFTWARE;
    return codes[error->code];
}
