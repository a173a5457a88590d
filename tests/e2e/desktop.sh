#!/usr/bin/env bash
# desktop.sh BIN   the program in a window, with real key and mouse events: walks, looks, loosens a nut, hands in, sees the result.
exec "$(dirname "${BASH_SOURCE[0]}")/node-test" desktop.mjs "$1" Xvfb xdotool
