// Linear light, 0..1, to sRGB (IEC 61966-2-1). Its power of 1/2.4 as a sum of roots, which cost a fraction of a power on software drivers: a
// least-largest-error fit of our own over the curve's range, off by 0.03 of 255 steps at most.
vec3 encode(vec3 x) {
  vec3 root = sqrt(x);
  vec3 curve = root * (0.0356486218 * x + 0.912710154) + 0.25448874 * sqrt(root) - (0.132237161 * x + 0.0705099378);
  return mix(curve, 12.92 * x, lessThan(x, vec3(0.0031308)));
}

// The way back, by a fit of the same kind: off by 0.7 of 255 steps of the encoded value at most.
vec3 decode(vec3 x) { return x * (x * (x * (0.949733095 - 0.363611449 * x) + 0.347800698) + 0.0602523328); }

// A translucent colour (sRGB, premultiplied) for a target that blends in linear light: before a middle grey it looks as it does where encoded
// values are blended, and before anything else nearly so.
vec4 for_linear_blend(vec4 c) {
  vec3 before_grey = c.rgb + 0.5 * (1.0 - c.a);
  return vec4(c.rgb * pow(before_grey, vec3(1.2)), 1.0 - (1.0 - c.a) * pow(2.0 * dot(before_grey, vec3(1.0 / 3.0)), 1.2));
}
