#version 460
// A lit surface. Writes light (linear) and, in alpha, which share of it is ambient: that share is what ambient occlusion darkens later. A matte
// one writes the picture.
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_ballot : require
#include "pass.glsl"
#include "textures.glsl"
layout(constant_id = 1) const uint kBucket = 0;
layout(constant_id = 2) const uint kFeatures = 0;  // what the tier pays for: what it does not is not even compiled
#include "room.glsl"
#include "probe.glsl"
#include "pbr.glsl"
#include "lamps.glsl"
#include "encode.glsl"


layout(location = 0) in vec3 in_world;
layout(location = 1) in vec3 in_normal;
layout(location = 2) in vec4 in_tangent;
layout(location = 3) in vec3 in_uv_occlusion;
layout(location = 4) flat in uint in_instance;
layout(location = 0) out vec4 out_light;

// The key light's maps: one of everything, or, in a tier that pays for cascades, layer 0 of several.
float key_blocker(vec2 uv, float layer) {
  if ((kFeatures & kFeatureCascades) != 0) return textureLod(screen_cascades_depth, vec3(uv, layer), 0.0).x;
  return textureLod(screen_shadow_depth, uv, 0.0).x;
}
float key_lit(vec2 uv, float depth, float layer) {
  if ((kFeatures & kFeatureCascades) != 0) return textureGrad(screen_cascades, vec4(uv, layer, depth), vec2(0.0), vec2(0.0));
  return textureLod(screen_shadow, vec3(uv, depth), 0.0);
}

// Share of the key light that one of its maps lets through; `map` is that one's place in the map of everything.
float key_shadow_in(CascadeInfo map, float layer, vec3 p, vec3 n, float n_l) {
  // Leaving the surface along its normal, as far as the filter's rim would otherwise dip below it, avoids self-shadowing.
  const bool quick = (kFeatures & kFeatureFineShadow) == 0;
  float slope = min(sqrt(1.0 - n_l * n_l) / max(n_l, 0.05), 2.5);
  p += n * (map.texel * (0.8 + (quick ? 2.4 : 1.2) * slope));
  vec3 s = (PASS.light.shadow_matrix * vec4(p, 1.0)).xyz;
  s.xy = s.xy * map.scale + map.offset;
  if (any(lessThan(s.xy, vec2(0.0))) || any(greaterThan(s.xy, vec2(1.0)))) return 1.0;
  s.z = max(s.z, 0.0);  // beyond the map's far side lies nothing that casts; the map holds 0 there
  if (quick) {
    float few = 0.0;
    float apart = 2.0 / PASS.light.shadow_size;
    for (int i = 0; i < 4; ++i) few += key_lit(s.xy + (vec2(i & 1, i >> 1) - 0.5) * apart, s.z, layer);
    return few * 0.25;
  }
  // Soft by the distance of what stands between, like a lamp's. How the surface's depth changes over the map follows from its normal: the
  // rows of the matrix are the map's axes, longer where the map is finer.
  vec3 x = vec3(PASS.light.shadow_matrix[0].x, PASS.light.shadow_matrix[1].x, PASS.light.shadow_matrix[2].x) * map.scale.x;
  vec3 y = vec3(PASS.light.shadow_matrix[0].y, PASS.light.shadow_matrix[1].y, PASS.light.shadow_matrix[2].y) * map.scale.y;
  vec3 z = vec3(PASS.light.shadow_matrix[0].z, PASS.light.shadow_matrix[1].z, PASS.light.shadow_matrix[2].z);
  vec2 per_uv = -vec2(dot(n, x) / dot(x, x), dot(n, y) / dot(y, y)) / max(dot(n, z) / length(z), 0.12) * length(z);
  // A step of one in depth is 1 / |z| metres towards the light and blurs by key_spread of that.
  vec2 reach = PASS.light.key_spread / length(z) * vec2(length(x), length(y));
  vec2 least = vec2(1.3 / PASS.light.shadow_size), widest = min(reach * 0.5 + least, 0.06);
  float turn = pixel_noise() * 6.2831853;
  mat2 rotation = mat2(cos(turn), sin(turn), -sin(turn), cos(turn));
  const mat2 golden = mat2(-0.73736888, 0.67549029, -0.67549029, -0.73736888);
  uint taps = PASS.light.shadow_taps;
  float slack = 0.15 * length(per_uv), blocked = 0.0, blockers = 0.0;
  vec2 spoke = rotation[0];
  // The first straight towards the light, so that what is near by is found in every pixel, however steep the surface.
  for (uint i = 0; i < taps; ++i) {
    spoke = golden * spoke;
    vec2 d = spoke * sqrt(float(i) / float(taps)) * widest;
    float found = key_blocker(s.xy + d, layer);
    if (found > s.z + dot(per_uv, d) + slack * length(d)) blocked += found - s.z, blockers += 1.0;
  }
  if (blockers == 0.0) return 1.0;
  vec2 width = min(reach * max(blocked / blockers, 0.0) + least, 0.06);
  float sum = 0.0;
  spoke = rotation[1];
  for (uint i = 0; i < taps; ++i) {
    spoke = golden * spoke;
    vec2 d = spoke * sqrt((float(i) + 0.5) / float(taps)) * width;
    sum += key_lit(s.xy + d, s.z + dot(per_uv, d) + slack * length(d), layer);
  }
  return sum / float(taps);
}

