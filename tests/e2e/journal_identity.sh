#!/usr/bin/env bash
# journal_identity.sh BIN   1,000 attempts of trainees who try anything, and the recorded ones, played, folded and scored by gcc's optimised
# build (BIN), gcc's unoptimised and clang's: every event, every state of every device and every marksheet must come out as the same bytes.
set -euo pipefail
bin=$(cd "$1" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=build/tests/journal-identity
mkdir -p "$out"

built=("$bin")
add() {  # add PRESET
  tools/build "$1" journals
  built+=("build/$1")
}
add unoptimised
if command -v clang++ >/dev/null; then add sanitized; else echo "no clang++ here: compared without it"; fi

played() {  # played BUILD
  ASAN_OPTIONS=detect_leaks=0 "$1/journals" tests/trainer 500 tests/trainer/exercises/*/traces/*.jsonl
  ASAN_OPTIONS=detect_leaks=0 "$1/journals" scenarios/auto-repair 500 scenarios/auto-repair/exercises/*/traces/*.jsonl
}
for b in "${built[@]}"; do
  played "$b" >"$out/$(basename "$b").out" &
  running+=($!)
done
for i in "${!built[@]}"; do wait "${running[$i]}" || { echo "FAIL: ${built[$i]} could not play and fold"; exit 1; }; done
first=$out/$(basename "$bin").out
for b in "${built[@]}"; do
  cmp "$first" "$out/$(basename "$b").out" || { echo "FAIL: built as $b it comes out otherwise than as $bin"; exit 1; }
done
echo "${#built[@]} builds (${built[*]}) agree on $(wc -c <"$first") bytes of events, states and marks"
