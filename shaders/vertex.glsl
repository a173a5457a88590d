// Unpacking a vertex, and packing what skin.comp turned; the packing of all of it is in engine/render/scene.cpp.

vec3 octahedral(vec2 e) {
  vec3 v = vec3(e, 1.0 - abs(e.x) - abs(e.y));
  float t = max(-v.z, 0.0);
  v.x += v.x >= 0.0 ? -t : t;
  v.y += v.y >= 0.0 ? -t : t;
  return normalize(v);
}

vec3 unpack_normal(uint packed) { return octahedral(unpackSnorm2x16(packed)); }

vec4 unpack_tangent(uint packed) {
  vec2 e = vec2(float(packed & 0x7ffu) / 1023.0 - 1.0, float((packed >> 11) & 0xfffu) / 2047.0 - 1.0);
  return vec4(octahedral(e), (packed & 0x800000u) != 0 ? -1.0 : 1.0);
}

// Onto the octahedron and from there to the square; `n` need not be of unit length.
vec2 to_octahedron(vec3 n) {
  vec2 e = n.xy / (abs(n.x) + abs(n.y) + abs(n.z));
  vec2 turned = (1.0 - abs(e.yx)) * vec2(e.x >= 0.0 ? 1.0 : -1.0, e.y >= 0.0 ? 1.0 : -1.0);
  return n.z >= 0.0 ? e : turned;
}

uint pack_normal(vec3 n) { return packSnorm2x16(to_octahedron(n)); }

// Without handedness and occlusion.
uint pack_tangent(vec3 t) {
  vec2 e = (to_octahedron(t) + 1.0) * vec2(1023.0, 2047.0) + 0.5;
  return uint(e.x) | uint(e.y) << 11;
}

float unpack_occlusion(uint packed) { return float(packed >> 24) / 255.0; }

vec3 place(Instance i, vec3 p) {
  vec4 q = vec4(p, 1.0);
  return vec3(dot(i.row0, q), dot(i.row1, q), dot(i.row2, q));
}
