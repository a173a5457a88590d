#!/usr/bin/env bash
# developer.sh BIN   the developer's panel in the window: it shows, switches and flies, leaves the attempt alone, and stays out of assessments.
exec "$(dirname "${BASH_SOURCE[0]}")/node-test" developer.mjs "$1" Xvfb xdotool
