#!/usr/bin/env bash
# check_in_seeds.sh BIN   the check-in's experts for 50 seeds, in rehearsal and assessment: whatever pair of guests a seed draws, the
# expert for that pair earns everything, and no other expert fits.
set -euo pipefail
bin=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SHIXUN_HOME=$work/home
fail() { echo "FAIL: $*"; exit 1; }

traces=$root/scenarios/tourism-service/exercises/check-in/traces
played() { "$bin/shixun" play tourism-service/check-in --headless --json --mode "$1" --seed "$2" --trace "$3" 2>"$work/why"; }
for seed in $(seq 1 50); do
  fits=""
  for trace in "$traces"/expert_*.jsonl; do
    if sheet=$(played rehearsal "$seed" "$trace"); then
      fits="$fits $trace"
      for mode in rehearsal assessment; do
        [ "$mode" = rehearsal ] || sheet=$(played "$mode" "$seed" "$trace") || fail "seed $seed, $mode: $(cat "$work/why")"
        grep -q '"total_mp":100000' <<<"$sheet" || fail "seed $seed, $mode: $(basename "$trace") does not earn everything: $sheet"
        grep -q '"verdict":"pass"' <<<"$sheet" || fail "seed $seed, $mode: $(basename "$trace") does not pass"
      done
    fi
  done
  [ "$(wc -w <<<"$fits")" = 1 ] || fail "seed $seed: $(wc -w <<<"$fits") experts fit:$fits"
done
echo "50 seeds, two modes: the expert for the guests drawn earns everything"
