#include "engine/training/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/gltf.h"
#include "engine/training/lint.h"
#include "engine/training/lint_truths.h"
#include "engine/training/loader.h"
#include "engine/training/pack_file.h"

namespace shixun {

namespace {

constexpr size_t kMaxSoundBytes = 4u << 20;

Result<GltfFacts> check_model(const fs::path& path) {
  auto facts = check_gltf(path);
  if (!facts) return facts;
  for (const fs::path& image : facts->images) {
    std::error_code ec;
    if (!fs::is_regular_file(image, ec)) return Error{Code::kFailed, path.string(), "its image '" + image.string() + "' is missing", "Put the file there or export the model again"};
  }
  return facts;
}

// Width and height a PNG or JPEG says it has; nothing else can be a texture.
std::optional<std::pair<uint64_t, uint64_t>> image_size(std::string_view b) {
  const auto be = [&](size_t at, size_t n) {
    uint64_t v = 0;
    for (size_t i = 0; i < n; ++i) v = v << 8 | static_cast<unsigned char>(b[at + i]);
    return v;
  };
  if (b.size() >= 24 && b.starts_with("\x89PNG")) return std::pair{be(16, 4), be(20, 4)};
  if (b.size() < 4 || be(0, 2) != 0xffd8) return std::nullopt;
  for (size_t at = 2; at + 9 < b.size() && be(at, 1) == 0xff;) {
    const uint64_t marker = be(at + 1, 1);
    const bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (frame) return std::pair{be(at + 7, 2), be(at + 5, 2)};
    at += 2 + be(at + 2, 2);
  }
  return std::nullopt;
}

// What a texture takes once unpacked: four bytes a texel, and a third more for its smaller levels.
uint64_t texture_bytes(std::string_view image) {
  const auto size = image_size(image);
  return size ? size->first * size->second * 4 * 4 / 3 : 0;
}

void check_budget(const Pack& pack, const std::map<std::string, GltfFacts>& models, CheckReport& report) {
  std::set<fs::path> files, images;
  std::error_code ec;
  for (const auto& [name, facts] : models) {
    if (auto path = model_path(pack, name)) {
      if (auto parts = gltf_files(*path)) files.insert(parts->begin(), parts->end());
    }
    for (const fs::path& image : facts.images) images.insert(fs::weakly_canonical(image, ec));
    for (const std::string& image : facts.embedded) report.texture_bytes += texture_bytes(image);
  }
  for (const fs::path& image : images) {
    if (auto bytes = read_file(image)) report.texture_bytes += texture_bytes(*bytes);
  }
  files.insert(images.begin(), images.end());
  for (const SoundDef& s : pack.sounds) {
    if (auto path = sound_path(pack, s.file)) files.insert(*path);
  }
  for (fs::recursive_directory_iterator it(pack.dir, ec), end; !ec && it != end; it.increment(ec)) {
    if (it->is_regular_file(ec)) files.insert(it->path());
  }
  for (const fs::path& f : files) report.disk_bytes += fs::file_size(f, ec);
  for (const ObjectDef& o : pack.scene.objects) {
    if (const auto m = models.find(o.model); m != models.end()) report.visible_triangles += m->second.triangles;
  }
  const auto over = [&](uint64_t has, uint64_t most, const std::string& what) {
    if (has > most) report.errors.push_back({Code::kFailed, (pack.dir / "scene.yaml").string() + ":1:1", what, "Use simpler models or fewer; a school's computer has to draw them all"});
  };
  const auto mb = [](uint64_t bytes) { return (bytes + (1u << 20) - 1) >> 20; };
  over(report.visible_triangles, kMaxVisibleTriangles, fmt::format("the scene shows {} triangles; the budget is {}", report.visible_triangles, kMaxVisibleTriangles));
  over(report.texture_bytes, kMaxTextureBytes, fmt::format("the scene's textures take {} MB; the budget is {} MB", mb(report.texture_bytes), mb(kMaxTextureBytes)));
  over(report.disk_bytes, kMaxDiskBytes, fmt::format("the scene's files take {} MB on the disk; the budget is {} MB", mb(report.disk_bytes), mb(kMaxDiskBytes)));
}

void check_models(const Pack& pack, CheckReport& report) {
  std::map<std::string, GltfFacts> models;
  std::set<std::string> broken;
  const std::string scene_file = (pack.dir / "scene.yaml").string();
  const auto info = [&](const std::string& model) -> const GltfFacts* {
    if (broken.contains(model)) return nullptr;
    if (const auto it = models.find(model); it != models.end()) return &it->second;
    auto path = model_path(pack, model);
    auto read = path ? check_model(*path) : Result<GltfFacts>(path.error());
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
    const GltfFacts* m = info(owner.model);
    if (!m) continue;
    std::vector<std::string> nodes = o.drums;
    if (!o.node.empty()) nodes.push_back(o.node);
    if (!o.needle.empty()) nodes.push_back(o.needle);
    if (!o.display.empty()) nodes.push_back(o.display);
    for (const auto* list : {&o.lit, &o.moved}) {
      for (const NodeWhen& n : *list) nodes.push_back(n.node);
    }
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
      const GltfFacts* m = model.empty() ? nullptr : info(model);
      if (m && !has(m->nodes, s.anchor)) miss(fmt::format("the socket '{}' needs the node '{}' in the model '{}'", s.id, s.anchor, model));
    }
  }
  report.models = models.size();
  if (broken.empty()) check_budget(pack, models, report);
}

// The files of a pack's sounds: there, and mono FLAC of no more than half a minute, as their headers say.
void check_sounds(const Pack& pack, CheckReport& report) {
  std::set<std::string> seen;
  for (const SoundDef& s : pack.sounds) {
    if (!seen.insert(s.file).second) continue;
    const auto path = sound_path(pack, s.file);
    if (!path) {
      report.errors.push_back(path.error());
      continue;
    }
    const auto bytes = read_file(*path, kMaxSoundBytes);
    if (!bytes) {
      report.errors.push_back(bytes.error());
      continue;
    }
    // "fLaC", a block header, then STREAMINFO: 10 bytes of sizes; 20 bits samples a second, 3 bits channels - 1, 5 bits, 36 bits samples.
    uint64_t told = 0;
    for (size_t i = 18; i < 26 && i < bytes->size(); ++i) told = told << 8 | static_cast<unsigned char>((*bytes)[i]);
    const uint64_t rate = told >> 44, channels = (told >> 41 & 7) + 1, samples = told & ((uint64_t{1} << 36) - 1);
    const bool flac = bytes->size() >= 42 && bytes->starts_with("fLaC");
    const std::string wrong = !flac ? "is not a FLAC file" : channels != 1 ? fmt::format("has {} channels; a sound that comes from a place has one", channels)
                              : rate < 8000 || rate > 48000 ? fmt::format("has {} samples a second; 8000 to 48000 are played", rate)
                              : samples == 0 || samples > rate * 30 ? "must last up to 30 s" : "";
    if (!wrong.empty()) report.errors.push_back({Code::kFailed, path->string(), wrong, "Save it again as mono FLAC; assets/src/sounds.py shows how the shared ones are made"});
  }
}

using Lost = std::map<std::string, std::set<std::string>>;  // exercise: aspects some trace loses

std::string place(const std::string& file, int line, int column = 1) { return fmt::format("{}:{}:{}", file, line, column); }

// The expert's attempt must come to everything in every mode that gives marks, whatever the tests name.
void check_expert(const std::shared_ptr<const Pack>& pack, const Exercise& e, CheckReport& report) {
  const std::string rubric = (e.dir / "rubric.yaml").string();
  const PackTest* expert = nullptr;
  for (const PackTest& t : e.tests) {
    if (t.trace.starts_with("expert") && !expert) expert = &t;
  }
  if (!expert) {
    report.errors.push_back({Code::kFailed, rubric + ":1:1", "has no expert: no test plays a trace called expert", "Record an attempt without a fault as traces/expert.jsonl"});
    return;
  }
  const auto trace = read_trace(e.dir / "traces" / (expert->trace + ".jsonl"));
  if (!trace || trace->exercise != e.id) return;  // told already
  for (int i = 0; i < kModeCount; ++i) {
    const auto mode = static_cast<Mode>(i);
    const std::string name = mode_name(mode);
    const bool tested = std::any_of(e.tests.begin(), e.tests.end(), [&](const PackTest& t) { return t.trace == expert->trace && (t.mode.empty() ? trace->mode == mode : t.mode == name); });
    if (tested || rules_of(mode).shown == MarksShown::kNever) continue;
    Session session(pack, e, {mode, trace->seed}, [](const Event&) { return ok(); });
    if (auto played = play(session, *trace); !played) {
      report.errors.push_back(played.error());
      return;
    }
    const Marksheet sheet = grade(*pack, e, mode, trace->seed, session.events(), expert->people);
    if (sheet.total_mp != sheet.max_mp || !sheet.codes.empty()) {
      report.errors.push_back({Code::kFailed, place(rubric, expert->line), fmt::format("the expert's trace comes to {}.{:03} of {} in the mode {}, with the codes [{}]", sheet.total_mp / 1000, sheet.total_mp % 1000, sheet.max_mp / 1000, name, fmt::join(sheet.codes, ", ")),
                               "An expert gets everything in every mode that gives marks"});
    }
  }
}

void check_traces(const std::shared_ptr<const Pack>& pack, CheckReport& report, Lost& lost) {
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
      if (trace->exercise != e.id) {
        report.errors.push_back({Code::kFailed, trace->file + ":1:1", fmt::format("was recorded for the exercise '{}', not for '{}'", trace->exercise, e.id), ""});
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
      const Marksheet sheet = grade(*pack, e, mode, trace->seed, session.events(), t.people);
      TraceResult r{e.id, t.trace, mode_name(mode), sheet.pass ? "pass" : sheet.open ? "open" : "fail", sheet.total_mp, sheet.codes, true};
      const auto expect = [&](bool as_meant, std::string what) {
        if (as_meant) return;
        r.as_expected = false;
        report.errors.push_back({Code::kFailed, where, fmt::format("the trace '{}' ({}) {}", t.trace, r.mode, what), "Mend the trace, the rule or the expectation"});
      };
      const auto points = [](int64_t mp) { return fmt::format("{}.{:03}", mp / 1000, mp % 1000); };
      expect(r.verdict == t.verdict, fmt::format("ends '{}', expected '{}'", r.verdict, t.verdict));
      expect(r.codes == t.codes, fmt::format("raises [{}], expected [{}]", fmt::join(r.codes, ", "), fmt::join(t.codes, ", ")));
      if (t.total_mp && *t.total_mp != r.total_mp) {
        std::string lacking;
        for (const Mark& m : sheet.marks) {
          if (m.awarded_mp < m.max_mp) lacking += fmt::format("; {} {} of {} ({})", m.id, points(m.awarded_mp), points(m.max_mp), m.why.en);
        }
        expect(false, fmt::format("comes to {}, expected {}{}", points(r.total_mp), points(*t.total_mp), lacking));
      }
      if (t.total_min_mp) expect(r.total_mp >= *t.total_min_mp, fmt::format("comes to {}, expected at least {}", points(r.total_mp), points(*t.total_min_mp)));
      if (t.trace.starts_with("expert")) expect(sheet.total_mp == sheet.max_mp && sheet.codes.empty(), fmt::format("comes to {} of {}: an expert gets everything", points(sheet.total_mp), points(sheet.max_mp)));
      for (const Mark& m : sheet.marks) {
        if (m.awarded_mp < m.max_mp || !m.code.empty()) lost[e.id].insert(m.id);
        const auto want = t.marks.find(m.id);
        if (want != t.marks.end()) expect(want->second == m.awarded_mp, fmt::format("gives {} for {}, expected {} ({})", points(m.awarded_mp), m.id, points(want->second), m.why.en));
      }
      report.traces.push_back(std::move(r));
    }
    if (!e.tests.empty()) check_expert(pack, e, report);
    std::error_code ec;
    for (fs::directory_iterator it(e.dir / "traces", ec), end; !ec && it != end; it.increment(ec)) {
      if (it->path().extension() == ".jsonl" && !tested.contains(it->path().stem().string())) report.errors.push_back({Code::kFailed, it->path().string() + ":1:1", "is not named by any test in rubric.yaml", "Add a test, or delete the trace"});
    }
  }
}

