#include "tests/import/samples.h"

#include <draco/compression/encode.h>
#include <draco/mesh/triangle_soup_mesh_builder.h>
#include <fmt/format.h>
#include <meshoptimizer.h>

#include <cmath>
#include <cstring>

namespace shixun::test {

using Json = nlohmann::json;

namespace {

const std::vector<float> kPositions = {-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0};
const std::vector<float> kNormals = {0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1};
const std::vector<float> kUvs = {0, 1, 1, 1, 1, 0, 0, 0};
const std::vector<uint16_t> kIndices = {0, 1, 2, 0, 2, 3};

void show(Gltf& g, size_t mesh) {
  g.node({{"name", "sample"}, {"children", {1}}});
  g.node({{"name", "plate"}, {"mesh", mesh}, {"translation", {0, 1, 0}}});
}

// Puts packed bytes into the buffer and makes `view` the compressed view of `count` pieces of `stride` bytes.
void pack(Gltf& g, size_t view, std::string packed, size_t count, size_t stride, const char* mode, const char* filter) {
  g.bin.resize((g.bin.size() + 3) / 4 * 4);
  Json& json = g.json["bufferViews"][view];
  json = {{"buffer", 1}, {"byteOffset", 0}, {"byteLength", count * stride}};
  json["extensions"]["EXT_meshopt_compression"] = {{"buffer", 0},       {"byteOffset", g.bin.size()}, {"byteLength", packed.size()}, {"byteStride", stride},
                                                   {"count", count}, {"mode", mode}};
  if (filter) json["extensions"]["EXT_meshopt_compression"]["filter"] = filter;
  g.bin += packed;
}

std::string packed_vertices(const void* data, size_t count, size_t stride) {
  std::string out(meshopt_encodeVertexBufferBound(count, stride), '\0');
  meshopt_encodeVertexVersion(0);
  out.resize(meshopt_encodeVertexBuffer(reinterpret_cast<unsigned char*>(out.data()), out.size(), data, count, stride));
  return out;
}

}  // namespace

Gltf square() {
  Gltf g;
  const size_t p = g.accessor(kPositions, "VEC3", 3), n = g.accessor(kNormals, "VEC3", 3), t = g.accessor(kUvs, "VEC2", 2);
  const size_t i = g.accessor(kIndices, "SCALAR", 1);
  show(g, g.mesh({{"POSITION", p}, {"NORMAL", n}, {"TEXCOORD_0", t}}, static_cast<int>(i)));
  return g;
}

Gltf square_quantized() {
  Gltf g;
  // Positions in quarter metres, undone by the node's scale; normals normalized bytes; texture coordinates normalized shorts. Padded to 4 bytes.
  const std::vector<int16_t> positions = {-4, -4, 0, 0, 4, -4, 0, 0, 4, 4, 0, 0, -4, 4, 0, 0};
  const std::vector<int8_t> normals = {0, 0, 127, 0, 0, 0, 127, 0, 0, 0, 127, 0, 0, 0, 127, 0};
  const std::vector<uint16_t> uvs = {0, 65535, 65535, 65535, 65535, 0, 0, 0};
  const size_t p = g.accessor(positions, "VEC3", 3, false, 8), n = g.accessor(normals, "VEC3", 3, true, 4), t = g.accessor(uvs, "VEC2", 2, true);
  const size_t i = g.accessor(kIndices, "SCALAR", 1);
  show(g, g.mesh({{"POSITION", p}, {"NORMAL", n}, {"TEXCOORD_0", t}}, static_cast<int>(i)));
  g.json["nodes"][1]["scale"] = {0.25, 0.25, 0.25};
  g.json["extensionsUsed"] = g.json["extensionsRequired"] = {"KHR_mesh_quantization"};
  return g;
}

Gltf square_meshopt() {
  Gltf g = square();
  const Json accessors = g.json["accessors"];
  g.bin.clear();
  pack(g, accessors[0]["bufferView"], packed_vertices(kPositions.data(), 4, 12), 4, 12, "ATTRIBUTES", nullptr);
  const float normals[16] = {0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0};
  int8_t octahedral[16];
  meshopt_encodeFilterOct(octahedral, 4, 4, 8, normals);
  pack(g, accessors[1]["bufferView"], packed_vertices(octahedral, 4, 4), 4, 4, "ATTRIBUTES", "OCTAHEDRAL");
  g.json["accessors"][1]["componentType"] = 5120;
  g.json["accessors"][1]["normalized"] = true;
  pack(g, accessors[2]["bufferView"], packed_vertices(kUvs.data(), 4, 8), 4, 8, "ATTRIBUTES", nullptr);
  const uint32_t indices[6] = {0, 1, 2, 0, 2, 3};
  std::string packed(meshopt_encodeIndexBufferBound(6, 4), '\0');
  packed.resize(meshopt_encodeIndexBuffer(reinterpret_cast<unsigned char*>(packed.data()), packed.size(), indices, 6));
  pack(g, accessors[3]["bufferView"], packed, 6, 2, "TRIANGLES", nullptr);
  g.json["buffers"] = {nullptr, {{"byteLength", 4096}, {"extensions", {{"EXT_meshopt_compression", {{"fallback", true}}}}}}};
  g.json["extensionsUsed"] = g.json["extensionsRequired"] = {"EXT_meshopt_compression"};
  return g;
}

Gltf square_draco() {
  draco::TriangleSoupMeshBuilder builder;
  builder.Start(2);
  const int p = builder.AddAttribute(draco::GeometryAttribute::POSITION, 3, draco::DT_FLOAT32);
  const int n = builder.AddAttribute(draco::GeometryAttribute::NORMAL, 3, draco::DT_FLOAT32);
  const int t = builder.AddAttribute(draco::GeometryAttribute::TEX_COORD, 2, draco::DT_FLOAT32);
  for (uint32_t f = 0; f < 2; ++f) {
    const uint16_t* c = &kIndices[f * 3];
    builder.SetAttributeValuesForFace(p, draco::FaceIndex(f), &kPositions[c[0] * 3u], &kPositions[c[1] * 3u], &kPositions[c[2] * 3u]);
    builder.SetAttributeValuesForFace(n, draco::FaceIndex(f), &kNormals[c[0] * 3u], &kNormals[c[1] * 3u], &kNormals[c[2] * 3u]);
    builder.SetAttributeValuesForFace(t, draco::FaceIndex(f), &kUvs[c[0] * 2u], &kUvs[c[1] * 2u], &kUvs[c[2] * 2u]);
  }
  const auto mesh = builder.Finalize();
  draco::Encoder encoder;
  encoder.SetAttributeQuantization(draco::GeometryAttribute::POSITION, 14);
  draco::EncoderBuffer buffer;
  if (!encoder.EncodeMeshToBuffer(*mesh, &buffer).ok()) return {};
  Gltf g;
  const size_t view = g.view(buffer.data(), buffer.size());
  g.json["accessors"] = {{{"componentType", 5126}, {"count", mesh->num_points()}, {"type", "VEC3"}},
                         {{"componentType", 5126}, {"count", mesh->num_points()}, {"type", "VEC3"}},
                         {{"componentType", 5126}, {"count", mesh->num_points()}, {"type", "VEC2"}},
                         {{"componentType", 5125}, {"count", 6}, {"type", "SCALAR"}}};
  const Json draco = {{"bufferView", view},
                      {"attributes",
                       {{"POSITION", mesh->attribute(p)->unique_id()}, {"NORMAL", mesh->attribute(n)->unique_id()}, {"TEXCOORD_0", mesh->attribute(t)->unique_id()}}}};
  show(g, g.mesh({{"POSITION", 0}, {"NORMAL", 1}, {"TEXCOORD_0", 2}}, 3, {{"extensions", {{"KHR_draco_mesh_compression", draco}}}}));
  g.json["extensionsUsed"] = g.json["extensionsRequired"] = {"KHR_draco_mesh_compression"};
  return g;
}

Gltf square_sparse() {
  Gltf g = square();
  Json& a = g.json["accessors"][0];
  a.erase("bufferView");
  const std::vector<uint8_t> where = {0, 1, 2, 3};
  a["sparse"] = {{"count", 4}};
  a["sparse"]["indices"] = {{"bufferView", g.view(where.data(), 4)}, {"componentType", 5121}};
  a["sparse"]["values"] = {{"bufferView", g.view(kPositions.data(), kPositions.size() * 4)}};
  return g;
}

Gltf bar_skinned() {
  Gltf g;
  // Four cross lines of a flat strip at 0, 0.9, 1.1 and 2 m; the two in the middle hang on both joints.
  const float heights[4] = {0, 0.9f, 1.1f, 2};
  std::vector<float> positions, weights;
  std::vector<uint8_t> joints;
  std::vector<uint16_t> indices;
  for (int i = 0; i < 4; ++i)
    for (const float x : {-0.1f, 0.1f}) {
      positions.insert(positions.end(), {x, heights[i], 0});
      joints.insert(joints.end(), {0, 1, 0, 0});
      const float upper = i == 0 ? 0.0f : i == 3 ? 1.0f : 0.5f;
      weights.insert(weights.end(), {1 - upper, upper, 0, 0});
    }
  for (uint16_t i = 0; i < 3; ++i) {
    const auto at = [i](int k) { return static_cast<uint16_t>(i * 2 + k); };
    indices.insert(indices.end(), {at(0), at(1), at(2), at(2), at(1), at(3)});
  }
  const size_t p = g.accessor(positions, "VEC3", 3), j = g.accessor(joints, "VEC4", 4), w = g.accessor(weights, "VEC4", 4);
  const size_t i = g.accessor(indices, "SCALAR", 1);
  const size_t mesh = g.mesh({{"POSITION", p}, {"JOINTS_0", j}, {"WEIGHTS_0", w}}, static_cast<int>(i));
  std::vector<float> binds(32, 0.0f);
  for (int k : {0, 5, 10, 15}) binds[static_cast<size_t>(k)] = binds[static_cast<size_t>(16 + k)] = 1;
  binds[16 + 13] = -1;  // the upper joint sits one metre up
  g.json["skins"] = {{{"name", "rig"}, {"joints", {2, 3}}, {"inverseBindMatrices", g.accessor(binds, "MAT4", 16)}}};
  g.node({{"name", "sample"}, {"children", {1, 2}}});
  g.node({{"name", "strip"}, {"mesh", mesh}, {"skin", 0}, {"translation", {5, 5, 5}}});  // its own place plays no part
  g.node({{"name", "lower"}, {"children", {3}}});
  g.node({{"name", "upper"}, {"translation", {0, 1, 0}}});
  const float half = std::sqrt(0.5f);
  const std::vector<float> times = {0, 1}, turn = {0, 0, 0, 1, 0, 0, half, half}, sizes = {1, 1, 1, 2, 2, 2};
  // In slope, value, out slope: from 0 to 1 m in x, leaving at 1 m/s and arriving at rest.
  const std::vector<float> spline = {0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0};
  const size_t t = g.accessor(times, "SCALAR", 1);
  const Json samplers = {{{"input", t}, {"output", g.accessor(turn, "VEC4", 4)}, {"interpolation", "LINEAR"}},
                         {{"input", t}, {"output", g.accessor(sizes, "VEC3", 3)}, {"interpolation", "STEP"}},
                         {{"input", t}, {"output", g.accessor(spline, "VEC3", 3)}, {"interpolation", "CUBICSPLINE"}}};
  g.json["animations"] = {{{"name", "bend"},
                           {"samplers", samplers},
                           {"channels",
                            {{{"sampler", 0}, {"target", {{"node", 3}, {"path", "rotation"}}}},
                             {{"sampler", 1}, {"target", {{"node", 3}, {"path", "scale"}}}},
                             {{"sampler", 2}, {"target", {{"node", 2}, {"path", "translation"}}}}}}}};
  return g;
}

Gltf grid(uint32_t n, float bumps) {
  Gltf g;
  std::vector<float> positions, normals, uvs;
  std::vector<uint32_t> indices;
  for (uint32_t z = 0; z <= n; ++z)
    for (uint32_t x = 0; x <= n; ++x) {
      const float u = static_cast<float>(x) / static_cast<float>(n), v = static_cast<float>(z) / static_cast<float>(n);
      const float dx = 11 * bumps * std::cos(u * 11) * std::sin(v * 9), dz = 9 * bumps * std::sin(u * 11) * std::cos(v * 9);
      const float length = std::sqrt(dx * dx + dz * dz + 1);
      positions.insert(positions.end(), {u, bumps * std::sin(u * 11) * std::sin(v * 9), v});
      normals.insert(normals.end(), {-dx / length, 1 / length, -dz / length});
      uvs.insert(uvs.end(), {u, v});
    }
  for (uint32_t z = 0; z < n; ++z)
    for (uint32_t x = 0; x < n; ++x) {
      const uint32_t a = z * (n + 1) + x, b = a + n + 1;
      indices.insert(indices.end(), {a, b, a + 1, a + 1, b, b + 1});
    }
  const size_t p = g.accessor(positions, "VEC3", 3), m = g.accessor(normals, "VEC3", 3), t = g.accessor(uvs, "VEC2", 2);
  const size_t i = g.accessor(indices, "SCALAR", 1);
  show(g, g.mesh({{"POSITION", p}, {"NORMAL", m}, {"TEXCOORD_0", t}}, static_cast<int>(i)));
  return g;
}

std::string box_obj() {
  return "mtllib box.mtl\no box\nv -1 -1 1\nv 1 -1 1\nv 1 1 1\nv -1 1 1\nv -1 -1 -1\nv 1 -1 -1\nv 1 1 -1\nv -1 1 -1\n"
         "vt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nusemtl red\n"
         "f 1/1 2/2 3/3 4/4\nf 6/1 5/2 8/3 7/4\nf 5/1 1/2 4/3 8/4\nf 2/1 6/2 7/3 3/4\nf 4/1 3/2 7/3 8/4\nf -4/1 -3/2 -7/3 -8/4\n";
}

std::string box_mtl() { return "newmtl red\nKd 0.8 0.1 0.1\nd 0.5\nmap_Kd red.png\n"; }

std::string box_fbx_ascii(double unit_scale) {
  return fmt::format(R"(; FBX 7.4.0 project file
FBXHeaderExtension:  {{
	FBXHeaderVersion: 1003
	FBXVersion: 7400
}}
GlobalSettings:  {{
	Version: 1000
	Properties70:  {{
		P: "UpAxis", "int", "Integer", "",1
		P: "UpAxisSign", "int", "Integer", "",1
		P: "FrontAxis", "int", "Integer", "",2
		P: "FrontAxisSign", "int", "Integer", "",1
		P: "CoordAxis", "int", "Integer", "",0
		P: "CoordAxisSign", "int", "Integer", "",1
		P: "UnitScaleFactor", "double", "Number", "",{}
	}}
}}
Objects:  {{
	Geometry: 100, "Geometry::plate", "Mesh" {{
		Vertices: *12 {{
			a: -100,-100,0,100,-100,0,100,100,0,-100,100,0
		}}
		PolygonVertexIndex: *4 {{
			a: 0,1,2,-4
		}}
		GeometryVersion: 124
		LayerElementNormal: 0 {{
			Version: 101
			Name: ""
			MappingInformationType: "ByPolygonVertex"
			ReferenceInformationType: "Direct"
			Normals: *12 {{
				a: 0,0,1,0,0,1,0,0,1,0,0,1
			}}
		}}
		Layer: 0 {{
			Version: 100
			LayerElement:  {{
				Type: "LayerElementNormal"
				TypedIndex: 0
			}}
		}}
	}}
	Model: 200, "Model::plate", "Mesh" {{
		Version: 232
		Properties70:  {{
			P: "Lcl Translation", "Lcl Translation", "", "A",0,300,0
		}}
		Shading: T
		Culling: "CullingOff"
	}}
}}
Connections:  {{
	C: "OO",200,0
	C: "OO",100,200
}}
)", unit_scale);
}

namespace {

// Records of the binary form, version 7400: end offset, number of properties, their size, name, properties, children, an empty record.
struct FbxWriter {
  std::string out;

