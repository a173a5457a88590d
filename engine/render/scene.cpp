#include "engine/render/scene.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <glm/glm.hpp>
#include <map>
#include <numeric>

#include "engine/anim/skin.h"
#include "engine/base/log.h"
#include "engine/gpu/upload.h"
#include "engine/render/scene_tables.h"
#include "shaders/cull.h"

namespace shixun {

namespace {

constexpr uint32_t kNoSlot = ~0u;

struct ModelPart {
  int node;
  int skin;           // of LoadedModel::bones; -1: rigid
  uint32_t source;    // in LoadedModel::meshes
  uint32_t mesh;      // in the mesh table, at rest
  uint32_t material;  // in the material table
  uint32_t bucket;
};

struct LoadedModel {
  bool used = false;
  Model bones;  // nodes, skins and clips only: what posing needs
  std::vector<ModelPart> parts;
  std::vector<uint32_t> meshes, materials;
  std::vector<std::pair<uint32_t, uint32_t>> vertex_counts;  // per mesh: vertices, indices
  std::vector<std::vector<JointBox>> joint_boxes;            // per mesh; empty: rigid
  std::vector<TextureHandle> textures;
  Bounds bounds;
};

struct Object {
  ObjectId id = kNoObject;
  ModelId model = 0;
  glm::mat4 transform{1};
  PoseState pose;
  Pose nodes;  // of that state
  bool visible = true, casts_shadow = true, in_room = false;
  Highlight highlight = Highlight::kNone;
  bool moving = false;      // its shadow is drawn apart from that of what rests
  uint64_t moved_at = 0;    // frame
  std::map<int, bool> hidden;
  std::map<int, float> glow;
  std::map<int, TextureHandle> texture;
  std::vector<uint32_t> slots;             // one per part
  std::vector<uint32_t> posed;             // one per part: the mesh of its own that it is skinned into; kNoSlot: rigid
  std::vector<std::vector<glm::mat4>> joints;  // per skin, of `nodes`
  bool bent = false;                       // its vertices are of an earlier pose
  std::map<uint32_t, uint32_t> materials;  // part -> own material, where a texture was replaced
  Bounds bounds;
};

void include(Bounds& b, bool& any, glm::vec3 center, glm::vec3 half) {
  b.lower = any ? glm::min(b.lower, center - half) : center - half;
  b.upper = any ? glm::max(b.upper, center + half) : center + half;
  any = true;
}

// The box round a transformed box.
void transformed(const glm::mat4& m, glm::vec3 center, glm::vec3 half, glm::vec3& out_center, glm::vec3& out_half) {
  out_center = glm::vec3(m * glm::vec4(center, 1));
  out_half = glm::abs(glm::vec3(m[0])) * half.x + glm::abs(glm::vec3(m[1])) * half.y + glm::abs(glm::vec3(m[2])) * half.z;
}

// The value set on the node itself or on the nearest node above it.
template <class T>
const T* inherited(const std::map<int, T>& values, const Model& bones, int node) {
  if (values.empty()) return nullptr;
  for (; node >= 0; node = bones.nodes[static_cast<size_t>(node)].parent)
    if (auto found = values.find(node); found != values.end()) return &found->second;
  return nullptr;
}

}  // namespace

struct GpuScene::Private {
  Device& device;
  Textures& textures;
  GpuTable vertices{"vertices"}, indices{"indices"}, skins{"skins"}, mesh_table{"meshes"}, cluster_table{"clusters"}, material_table{"materials"}, instance_table{"instances"}, cell_table{"cells"}, block_table{"blocks"};
  Ranges vertex_ranges, index_ranges, skin_ranges, cluster_ranges;
  std::vector<gpu::Cluster> clusters;
  bool clusters_dirty = false;
  Slots<gpu::MeshInfo> meshes;
  Slots<gpu::MaterialInfo> materials;
  Slots<gpu::Instance> instances;
  std::vector<gpu::Moved> moved;    // instances to upload one by one
  std::vector<uint32_t> moved_at;   // by slot: where among those it stands, if it does
  std::vector<std::pair<uint32_t, uint32_t>> bulk;  // first slot and count: scenery to upload as it stands
  uint32_t cell_count = 0;                          // that have a box
  uint32_t refit_at = 0, refit_left = 0;            // cells that may be larger than what they hold
  bool refit_all = false;
  Bounds scenery_bounds;
  bool any_scenery = false;
  bool scenery_moves = false;  // some that casts shadow
  std::vector<LoadedModel> models;  // by ModelId
  std::map<ObjectId, Object> objects;
  ObjectId next_object = 1;
  uint64_t frame = 0;               // prepared frames
  std::vector<ObjectId> moving;
  PoseMemory pose_memory;
  std::vector<ObjectId> bent;       // objects to be skinned once they can be seen
  std::vector<gpu::SkinJob> jobs;   // these two are kept from frame to frame for their memory
  std::vector<const std::vector<glm::mat4>*> used_joints;
  Tables tables;
  bool lists_stale = true;  // blended, outlined, shadow bounds

  Private(Device& d, Textures& t) : device(d), textures(t) {
    vertices.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT;
    skins.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT;
    indices.usage = VK_BUFFER_USAGE_INDEX_BUFFER_BIT;
  }
  ~Private() {
    for (LoadedModel& m : models)
      for (TextureHandle t : m.textures) textures.remove(t);
  }

