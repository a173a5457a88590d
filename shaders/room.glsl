// The room that everything reflects, as formulas instead of pictures: a box with floor, walls and ceiling, and glowing rectangles. `spread`
// is the tangent of the reflection lobe's half angle: all edges are softened by what the lobe covers at their distance, which prefilters
// the room by roughness.

// Share of a lobe of width s that falls on [-h, h], seen from u. A cubic step stands for the lobe's integral: cheap and close.
float lobe_share(float u, float h, float inv_s) {
  float a = clamp(0.5 + (u + h) * inv_s, 0.0, 1.0), b = clamp(0.5 + (u - h) * inv_s, 0.0, 1.0);
  return a * a * (3.0 - 2.0 * a) - b * b * (3.0 - 2.0 * b);
}

// A lamp as a lobe around d mirrors it.
float lamp_mirrored(LampInfo lamp, vec3 to_lamp, float height, vec3 d, float spread) {
  float facing = -dot(d, lamp.direction);
  // A lobe that points past the lamp's plane still touches it with its edge.
  float seen = clamp((facing + spread) / (2.0 * spread + 0.02), 0.0, 1.0);
  float t = height / max(facing, 0.15 * spread + 0.02);
  vec3 q = d * t - to_lamp;
  float inv_s = 1.0 / max(3.2 * spread * t, 0.008);
  return seen * lobe_share(dot(q, lamp.along), lamp.half_x, inv_s) * lobe_share(dot(q, cross(lamp.direction, lamp.along)), lamp.half_y, inv_s);
}

// Floor, walls and ceiling without lamps.
vec3 room_walls(vec3 p, vec3 d, float spread) {
  vec3 lower = PASS.light.room_lower, upper = PASS.light.room_upper;
  p = clamp(p, lower + 0.05, upper - 0.05);
  vec3 away = mix(lower, upper, greaterThan(d, vec3(0.0))) - p;
  vec3 t = away / (d + vec3(lessThan(abs(d), vec3(1e-4))) * 1e-3 * sign(away));
  float wall = min(abs(t.x), abs(t.z));
  float flat_side = abs(t.y);
  // 0: the ray ends on a wall, 1: on floor or ceiling
  float s = wall / (wall + flat_side);
  float soft = 0.006 + 0.5 * min(spread, 1.0);
  float level = smoothstep(0.5 - soft, 0.5 + soft, s);
  float hit_y = p.y + d.y * min(wall, flat_side * 1.5);
  float h = clamp((hit_y - lower.y) / (upper.y - lower.y), 0.0, 1.0);
  // Walls: benches and machines below make a dark band, the upper wall catches the lamps. The band gives chrome its horizon.
  float band = 0.04 + 0.35 * min(spread, 1.0);
  float above = smoothstep(0.30 - band, 0.30 + band, h);
  vec3 wall_light = PASS.light.wall_color * mix(0.42, 0.80 + 0.45 * h, above);
  // Corners and far ends are a little darker: two walls at right angles do not look alike.
  wall_light *= abs(t.x) < abs(t.z) ? 1.0 : 0.86;
  float up = smoothstep(-soft, soft, d.y);
  vec3 flat_light = mix(PASS.light.floor_color, PASS.light.ceiling_color, up);
  return mix(wall_light, flat_light, level) * PASS.light.ambient;
}

// Light from the room's surfaces on a matte surface facing n: floor, walls and ceiling weighted by what it faces.
vec3 room_diffuse(vec3 n) {
  float up = n.y * 0.5 + 0.5;
  vec3 vertical = mix(PASS.light.floor_color, PASS.light.ceiling_color, up * up * (3.0 - 2.0 * up));
  return mix(PASS.light.wall_color * (0.75 + 0.12 * n.y), vertical, 0.35 + 0.40 * n.y * n.y) * PASS.light.ambient;
}

// All lamps at p: on a matte surface facing n, and mirrored around r (skipped where the lobe is so wide that nothing is to be seen). A lamp
// far enough away counts as a small one; near by it is softened.
void lamps_light(vec3 p, vec3 n, vec3 r, float spread, out vec3 diffuse, out vec3 mirrored) {
  diffuse = vec3(0.0);
  mirrored = vec3(0.0);
  for (uint i = 0; i < PASS.light.lamp_count; ++i) {
    LampInfo lamp = PASS.lamps[i];
    vec3 v = lamp.position - p;
    float height = -dot(v, lamp.direction);  // before the lamp's plane
    float d2 = dot(v, v);
    float window = 1.0 - d2 / (lamp.range * lamp.range);
    if (height <= 0.0 || window <= 0.0) continue;
    // The part of a long lamp that is nearest counts most.
    float along = dot(v, lamp.along);
    vec3 c = v - lamp.along * clamp(along, -lamp.half_x, lamp.half_x) * 0.6;
    float c2 = dot(c, c);
    float inv = inversesqrt(c2);
    float in_cos = max((dot(n, c) * inv + 0.15) / 1.15, 0.0);  // a long lamp lights a bit round the corner
    float area = 4.0 * lamp.half_x * lamp.half_y;
    diffuse += lamp.radiance * (area * height * inv * in_cos * window / (3.14159 * (c2 + 0.5 * area)));
    if (spread < 0.85) mirrored += lamp.radiance * lamp_mirrored(lamp, v, height, r, spread);
  }
}

// The lamps mirrored by a second, clear layer.
vec3 lamps_mirrored(vec3 p, vec3 r, float spread) {
  vec3 sum = vec3(0.0);
  for (uint i = 0; i < PASS.light.lamp_count; ++i) {
    LampInfo lamp = PASS.lamps[i];
    vec3 v = lamp.position - p;
    float height = -dot(v, lamp.direction);
    if (height > 0.0) sum += lamp.radiance * lamp_mirrored(lamp, v, height, r, spread);
  }
  return sum;
}
