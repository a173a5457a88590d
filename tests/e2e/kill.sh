#!/usr/bin/env bash
# kill.sh BIN   kill -9 at random moments: no attempt is lost, at most a second of events, and the store stays whole.
exec "$(dirname "${BASH_SOURCE[0]}")/node-test" kill.mjs "$1"
