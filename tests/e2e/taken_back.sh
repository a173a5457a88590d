#!/usr/bin/env bash
# taken_back.sh BIN   guided mode takes a critical error back in the window and says why, also when the program was killed before it did.
exec "$(dirname "${BASH_SOURCE[0]}")/node-test" taken_back.mjs "$1" Xvfb xdotool
