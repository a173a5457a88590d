// shixunctl check PACK: does a pack prove itself?

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/app/ctl.h"
#include "engine/training/check.h"
#include "engine/training/grade.h"

namespace shixun {

namespace {

int run(const std::string& name, bool json) {
  auto dir = find_pack(name);
  if (!dir) {
    // A folder that is named but broken is a failed check, not a typing error.
    std::error_code ec;
    if (!fs::is_directory(name, ec)) return report(dir.error());
    dir = fs::path(name);
  }
  const CheckReport r = check_pack(*dir);
  if (json) {
    nlohmann::json errors = nlohmann::json::array(), traces = nlohmann::json::array();
    for (const Error& e : r.errors) errors.push_back({{"where", e.where}, {"what", e.what}, {"hint", e.hint}});
    for (const TraceResult& t : r.traces) {
      traces.push_back({{"exercise", t.exercise}, {"trace", t.trace}, {"mode", t.mode}, {"verdict", t.verdict}, {"total_mp", t.total_mp}, {"codes", t.codes}, {"as_expected", t.as_expected}});
    }
    fmt::print("{}\n", canonical({{"pack", r.pack_id}, {"version", r.pack_version}, {"sha256", r.sha256}, {"models", r.models}, {"triangles", r.triangles}, {"errors", errors}, {"traces", traces}}));
    return r.errors.empty() ? 0 : 1;
  }
  for (const TraceResult& t : r.traces) {
    fmt::print("{} {:28} {:10} {:>3}.{} {:4} {}\n", t.as_expected ? "ok  " : "FAIL", t.trace, t.mode, t.total_mp / 1000, t.total_mp % 1000 / 100, t.verdict, fmt::join(t.codes, " "));
  }
  for (const Mutation& m : r.mutations) {
    size_t marked = 0, refused = 0, explained = 0;
    for (const Mutant& x : m.mutants) {
      if (x.marked) ++marked;
      else if (x.refused) ++refused;
      else if (!x.why.empty()) ++explained;
    }
    const size_t open = m.mutants.size() - marked - refused;
    fmt::print("{} {}: {} slips tried: {} change the marks, {} the world refuses, {} go unnoticed ({:.1f} %), {} of them explained\n", m.exercise, m.trace, m.mutants.size(), marked, refused,
               open, 100.0 * static_cast<double>(open) / static_cast<double>(std::max<size_t>(1, m.mutants.size())), explained);
  }
  for (const Error& e : r.warnings) fmt::print(stderr, "warning: {}\n", e.text());
  for (const Error& e : r.errors) fmt::print(stderr, "{}\n", e.text());
  if (r.errors.empty()) fmt::print("{} {}: sound. {} traces, {} models, {} triangles\n", r.pack_id, r.pack_version, r.traces.size(), r.models, r.triangles);
  else fmt::print(stderr, "{} problem{}\n", r.errors.size(), r.errors.size() == 1 ? "" : "s");
  return r.errors.empty() ? 0 : 1;
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
  auto* cmd = app.add_subcommand("check", "Load a pack, look at its models, play its traces; exit 1 with file:line:column for every problem");
  auto pack = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  cmd->add_option("pack", *pack, "A pack's folder, or the name of one under scenarios/")->required();
  cmd->add_flag("--json", *json, "Print one JSON object and nothing else");
  cmd->callback([=, &exit_code] { exit_code = run(*pack, *json); });
}

}  // namespace shixun
