/* worst.h: what the exit codes of several stages come to, for run --once. */
#ifndef SHOUWEN_STAGES_WORST_H
#define SHOUWEN_STAGES_WORST_H

#include "base/failure.h"

/* The code of the two that a person should hear of first: settings before logins, those before bugs, disks and what passes. */
int worst_of(int code, int other);

/* The failure that ends a process with CODE. */
FailureCode worst_failure(int code);

#endif
