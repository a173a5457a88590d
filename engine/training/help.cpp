#include "engine/training/help.h"

#include <algorithm>

#include "engine/training/moments.h"

namespace shixun {

namespace {

constexpr int64_t kPace_ms = 1000;  // between two acts, so that they can be followed
constexpr size_t kRunUp = 30;       // acts before the one that counts, at most

const ObjectDef& def_of(const World& world, int object) { return world.scene().objects[static_cast<size_t>(object)]; }

// Things of one kind and name: any of them does.
bool alike(const World& world, int a, int b) {
  if (a == b) return true;
  if (a < 0 || b < 0) return false;
  const ObjectDef &x = def_of(world, a), &y = def_of(world, b);
  return x.item && y.item && x.item->tag == y.item->tag && x.name == y.name;
}

std::set<std::string> codes_of(const Session& session, const std::vector<Event>& events) {
  const Marksheet sheet = grade(session.world().pack(), session.world().exercise(), session.mode(), session.seed(), events);
  return {sheet.codes.begin(), sheet.codes.end()};
}

// What is to be reached: a moment that the step names, or the step's own condition.
struct Target {
  const Step& step;
  int moment = -1;

  // How far it has come: the number of things done, kAll when it is reached.
  static constexpr size_t kAll = SIZE_MAX;
  size_t progress(const Exercise& exercise, const Truths& truths, const std::vector<Event>& events) const {
    const Found found(exercise, truths, events);
    if (moment < 0) return found.reached(step, truths) ? kAll : 0;
    if (found.happened(moment)) return kAll;
    const Moment& m = exercise.moments[static_cast<size_t>(moment)];
    std::set<std::string_view> done;
    if (m.all)
      for (const Event* e : found.all(moment)) done.insert(subject(m, *e));
    return done.size();
  }
};

// A world in which acts are tried, and what led there.
struct Trial {
  const Session* session;
  World world;
  std::vector<Event> events;
  std::vector<HelpAct> acts = {};
  int64_t t_ms;

  bool act(const Action& action, int64_t wait_ms) {
    if (!session->unlocked(world.scene().find_object(action.o))) return false;
    World after = world;
    auto news = after.act(action, t_ms + wait_ms);
    if (!news || news->empty()) return false;
    world = std::move(after);
    t_ms += wait_ms;
    events.insert(events.end(), std::make_move_iterator(news->begin()), std::make_move_iterator(news->end()));
    acts.push_back({wait_ms, action});
    return true;
  }

  // Away with what is held: home, else where else it may be stored.
  bool empty_hand() {
    const int held = world.held();
    if (held < 0) return true;
    std::vector<int> open = world.open_sockets();
    const int home = def_of(world, held).item->home;
    std::stable_sort(open.begin(), open.end(), [&](int a, int b) { return (a == home) > (b == home); });
    return std::any_of(open.begin(), open.end(), [&](int socket) {
      return world.scene().sockets[static_cast<size_t>(socket)].role == SocketDef::Role::kStore && act(world.put_option(socket).action, kPace_ms);
    });
  }

  // Into the hand: the thing, or one like it. First choice is what stands where the expert took it from.
  bool take(int object, int socket, int64_t wait_ms) {
    std::vector<int> candidates;
    if (socket >= 0 && alike(world, object, world.occupant(socket))) candidates.push_back(world.occupant(socket));
    candidates.push_back(object);
    for (size_t o = 0; o < world.states().size(); ++o) {
      const Spot& spot = world.states()[o].spot;
      const bool fitted = spot.kind == Spot::Kind::kSocket && world.scene().sockets[static_cast<size_t>(spot.socket)].role == SocketDef::Role::kWork;
      if (!fitted && alike(world, object, static_cast<int>(o))) candidates.push_back(static_cast<int>(o));
    }
    return std::any_of(candidates.begin(), candidates.end(), [&](int o) {
      Action a;
      a.verb = Verb::kTake;
      a.o = def_of(world, o).id;
      return act(a, wait_ms);
    });
  }

