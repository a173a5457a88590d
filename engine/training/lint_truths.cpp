#include "engine/training/lint_truths.h"

#include <fmt/format.h>

#include <set>

namespace shixun {

namespace {

constexpr int64_t kMaxWork = 1'000'000'000;  // truths and parts of conditions worked out: some seconds, ten times what a large pack needs
constexpr int kShifts = 8;  // places looked at on each side, besides the limits that verdicts name

// The numbers at which a verdict may turn: every limit named in its cases and those of what it follows from, and the steps beside them.
std::vector<int64_t> limits(const Scene& scene, const std::vector<bool>& from) {
  std::set<int64_t> all;
  const auto add = [&](int64_t n) {
    constexpr int64_t kFar = max_quantity(Unit::kResistance);
    if (n > -kFar && n < kFar) all.insert({n - 1, n, n + 1});
  };
  for (size_t i = 0; i < from.size(); ++i) {
    if (!from[i]) continue;
    for (const Truth::Case& c : scene.truths[i].cases) {
      add(c.lo);
      add(c.hi);
      if (!c.when) continue;
      for (const Expression::Node& node : c.when->nodes) {
        if (node.op == Expression::Op::kNumber) add(node.number);
      }
    }
  }
  return {all.begin(), all.end()};
}

// Which truths each truth follows from, itself included.
std::vector<std::vector<bool>> origins(const Scene& scene) {
  const size_t n = scene.truths.size();
  std::vector<std::vector<bool>> from(n, std::vector<bool>(n));
  for (size_t k = 0; k < n; ++k) {
    const auto add = [&](int i) {
      for (size_t j = 0; i >= 0 && j < n; ++j) from[k][j] = from[k][j] || from[static_cast<size_t>(i)][j];
    };
    from[k][k] = true;
    for (const int i : scene.truths[k].min_of) add(i);
    for (const Truth::Case& c : scene.truths[k].cases) {
      add(c.truth);
      if (!c.when) continue;
      for (const Expression::Node& node : c.when->nodes) {
        if (node.op == Expression::Op::kTruthNumber || node.op == Expression::Op::kTruthWord) add(node.index);
      }
    }
  }
  return from;
}

}  // namespace

std::vector<Error> lint_truths(const Scene& scene, const std::string& scene_file, uint32_t seeds) {
  std::vector<Error> errors;
  const auto fail = [&](const Truth& t, std::string what, std::string hint) { errors.push_back({Code::kFailed, fmt::format("{}:{}:{}", scene_file, t.line, t.column), std::move(what), std::move(hint)}); };
  struct Read { size_t truth; std::vector<size_t> verdicts; std::vector<int64_t> limits; };
  std::vector<Read> readings;
  const auto from = origins(scene);
  for (size_t i = 0; i < scene.truths.size(); ++i) {
    const Truth& t = scene.truths[i];
    if (t.is_word || !t.min_of.empty() || !t.cases.empty()) continue;
    Read r{i, {}, {}};
    for (size_t v = 0; v < scene.truths.size(); ++v) {
      if (v != i && from[v][i] && scene.truths[v].is_word) r.verdicts.push_back(v);
    }
    if (r.verdicts.empty()) continue;
    for (const size_t v : r.verdicts) {
      const std::vector<int64_t> more = limits(scene, from[v]);
      r.limits.insert(r.limits.end(), more.begin(), more.end());
    }
    if (t.read_within && *t.read_within > 0) readings.push_back(std::move(r));
    else if (!t.read_within && t.unit != Unit::kCount) {
      fail(t, fmt::format("'{}' decides '{}', but how closely it can be read is not said", t.name, scene.truths[r.verdicts[0]].name), "Add 'read_within' with the reading tolerance, such as $data.pressure_reading_tol; \"0\" in its unit if it is not read");
    }
  }
  if (readings.empty()) return errors;
  std::set<std::pair<size_t, size_t>> told;
  Truths moved;
  auto cost = static_cast<int64_t>(scene.truths.size());  // of one look
  for (const Truth& t : scene.truths) {
    cost += static_cast<int64_t>(t.min_of.size() + t.cases.size());
    for (const Truth::Case& c : t.cases) cost += c.when ? static_cast<int64_t>(c.when->nodes.size()) : 0;
  }
  int64_t work = 0;
  for (uint32_t seed = 0; seed < seeds; ++seed) {
    const Truths drawn = draw_truths(scene, seed);
    for (const Read& r : readings) {
      const Truth& t = scene.truths[r.truth];
      const int64_t reach = 2 * *t.read_within - 1;  // a limit exactly two tolerances away is far enough
      const auto look_at = [&](int64_t read) {
        if ((work += cost) > kMaxWork) return;
        moved = drawn;
        moved.numbers[r.truth] = read;
        derive_truths(scene, moved);
        for (const size_t v : r.verdicts) {
          if (moved.words[v] == drawn.words[v] || !told.emplace(r.truth, v).second) continue;
          fail(t, fmt::format("with seed {}, '{}' is {}: less than two reading tolerances ({}) from where '{}' turns from '{}' to '{}'", seed, t.name, format_quantity(drawn.numbers[r.truth], t.unit, Lang::kEn),
                              format_quantity(2 * *t.read_within, t.unit, Lang::kEn), scene.truths[v].name, drawn.words[v], moved.words[v]),
               "Leave values near the limit out of the draw");
        }
      };
      const int64_t value = drawn.numbers[r.truth];
      for (int k = -kShifts; k <= kShifts; ++k) look_at(value + reach * k / kShifts);
      for (const int64_t limit : r.limits) {
        if (limit >= value - reach && limit <= value + reach) look_at(limit);
      }
    }
    work += cost;
    if (work <= kMaxWork) continue;
    fail(scene.truths[readings[0].truth], "the truths and their verdicts are too many to prove that readings keep away from the limits", "Leave out truths that no exercise needs");
    break;
  }
  return errors;
}

}  // namespace shixun
