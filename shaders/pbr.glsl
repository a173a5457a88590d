// Metallic-roughness reflection. GGX distribution and height-correlated visibility as in Walter et al. 2007 and Heitz 2014; Fresnel by
// Schlick 1994; the share of a reflection lobe that a surface sends on is the analytic fit of Karis, "Physically Based Shading on
// Mobile", 2014.

vec3 reflected_share(vec3 f0, float roughness, float n_v) {
  const vec4 c0 = vec4(-1.0, -0.0275, -0.572, 0.022);
  const vec4 c1 = vec4(1.0, 0.0425, 1.04, -0.04);
  vec4 r = roughness * c0 + c1;
  float a = min(r.x * r.x, exp2(-9.28 * n_v)) * r.x + r.y;
  vec2 ab = vec2(-1.04, 1.04) * a + r.zw;
  return f0 * ab.x + ab.y;
}

float schlick(float cos_angle) {
  float x = clamp(1.0 - cos_angle, 0.0, 1.0);
  float x2 = x * x;
  return x2 * x2 * x;
}

// D * V * pi: light of a distant source whose unit already has pi folded in.
float ggx(float alpha, float n_h, float n_v, float n_l) {
  float a2 = alpha * alpha;
  float d = n_h * n_h * (a2 - 1.0) + 1.0;
  float v = 0.5 / max(n_l * sqrt(n_v * n_v * (1.0 - a2) + a2) + n_v * sqrt(n_l * n_l * (1.0 - a2) + a2), 1e-4);
  return a2 / (d * d) * v;
}

// Reflections are blocked where ambient light is, the more so the sharper they are (after Lagarde and de Rousiers, "Moving Frostbite to
// PBR", 2014, section 4.10).
float reflection_occlusion(float n_v, float occlusion, float alpha) {
  return clamp(pow(n_v + occlusion, exp2(-16.0 * alpha - 1.0)) - 1.0 + occlusion, 0.0, 1.0);
}

// Tangent of the half angle of a GGX lobe mirrored at the surface.
float lobe_spread(float roughness) { return max(1.2 * roughness * roughness, 0.002); }
