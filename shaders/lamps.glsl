// Lamps: glowing rectangles that light what lies before them, cast soft shadow if they have a map, and are seen in reflections.

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


// A pattern that differs from pixel to pixel without clumps (Jimenez, "Next Generation Post Processing in Call of Duty", 2014).
float pixel_noise() { return fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715)))); }

// Share of the lamp seen from p on a surface facing n: soft by the size of the lamp and the distance of what stands between, as in Fernando,
// "Percentage-Closer Soft Shadows", 2005, with the lamp's own rectangle as the filter. Distances enter as near / distance, which is what the
// map holds: it is linear over a plane seen in perspective, so the mean of blockers and the slope of the surface are exact.
float lamp_shadow(LampInfo lamp, vec3 p, vec3 n) {
  uint layer = lamp.shadow - 1;
  vec4 map = PASS.lamp_shadow[layer];
  vec3 up = cross(lamp.along, lamp.direction);
  vec3 v = p - lamp.position;
  float z = dot(v, lamp.direction);
  if (z <= map.y) return 1.0;
  // Off the surface by two texels.
  float texel_m = 2.0 * z / (map.x * map.z);
  float facing = clamp(-dot(n, v) * inversesqrt(dot(v, v)), 0.0, 1.0);
  v += n * (texel_m * (1.0 + 1.5 * sqrt(1.0 - facing * facing)));
  z = dot(v, lamp.direction);
  vec2 uv = 0.5 + 0.5 * map.x * vec2(dot(v, lamp.along), -dot(v, up)) / z;
  if (any(lessThan(uv, vec2(0.0))) || any(greaterThan(uv, vec2(1.0)))) return 1.0;
  float depth = map.y / z;
  // Slope of the surface over the map.
  float c = dot(n, v);
  c = min(c, -0.08 * length(v));
  vec2 slope = map.y * vec2(dot(n, lamp.along), -dot(n, up)) / c * (2.0 / map.x);
  vec2 reach = vec2(lamp.half_x, lamp.half_y) * (0.5 * map.x / map.y);  // times (blocker's depth - own depth): the filter's half size
  float least = 1.2 / map.z;
  // Turned from pixel to pixel: fine noise instead of steps.
  float turn = pixel_noise() * 6.2831853;
  mat2 rotation = mat2(cos(turn), sin(turn), -sin(turn), cos(turn));
  const mat2 golden = mat2(-0.73736888, 0.67549029, -0.67549029, -0.73736888);
  int taps = int(map.w), search = taps;
  // The normal of a smoothed or bumped surface is not quite that of its triangles: the more it is seen from the side, the more that matters.
  float slack = length(slope) * 0.2;
  vec2 widest = min(reach * (1.0 - depth) + least, 0.25);
  float blocked = 0.0, blockers = 0.0;
  vec2 spoke = rotation[0];
  for (int i = 0; i < search; ++i) {
    spoke = golden * spoke;
    vec2 d = spoke * sqrt(float(i) / float(search)) * widest;  // the first straight towards the lamp: see key_shadow_in
    float found = textureLod(screen_lamp_depth, vec3(uv + d, float(layer)), 0.0).x;
    if (found > depth + dot(slope, d) + slack * (length(d) + 2.0 / map.z) + 4e-4 * depth) blocked += found, blockers += 1.0;
  }
  if (blockers == 0.0) return 1.0;
  vec2 width = min(reach * max(blocked / blockers - depth, 0.0) + least, 0.25);
  float lit = 0.0;
  spoke = rotation[1];
  for (int i = 0; i < taps; ++i) {
    spoke = golden * spoke;
    vec2 d = spoke * sqrt((float(i) + 0.5) / float(taps)) * width;
    lit += textureGrad(screen_lamp_shadow, vec4(uv + d, float(layer), depth + dot(slope, d) + slack * (length(d) + 2.0 / map.z) + 4e-4 * depth), vec2(0.0), vec2(0.0));
  }
  return lit / float(taps);
}

// What a wide lobe about d sends on of a lamp: the lamp as one direction, the one nearest the lobe's middle.
vec3 lamp_caught(LampInfo lamp, vec3 to_lamp, float height, vec3 n, vec3 v, vec3 d, vec3 f0, float n_v, float alpha) {
  vec3 across = cross(lamp.direction, lamp.along);
  float facing = -dot(d, lamp.direction);
  vec3 q = d * (height / max(facing, 0.25)) - to_lamp;
  // The wider the lobe, the more of the lamp is far from its middle: from the nearest point towards the centre.
  vec2 half_size = vec2(lamp.half_x, lamp.half_y) * (0.6 * (1.0 - smoothstep(0.02, 0.5, alpha)));
  vec3 c = to_lamp + lamp.along * clamp(dot(q, lamp.along), -half_size.x, half_size.x) + across * clamp(dot(q, across), -half_size.y, half_size.y);
  float c2 = dot(c, c);
  vec3 l = c * inversesqrt(c2);
  float n_l = dot(n, l);
  if (n_l <= 0.0) return vec3(0.0);
  float area = 4.0 * lamp.half_x * lamp.half_y;
  float angle = area * height * inversesqrt(c2) / (c2 + 0.16 * area);  // of the lamp as seen from here, steradians
  float wide = clamp(sqrt(alpha * alpha + 0.06 * angle), 0.0, 1.0);
  vec3 h = normalize(v + l);
  // A rough metal loses light between its facets that really leaves it after some more bounces (Fdez-Aguero, 2019).
  vec3 again = 1.0 + f0 * (1.0 / max(reflected_share(vec3(1.0), sqrt(alpha), n_v).x, 0.3) - 1.0);
  return min(angle * 0.31831 * ggx(wide, clamp(dot(n, h), 0.0, 1.0), n_v, n_l) * n_l, 1.0) * (f0 + (1.0 - f0) * schlick(dot(l, h))) * again;
}

