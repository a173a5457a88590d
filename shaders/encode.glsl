// Linear light, 0..1, to sRGB (IEC 61966-2-1). Its power of 1/2.4 as a sum of roots, which cost a fraction of a power on software drivers: a
// least-largest-error fit of our own over the curve's range, off by 0.03 of 255 steps at most.
vec3 encode(vec3 x) {
  vec3 root = sqrt(x);
  vec3 curve = root * (0.0356486218 * x + 0.912710154) + 0.25448874 * sqrt(root) - (0.132237161 * x + 0.0705099378);
  return mix(curve, 12.92 * x, lessThan(x, vec3(0.0031308)));
}
