#!/usr/bin/env bash
# desktop.sh BIN   the program in a window, with real key and mouse events: walks, looks, loosens a nut, hands in, sees the result.
set -euo pipefail
bin=$(cd "$1" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")"
for tool in node Xvfb xdotool; do
  command -v "$tool" >/dev/null || { echo "$tool is not installed"; exit 77; }
done
exec node desktop.mjs "$bin"