// Slips in every expert's trace; what no mark notices must be explained by the pack.
void check_mutations(const std::shared_ptr<const Pack>& pack, CheckReport& report, Lost& lost) {
  for (const Exercise& e : pack->exercises) {
    std::vector<Unnoticed> explained = read_unnoticed(e, report.errors);
    std::set<std::string> done;
    for (const PackTest& t : e.tests) {
      if (!t.trace.starts_with("expert") || !done.insert(t.trace).second) continue;
      const auto trace = read_trace(e.dir / "traces" / (t.trace + ".jsonl"));
      if (!trace || trace->exercise != e.id) continue;  // told already
      auto mutation = mutate(pack, e, *trace);
      if (!mutation) {
        // A trace that cannot be played was told already; one too long to be tried was not.
        if (std::none_of(report.errors.begin(), report.errors.end(), [&](const Error& told) { return told.where.starts_with(trace->file); })) report.errors.push_back(mutation.error());
        continue;
      }
      lost[e.id].insert(mutation->lost.begin(), mutation->lost.end());
      for (Mutant& m : mutation->mutants) {
        if (m.noticed()) continue;
        for (Unnoticed& u : explained) {
          if (!glob_match(u.change, m.change)) continue;
          u.matched = true;
          if (m.why.empty()) m.why = u.why;
        }
        if (m.why.empty()) {
          report.warnings.push_back({Code::kFailed, place(trace->file, m.line), "no mark notices: " + m.change,
                                     "Add a rule that does, or say in unnoticed.yaml why none needs to"});
        }
      }
      report.mutations.push_back(std::move(*mutation));
    }
    for (const Unnoticed& u : explained) {
      if (!u.matched) report.errors.push_back({Code::kFailed, place((e.dir / "unnoticed.yaml").string(), u.line, u.column), "explains '" + u.change + "', but no such change goes unnoticed", "Delete the line, or mend it"});
    }
  }
}

}  // namespace

