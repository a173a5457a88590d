#!/usr/bin/env bash
# smoke.sh BIN   the exercise starts in a headset, both eyes are drawn, Vulkan's and OpenXR's validation layers have nothing to say.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
here=tests/vr
bin=$(realpath "$1")
out=build/vr/smoke
mkdir -p "$out"
rm -f "$out"/*.txt "$out"/*.png
SHIXUN_VALIDATION=1 "$here/in-vr" "$bin" --timeout 300 --env XR_ENABLE_API_LAYERS=XR_APILAYER_LUNARG_core_validation --env XR_CORE_VALIDATION_EXPORT_TYPE=text \
  --env XR_CORE_VALIDATION_FILE_NAME="$(realpath "$out")/xr.txt" -- python3 "$here/smoke.py" "$bin" "$out/eyes.png"
if grep -v VALID_DEBUG "$out/xr.txt"; then
  echo "FAIL: OpenXR's validation layer says so"
  exit 1
fi
