#!/usr/bin/env bash
# schema.sh BIN   the JSON Schemas of packs and the loader agree. Exit 77: cannot be tested here (no node, or the npm registry cannot be
# reached).
set -euo pipefail
bin=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
command -v node >/dev/null && command -v npm >/dev/null || { echo "node and npm are not installed"; exit 77; }
peers=$here/../../build/schema
mkdir -p "$peers"
if ! cmp -s "$here/package.json" "$peers/package.json" || [ ! -f "$peers/node_modules/.complete" ]; then
  cp "$here/package.json" "$peers/package.json"
  if ! (cd "$peers" && timeout 240 npm install --silent --no-audit --no-fund --ignore-scripts --no-package-lock); then
    rm -f "$peers/package.json"
    echo "the npm packages ajv and yaml cannot be installed (no registry in reach?)"
    exit 77
  fi
  touch "$peers/node_modules/.complete"
fi
exec node "$here/schema.mjs" "$bin" "$(cd "$peers" && pwd)/node_modules"
