#!/usr/bin/env bash
# guided.sh BIN [EXERCISE LANG[:SEED]]...   each exercise by hand, by what the screen says; see guided.mjs.
set -euo pipefail
bin=$1
shift
[ $# -gt 0 ] || set -- wheel-change zh-CN sensor-fault en check-in zh-CN
while [ $# -gt 0 ]; do
  "$(dirname "${BASH_SOURCE[0]}")/node-test" guided.mjs "$bin" Xvfb xdotool -- "$1" "$2"
  shift 2
done
