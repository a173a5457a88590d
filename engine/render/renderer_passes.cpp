#include "engine/render/renderer_private.h"

namespace shixun {

gpu::LightingInfo Renderer::Private::lighting_of(const Lighting& l, const gpu::View& key) const {
  gpu::LightingInfo g{};
  const glm::mat4 to_unit = glm::scale(glm::translate(glm::mat4(1), glm::vec3(0.5f, 0.5f, 0)), glm::vec3(0.5f, 0.5f, 1));
  g.shadow_matrix = to_unit * key.view_projection;
  g.key_direction = -glm::normalize(l.key_direction);
  g.key_radiance = l.key_color * l.key_intensity;
  g.shadow_size = static_cast<float>(key_size());
  g.shadow_texel = 2 / std::min(std::abs(key.projection.x), std::abs(key.projection.y)) / g.shadow_size;
  g.shadow_taps = options.fine_shadows ? options.lamp_shadow_taps : 0;
  g.key_spread = l.key_spread;
  g.occlusion_radius = l.occlusion_radius;
  g.room_lower = l.room_lower;
  g.room_upper = glm::max(l.room_upper, l.room_lower + 0.5f);
  g.ambient = l.ambient;
  g.exposure = std::exp2(l.exposure_stops);
  g.floor_color = l.floor_color;
  g.wall_color = l.wall_color;
  g.ceiling_color = l.ceiling_color;
  g.background = l.background;
  g.shadow_ceiling = l.shadow_ceiling;
  g.probe_levels = kProbeLevels - 1;
  g.probe_position = glm::clamp(l.probe_position, g.room_lower + 0.01f, g.room_upper - 0.01f);
  return g;
}

void Renderer::Private::write_cascades(gpu::LightingInfo& light, const gpu::View& key, const Cascades& found) {
  light.cascade_count = found.count;
  for (uint32_t i = 0; i < found.count; ++i) {
    const gpu::View& v = found.at[i];
    const glm::vec2 scale(v.projection.x / key.projection.x, v.projection.y / key.projection.y);
    const glm::vec2 shift = glm::vec2(v.view_projection[3]) - scale * glm::vec2(key.view_projection[3]);
    light.cascades[i] = {scale, 0.5f * (1.0f - scale + shift), found.reach[i], found.texel[i]};
  }
}

void Renderer::Private::write_lamps(gpu::Pass& pass, const std::vector<Lamp>& lamps, const LampViews& shadowed) const {
  // Spots stand after the others: their loop costs nothing where there are none.
  const uint32_t count = static_cast<uint32_t>(std::min<size_t>(lamps.size(), kMaxLamps));
  uint32_t next = 0;
  for (const bool spots : {false, true}) {
    for (uint32_t i = 0; i < count; ++i) {
      const Lamp& lamp = lamps[i];
      if (lamp.spot() != spots) continue;
      gpu::LampInfo& to = pass.lamps[next++];
      to = {lamp.position, std::max(lamp.range, 0.01f), glm::normalize(lamp.direction), lamp.half_size.x, glm::normalize(lamp.along),
            lamp.half_size.y, lamp.color * lamp.intensity, 0, {0, 0}};
      if (spots) {
        const float outer = std::cos(lamp.outer_angle);
        const float scale = 1 / std::max(std::cos(std::min(lamp.inner_angle, lamp.outer_angle)) - outer, 0.001f);
        to.cone = lamp.outer_angle < 3.14f ? glm::vec2(scale, -outer * scale) : glm::vec2(0, 1);
      }
      for (uint32_t k = 0; k < shadowed.count; ++k) {
        if (shadowed.at[k].lamp != i) continue;
        to.shadow = k + 1;
        pass.lamp_shadow[k] = {shadowed.at[k].view.projection.x, shadowed.at[k].view.near_m, static_cast<float>(options.lamp_shadow_size),
                               static_cast<float>(options.lamp_shadow_taps)};
      }
    }
    (spots ? pass.light.spot_count : pass.light.lamp_count) = spots ? next - pass.light.lamp_count : next;
  }
}

gpu::Pass Renderer::Private::pass_of(const GpuScene::Tables& t, bool for_shadow) const {
  gpu::Pass p{};
  culling.describe(p, t, for_shadow);
  p.view_count = 1;
  p.width = extent.width;
  p.height = extent.height;
  return p;
}

void Renderer::Private::write_views(gpu::Pass& pass, std::span<const gpu::View> views, float lod_pixels) const {
  std::copy(views.begin(), views.end(), pass.views);
  pass.view_count = view_count;
  pass.lod_eye = glm::vec3(0);
  float pixels = 0;  // that a metre at a distance of one metre takes, where most
  for (uint32_t i = 0; i < view_count; ++i) {
    const glm::vec4& p = pass.views[i].projection;
    pass.lod_eye += pass.views[i].eye / static_cast<float>(view_count);
    pixels = std::max({pixels, std::abs(p.x) * 0.5f * static_cast<float>(extent.width), std::abs(p.y) * 0.5f * static_cast<float>(extent.height)});
  }
  for (uint32_t i = 0; i < view_count; ++i) pass.lod_reach = std::max(pass.lod_reach, glm::distance(pass.lod_eye, pass.views[i].eye));
  pass.lod_scale = lod_pixels > 0 ? pixels / lod_pixels : 1e30f;
}

Result<VkDeviceAddress> Renderer::Private::upload_blended(Arena& arena, const GpuScene& scene, glm::vec3 eye) {
  blend_order.clear();
  for (uint32_t id : scene.tables().blended) {
    const glm::vec3 d = scene.instance_center(id) - eye;
    blend_order.push_back({-glm::dot(d, d), id});
  }
  std::sort(blend_order.begin(), blend_order.end());
  auto piece = arena.take(4 * (blend_order.size() + 1));
  if (!piece) return piece.error();
  auto* out = static_cast<uint32_t*>(piece->mapped);
  for (const auto& [distance, id] : blend_order) *out++ = id;
  return piece->address;
}

void Renderer::Private::draw_bucket(VkCommandBuffer cmd, const DrawList& list, const GpuScene::Tables& t, uint32_t bucket, Part part) const {
  if (t.bucket_counts[bucket] == 0) return;
  uint32_t first = 0;
  for (uint32_t b = 0; b < bucket; ++b) first += command_room(t, b);
  uint32_t room = command_room(t, bucket);
  VkDeviceSize count = offsetof(gpu::DrawListState, counters);
  if (part == Part::kFirst) room = std::min(room, kFirstCommands);
  if (part == Part::kRest) {
    if (room <= kFirstCommands) return;
    first += kFirstCommands;
    room -= kFirstCommands;
    count = offsetof(gpu::DrawListState, rest);
  }
  vkCmdDrawIndexedIndirectCount(cmd, list.commands.handle, VkDeviceSize{first} * sizeof(gpu::DrawCommand), list.state.handle,
                                count + VkDeviceSize{bucket} * sizeof(uint32_t), room, sizeof(gpu::DrawCommand));
}

void Renderer::Private::draw_casters(VkCommandBuffer cmd, const GpuScene::Tables& t, const ShadowMaps& maps, const Image2D& image, VkAttachmentLoadOp load) const {
  culling.all(cmd, t, true);
  const auto target = attachment(image.view, load);
  begin_pass(cmd, image.extent, nullptr, &target, maps.view_mask);
  vkCmdBindIndexBuffer(cmd, t.indices, 0, VK_INDEX_TYPE_UINT32);
  bind(cmd, maps.solid);
  draw_bucket(cmd, culling.shadow_list(), t, gpu::kBucketOpaque);
  bind(cmd, maps.double_sided);
  draw_bucket(cmd, culling.shadow_list(), t, gpu::kBucketDouble);
  bind(cmd, maps.alpha_tested);
  draw_bucket(cmd, culling.shadow_list(), t, gpu::kBucketMask);
  vkCmdEndRendering(cmd);
}

void Renderer::Private::copy_resting(VkCommandBuffer cmd, const ShadowImages& images, const ShadowMaps& maps) const {
  constexpr auto kDepth = VK_IMAGE_ASPECT_DEPTH_BIT;
  constexpr auto kGeneral = VK_IMAGE_LAYOUT_GENERAL;
  transition(cmd, images.resting.handle, kDepth, kGeneral, kGeneral, Use::kDepth, Use::kCopySource);
  transition(cmd, images.live.handle, kDepth, images.written ? kGeneral : VK_IMAGE_LAYOUT_UNDEFINED, kGeneral, Use::kSampled, Use::kCopyTarget);
  VkImageCopy region{};
  region.srcSubresource = region.dstSubresource = {kDepth, 0, maps.first, maps.layers};
  region.extent = {images.live.extent.width, images.live.extent.height, 1};
  vkCmdCopyImage(cmd, images.resting.handle, kGeneral, images.live.handle, kGeneral, 1, &region);
  transition(cmd, images.live.handle, kDepth, kGeneral, kGeneral, Use::kCopyTarget, Use::kDepth);
}

bool Renderer::Private::draw_shadows(VkCommandBuffer cmd, const FrameSlot& slot, ShadowImages& images, ShadowMaps& maps, const Frame& frame, const GpuScene::Tables& t,
                                     gpu::Pass pass, Block resting, Block moving) const {
  std::array<glm::mat4, gpu::kMaxViews> views{};
  for (uint32_t i = 0; i < pass.view_count; ++i) views[i] = pass.views[i].view_projection;
  const bool again = !maps.valid || maps.scene != frame.scene || maps.resting_version != t.resting_version || maps.views != views ||
                     maps.ceiling != frame.lighting.shadow_ceiling;
  if (!again && maps.moving_version == t.moving_version) return false;
  maps.scene = frame.scene;
  maps.resting_version = t.resting_version;
  maps.moving_version = t.moving_version;
  maps.views = views;
  maps.ceiling = frame.lighting.shadow_ceiling;
  maps.valid = true;
  pass.flags = gpu::kPassShadow | (frame.culling.clusters ? 0 : gpu::kPassWhole);
  constexpr auto kDepth = VK_IMAGE_ASPECT_DEPTH_BIT;
  if (again) {
    // Other layers keep what they hold.
    transition(cmd, images.resting.handle, kDepth, images.written ? VK_IMAGE_LAYOUT_GENERAL : VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL, Use::kCopySource, Use::kDepth);
    use_pass(cmd, slot, resting, pass);
    draw_casters(cmd, t, maps, images.resting, VK_ATTACHMENT_LOAD_OP_CLEAR);
  }
  copy_resting(cmd, images, maps);
  images.written = true;
  if (t.any_moving) {
    pass.flags |= gpu::kPassMoving;
    use_pass(cmd, slot, moving, pass);
    draw_casters(cmd, t, maps, images.live, VK_ATTACHMENT_LOAD_OP_LOAD);
  }
  transition(cmd, images.live.handle, kDepth, VK_IMAGE_LAYOUT_GENERAL, VK_IMAGE_LAYOUT_GENERAL, Use::kDepth, Use::kSampled);
  return true;
}

bool Renderer::Private::probe_stale(const GpuScene* scene, const GpuScene::Tables& t, const gpu::Pass& pass) {
  const bool resting = room_seen == t.room_version;
  room_seen = t.room_version;
  ProbeKey now;
  now.scene = scene;
  now.version = t.room_version;
  now.light = pass.light;
  // What the light of the resting room does not depend on, or only through its shadow, which follows what moves.
  now.light.shadow_matrix = glm::mat4(0);
  now.light.shadow_texel = now.light.exposure = now.light.shadow_size = 0;
  now.light.cascade_count = 0;
  std::fill(std::begin(now.light.cascades), std::end(now.light.cascades), gpu::CascadeInfo{});
  std::copy_n(pass.lamps, now.light.lamp_count + now.light.spot_count, now.lamps.begin());
  for (gpu::LampInfo& lamp : now.lamps) lamp.shadow = 0;
  const bool same = std::memcmp(&now.light, &probe_key.light, sizeof now.light) == 0 &&
                    std::memcmp(now.lamps.data(), probe_key.lamps.data(), sizeof now.lamps) == 0 && now.scene == probe_key.scene;
  if (probe_valid && same && (now.version == probe_key.version || !resting)) return false;
  probe_key = now;
  probe_valid = true;
  return true;
}

Status Renderer::Private::take_probe(VkCommandBuffer cmd, FrameSlot& slot, const GpuScene& scene, const gpu::Pass& main) {
  const GpuScene::Tables& t = scene.tables();
  auto blended = upload_blended(slot.arena, scene, main.light.probe_position);
  if (!blended) return blended.error();
  probe->begin(cmd);
  for (uint32_t face = 0; face < kCubeFaces; ++face) {
    gpu::Pass pass = main;
    pass.view_count = 1;
    pass.views[0] = make_view(Probe::camera(main.light.probe_position, face), 1);
    pass.flags = (main.flags & (gpu::kPassKeyShadow | gpu::kPassStudio | gpu::kPassWhole)) | gpu::kPassRoomOnly | gpu::kPassShowRoom;
    pass.light.cascade_count = 0;  // they lie about the camera
    pass.blended = *blended;
    pass.width = pass.height = probe->extent().width;
    use_pass(cmd, slot, static_cast<Block>(kFaceBlock + face), pass);
    culling.all(cmd, t, false);
    const Image2D &lit = probe->face_light, &deep = probe->face_depth;
    transition(cmd, lit.handle, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL, Use::kSampled, Use::kColor);
    transition(cmd, deep.handle, VK_IMAGE_ASPECT_DEPTH_BIT, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL, Use::kDepth, Use::kDepth);
    const auto color = attachment(lit.view, VK_ATTACHMENT_LOAD_OP_DONT_CARE), zero = attachment(deep.view, VK_ATTACHMENT_LOAD_OP_CLEAR);
    begin_pass(cmd, lit.extent, &color, &zero);
    draw_solids(cmd, pipelines[0], culling.late_list(), t);
    bind(cmd, pipelines[0].room);
    vkCmdDraw(cmd, 3, 1, 0, 0);
    bind(cmd, pipelines[0].blend);
    draw_bucket(cmd, culling.late_list(), t, gpu::kBucketBlend);
    vkCmdEndRendering(cmd);
    transition(cmd, lit.handle, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_GENERAL, VK_IMAGE_LAYOUT_GENERAL, Use::kColor, Use::kSampled);
    probe->store(cmd, layout, face);
  }
  probe->filter(cmd, layout);
  return ok();
}

void Renderer::Private::draw_set(VkCommandBuffer cmd, const DrawSet& set, uint32_t bucket) const {
  if (set.count[bucket] > 0)
    vkCmdDrawIndexedIndirect(cmd, set.commands.handle, VkDeviceSize{set.first[bucket]} * sizeof(gpu::DrawCommand), set.count[bucket], sizeof(gpu::DrawCommand));
}

void Renderer::Private::draw_by_cpu(VkCommandBuffer cmd, const GpuScene& scene, std::span<const gpu::View> views, uint32_t bucket) const {
  const auto& all = scene.instances();
  for (uint32_t slot = 0; slot < all.size(); ++slot) {
    const gpu::MeshInfo& mesh = scene.meshes()[all[slot].mesh];
    if ((all[slot].flags & gpu::kInstanceBucket) != bucket || !gpu::instance_in_views(all[slot], mesh, views.data(), static_cast<uint32_t>(views.size()))) continue;
    vkCmdDrawIndexed(cmd, mesh.lods[0].index_count, 1, mesh.lods[0].first_index, static_cast<int32_t>(mesh.vertex_offset), slot);
  }
}

void Renderer::Private::draw_solids(VkCommandBuffer cmd, const ViewPipelines& with, const DrawList& list, const GpuScene::Tables& t, Part part) const {
  vkCmdBindIndexBuffer(cmd, t.indices, 0, VK_INDEX_TYPE_UINT32);
  for (const auto& [pipeline, bucket] : {std::pair{&with.opaque, gpu::kBucketOpaque}, {&with.double_sided, gpu::kBucketDouble}, {&with.alpha_tested, gpu::kBucketMask}}) {
    if (t.bucket_counts[bucket] == 0) continue;
    bind(cmd, *pipeline);
    draw_bucket(cmd, list, t, bucket, part);
  }
}

void Renderer::Private::begin_scene(VkCommandBuffer cmd, bool first) const {
  if (first) {
    transition(cmd, painted, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL, options.matte ? Use::kColor : Use::kSampled, Use::kColor);
    transition(cmd, depth.handle, VK_IMAGE_ASPECT_DEPTH_BIT, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL, Use::kSampled, Use::kDepth);
  } else {
    barrier(cmd, {Use::kColor, Use::kAll}, {Use::kColor, Use::kDepth});
  }
  const auto color = attachment(painted_view, first ? VK_ATTACHMENT_LOAD_OP_DONT_CARE : VK_ATTACHMENT_LOAD_OP_LOAD);
  const auto zero = attachment(depth.view, first ? VK_ATTACHMENT_LOAD_OP_CLEAR : VK_ATTACHMENT_LOAD_OP_LOAD);  // reversed depth: 0 is infinitely far
  begin_pass(cmd, extent, &color, &zero, view_mask());
}

VkImage Renderer::Private::single_depth(VkCommandBuffer cmd) const {
  constexpr auto kDepth = VK_IMAGE_ASPECT_DEPTH_BIT;
  constexpr auto kGeneral = VK_IMAGE_LAYOUT_GENERAL;
  if (samples == VK_SAMPLE_COUNT_1_BIT) return depth.handle;
  transition(cmd, depth.handle, kDepth, kGeneral, kGeneral, Use::kDepth, Use::kSampled);
  transition(cmd, depth_one.handle, kDepth, VK_IMAGE_LAYOUT_UNDEFINED, kGeneral, Use::kCopySource, Use::kDepth);
  const auto target = attachment(depth_one.view, VK_ATTACHMENT_LOAD_OP_DONT_CARE);
  begin_pass(cmd, extent, nullptr, &target, view_mask());
  bind(cmd, now().farthest);
  vkCmdDraw(cmd, 3, 1, 0, 0);
  vkCmdEndRendering(cmd);
  return depth_one.handle;
}

// No farther than one walks and turns in a frame or two. A wall that comes into sight then hides little that the last frame did not show.
bool Renderer::Private::walked_on(const Frame& frame, std::span<const gpu::View> views) const {
  constexpr float kStep = 0.3f, kTurnCosine = 0.9986f;  // metres; 3 degrees
  if (history.scene != frame.scene || history.count != views.size()) return false;
  for (uint32_t i = 0; i < views.size(); ++i) {
    const gpu::View &now = views[i], &then = history.views[i];
    const glm::vec3 ahead(now.view[0].z, now.view[1].z, now.view[2].z), ahead_then(then.view[0].z, then.view[1].z, then.view[2].z);
    if (now.projection != then.projection || glm::distance(now.eye, then.eye) > kStep || glm::dot(ahead, ahead_then) < kTurnCosine) return false;
  }
  return true;
}

void Renderer::Private::remember(const Frame& frame, std::span<const gpu::View> views) {
  history.scene = frame.scene;
  history.count = static_cast<uint32_t>(views.size());
  std::copy(views.begin(), views.end(), history.views.begin());
}

Result<Renderer::Private::Hidden> Renderer::Private::upload_hidden(FrameSlot& slot, const Frame& frame) {
  std::vector<glm::vec3> corners;
  for (size_t view = 0; view < frame.views.size(); ++view)
    for (const glm::vec2& c : frame.hidden[view]) corners.emplace_back(c, static_cast<float>(view));
  if (corners.empty()) return Hidden{};
  Pipeline& hides = pipelines[view_count - 1].hidden;
  if (!hides.handle) {
    GraphicsOptions o;
    o.vertex = "hidden.vert";
    o.fragment = "hidden.frag";
    o.color = painted_format;
    o.depth = kDepthFormat;
    o.depth_write = true;
    o.samples = samples;
    o.view_mask = view_mask();
    auto made = create_graphics_pipeline(device, layout, o);
    if (!made) return made.error();
    hides = std::move(*made);
  }
  const size_t bytes = corners.size() * sizeof corners[0];
  auto piece = slot.arena.take(bytes);
  if (!piece) return piece.error();
  std::memcpy(piece->mapped, corners.data(), bytes);
  return Hidden{piece->address, static_cast<uint32_t>(corners.size())};
}

void Renderer::Private::draw_hidden(VkCommandBuffer cmd, const Hidden& hidden) const {
  if (hidden.count == 0) return;
  vkCmdPushConstants(cmd, layout, kAllStages, 0, sizeof hidden.corners, &hidden.corners);
  bind(cmd, now().hidden);
  vkCmdDraw(cmd, hidden.count, 1, 0, 0);
  bind_sets(cmd, slots[ring.slot()]);  // what follows knows the block by that address
}

void Renderer::Private::draw_scene(VkCommandBuffer cmd, const Frame& frame, const GpuScene::Tables* t, std::span<const gpu::View> views, const Hidden& hidden, bool phases) {
  const bool given = frame.culling.draws || frame.culling.on_cpu;
  const bool jumped = phases && !walked_on(frame, views);
  Part late = Part::kAll;
  if (phases) {
    enter(cmd, FramePass::kEarlyCull);
    culling.early(cmd, *t, jumped);
    enter(cmd, FramePass::kEarlyDraw);
    begin_scene(cmd, true);
    draw_hidden(cmd, hidden);
    draw_solids(cmd, now(), culling.early_list(), *t);
    // The background already here: where nothing is new, the passes that follow then touch no pixel. What comes later covers it.
    bind(cmd, now().room);
    vkCmdDraw(cmd, 3, 1, 0, 0);
    vkCmdEndRendering(cmd);
    enter(cmd, FramePass::kPyramid);
    culling.pyramid(cmd, single_depth(cmd), extent, view_count);
    enter(cmd, FramePass::kLateCull);
    culling.late(cmd, *t, frame.culling.keep_history);
    if (frame.culling.keep_history) remember(frame, views);
    if (jumped && frame.culling.keep_history) {
      enter(cmd, FramePass::kOccluderDraw);
      begin_scene(cmd, false);
      draw_solids(cmd, now(), culling.late_list(), *t, Part::kFirst);
      vkCmdEndRendering(cmd);
      enter(cmd, FramePass::kRecall);
      culling.pyramid(cmd, single_depth(cmd), extent, view_count);
      culling.recall(cmd);
      late = Part::kRest;
    }
  } else if (t && !given) {
    enter(cmd, FramePass::kLateCull);
    culling.all(cmd, *t, false);
  }
  enter(cmd, FramePass::kLateDraw);
  begin_scene(cmd, !phases);
  if (!phases) draw_hidden(cmd, hidden);
  if (t && !given) draw_solids(cmd, now(), culling.late_list(), *t, late);
  if (t && given) {
    vkCmdBindIndexBuffer(cmd, t->indices, 0, VK_INDEX_TYPE_UINT32);
    for (const auto& [pipeline, bucket] : {std::pair{&now().opaque, gpu::kBucketOpaque}, {&now().double_sided, gpu::kBucketDouble}, {&now().alpha_tested, gpu::kBucketMask}}) {
      bind(cmd, *pipeline);
      if (frame.culling.draws) draw_set(cmd, *frame.culling.draws, bucket);
      else draw_by_cpu(cmd, *frame.scene, views, bucket);
    }
  }
  if (!phases) {
    bind(cmd, now().room);
    vkCmdDraw(cmd, 3, 1, 0, 0);
  }
  if (t && !t->blended.empty()) {
    vkCmdBindIndexBuffer(cmd, t->indices, 0, VK_INDEX_TYPE_UINT32);
    bind(cmd, now().blend);
    if (frame.culling.draws) draw_set(cmd, *frame.culling.draws, gpu::kBucketBlend);
    else if (frame.culling.on_cpu) draw_by_cpu(cmd, *frame.scene, views, gpu::kBucketBlend);
    else draw_bucket(cmd, culling.late_list(), *t, gpu::kBucketBlend);
  }
  vkCmdEndRendering(cmd);
  barrier(cmd, {Use::kColor, Use::kDepth}, {Use::kSampled});
}

void Renderer::Private::draw_mask(VkCommandBuffer cmd, const GpuScene::Tables& t) const {
  transition(cmd, outline_mask.handle, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL, Use::kSampled, Use::kColor);
  const auto target = attachment(outline_mask.view, VK_ATTACHMENT_LOAD_OP_CLEAR);
  begin_pass(cmd, extent, &target, nullptr, view_mask());
  vkCmdBindIndexBuffer(cmd, t.indices, 0, VK_INDEX_TYPE_UINT32);
  bind(cmd, now().mask);
  draw_bucket(cmd, culling.late_list(), t, gpu::kBucketOutline);
  vkCmdEndRendering(cmd);
  transition(cmd, outline_mask.handle, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_GENERAL, VK_IMAGE_LAYOUT_GENERAL, Use::kColor, Use::kSampled);
}

void Renderer::Private::draw_occlusion(VkCommandBuffer cmd) const {
  transition(cmd, open.handle, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL, Use::kSampled, Use::kColor);
  const auto target = attachment(open.view, VK_ATTACHMENT_LOAD_OP_DONT_CARE);
  begin_pass(cmd, open.extent, &target, nullptr, view_mask());
  bind(cmd, now().occlusion);
  vkCmdDraw(cmd, 3, 1, 0, 0);
  vkCmdEndRendering(cmd);
  transition(cmd, open.handle, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_GENERAL, VK_IMAGE_LAYOUT_GENERAL, Use::kColor, Use::kSampled);
}

Status Renderer::Private::draw_panel(VkCommandBuffer cmd, FrameSlot& slot, const ImDrawData& ui, TextureHandle panel) {
  const Image2D& image = textures->image(panel);
  auto output = output_for(image.format, 1);
  if (!output) return output.error();
  transition(cmd, image.handle, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL, Use::kSampled, Use::kColor);
  const auto color = attachment(image.view, VK_ATTACHMENT_LOAD_OP_CLEAR);
  begin_pass(cmd, image.extent, &color, nullptr);
  const VkDescriptorSet set = textures->set();
  vkCmdBindDescriptorSets(cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, layout, 0, 1, &set, 0, nullptr);
  bind(cmd, (*output)->ui);
  const Status drawn = draw_ui(cmd, layout, slot.arena, ui, image.extent, false);
  vkCmdEndRendering(cmd);
  transition(cmd, image.handle, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_GENERAL, VK_IMAGE_LAYOUT_GENERAL, Use::kColor, Use::kSampled);
  return drawn;
}

Status Renderer::Private::draw_quads(VkCommandBuffer cmd, FrameSlot& slot, Output& output, std::span<const gpu::WorldQuad> quads, VkExtent2D size) {
  if (!output.quads.handle) {
    GraphicsOptions o;
    o.vertex = "world_quad.vert";
    o.fragment = "world_quad.frag";
    o.color = output.format;
    o.blend = Blend::kPremultiplied;
    o.view_mask = view_mask();
    o.constants = {device.software ? 1u : 0u, static_cast<uint32_t>(samples)};
    auto made = create_graphics_pipeline(device, layout, o);
    if (!made) return made.error();
    output.quads = std::move(*made);
  }
  return draw_hung(cmd, slot, output.quads, quads, size);
}

Status Renderer::Private::draw_hung(VkCommandBuffer cmd, FrameSlot& slot, const Pipeline& with, std::span<const gpu::WorldQuad> quads, VkExtent2D size) {
  auto piece = slot.arena.take(quads.size_bytes());
  if (!piece) return piece.error();
  std::memcpy(piece->mapped, quads.data(), quads.size_bytes());
  const struct {
    VkDeviceAddress quads;
    uint32_t target_size, spare;
  } push{piece->address, size.width | size.height << 16, 0};
  vkCmdPushConstants(cmd, layout, kAllStages, 0, sizeof push, &push);
  const VkRect2D whole{{0, 0}, size};
  vkCmdSetScissor(cmd, 0, 1, &whole);
  bind(cmd, with);
  vkCmdDraw(cmd, static_cast<uint32_t>(quads.size()) * 6, 1, 0, 0);
  return ok();
}

Status Renderer::Private::draw_depth(VkCommandBuffer cmd, FrameSlot& slot, const Target& target, std::span<const gpu::WorldQuad> quads) {
  ViewPipelines& with = pipelines[view_count - 1];
  if (!with.depth_out.handle) {
    GraphicsOptions o;
    o.vertex = "fullscreen.vert";
    o.fragment = "depth_out.frag";
    o.depth = kDepthFormat;
    o.depth_write = true;
    o.depth_compare = VK_COMPARE_OP_ALWAYS;
    o.view_mask = view_mask();
    o.constants = {device.software ? 1u : 0u, static_cast<uint32_t>(samples)};
    auto out = create_graphics_pipeline(device, layout, o);
    if (!out) return out.error();
    o.vertex = "world_quad.vert";
    o.fragment = "world_quad_depth.frag";
    o.depth_compare = VK_COMPARE_OP_GREATER_OR_EQUAL;
    auto hung = create_graphics_pipeline(device, layout, o);
    if (!hung) return hung.error();
    with.depth_out = std::move(*out);
    with.depth_quads = std::move(*hung);
  }
  transition(cmd, target.depth, VK_IMAGE_ASPECT_DEPTH_BIT, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_DEPTH_STENCIL_ATTACHMENT_OPTIMAL, Use::kDepth, Use::kDepth);
  const auto deep = attachment(target.depth_view, VK_ATTACHMENT_LOAD_OP_DONT_CARE, {}, VK_IMAGE_LAYOUT_DEPTH_STENCIL_ATTACHMENT_OPTIMAL);
  begin_pass(cmd, target.extent, nullptr, &deep, view_mask());
  bind(cmd, with.depth_out);
  vkCmdDraw(cmd, 3, 1, 0, 0);
  const Status drawn = quads.empty() ? ok() : draw_hung(cmd, slot, with.depth_quads, quads, target.extent);
  vkCmdEndRendering(cmd);
  return drawn;
}

VkRect2D Renderer::Private::outlined_rectangle(const GpuScene& scene, std::span<const gpu::View> views, VkExtent2D extent) {
  const glm::vec2 size(extent.width, extent.height);
  glm::vec2 lower(size), upper(0);
  for (ObjectId id : scene.tables().outlined) {
    const Bounds b = scene.bounds(id);
    for (const gpu::View& view : views)
      for (int i = 0; i < 8; ++i) {
        const glm::vec3 corner((i & 1) ? b.upper.x : b.lower.x, (i & 2) ? b.upper.y : b.lower.y, (i & 4) ? b.upper.z : b.lower.z);
        const glm::vec4 p = view.view_projection * glm::vec4(corner, 1);
        if (p.w < view.near_m) return {{0, 0}, extent};  // reaches behind the eye: anywhere
        const glm::vec2 pixel = (glm::vec2(p) / p.w * 0.5f + 0.5f) * size;
        lower = glm::min(lower, pixel);
        upper = glm::max(upper, pixel);
      }
  }
  lower = glm::clamp(lower - 8.0f, glm::vec2(0), size);
  upper = glm::clamp(upper + 8.0f, glm::vec2(0), size);
  const glm::vec2 span = glm::max(upper - lower, glm::vec2(0));
  return {{static_cast<int32_t>(lower.x), static_cast<int32_t>(lower.y)}, {static_cast<uint32_t>(span.x), static_cast<uint32_t>(span.y)}};
}

void Renderer::Private::read_stats(FrameSlot& slot) {
  if (!slot.used) return;
  Readback back;
  std::memcpy(&back, slot.readback.mapped, sizeof back);
  gpu::DrawListState(&list)[2] = back.lists;
  if (!slot.early) list[0] = {};
  if (!slot.late) list[1] = {};
  stats.early_draws = list[0].counters.drawn;
  stats.late_draws = list[1].counters.drawn;
  stats.draws = stats.early_draws + stats.late_draws + list[1].counters.count[gpu::kBucketBlend];
  stats.commands = 0;
  for (const gpu::DrawListState& l : list) stats.commands += l.counters.commands + l.counters.count[gpu::kBucketBlend];
  stats.triangles = uint64_t{list[0].counters.triangles} + list[1].counters.triangles;
  stats.instances = list[1].counters.tested;
  stats.occluded = list[1].counters.occluded;
  stats.cells = list[1].cells.count;
  if (slot.given_draws > 0) stats.draws = slot.given_draws;
  stats.uploaded_bytes = slot.uploaded_bytes;
  stats.skin_groups = slot.skin_groups;
  stats.shadow_drawn = slot.shadow_drawn;
  stats.probe_taken = slot.probe_taken;
  read_times(slot, back.stamps);
}

}  // namespace shixun
