#!/usr/bin/env bash
# bench.sh BIN   shixun bench: every scene draws, the ways to draw agree about what is seen, halls are read from files, broken ones refused.
exec "$(dirname "${BASH_SOURCE[0]}")/node-test" bench.mjs "$1"