  Object* find(ObjectId id) {
    auto found = objects.find(id);
    return found == objects.end() ? nullptr : &found->second;
  }

  // A slot's share of the draw commands.
  void count(const gpu::Instance& i, int change) {
    if (!(i.flags & gpu::kInstanceVisible)) return;
    tables.bucket_counts[i.flags & gpu::kInstanceBucket] += static_cast<uint32_t>(change);
    if ((i.flags >> gpu::kInstanceHighlightShift) & gpu::kInstanceHighlightMask) tables.bucket_counts[gpu::kBucketOutline] += static_cast<uint32_t>(change);
  }

  // `reshaped`: its mesh has changed.
  void write_slot(uint32_t slot, const gpu::Instance& instance, bool reshaped = false) {
    gpu::Instance& old = instances.items[slot];
    if (!reshaped && std::memcmp(&old, &instance, sizeof instance) == 0) return;
    constexpr uint32_t kShadowFlags = gpu::kInstanceVisible | gpu::kInstanceCastsShadow | gpu::kInstanceBucket | gpu::kInstanceMoving;
    const bool shape_changed = reshaped || std::memcmp(&old, &instance, 3 * sizeof(glm::vec4)) != 0 || old.mesh != instance.mesh ||
                               (old.flags & kShadowFlags) != (instance.flags & kShadowFlags);
    for (const gpu::Instance* i : {static_cast<const gpu::Instance*>(&old), &instance}) {
      if (!shape_changed || !(i->flags & gpu::kInstanceVisible) || !(i->flags & gpu::kInstanceCastsShadow)) continue;
      if ((i->flags & gpu::kInstanceBucket) == gpu::kBucketBlend) continue;
      ++(i->flags & gpu::kInstanceMoving ? tables.moving_version : tables.resting_version);
    }
    constexpr uint32_t kRoomFlags = gpu::kInstanceVisible | gpu::kInstanceBucket | gpu::kInstanceInRoom;
    const bool seen_changed = reshaped || std::memcmp(&old, &instance, 3 * sizeof(glm::vec4)) != 0 || old.mesh != instance.mesh || ((old.flags ^ instance.flags) & kRoomFlags);
    if (((old.flags | instance.flags) & gpu::kInstanceInRoom) && seen_changed) ++tables.room_version;
    count(old, -1);
    count(instance, 1);
    const auto at = std::lower_bound(tables.blended.begin(), tables.blended.end(), slot);
    const bool listed = at != tables.blended.end() && *at == slot;
    const bool blended = (instance.flags & gpu::kInstanceVisible) && (instance.flags & gpu::kInstanceBucket) == gpu::kBucketBlend;
    if (blended && !listed) tables.blended.insert(at, slot);
    if (!blended && listed) tables.blended.erase(at);
    old = instance;
    if (moved_at.size() < instances.items.size()) moved_at.resize(instances.items.size());
    if (moved_at[slot] >= moved.size() || moved[moved_at[slot]].slot != slot) {
      moved_at[slot] = static_cast<uint32_t>(moved.size());
      moved.push_back({instance, slot});
    }
    moved[moved_at[slot]].instance = instance;
  }

  // To be called before an object is placed anew. What moves once is likely to move on: its shadow is then redrawn alone, until it has rested
  // for a while.
  void set_off(Object& o) {
    o.moved_at = frame;
    if (o.moving) return;
    o.moving = true;
    moving.push_back(o.id);
  }

  void settle() {
    constexpr uint64_t kRestFrames = 20;
    ++frame;
    std::erase_if(moving, [&](ObjectId id) {
      Object* o = find(id);
      if (!o) return true;
      if (frame - o->moved_at < kRestFrames) return false;
      o->moving = false;
      place(*o);
      return true;
    });
  }

  // Large things of few triangles, such as walls, hide much for little.
  bool occludes(uint32_t mesh, uint32_t bucket, bool hidden = false) const {
    const gpu::MeshInfo& m = meshes.items[mesh];
    return !hidden && (bucket == gpu::kBucketOpaque || bucket == gpu::kBucketDouble) && m.lods[0].index_count <= 3 * 64;
  }

  // What a pose does to skinned meshes: their boxes now, their vertices at the next prepare().
  void bend(Object& o) {
    const LoadedModel& m = models[o.model];
    if (m.bones.skins.empty()) return;
    o.joints.resize(m.bones.skins.size());
    for (size_t s = 0; s < o.joints.size(); ++s) joint_matrices(m.bones.skins[s], o.nodes, o.joints[s]);
    for (size_t i = 0; i < m.parts.size(); ++i) {
      if (o.posed[i] == kNoSlot) continue;
      const auto& joints = o.joints[static_cast<size_t>(m.parts[i].skin)];
      const auto& boxes = m.joint_boxes[m.parts[i].source];
      const PosedBox box = posed_box(boxes, joints);
      gpu::MeshInfo& info = meshes.items[o.posed[i]];
      info.center = (box.lower + box.upper) * 0.5f;
      info.half_extent = (box.upper - box.lower) * 0.5f;
      info.radius = std::max(glm::length(info.half_extent), 1e-6f);
      // A joint that makes its part larger makes what its simpler levels leave out larger too.
      float stretch = 1;
      for (const JointBox& b : boxes)
        for (int axis = 0; axis < 3; ++axis) stretch = std::max(stretch, glm::length(glm::vec3(joints[b.joint][axis])));
      const gpu::MeshInfo& rest = meshes.items[m.parts[i].mesh];
      for (size_t l = 0; l < std::size(info.lods); ++l) info.lods[l].error = rest.lods[l].error * stretch;
    }
    if (!o.bent) bent.push_back(o.id);
    o.bent = true;
  }

