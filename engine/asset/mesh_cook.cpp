#include "engine/asset/mesh_cook.h"

#include <algorithm>
#include <cmath>
#include <glm/geometric.hpp>
#include <limits>
#include <meshoptimizer.h>
#include <numeric>

namespace shixun {
namespace {

// Why meshes up to kWholeTriangles stay whole. Measured: triangles drawn when a level may be one pixel off and the whole thing is so many
// pixels wide. The library's 16 meshes of 4,000 to 16,000 triangles, in chunks above 4,096 | above 16,384 | never: 42 | 20 | 16 draws;
// 1000 px 126k | 127k | 131k, 100 px 83k | 82k | 82k: chunks of that size save nothing. A plain of 30,000 triangles, 8 chunks | whole:
// 1000 px 14k | 30k, 300 px 9k | 4k, 30 px 1.5k | 0.5k; and near by most chunks are not in view at all, which is what they are for.

// Fewer triangles than this cost less than the bookkeeping of a second level.
constexpr size_t kLeastForLods = 128;
// A level must be this much smaller than the one before to be worth its indices.
constexpr float kWorthwhile = 0.75f;
// The last level is for things a few pixels wide.
constexpr size_t kSilhouetteTriangles = 480;
// Relative to the extent; a level this far off would be chosen for things smaller than two pixels.
constexpr float kUseless = 0.6f;
constexpr float kOverdrawSlack = 1.05f;  // vertex reuse given up for front-to-back order
// Clothes lie on each other a few millimetres apart. Where two layers, each half a pixel off, cut through each other, a whole patch has the
// wrong colour: a torn collar, blots where a face meets its hair. So a skinned mesh's error counts this much more.
constexpr float kLayers = 3;


// Clusters: a level has up to 32 (one bit each), of 16 triangles at least. Expected: a third of the triangles fewer (half face away, and a
// cluster as wide as a 32nd of a ball is known to for a third of all directions), and with them a third of their time. Measured on the hall's
// four meshes, share of triangles left out from any side | corners shaded per triangle drawn: the library's meshlets 12 % | 0.6, k-means by
// place and normal 32 % | 1.0, halving as below 31 % | 0.8 and half as many runs; by normals alone 33 % | 1.1. Measured in the hall, a list of
// all that is seen drawn with and without what faces away: 97,500 | 70,000 triangles, and only 3 to 4 % of the frame's CPU time: a triangle
// that is turned away costs a quarter of one that is filled, while corners that are no longer shared cost in full.
constexpr size_t kLeastCluster = 16;  // triangles
constexpr float kPlaceWeight = 1.0f;  // of a triangle's place, in extents of the mesh, against its normal

struct Aim {
  float share;      // of the full triangles
  float max_error;  // relative to the mesh's extent
};
constexpr Aim kAims[kMaxLods - 1] = {{0.40f, 0.02f}, {0.12f, 0.06f}, {0.03f, 0.25f}};

const float* positions_of(const Mesh& mesh) { return &mesh.vertices[0].position.x; }

// Keeps what `indices` name, in the order of first use, and renumbers them.
void compact(Mesh& mesh) {
  std::vector<uint32_t> remap(mesh.vertices.size());
  const size_t count = meshopt_optimizeVertexFetchRemap(remap.data(), mesh.indices.data(), mesh.indices.size(), mesh.vertices.size());
  meshopt_remapIndexBuffer(mesh.indices.data(), mesh.indices.data(), mesh.indices.size(), remap.data());
  const auto move = [&](auto& items) {
    std::remove_reference_t<decltype(items)> kept(count);
    for (size_t v = 0; v < remap.size(); ++v)
      if (remap[v] != ~0u) kept[remap[v]] = items[v];
    items = std::move(kept);
  };
  move(mesh.vertices);
  if (!mesh.skin.empty()) move(mesh.skin);
}

void weld(Mesh& mesh) {
  static_assert(sizeof(Vertex) == 52 && sizeof(SkinVertex) == 8);  // no padding: vertices are compared as bytes
  for (Vertex& v : mesh.vertices) v.position += 0.0f, v.normal += 0.0f;  // -0 becomes 0, so that both weld
  meshopt_Stream streams[2] = {{mesh.vertices.data(), sizeof(Vertex), sizeof(Vertex)}, {mesh.skin.data(), sizeof(SkinVertex), sizeof(SkinVertex)}};
  std::vector<uint32_t> remap(mesh.vertices.size());
  const size_t count = meshopt_generateVertexRemapMulti(remap.data(), mesh.indices.data(), mesh.indices.size(), mesh.vertices.size(), streams,
                                                        mesh.skin.empty() ? 1 : 2);
  meshopt_remapIndexBuffer(mesh.indices.data(), mesh.indices.data(), mesh.indices.size(), remap.data());
  meshopt_remapVertexBuffer(mesh.vertices.data(), mesh.vertices.data(), mesh.vertices.size(), sizeof(Vertex), remap.data());
  mesh.vertices.resize(count);
  if (!mesh.skin.empty()) {
    meshopt_remapVertexBuffer(mesh.skin.data(), mesh.skin.data(), mesh.skin.size(), sizeof(SkinVertex), remap.data());
    mesh.skin.resize(count);
  }
  size_t kept = 0;
  for (size_t i = 0; i < mesh.indices.size(); i += 3) {
    const uint32_t a = mesh.indices[i], b = mesh.indices[i + 1], c = mesh.indices[i + 2];
    const auto same = [&](uint32_t p, uint32_t q) { return mesh.vertices[p].position == mesh.vertices[q].position; };
    if (same(a, b) || same(b, c) || same(a, c)) continue;
    mesh.indices[kept] = a, mesh.indices[kept + 1] = b, mesh.indices[kept + 2] = c;
    kept += 3;
  }
  mesh.indices.resize(kept);
}

// Splits at the middle of the longest axis of the triangles' centres, so that all chunks get about the same number.
std::vector<Mesh> chunks_of(Mesh&& mesh) {
  const size_t triangles = mesh.indices.size() / 3;
  std::vector<Mesh> chunks;
  if (triangles <= kWholeTriangles) {
    chunks.push_back(std::move(mesh));
    return chunks;
  }
  std::vector<glm::vec3> centers(triangles);
  for (size_t t = 0; t < triangles; ++t)
    for (size_t c = 0; c < 3; ++c) centers[t] += mesh.vertices[mesh.indices[t * 3 + c]].position / 3.0f;
  std::vector<uint32_t> order(triangles);
  std::iota(order.begin(), order.end(), 0u);
  std::vector<uint32_t> local(mesh.vertices.size(), ~0u);
  struct Range {
    size_t first, count;
  };
  std::vector<Range> open{{0, triangles}};
  while (!open.empty()) {
    const Range r = open.back();
    open.pop_back();
    const auto begin = order.begin() + static_cast<ptrdiff_t>(r.first), end = begin + static_cast<ptrdiff_t>(r.count);
    if (r.count > kChunkTriangles) {
      glm::vec3 lower = centers[*begin], upper = lower;
      for (auto it = begin; it != end; ++it) lower = glm::min(lower, centers[*it]), upper = glm::max(upper, centers[*it]);
      const glm::vec3 size = upper - lower;
      const int axis = size.x >= size.y && size.x >= size.z ? 0 : size.y >= size.z ? 1 : 2;
      const size_t pieces = (r.count + kChunkTriangles - 1) / kChunkTriangles, half = r.count * (pieces / 2) / pieces;
      std::nth_element(begin, begin + static_cast<ptrdiff_t>(half), end, [&](uint32_t a, uint32_t b) { return centers[a][axis] < centers[b][axis]; });
      open.push_back({r.first + half, r.count - half});
      open.push_back({r.first, half});
      continue;
    }
    std::sort(begin, end);  // as in the file: what was near in it stays near
    Mesh chunk;
    chunk.name = mesh.name + "." + std::to_string(chunks.size());
    chunk.material = mesh.material;
    chunk.indices.reserve(r.count * 3);
    std::vector<uint32_t> used;
    for (auto it = begin; it != end; ++it)
      for (size_t c = 0; c < 3; ++c) {
        const uint32_t v = mesh.indices[size_t{*it} * 3 + c];
        if (local[v] == ~0u) {
          local[v] = static_cast<uint32_t>(used.size());
          used.push_back(v);
        }
        chunk.indices.push_back(local[v]);
      }
    chunk.vertices.reserve(used.size());
    for (const uint32_t v : used) {
      chunk.vertices.push_back(mesh.vertices[v]);
      if (!mesh.skin.empty()) chunk.skin.push_back(mesh.skin[v]);
      local[v] = ~0u;
    }
    chunks.push_back(std::move(chunk));
  }
  return chunks;
}

// The point of triangle abc nearest to p, as weights of its corners (Ericson, "Real-Time Collision Detection", 5.1.5).
glm::vec3 nearest_weights(const glm::vec3& p, const glm::vec3& a, const glm::vec3& b, const glm::vec3& c) {
  const glm::vec3 ab = b - a, ac = c - a, ap = p - a;
  const float d1 = glm::dot(ab, ap), d2 = glm::dot(ac, ap);
  if (d1 <= 0 && d2 <= 0) return {1, 0, 0};
  const glm::vec3 bp = p - b;
  const float d3 = glm::dot(ab, bp), d4 = glm::dot(ac, bp);
  if (d3 >= 0 && d4 <= d3) return {0, 1, 0};
  const float vc = d1 * d4 - d3 * d2;
  if (vc <= 0 && d1 >= 0 && d3 <= 0) return {1 - d1 / (d1 - d3), d1 / (d1 - d3), 0};
  const glm::vec3 cp = p - c;
  const float d5 = glm::dot(ab, cp), d6 = glm::dot(ac, cp);
  if (d6 >= 0 && d5 <= d6) return {0, 0, 1};
  const float vb = d5 * d2 - d1 * d6;
  if (vb <= 0 && d2 >= 0 && d6 <= 0) return {1 - d2 / (d2 - d6), 0, d2 / (d2 - d6)};
  const float va = d3 * d6 - d5 * d4;
  if (va <= 0 && d4 >= d3 && d5 >= d6) {
    const float w = (d4 - d3) / ((d4 - d3) + (d5 - d6));
    return {0, 1 - w, w};
  }
  const float sum = va + vb + vc;
  if (!(sum > 0)) return {1, 0, 0};
  return {va / sum, vb / sum, vc / sum};
}

// The simplifier weighs positions only: a plane whose shade or texture varies would lose all its vertices at no "error". So some of the
// full mesh's corners are looked up on the simplified surface, and what differs there is told in metres: how far the point moved, how
// far the texture slipped, and a turned normal or changed shade as part of the length over which the full mesh makes that change.
float sampled_error(const Mesh& mesh, std::span<const uint32_t> full, std::span<const uint32_t> simple) {
  // Of a skinned mesh all corners: a collar is a few of a figure's triangles, and must not fall between the samples.
  const size_t kSamples = mesh.skin.empty() ? 192 : full.size();
  // An outline that is one pixel off changes that pixel from thing to background; a texture or a shade that is off changes it by part of that.
  constexpr float kSlip = 0.5f, kShade = 0.25f;
  const size_t step = std::max<size_t>(1, full.size() / 3 / kSamples);
  struct Ball {
    glm::vec3 center;
    float radius;
  };
  std::vector<Ball> balls(simple.size() / 3);
  for (size_t t = 0; t < balls.size(); ++t) {
    const glm::vec3 &a = mesh.vertices[simple[t * 3]].position, &b = mesh.vertices[simple[t * 3 + 1]].position, &c = mesh.vertices[simple[t * 3 + 2]].position;
    const glm::vec3 center = (a + b + c) / 3.0f;
    balls[t] = {center, std::sqrt(std::max({glm::dot(a - center, a - center), glm::dot(b - center, b - center), glm::dot(c - center, c - center)}))};
  }
  float worst = 0;
  for (size_t t = 0; t < full.size() / 3; t += step) {
    const Vertex* corner[3];
    for (size_t c = 0; c < 3; ++c) corner[c] = &mesh.vertices[full[t * 3 + c]];
    const Vertex& v = *corner[t % 3];
    // Length and texture length of the full mesh's edges here.
    const Vertex &q = *corner[(t + 1) % 3], &r = *corner[(t + 2) % 3];
    const float longer = std::max(glm::distance(v.position, q.position), glm::distance(v.position, r.position));
    const float shorter = std::min(glm::distance(v.position, q.position), glm::distance(v.position, r.position));
    const float uv_edge = std::max(glm::distance(v.uv, q.uv), glm::distance(v.uv, r.uv));
    const float metres_per_uv = uv_edge > 0 ? longer / uv_edge : 0;
    // The place of the simplified surface that comes nearest in all of these at once: at a seam it is the one on v's side.
    float least = std::numeric_limits<float>::max();
    for (size_t s = 0; s < balls.size(); ++s) {
      const glm::vec3 to = v.position - balls[s].center;
      const float reach = least + balls[s].radius;
      if (glm::dot(to, to) > reach * reach) continue;
      const Vertex &a = mesh.vertices[simple[s * 3]], &b = mesh.vertices[simple[s * 3 + 1]], &c = mesh.vertices[simple[s * 3 + 2]];
      const glm::vec3 w = nearest_weights(v.position, a.position, b.position, c.position);
      const float distance = glm::distance(v.position, a.position * w.x + b.position * w.y + c.position * w.z);
      if (distance > least) continue;
      const float slip = glm::distance(v.uv, a.uv * w.x + b.uv * w.y + c.uv * w.z) * metres_per_uv;
      const glm::vec3 n = a.normal * w.x + b.normal * w.y + c.normal * w.z;
      const float turned = glm::length(n) > 0 ? glm::length(v.normal - glm::normalize(n)) : 1;
      const float shade = std::abs(v.occlusion - (a.occlusion * w.x + b.occlusion * w.y + c.occlusion * w.z));
      least = std::min(least, std::max({distance, slip * kSlip, shorter * (turned + shade) * kShade}));
    }
    worst = std::max(worst, least);
  }
  return worst;
}

void order(const Mesh& mesh, std::vector<uint32_t>& indices) {
  meshopt_optimizeVertexCache(indices.data(), indices.data(), indices.size(), mesh.vertices.size());
  meshopt_optimizeOverdraw(indices.data(), indices.data(), indices.size(), positions_of(mesh), mesh.vertices.size(), sizeof(Vertex), kOverdrawSlack);
}


// Where a triangle lies (in extents of the mesh) and faces, as one place of six dimensions.
using Facet = std::array<float, 6>;

// Halves them across the direction in which they differ most, until `pieces` are left: neighbours that face about the same way, and piece
// after piece in an order in which what is seen from one side makes few runs.
// `along`: room for a number a facet.
void halve(const std::vector<Facet>& facets, std::vector<float>& along, std::span<uint32_t> triangles, size_t pieces, std::vector<std::span<uint32_t>>& made) {
  if (pieces <= 1) {
    made.push_back(triangles);
    return;
  }
  Facet mean{}, longest{1, 0.9f, 0.8f, 0.7f, 0.6f, 0.5f};
  std::array<Facet, 6> spread{};
  for (const uint32_t t : triangles)
    for (size_t i = 0; i < 6; ++i) mean[i] += facets[t][i] / static_cast<float>(triangles.size());
  for (const uint32_t t : triangles)
    for (size_t i = 0; i < 6; ++i)
      for (size_t k = i; k < 6; ++k) spread[i][k] += (facets[t][i] - mean[i]) * (facets[t][k] - mean[k]);
  for (size_t i = 0; i < 6; ++i)
    for (size_t k = 0; k < i; ++k) spread[i][k] = spread[k][i];
  const auto dot = [](const Facet& a, const Facet& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0f); };
  // The main axis, near enough, by power iteration.
  for (int round = 0; round < 8; ++round) {
    Facet next;
    for (size_t i = 0; i < 6; ++i) next[i] = dot(spread[i], longest);
    const float length = std::sqrt(dot(next, next));
    if (!(length > 0)) break;
    for (size_t i = 0; i < 6; ++i) longest[i] = next[i] / length;
  }
  for (const uint32_t t : triangles) along[t] = dot(facets[t], longest);
  const size_t half = triangles.size() * (pieces / 2) / pieces;
  std::nth_element(triangles.begin(), triangles.begin() + static_cast<ptrdiff_t>(half), triangles.end(),
                   [&](uint32_t a, uint32_t b) { return along[a] < along[b]; });
  halve(facets, along, triangles.first(half), pieces / 2, made);
  halve(facets, along, triangles.subspan(half), pieces - pieces / 2, made);
}

MeshCluster cluster_of(const Mesh& mesh, std::span<const uint32_t> part, uint32_t first) {
  constexpr size_t kMostTriangles = 512;  // of the library
  MeshCluster c;
  c.first_index = first;
  c.index_count = static_cast<uint32_t>(part.size());
  c.lower = c.upper = mesh.vertices[part[0]].position;
  for (const uint32_t v : part) c.lower = glm::min(c.lower, mesh.vertices[v].position), c.upper = glm::max(c.upper, mesh.vertices[v].position);
  for (size_t t = 0; t < part.size(); t += 3) {
    const glm::vec3 &p = mesh.vertices[part[t]].position, &q = mesh.vertices[part[t + 1]].position, &r = mesh.vertices[part[t + 2]].position;
    const float longest = std::max({glm::distance(p, q), glm::distance(q, r), glm::distance(r, p)});
    if (longest > 0) c.grain += glm::length(glm::cross(q - p, r - p)) / longest;
  }
  c.grain /= static_cast<float>(part.size() / 3);
  if (part.size() / 3 > kMostTriangles) return c;
  const meshopt_Bounds b = meshopt_computeClusterBounds(part.data(), part.size(), positions_of(mesh), mesh.vertices.size(), sizeof(Vertex));
  c.apex = {b.cone_apex[0], b.cone_apex[1], b.cone_apex[2]};
  c.axis = {b.cone_axis[0], b.cone_axis[1], b.cone_axis[2]};
  c.cutoff = b.cone_cutoff;
  return c;
}

// Puts the triangles of a level, whose indices will begin at `first`, into clusters; none for a small one or one whose vertices move.
std::vector<MeshCluster> make_clusters(const Mesh& mesh, std::vector<uint32_t>& indices, uint32_t first) {
  const size_t count = indices.size() / 3;
  if (!mesh.skin.empty() || count < 2 * kLeastCluster) return {};
  glm::vec3 lower = mesh.vertices[indices[0]].position, upper = lower;
  for (const uint32_t v : indices) lower = glm::min(lower, mesh.vertices[v].position), upper = glm::max(upper, mesh.vertices[v].position);
  const float scale = kPlaceWeight / std::max(glm::length(upper - lower), 1e-20f);
  std::vector<Facet> facets(count);
  for (size_t t = 0; t < count; ++t) {
    const glm::vec3 &p = mesh.vertices[indices[t * 3]].position, &q = mesh.vertices[indices[t * 3 + 1]].position, &r = mesh.vertices[indices[t * 3 + 2]].position;
    glm::vec3 n = glm::cross(q - p, r - p);
    n /= std::max(glm::length(n), 1e-30f);
    const glm::vec3 at = (p + q + r) * (scale / 3);
    facets[t] = {n.x, n.y, n.z, at.x, at.y, at.z};
  }
  std::vector<uint32_t> triangles(count);
  std::iota(triangles.begin(), triangles.end(), 0u);
  std::vector<std::span<uint32_t>> parts;
  std::vector<float> along(count);
  halve(facets, along, triangles, std::min(kMaxLodClusters, count / kLeastCluster), parts);
  const std::vector<uint32_t> before = std::move(indices);
  indices.clear();
  indices.reserve(before.size());
  std::vector<MeshCluster> clusters;
  for (const std::span<uint32_t> part : parts) {
    const size_t from = indices.size();
    for (const uint32_t t : part) indices.insert(indices.end(), before.begin() + t * 3, before.begin() + t * 3 + 3);
    meshopt_optimizeVertexCache(&indices[from], &indices[from], indices.size() - from, mesh.vertices.size());
    clusters.push_back(cluster_of(mesh, std::span(indices).subspan(from), first + static_cast<uint32_t>(from)));
  }
  return clusters;
}

// `touches`: other meshes continue its surface, so its rim must stay where it is or a gap would show between two levels.
void add_lods(Mesh& mesh, bool touches) {
  std::vector<uint32_t> full = std::move(mesh.indices);
  order(mesh, full);
  mesh.lods.clear();
  mesh.clusters.clear();
  const auto add_level = [&mesh](std::vector<uint32_t>& indices, float error) {
    const auto first = static_cast<uint32_t>(mesh.indices.size());
    const std::vector<MeshCluster> clusters = make_clusters(mesh, indices, first);
    mesh.lods.push_back({first, static_cast<uint32_t>(indices.size()), error, static_cast<uint32_t>(mesh.clusters.size()), static_cast<uint32_t>(clusters.size())});
    mesh.clusters.insert(mesh.clusters.end(), clusters.begin(), clusters.end());
    mesh.indices.insert(mesh.indices.end(), indices.begin(), indices.end());
  };
  mesh.indices.clear();
  add_level(full, 0);
  const size_t triangles = full.size() / 3;
  if (triangles >= kLeastForLods) {
    const float scale = meshopt_simplifyScale(positions_of(mesh), mesh.vertices.size(), sizeof(Vertex));
    const unsigned options = touches ? meshopt_SimplifyLockBorder : 0;
    for (size_t level = 0; level + 1 < kMaxLods; ++level) {
      const bool last = level + 2 == kMaxLods;
      size_t target = static_cast<size_t>(static_cast<float>(triangles) * kAims[level].share);
      if (last) target = std::min(target, kSilhouetteTriangles);
      target = std::max<size_t>(target, 12) * 3;
      const size_t enough = static_cast<size_t>(static_cast<float>(mesh.lods.back().index_count) * kWorthwhile);
      float error = 0;
      std::vector<uint32_t> simple(full.size());
      simple.resize(meshopt_simplify(simple.data(), full.data(), full.size(), positions_of(mesh), mesh.vertices.size(), sizeof(Vertex), target,
                                     kAims[level].max_error, options, &error));
      // The careful simplifier keeps every seam, hole and rim: bolts, grilles and chunks stop it early, and 49 chunks of a part 30 pixels wide
      // would draw 16,000 triangles. Clusters do for things a few pixels wide; a gap they leave at a rim is no wider than the error told.
      if (last && simple.size() > std::min(target * 2, enough)) {
        simple.resize(full.size());
        simple.resize(meshopt_simplifySloppy(simple.data(), full.data(), full.size(), positions_of(mesh), mesh.vertices.size(), sizeof(Vertex), target,
                                             kAims[level].max_error, &error));
      }
      if (simple.empty() || simple.size() > enough) continue;
      error = std::max(error * scale, sampled_error(mesh, full, simple));
      if (error > scale * kUseless) break;
      error = std::max(error * (mesh.skin.empty() ? 1 : kLayers), mesh.lods.back().error * 1.01f);
      order(mesh, simple);
      add_level(simple, error);
    }
  }
  compact(mesh);  // the full level comes first, so its order of use decides
  mesh.lower = mesh.upper = mesh.vertices[0].position;
  for (const Vertex& v : mesh.vertices) mesh.lower = glm::min(mesh.lower, v.position), mesh.upper = glm::max(mesh.upper, v.position);
}

}  // namespace

