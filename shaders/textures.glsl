// The bindless textures: a texture is an index. The only shader file that knows how they are bound.
#extension GL_EXT_nonuniform_qualifier : require
#extension GL_EXT_samplerless_texture_functions : require

// On a software driver all lanes of a fragment group belong to one triangle, so to one instance: reading its data and textures as uniform
// is several times cheaper there. On a GPU a group may hold triangles of many instances.
layout(constant_id = 0) const uint kOneInstanceAGroup = 0;

layout(set = 0, binding = 0) uniform sampler2D textures[];
// The renderer's own images, a layer for each view; light and depth have one or several samples a pixel.
layout(set = 0, binding = 1) uniform sampler2DShadow screen_shadow;
layout(set = 0, binding = 2) uniform sampler2DArray screen_light;
layout(set = 0, binding = 2) uniform sampler2DMSArray screen_light_ms;
layout(set = 0, binding = 3) uniform sampler2DArray screen_depth;
layout(set = 0, binding = 3) uniform sampler2DMSArray screen_depth_ms;
layout(set = 0, binding = 4) uniform sampler2DArray screen_occlusion;
layout(set = 0, binding = 5) uniform sampler2DArray screen_mask;
layout(set = 0, binding = 6) uniform sampler2DArrayShadow screen_lamp_shadow;
layout(set = 0, binding = 7) uniform sampler2DArray screen_lamp_depth;
layout(set = 0, binding = 8) uniform sampler2D screen_probe_face;
layout(set = 0, binding = 8) uniform sampler2DMS screen_probe_face_ms;
layout(set = 0, binding = 9) uniform samplerCube screen_probe;
layout(set = 0, binding = 10) uniform samplerCube screen_mirrored;
layout(set = 0, binding = 11) uniform samplerCube screen_matte;
layout(set = 0, binding = 12) uniform sampler2D screen_shadow_depth;
layout(set = 0, binding = 13) uniform sampler2DArrayShadow screen_cascades;
layout(set = 0, binding = 14) uniform sampler2DArray screen_cascades_depth;
layout(set = 0, binding = 15) uniform sampler2DArray screen_picture;  // where the target is larger than all of these

vec4 sample_texture(uint index, vec2 uv) {
  if (kOneInstanceAGroup != 0) return texture(textures[index], uv);
  return texture(textures[nonuniformEXT(index)], uv);
}
