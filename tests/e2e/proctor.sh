#!/usr/bin/env bash
# proctor.sh BIN   an assessment that a proctor's desk watches (integrity level 3): whole, with the desk away, with a stranger in its place, played too fast.
set -euo pipefail
bin=$(cd "$1" && pwd)
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
desk=
trap '[ -z "$desk" ] || kill $desk 2>/dev/null; rm -rf "$work"' EXIT
ctl=$bin/shixunctl
fail() { echo "FAIL: $*"; exit 1; }
expect() {  # expect CODE WORDS COMMAND...
  local code=$1 words=$2 got=0
  shift 2
  "$@" >"$work/out" 2>&1 </dev/null || got=$?
  [ "$got" = "$code" ] || fail "$*: exit $got, expected $code: $(cat "$work/out")"
  grep -qF -- "$words" "$work/out" || fail "$*: does not say '$words': $(cat "$work/out")"
}
kid_in() { sed 's/.*"kid":"\([^"]*\)".*/\1/' "$1"; }
hour() { date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ; }

# Nine seconds of work, handed in.
expert=$root/scenarios/auto-repair/exercises/wheel-change/traces/expert.jsonl
{ head -1 "$expert"; sed -n '2,3p' "$expert"; printf '{"t":9000,"do":"finish"}\n'; } >"$work/short.jsonl"

# ---- a station, a school, and a desk with a certificate of the school's own authority
export SHIXUN_HOME=$work/station
"$bin/shixun" play auto-repair/wheel-change --headless --trace "$work/short.jsonl" --mode practice >/dev/null  # makes the station's key
"$ctl" keys show "$("$ctl" keys list | grep -o '^[^ ]*' | head -1)" --out "$work/station.json" 2>/dev/null
export SHIXUN_HOME=$work/school
"$ctl" keys create school --name example-school --no-passphrase >/dev/null
"$ctl" keys create evaluator --name t-09 --no-passphrase >/dev/null
"$ctl" keys create evaluator --name t-10 --no-passphrase >/dev/null
"$ctl" keys trust "$work/station.json" --fingerprint "$(kid_in "$work/station.json")" >/dev/null
for name in example-school t-09; do "$ctl" keys show $name --out "$work/$name.json" 2>/dev/null; done
for name in example-school t-09; do SHIXUN_HOME=$work/station "$ctl" keys trust "$work/$name.json" --fingerprint "$(kid_in "$work/$name.json")" >/dev/null; done
certificate() {  # certificate NAME
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" -addext "subjectAltName=IP:127.0.0.1" -keyout "$work/$1.key" -out "$work/$1.pem" 2>/dev/null
  chmod 600 "$work/$1.key"
}
certificate desk
certificate stranger
mkdir -p "$work/station/config" && printf 'proctor_ca_file: %s\n' "$work/desk.pem" >"$work/station/config/config.yaml"
head -c 32 /dev/urandom | base64 >"$work/secret" && chmod 600 "$work/secret"
port=$((20000 + RANDOM % 20000))
n=0
token() {  # token: a new one, for one more attempt
  n=$((n + 1))
  SHIXUN_HOME=$work/school "$ctl" token issue auto-repair/wheel-change --exam exam-$n --candidate c-17 --station "$(kid_in "$work/station.json")" --from "$(hour '-1 hour')" --until "$(hour '+1 hour')" \
    --secret-file "$work/secret" --proctor t-09 --proctor-url "https://127.0.0.1:$port/" --proctor-every 1 --out "$work/token"
}
open_desk() {  # open_desk CERTIFICATE
  SHIXUN_HOME=$work/school "$ctl" proctor serve --by t-09 --port $port --cert "$work/$1.pem" --cert-key "$work/$1.key" --lang en >"$work/desk.log" 2>&1 &
  desk=$!
  for _ in $(seq 100); do grep -q 'The desk is open' "$work/desk.log" && return; sleep 0.1; done
  fail "the desk does not open: $(cat "$work/desk.log")"
}
close_desk() { kill $desk; wait $desk 2>/dev/null || true; desk=; }
play() {  # play JOURNAL [OPTIONS]
  local journal=$1
  shift
  SHIXUN_HOME=$work/station "$bin/shixun" play auto-repair/wheel-change --headless --trace "$work/short.jsonl" --token "$work/token" --journal "$journal" --lang en "$@" >"$work/played" 2>&1 || fail "not played: $(cat "$work/played")"
}

