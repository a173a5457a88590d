#!/usr/bin/env bash
# help.sh BIN   "do it for me" in the window: done act by act, marked and charged; refused and not charged where there is no way.
exec "$(dirname "${BASH_SOURCE[0]}")/node-test" help.mjs "$1" Xvfb xdotool
