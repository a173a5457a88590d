#include "engine/training/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "engine/training/trace.h"

namespace shixun {

namespace {

using Json = nlohmann::json;

uint32_t u32_at(const std::string& bytes, size_t at) {
  uint32_t v = 0;
  std::memcpy(&v, bytes.data() + at, 4);
  return v;
}

uint64_t number_of(const Json& j, const char* key, uint64_t otherwise = 0) {
  const auto it = j.find(key);
  return it != j.end() && it->is_number_unsigned() ? it->get<uint64_t>() : otherwise;
}

const Json& array_of(const Json& j, const char* key) {
  static const Json none = Json::array();
  const auto it = j.find(key);
  return it != j.end() && it->is_array() ? *it : none;
}

void check_models(const Pack& pack, CheckReport& report) {
  std::map<std::string, ModelInfo> models;
  std::set<std::string> broken;
  const std::string scene_file = (pack.dir / "scene.yaml").string();
  const auto info = [&](const std::string& model) -> const ModelInfo* {
    if (broken.contains(model)) return nullptr;
    if (const auto it = models.find(model); it != models.end()) return &it->second;
    auto path = model_path(pack, model);
    auto read = path ? inspect_model(*path) : Result<ModelInfo>(path.error());
    if (!read) {
      report.errors.push_back(read.error());
      broken.insert(model);
      return nullptr;
    }
    report.triangles += read->triangles;
    return &models.emplace(model, std::move(*read)).first->second;
  };
  const auto has = [](const std::vector<std::string>& list, const std::string& s) { return std::find(list.begin(), list.end(), s) != list.end(); };
  const auto miss = [&](const std::string& what) { report.errors.push_back({Code::kFailed, scene_file + ":1:1", what, "Check the model's node names (assets/README.md says how to list them)"}); };

  for (const ObjectDef& o : pack.scene.objects) {
    const ObjectDef& owner = o.part_of >= 0 ? pack.scene.objects[static_cast<size_t>(o.part_of)] : o;
    if (owner.model.empty()) continue;
    const ModelInfo* m = info(owner.model);
    if (!m) continue;
    std::vector<std::string> nodes = o.drums;
    if (!o.node.empty()) nodes.push_back(o.node);
    if (!o.needle.empty()) nodes.push_back(o.needle);
    for (const std::string& n : nodes) {
      if (!has(m->nodes, n)) miss(fmt::format("the model '{}' of '{}' has no node '{}'", owner.model, o.id, n));
    }
    for (const std::string& clip : {o.lift ? o.lift->clip : std::string(), o.support ? o.support->clip : std::string()}) {
      if (!clip.empty() && !has(m->clips, clip)) miss(fmt::format("the model '{}' of '{}' has no clip '{}'", o.model, o.id, clip));
    }
  }
  for (const SocketDef& s : pack.scene.sockets) {
    if (s.at) continue;
    // The anchor belongs to the owner, or to whatever may fill the socket it works through.
    std::vector<std::string> carriers;
    if (s.through < 0) {
      carriers.push_back(pack.scene.objects[static_cast<size_t>(s.owner)].model);
    } else {
      const auto& accepts = pack.scene.sockets[static_cast<size_t>(s.through)].accepts;
      for (const ObjectDef& o : pack.scene.objects) {
        if (o.item && has(accepts, o.item->tag)) carriers.push_back(o.model);
      }
    }
    for (const std::string& model : std::set<std::string>(carriers.begin(), carriers.end())) {
      const ModelInfo* m = model.empty() ? nullptr : info(model);
      if (m && !has(m->nodes, s.anchor)) miss(fmt::format("the socket '{}' needs the node '{}' in the model '{}'", s.id, s.anchor, model));
    }
  }
  report.models = models.size();
}

void check_traces(const std::shared_ptr<const Pack>& pack, CheckReport& report) {
  for (const Exercise& e : pack->exercises) {
    const std::string rubric = (e.dir / "rubric.yaml").string();
    if (e.tests.empty()) report.errors.push_back({Code::kFailed, rubric + ":1:1", "has no tests: nothing shows that the marks come out as meant", "Record an expert's attempt and name it under 'tests'"});
    std::set<std::string> tested;
    for (const PackTest& t : e.tests) {
      const std::string where = fmt::format("{}:{}:1", rubric, t.line);
      tested.insert(t.trace);
      auto trace = read_trace(e.dir / "traces" / (t.trace + ".jsonl"));
      if (!trace) {
        report.errors.push_back(trace.error());
        continue;
      }
      Mode mode = trace->mode;
      if (!t.mode.empty()) {
        auto m = mode_from_name(t.mode);
        if (!m) {
          report.errors.push_back({Code::kFailed, where, m.error().what, m.error().hint});
          continue;
        }
        mode = *m;
      }
      Session session(pack, e, {mode, trace->seed}, [](const Event&) { return ok(); });
      if (auto played = play(session, *trace); !played) {
        report.errors.push_back(played.error());
        continue;
      }
      const Marksheet sheet = session.sheet();
      TraceResult r{e.id, t.trace, mode_name(mode), sheet.pass ? "pass" : "fail", sheet.total_mp, sheet.codes, true};
      const auto expect = [&](bool as_meant, std::string what) {
        if (as_meant) return;
        r.as_expected = false;
        report.errors.push_back({Code::kFailed, where, fmt::format("the trace '{}' ({}) {}", t.trace, r.mode, what), "Mend the trace, the rule or the expectation"});
      };
      const auto points = [](int64_t mp) { return fmt::format("{}.{:03}", mp / 1000, mp % 1000); };
      expect(r.verdict == t.verdict, fmt::format("ends '{}', expected '{}'", r.verdict, t.verdict));
      expect(r.codes == t.codes, fmt::format("raises [{}], expected [{}]", fmt::join(r.codes, ", "), fmt::join(t.codes, ", ")));
      if (t.total_mp && *t.total_mp != r.total_mp) {
        std::string lost;
        for (const Mark& m : sheet.marks) {
          if (m.awarded_mp < m.max_mp) lost += fmt::format("; {} {} of {} ({})", m.id, points(m.awarded_mp), points(m.max_mp), m.why.en);
        }
        expect(false, fmt::format("comes to {}, expected {}{}", points(r.total_mp), points(*t.total_mp), lost));
      }
      if (t.total_min_mp) expect(r.total_mp >= *t.total_min_mp, fmt::format("comes to {}, expected at least {}", points(r.total_mp), points(*t.total_min_mp)));
      for (const Mark& m : sheet.marks) {
        const auto want = t.marks.find(m.id);
        if (want != t.marks.end()) expect(want->second == m.awarded_mp, fmt::format("gives {} for {}, expected {} ({})", points(m.awarded_mp), m.id, points(want->second), m.why.en));
      }
      report.traces.push_back(std::move(r));
    }
    std::error_code ec;
    for (fs::directory_iterator it(e.dir / "traces", ec), end; !ec && it != end; it.increment(ec)) {
      if (it->path().extension() == ".jsonl" && !tested.contains(it->path().stem().string())) report.errors.push_back({Code::kFailed, it->path().string() + ":1:1", "is not named by any test in rubric.yaml", "Add a test, or delete the trace"});
    }
  }
}

}  // namespace

Result<fs::path> model_path(const Pack& pack, const std::string& model) {
  std::error_code ec;
  if (model.starts_with("models/")) {
    const fs::path path = pack.dir / model;
    if (fs::is_regular_file(path, ec)) return path;
    return Error{Code::kFailed, path.string(), "the scene names this model, but the file is missing", "Put the file there or mend scene.yaml"};
  }
  auto root = data_root();
  if (!root) return root.error();
  const fs::path path = *root / "assets" / "models" / (model + ".gltf");
  if (fs::is_regular_file(path, ec)) return path;
  return Error{Code::kFailed, (pack.dir / "scene.yaml").string() + ":1:1", "the scene names the shared model '" + model + "', which assets/models does not have", "Shared models are listed in assets/MANIFEST.json"};
}

Result<ModelInfo> inspect_model(const fs::path& file) {
  auto bytes = read_file(file);
  if (!bytes) return bytes.error();
  const auto broken = [&](std::string what) { return Error{Code::kFailed, file.string(), std::move(what), "Export the model again"}; };
  std::string json = *bytes;
  uint64_t chunk = 0;
  if (file.extension() == ".glb") {
    // glTF 2.0, "Binary glTF Layout": 12-byte header, then chunks of length, type, data.
    if (bytes->size() < 20 || bytes->substr(0, 4) != "glTF") return broken("is not a binary glTF file");
    if (u32_at(*bytes, 4) != 2) return broken("is not glTF version 2");
    if (u32_at(*bytes, 8) != bytes->size()) return broken(fmt::format("is truncated: it says {} bytes and has {}", u32_at(*bytes, 8), bytes->size()));
    const uint64_t length = u32_at(*bytes, 12);
    if (u32_at(*bytes, 16) != 0x4E4F534A || 20 + length > bytes->size()) return broken("has a broken first chunk");
    json = bytes->substr(20, length);
    if (28 + length <= bytes->size()) {
      chunk = u32_at(*bytes, 20 + length);
      if (28 + length + chunk > bytes->size()) return broken("has a truncated binary chunk");
    }
  } else if (file.extension() != ".gltf") {
    return broken("is not a .gltf or .glb file");
  }
  const Json g = Json::parse(json, nullptr, false);
  if (!g.is_object()) return broken("has broken JSON");
  std::vector<uint64_t> buffers;
  for (const Json& b : array_of(g, "buffers")) {
    const uint64_t length = number_of(b, "byteLength");
    uint64_t have = chunk;
    if (b.contains("uri") && b["uri"].is_string()) {
      const std::string uri = b["uri"];
      if (uri.starts_with("data:")) {
        have = length;
      } else {
        if (uri.find("..") != std::string::npos || uri.starts_with("/")) return broken("names a buffer outside its folder: " + uri);
        std::error_code ec;
        have = fs::file_size(file.parent_path() / uri, ec);
        if (ec) return broken("its buffer '" + uri + "' is missing");
      }
    }
    if (have < length) return broken(fmt::format("is truncated: a buffer should have {} bytes and has {}", length, have));
    buffers.push_back(length);
  }
  const Json& views = array_of(g, "bufferViews");
  for (const Json& v : views) {
    const uint64_t buffer = number_of(v, "buffer", UINT64_MAX);
    if (buffer >= buffers.size() || number_of(v, "byteOffset") > buffers[buffer] || number_of(v, "byteLength") > buffers[buffer] - number_of(v, "byteOffset")) return broken("has a buffer view outside its buffer");
  }
  for (const Json& i : array_of(g, "images")) {
    if (!i.contains("uri") || !i["uri"].is_string()) continue;
    const std::string uri = i["uri"];
    std::error_code ec;
    if (!uri.starts_with("data:") && !fs::is_regular_file(file.parent_path() / uri, ec)) return broken("its image '" + uri + "' is missing");
  }
  ModelInfo info;
  const Json& accessors = array_of(g, "accessors");
  for (const Json& mesh : array_of(g, "meshes")) {
    for (const Json& p : array_of(mesh, "primitives")) {
      const uint64_t indices = number_of(p, "indices", UINT64_MAX);
      if (indices < accessors.size()) info.triangles += number_of(accessors[indices], "count") / 3;
    }
  }
  for (const Json& n : array_of(g, "nodes")) info.nodes.push_back(n.is_object() && n.contains("name") && n["name"].is_string() ? n["name"].get<std::string>() : "");
  for (const Json& a : array_of(g, "animations")) info.clips.push_back(a.is_object() && a.contains("name") && a["name"].is_string() ? a["name"].get<std::string>() : "");
  return info;
}

CheckReport check_pack(const fs::path& dir) {
  CheckReport report;
  PackLoad load = load_pack(dir);
  report.errors = std::move(load.errors);
  if (!load.pack) return report;
  const auto pack = std::make_shared<const Pack>(std::move(*load.pack));
  report.pack_id = pack->id;
  report.pack_version = pack->version;
  report.sha256 = pack->sha256;
  check_models(*pack, report);
  check_traces(pack, report);
  return report;
}

}  // namespace shixun
