// The room's reflection cube: directions of its texels, and how it is read.

// Roughness of a level (0..1 of all levels): finer steps where reflections are sharp. level_of() is its inverse.
float roughness_of(float level) { return (1.7 - sqrt(2.89 - 2.8 * level)) / 1.4; }
float level_of(float roughness) { return roughness * (1.7 - 0.7 * roughness); }

vec3 cube_direction(uint face, vec2 uv) {
  vec2 p = uv * 2.0 - 1.0;
  switch (face) {
    case 0: return normalize(vec3(1.0, -p.y, -p.x));
    case 1: return normalize(vec3(-1.0, -p.y, p.x));
    case 2: return normalize(vec3(p.x, 1.0, p.y));
    case 3: return normalize(vec3(p.x, -1.0, -p.y));
    case 4: return normalize(vec3(p.x, -p.y, 1.0));
    default: return normalize(vec3(-p.x, -p.y, -1.0));
  }
}

// Van der Corput's sequence beside even steps: points that fill a square evenly.
vec2 even_point(uint i, uint count) { return vec2((float(i) + 0.5) / float(count), float(bitfieldReverse(i)) * 2.3283064365386963e-10); }

mat3 frame_about(vec3 n) {
  vec3 side = normalize(abs(n.y) < 0.9 ? cross(vec3(0.0, 1.0, 0.0), n) : cross(vec3(1.0, 0.0, 0.0), n));
  return mat3(side, cross(n, side), n);
}

// The mip of the raw cube whose texel is as large as what one of `count` samples of density `pdf` stands for.
float mip_for(float pdf, uint count) {
  float side = float(textureSize(screen_probe, 0).x);
  return max(0.5 * log2(6.0 * side * side / (4.0 * 3.14159265 * float(count) * max(pdf, 1e-4))) + 0.7, 0.0);
}
