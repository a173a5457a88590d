#!/usr/bin/env bash
# line_seeds.sh BIN   the expert's attempt at the line's sensor fault comes to full marks for 50 seeds, in rehearsal and in assessment.
set -euo pipefail
bin=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$root/scenarios/smart-manufacturing" "$work/pack"
"$root/tools/make-line-traces" --seeds 50 "$work/pack"
"$bin/shixunctl" check "$work/pack" >"$work/report.txt" || { grep -v '^warning' "$work/report.txt"; echo "FAIL: an expert's attempt is not worth full marks"; exit 1; }
[ "$(grep -c '^ok   seed_.* 100\.0 pass' "$work/report.txt")" = 100 ] || { echo "FAIL: not 50 seeds in two modes"; exit 1; }
echo "50 seeds, two modes: full marks"