  // Rewrites the object's slots from its state. `reshaped`: its pose is new.
  void place(Object& o, bool reshaped = false) {
    const LoadedModel& m = models[o.model];
    bool any = false;
    for (size_t i = 0; i < m.parts.size(); ++i) {
      const ModelPart& part = m.parts[i];
      const bool posed = o.posed[i] != kNoSlot;
      const uint32_t mesh_slot = posed ? o.posed[i] : part.mesh;
      // Skinned vertices are in the model's frame: the node that shows them plays no part.
      const glm::mat4 w = posed ? o.transform : o.transform * o.nodes[static_cast<size_t>(part.node)];
      gpu::Instance g{};
      g.row0 = {w[0][0], w[1][0], w[2][0], w[3][0]};
      g.row1 = {w[0][1], w[1][1], w[2][1], w[3][1]};
      g.row2 = {w[0][2], w[1][2], w[2][2], w[3][2]};
      g.mesh = mesh_slot;
      const auto own = o.materials.find(static_cast<uint32_t>(i));
      g.material = own == o.materials.end() ? part.material : own->second;
      uint32_t bucket = part.bucket;
      float turns_out = glm::determinant(glm::mat3(w));
      if (posed) turns_out *= glm::determinant(glm::mat3(o.joints[static_cast<size_t>(part.skin)][m.joint_boxes[part.source][0].joint]));
      const bool mirrored = turns_out < 0;
      if (mirrored && bucket == gpu::kBucketOpaque) bucket = gpu::kBucketDouble;
      if (o.highlight == Highlight::kGhost) bucket = gpu::kBucketBlend;
      bool hidden = !o.visible;
      for (int n = part.node; n >= 0 && !hidden; n = m.bones.nodes[static_cast<size_t>(n)].parent) {
        const auto h = o.hidden.find(n);
        hidden = h != o.hidden.end() && h->second;
      }
      const float* glow = inherited(o.glow, m.bones, part.node);
      g.flags = bucket | (hidden ? 0 : gpu::kInstanceVisible) | (o.casts_shadow ? gpu::kInstanceCastsShadow : 0) | (mirrored ? gpu::kInstanceMirrored : 0) |
                (o.moving ? gpu::kInstanceMoving : 0) | (o.in_room ? gpu::kInstanceInRoom : 0) | (occludes(mesh_slot, bucket, hidden) ? gpu::kInstanceOccluder : 0) |
                static_cast<uint32_t>(o.highlight) << gpu::kInstanceHighlightShift |
                static_cast<uint32_t>(std::lround(glm::clamp(glow ? *glow : 1.0f, 0.0f, 2.0f) * 127)) << gpu::kInstanceGlowShift;
      g.object = o.id;
      write_slot(o.slots[i], g, reshaped && posed);
      const gpu::MeshInfo& mesh = meshes.items[mesh_slot];
      glm::vec3 c, h;
      transformed(w, mesh.center, mesh.half_extent, c, h);
      include(o.bounds, any, c, h);
    }
    if (!any) o.bounds = {glm::vec3(o.transform[3]), glm::vec3(o.transform[3])};
    lists_stale = true;
  }

  void drop_own_materials(Object& o) {
    for (auto& [part, material] : o.materials) materials.remove(material);
    o.materials.clear();
  }

  // Where they lie in the table.
  uint32_t add_clusters(const std::vector<MeshCluster>& made, uint32_t first_index) {
    if (made.empty()) return 0;
    const uint32_t at = cluster_ranges.take(static_cast<uint32_t>(made.size()));
    clusters.resize(cluster_ranges.end);
    std::transform(made.begin(), made.end(), clusters.begin() + at, [&](const MeshCluster& c) {
      return gpu::Cluster{(c.lower + c.upper) * 0.5f, c.cutoff, (c.upper - c.lower) * 0.5f, c.grain, c.apex, first_index + c.first_index, c.axis, c.index_count};
    });
    clusters_dirty = true;
    return at;
  }

