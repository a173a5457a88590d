#!/usr/bin/env bash
# journal_identity.sh BIN   attempts with devices, played and folded by builds of gcc without and with optimisation and of clang: every
# event, every state of every device and every mark must come out as the same bytes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=build/tests/journal-identity
cache=$(command -v ccache || true)

build() {  # build NAME COMPILER FLAGS...
  local name=$1 dir=$out/$1
  shift
  mkdir -p "$dir"
  for source in engine/base/*.cpp engine/sim/*.cpp engine/training/*.cpp tests/sim/journals.cpp; do
    echo "$cache $* -std=c++20 -Wall -Wextra -Wshadow -Wno-restrict -DSHIXUN_VERSION='\"0\"' -I. $(pkg-config --cflags libzip yaml-cpp) -c $source -o $dir/$(basename "$source" .cpp).o"
  done | xargs -P 2 -d '\n' -I{} sh -c '{}'
  "$1" "$dir"/*.o -lgmp -lfmt -lspdlog -lcrypto $(pkg-config --libs libzip zlib yaml-cpp) -o "$dir/journals"
  built+=("$name")
}

built=()
build gcc-O0 g++ -O0
build gcc-O2 g++ -O2
if command -v clang++ >/dev/null; then build clang-O2 clang++ -Wno-unknown-warning-option -O2; else echo "no clang++ here: compared without it"; fi

for b in "${built[@]}"; do
  "$out/$b/journals" tests/trainer tests/trainer/exercises/lamp/traces/*.jsonl >"$out/$b.out" || { echo "FAIL: $b could not play and fold"; exit 1; }
  cmp "$out/${built[0]}.out" "$out/$b.out" || { echo "FAIL: built as $b it comes out otherwise than as ${built[0]}: diff $out/${built[0]}.out $out/$b.out"; exit 1; }
done
echo "${#built[@]} builds (${built[*]}) agree on $(wc -c <"$out/${built[0]}.out") bytes of events, states and marks"
