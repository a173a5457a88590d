#!/usr/bin/env bash
# same_job.sh BIN [EXERCISE]...   a meter read with both leads; a whole guest, with words and papers: what was done without a headset is done in one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
here=tests/vr
bin=$(realpath "$1")
shift
[ $# -gt 0 ] || set -- smart-manufacturing/sensor-fault tourism-service/check-in
SHIXUN_HOME=$(mktemp -d) && export SHIXUN_HOME
trap 'rm -rf "$SHIXUN_HOME"' EXIT
for exercise in "$@"; do
  case $exercise in  # as far as the meter is back on the bench; until the first guest has left
    *sensor-fault) trace=expert deeds=16 last=96000;;
    *check-in) trace=expert_g1_g3 deeds=41 last=110000;;
  esac
  out=build/vr/same_job-${exercise#*/}
  mkdir -p "$out"
  rm -f "$out"/*.jsonl
  head -$((deeds + 1)) "scenarios/${exercise%/*}/exercises/${exercise#*/}/traces/$trace.jsonl" >"$out/trace.jsonl"
  echo "{\"t\":$last,\"do\":\"finish\"}" >>"$out/trace.jsonl"
  seed=$(sed -n '1s/.*"seed":\([0-9]*\).*/\1/p' "$out/trace.jsonl")
  "$bin/shixun" play "$exercise" --headless --trace "$out/trace.jsonl" --mode practice --seed "$seed" --trainee expert --journal "$out/desktop.jsonl" >/dev/null
  "$here/in-vr" "$bin" --timeout 600 -- python3 "$here/same_job.py" "$bin" "$exercise" "$out/desktop.jsonl" "$out/headset.jsonl"
  "$here/same_marks" "$bin" "$out/headset.jsonl" "$out/desktop.jsonl"
done
