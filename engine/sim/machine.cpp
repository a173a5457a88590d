#include "engine/sim/machine.h"

#include <algorithm>
#include <optional>

namespace shixun {

namespace {

bool open(const Transition& t, const Guard& guard) { return t.guard < 0 || guard(t.guard) != t.negate; }

// The first transition without event that fires at or before `until`: the earliest, of equals the first declared.
std::optional<Fired> next_timed(const Machine& m, const MachineNow& now, int64_t until, const Guard& guard) {
  std::optional<Fired> best;
  for (size_t i = 0; i < m.transitions.size(); ++i) {
    const Transition& t = m.transitions[i];
    if (t.event >= 0 || (t.from >= 0 && t.from != now.state)) continue;
    const int64_t due = now.since_tick + t.after_ticks;
    // A guard is known only now: what it held back fires now, not in the past.
    const int64_t at = t.guard < 0 ? std::max(due, now.tick) : until;
    if (due > until || (best && at >= best->tick) || !open(t, guard)) continue;
    best = Fired{static_cast<int>(i), at};
  }
  return best;
}

}  // namespace

std::vector<Error> check(const Machine& m) {
  std::vector<Error> out;
  const auto bad = [&](const std::string& where, std::string what, std::string hint) { out.push_back(failure(where, std::move(what), std::move(hint))); };
  const size_t n = m.states.size();
  if (n == 0 || n > kMaxStates) bad(m.id, "a machine has 1 to 64 states", "split it");
  if (m.transitions.size() > kMaxTransitions) bad(m.id, "a machine has at most 256 transitions", "split it");
  if (m.events.size() > kMaxMachineEvents) bad(m.id, "a machine knows at most 64 events", "split it");
  const auto state_ok = [&](int i) { return i >= 0 && static_cast<size_t>(i) < n; };
  if (!state_ok(m.initial)) {
    bad(m.id, "it begins in no state", "name one");
    return out;
  }
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (m.states[i].id == m.states[j].id) bad(m.id + "." + m.states[i].id, "two states have this name", "rename one");
    }
  }
  bool sound = true;
  for (size_t i = 0; i < m.transitions.size(); ++i) {
    const Transition& t = m.transitions[i];
    const std::string where = m.id + ", transition " + std::to_string(i + 1);
    const auto wrong = [&](const char* what, const char* hint) {
      sound = false;
      bad(where, what, hint);
    };
    if (!state_ok(t.to) || (t.from != -1 && !state_ok(t.from))) wrong("it joins no states", "name two of the machine's states");
    if (t.event != -1 && (t.event < 0 || static_cast<size_t>(t.event) >= m.events.size())) wrong("it waits for no event of this machine", "name one");
    if (t.after_ticks < 0 || t.after_ticks > kMaxTick) wrong("its time is out of range", "give a time such as 2 s");
    if (t.from == -1 && t.event == -1) wrong("it leaves every state without an event, its own target too", "name the state it leaves, or an event");
    if (t.negate && t.guard < 0) wrong("it negates nothing", "name a guard");
  }
  if (!sound) return out;

  std::vector<bool> reached(n, false);
  reached[static_cast<size_t>(m.initial)] = true;
  for (size_t round = 0; round < n; ++round) {
    for (const Transition& t : m.transitions) {
      if (t.from < 0 || reached[static_cast<size_t>(t.from)]) reached[static_cast<size_t>(t.to)] = true;
    }
  }
  for (size_t i = 0; i < n; ++i) {
    if (!reached[i]) bad(m.id + "." + m.states[i].id, "nothing leads to this state", "give it a transition, or leave it out");
  }
  // Free transitions: of each state the first that needs nothing. Following them more often than there are states is a ring.
  for (size_t i = 0; i < n; ++i) {
    int at = static_cast<int>(i);
    size_t hops = 0;
    for (; hops <= n; ++hops) {
      const auto t = std::find_if(m.transitions.begin(), m.transitions.end(),
                                  [&](const Transition& x) { return x.from == at && x.event < 0 && x.after_ticks == 0 && x.guard < 0; });
      if (t == m.transitions.end()) break;
      at = t->to;
    }
    if (hops > n) bad(m.id + "." + m.states[i].id, "from here it runs in a ring without time, event or guard", "give one of the ring's transitions a time");
  }
  return out;
}

Result<std::vector<Fired>> step(const Machine& m, MachineNow& now, int64_t tick, int event, const Guard& guard) {
  if (tick < now.tick || tick > kMaxTick) return failure(m.id, "a step lies before the one before it", "steps come in order of time");
  if (event < -1 || event >= static_cast<int>(m.events.size())) return failure(m.id, "it knows no such event", "name one of its events");
  std::vector<Fired> out;
  MachineNow next = now;
  size_t at_once = 0;
  const auto fire = [&](const Fired& f) -> Status {
    at_once = !out.empty() && out.back().tick == f.tick ? at_once + 1 : 0;
    if (out.size() >= kMaxFired || at_once > m.states.size()) return failure(m.id, "it does not come to rest within one step", "give a transition of the ring a time");
    out.push_back(f);
    next.state = m.transitions[static_cast<size_t>(f.transition)].to;
    next.since_tick = next.tick = f.tick;
    return ok();
  };
  const auto run = [&]() -> Status {
    while (const auto due = next_timed(m, next, tick, guard)) {
      if (auto fired = fire(*due); !fired) return fired.error();
    }
    next.tick = tick;
    return ok();
  };
  if (auto ran = run(); !ran) return ran.error();
  if (event >= 0) {
    for (size_t i = 0; i < m.transitions.size(); ++i) {
      const Transition& t = m.transitions[i];
      if (t.event != event || (t.from >= 0 && t.from != next.state) || tick - next.since_tick < t.after_ticks || !open(t, guard)) continue;
      if (auto fired = fire({static_cast<int>(i), tick}); !fired) return fired.error();
      if (auto ran = run(); !ran) return ran.error();
      break;
    }
  }
  now = next;
  return out;
}

int find_event(const Machine& m, std::string_view id) {
  const auto it = std::find(m.events.begin(), m.events.end(), id);
  return it == m.events.end() ? -1 : static_cast<int>(it - m.events.begin());
}

}  // namespace shixun
