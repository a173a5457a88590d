#!/usr/bin/env bash
# many_attempts.sh BIN   100,000 attempts in the store: listing, filtering and exporting take no more than 12 times what sqlite3 takes to print the rows.
# Measured on two cores: 0.3 to 1.5 s of processor time each, sqlite3 0.3 to 0.4.
set -euo pipefail
bin=$(cd "$1" && pwd)
root=$(cd "$(dirname "$0")/../.." && pwd)
command -v sqlite3 >/dev/null || { echo "sqlite3 is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SHIXUN_HOME=$work/home
expert=$root/scenarios/auto-repair/exercises/wheel-change/traces/expert.jsonl
"$bin/shixun" play auto-repair/wheel-change --headless --trace "$expert" --mode assessment --trainee s-1 >/dev/null
# Copies of the one real attempt, a thousand trainees over a year; each with a journal's name, as a school's folder would have. Their marksheets are
# cut: no list reads them (the plan below), and whole ones would fill 2 GB.
sqlite3 "$SHIXUN_HOME/data/attempts.sqlite" <<'SQL'
PRAGMA synchronous = OFF;
CREATE TEMP TABLE one AS SELECT * FROM attempts;
CREATE TEMP TABLE copies AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99999) SELECT i, one.* FROM n, one;
UPDATE copies SET uuid = printf('%08x-0000-4000-8000-000000000000', i), trainee = 's-' || (i % 1000), started_utc = strftime('%Y-%m-%dT%H:%M:%S.000Z', '2026-01-01', '+' || (i * 5) || ' minutes'),
  marksheet = substr(marksheet, 1, 500), journal = 'journals/' || printf('%08x-0000-4000-8000-000000000000', i) || '.jsonl', queued = 1;
ALTER TABLE copies DROP COLUMN i;
INSERT INTO attempts SELECT * FROM copies;
SQL
(cd "$SHIXUN_HOME/data/journals" && seq 1 99999 | awk '{printf "%08x-0000-4000-8000-000000000000.jsonl\n", $1}' | xargs touch)
sqlite3 "$SHIXUN_HOME/data/attempts.sqlite" 'EXPLAIN QUERY PLAN SELECT uuid, head_sha256, open_mp FROM attempts ORDER BY started_utc, uuid' | grep -q 'COVERING INDEX attempts_listed' ||
  { echo "FAIL: a list reads the marksheets"; exit 1; }
processor_time() { { TIMEFORMAT='%U %S'; time "$@" >"$work/out"; } 2>&1 | awk '{printf "%.2f", $1 + $2}'; }
yardstick=$(processor_time sqlite3 "$SHIXUN_HOME/data/attempts.sqlite" 'SELECT * FROM attempts')
echo "sqlite3: $yardstick s of processor time"
measured() {  # measured WORDS COMMAND...
  local words=$1 seconds
  shift
  seconds=$(processor_time "$@")
  echo "$words: $seconds s of processor time, $(wc -l <"$work/out") lines"
  awk "BEGIN{exit !($seconds < 12 * $yardstick)}" || { echo "FAIL: $words took $seconds s, sqlite3 $yardstick"; exit 1; }
}
measured 'list of one trainee' "$bin/shixunctl" results list --trainee s-7
[ "$(wc -l <"$work/out")" = 100 ] || { echo "FAIL: the list is not whole"; exit 1; }
measured 'list of one month' "$bin/shixunctl" results list --since 2026-03-01 --until 2026-04-01
measured 'list of all' "$bin/shixunctl" results list
[ "$(wc -l <"$work/out")" = 100000 ] || { echo "FAIL: the list is not whole"; exit 1; }
measured 'table of all' "$bin/shixunctl" results export
[ "$(wc -l <"$work/out")" = 100001 ] || { echo "FAIL: the table is not whole"; exit 1; }
