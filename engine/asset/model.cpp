#include "engine/asset/model.h"

#include <algorithm>

#include "engine/asset/import.h"

namespace shixun {

int Model::find_node(const std::string& node_name) const {
  for (size_t i = 0; i < nodes.size(); ++i)
    if (nodes[i].name == node_name) return static_cast<int>(i);
  return -1;
}

Result<Model> import_model(const fs::path& path) {
  std::string kind = path.extension().string();
  std::transform(kind.begin(), kind.end(), kind.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool gltf = kind == ".gltf" || kind == ".glb";
  if (!gltf && kind != ".obj" && kind != ".fbx")
    return Error{Code::kFailed, path.string(), "is not a kind of model that can be read", "Use .gltf, .glb, .obj or .fbx"};
  std::error_code ec;
  if (!fs::is_regular_file(path, ec)) return Error{Code::kFailed, path.string(), "there is no such model", "Check the name in the scene file"};
  return gltf ? import_gltf(path) : import_assimp(path);
}

void find_images(Model& model) {
  std::vector<bool> gone(model.images.size());
  for (size_t i = 0; i < gone.size(); ++i) {
    Image& image = model.images[i];
    std::error_code ec;
    gone[i] = !image.path.empty() && !fs::is_regular_file(image.path, ec);
    if (!gone[i]) continue;
    image.missing = true;
    model.warnings.push_back("its image " + image.path.string() + " is missing");
  }
  // Colour shows a checkerboard. Relief and roughness have no picture to stand in: the surface becomes smooth and matt.
  const auto drop = [&](int& index) { return index >= 0 && gone[static_cast<size_t>(index)] && (index = -1, true); };
  for (Material& m : model.materials) {
    drop(m.tex_normal);
    drop(m.tex_occlusion);
    if (drop(m.tex_orm)) m.metallic = 0, m.roughness = 0.7f;
  }
}

Result<Model> load_model(const fs::path& path) {
  auto model = import_model(path);
  if (model) find_images(*model);
  return model;
}

}  // namespace shixun
