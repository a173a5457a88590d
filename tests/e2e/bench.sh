#!/usr/bin/env bash
# bench.sh BIN   shixun bench: every scene draws, the ways to draw agree about what is seen, halls are read from files, broken ones refused.
set -euo pipefail
command -v node >/dev/null || { echo "node is not installed"; exit 77; }
exec node "$(dirname "$0")/bench.mjs" "$(cd "$1" && pwd)"
