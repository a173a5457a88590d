// What was said, and what people say of the work: dialogue, judge.

#include <algorithm>
#include <map>

#include "engine/training/rules_detail.h"

namespace shixun::rules {

namespace {

constexpr int kBest = 3;  // of a reply, and of a person's mark

// The node a reply answers; a line said outside a dialogue is its own.
std::string_view node_of(const Event& e) { return e.find("node") ? e.text("node") : std::string_view(e.o); }

}  // namespace

void dialogue(const Evidence& c, const Aspect& a, Mark& m) {
  struct Answer { const Event *first = nullptr, *counted = nullptr; bool flagged = false; };
  std::map<std::string_view, Answer> answers;
  for (const Event& e : c.events) {
    if (e.verb != Verb::kSay || !contains(a.nodes, node_of(e))) continue;
    Answer& x = answers[node_of(e)];
    if (!x.first) x.first = &e;
    if (!x.counted || !a.first) x.counted = &e;
    // What was said stays said: a flag is not taken back by a better answer.
    for (const std::string& f : a.flags) x.flagged = x.flagged || e.number("flag_" + f) != 0;
    m.events.push_back(e.seq);
  }
  int64_t sum = 0;
  bool wrong = false;
  Text weak;
  for (const std::string& node : a.nodes) {
    const Text name = c.pack.text("node." + node);
    const auto it = answers.find(node);
    if (it == answers.end()) {
      append(weak, sentence("{n}：没有说", "{n}: not said", {{"n", name}}));
      continue;
    }
    const Answer& x = it->second;
    // Out of order is worth nothing; and so is an answer whose earlier half is missing, or leaving that out would pay.
    const bool in_order = std::all_of(a.node_pairs.begin(), a.node_pairs.end(), [&](const auto& pair) {
      const auto earlier = answers.find(pair.first);
      return pair.second != node || (earlier != answers.end() && earlier->second.first->seq < x.first->seq);
    });
    const int64_t quality = !in_order || x.flagged ? 0 : std::clamp<int64_t>(x.counted->number("quality"), 0, kBest);
    sum += quality;
    wrong = wrong || x.flagged || !in_order || quality == 0;
    if (quality == kBest) continue;
    if (x.flagged) append(weak, sentence("{n}：说了不该说的话（{t}）", "{n}: said what must not be said ({t})", {{"n", name}, {"t", at_time(*x.counted)}}));
    else if (!in_order) append(weak, sentence("{n}：说得太早（{t}）", "{n}: said too early ({t})", {{"n", name}, {"t", at_time(*x.first)}}));
    else append(weak, sentence("{n}：{q}/3（{t}）", "{n}: {q} of 3 ({t})", {{"n", name}, {"q", plain(quality)}, {"t", at_time(*x.counted)}}));
  }
  const int64_t best = kBest * static_cast<int64_t>(a.nodes.size());
  m.awarded_mp = a.max_mp * sum / best;
  m.why = sentence("应答 {s}/{b}", "Answers {s} of {b}", {{"s", plain(sum)}, {"b", plain(best)}});
  if (!weak.zh.empty()) append(m.why, weak);
  if (wrong) m.code = a.code;
}

void judge(const Evidence& c, const Aspect& a, Mark& m) {
  int64_t sum = 0;
  int lowest = kBest, highest = 0;
  Text missing, given;
  for (const std::string& role : a.roles) {
    int level = -1;
    for (const HumanMark& h : c.people) {
      if (h.aspect == a.id && h.role == role && h.level >= 0 && h.level <= kBest) level = h.level;
    }
    const Text& name = c.pack.text("role." + role);
    if (level < 0) {
      append(missing, name, "、", ", ");
      continue;
    }
    sum += level;
    lowest = std::min(lowest, level);
    highest = std::max(highest, level);
    append(given, sentence("{r} {l}（{w}）", "{r} {l} ({w})", {{"r", name}, {"l", plain(level)}, {"w", c.pack.text(a.item_names[static_cast<size_t>(level)])}}));
  }
  m.why = given;
  if (!missing.zh.empty()) {
    m.open = true;
    append(m.why, sentence("等待评分：{r}", "Still to be marked by: {r}", {{"r", missing}}));
    return;
  }
  // People who saw the same work differ by a level; by more, somebody saw something else.
  if (highest - lowest > 1) {
    m.open = true;
    append(m.why, {"评分相差超过一级，须说明理由后重评", "They differ by more than one level: each must mark again and give a reason"});
    return;
  }
  m.awarded_mp = a.max_mp * sum / (kBest * static_cast<int64_t>(a.roles.size()));
}

}  // namespace shixun::rules
