#!/usr/bin/env bash
# sim_identity.sh BIN   the simulators, built by gcc without and with optimisation and by clang, must print the same bytes for the
# same recorded scripts, and the bytes that are kept beside them (so that another machine or year agrees as well).
# With WRITE=1 the kept bytes are written anew: only when a simulator was meant to change.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=build/tests/sim-identity
mkdir -p "$out"
cache=$(command -v ccache || true)

build() {  # build NAME COMPILER FLAGS...
  local name=$1 dir=$out/$1
  shift
  mkdir -p "$dir"
  for source in engine/sim/*.cpp tests/sim/identity.cpp; do
    echo "$cache $* -std=c++20 -Wall -Wextra -Wshadow -Werror -I. -c $source -o $dir/$(basename "$source" .cpp).o"
  done | xargs -P 2 -d '\n' -I{} sh -c '{}'
  "$1" "$dir"/*.o -lgmp -o "$dir/identity"
  built+=("$name")
}

if grep -nE '\b(float|double)\b|<cmath>|<math.h>' engine/sim/*.h engine/sim/*.cpp | grep -vE '^[^:]+:[0-9]+: *//'; then
  echo "FAIL: a float in the simulators (above)"
  exit 1
fi

built=()
build gcc-O0 g++ -O0
build gcc-O2 g++ -O2
if command -v clang++ >/dev/null; then build clang-O2 clang++ -O2; else echo "no clang++ here: compared without it"; fi

for script in tests/sim/*.script; do
  name=$(basename "$script" .script)
  for b in "${built[@]}"; do "$out/$b/identity" <"$script" >"$out/$b/$name.out"; done
  if [ "${WRITE:-0}" = 1 ]; then cp "$out/gcc-O2/$name.out" "tests/sim/$name.expected"; fi
  for b in "${built[@]}"; do
    cmp "tests/sim/$name.expected" "$out/$b/$name.out" || { echo "FAIL: $name differs when built as $b: diff tests/sim/$name.expected $out/$b/$name.out"; exit 1; }
  done
done
echo "${#built[@]} builds (${built[*]}) agree on $(cat tests/sim/*.expected | wc -c) bytes of $(ls tests/sim/*.script | wc -l) scripts"
