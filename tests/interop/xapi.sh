#!/usr/bin/env bash
# xapi.sh BIN   results reach a real xAPI record store exactly once, over a line that fails half of the time. Exit 77: cannot be
# tested here (no node, or the npm registry cannot be reached).
set -euo pipefail
bin=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
. "$here/peers.inc"
exec node "$here/xapi.mjs" "$bin" "$modules"
