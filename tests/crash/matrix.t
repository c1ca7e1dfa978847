#!/bin/sh
# The crash matrix over the whole main job (matrix.py tells what it does).
cd "$(dirname "$0")/../.."
build=${SHOUWEN_BUILD:-build}
exec python3 tests/crash/matrix.py "$build/shouwen" "$build/tests/shim.so" --tap "$@"
