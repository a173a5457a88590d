#include "engine/asset/unpack.h"

#include <draco/compression/decode.h>
#include <meshoptimizer.h>

#include <new>

namespace shixun {

std::optional<std::string> Unpacker::meshopt(const Packed& p) const {
  // The decoders' own preconditions; what the bytes hold they check themselves.
  const auto* data = reinterpret_cast<const unsigned char*>(p.bytes.data());
  std::string out(p.count * p.stride, '\0');
  int failed = -1;
  if (p.mode == "ATTRIBUTES" && p.stride % 4 == 0 && p.stride <= 256) {
    failed = meshopt_decodeVertexBuffer(out.data(), p.count, p.stride, data, p.bytes.size());
  } else if (p.mode == "TRIANGLES" && (p.stride == 2 || p.stride == 4) && p.count % 3 == 0) {
    failed = meshopt_decodeIndexBuffer(out.data(), p.count, p.stride, data, p.bytes.size());
  } else if (p.mode == "INDICES" && (p.stride == 2 || p.stride == 4)) {
    failed = meshopt_decodeIndexSequence(out.data(), p.count, p.stride, data, p.bytes.size());
  }
  if (failed != 0) return std::nullopt;
  if (p.filter.empty() || p.filter == "NONE") return out;
  if (p.mode != "ATTRIBUTES") return std::nullopt;
  if (p.filter == "OCTAHEDRAL" && (p.stride == 4 || p.stride == 8)) meshopt_decodeFilterOct(out.data(), p.count, p.stride);
  else if (p.filter == "QUATERNION" && p.stride == 8) meshopt_decodeFilterQuat(out.data(), p.count, p.stride);
  else if (p.filter == "EXPONENTIAL") meshopt_decodeFilterExp(out.data(), p.count, p.stride);
  else return std::nullopt;
  return out;
}

namespace {

// Draco takes its memory from the counts in its header before it reads the data, so they are looked at first. Layout: Draco bitstream 2.2,
// "Draco Header", "Edgebreaker connectivity", "Sequential connectivity".
bool draco_claims(std::string_view bytes, uint64_t faces) {
  if (bytes.size() < 16 || bytes.substr(0, 5) != "DRACO" || bytes[5] != 2 || bytes[6] != 2 || bytes[7] != 1) return false;
  const int method = bytes[8];
  if (bytes[9] != 0 || bytes[10] != 0 || (method != 0 && method != 1)) return false;  // flags: metadata, which models have not
  size_t at = 11 + static_cast<size_t>(method);                                      // edgebreaker: the kind of traversal
  const auto varint = [&]() -> uint64_t {
    uint64_t value = 0;
    for (int shift = 0; shift < 35 && at < bytes.size(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes[at++]);
      value |= uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
    return UINT64_MAX;
  };
  const uint64_t first = varint(), second = varint();
  const uint64_t claimed_faces = method == 1 ? second : first, claimed_points = method == 1 ? first : second;
  // The best packed meshes take more than a bit a triangle.
  return claimed_faces == faces && claimed_points <= faces * 3 && claimed_faces <= bytes.size() * 64;
}

}  // namespace

bool Unpacker::draco(std::string_view bytes, uint64_t vertices, uint64_t indices, std::vector<Attribute>& attributes,
                     std::vector<uint32_t>& triangles) const {
  if (!draco_claims(bytes, indices / 3)) return false;
  try {
    draco::DecoderBuffer buffer;
    buffer.Init(bytes.data(), bytes.size());
    draco::Decoder decoder;
    auto decoded = decoder.DecodeMeshFromBuffer(&buffer);
    if (!decoded.ok()) return false;
    const draco::Mesh& mesh = *decoded.value();
    if (mesh.num_points() != vertices || mesh.num_faces() != indices / 3) return false;
    for (Attribute& a : attributes) {
      const draco::PointAttribute* from = mesh.GetAttributeByUniqueId(static_cast<uint32_t>(a.id));
      if (!from || from->num_components() < 1 || from->num_components() > 4) return false;
      a.values.assign(vertices * a.components, 1.0f);  // a colour may lack its alpha
      const auto count = static_cast<int8_t>(std::min<uint64_t>(a.components, static_cast<uint64_t>(from->num_components())));
      for (uint32_t v = 0; v < vertices; ++v)
        if (!from->ConvertValue<float>(from->mapped_index(draco::PointIndex(v)), count, &a.values[v * a.components])) return false;
    }
    triangles.reserve(indices);
    for (uint32_t f = 0; f < mesh.num_faces(); ++f)
      for (const draco::PointIndex& p : mesh.face(draco::FaceIndex(f))) triangles.push_back(p.value());
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

}  // namespace shixun
