#!/usr/bin/env bash
# links.sh BIN   shixunctl, and shixun itself, must start where no graphics library is installed.
set -euo pipefail
bin=$1
for program in shixunctl shixun; do
  if ldd "$bin/$program" | grep -iE 'vulkan|glfw|imgui|libX11|wayland|libGL|openxr|assimp|meshoptimizer|openal|sndfile'; then
    echo "FAIL: $program links graphics (above)"
    exit 1
  fi
done
echo "no graphics in the core"
