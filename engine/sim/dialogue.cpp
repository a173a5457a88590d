#include "engine/sim/dialogue.h"

#include <algorithm>
#include <set>

namespace shixun {

namespace {

bool for_everybody(const Choice& c) { return c.needs == 0 && c.forbids == 0 && c.repeats == 0; }

}  // namespace

std::vector<Error> check(const Dialogue& d) {
  std::vector<Error> out;
  const auto bad = [&](const std::string& where, std::string what, std::string hint) { out.push_back(failure(where, std::move(what), std::move(hint))); };
  const size_t n = d.nodes.size();
  if (n == 0 || n > kMaxDialogueNodes) bad(d.id, "a dialogue has 1 to 256 nodes", "split it");
  if (d.flags.size() > kMaxFlags) bad(d.id, "a dialogue has at most 64 flags", "use fewer");
  if (d.first < 0 || static_cast<size_t>(d.first) >= n) {
    bad(d.id, "it begins at no node", "name one");
    return out;
  }
  const uint64_t known = d.flags.size() >= 64 ? ~uint64_t{0} : (uint64_t{1} << d.flags.size()) - 1;
  std::set<std::string_view> names;
  bool sound = true;
  for (const DialogueNode& node : d.nodes) {
    const std::string where = d.id + "." + node.id;
    if (!names.insert(node.id).second) bad(where, "two nodes have this name", "rename one");
    if (node.choices.size() > kMaxChoices) bad(where, "it has more than 9 answers", "offer fewer: a person reads them all");
    if (node.lines.size() > kMaxLines) bad(where, "it has more than 8 lines", "split the node");
    std::set<std::string_view> choices;
    for (const Choice& c : node.choices) {
      const std::string at = where + "." + c.id;
      if (!choices.insert(c.id).second) bad(at, "two answers have this name", "rename one");
      if (c.quality < 0 || c.quality > 3) bad(at, "its quality is not 0 to 3", "3 correct, courteous and complete ... 0 wrong or rude");
      if (c.repeats < 0 || c.repeats > kMaxSaid) bad(at, "how often it may be said is out of range", "leave it out for any number of times");
      if (((c.sets | c.clears | c.needs | c.forbids) & ~known) != 0) bad(at, "it uses a flag the dialogue does not declare", "declare it in flags");
      if ((c.sets & c.clears) != 0) bad(at, "it sets and clears the same flag", "do one of them");
      if ((c.needs & c.forbids) != 0) bad(at, "it needs and forbids the same flag, so it is never offered", "drop one");
      if (c.to < 0 || static_cast<size_t>(c.to) >= n) {
        sound = false;
        bad(at, "it leads to no node", "name one");
      }
    }
  }
  if (!sound) return out;

  // Both sets grow until nothing changes: what can be reached, and from where answers open to everybody lead to an end.
  std::vector<bool> reached(n, false), ends(n, false);
  reached[static_cast<size_t>(d.first)] = true;
  for (bool grew = true; grew;) {
    grew = false;
    for (size_t i = 0; i < n; ++i) {
      const auto& choices = d.nodes[i].choices;
      const auto to_end = [&](const Choice& c) { return for_everybody(c) && ends[static_cast<size_t>(c.to)]; };
      if (!ends[i] && (choices.empty() || std::any_of(choices.begin(), choices.end(), to_end))) ends[i] = grew = true;
      if (!reached[i]) continue;
      for (const Choice& c : choices) {
        if (!reached[static_cast<size_t>(c.to)]) reached[static_cast<size_t>(c.to)] = grew = true;
      }
    }
  }
  for (size_t i = 0; i < n; ++i) {
    const std::string where = d.id + "." + d.nodes[i].id;
    if (!reached[i]) bad(where, "no answer leads here", "let one lead here, or leave the node out");
    else if (!ends[i]) bad(where, "from here a trainee may find no way to an end", "give it an answer without needs, forbids and repeats that leads on to an end");
  }
  return out;
}

DialogueState start(const Dialogue& d) {
  DialogueState s;
  s.node = d.first;
  for (const DialogueNode& n : d.nodes) s.times.emplace_back(n.choices.size(), uint16_t{0});
  s.been.resize(d.nodes.size(), false);
  s.been[static_cast<size_t>(d.first)] = true;
  return s;
}

bool over(const Dialogue& d, const DialogueState& s) { return s.said >= kMaxSaid || d.nodes[static_cast<size_t>(s.node)].choices.empty(); }

std::vector<int> offered(const Dialogue& d, const DialogueState& s) {
  std::vector<int> out;
  if (over(d, s)) return out;
  const size_t node = static_cast<size_t>(s.node);
  for (size_t i = 0; i < d.nodes[node].choices.size(); ++i) {
    const Choice& c = d.nodes[node].choices[i];
    const bool spent = c.repeats > 0 && s.times[node][i] >= c.repeats;
    if (!spent && (s.flags & c.needs) == c.needs && (s.flags & c.forbids) == 0) out.push_back(static_cast<int>(i));
  }
  return out;
}

Result<Said> say(const Dialogue& d, DialogueState& s, int index) {
  if (over(d, s)) return failure(d.id, "the conversation is over", "");
  const std::vector<int> open = offered(d, s);
  if (std::find(open.begin(), open.end(), index) == open.end()) return failure(d.id, "this answer is not open now", "choose one that is offered");
  const size_t node = static_cast<size_t>(s.node);
  const Choice& c = d.nodes[node].choices[static_cast<size_t>(index)];
  Said out;
  out.quality = c.quality;
  out.repeat = s.times[node][static_cast<size_t>(index)]++;
  out.set = c.sets & ~s.flags;
  out.cleared = c.clears & s.flags;
  s.flags = (s.flags | c.sets) & ~c.clears;
  s.quality += c.quality;
  ++s.said;
  s.node = c.to;
  s.been[static_cast<size_t>(c.to)] = true;
  out.over = over(d, s);
  return out;
}

int find_choice(const Dialogue& d, const DialogueState& s, std::string_view id) {
  const auto& choices = d.nodes[static_cast<size_t>(s.node)].choices;
  const auto it = std::find_if(choices.begin(), choices.end(), [&](const Choice& c) { return c.id == id; });
  return it == choices.end() ? -1 : static_cast<int>(it - choices.begin());
}

std::vector<int> missed(const Dialogue& d, const DialogueState& s) {
  std::vector<int> out;
  for (size_t i = 0; i < d.nodes.size(); ++i) {
    if (d.nodes[i].required && !s.been[i]) out.push_back(static_cast<int>(i));
  }
  return out;
}

}  // namespace shixun
