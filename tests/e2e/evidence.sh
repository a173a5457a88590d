#!/usr/bin/env bash
# evidence.sh BIN   evidence of a real exercise: signed, verified, tampered with, carried to another station; an assessment by the school's token.
set -euo pipefail
bin=$(cd "$1" && pwd)
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SHIXUN_HOME=$work/station
ctl=$bin/shixunctl
expert=$root/scenarios/auto-repair/exercises/wheel-change/traces/expert.jsonl
fail() { echo "FAIL: $*"; exit 1; }
expect() {  # expect CODE WORDS COMMAND...
  local code=$1 words=$2 got=0
  shift 2
  "$@" >"$work/out" 2>&1 </dev/null || got=$?
  [ "$got" = "$code" ] || fail "$*: exit $got, expected $code: $(cat "$work/out")"
  grep -qF -- "$words" "$work/out" || fail "$*: does not say '$words': $(cat "$work/out")"
}

"$bin/shixun" play auto-repair/wheel-change --headless --trace "$expert" --mode assessment --trainee s-1 --journal "$work/j.jsonl" >/dev/null
expect 0 'Verdict: good' "$ctl" verify "$work/j.jsonl" --lang en
expect 0 '结论：可信' "$ctl" verify "$work/j.jsonl"
grep -q 'Integrity level\|可信级别' "$work/out" || fail "no level"
[ "$(grep -c '' "$work/out")" -le 24 ] || fail "more than one screen"
lines=$(wc -l <"$work/j.jsonl")
[ "$(grep -c '"v":"signature"' "$work/j.jsonl")" -ge 2 ] || fail "a long attempt is signed in between"
for n in 1 2 $((lines / 2)) $((lines - 1)) "$lines"; do
  sed "${n}s/[0-9]/9/;${n}s/a/b/" "$work/j.jsonl" >"$work/bad"
  expect 1 'damaged or changed' "$ctl" verify "$work/bad" --lang en
  sed "${n}d" "$work/j.jsonl" >"$work/bad"
  expect 1 'Verdict: not good' "$ctl" verify "$work/bad" --lang en
  sed "${n}p" "$work/j.jsonl" >"$work/bad"
  expect 1 'damaged or changed' "$ctl" verify "$work/bad" --lang en
done
head -n $((lines - 1)) "$work/j.jsonl" >"$work/bad"
expect 1 'not closed' "$ctl" verify "$work/bad" --lang en
head -c -100 "$work/j.jsonl" >"$work/bad"
expect 1 'the file was cut' "$ctl" verify "$work/bad" --lang en

# ---- another machine: knows nobody, then the school and its list
"$ctl" results export --package --home-page https://id.school.example --out "$work/p.zip" >/dev/null
"$ctl" keys show "$("$ctl" keys list | grep -o '^[^ ]*' | head -1)" --out "$work/station.json" 2>/dev/null
export SHIXUN_HOME=$work/school
expect 1 'not among those known here' "$ctl" verify "$work/j.jsonl" --lang en
expect 1 'is not known here' "$ctl" verify "$work/p.zip" --lang en
expect 1 'which is not known here' "$ctl" results import "$work/p.zip"
"$ctl" keys create school --name example-school --no-passphrase >/dev/null
kid=$(sed 's/.*"kid":"\([^"]*\)".*/\1/' "$work/station.json")
expect 2 "$kid" "$ctl" keys trust "$work/station.json"
expect 1 'is not this key' "$ctl" keys trust "$work/station.json" --fingerprint "x$kid"
"$ctl" keys trust "$work/station.json" --fingerprint "$kid" >/dev/null
expect 0 'Verdict: good' "$ctl" verify "$work/p.zip" "$work/j.jsonl" --lang en
expect 0 '新增 1 次作业' "$ctl" results import "$work/p.zip"
expect 0 '1 次本机已有' "$ctl" results import "$work/p.zip"
expect 0 's-1' "$ctl" results list

# ---- an assessment by the school's token
head -c 32 /dev/urandom | base64 >"$work/secret" && chmod 600 "$work/secret"
token() { "$ctl" token issue auto-repair/wheel-change --exam 2026-spring --candidate c-17 --station "$kid" --from "$1" --until "$2" --secret-file "$work/secret" --out "$work/token"; }
hour() { date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ; }
token "$(hour '-1 hour')" "$(hour '+1 hour')"
"$ctl" keys publish --out "$work/list.jwt" && "$ctl" keys show example-school --out "$work/school.json" 2>/dev/null
export SHIXUN_HOME=$work/station
play=("$bin/shixun" play auto-repair/wheel-change --headless --trace "$expert" --token "$work/token")
expect 1 'not signed by a school whose key is known here' "${play[@]}"
"$ctl" keys trust "$work/school.json" --fingerprint "$(sed 's/.*"kid":"\([^"]*\)".*/\1/' "$work/school.json")" >/dev/null
expect 0 '考生 c-17' "$ctl" token show "$work/token"
expect 0 '"attempt"' "${play[@]}" --json --journal "$work/exam.jsonl"
expect 0 'begun by a token of the school example-school: exam 2026-spring, candidate c-17' "$ctl" verify "$work/exam.jsonl" --lang en
expect 1 'used already' "${play[@]}"
expect 2 'excludes' "${play[@]}" --trainee somebody
SHIXUN_HOME=$work/school token "$(hour '-2 hours')" "$(hour '-1 hour')"
expect 1 'had to begin before' "${play[@]}"

# ---- a stolen station
export SHIXUN_HOME=$work/school
"$ctl" keys revoke "$kid" --reason 'stolen' >/dev/null
"$ctl" keys publish --out "$work/list.jwt"
expect 1 'stolen' "$ctl" verify "$work/j.jsonl" --lang en
export SHIXUN_HOME=$work/station
expect 0 '吊销 1' "$ctl" keys import "$work/list.jwt"
expect 1 'stolen' "$ctl" verify "$work/j.jsonl" --lang en

# ---- a key of other software whose id begins with a dash
node -e '
  const crypto = require("crypto"), fs = require("fs");
  for (;;) {
    const n = crypto.randomBytes(384);
    n[0] |= 128, n[383] |= 1;
    const key = { e: "AQAB", kty: "RSA", n: n.toString("base64url") }, kid = crypto.createHash("sha256").update(JSON.stringify(key)).digest("base64url");
    if (!kid.startsWith("-")) continue;
    fs.writeFileSync(process.argv[1], JSON.stringify({ ...key, alg: "RS256", shixun_role: "station", shixun_name: "dash" }));
    console.log(kid);
    break;
  }' "$work/dash.json" >"$work/dash.kid"
kid=$(cat "$work/dash.kid")
"$ctl" keys trust "$work/dash.json" --fingerprint "$kid" >/dev/null
expect 0 "$kid" "$ctl" keys show -- "$kid"
expect 0 "" "$ctl" keys revoke --reason 'lost' -- "$kid"
echo "evidence holds, and what was done to it shows"
