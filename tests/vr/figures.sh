#!/usr/bin/env bash
# figures.sh BIN [TIER]   measures, on a quiet machine: first picture in focus, stereo against mono, pictures a second. No test.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bin=$(realpath "$1")
exec tests/vr/in-vr "$bin" --timeout 300 -- python3 tests/vr/figures.py "$bin" "${2:-low}"
