#!/usr/bin/env bash
# expert.sh BIN   a whole wheel change in the window by key and mouse, to full marks: every step can be done, none is out of reach.
set -euo pipefail
bin=$(cd "$1" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")"
for tool in node Xvfb xdotool; do
  command -v "$tool" >/dev/null || { echo "$tool is not installed"; exit 77; }
done
exec node expert.mjs "$bin"
