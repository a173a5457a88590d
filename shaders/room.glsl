// The room that everything reflects, as formulas instead of pictures: a box with floor, walls and ceiling, and glowing rectangles. `spread`
// is the tangent of the reflection lobe's half angle: all edges are softened by what the lobe covers at their distance, which prefilters
// the room by roughness.

// Share of a lobe of width s that falls on [-h, h], seen from u. The algebraic sigmoid has the long tails that rough metal shows.
float lobe_share(float u, float h, float s) {
  float a = (u + h) / s, b = (u - h) / s;
  return 0.5 * (a * inversesqrt(1.0 + a * a) - b * inversesqrt(1.0 + b * b));
}

vec3 lamp_reflection(LampInfo lamp, vec3 p, vec3 d, float spread) {
  vec3 to_lamp = lamp.position - p;
  float height = -dot(to_lamp, lamp.direction);  // > 0 behind the lamp
  if (height >= 0.0) return vec3(0.0);
  float facing = -dot(d, lamp.direction);
  // A lobe that points past the lamp's plane still touches it with its edge.
  float seen = smoothstep(-spread, spread + 0.02, facing);
  if (seen <= 0.0) return vec3(0.0);
  float t = -height / max(facing, 0.15 * spread + 0.02);
  t = min(t, 4.0 * length(to_lamp));
  vec3 q = p + d * t - lamp.position;
  vec3 across = cross(lamp.direction, lamp.along);
  float s = max(spread * t, 0.004);
  return lamp.radiance * (seen * lobe_share(dot(q, lamp.along), lamp.half_x, s) * lobe_share(dot(q, across), lamp.half_y, s));
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

// What a lobe around `d` receives at p.
vec3 room_reflection(vec3 p, vec3 d, float spread) {
  vec3 sum = room_walls(p, d, spread);
  for (uint i = 0; i < PASS.light.lamp_count; ++i) sum += lamp_reflection(Lamps(PASS.lamps).at[i], p, d, spread);
  return sum;
}

// Light from the room's surfaces on a matte surface facing n: floor, walls and ceiling weighted by what it faces.
vec3 room_diffuse(vec3 n) {
  float up = n.y * 0.5 + 0.5;
  vec3 vertical = mix(PASS.light.floor_color, PASS.light.ceiling_color, up * up * (3.0 - 2.0 * up));
  return mix(PASS.light.wall_color * (0.75 + 0.12 * n.y), vertical, 0.35 + 0.40 * n.y * n.y) * PASS.light.ambient;
}

// Lamps on a matte surface: a glowing rectangle far enough away to count as a small one, softened near by.
vec3 lamps_diffuse(vec3 p, vec3 n) {
  vec3 sum = vec3(0.0);
  for (uint i = 0; i < PASS.light.lamp_count; ++i) {
    LampInfo lamp = Lamps(PASS.lamps).at[i];
    vec3 v = lamp.position - p;
    float d2 = dot(v, v);
    if (d2 > lamp.range * lamp.range) continue;
    float inv = inversesqrt(d2);
    float out_cos = max(-dot(v, lamp.direction) * inv, 0.0);
    float in_cos = max((dot(n, v) * inv + 0.15) / 1.15, 0.0);  // a long lamp lights a bit round the corner
    float area = 4.0 * lamp.half_x * lamp.half_y;
    float window = 1.0 - d2 / (lamp.range * lamp.range);
    sum += lamp.radiance * (area * out_cos * in_cos * window * window / (3.14159 * (d2 + 0.5 * area)));
  }
  return sum;
}