  Result<uint32_t> add_mesh(const Mesh& mesh) {
    Uploader& up = textures.uploader();
    gpu::MeshInfo info{};
    const auto vertex_count = static_cast<uint32_t>(mesh.vertices.size()), index_count = static_cast<uint32_t>(mesh.indices.size());
    if (vertex_count > 0 && index_count > 0) {
      std::vector<gpu::PackedVertex> packed(vertex_count);
      std::transform(mesh.vertices.begin(), mesh.vertices.end(), packed.begin(), pack);
      info.vertex_offset = vertex_ranges.take(vertex_count);
      const uint32_t first = index_ranges.take(index_count);
      if (!mesh.skin.empty()) {
        std::vector<gpu::PackedSkinVertex> weights(vertex_count);
        for (size_t v = 0; v < mesh.skin.size(); ++v)
          for (uint32_t i = 0; i < 4; ++i) {
            weights[v].joints |= uint32_t{mesh.skin[v].joints[i]} << (8 * i);
            weights[v].weights |= uint32_t{mesh.skin[v].weights[i]} << (8 * i);
          }
        info.skin_offset = skin_ranges.take(vertex_count);
        if (auto s = skins.reserve(device, up, sizeof(gpu::PackedSkinVertex) * VkDeviceSize{skin_ranges.end}); !s) return s.error();
        if (auto s = up.to_buffer(skins.buffer, sizeof(gpu::PackedSkinVertex) * VkDeviceSize{info.skin_offset}, weights.data(),
                                  sizeof(gpu::PackedSkinVertex) * weights.size()); !s) return s.error();
      }
      if (auto s = vertices.reserve(device, up, sizeof(gpu::PackedVertex) * VkDeviceSize{vertex_ranges.end}); !s) return s.error();
      if (auto s = indices.reserve(device, up, sizeof(uint32_t) * VkDeviceSize{index_ranges.end}); !s) return s.error();
      if (auto s = up.to_buffer(vertices.buffer, sizeof(gpu::PackedVertex) * VkDeviceSize{info.vertex_offset}, packed.data(),
                                sizeof(gpu::PackedVertex) * packed.size()); !s) return s.error();
      if (auto s = up.to_buffer(indices.buffer, sizeof(uint32_t) * VkDeviceSize{first}, mesh.indices.data(), sizeof(uint32_t) * mesh.indices.size()); !s)
        return s.error();
      info.center = (mesh.lower + mesh.upper) * 0.5f;
      info.half_extent = (mesh.upper - mesh.lower) * 0.5f;
      info.radius = std::max(glm::length(info.half_extent), 1e-6f);
      info.lod_count = static_cast<uint32_t>(std::clamp<size_t>(mesh.lods.size(), 1, std::size(info.lods)));
      info.lods[0] = {first, index_count, 0, 0, 0};
      const uint32_t first_cluster = add_clusters(mesh.clusters, first);
      for (size_t i = 0; i < std::min(mesh.lods.size(), std::size(info.lods)); ++i) {
        const MeshLod& lod = mesh.lods[i];
        info.lods[i] = {first + lod.first_index, lod.index_count, lod.error, first_cluster + lod.first_cluster, lod.cluster_count};
      }
    }
    return meshes.add(info);
  }

  // Meshes of its own for what of the object is skinned, with room for their vertices.
  Status add_posed(Object& o) {
    const LoadedModel& m = models[o.model];
    for (const ModelPart& part : m.parts) {
      o.posed.push_back(kNoSlot);
      if (part.skin < 0) continue;
      gpu::MeshInfo info = meshes.items[part.mesh];
      if (info.radius <= 0) continue;
      info.vertex_offset = vertex_ranges.take(m.vertex_counts[part.source].first);
      o.posed.back() = meshes.add(info);
      if (auto s = vertices.reserve(device, textures.uploader(), sizeof(gpu::PackedVertex) * VkDeviceSize{vertex_ranges.end}); !s) return s;
    }
    return ok();
  }

  void remove_posed(const Object& o) {
    const LoadedModel& m = models[o.model];
    for (size_t i = 0; i < o.posed.size(); ++i) {
      if (o.posed[i] == kNoSlot) continue;
      vertex_ranges.give_back(meshes.items[o.posed[i]].vertex_offset, m.vertex_counts[m.parts[i].source].first);
      meshes.remove(o.posed[i]);
    }
  }

  // What skin.comp is to do for the objects that can be seen and whose pose is new.
  Status write_skin_work(Arena& arena) {
    tables.skin_at = 0;
    tables.skin_groups = 0;
    if (bent.empty()) return ok();
    jobs.clear();
    uint32_t joint_count = 0;
    std::vector<const std::vector<glm::mat4>*>& used = used_joints;
    used.clear();
    std::erase_if(bent, [&](ObjectId id) {
      Object* o = find(id);
      if (!o) return true;
      if (!o->visible) return false;
      const LoadedModel& m = models[o->model];
      uint32_t first_joint = joint_count;
      for (size_t s = 0; s < o->joints.size(); ++s) {
        for (size_t i = 0; i < m.parts.size(); ++i) {
          if (o->posed[i] == kNoSlot || m.parts[i].skin != static_cast<int>(s)) continue;
          const gpu::MeshInfo& rest = meshes.items[m.parts[i].mesh];
          const uint32_t count = m.vertex_counts[m.parts[i].source].first;
          jobs.push_back({meshes.items[o->posed[i]], o->posed[i], rest.vertex_offset, rest.skin_offset, count, tables.skin_groups, first_joint});
          tables.skin_groups += (count + 63) / 64;
        }
        used.push_back(&o->joints[s]);
        first_joint += static_cast<uint32_t>(o->joints[s].size());
      }
      joint_count = first_joint;
      o->bent = false;
      return true;
    });
    if (jobs.empty()) return ok();
    const size_t head = sizeof(gpu::SkinWork) + sizeof(gpu::SkinJob) * jobs.size(), joints_at = (head + 15) / 16 * 16;
    const size_t bytes = joints_at + 3 * sizeof(glm::vec4) * joint_count;
    auto piece = arena.take(bytes);
    if (!piece) return piece.error();
    const gpu::SkinWork work{vertices.buffer.address, skins.buffer.address, mesh_table.buffer.address, piece->address + joints_at,
                             static_cast<uint32_t>(jobs.size()), tables.skin_groups};
    auto* out = static_cast<char*>(piece->mapped);
    std::memcpy(out, &work, sizeof work);
    std::memcpy(out + sizeof work, jobs.data(), sizeof(gpu::SkinJob) * jobs.size());
    auto* row = reinterpret_cast<glm::vec4*>(out + joints_at);
    for (const auto* joints : used)
      for (const glm::mat4& j : *joints)
        for (int r = 0; r < 3; ++r) *row++ = {j[0][r], j[1][r], j[2][r], j[3][r]};
    tables.skin_at = piece->address;
    tables.uploaded_bytes += bytes;
    return ok();
  }

