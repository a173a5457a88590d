#!/usr/bin/env bash
# credential.sh BIN   a credential, a record and a certificate's seal, issued from a real attempt, are accepted by an independent verifier (npm's
# jose) and refused when anything in them is not as it was. Exit 77: cannot be tested here (no node, or the npm registry cannot be reached).
set -euo pipefail
bin=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
. "$here/peers.inc"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SHIXUN_HOME=$work/home
fail() { echo "FAIL: $*"; exit 1; }
ctl=$bin/shixunctl
expert=$here/../../scenarios/auto-repair/exercises/wheel-change/traces/expert.jsonl

attempt() { "$bin/shixun" play auto-repair/wheel-change --headless --trace "$expert" --mode assessment --trainee s-1 --json | sed 's/.*"attempt":"\([^"]*\)".*/\1/'; }
a=$(attempt) b=$(attempt)
printf 'a passphrase\n' >"$work/pass" && chmod 600 "$work/pass"
"$ctl" keys create school --name example-school --passphrase-file "$work/pass" >/dev/null
mkdir -p "$SHIXUN_HOME/config"
cat >"$SHIXUN_HOME/config/school.yaml" <<'YAML'
format: 1
id: https://school.example/issuer
name: {zh-CN: 示例职业学校, en: Example Vocational School}
revocations: https://school.example/revocations
valid_years: 5
YAML
cp "$here/../mappings/base/mapping.yaml" "$SHIXUN_HOME/config/mapping.yaml"
sign=(--passphrase-file "$work/pass")
code=0; "$ctl" credential issue "$a" --out "$work/out" </dev/null 2>"$work/err" || code=$?
[ $code = 1 ] && grep -q 'the key has a passphrase' "$work/err" || fail "issued without the passphrase: exit $code $(cat "$work/err")"
code=0; PATH=$work "$ctl" credential issue "$a" --out "$work/no" --pdf "${sign[@]}" >/dev/null 2>"$work/err" || code=$?
[ $code = 3 ] && grep -q 'Install the Debian package weasyprint' "$work/err" || fail "a PDF without weasyprint: exit $code $(cat "$work/err")"
"$ctl" credential issue "$a" --out "$work/pdf" --holder 张三丰 --pdf "${sign[@]}" >/dev/null
for lang in zh-CN en; do
  pdf=$work/pdf/$a.$lang.pdf
  [ "$(pdfinfo "$pdf" | sed -n 's/^Pages: *//p')" = 1 ] && pdfinfo "$pdf" | grep -q A4 && pdftotext "$pdf" - | grep -q 张三丰 || fail "the certificate as a PDF ($lang): $(pdfinfo "$pdf")"
done
for id in "$a" "$b"; do "$ctl" credential issue "$id" --out "$work/out" --image "$here/../../assets/textures/decals/lobby_picture.png" "${sign[@]}" >/dev/null; done
"$ctl" credential bundle "$work/out/$a.en.jwt" "$work/out/$b.en.jwt" --out "$work/out/clr.jwt" "${sign[@]}" >/dev/null
"$ctl" keys show example-school --out "$work/school.json" 2>/dev/null
node "$here/credential.mjs" "$modules" "$work/school.json" "$work/out/$a.en.jwt" "$work/out/$a.zh-CN.jwt" "$work/out/clr.jwt"
"$ctl" credential verify "$work/out/$a.en.png" --lang en | grep -q ': good' || fail "the badge's credential"
node -e 'const p=process.argv[1],f=require("fs"),t=f.readFileSync(p,"utf8"),[h,b,s]=t.trim().split("."),o=JSON.parse(Buffer.from(b,"base64url"));o.name="Forged";
  f.writeFileSync(p+".forged",[h,Buffer.from(JSON.stringify(o)).toString("base64url"),s].join("."))' "$work/out/$a.en.jwt"
code=0; "$ctl" credential verify "$work/out/$a.en.jwt.forged" --json >"$work/said" || code=$?
[ $code = 1 ] && grep -q '"verdict":"changed"' "$work/said" || fail "a forged credential: exit $code $(cut -c1-200 "$work/said")"

# ---- revoked, and told so on a machine that has only the school's key and its list
id=$("$ctl" credential list --json | sed -n '1s/.*"id":"\([^"]*\)".*/\1/p')
"$ctl" credential revoke "$id" --reason 'mixed up' && "$ctl" credential revocations --out "$work/revoked.jwt" "${sign[@]}"
export SHIXUN_HOME=$work/other
code=0; "$ctl" credential verify "$work/out/$a.zh-CN.jwt" --json >"$work/said" || code=$?
[ $code = 1 ] && grep -q '"verdict":"unknown_key"' "$work/said" || fail "a key nobody trusts: exit $code"
code=0; "$ctl" keys trust "$work/school.json" >/dev/null 2>&1 || code=$?
[ $code = 2 ] || fail "trusted without a fingerprint: exit $code"
"$ctl" keys trust "$work/school.json" --fingerprint "$(sed 's/.*"kid":"\([^"]*\)".*/\1/' "$work/school.json")" >/dev/null
"$ctl" credential verify "$work/out/$a.en.jwt" --revocations "$work/revoked.jwt" >/dev/null || fail "the other language's credential is good"
code=0; "$ctl" credential verify "$work/out/$a.zh-CN.jwt" --revocations "$work/revoked.jwt" --json >"$work/said" || code=$?
[ $code = 1 ] && grep -q '"verdict":"revoked"' "$work/said" || fail "a revoked credential: exit $code $(cut -c1-200 "$work/said")"
! grep -rq 'a passphrase' "$work/home" "$work/out" || fail "the passphrase is written somewhere"
echo "credentials are accepted by jose, and every spoilt one is refused"
