#!/usr/bin/env bash
# tls.sh BIN   results go to the one server that proves who it is, and to none of the impostors.
set -euo pipefail
for tool in node openssl; do command -v $tool >/dev/null || { echo "$tool is not installed"; exit 77; }; done
exec node "$(dirname "$0")/tls.mjs" "$(cd "$1" && pwd)"
