// shixunctl check PACK: does a pack prove itself?

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/app/ctl.h"
#include "engine/base/json.h"
#include "engine/training/check.h"

namespace shixun {

namespace {

struct Counts {
  size_t marked = 0, refused = 0, unnoticed = 0, explained = 0;
};

Counts counts_of(const Mutation& m) {
  Counts n;
  for (const Mutant& x : m.mutants) {
    if (x.marked) ++n.marked;
    else if (x.refused) ++n.refused;
    else ++n.unnoticed;
    if (!x.noticed() && !x.why.empty()) ++n.explained;
  }
  return n;
}

nlohmann::json to_json(const std::vector<Error>& problems) {
  nlohmann::json out = nlohmann::json::array();
  for (const Error& e : problems) out.push_back({{"where", e.where}, {"what", e.what}, {"hint", e.hint}});
  return out;
}

nlohmann::json to_json(const CheckReport& r) {
  nlohmann::json traces = nlohmann::json::array(), mutations = nlohmann::json::array();
  for (const TraceResult& t : r.traces) {
    traces.push_back({{"exercise", t.exercise}, {"trace", t.trace}, {"mode", t.mode}, {"verdict", t.verdict}, {"total_mp", t.total_mp}, {"codes", t.codes}, {"as_expected", t.as_expected}});
  }
  for (const Mutation& m : r.mutations) {
    nlohmann::json unnoticed = nlohmann::json::array();
    for (const Mutant& x : m.mutants) {
      if (!x.noticed()) unnoticed.push_back({{"line", x.line}, {"change", x.change}, {"why", x.why}});
    }
    const Counts n = counts_of(m);
    mutations.push_back({{"exercise", m.exercise}, {"trace", m.trace}, {"slips", m.mutants.size()}, {"marked", n.marked}, {"refused", n.refused}, {"unnoticed", unnoticed}});
  }
  return {{"pack", r.pack_id}, {"version", r.pack_version}, {"sha256", r.sha256}, {"models", r.models}, {"triangles", r.triangles}, {"visible_triangles", r.visible_triangles},
          {"texture_bytes", r.texture_bytes}, {"disk_bytes", r.disk_bytes}, {"errors", to_json(r.errors)}, {"warnings", to_json(r.warnings)}, {"traces", traces}, {"mutations", mutations}};
}

void print(const CheckReport& r) {
  for (const TraceResult& t : r.traces) {
    fmt::print("{} {:28} {:10} {:>3}.{} {:4} {}\n", t.as_expected ? "ok  " : "FAIL", t.trace, t.mode, t.total_mp / 1000, t.total_mp % 1000 / 100, t.verdict, fmt::join(t.codes, " "));
  }
  for (const Mutation& m : r.mutations) {
    const Counts n = counts_of(m);
    const size_t all = std::max<size_t>(1, m.mutants.size()), permille = n.unnoticed * 1000 / all;
    fmt::print("{} of {}: {} slips tried; {} change the marks, {} more the world refuses, {} go unnoticed ({}.{} %), {} of these explained\n", m.trace, m.exercise, m.mutants.size(), n.marked, n.refused,
               n.unnoticed, permille / 10, permille % 10, n.explained);
  }
  const auto list = [](const std::vector<Error>& problems, const char* kind) {
    for (const Error& e : problems) fmt::print(stderr, "{}{}\n", kind, e.text());
  };
  list(r.warnings, "warning: ");
  list(r.errors, "");
  const auto count = [](size_t n, const char* what) { return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s"); };
  if (r.errors.empty()) {
    fmt::print("{} {}: sound{}. {} traces, {} models, {} triangles in sight, textures {} MB, {} MB on the disk\n", r.pack_id, r.pack_version,
               r.warnings.empty() ? "" : ", with " + count(r.warnings.size(), "warning"), r.traces.size(), r.models, r.visible_triangles, r.texture_bytes >> 20, r.disk_bytes >> 20);
  } else {
    fmt::print(stderr, "{}, {}\n", count(r.errors.size(), "problem"), count(r.warnings.size(), "warning"));
  }
}

int run(const std::string& name, bool json, bool strict) {
  auto dir = find_pack(name);
  if (!dir) {
    // A folder that is named but broken is a failed check, not a typing error.
    std::error_code ec;
    if (!fs::is_directory(name, ec)) return report(dir.error());
    dir = fs::path(name);
  }
  const CheckReport r = check_pack(*dir);
  if (json) fmt::print("{}\n", canonical(to_json(r)));
  else print(r);
  return r.errors.empty() && (!strict || r.warnings.empty()) ? 0 : 1;
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
  auto* cmd = app.add_subcommand("check", "Load a pack, look at its models and words, play its traces, try slips in the expert's; exit 1 with file:line:column for every problem");
  auto pack = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false), strict = std::make_shared<bool>(false);
  cmd->add_option("pack", *pack, "A pack's folder, a .shixun file, or the name of one under scenarios/")->required();
  cmd->add_flag("--json", *json, "Print one JSON object and nothing else");
  cmd->add_flag("--strict", *strict, "Exit 1 for warnings too");
  cmd->callback([=, &exit_code] { exit_code = run(*pack, *json, *strict); });
}

}  // namespace shixun
