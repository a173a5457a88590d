#include "engine/training/moments.h"

#include <algorithm>
#include <map>
#include <set>

namespace shixun {

namespace {

bool contains(const std::vector<std::string>& list, std::string_view s) { return std::find(list.begin(), list.end(), s) != list.end(); }

// Verb and object fit, whatever the conditions say.
bool concerns(const Moment& m, const Event& e) {
  return std::find(m.verbs.begin(), m.verbs.end(), e.verb) != m.verbs.end() && (m.on.empty() || contains(m.on, e.o));
}

}  // namespace

bool holds(const Where& w, const Truths& truths, const Event& e) {
  const Arg* a = e.find(w.key);
  if (w.is_text) return (a && a->is_text && a->text == w.text) != w.negate;
  if (!a || a->is_text) return false;
  return (!w.lo || a->number >= truths.get(*w.lo)) && (!w.hi || a->number <= truths.get(*w.hi));
}

bool matches(const Moment& m, const Truths& truths, const Event& e) {
  if (!concerns(m, e)) return false;
  if (!m.at.empty() && !contains(m.at, e.text("at"))) return false;
  if (!m.tools.empty() && !contains(m.tools, e.tool)) return false;
  return std::all_of(m.where.begin(), m.where.end(), [&](const Where& w) { return holds(w, truths, e); });
}

std::string_view subject(const Moment& m, const Event& e) { return m.at.empty() ? std::string_view(e.o) : e.text("at"); }

std::vector<const Event*> find_all(const Moment& m, const Truths& truths, const std::vector<Event>& events) {
  std::vector<const Event*> out;
  if (!m.last) {
    for (const Event& e : events) {
      if (matches(m, truths, e)) out.push_back(&e);
    }
    return out;
  }
  std::map<std::string_view, const Event*> latest;
  for (const Event& e : events) {
    if (concerns(m, e)) latest[e.o] = &e;
  }
  for (const auto& [o, e] : latest) {
    if (matches(m, truths, *e)) out.push_back(e);
  }
  std::sort(out.begin(), out.end(), [](const Event* a, const Event* b) { return a->seq < b->seq; });
  return out;
}

bool happened(const Moment& m, const Truths& truths, const std::vector<Event>& events) {
  return complete(m, find_all(m, truths, events));
}

bool complete(const Moment& m, const std::vector<const Event*>& found) {
  const std::vector<std::string>& wanted = m.at.empty() ? m.on : m.at;
  if (!m.all || wanted.empty()) return !found.empty();
  std::set<std::string_view> seen;
  for (const Event* e : found) seen.insert(subject(m, *e));
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& s) { return seen.contains(s); });
}

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
