#!/usr/bin/env bash
# comfort.sh BIN   going and turning, a fist that takes, a finger that presses, letting go of the headset and coming back.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bin=$(realpath "$1")
exec tests/vr/in-vr "$bin" --timeout 300 --packages xdotool -- python3 tests/vr/comfort.py "$bin"
