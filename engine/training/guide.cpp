#include "engine/training/guide.h"

#include <algorithm>
#include <set>

#include "engine/training/moments.h"

namespace shixun {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view s) { return std::find(list.begin(), list.end(), s) != list.end(); }

bool does(const Moment& m, std::initializer_list<Verb> verbs) {
  return std::any_of(m.verbs.begin(), m.verbs.end(), [&](Verb v) { return std::find(verbs.begin(), verbs.end(), v) != verbs.end(); });
}
bool puts(const Moment& m) { return !m.at.empty() && does(m, {Verb::kPut, Verb::kPlace, Verb::kLock, Verb::kGive}); }

struct Pointing {
  const World& world;
  const Scene& scene;
  Guide otherwise;  // what the step says to look at
  int held;

  static Guide at_object(int object) { return {.object = object}; }
  Guide at_socket(int socket) const { return {.socket = socket, .home = def(held).item && def(held).item->home == socket}; }

  const ObjectDef& def(int object) const { return scene.objects[static_cast<size_t>(object)]; }
  bool holds(const std::vector<std::string>& ids) const { return held >= 0 && contains(ids, def(held).id); }

  Guide home() const {
    const int socket = def(held).item ? def(held).item->home : -1;
    return socket >= 0 && world.occupant(socket) < 0 ? at_socket(socket) : otherwise;
  }

  // The first of these that is here and can be taken, else the first that can be used at all.
  Guide thing(const std::vector<std::string>& ids) const {
    int usable = -1;
    for (const std::string& id : ids) {
      const int o = scene.find_object(id);
      if (o < 0 || world.away(o)) continue;
      if (o == held || world.state(o).worn) return at_object(o);
      const std::vector<Option> options = world.options(o);
      if (std::any_of(options.begin(), options.end(), [](const Option& option) { return option.action.verb == Verb::kTake; })) return at_object(o);
      if (usable < 0 && !options.empty()) usable = o;
    }
    return usable < 0 ? otherwise : at_object(usable);
  }

  Guide put(const Moment& m, const std::vector<std::string>& places) const {
    if (holds(m.on)) {
      const std::vector<int> open = world.open_sockets();
      int found = -1;
      for (const std::string& at : places) {
        const int socket = scene.find_socket(at);
        if (std::find(open.begin(), open.end(), socket) == open.end()) continue;
        if (found < 0 || socket == def(held).item->home) found = socket;
      }
      if (found < 0) return otherwise;
      const int owner = scene.sockets[static_cast<size_t>(found)].owner;
      return owner >= 0 && def(owner).person ? Guide{.object = owner, .hand_over = true} : at_socket(found);
    }
    if (held >= 0) return home();
    std::vector<std::string> loose;
    for (const std::string& id : m.on) {
      const int o = scene.find_object(id);
      if (o < 0) continue;
      const Spot& spot = world.state(o).spot;
      const bool there = spot.kind == Spot::Kind::kSocket && contains(m.at, scene.sockets[static_cast<size_t>(spot.socket)].id);
      if (!there) loose.push_back(id);
    }
    return thing(loose);
  }

  // An act on a thing, or on what sits at a place.
  Guide use(const Moment& m, const std::vector<std::string>& left) const {
    std::vector<std::string> ids;
    for (const std::string& id : left) {
      if (contains(ids, id)) continue;  // a step may be called like a thing
      if (m.at.empty()) ids.push_back(id);
      else if (const int socket = scene.find_socket(id); socket >= 0 && world.occupant(socket) >= 0) ids.push_back(def(world.occupant(socket)).id);
    }
    std::vector<Guide> here;
    for (const std::string& id : ids) {
      if (const int o = scene.find_object(id); o >= 0 && !world.away(o)) here.push_back(at_object(o));
      else if (const PairDef* pair = scene.find_pair(id)) here.push_back({.object = pair->a, .pair = pair});
    }
    if (here.empty() || (here.size() > 1 && !m.all)) return otherwise;
    const Guide& g = here.front();
    if (held < 0 || g.pair || in_hand(world, g) || !m.tools.empty()) return g;
    const std::vector<Option> options = world.options(g.object);
    const bool can = std::any_of(options.begin(), options.end(), [&](const Option& option) { return std::find(m.verbs.begin(), m.verbs.end(), option.action.verb) != m.verbs.end(); });
    return can ? g : home();  // with the hand full it cannot be done
  }

  Guide to(const Moment& m, const std::vector<const Event*>& hits) const {
    std::set<std::string_view> done;
    if (m.all) {
      for (const Event* e : hits) done.insert(subject(m, *e));
    }
    std::vector<std::string> left;
    for (const std::string& id : m.at.empty() ? m.on : m.at) {
      if (!done.contains(id)) left.push_back(id);
    }
    if (does(m, {Verb::kFinish})) return {.page = Guide::Page::kFinish};
    if (does(m, {Verb::kRecord})) {
      for (const Field& f : world.exercise().sheet) {
        if (contains(left, f.id)) return {.field = &f};
      }
    }
    if (does(m, {Verb::kSay}) && !m.on.empty() && scene.find_object(m.on.front()) < 0) return {.page = Guide::Page::kLines};
    if (!m.at.empty()) {
      if (puts(m)) return put(m, left);
      // What is to be used there has to be there.
      if (const int socket = left.empty() ? -1 : scene.find_socket(left.front()); socket >= 0 && world.occupant(socket) < 0) return put(m, {left.front()});
    }
    if (!m.tools.empty() && !(held < 0 ? contains(m.tools, "hand") : holds(m.tools))) return held >= 0 ? home() : thing(m.tools);
    return use(m, left);
  }
};

}  // namespace

bool in_hand(const World& world, const Guide& guide) {
  const int held = world.held();
  if (guide.object < 0) return false;
  return world.state(guide.object).worn || (held >= 0 && (guide.object == held || world.scene().objects[static_cast<size_t>(guide.object)].part_of == held));
}

Guide guide(const World& world, const Step& step, const std::vector<Event>& events) {
  const Exercise& exercise = world.exercise();
  const Scene& scene = world.scene();
  const Pointing pointing{world, scene, {.object = scene.find_object(step.look_at), .socket = scene.find_socket(step.look_at)}, world.held()};
  const Found found(exercise, world.truths(), events);
  const Moment* before = nullptr;
  for (const int m : step.goal) {
    const Moment& moment = exercise.moments[static_cast<size_t>(m)];
    if (found.happened(m)) {
      before = &moment;
      continue;
    }
    // What was put in place for this and taken out again goes back first.
    if (before && puts(*before) && pointing.holds(before->on) && !pointing.holds(moment.on)) return pointing.put(*before, before->at);
    return pointing.to(moment, found.all(m));
  }
  return pointing.otherwise;
}

}  // namespace shixun