float key_shadow(vec3 p, vec3 n, float n_l) {
  if ((PASS.flags & kPassKeyShadow) == 0) return 1.0;
  CascadeInfo all = CascadeInfo(vec2(1.0), vec2(0.0), 0.0, PASS.light.shadow_texel);
  if ((kFeatures & kFeatureCascades) == 0) return key_shadow_in(all, 0.0, p, n, n_l);
  // By the distance from the eye, which turning the head does not change. Each map fades into the next over the last sixth of its reach.
  float away = distance(p, PASS.views[0].eye), lit = 0.0, left = 1.0;
  uint count = PASS.light.cascade_count;
  for (uint i = 0; i <= count && left > 0.0; ++i) {
    CascadeInfo map = all;
    float share = 1.0;
    if (i < count) {
      map = PASS.light.cascades[i];
      share = 1.0 - smoothstep(0.84, 1.0, away / map.reach);
      if (share <= 0.0) continue;
    }
    lit += left * share * key_shadow_in(map, i < count ? float(i + 1) : 0.0, p, n, n_l);
    left *= 1.0 - share;
  }
  return lit;
}

// The room as seen from p along d, by a surface of that roughness: from the cube, whose pictures are laid on the room's walls.
vec3 mirrored_room(vec3 p, vec3 d, float roughness) {
  if ((kFeatures & kFeatureProbe) == 0 || (PASS.flags & kPassProbe) == 0) return room_walls(p, d, lobe_spread(roughness));
  vec3 lower = PASS.light.room_lower, upper = PASS.light.room_upper;
  p = clamp(p, lower + 0.01, upper - 0.01);
  vec3 away = mix(lower, upper, greaterThan(d, vec3(0.0))) - p;
  vec3 t = away / (d + vec3(lessThan(abs(d), vec3(1e-5))) * 1e-4 * sign(away));
  vec3 hit = p + d * min(t.x, min(t.y, t.z)) - PASS.light.probe_position;
  // A wide lobe sees more than one wall: the correction matters less.
  vec3 seen = mix(normalize(hit), d, 0.6 * roughness * roughness);
  return textureLod(screen_mirrored, seen, level_of(roughness) * PASS.light.probe_levels).rgb * PASS.light.ambient;
}

vec3 matte_room(vec3 n) {
  if ((kFeatures & kFeatureProbe) == 0 || (PASS.flags & kPassProbe) == 0) return room_diffuse(n);
  return textureLod(screen_matte, n, 0.0).rgb * PASS.light.ambient;
}

