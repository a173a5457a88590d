#!/usr/bin/env bash
# watch.sh BIN   a pack is edited while it is played in a window: words, tolerances and mistakes.
exec "$(dirname "${BASH_SOURCE[0]}")/node-test" watch.mjs "$1" Xvfb xdotool
