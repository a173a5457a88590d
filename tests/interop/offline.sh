#!/usr/bin/env bash
# offline.sh BIN   a week without a network, the clock set back an hour and forward a day meanwhile: every statement arrives once, in order, and a clock
# that is wrong is told. Exit 77: cannot be tested here (no node, no faketime, or the npm registry cannot be reached).
set -euo pipefail
command -v faketime >/dev/null || { echo "faketime is not installed"; exit 77; }
bin=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
. "$here/peers.inc"
exec node "$here/offline.mjs" "$bin" "$modules"