expect 2 'answers this machine only' "$ctl" proctor serve --by t-09 --listen 0.0.0.0 --lang en
expect 1 "no evaluator key 'nobody'" "$ctl" proctor serve --by nobody
expect 0 'watched by t-09 at https://127.0.0.1' bash -c "$(declare -f token hour kid_in); work=$work ctl=$ctl port=$port n=90; token; SHIXUN_HOME=$work/school $ctl token show $work/token --lang en"

# ---- whole
open_desk desk
token
play "$work/whole.jsonl" --pace 1
grep -q 'level 3' "$work/played" && fail "said that the desk was silent: $(cat "$work/played")"
grep -q 'candidate c-17' "$work/desk.log" || fail "the desk does not tell who began: $(cat "$work/desk.log")"
[ "$(grep -c '"v":"proctor"' "$work/whole.jsonl")" -ge 6 ] || fail "too few answers in the journal"
expect 0 'the proctor has not signed yet' "$ctl" verify "$work/whole.jsonl" --lang en
grep -q 'Integrity level L2' "$work/out" || fail "level before the proctor signed: $(cat "$work/out")"
expect 1 'names another proctor' "$ctl" proctor sign "$work/whole.jsonl" --by t-10
mv "$work/school/data/proctor.jsonl" "$work/log"
expect 1 "this desk's log does not have the answer" "$ctl" proctor sign "$work/whole.jsonl" --by t-09
mv "$work/log" "$work/school/data/proctor.jsonl"
expect 0 't-09 has signed' "$ctl" proctor sign "$work/whole.jsonl" --by t-09 --lang en
expect 0 'Integrity level L3' "$ctl" verify "$work/whole.jsonl" --lang en
expect 0 '可信级别 L3' "$ctl" verify "$work/whole.jsonl"
[ "$(grep -c '' "$work/out")" -le 24 ] || fail "more than one screen"
SHIXUN_HOME=$work/station expect 0 'Integrity level L3' "$ctl" verify "$work/whole.jsonl" --lang en
expect 0 'longest gap' "$ctl" proctor list --lang en
sed 's/"v":"watched"/"v":"watcher"/' "$work/whole.marks" >"$work/bad.marks" && cp "$work/whole.jsonl" "$work/bad.jsonl"
expect 1 'Verdict: not good' "$ctl" verify "$work/bad.jsonl" --lang en
rm "$work/bad.marks"
sed '/"v":"proctor"/d' "$work/whole.jsonl" >"$work/bad.jsonl"
expect 1 'Verdict: not good' "$ctl" verify "$work/bad.jsonl" --lang en

# ---- the desk goes away in the middle and comes back: work goes on, the level falls, and everybody says so
token
play "$work/gap.jsonl" --pace 1 &
player=$!
sleep 3
close_desk
sleep 4.5
open_desk desk
wait $player
expect 0 's passed before answer' "$ctl" verify "$work/gap.jsonl" --lang en
grep -q 'Integrity level L2' "$work/out" || fail "level after a gap: $(cat "$work/out")"
expect 1 'do not cover it' "$ctl" proctor sign "$work/gap.jsonl" --by t-09

# ---- played faster than time goes
token
play "$work/fast.jsonl" --pace 6
expect 0 'not watched from beginning to end' "$ctl" verify "$work/fast.jsonl" --lang en
grep -q 'Integrity level L2' "$work/out" || fail "level of a fast one: $(cat "$work/out")"
close_desk

# ---- nobody there, and somebody else there
token
play "$work/alone.jsonl" --pace 3
grep -q 'integrity level 3 cannot be reached' "$work/played" || fail "does not say that nobody answered: $(cat "$work/played")"
expect 0 'there is no answer' "$ctl" verify "$work/alone.jsonl" --lang en
open_desk stranger
token
play "$work/stranger.jsonl" --pace 3
grep -q 'integrity level 3 cannot be reached' "$work/played" || fail "believes a stranger: $(cat "$work/played")"
grep -q '"v":"proctor"' "$work/stranger.jsonl" && fail "took an answer over a line it could not prove"
close_desk
echo "a proctor's desk: level 3 when it was there all the time and its person says so, and never otherwise"