void main() {
  uint id = kOneInstanceAGroup != 0 ? subgroupBroadcastFirst(in_instance) : in_instance;
  Instance instance = instances.at[id];
  MaterialInfo m = materials.at[instance.material];
  vec2 uv = in_uv_occlusion.xy;

  vec4 base = m.base_color;
  if (m.tex_base != kNoTextureIndex) base *= sample_texture(m.tex_base, uv);
  if (kBucket == kBucketMask && base.a < m.alpha_cutoff) discard;
  uint highlight = (instance.flags >> kInstanceHighlightShift) & kInstanceHighlightMask;
  bool ghost = kBucket == kBucketBlend && highlight == kHighlightGhost;

  vec3 n = normalize(in_normal);
  if (kBucket != kBucketOpaque) {
    bool front = gl_FrontFacing != ((instance.flags & kInstanceMirrored) != 0);
    if (!front) n = -n;
  }
  if ((kFeatures & kFeatureMatte) != 0) {
    float cosine = clamp(dot(n, PASS.light.key_direction), 0.0, 1.0);
    vec3 color = clamp(base.rgb * (PASS.light.wall_color + PASS.light.key_radiance * cosine), 0.0, 1.0);
    if ((kFeatures & kFeatureEncode) != 0) color = encode(color);
    out_light = vec4(color, kBucket == kBucketBlend ? base.a : 1.0);
    return;
  }
  vec3 smooth_n = n;
  float bumps = 0.0;
  float t2 = dot(in_tangent.xyz, in_tangent.xyz);
  if (m.tex_normal != kNoTextureIndex && t2 > 1e-8) {
    vec3 t = in_tangent.xyz * inversesqrt(t2);
    vec3 b = cross(n, t) * in_tangent.w;
    vec3 bump = sample_texture(m.tex_normal, uv).xyz * 2.0 - 1.0;
    vec2 xy = bump.xy * m.normal_scale;
    n = normalize(t * xy.x + b * xy.y + n * sqrt(max(1.0 - dot(xy, xy), 0.05)));
    // Normals that differ within the pixel average to a shorter one: they spread the lobe (Toksvig, "Mipmapping Normal Maps", 2004).
    float mean = clamp(length(bump), 0.5, 1.0);
    bumps = max((1.0 - mean) / mean - 0.015, 0.0) * m.normal_scale * m.normal_scale;
  }

  float metallic = m.metallic, roughness = m.roughness, occlusion = in_uv_occlusion.z;
  if (m.tex_orm != kNoTextureIndex) {
    vec3 orm = sample_texture(m.tex_orm, uv).xyz;
    occlusion *= orm.x;
    roughness *= orm.y;
    metallic *= orm.z;
  }
  if (m.tex_occlusion != kNoTextureIndex) occlusion *= sample_texture(m.tex_occlusion, uv).x;
  // Where normals turn fast from pixel to pixel the surface is rougher than its map says (Tokuyoshi and Kaplanyan, "Improved Geometric
  // Specular Antialiasing", 2019): chrome edges do not sparkle.
  vec3 du = dFdx(n), dv = dFdy(n);
  float alpha2 = roughness * roughness * roughness * roughness + min(0.5 * (dot(du, du) + dot(dv, dv)), 0.18) + min(2.0 * bumps, 0.4);
  roughness = clamp(sqrt(sqrt(alpha2)), 0.045, 1.0);

  vec3 eye = VIEW(eye);
  vec3 v = normalize(eye - in_world);
  float n_v = clamp(abs(dot(n, v)), 0.02, 1.0);
  vec3 albedo = base.rgb * (1.0 - metallic);
  vec3 f0 = mix(vec3(0.04), base.rgb, metallic);
  float alpha = roughness * roughness;

  vec3 l = PASS.light.key_direction;
  float n_l = clamp(dot(n, l), 0.0, 1.0);
  float shadow = n_l > 0.0 ? key_shadow(in_world, smooth_n, clamp(dot(smooth_n, l), 0.0, 1.0)) : 0.0;
  vec3 h = normalize(v + l);
  float l_h = schlick(dot(l, h));
  // The key light is a large one: its highlight is never a pin-prick.
  float key_alpha = max(alpha, 0.06);
  vec3 key_spec = (f0 + (1.0 - f0) * l_h) * ggx(key_alpha, clamp(dot(n, h), 0.0, 1.0), n_v, max(n_l, 0.001));
  vec3 key = PASS.light.key_radiance * (n_l * shadow);

  vec3 r = reflect(-v, n);
  vec3 share = reflected_share(f0, roughness, n_v);
  float spec_occlusion = reflection_occlusion(n_v, occlusion, alpha);
  // A normal map may bend a reflection into the surface; there is no light from there.
  float horizon = clamp(1.0 + 1.5 * dot(r, smooth_n), 0.0, 1.0);
  spec_occlusion *= horizon * horizon;
  // The bright ceiling and lamps without a shadow map shine from where the key light does: what blocks the key light from above takes a part
  // of theirs too, so that a car stands on the floor and does not float.
  float blocked = (1.0 - shadow) * clamp(2.5 * n_l, 0.0, 1.0);
  vec3 lamp_light, lamp_mirror;
  lamps_light(in_world, n, smooth_n, v, r, n_v, f0, roughness, 0.75 * blocked, metallic > 0.1 || (kFeatures & kFeatureFineShadow) != 0, lamp_light, lamp_mirror);
  spots_light(in_world, n, smooth_n, v, n_v, f0, alpha, lamp_light, lamp_mirror);
  vec3 ambient_spec = (mirrored_room(in_world, r, roughness) * share + lamp_mirror) * spec_occlusion;
  vec3 ambient_diffuse = albedo * (matte_room(n) * (occlusion * (1.0 - 0.6 * blocked)) + lamp_light * mix(0.45, 1.0, occlusion));
  vec3 direct_diffuse = albedo * key;
  vec3 direct_spec = key * key_spec;

  if (m.clearcoat > 0.0) {
    // A second, thin, smooth layer over the first; what it mirrors the layer below does not get.
    vec3 cn = smooth_n;
    float cn_v = clamp(abs(dot(cn, v)), 0.02, 1.0);
    float cr = max(m.clearcoat_roughness, 0.045);
    float coat = (0.04 + 0.96 * schlick(cn_v)) * m.clearcoat;
    float cl = clamp(dot(cn, l), 0.0, 1.0);
    float ca = max(cr * cr, 0.02);
    vec3 coat_r = reflect(-v, cn);
    float coat_spread = lobe_spread(cr);
    vec3 coat_light = (mirrored_room(in_world, coat_r, cr) + lamps_mirrored(in_world, coat_r, coat_spread)) *
                      (coat * reflection_occlusion(cn_v, occlusion, cr * cr));
    vec3 coat_key = PASS.light.key_radiance * (cl * shadow * m.clearcoat * (0.04 + 0.96 * l_h) * ggx(ca, clamp(dot(cn, h), 0.0, 1.0), cn_v, max(cl, 0.001)));
    ambient_diffuse *= 1.0 - coat;
    direct_diffuse *= 1.0 - coat;
    ambient_spec = ambient_spec * (1.0 - coat) + coat_light;
    direct_spec = direct_spec * (1.0 - coat) + coat_key;
  }

  vec3 emissive = m.emissive;
  if (m.tex_emissive != kNoTextureIndex) emissive *= sample_texture(m.tex_emissive, uv).rgb;
  emissive *= float((instance.flags >> kInstanceGlowShift) & kInstanceGlowMask) / 127.0;

  // A lamp's own glow is left out of the cube of the room: it shines and is mirrored by formula.
  if ((kFeatures & kFeatureProbe) != 0 && (PASS.flags & kPassRoomOnly) != 0)
    for (uint i = 0; i < PASS.light.lamp_count; ++i) {
      LampInfo lamp = PASS.lamps[i];
      vec3 d = in_world - lamp.position;
      vec3 within = vec3(lamp.half_x, lamp.half_y, 0.1) + 0.06 - abs(vec3(dot(d, lamp.along), dot(d, cross(lamp.direction, lamp.along)), dot(d, lamp.direction)));
      if (all(greaterThan(within, vec3(0.0)))) emissive = vec3(0.0);
    }

  vec3 diffuse = ambient_diffuse + direct_diffuse;
  vec3 specular = ambient_spec + direct_spec;

  if (kBucket == kBucketBlend) {
    // Premultiplied: what is mirrored is seen at full strength however clear the body is.
    float cover = base.a * (1.0 - 0.85 * m.transmission);
    if (m.transmission > 0.0) cover = mix(cover, 1.0, 0.5 * schlick(n_v));
    float mirrored = m.transmission > 0.0 ? base.a : cover;
    // Panes are thin and flat. What is almost perfectly clear, or a coloured liquid, is a body that bends what is behind it: in its middle one
    // looks through, towards its rim one sees the room bent round.
    float most = max(base.r, max(base.g, base.b));
    float colored = 1.0 - min(base.r, min(base.g, base.b)) / max(most, 0.01);
    float body = max(smoothstep(0.92, 0.97, m.transmission), smoothstep(0.5, 0.8, colored)) * step(0.5, m.transmission);
    vec3 through = vec3(0.0);
    if (body > 0.0) {
      vec3 tint = sqrt(base.rgb);
      float rim = 1.0 - n_v;
      rim = pow(rim, 1.1);
      float thick = mix(1.0 - m.transmission * dot(base.rgb, vec3(0.2126, 0.7152, 0.0722)), 1.0, rim);
      through = body * thick * tint * (1.0 - 0.92 * smoothstep(0.25, 0.9, rim)) * mirrored_room(in_world, refract(-v, n, 0.7), 0.15);
      cover = mix(cover, thick, body);
      // A coloured liquid stands in a glass: what it mirrors has come through the glass's far wall and goes out through the near one.
      mirrored *= 1.0 - 0.88 * body * smoothstep(0.5, 0.8, colored);
    }
    vec3 light = diffuse * (cover * (1.0 - body)) + through + specular * mirrored + emissive * base.a;
    if (ghost) {
      // Where something belongs: a tinted veil with a bright rim.
      float rim = pow(1.0 - n_v, 2.0);
      vec3 tint = vec3(0.10, 0.55, 0.95);
      cover = 0.16 + 0.5 * rim;
      light = tint * (0.25 + 0.9 * rim) * (0.7 + 0.3 * n_v) * cover * 1.6;
    }
    out_light = vec4(light, cover);
    return;
  }
  vec3 ambient = ambient_diffuse + ambient_spec;
  vec3 total = diffuse + specular + emissive;
  const vec3 luma = vec3(0.2126, 0.7152, 0.0722);
  out_light = vec4(total, clamp(dot(ambient, luma) / max(dot(total, luma), 1e-4), 0.0, 1.0));
}