void cook_meshes(Model& model, bool cut) {
  // Meshes shown by the same node come from one mesh of the file, split by material: their rims meet.
  std::vector<bool> touches(model.meshes.size());
  for (const Node& node : model.nodes)
    if (node.meshes.size() > 1)
      for (const uint32_t m : node.meshes) touches[m] = true;
  std::vector<Mesh> cooked;
  std::vector<std::pair<uint32_t, uint32_t>> made(model.meshes.size());  // per old mesh: first new one, how many
  for (size_t m = 0; m < model.meshes.size(); ++m) {
    Mesh& mesh = model.meshes[m];
    made[m].first = static_cast<uint32_t>(cooked.size());
    weld(mesh);
    if (mesh.indices.empty()) continue;
    std::vector<Mesh> chunks;
    if (cut) chunks = chunks_of(std::move(mesh));
    else chunks.push_back(std::move(mesh));
    for (Mesh& chunk : chunks) {
      add_lods(chunk, touches[m] || chunks.size() > 1);
      cooked.push_back(std::move(chunk));
    }
    made[m].second = static_cast<uint32_t>(cooked.size()) - made[m].first;
  }
  for (Node& node : model.nodes) {
    std::vector<uint32_t> meshes;
    for (const uint32_t m : node.meshes)
      for (uint32_t i = 0; i < made[m].second; ++i) meshes.push_back(made[m].first + i);
    node.meshes = std::move(meshes);
  }
  model.meshes = std::move(cooked);
}

}  // namespace shixun
