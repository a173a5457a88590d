#!/usr/bin/env bash
# first_exercise.sh BIN   scenarios/README.md and its Chinese version, followed word for word: the exercise they build comes to what they tell.
exec "$(dirname "${BASH_SOURCE[0]}")/node-test" first_exercise.mjs "$1"
