#!/bin/bash
# build.sh [MODEL ...]   textures, decals, models, check, manifest (all models when none is named).
# Built files go to assets/models and assets/textures (committed); logs and pictures to build/assets (not committed).
# -t 1: with one thread the same script gives the same bytes.   LOD=1 also writes two LODs to look at.
set -euo pipefail
cd "$(dirname "$0")"
out=../models tex=../textures work=../../build/assets
mkdir -p "$out" "$tex/decals" "$work"
[ -d node_modules/gltf-validator ] || npm install --no-audit --no-fund --silent
missing=()
for s in $(sed -n 's/^SETS = \[\(.*\)\]/\1/p' textures.py | tr -d ,); do [ "$tex/${s}_base.jpg" -nt textures.py ] || [ -f "$tex/${s}_base.jpg" ] || missing+=("$s"); done
[ ${#missing[@]} -eq 0 ] || /usr/bin/python3 textures.py "$tex" "${missing[@]}"
[ $# -gt 0 ] || set -- $(basename -s .py -a models/*.py)
for m in "$@"; do
  for svg in $(grep -oE 'decal\("[a-z0-9_]+"' "models/$m.py" | sed 's/.*"\(.*\)"/\1/' | sort -u); do
    [ ! -f "decals/$svg.svg" ] || [ "$tex/decals/$svg.png" -nt "decals/$svg.svg" ] || rsvg-convert -w "$(sed -n 's/.*px-width="\([0-9]*\)".*/\1/p' "decals/$svg.svg" | head -1 | grep . || echo 1024)" "decals/$svg.svg" -o "$tex/decals/$svg.png"
  done
  nice -n 5 blender -b -t 1 --factory-startup --python-exit-code 1 --python "models/$m.py" -- out="$out" textures="$tex" > "$work/$m.log" 2>&1 \
    || { tail -30 "$work/$m.log"; exit 1; }
  grep '^KIT' "$work/$m.log"
  if [ "${LOD:-0}" = 1 ]; then for l in 1:0.4 2:0.12; do
    npx gltfpack -i "$out/$m.gltf" -o "$work/${m}_lod${l%%:*}.gltf" -noq -kn -km -ke -tr -si "${l##*:}"
  done; fi
  node validate.mjs "$out/$m.gltf"
  flock "$work/.manifest.lock" /usr/bin/python3 manifest.py "$m"
done
