#include "engine/training/moments.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace shixun {

namespace {

bool contains(const std::vector<std::string>& list, std::string_view s) { return std::find(list.begin(), list.end(), s) != list.end(); }

// Of an event of the moment's verbs on one of its objects.
bool is_as_asked(const Moment& m, const Truths& truths, const Event& e) {
  if (!m.at.empty() && !contains(m.at, e.text("at"))) return false;
  if (!m.tools.empty() && !contains(m.tools, e.tool)) return false;
  return std::all_of(m.where.begin(), m.where.end(), [&](const Where& w) { return holds(w, truths, e); });
}

bool matches(const Moment& m, const Truths& truths, const Past& past, const Event& e) { return is_as_asked(m, truths, e) && (!m.when || holds(*m.when, truths, &past, &e)); }

// What one moment needs to know of its events while they pass.
struct Track {
  const Moment& moment;
  std::vector<const Event*> hits;
  std::set<std::string_view> missing;                                // with `all`: subjects without their event
  std::map<std::string_view, std::pair<const Event*, bool>> latest;  // with `last`: by object, and whether it matches

  explicit Track(const Moment& m) : moment(m) {
    const std::vector<std::string>& wanted = m.at.empty() ? m.on : m.at;
    if (m.all) missing.insert(wanted.begin(), wanted.end());
  }

  // An event of the moment's verbs on one of its objects.
  void add(const Event& e, bool match, Past::Moment& past) {
    if (moment.last) return add_latest(e, match, past);
    if (!match) return;
    hits.push_back(&e);
    if (moment.all) missing.erase(subject(moment, e));
    past = {past.count + 1, e.t_ms, missing.empty()};
  }

  void add_latest(const Event& e, bool match, Past::Moment& past) {
    auto& [event, held] = latest[e.o];
    past.count += (match ? 1 : 0) - (held ? 1 : 0);
    event = &e;
    held = match;
    if (match) past.last_ms = e.t_ms;
    past.happened = past.count > 0;
    if (!moment.all) return;
    std::set<std::string_view> left = missing;
    for (const auto& [o, now] : latest) {
      if (now.second) left.erase(subject(moment, *now.first));
    }
    past.happened = past.happened && left.empty();
  }

  std::vector<const Event*> found() {
    if (!moment.last) return std::move(hits);
    for (const auto& [o, now] : latest) {
      if (now.second) hits.push_back(now.first);
    }
    std::sort(hits.begin(), hits.end(), [](const Event* a, const Event* b) { return a->seq < b->seq; });
    return std::move(hits);
  }
};

bool says(const Event& e, const std::string& key) { return key.starts_with('@') || e.find(key); }

}  // namespace

Found::Found(const Exercise& exercise, const Truths& truths, const std::vector<Event>& events) {
  std::vector<Track> tracks;
  std::array<std::vector<size_t>, kVerbCount> by_verb;
  for (const Moment& m : exercise.moments) {
    for (const Verb v : m.verbs) {
      auto& list = by_verb[static_cast<size_t>(v)];
      if (list.empty() || list.back() != tracks.size()) list.push_back(tracks.size());
    }
    tracks.emplace_back(m);
    past_.moments.push_back({});
  }
  past_.last.resize(exercise.remembered.size());
  std::vector<std::pair<size_t, bool>> concerned;  // moments, and whether they match: all judged before any of them moves on
  std::vector<char> matched(tracks.size());
  for (const Event& e : events) {
    for (const auto& [i, match] : concerned) matched[i] = 0;
    concerned.clear();
    for (const size_t i : by_verb[static_cast<size_t>(e.verb)]) {
      const Moment& m = tracks[i].moment;
      if (m.on.empty() || contains(m.on, e.o)) concerned.emplace_back(i, matches(m, truths, past_, e));
    }
    for (const auto& [i, match] : concerned) {
      tracks[i].add(e, match, past_.moments[i]);
      matched[i] = match;
    }
    for (size_t r = 0; r < past_.last.size(); ++r) {
      const Remembered& asked = exercise.remembered[r];
      const bool about = asked.moment < 0 ? e.o == asked.object : matched[static_cast<size_t>(asked.moment)] != 0;
      if (about && says(e, asked.key)) past_.last[r] = &e;
    }
    past_.now_ms = e.t_ms;
  }
  for (Track& t : tracks) hits_.push_back(t.found());
}

bool Found::reached(const Step& step, const Truths& truths) const {
  if (step.goal_when) return holds(*step.goal_when, truths, &past_, nullptr);
  return std::all_of(step.goal.begin(), step.goal.end(), [&](int m) { return happened(m); });
}

bool complete(const Moment& m, const std::vector<const Event*>& found) {
  const std::vector<std::string>& wanted = m.at.empty() ? m.on : m.at;
  if (!m.all || wanted.empty()) return !found.empty();
  std::set<std::string_view> seen;
  for (const Event* e : found) seen.insert(subject(m, *e));
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& s) { return seen.contains(s); });
}

bool holds(const Where& w, const Truths& truths, const Event& e) {
  const Arg* a = e.find(w.key);
  if (w.is_text) return (a && a->is_text && a->text == w.text) != w.negate;
  if (!a || a->is_text) return false;
  return (!w.lo || a->number >= truths.get(*w.lo)) && (!w.hi || a->number <= truths.get(*w.hi));
}

bool is_of(const Moment& m, const Truths& truths, const Event& e) {
  return std::find(m.verbs.begin(), m.verbs.end(), e.verb) != m.verbs.end() && (m.on.empty() || contains(m.on, e.o)) && is_as_asked(m, truths, e);
}

std::string_view subject(const Moment& m, const Event& e) { return m.at.empty() ? std::string_view(e.o) : e.text("at"); }

std::vector<Event> effective_events(const std::vector<Event>& events) {
  std::vector<Event> out;
  out.reserve(events.size());
  for (const Event& e : events) {
    if (e.verb != Verb::kRewind) {
      out.push_back(e);
      continue;
    }
    const int64_t to = e.number("to");
    while (!out.empty() && out.back().seq > to) out.pop_back();
  }
  return out;
}

}  // namespace shixun
