#!/usr/bin/env bash
# kill.sh BIN   kill -9 at random moments: no attempt is lost, at most a second of events, and the store stays whole.
set -euo pipefail
command -v node >/dev/null || { echo "node is not installed"; exit 77; }
exec node "$(dirname "$0")/kill.mjs" "$(cd "$1" && pwd)"
