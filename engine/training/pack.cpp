#include "engine/training/pack.h"

#include <algorithm>
#include <set>

#include "engine/base/random.h"
#include "engine/training/loader.h"
#include "engine/training/pack_file.h"

namespace shixun {

int Scene::find_object(std::string_view id) const {
  for (size_t i = 0; i < objects.size(); ++i) {
    if (objects[i].id == id) return static_cast<int>(i);
  }
  return -1;
}

int Scene::find_socket(std::string_view id) const {
  for (size_t i = 0; i < sockets.size(); ++i) {
    if (sockets[i].id == id) return static_cast<int>(i);
  }
  return -1;
}

const PairDef* Scene::find_pair(std::string_view id) const {
  const auto it = std::find_if(devices.pairs.begin(), devices.pairs.end(), [&](const PairDef& p) { return p.id == id; });
  return it == devices.pairs.end() ? nullptr : &*it;
}

const Exercise* Pack::find_exercise(std::string_view exercise_id) const {
  for (const Exercise& e : exercises) {
    if (e.id == exercise_id) return &e;
  }
  return nullptr;
}

const Text& Pack::text(const std::string& key) const {
  static const Text none;
  const auto it = strings.find(key);
  return it == strings.end() ? none : it->second;
}

std::vector<int> moments_of(const Aspect& a) {
  std::set<int> out(a.moments.begin(), a.moments.end());
  for (const Pair& p : a.pairs) out.insert({p.first, p.second});
  out.insert({a.moment, a.state_moment, a.before, a.after, a.unless, a.needs, a.corrected_by, a.consequence, a.evidence, a.start, a.end});
  out.erase(-1);
  return {out.begin(), out.end()};
}

Result<fs::path> find_pack(std::string_view name_or_dir) {
  std::error_code ec;
  const fs::path as_given(name_or_dir);
  if (fs::is_directory(as_given, ec) && fs::exists(as_given / "pack.yaml", ec)) return as_given;
  if (is_pack_file(as_given)) return as_given;
  auto root = data_root();
  if (root && is_name(name_or_dir)) {
    const fs::path dir = *root / "scenarios" / as_given;
    if (fs::exists(dir / "pack.yaml", ec)) return dir;
    if (const fs::path file = *root / "scenarios" / (as_given.string() + ".shixun"); is_pack_file(file)) return file;
  }
  std::string known;
  if (root) {
    for (fs::directory_iterator it(*root / "scenarios", ec), end; !ec && it != end; it.increment(ec)) {
      if (fs::exists(it->path() / "pack.yaml", ec)) known += (known.empty() ? "" : ", ") + it->path().filename().string();
    }
  }
  return Error{Code::kUsage, std::string(name_or_dir), "no such scenario pack", known.empty() ? "Name a folder that holds a pack.yaml, or a .shixun file" : "Name a pack's folder, a .shixun file or one of: " + known};
}

Result<ExerciseRef> find_exercise(std::string_view ref) {
  const size_t slash = ref.rfind('/');
  if (slash == std::string_view::npos || slash + 1 == ref.size()) return Error{Code::kUsage, std::string(ref), "is not an exercise", "Write PACK/EXERCISE, such as my-pack/my-exercise"};
  auto pack = find_pack(ref.substr(0, slash));
  if (!pack) return pack.error();
  return ExerciseRef{*pack, std::string(ref.substr(slash + 1))};
}

Truths draw_truths(const Scene& scene, uint64_t seed) {
  Truths out;
  for (const Truth& t : scene.truths) {
    Pcg32 random(seed, t.name);
    int64_t number = 0;
    std::string word;
    if (!t.choose.empty()) number = t.choose[random.below(static_cast<uint32_t>(t.choose.size()))];
    else if (!t.group.empty()) word = t.group[random.below(static_cast<uint32_t>(t.group.size()))];
    else if (t.min_of.empty() && t.cases.empty()) number = t.from + t.step * random.below(static_cast<uint32_t>((t.to - t.from) / t.step + 1));
    out.numbers.push_back(number);
    out.words.push_back(std::move(word));
  }
  derive_truths(scene, out);
  return out;
}

int start_of(const ObjectDef& o, const Truths& truths) {
  for (const StartDef& s : o.starts) {
    if (holds(s.when, truths, nullptr, nullptr)) return s.in;
  }
  return o.in;
}

void derive_truths(const Scene& scene, Truths& truths) {
  // Each follows only from those above it.
  for (size_t k = 0; k < scene.truths.size(); ++k) {
    const Truth& t = scene.truths[k];
    if (!t.min_of.empty()) {
      int64_t least = INT64_MAX;
      for (const int i : t.min_of) least = std::min(least, truths.numbers[static_cast<size_t>(i)]);
      truths.numbers[k] = least;
    }
    for (const Truth::Case& c : t.cases) {
      const int64_t v = c.truth < 0 ? 0 : truths.numbers[static_cast<size_t>(c.truth)];
      if (c.when ? !holds(*c.when, truths, nullptr, nullptr) : c.truth >= 0 && (v < c.lo || v > c.hi)) continue;
      truths.numbers[k] = c.number;
      if (truths.words[k] != c.is) truths.words[k] = c.is;
      break;
    }
  }
}

}  // namespace shixun