  // Does what the expert did, with what is here: the hand is made to hold what the expert held. False when it is not possible.
  bool follow(const ExpertAttempt& expert, const ExpertAttempt::Act& shown, int64_t wait_ms) {
    auto resolved = action_of(world, expert.trace, shown.recorded);
    if (!resolved || !*resolved) return false;
    Action a = **resolved;
    const Scene& scene = world.scene();
    const int object = scene.find_object(a.o), socket = scene.find_socket(shown.from), wanted = scene.find_object(shown.held);
    if (!alike(world, wanted, world.held())) {
      if (!empty_hand()) return false;
      if (wanted >= 0 && !take(wanted, -1, kPace_ms)) return false;
    }
    if (a.verb == Verb::kTake && object >= 0) return take(object, socket, wait_ms);
    if (world.held() >= 0 && alike(world, object, world.held())) a.o = def_of(world, world.held()).id;
    else if (socket >= 0 && alike(world, object, world.occupant(socket))) a.o = def_of(world, world.occupant(socket)).id;
    if (act(a, wait_ms)) return true;
    // One storing place of a thing is as good as another.
    const int at = scene.find_socket(a.at);
    if (a.verb != Verb::kPut || at < 0) return false;
    const SocketDef& place = scene.sockets[static_cast<size_t>(at)];
    const std::vector<int> open = world.open_sockets();
    return std::any_of(open.begin(), open.end(), [&](int other) {
      const SocketDef& s = scene.sockets[static_cast<size_t>(other)];
      return s.owner == place.owner && s.role == place.role && act(world.put_option(other).action, wait_ms);
    });
  }
};

// Looks for acts after which more of a target is reached than before.
struct Search {
  const Session& session;
  const std::set<std::string> codes;  // of what is broken already
  const Exercise& exercise = session.world().exercise();
  const Truths& truths = session.world().truths();

  bool better(const Trial& trial, const Target& target, size_t before) const {
    const size_t now = target.progress(exercise, truths, trial.events);
    if (now <= before) return false;
    const std::set<std::string> broken = codes_of(session, trial.events);
    return std::includes(codes.begin(), codes.end(), broken.begin(), broken.end());
  }

  // The same acts from the same start without those that are not needed, and without waiting for nothing.
  Trial lean(const Trial& start, Trial found, const Target& target, size_t before) const {
    const size_t first = start.acts.size();
    const auto again = [&](const std::vector<HelpAct>& acts) -> std::optional<Trial> {
      Trial trial = start;
      for (size_t i = first; i < acts.size(); ++i)
        if (!trial.act(acts[i].action, acts[i].wait_ms)) return std::nullopt;
      if (!better(trial, target, before)) return std::nullopt;
      return trial;
    };
    for (size_t i = first; i + 1 < found.acts.size();) {
      std::vector<HelpAct> acts = found.acts;
      const Verb verb = acts[i].action.verb;
      acts.erase(acts.begin() + static_cast<std::ptrdiff_t>(i));
      // What was measured for an entry is measured.
      auto fewer = verb == Verb::kMeasure || verb == Verb::kProbe ? std::nullopt : again(acts);
      if (fewer) found = std::move(*fewer);
      else ++i;
    }
    for (size_t i = first; i < found.acts.size(); ++i) {
      std::vector<HelpAct> acts = found.acts;
      if (std::exchange(acts[i].wait_ms, kPace_ms) <= kPace_ms) continue;
      if (auto sooner = again(acts)) found = std::move(*sooner);
    }
    return found;
  }

