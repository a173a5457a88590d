// The room that everything reflects, as formulas instead of pictures: a box with floor, walls and ceiling. `spread` is the tangent of the
// reflection lobe's half angle: all edges are softened by what the lobe covers, which prefilters the room by roughness.

// A studio's sky over its floor.
vec3 studio_sky(vec3 d, float spread) {
  float soft = 0.02 + 0.5 * min(spread, 1.0);
  float t = (d.y * 0.5 + 0.5 - 0.35) / 0.4;
  vec3 sky = mix(PASS.light.floor_color, PASS.light.ceiling_color, smoothstep(-0.2 * soft, 1.0 + 0.2 * soft, t) * 0.4 + clamp(t, 0.0, 1.0) * 0.6);
  return mix(PASS.light.wall_color, sky, smoothstep(-soft, soft, d.y)) * PASS.light.ambient;
}

// Floor, walls and ceiling without lamps.
vec3 room_walls(vec3 p, vec3 d, float spread) {
  if ((PASS.flags & kPassStudio) != 0) return studio_sky(d, spread);
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
  if ((PASS.flags & kPassStudio) != 0) return studio_sky(n, 1.0);
  float up = n.y * 0.5 + 0.5;
  vec3 vertical = mix(PASS.light.floor_color, PASS.light.ceiling_color, up * up * (3.0 - 2.0 * up));
  return mix(PASS.light.wall_color * (0.75 + 0.12 * n.y), vertical, 0.35 + 0.40 * n.y * n.y) * PASS.light.ambient;
}
