#!/bin/sh
# The fetch stage against a real Dovecot (imap_stage.py tells what it does).
exec python3 "$(dirname "$0")/imap_stage.py" "${SHOUWEN_BUILD:-build}"