namespace {

// A file of the shared library, or of the pack.
Result<fs::path> asset_path(const Pack& pack, const std::string& name, const char* folder, const char* ending, const char* from, const std::string& what, const char* listed) {
  std::error_code ec;
  if (name.starts_with(std::string(folder) + "/")) {
    const fs::path path = pack.dir / name;
    if (fs::is_regular_file(path, ec)) return path;
    return Error{Code::kFailed, path.string(), fmt::format("{} names this {}, but the file is missing", from, what), fmt::format("Put the file there or mend {}", from)};
  }
  auto root = data_root();
  if (!root) return root.error();
  const fs::path path = *root / "assets" / folder / (name + ending);
  if (fs::is_regular_file(path, ec)) return path;
  return Error{Code::kFailed, (pack.dir / from).string() + ":1:1", fmt::format("names the shared {} '{}', which assets/{} does not have", what, name, folder), listed};
}

}  // namespace

Result<fs::path> model_path(const Pack& pack, const std::string& model) {
  return asset_path(pack, model, "models", ".gltf", "scene.yaml", "model", "Shared models are listed in assets/MANIFEST.json");
}

Result<fs::path> sound_path(const Pack& pack, const std::string& file) {
  return asset_path(pack, file, "sounds", ".flac", "sounds.yaml", "sound", "Shared sounds are those in assets/sounds");
}

CheckReport check_pack(const fs::path& folder_or_file) {
  CheckReport report;
  PackLoad load = load_pack(folder_or_file);
  report.errors = std::move(load.errors);
  if (!load.pack) return report;
  const auto pack = std::make_shared<const Pack>(std::move(*load.pack));
  report.pack_id = pack->id;
  report.pack_version = pack->version;
  report.sha256 = pack->sha256;
  Lost lost;
  for (Error& e : lint_truths(pack->scene, (pack->dir / "scene.yaml").string())) report.errors.push_back(std::move(e));
  check_models(*pack, report);
  check_sounds(*pack, report);
  check_traces(pack, report, lost);
  check_mutations(pack, report, lost);
  LintReport lint;
  lint_words(*pack, lint);
  lint_exercises(*pack, lost, lint);
  report.errors.insert(report.errors.end(), lint.errors.begin(), lint.errors.end());
  report.warnings.insert(report.warnings.end(), lint.warnings.begin(), lint.warnings.end());
  for (auto* list : {&report.errors, &report.warnings}) {
    for (Error& e : *list) e = as_seen(std::move(e), pack->dir, pack->source);
  }
  return report;
}

}  // namespace shixun
