#!/usr/bin/env bash
# cmi5.sh BIN   exercises that an LMS launches: token, launch data, statements, what satisfies a course, an LMS that is away or done with the session.
# Exit 77: cannot be tested here (no node, or the npm registry cannot be reached).
set -euo pipefail
bin=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
. "$here/peers.inc"
exec node "$here/cmi5.mjs" "$bin" "$modules"