  // The handles of the textures are counted in `m`, also on failure.
  Result<uint32_t> add_material(const Model& model, const Material& material, LoadedModel& m) {
    gpu::MaterialInfo info{};
    info.base_color = material.base_color;
    info.emissive = material.emissive;
    info.alpha_cutoff = material.alpha == Material::Alpha::kMask ? std::max(material.alpha_cutoff, 1e-3f) : 0;
    info.metallic = material.metallic;
    info.roughness = material.roughness;
    info.normal_scale = material.normal_scale;
    info.clearcoat = material.clearcoat;
    info.clearcoat_roughness = material.clearcoat_roughness;
    info.transmission = material.transmission;
    const auto texture = [&](int index, gpu::uint& out) -> Status {
      out = kNoTexture;
      if (index < 0 || static_cast<size_t>(index) >= model.images.size()) return ok();
      auto handle = textures.add(model.images[static_cast<size_t>(index)]);
      if (!handle) return handle.error();
      m.textures.push_back(*handle);
      out = *handle;
      return ok();
    };
    if (auto s = texture(material.tex_base, info.tex_base); !s) return s.error();
    if (auto s = texture(material.tex_normal, info.tex_normal); !s) return s.error();
    if (auto s = texture(material.tex_orm, info.tex_orm); !s) return s.error();
    if (auto s = texture(material.tex_emissive, info.tex_emissive); !s) return s.error();
    if (auto s = texture(material.tex_occlusion, info.tex_occlusion); !s) return s.error();
    return materials.add(info);
  }

  void unload(LoadedModel& m) {
    for (size_t i = 0; i < m.meshes.size(); ++i) {
      const gpu::MeshInfo& info = meshes.items[m.meshes[i]];
      if (info.radius > 0) {
        vertex_ranges.give_back(info.vertex_offset, m.vertex_counts[i].first);
        index_ranges.give_back(info.lods[0].first_index, m.vertex_counts[i].second);
        uint32_t cluster_count = 0;
        for (const gpu::Lod& lod : info.lods) cluster_count += lod.cluster_count;
        // The first level has clusters if any has: it is the largest.
        cluster_ranges.give_back(info.lods[0].first_cluster, cluster_count);
        if (!m.joint_boxes[i].empty()) skin_ranges.give_back(info.skin_offset, m.vertex_counts[i].first);
      }
      meshes.remove(m.meshes[i]);
    }
    for (uint32_t i : m.materials) materials.remove(i);
    for (TextureHandle t : m.textures) textures.remove(t);
    m = {};
  }

  // The shader looks nothing up: what a vertex names must be there.
  static Status check_skins(const Model& model) {
    const auto wrong = [&](const std::string& what) { return Error{Code::kFailed, model.name, what, ""}; };
    for (const Skin& skin : model.skins) {
      if (skin.joints.empty() || skin.inverse_bind.size() != skin.joints.size())
        return wrong("skin \"" + skin.name + "\" has joints without a rest");
      for (const int joint : skin.joints)
        if (joint < 0 || static_cast<size_t>(joint) >= model.nodes.size()) return wrong("skin \"" + skin.name + "\" names a joint that is not there");
    }
    for (const Mesh& mesh : model.meshes)
      if (!mesh.skin.empty() && mesh.skin.size() != mesh.vertices.size()) return wrong("mesh \"" + mesh.name + "\" has vertices without joints");
    for (const Node& node : model.nodes) {
      if (node.skin < 0) continue;
      if (static_cast<size_t>(node.skin) >= model.skins.size()) return wrong("node \"" + node.name + "\" names a skin that is not there");
      for (const uint32_t mesh : node.meshes)
        for (const SkinVertex& v : model.meshes[mesh].skin)
          if (std::accumulate(v.weights.begin(), v.weights.end(), 0) != 255)
            return wrong("mesh \"" + model.meshes[mesh].name + "\" has weights that are not 255 in all");
          else if (*std::max_element(v.joints.begin(), v.joints.end()) >= model.skins[static_cast<size_t>(node.skin)].joints.size())
            return wrong("mesh \"" + model.meshes[mesh].name + "\" names a joint that its skin has not");
    }
    return ok();
  }

