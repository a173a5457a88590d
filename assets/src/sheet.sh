#!/bin/bash
# sheet.sh   one small picture of every built model, then assets/sheet.jpg with names
set -euo pipefail
cd "$(dirname "$0")"
work=../../build/assets/shots
mkdir -p "$work"
shots=()
for f in ../models/*.gltf; do
  n=$(basename "$f" .gltf)
  shots+=("$work/$n.png")
  [ "$work/$n.png" -nt "$f" ] || nice -n 5 blender -b --factory-startup --python preview.py -- "$f" "$work/$n.png" w=360 h=300 spp=24 az=40 el=20 | grep KIT
done
montage -font /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf -label '%t' "${shots[@]}" -tile 6x -geometry +6+6 -background '#222' -fill white -quality 86 ../sheet.jpg