  template <class T>
  void raw(T value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  struct Record {
    size_t at;
    uint32_t properties = 0;
    size_t first_property = 0;
  };
  Record begin(std::string_view name) {
    Record r{out.size()};
    raw<uint32_t>(0), raw<uint32_t>(0), raw<uint32_t>(0);
    raw<uint8_t>(static_cast<uint8_t>(name.size()));
    out += name;
    r.first_property = out.size();
    return r;
  }
  void i64(Record& r, int64_t v) { out += 'L', raw(v), ++r.properties; }
  void i32(Record& r, int32_t v) { out += 'I', raw(v), ++r.properties; }
  void text(Record& r, std::string_view s) { out += 'S', raw(static_cast<uint32_t>(s.size())), out += s, ++r.properties; }
  template <class T>
  void list(Record& r, char kind, const std::vector<T>& values) {
    out += kind, raw(static_cast<uint32_t>(values.size())), raw<uint32_t>(0), raw(static_cast<uint32_t>(values.size() * sizeof(T)));
    for (const T v : values) raw(v);
    ++r.properties;
  }
  void properties_done(Record& r) {
    const uint32_t head[2] = {r.properties, static_cast<uint32_t>(out.size() - r.first_property)};
    std::memcpy(out.data() + r.at + 4, head, 8);
  }
  void end(const Record& r, bool children) {
    if (children) out.append(13, '\0');
    const auto to = static_cast<uint32_t>(out.size());
    std::memcpy(out.data() + r.at, &to, 4);
  }
};

}  // namespace

std::string box_fbx_binary() {
  FbxWriter w;
  w.out = std::string("Kaydara FBX Binary  \0\x1a\0", 23);
  w.raw<uint32_t>(7400);
  auto header = w.begin("FBXHeaderExtension");
  w.properties_done(header);
  {
    auto version = w.begin("FBXVersion");
    w.i32(version, 7400);
    w.properties_done(version), w.end(version, false);
  }
  w.end(header, true);
  auto objects = w.begin("Objects");
  w.properties_done(objects);
  {
    auto geometry = w.begin("Geometry");
    w.i64(geometry, 100), w.text(geometry, std::string_view("plate\0\1Geometry", 15)), w.text(geometry, "Mesh");
    w.properties_done(geometry);
    auto vertices = w.begin("Vertices");
    w.list<double>(vertices, 'd', {-100, -100, 0, 100, -100, 0, 100, 100, 0, -100, 100, 0});
    w.properties_done(vertices), w.end(vertices, false);
    auto indices = w.begin("PolygonVertexIndex");
    w.list<int32_t>(indices, 'i', {0, 1, 2, -4});
    w.properties_done(indices), w.end(indices, false);
    w.end(geometry, true);
    auto model = w.begin("Model");
    w.i64(model, 200), w.text(model, std::string_view("plate\0\1Model", 12)), w.text(model, "Mesh");
    w.properties_done(model);
    auto version = w.begin("Version");
    w.i32(version, 232);
    w.properties_done(version), w.end(version, false);
    w.end(model, true);
  }
  w.end(objects, true);
  auto connections = w.begin("Connections");
  w.properties_done(connections);
  for (const auto& [from, to] : {std::pair{200, 0}, std::pair{100, 200}}) {
    auto c = w.begin("C");
    w.text(c, "OO"), w.i64(c, from), w.i64(c, to);
    w.properties_done(c), w.end(c, false);
  }
  w.end(connections, true);
  w.out.append(13, '\0');
  w.out.append(160, '\0');
  return w.out;
}

}  // namespace shixun::test
