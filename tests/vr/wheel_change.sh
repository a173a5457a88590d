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
for device in headset desktop; do "$bin/shixunctl" grade "$out/$device.jsonl" --json >"$out/$device.json"; done
python3 - "$out/headset.json" "$out/desktop.json" <<'P'
import json, sys
marks = [{m["id"]: m["awarded_mp"] for m in json.load(open(f))["marks"]} for f in sys.argv[1:]]
differ = [f"{i}: {marks[0].get(i)} in the headset, {marks[1].get(i)} without" for i in sorted(set(marks[0]) | set(marks[1])) if marks[0].get(i) != marks[1].get(i)]
if differ or not marks[0]:
    sys.exit("FAIL: the marks differ by device:\n" + "\n".join(differ))
print(f"all {len(marks[0])} marks are the same with and without a headset")
P
