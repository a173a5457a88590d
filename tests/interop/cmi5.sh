#!/usr/bin/env bash
# cmi5.sh BIN   exercises that an LMS launches: token, launch data, statements, what satisfies a course, an LMS that is away or done with the session.
# Exit 77: cannot be tested here (no node, or the npm registry cannot be reached).
set -euo pipefail
bin=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
. "$here/peers.inc"
if command -v xdg-mime >/dev/null; then  # links start the program, for this user only
  links=$(mktemp -d)
  export XDG_DATA_HOME=$links/data XDG_CONFIG_HOME=$links/config
  mkdir -p "$XDG_CONFIG_HOME"
  "$here/../../tools/launch-links" >/dev/null
  [ "$(xdg-mime query default x-scheme-handler/shixun)" = shixun.desktop ] && grep -q '^Exec="/.*/build/release/shixun" launch %u$' "$XDG_DATA_HOME/applications/shixun.desktop" || { echo "FAIL: no handler of the links"; exit 1; }
  rm -rf "$links"
  unset XDG_DATA_HOME XDG_CONFIG_HOME
fi
exec node "$here/cmi5.mjs" "$bin" "$modules"