  // The shortest run-up of an expert's acts that makes the one possible that counts.
  bool advance(Trial& trial, const Target& target, const std::vector<const ExpertAttempt*>& experts) const {
    const size_t before = target.progress(exercise, truths, trial.events);
    for (const bool unhurried : {false, true}) {
      for (const ExpertAttempt* expert : experts) {
        for (size_t counts = 0; counts < expert->acts.size(); ++counts) {
          const ExpertAttempt::Act& act = expert->acts[counts];
          const bool leads = target.moment < 0 ? &exercise.steps[static_cast<size_t>(act.step)] == &target.step : act.moments.contains(target.moment);
          if (!leads) continue;
          for (size_t back = 0; back <= std::min(counts, kRunUp); ++back) {
            Trial attempt = trial;
            bool done = false;
            for (size_t i = counts - back; i <= counts; ++i) {
              const ExpertAttempt::Act& shown = expert->acts[i];
              if (i < counts && shown.recorded.action.verb == Verb::kRecord) continue;  // what was written stays
              const int64_t gap = i == 0 ? 0 : shown.recorded.t_ms - expert->acts[i - 1].recorded.t_ms;
              done = attempt.follow(*expert, shown, unhurried ? std::max(gap, kPace_ms) : kPace_ms);
            }
            if (!done || !better(attempt, target, before)) continue;
            trial = lean(trial, std::move(attempt), target, before);
            return true;
          }
        }
      }
    }
    return false;
  }
};

bool is_handing_in(const Moment& m) { return m.verbs == std::vector<Verb>{Verb::kFinish}; }

}  // namespace

Result<std::vector<ExpertAttempt>> expert_attempts(const std::shared_ptr<const Pack>& pack, const Exercise& exercise) {
  std::vector<ExpertAttempt> out;
  std::set<std::string> names;
  for (const PackTest& t : exercise.tests) {
    if (!t.trace.starts_with("expert") || !names.insert(t.trace).second) continue;
    auto trace = read_trace(exercise.dir / "traces" / (t.trace + ".jsonl"));
    if (!trace) return trace.error();
    Session session(pack, exercise, {Mode::kPractice, trace->seed}, [](const Event&) { return ok(); });
    const World& world = session.world();
    ExpertAttempt attempt;
    std::map<uint32_t, size_t> act_of;  // by event
    for (const TraceAction& recorded : trace->actions) {
      ExpertAttempt::Act act{.recorded = recorded, .held = "", .from = "", .step = static_cast<int>(session.step())};
      session.advance_to(recorded.t_ms);
      if (world.held() >= 0) act.held = def_of(world, world.held()).id;
      if (const int o = world.scene().find_object(recorded.action.o); o >= 0 && world.state(o).spot.kind == Spot::Kind::kSocket)
        act.from = world.scene().sockets[static_cast<size_t>(world.state(o).spot.socket)].id;
      auto events = play(session, *trace, recorded);
      if (!events) return events.error();
      for (const Event& e : *events) act_of[e.seq] = attempt.acts.size();
      attempt.acts.push_back(std::move(act));
    }
    const Found found(exercise, world.truths(), session.events());
    for (size_t m = 0; m < exercise.moments.size(); ++m) {
      for (const Event* e : found.all(static_cast<int>(m)))
        if (const auto act = act_of.find(e->seq); act != act_of.end()) attempt.acts[act->second].moments.insert(static_cast<int>(m));
    }
    attempt.truths = world.truths();
    attempt.trace = std::move(*trace);
    out.push_back(std::move(attempt));
  }
  return out;
}

std::vector<HelpAct> plan_help(const Session& session, const std::vector<ExpertAttempt>& experts) {
  const Exercise& exercise = session.world().exercise();
  if (session.over() || session.step() >= exercise.steps.size()) return {};
  const Step& step = exercise.steps[session.step()];
  // First those in whose attempt most was so as it is in this one.
  std::vector<const ExpertAttempt*> nearest;
  for (const ExpertAttempt& e : experts) nearest.push_back(&e);
  const auto differs = [&](const ExpertAttempt* e) {
    size_t n = 0;
    for (size_t i = 0; i < e->truths.words.size(); ++i) n += e->truths.words[i] != session.world().truths().words[i] ? 1 : 0;
    return n;
  };
  std::stable_sort(nearest.begin(), nearest.end(), [&](const ExpertAttempt* a, const ExpertAttempt* b) { return differs(a) < differs(b); });

  const std::vector<Event> events = effective_events(session.events());
  Trial trial{.session = &session, .world = session.world(), .events = events, .t_ms = session.t_ms()};
  const Search search{session, codes_of(session, events)};
  std::vector<Target> targets;
  if (step.goal_when) targets.push_back({step, -1});
  for (const int m : step.goal)
    if (!is_handing_in(exercise.moments[static_cast<size_t>(m)])) targets.push_back({step, m});
  const auto reached = [&](const Target& t) { return t.progress(exercise, trial.world.truths(), trial.events) == Target::kAll; };
  for (const Target& target : targets) {
    while (!reached(target))
      if (!search.advance(trial, target, nearest)) return {};
  }
  // What a later act undid is not reached.
  return std::all_of(targets.begin(), targets.end(), reached) ? trial.acts : std::vector<HelpAct>{};
}

}  // namespace shixun
