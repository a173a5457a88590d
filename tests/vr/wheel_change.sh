#!/usr/bin/env bash
# wheel_change.sh BIN   a wheel change in a headset, start to end; every mark is that of the same job without one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
here=tests/vr
bin=$(realpath "$1")
out=build/vr/wheel_change
mkdir -p "$out"
rm -f "$out"/*.jsonl
"$here/in-vr" "$bin" --timeout 1500 -- python3 "$here/wheel_change.py" "$bin" "$out/headset.jsonl"
SHIXUN_HOME=$(mktemp -d) && export SHIXUN_HOME
trap 'rm -rf "$SHIXUN_HOME"' EXIT
"$bin/shixun" play auto-repair/wheel-change --headless --trace scenarios/auto-repair/exercises/wheel-change/traces/expert.jsonl \
  --mode practice --seed 7 --trainee expert --journal "$out/desktop.jsonl" >/dev/null
"$here/same_marks" "$bin" "$out/headset.jsonl" "$out/desktop.jsonl"
