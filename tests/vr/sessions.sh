#!/usr/bin/env bash
# sessions.sh BIN   focus lost and back, recentring, a controller lost, the runtime lost, hung, not running, not installed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
here=tests/vr
bin=$(realpath "$1")
failed=0
try() {  # try CASE [OPTIONS...]
  local name=$1 code=0
  shift
  "$here/in-vr" "$bin" --timeout 300 "$@" -- python3 "$here/sessions.py" "$bin" "${arguments[@]}" || code=$?
  [ $code = 77 ] && exit 77
  [ $code = 0 ] || { echo "FAIL: $name (exit $code)"; failed=1; }
}
for c in controller recentre lost hung; do arguments=("$c"); try "$c"; done
arguments=(focus);          try focus --packages libopenxr-utils
arguments=(absent stopped); try stopped --devices none
arguments=(absent none);    try none --devices none --env XR_RUNTIME_JSON=/nonexistent
arguments=(optional);       try optional --devices none
exit $failed
