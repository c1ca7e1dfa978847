#!/bin/sh
# Hostile readers against the jail, and against none. The number of attacks is also said beside the harness.
out=$("${SHOUWEN_BUILD:-build}/tests/jail/attacks")
status=$?
printf '%s\n' "$out"
printf '%s\n' "$out" | grep '^# .*attacks' >&2
exit $status