  Status load(const Model& model, LoadedModel& m) {
    m.used = true;
    m.bones.name = model.name;
    m.bones.nodes = model.nodes;
    m.bones.clips = model.clips;
    m.bones.skins = model.skins;
    for (const Mesh& mesh : model.meshes)
      if (mesh.material >= model.materials.size()) return Error{Code::kFailed, model.name, "mesh \"" + mesh.name + "\" names a material that is not there", ""};
    for (const Node& node : model.nodes)
      for (uint32_t mesh : node.meshes)
        if (mesh >= model.meshes.size()) return Error{Code::kFailed, model.name, "node \"" + node.name + "\" names a mesh that is not there", ""};
    if (auto s = check_skins(model); !s) return s;
    textures.prefetch(model.images);
    for (const Material& material : model.materials) {
      auto slot = add_material(model, material, m);
      if (!slot) return slot.error();
      m.materials.push_back(*slot);
    }
    for (const Mesh& mesh : model.meshes) {
      auto slot = add_mesh(mesh);
      if (!slot) return slot.error();
      m.meshes.push_back(*slot);
      m.joint_boxes.push_back(joint_boxes(mesh));
      m.vertex_counts.push_back({static_cast<uint32_t>(mesh.vertices.size()), static_cast<uint32_t>(mesh.indices.size())});
    }
    const Pose rest = pose_of(m.bones, {});
    std::vector<std::vector<glm::mat4>> joints;
    for (const Skin& skin : m.bones.skins) joints.push_back(joint_matrices(skin, rest));
    bool any = false;
    for (size_t n = 0; n < model.nodes.size(); ++n)
      for (uint32_t mesh : model.nodes[n].meshes) {
        const Material& material = model.materials[model.meshes[mesh].material];
        uint32_t bucket = gpu::kBucketOpaque;
        if (material.double_sided) bucket = gpu::kBucketDouble;
        if (material.alpha == Material::Alpha::kMask) bucket = gpu::kBucketMask;
        if (material.alpha == Material::Alpha::kBlend || material.transmission > 0) bucket = gpu::kBucketBlend;
        const int skin = m.joint_boxes[mesh].empty() ? -1 : model.nodes[n].skin;
        m.parts.push_back({static_cast<int>(n), skin, mesh, m.meshes[mesh], m.materials[model.meshes[mesh].material], bucket});
        glm::vec3 c, h;
        const gpu::MeshInfo& info = meshes.items[m.meshes[mesh]];
        transformed(rest[n], info.center, info.half_extent, c, h);
        if (skin >= 0) {
          const PosedBox box = posed_box(m.joint_boxes[mesh], joints[static_cast<size_t>(skin)]);
          c = (box.lower + box.upper) * 0.5f, h = (box.upper - box.lower) * 0.5f;
        }
        include(m.bounds, any, c, h);
      }
    return ok();
  }

