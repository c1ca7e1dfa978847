#!/bin/sh
# Hostile readers against the jail, and against none.
exec "${SHOUWEN_BUILD:-build}/tests/jail/attacks"
