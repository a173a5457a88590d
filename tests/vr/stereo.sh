#!/usr/bin/env bash
# stereo.sh BIN   lopsided fields of view, eyes that look apart: both at once are what each is alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bin=$(realpath "$1")
mkdir -p build/vr/stereo
rm -f build/vr/stereo/*.png
exec tests/vr/in-vr "$bin" --timeout 300 -- python3 tests/vr/stereo.py "$bin" build/vr/stereo/eyes.png
