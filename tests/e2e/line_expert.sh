#!/usr/bin/env bash
# line_expert.sh BIN   the line's sensor fault in the window by key and mouse: everything can be reached, pointed at and done.
exec "$(dirname "${BASH_SOURCE[0]}")/node-test" line_expert.mjs "$1" Xvfb xdotool
