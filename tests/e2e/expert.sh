#!/usr/bin/env bash
# expert.sh BIN   a whole wheel change in the window by key and mouse, to full marks: every step can be done, none is out of reach.
exec "$(dirname "${BASH_SOURCE[0]}")/node-test" expert.mjs "$1" Xvfb xdotool
