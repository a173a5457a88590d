#include "engine/training/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/gltf.h"
#include "engine/training/loader.h"

namespace shixun {

namespace {

Result<GltfFacts> check_model(const fs::path& path) {
  auto facts = check_gltf(path);
  if (!facts) return facts;
  for (const fs::path& image : facts->images) {
    std::error_code ec;
    if (!fs::is_regular_file(image, ec)) return Error{Code::kFailed, path.string(), "its image '" + image.string() + "' is missing", "Put the file there or export the model again"};
  }
  return facts;
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

std::string place(const std::string& file, int line, int column = 1) { return fmt::format("{}:{}:{}", file, line, column); }

// Slips in every expert's trace; what no mark notices must be explained by the pack.
void check_mutations(const std::shared_ptr<const Pack>& pack, CheckReport& report) {
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
  check_mutations(pack, report);
  return report;
}

}  // namespace shixun