// All lamps at p: on a matte surface facing n, and what a surface of f0 and roughness mirrors of them around r. A lamp far enough away counts as a small one; near by it is softened.
// `lobes`: also what wide lobes catch, which is all that rough metal has. `blocked`: share of a shadow that lamps without a map of their own take over from the key light.
void lamps_light(vec3 p, vec3 n, vec3 surface_n, vec3 v, vec3 r, float n_v, vec3 f0, float roughness, float blocked, bool lobes, out vec3 diffuse,
                 out vec3 mirrored) {
  diffuse = vec3(0.0);
  mirrored = vec3(0.0);
  vec3 share = reflected_share(f0, roughness, n_v);
  float spread = lobe_spread(roughness);
  float wide = clamp((spread - 0.03) * 7.0, 0.0, 1.0);  // from the lamp's picture to its mean
  for (uint i = 0; i < PASS.light.lamp_count; ++i) {
    LampInfo lamp = PASS.lamps[i];
    vec3 to_lamp = lamp.position - p;
    float height = -dot(to_lamp, lamp.direction);  // before the lamp's plane
    float d2 = dot(to_lamp, to_lamp);
    float window = 1.0 - d2 / (lamp.range * lamp.range);
    if (height <= 0.0 || window <= 0.0) continue;
    // The part of a long lamp that is nearest counts most.
    float along = dot(to_lamp, lamp.along);
    vec3 c = to_lamp - lamp.along * clamp(along, -lamp.half_x, lamp.half_x) * 0.6;
    float c2 = dot(c, c);
    float inv = inversesqrt(c2);
    float round = clamp(0.25 * max(lamp.half_x, lamp.half_y) * inv, 0.02, 0.15);  // a large lamp lights a bit round the corner
    float in_cos = max((dot(n, c) * inv + round) / (1.0 + round), 0.0);
    float area = 4.0 * lamp.half_x * lamp.half_y;
    float seen = 1.0 - blocked;
    if ((kFeatures & kFeatureLampShadow) != 0 && lamp.shadow != 0) seen = in_cos > 0.0 ? lamp_shadow(lamp, p, surface_n) : 0.0;
    diffuse += lamp.radiance * (seen * area * height * inv * in_cos * window / (3.14159 * (c2 + 0.5 * area)));
    float picture = (lobes ? wide < 1.0 : spread < 0.85) ? lamp_mirrored(lamp, to_lamp, height, r, spread) : 0.0;
    if (wide > 0.0 && lobes) {
      vec3 mean = lamp_caught(lamp, to_lamp, height, n, v, r, f0, n_v, roughness * roughness);
      // A sharp picture of the lamp is cut by what stands before it, which the map does not know; a wide one is dimmed.
      if ((kFeatures & kFeatureLampShadow) != 0 && lamp.shadow != 0) mean *= seen, picture *= mix(1.0, seen, 0.7);
      mirrored += lamp.radiance * mix(picture * share, mean, wide);
    } else {
      mirrored += lamp.radiance * share * (picture * clamp((0.85 - spread) * 4.0, 0.0, 1.0));
    }
  }
}

// Share of a spot's light that leaves it in a direction, by glTF's KHR_lights_punctual: a cone with a soft edge, the square of the distance, and
// a range at which it ends.
float spot_share(LampInfo lamp, vec3 to_lamp, float d2) {
  float edge = clamp(-dot(to_lamp, lamp.direction) * inversesqrt(d2) * lamp.cone.x + lamp.cone.y, 0.0, 1.0);
  float q = d2 / (lamp.range * lamp.range);
  return edge * edge * clamp(1.0 - q * q, 0.0, 1.0) / d2;
}

// All spots at p: as lamps_light. Their bulbs are small: a highlight, but no picture of a lamp.
void spots_light(vec3 p, vec3 n, vec3 surface_n, vec3 v, float n_v, vec3 f0, float alpha, inout vec3 diffuse, inout vec3 mirrored) {
  for (uint i = PASS.light.lamp_count; i < PASS.light.lamp_count + PASS.light.spot_count; ++i) {
    LampInfo lamp = PASS.lamps[i];
    vec3 to_lamp = lamp.position - p;
    float d2 = max(dot(to_lamp, to_lamp), 1e-4);
    float share = spot_share(lamp, to_lamp, d2);
    vec3 l = to_lamp * inversesqrt(d2);
    float n_l = dot(n, l);
    if (share <= 0.0 || n_l <= 0.0) continue;
    if ((kFeatures & kFeatureLampShadow) != 0 && lamp.shadow != 0) share *= lamp_shadow(lamp, p, surface_n);
    // Pi is folded into the unit of light: what a matte surface sends on is its colour times this.
    vec3 light = lamp.radiance * (share * n_l * 0.31831);
    vec3 h = normalize(v + l);
    diffuse += light;
    mirrored += light * (f0 + (1.0 - f0) * schlick(dot(l, h))) * ggx(max(alpha, 0.03), clamp(dot(n, h), 0.0, 1.0), n_v, n_l);
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
