#!/usr/bin/env bash
# tests/fuzz/run.sh SECONDS [TARGET...]   feeds spoiled input to what reads foreign files, each target that long (default: all of them):
#   expression  pack  archive  journal  trace  school  credential
# Exit 0: no crash, no hang (10 s for one input), no more than 512 MB. What did it is kept in build/fuzz/found/ and named.
# The seeds are the repository's own files; what is found to reach new code is kept in build/fuzz/corpus/ for the next time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=${1:?"usage: tests/fuzz/run.sh SECONDS [TARGET...]"}
shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(expression pack archive journal trace school credential)
command -v clang++ >/dev/null || { echo "no clang++: tools/setup test installs it"; exit 77; }

mkdir -p build/fuzz
tools/build sanitized "${targets[@]/#/fuzz_}" || exit 1

base=tests/packs/base
seed() { mkdir -p "build/fuzz/seeds/$1"; { printf '%b' "$2"; cat; } >"build/fuzz/seeds/$1/$(printf '%s' "$3" | tr '/ ' '__')"; }
files=(pack.yaml scene.yaml data/sheet.yaml strings/en.yaml exercises/brake/scenario.yaml exercises/brake/rubric.yaml)  # as pack.cpp has them
for i in "${!files[@]}"; do
  for f in tests/packs/*/"${files[$i]}" tests/trainer/"${files[$i]}"; do
    [ ! -f "$f" ] || [ "$(stat -c %s "$f")" -gt 20000 ] || seed pack "\\x0$i" "$f" <"$f"
  done
done
n=0
{ grep -rhoP "when: \"\K[^\"]+" tests/packs scenarios || true
  printf '%s\n' 'torque in 88.3 N·m .. 107.9 N·m and not happened(pulled)' 'since(pulled) >= 10 min or last(brake, state) == pulled' 'count(released) * 50 % < 3 / 7' \
    'min(lift, 3 mm, abs(-2 mm)) == $truth.wear' 'torque > $data.brake_pull.max and tool != hand' "state == 'pulled' and object == brake and time < 3 s"
} | while read -r line; do n=$((n + 1)); printf '%s' "$line" | seed expression '\x03' "$n"; done
mkdir -p build/fuzz/seeds/archive
[ ! -x build/release/shixunctl ] || build/release/shixunctl pack $base build/fuzz/seeds/archive/base.shixun >/dev/null
for f in $base/exercises/brake/traces/*.jsonl tests/packs/*/exercises/brake/traces/*.jsonl; do seed trace '' "$f" <"$f"; done
for f in tests/mappings/*/mapping.yaml; do seed school '\x02' "$f" <"$f"; done
printf 'trainee,number\r\ns-1,"2026,017"\r\ns-2,甲001\n' | seed school '\x04' numbers
printf 'format: 1\nsource: {name: A, code: a}\nattempt: best\nline_items:\n  a/b: {line_item: li, class: c}\n' | seed school '\x06' gradebook
printf '%s\n' '{"v":"dispute","at":"2026-01-02T03:04:05.678Z","by":"t-1","aspect":"note","machine_mp":0,"proposed_mp":1000,"reason":"seen"}' | seed school '\x01' dispute
printf '%s\n' '{"v":"judge","at":"2026-01-02T03:04:05.678Z","by":"t-1","role":"teacher","levels":{"note":2}}' | seed school '\x01' judge
# A journal: header and events as the recorder writes them; the target chains them.
journal='{"attempt":"01783d98-178e-4dfd-bd8a-073aec32dfee","device":"headless","engine":"0.1.0","exercise":"base/brake","format":1,"lang":"en","mode":"practice","pack":{"id":"base","scoring_sha256":"'$(printf '0%.0s' {1..64})'","sha256":"'$(printf '0%.0s' {1..64})'","version":"1.0.0"},"scorer":SCORER,"seed":"7","started_utc":"2026-01-02T03:04:05.678Z","title":{"en":"Brake","zh-CN":"手刹"},"trainee":"t1","v":"header"}
{"a":{"state":"pulled"},"o":"brake","prev":"0","seq":1,"t":1000,"v":"set"}
{"a":{"value":"fine"},"o":"note","prev":"0","seq":2,"t":2000,"v":"record"}
{"a":{"to":1},"prev":"0","seq":3,"t":2500,"v":"rewind"}
{"a":{"angle_cd":360,"at":"bench.hook","torque_dnm":-5},"o":"wrench","prev":"0","seq":4,"t":2500,"tool":"hand","v":"turn"}
{"a":{"reason":"handed_in"},"prev":"0","seq":5,"t":3000,"v":"finish"}'
scorer=$(sed -n 's/.*kScorerVersion = \([0-9]*\);/\1/p' engine/training/grade.h)
printf '%s\n' "${journal/SCORER/$scorer}" | seed journal '\x01' chained
printf '%s\n' "${journal/SCORER/$scorer}" | seed journal '\x02' raw
new=${journal/SCORER/$scorer} zero=$(printf '0%.0s' {1..64})
new=${new/\"engine\":\"0.1.0\",/\"engine\":\"0.1.0\",\"engine_sha256\":\"$zero\",} new=${new/\"format\":1/\"format\":2} new=${new/\"mode\":/\"mapping\":null,\"mode\":}
new=${new/\"seed\":\"7\"/\"scorer_sha256\":\"$zero\",\"seed\":{\"number\":\"7\"\}} new=${new/\"trainee\"/\"token\":null,\"trainee\"}
printf '%s\n' "$new" | seed journal '\x01' format2
sealed=${new/\{\"number\":\"7\"\}/\{\"box\":\"AA\",\"commitment\":\"$zero\",\"kid\":\"k\"\}}
printf '%s\n' "$sealed" '{"at":"2026-01-02T03:04:05.678Z","jwk":{"e":"AQAB","kty":"RSA","n":"AA"},"prev":"0","sig":"AA","suite":"RS256","v":"signature"}' | seed journal '\x01' sealed
printf '%s\n' "${new/\"format\":2/\"format\":3}" '{"in":[{"amount":40,"do":"turn","hold":[[2,150,20]],"o":"n","tick":480},{"session":"release","tick":600}],"prev":"0","v":"inputs"}' '{"answer":"e30.e30.AA","prev":"0","v":"proctor"}' | seed journal '\x01' format3
printf '%s\n' '{"v":"assessment","format":1,"jti":"01783d98-178e-4dfd-bd8a-073aec32dfee","exam":"e","candidate":"c","exercise":"a/b","scoring_sha256":"'"$zero"'","from":"2026-01-01T00:00:00Z","until":"2027-01-01T00:00:00Z","seed":{"commitment":"'"$zero"'","kid":"k","box":"AA"}}' | seed credential '\x04' token
printf '%s\n' '{"id":"urn:a","jti":"urn:a","iss":"i","issuer":{"id":"i"},"sub":"s","credentialSubject":{"id":"s","verifiableCredential":["a.b.c"]},"type":["ClrCredential"],"nbf":1,"exp":4000000000}' | seed credential '\x04' record
printf '%s\n' '{"v":"revocations","revokedCredentials":[{"id":"urn:a"}]}' | seed credential '\x04' revocations
printf '%s\n' '{"e":"AQAB","kty":"RSA","n":"AA","kid":"k","shixun_role":"school","shixun_name":"s"}' | seed credential '\x02' key
printf 'format: 1\nid: https://a.example/i\nname: {zh-CN: x, en: A}\nrevocations: https://a.example/r\nvalid_years: 5\n' | seed credential '\x03' school
printf '%s\n' 'shixun://launch?endpoint=https%3A%2F%2Fa.example%2Fx&fetch=https%3A%2F%2Fa.example%2Ff&registration=01783d98-178e-4dfd-bd8a-073aec32dfee&activityId=https%3A%2F%2Fa.example%2Fu&actor=%7B%22account%22%3A%7B%22homePage%22%3A%22https%3A%2F%2Fa.example%22%2C%22name%22%3A%22n%22%7D%7D' \
  '{"contextTemplate":{"contextActivities":{"category":[{"id":"a"}],"grouping":[{"id":"b"}]},"extensions":{"c":1}},"launchMode":"Normal","launchParameters":"a/b practice","masteryScore":0.8,"moveOn":"Completed"}' | seed credential '\x05' launch
printf '\x89PNG\r\n\x1a\n\0\0\0\0IEND\xaeB\x60\x82' | seed credential '\x01' png

printf '%s\n' '"and"' '"or"' '"not"' '"in"' '".."' '"=="' '"!="' '"<="' '">="' '"happened("' '"count("' '"since("' '"last("' '"min("' '"max("' '"abs("' '"$truth."' '"$data."' '" N\xC2\xB7m"' '" mm"' '" V"' '" %"' \
  '"when:"' '"where:"' '"moments:"' '"cases:"' '"group:"' '"read_within:"' '"all: true"' '"last: true"' '"pulled"' '"brake"' '"999999999"' >build/fuzz/words.dict
mkdir -p build/fuzz/found
fuzz() {  # fuzz TARGET
  local log=build/fuzz/$1.log
  if ASAN_OPTIONS=quarantine_size_mb=16:detect_leaks=0 build/sanitized/fuzz_"$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=512 -max_len=16384 -dict=build/fuzz/words.dict \
      -artifact_prefix="build/fuzz/found/$1-" -print_final_stats=1 -verbosity=1 "build/fuzz/corpus/$1" "build/fuzz/seeds/$1" >"$log" 2>&1; then
    echo "$1: $(awk '/number_of_executed_units/{n=$2} /peak_rss_mb/{m=$2} /slowest_unit_time_sec/{s=$2} END{print n " inputs, slowest " s " s, at most " m " MB"}' "$log")"
  else
    echo "$1: FAILED: $(grep -E 'ERROR|SUMMARY|runtime error|Test unit written' "$log" | tr '\n' ' ' | cut -c1-300) [$log]"
    return 1
  fi
}
failed=0 running=0
for t in "${targets[@]}"; do
  mkdir -p "build/fuzz/corpus/$t"
  if [ $running = "$(nproc)" ]; then wait -n || failed=1; running=$((running - 1)); fi
  fuzz "$t" &
  running=$((running + 1))
done
for ((; running > 0; running--)); do wait -n || failed=1; done
[ $failed = 0 ]
