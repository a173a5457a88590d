#!/usr/bin/env bash
# full_disk.sh BIN   a disk that fills: what was said to be recorded stays, an assessment does not begin, and one that has begun is finished.
# Exit 77: no small disk can be made here (it needs root and mount namespaces).
set -euo pipefail
if [ "${2:-}" != inside ]; then
  unshare -m true 2>/dev/null || { echo "no mount namespace can be made here"; exit 77; }
  exec unshare -m "$0" "$1" inside
fi
bin=$(cd "$1" && pwd)
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'umount "$work/disk" 2>/dev/null || true; rm -rf "$work"' EXIT
mkdir "$work/disk"
mount -t tmpfs -o size=80m tmpfs "$work/disk" 2>/dev/null || { echo "no small disk can be mounted here"; exit 77; }
export SHIXUN_HOME=$work/disk/home
fail() { echo "FAIL: $*"; exit 1; }
leave() {  # leave KIB   fills the disk up to so much
  rm -f "$work/disk/filler"
  local free
  free=$(df --output=avail -k "$work/disk" | tail -1)
  fallocate -l "$((free - $1))K" "$work/disk/filler"
}
traces=$root/scenarios/auto-repair/exercises/wheel-change/traces
play() { "$bin/shixun" play auto-repair/wheel-change --headless --trace "$1" --mode "$2" --trainee s-1 --json; }
attempt() { sed 's/.*"attempt":"\([^"]*\)".*/\1/'; }
closed() { "$bin/shixunctl" results list --closed --json | grep -o '"attempt":"[^"]*"' | sort; }

first=$(play "$traces/expert.jsonl" assessment | attempt)
# One that is broken off: the trace goes on with a thing that is not there.
{ head -30 "$traces/expert.jsonl"; echo '{"t":900000,"do":"take","o":"no_such_thing"}'; } >"$work/cut.jsonl"
! play "$work/cut.jsonl" assessment >"$work/out" 2>"$work/err" || fail "the cut trace was played to its end"
open=$("$bin/shixunctl" results list --open --json | attempt)
[ -n "$open" ] || fail "no attempt is open: $(cat "$work/err")"

leave 20000
code=0; play "$traces/expert.jsonl" assessment >"$work/out" 2>"$work/err" || code=$?
[ $code = 3 ] && grep -q 'an assessment cannot begin' "$work/err" || fail "an assessment on a full disk: exit $code $(cat "$work/err")"
"$bin/shixunctl" results close "$open" >/dev/null || fail "an assessment that has begun cannot be finished"
play "$traces/expert.jsonl" practice >/dev/null || fail "practising is not kept from anybody"
kept=$(closed)
[ "$(wc -l <<<"$kept")" = 3 ] || fail "not three attempts: $kept"

# Full in the middle of a write, with a little more room each time: said to be recorded or not, and what was said is so.
said=0 refused=0
for room in 0 8 16 24 40 64 96 140 200 400 2000; do
  leave $room
  code=0; play "$traces/expert.jsonl" practice >"$work/out" 2>"$work/err" || code=$?
  if [ $code = 0 ]; then
    said=$((said + 1)) kept+=$'\n'"\"attempt\":\"$(attempt <"$work/out")\""
  else
    refused=$((refused + 1))
    [ $code = 3 ] || fail "a full disk with $room KiB: exit $code $(cat "$work/err")"
    grep -qiE 'no space|disk is full|full' "$work/err" || fail "it is not said that the disk is full: $(cat "$work/err")"
  fi
done
[ $said -gt 0 ] && [ $refused -gt 2 ] || fail "the disk was never, or always, full: $said recorded, $refused refused"
rm "$work/disk/filler"
"$bin/shixunctl" results check --json >"$work/check" || fail "something is damaged: $(cat "$work/check")"
for id in $("$bin/shixunctl" results list --open --json | grep -o '"attempt":"[^"]*"' | cut -d'"' -f4); do "$bin/shixunctl" results close "$id" >/dev/null || fail "$id cannot be finished"; done
now=$(closed)
while read -r id; do grep -qF "$id" <<<"$now" || fail "$id was said to be recorded and is gone"; done <<<"$kept"
"$bin/shixunctl" grade "$SHIXUN_HOME/data/journals/$first.jsonl" | grep -q 'as stored' || fail "the first attempt scores otherwise"
echo "nothing that was recorded is lost: $said attempts recorded, $refused refused while the disk filled"
