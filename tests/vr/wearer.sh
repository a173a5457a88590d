#!/usr/bin/env bash
# wearer.sh BIN   the first questions, what follows from the answers, and changing them from the menu.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bin=$(realpath "$1")
exec tests/vr/in-vr "$bin" --timeout 300 -- python3 tests/vr/wearer.py "$bin"
