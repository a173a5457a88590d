#!/usr/bin/env bash
# sounds.sh BIN   what is heard: sample by sample without a device, and from the program in its window through a driver that writes a file.
set -euo pipefail
bin=$(cd "$1" && pwd)
[ -x "$bin/audio_tests" ] || { echo "built without graphics"; exit 77; }
ALSOFT_DRIVERS=none "$bin/audio_tests" --gtest_brief=1
exec "$(dirname "${BASH_SOURCE[0]}")/node-test" sounds.mjs "$bin" Xvfb xdotool