  void refresh_lists() {
    if (!lists_stale) return;
    lists_stale = false;
    tables.outlined.clear();
    tables.shadow_bounds = scenery_bounds;
    tables.any_moving = scenery_moves;
    bool any = any_scenery;
    for (const auto& [id, o] : objects) {
      if (!o.visible) continue;
      if (o.highlight != Highlight::kNone && o.highlight != Highlight::kGhost) tables.outlined.push_back(id);
      if (!o.casts_shadow || o.highlight == Highlight::kGhost) continue;
      tables.any_moving |= o.moving;
      include(tables.shadow_bounds, any, (o.bounds.lower + o.bounds.upper) * 0.5f, (o.bounds.upper - o.bounds.lower) * 0.5f);
    }
  }
};

GpuScene::GpuScene(std::unique_ptr<Private> p) : p_(std::move(p)) {}
GpuScene::~GpuScene() = default;

Result<std::unique_ptr<GpuScene>> GpuScene::create(Device& device, Textures& textures) {
  return std::unique_ptr<GpuScene>(new GpuScene(std::make_unique<Private>(device, textures)));
}

Result<ModelId> GpuScene::add_model(const Model& model) {
  LoadedModel m;
  if (auto s = p_->load(model, m); !s) {
    p_->unload(m);
    Error e = s.error();
    if (e.where.empty() || e.where == "texture") e.where = model.name;
    return e;
  }
  p_->models.push_back(std::move(m));
  return static_cast<ModelId>(p_->models.size() - 1);
}

void GpuScene::remove_model(ModelId model) {
  if (model >= p_->models.size() || !p_->models[model].used) return;
  std::vector<ObjectId> gone;
  for (const auto& [id, o] : p_->objects)
    if (o.model == model) gone.push_back(id);
  for (ObjectId id : gone) remove_object(id);
  p_->unload(p_->models[model]);
}

ObjectId GpuScene::add_object(ModelId model, const glm::mat4& transform, const PoseState& pose) {
  if (model >= p_->models.size() || !p_->models[model].used) return kNoObject;
  Object o;
  o.id = p_->next_object++;
  o.model = model;
  o.transform = transform;
  o.pose = pose;
  o.nodes = pose_of(p_->models[model].bones, pose);
  if (auto s = p_->add_posed(o); !s) {
    spdlog::error("{}", s.error().text());
    p_->remove_posed(o);
    return kNoObject;
  }
  for (size_t i = 0; i < p_->models[model].parts.size(); ++i) o.slots.push_back(p_->instances.add({}));
  Object& kept = p_->objects[o.id] = std::move(o);
  p_->bend(kept);
  p_->place(kept);
  p_->lists_stale = true;
  return kept.id;
}

void GpuScene::set_transform(ObjectId object, const glm::mat4& transform) {
  Object* o = p_->find(object);
  if (!o || o->transform == transform) return;
  o->transform = transform;
  p_->set_off(*o);
  p_->place(*o);
}

void GpuScene::set_pose(ObjectId object, const PoseState& pose) {
  Object* o = p_->find(object);
  if (!o || o->pose == pose) return;
  o->pose = pose;
  pose_of(p_->models[o->model].bones, pose, o->nodes, p_->pose_memory);
  p_->bend(*o);
  p_->set_off(*o);
  p_->place(*o, true);
}

void GpuScene::set_visible(ObjectId object, bool visible) {
  Object* o = p_->find(object);
  if (!o || o->visible == visible) return;
  o->visible = visible;
  p_->place(*o);
}

void GpuScene::set_highlight(ObjectId object, Highlight highlight) {
  Object* o = p_->find(object);
  if (!o || o->highlight == highlight) return;
  o->highlight = highlight;
  p_->place(*o);
}

void GpuScene::set_casts_shadow(ObjectId object, bool casts) {
  Object* o = p_->find(object);
  if (!o || o->casts_shadow == casts) return;
  o->casts_shadow = casts;
  p_->place(*o);
}

void GpuScene::set_in_room(ObjectId object, bool in_room) {
  Object* o = p_->find(object);
  if (!o || o->in_room == in_room) return;
  o->in_room = in_room;
  p_->place(*o);
}

void GpuScene::set_node_visible(ObjectId object, int node, bool visible) {
  Object* o = p_->find(object);
  if (!o) return;
  o->hidden[node] = !visible;
  p_->place(*o);
}

void GpuScene::set_node_glow(ObjectId object, int node, float glow) {
  Object* o = p_->find(object);
  if (!o) return;
  o->glow[node] = glow;
  p_->place(*o);
}

void GpuScene::set_node_texture(ObjectId object, int node, TextureHandle texture) {
  Object* o = p_->find(object);
  if (!o) return;
  if (texture == kNoTexture) o->texture.erase(node);
  else o->texture[node] = texture;
  p_->drop_own_materials(*o);
  const LoadedModel& m = p_->models[o->model];
  for (size_t i = 0; i < m.parts.size(); ++i) {
    const TextureHandle* wanted = inherited(o->texture, m.bones, m.parts[i].node);
    if (const auto all = o->texture.find(-1); !wanted && all != o->texture.end()) wanted = &all->second;
    if (!wanted) continue;
    gpu::MaterialInfo own = p_->materials.items[m.parts[i].material];
    own.tex_base = *wanted;
    // A display that glows shows its picture in its glow too.
    if (own.emissive != glm::vec3(0)) own.tex_emissive = *wanted;
    o->materials[static_cast<uint32_t>(i)] = p_->materials.add(own);
  }
  p_->place(*o);
}

void GpuScene::remove_object(ObjectId object) {
  Object* o = p_->find(object);
  if (!o) return;
  p_->drop_own_materials(*o);
  for (uint32_t slot : o->slots) {
    p_->write_slot(slot, {});
    p_->instances.remove(slot);
  }
  p_->remove_posed(*o);
  p_->objects.erase(object);
  p_->lists_stale = true;
}

Bounds GpuScene::bounds(ObjectId object) const {
  const Object* o = p_->find(object);
  return o ? o->bounds : Bounds{};
}

Bounds GpuScene::model_bounds(ModelId model) const { return model < p_->models.size() ? p_->models[model].bounds : Bounds{}; }

uint32_t GpuScene::object_count() const { return static_cast<uint32_t>(p_->objects.size()); }

uint64_t GpuScene::triangle_count() const {
  uint64_t n = 0;
  for (const gpu::Instance& i : p_->instances.items)
    if (i.flags & gpu::kInstanceVisible) n += p_->meshes.items[i.mesh].lods[0].index_count / 3;
  return n;
}

Status GpuScene::prepare(Arena& arena) {
  Private& p = *p_;
  p.settle();
  p.refresh_lists();
  Uploader& up = p.textures.uploader();
  const auto whole = [&](auto& slots, GpuTable& table) -> Status {
    if (!slots.dirty || slots.items.empty()) return ok();
    const VkDeviceSize bytes = sizeof(slots.items[0]) * slots.items.size();
    if (auto s = table.reserve(p.device, up, bytes); !s) return s;
    if (auto s = up.to_buffer(table.buffer, 0, slots.items.data(), bytes); !s) return s;
    slots.dirty = false;
    return ok();
  };
  if (auto s = whole(p.meshes, p.mesh_table); !s) return s;
  if (auto s = whole(p.materials, p.material_table); !s) return s;
  if (p.clusters_dirty) {
    const VkDeviceSize bytes = sizeof(gpu::Cluster) * p.clusters.size();
    if (auto s = p.cluster_table.reserve(p.device, up, bytes); !s) return s;
    if (auto s = up.to_buffer(p.cluster_table.buffer, 0, p.clusters.data(), bytes); !s) return s;
    p.clusters_dirty = false;
  }
  Tables& t = p.tables;
  t.instance_count = static_cast<uint32_t>(p.instances.items.size());
  const uint32_t cells = gpu::cells_of(t.instance_count);
  if (auto s = p.instance_table.reserve(p.device, up, sizeof(gpu::Instance) * VkDeviceSize{t.instance_count}); !s) return s;
  // The boxes of cells and blocks are made on the GPU.
  if (auto s = p.cell_table.reserve(p.device, up, sizeof(gpu::Cell) * VkDeviceSize{cells}); !s) return s;
  if (auto s = p.block_table.reserve(p.device, up, sizeof(gpu::Cell) * VkDeviceSize{gpu::blocks_of(cells)}); !s) return s;
  p.refit_all |= cells > p.cell_count;
  p.cell_count = cells;
  t.uploaded_bytes = 0;
  for (const auto& [first, count] : p.bulk) {
    // In pieces, so that staging memory stays small.
    constexpr uint32_t kPiece = 16384;
    for (uint32_t done = 0; done < count; done += kPiece) {
      const uint32_t n = std::min(kPiece, count - done), at = first + done;
      if (auto s = up.to_buffer(p.instance_table.buffer, sizeof(gpu::Instance) * VkDeviceSize{at}, &p.instances.items[at], sizeof(gpu::Instance) * VkDeviceSize{n}); !s)
        return s;
    }
    t.uploaded_bytes += sizeof(gpu::Instance) * uint64_t{count};
    p.refit_all = true;
  }
  p.bulk.clear();
  if (auto s = up.flush(); !s) return s;

  if (auto s = p.write_skin_work(arena); !s) return s;
  t.moved_count = static_cast<uint32_t>(p.moved.size());
  t.moved_at = 0;
  if (t.moved_count > 0) {
    auto piece = arena.take(sizeof(gpu::Moved) * p.moved.size());
    if (!piece) return piece.error();
    t.moved_at = piece->address;
    std::memcpy(piece->mapped, p.moved.data(), sizeof(gpu::Moved) * p.moved.size());
    t.uploaded_bytes += sizeof(gpu::Moved) * p.moved.size();
    p.moved.clear();
    p.refit_left = cells;
  }
  // What moves only grows its cells; some are made exact each frame until all have been.
  constexpr uint32_t kRefitCells = 64;
  if (p.refit_at >= cells) p.refit_at = 0;
  t.refit_first = p.refit_all ? 0 : p.refit_at;
  t.refit_count = p.refit_all ? cells : std::min({kRefitCells, p.refit_left, cells - p.refit_at});
  p.refit_left = p.refit_all ? 0 : p.refit_left - t.refit_count;
  p.refit_at = t.refit_first + t.refit_count;
  p.refit_all = false;

  t.vertices = p.vertices.buffer.handle;
  t.indices = p.indices.buffer.handle;
  t.materials = p.material_table.buffer.handle;
  t.instances = p.instance_table.buffer.handle;
  t.vertices_at = p.vertices.buffer.address;
  t.meshes_at = p.mesh_table.buffer.address;
  t.clusters_at = p.cluster_table.buffer.address;
  t.instances_at = p.instance_table.buffer.address;
  t.cells_at = p.cell_table.buffer.address;
  t.blocks_at = p.block_table.buffer.address;
  return ok();
}

std::vector<GpuScene::Part> GpuScene::parts(ModelId model) const {
  std::vector<Part> parts;
  if (model >= p_->models.size()) return parts;
  for (const auto& part : p_->models[model].parts)
    parts.push_back({part.mesh, part.material,
                     part.bucket | gpu::kInstanceVisible | gpu::kInstanceCastsShadow | (p_->occludes(part.mesh, part.bucket) ? gpu::kInstanceOccluder : 0) |
                         127u << gpu::kInstanceGlowShift});
  return parts;
}

uint32_t GpuScene::add_scenery(std::vector<gpu::Instance> instances) {
  Private& p = *p_;
  sort_by_place(instances, p.meshes.items);
  std::vector<gpu::Instance>& items = p.instances.items;
  // From a cell of its own: what is there already is of other places. The slots before it are uploaded too, as empty ones.
  const auto from = static_cast<uint32_t>(items.size());
  items.resize((items.size() + gpu::kCellSize - 1) / gpu::kCellSize * gpu::kCellSize);
  const auto first = static_cast<uint32_t>(items.size());
  p.bulk.push_back({from, first - from + static_cast<uint32_t>(instances.size())});
  if (items.empty()) items = std::move(instances);
  else items.insert(items.end(), instances.begin(), instances.end());
  for (uint32_t i = first; i < items.size(); ++i) {
    const gpu::Instance& g = items[i];
    p.count(g, 1);
    if ((g.flags & gpu::kInstanceBucket) == gpu::kBucketBlend) p.tables.blended.push_back(i);
    if (!(g.flags & gpu::kInstanceCastsShadow)) continue;
    const gpu::Box box = gpu::box_of(g, p.meshes.items[g.mesh]);
    include(p.scenery_bounds, p.any_scenery, box.center, glm::abs(box.x) + glm::abs(box.y) + glm::abs(box.z));
  }
  ++p.tables.resting_version;
  p.lists_stale = true;
  return first;
}

void GpuScene::move_scenery(uint32_t slot, glm::vec4 row0, glm::vec4 row1, glm::vec4 row2) {
  if (slot >= p_->instances.items.size()) return;
  gpu::Instance moved = p_->instances.items[slot];
  moved.row0 = row0;
  moved.row1 = row1;
  moved.row2 = row2;
  // What moves once is likely to move on: its shadow is redrawn alone from now on.
  moved.flags |= gpu::kInstanceMoving;
  if ((moved.flags & gpu::kInstanceCastsShadow) && !p_->scenery_moves) p_->scenery_moves = p_->lists_stale = true;
  p_->write_slot(slot, moved);
}

const GpuScene::Tables& GpuScene::tables() const { return p_->tables; }
const std::vector<gpu::Instance>& GpuScene::instances() const { return p_->instances.items; }
const std::vector<gpu::MeshInfo>& GpuScene::meshes() const { return p_->meshes.items; }
const std::vector<gpu::Cluster>& GpuScene::clusters() const { return p_->clusters; }

glm::vec3 GpuScene::instance_center(uint32_t slot) const {
  const gpu::Instance& i = p_->instances.items[slot];
  const glm::vec4 c(p_->meshes.items[i.mesh].center, 1);
  return {glm::dot(i.row0, c), glm::dot(i.row1, c), glm::dot(i.row2, c)};
}

}  // namespace shixun
