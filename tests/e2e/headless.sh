#!/usr/bin/env bash
# headless.sh BIN   the whole line without a display: play, store, grade again, tamper, list, export.
set -euo pipefail
bin=$(cd "$1" && pwd)
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SHIXUN_HOME=$work/home
unset DISPLAY WAYLAND_DISPLAY
# A loader that cannot be found, as on a machine without Vulkan.
export VK_DRIVER_FILES=/nonexistent.json
fail() { echo "FAIL: $*"; exit 1; }

trace=$root/scenarios/auto-repair/exercises/wheel-change/traces/expert.jsonl
start=$(date +%s%N)
"$bin/shixun" play auto-repair/wheel-change --headless --trace "$trace" --json >"$work/play.json"
took_ms=$((($(date +%s%N) - start) / 1000000))
echo "headless play took $took_ms ms"
node -e '
  const r = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
  const m = r.marksheet, ok = (c, t) => { if (!c) { console.log("FAIL: " + t); process.exit(1); } };
  ok(/^[0-9a-f-]{36}$/.test(r.attempt), "attempt is a UUID");
  ok(m.exercise === "auto-repair/wheel-change" && m.total_mp === 100000 && m.max_mp === 100000, "full marks");
  ok(m.process_mp === 63000 && m.outcome_mp === 37000, "63 process, 37 outcome");
  ok(m.verdict === "pass" && m.codes.length === 0, "passes without codes");
  for (const c of m.criteria) ok(c.why["zh-CN"] && c.why.en && Array.isArray(c.events), "every mark is explained: " + c.id);
  console.log(r.journal);
' "$work/play.json" | tee "$work/journal.path"
journal=$(tail -1 "$work/journal.path")
[ -f "$journal" ] || fail "the journal is not where the program says"

"$bin/shixunctl" grade "$journal" --json >"$work/again.json"
node -e '
  const fs = require("fs");
  const stored = JSON.parse(fs.readFileSync(process.argv[1], "utf8")).marksheet;
  const lines = fs.readFileSync(process.argv[2], "utf8").trim().split("\n");
  const again = fs.readFileSync(process.argv[3], "utf8").trim();
  const footer = JSON.parse(lines[lines.length - 1]);
  if (JSON.stringify(footer.sheet) !== again || JSON.stringify(stored) !== again) { console.log("FAIL: the marksheet is not byte-identical"); process.exit(1); }
' "$work/play.json" "$journal" "$work/again.json"

# One flipped byte anywhere: exit 1, and the line is named.
lines=$(wc -l <"$journal")
for n in 1 2 $((lines / 2)) $((lines - 1)) "$lines"; do
  awk -v n="$n" 'NR==n{i=int(length($0)/2); c=substr($0,i,1); $0=substr($0,1,i-1) (c=="1"?"2":"1") substr($0,i+1)} {print}' "$journal" >"$work/flipped.jsonl"
  code=0
  "$bin/shixunctl" grade "$work/flipped.jsonl" >"$work/out" 2>"$work/err" || code=$?
  [ "$code" = 1 ] || fail "a flipped byte in line $n: exit $code"
  grep -qE "flipped.jsonl:[0-9]+" "$work/err" || fail "a flipped byte in line $n: no line named: $(cat "$work/err")"
done

"$bin/shixunctl" results list --json | grep -q '"auto-repair/wheel-change"' || fail "results list does not show the attempt"
"$bin/shixunctl" results export --format csv --out "$work/results.csv"
grep -q 'auto-repair/wheel-change' "$work/results.csv" || fail "the CSV does not hold the attempt"

# Usage and environment errors have their own exit codes and one clear line.
code=0; "$bin/shixun" play nothing/here --headless --trace "$trace" >/dev/null 2>"$work/err" || code=$?
[ "$code" = 2 ] || fail "an unknown pack: exit $code"
[ "$(wc -l <"$work/err")" = 1 ] || fail "an unknown pack: not one line: $(cat "$work/err")"
code=0; "$bin/shixunctl" nonsense >/dev/null 2>&1 || code=$?
[ "$code" = 2 ] || fail "an unknown subcommand: exit $code"
echo "headless line is whole"
