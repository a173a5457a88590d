#!/usr/bin/env bash
# check_in.sh BIN   a whole check-in in the window by key and mouse, guided, to 90 marks at least: every step can be done, none is out of reach.
exec "$(dirname "${BASH_SOURCE[0]}")/node-test" check_in.mjs "$1" Xvfb xdotool
