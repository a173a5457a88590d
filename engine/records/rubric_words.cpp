#include "engine/records/rubric_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/training/describe.h"

namespace shixun {

std::string RubricWords::moment(int i) const {
  const Moment& m = exercise.moments[static_cast<size_t>(i)];
  const Text& named = pack.text("moment." + m.name);
  if (!named.in(lang).empty()) return named.in(lang);
  // A moment without a name for people is told by what is done and to what.
  Event e;
  e.verb = m.verbs.empty() ? Verb::kState : m.verbs.front();
  if (!m.on.empty()) e.o = m.on.front();
  return describe_act(e, pack, exercise, lang);
}

std::string RubricWords::quantity(const Value& v) const {
  if (v.truth >= 0 && !truths) return say("实际值", "what is so");
  return format_quantity(truths ? truths->get(v) : v.number, v.unit, lang);
}

std::string RubricWords::things(const std::vector<std::string>& ids) const {
  std::vector<std::string> names;
  for (const std::string& id : ids) {
    std::string name = id == "hand" ? say("手", "the hand") : name_for_people(id, pack, exercise).in(lang);
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  return fmt::format("{}", fmt::join(names, say("、", ", ")));
}

// What the rubric asks here: the window or condition a mark is measured against.
std::string RubricWords::asked(const Aspect& a) const {
  switch (a.kind) {
    case RuleKind::kNumeric: {
      if (a.lo && a.hi) return quantity(*a.lo) + " – " + quantity(*a.hi);
      if (a.lo) return "≥ " + quantity(*a.lo);
      return a.hi ? "≤ " + quantity(*a.hi) : "";
    }
    case RuleKind::kOrder: {
      std::string s;
      for (const auto& pair : a.pairs) s += (s.empty() ? "" : say("；", "; ")) + fmt::format(fmt::runtime(say("先{}，后{}", "{} before {}")), moment(pair.first), moment(pair.second));
      return s;
    }
    case RuleKind::kHop: return fmt::format(fmt::runtime(say("每次隔 {} 个，共换位 {} 次", "each time {} places on, {} moves")), a.step, a.hops);
    case RuleKind::kTool: return things(a.tools);
    case RuleKind::kMeasure: return fmt::format(fmt::runtime(say("{} 个测点，用{}", "{} points, with the {}")), a.points.size(), things(a.tools));
    case RuleKind::kRecord: {
      if (a.truth) return quantity(*a.truth) + (a.tol > 0 ? " ± " + format_quantity(a.tol, a.truth->unit, lang) : "");
      const auto field = std::find_if(exercise.sheet.begin(), exercise.sheet.end(), [&](const Field& f) { return f.id == a.field; });
      if (a.truth_word >= 0 && !truths) return say("与实际情况一致", "what is so");
      const std::string word = a.truth_word >= 0 ? truths->words[static_cast<size_t>(a.truth_word)] : a.word;
      return field == exercise.sheet.end() ? "" : pack.text(field->name + "." + word).in(lang);
    }
    case RuleKind::kForbid: return say("不得发生", "must not happen");
    case RuleKind::kJudge: {
      std::string s;
      for (size_t level = 0; level < a.item_names.size(); ++level) s += (level > 0 ? say("；", "; ") : "") + std::to_string(level) + " " + pack.text(a.item_names[level]).in(lang);
      return s;
    }
    case RuleKind::kTime: return fmt::format(fmt::runtime(say("{} 以内满分，{} 起零分", "full marks within {}, none from {}")), format_clock(a.full_ms), format_clock(a.zero_ms));
    case RuleKind::kClean5s: {
      std::string s;
      for (const std::string& item : a.item_names) s += (s.empty() ? "" : say("；", "; ")) + pack.text(item).in(lang);
      return s;
    }
    default: {
      std::string s;
      for (const int m : a.moments) s += (s.empty() ? "" : say("；", "; ")) + moment(m);
      return s;
    }
  }
}

}  // namespace shixun
