#!/usr/bin/env bash
# packs.sh BIN   a pack in one file: the same bytes twice, checked and played like its folder, its attempt graded and explained with it.
set -euo pipefail
bin=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SHIXUN_HOME=$work/home
fail() { echo "FAIL: $*"; exit 1; }

"$bin/shixunctl" pack auto-repair "$work/one.shixun"
cp -r "$root/scenarios/auto-repair" "$work/folder"
find "$work/folder" -exec touch -d 2001-02-03 {} +
"$bin/shixunctl" pack "$work/folder" "$work/two.shixun"
cmp "$work/one.shixun" "$work/two.shixun" || fail "the same pack gave other bytes"
"$bin/shixunctl" check "$work/one.shixun" --strict
sum() { "$bin/shixunctl" check "$1" --json | grep -o '"sha256":"[0-9a-f]*"'; }
[ "$(sum "$work/one.shixun")" = "$(sum auto-repair)" ] || fail "the file and the folder differ in their hash"

"$bin/shixun" play "$work/one.shixun/wheel-change" --headless --trace "$root/scenarios/auto-repair/exercises/wheel-change/traces/expert.jsonl" --journal "$work/j.jsonl"
"$bin/shixunctl" grade "$work/j.jsonl" --pack "$work/one.shixun" | grep -q 'as stored' || fail "graded otherwise than stored"
"$bin/shixunctl" explain "$work/j.jsonl" --pack "$work/one.shixun" --lang en -o "$work/report.html"
grep -q '88.3 N·m – 107.9 N·m' "$work/report.html" || fail "the report lacks the torque's window"
! grep -q '<script' "$work/report.html" || fail "the report needs a script"

head -c 5000 "$work/one.shixun" >"$work/cut.shixun"
"$bin/shixunctl" check "$work/cut.shixun" && fail "half a file was taken for a pack"
"$bin/shixunctl" pack "$root/tests/packs/base" "$work/base.zip" && fail "any name was taken"
echo "one file, one folder: the same pack"
