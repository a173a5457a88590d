#include "engine/training/world.h"

#include <algorithm>
#include <cassert>

#include "engine/sim/fastener.h"
#include "engine/sim/gauge.h"
#include "engine/sim/raised_body.h"
#include "engine/training/world_words.h"

namespace shixun {

namespace {

constexpr int64_t kHandLimit_dnm = 50;           // 5 N·m: what fingers give
constexpr int64_t kToolReleases_cd = 18000;      // the last half turn comes off by hand, so that the fastener is caught
constexpr int64_t kStrokeReport_ms = 1000;       // a held stroke reports at least this often: no more than this is lost in a crash

FastenerSpec spec_of(const FastenerDef& f) { return {f.seat_cd, f.dnm_per_turn}; }
RaisedBody raised(const BodyDef& b) { return {b.droop_um, b.slip_um}; }

}  // namespace

std::vector<ObjectState> initial_states(const Scene& scene, const Truths& truths, std::vector<int>& occupants) {
  std::vector<ObjectState> states;
  states.reserve(scene.objects.size());
  occupants.assign(scene.sockets.size(), -1);
  for (size_t i = 0; i < scene.objects.size(); ++i) {
    const ObjectDef& o = scene.objects[i];
    ObjectState s;
    if (const int in = start_of(o, truths); in >= 0) {
      s.spot = {Spot::Kind::kSocket, in, {}};
      occupants[static_cast<size_t>(in)] = static_cast<int>(i);
      if (o.fastener) {
        s.engaged_cd = o.fastener->seat_cd;
        s.over_cd = over_for_torque(spec_of(*o.fastener), o.fastener->torque_dnm);
        s.torque_dnm = torque_dnm(spec_of(*o.fastener), {s.engaged_cd, s.over_cd});
      }
    }
    if (o.wrench && o.wrench->clicks) s.setting_dnm = o.wrench->initial_dnm;
    if (o.lift) s.height_um = o.lift->min_um;
    if (o.lever) s.state = o.lever->initial;
    if (o.surface) s.state = o.surface->initial;
    if (o.connector) s.state = o.connector->plugged ? "plugged" : "unplugged";
    if (o.meter) s.state = o.meter->positions[static_cast<size_t>(o.meter->initial)].name;
    if (o.dial) s.value = truths.get(o.dial->initial);
    if (o.vessel) s.pressure_pa = truths.get(o.vessel->pressure);
    if (o.point) s.value = truths.get(o.point->value);
    if (o.label && o.label->value) s.value = truths.get(*o.label->value);
    states.push_back(std::move(s));
  }
  return states;
}

World::World(std::shared_ptr<const Pack> pack, const Exercise& exercise, uint64_t seed)
    : pack_(std::move(pack)), exercise_(&exercise), seed_(seed), truths_(draw_truths(pack_->scene, seed)), states_(initial_states(pack_->scene, truths_, occupants_)), devices_(around()) {}

void World::use(std::shared_ptr<const Pack> pack, const Exercise& exercise) {
  assert(pack->scene_sha256 == pack_->scene_sha256);
  pack_ = std::move(pack);
  exercise_ = &exercise;
}

Event World::make(Verb v, const std::string& o, int64_t t_ms) const {
  Event e;
  e.verb = v;
  e.o = o;
  e.t_ms = t_ms;
  return e;
}

Text World::name(int object) const { return pack_->text(scene().objects[static_cast<size_t>(object)].name); }

bool World::accepts(int socket, int object) const {
  const auto& item = scene().objects[static_cast<size_t>(object)].item;
  const auto& tags = scene().sockets[static_cast<size_t>(socket)].accepts;
  return item && std::find(tags.begin(), tags.end(), item->tag) != tags.end();
}

// The body whose raised hub this socket is, or that carries this socket as a load, support or joint place.
int World::body_of_socket(int socket) const {
  const int owner = scene().sockets[static_cast<size_t>(socket)].owner;
  return scene().objects[static_cast<size_t>(owner)].body ? owner : -1;
}

int64_t World::clearance_um(int body) const {
  const ObjectDef& o = scene().objects[static_cast<size_t>(body)];
  return o.body ? clearance_of(raised(*o.body), state(body).lift_um) : 0;
}

int World::supports_under(int body) const {
  int n = 0;
  for (size_t s = 0; s < occupants_.size(); ++s) {
    if (scene().sockets[s].role == SocketDef::Role::kSupport && scene().sockets[s].owner == body && occupants_[s] >= 0) ++n;
  }
  return n;
}

// Whether anything keeps the body from rolling; asked for now, or as if a chock were gone or a lever stood otherwise.
bool World::held_in_place(int body, int without_chock, int lever, std::string_view lever_state) const {
  const BodyDef& b = *scene().objects[static_cast<size_t>(body)].body;
  for (const HoldDef& h : b.holds) {
    if ((h.lever == lever ? lever_state : std::string_view(state(h.lever).state)) == h.state) return true;
  }
  return std::any_of(b.chocks.begin(), b.chocks.end(), [&](int s) { return s != without_chock && occupant(s) >= 0; });
}

// What rolls away when the last thing that held it is taken from it.
void World::let_go(int without_chock, int lever, std::string_view lever_state, int64_t t_ms, Events& out) const {
  for (size_t b = 0; b < states_.size(); ++b) {
    const int body = static_cast<int>(b);
    if (scene().objects[b].body && states_[b].lift_um > 0 && !held_in_place(body, without_chock, lever, lever_state)) out.push_back(make(Verb::kRoll, scene().objects[b].id, t_ms));
  }
}

const Whereabouts* World::whereabouts(int object) const {
  const auto& cases = scene().objects[static_cast<size_t>(object)].whereabouts;
  const auto it = std::find_if(cases.begin(), cases.end(), [&](const Whereabouts& w) { return !w.when || devices_.holds_now(around(), *w.when); });
  return it == cases.end() ? nullptr : &*it;
}

bool World::away(int object) const {
  for (size_t depth = 0; object >= 0 && depth <= states_.size(); ++depth) {
    if (const Whereabouts* w = whereabouts(object); w && w->away) return true;
    const int whole = scene().objects[static_cast<size_t>(object)].part_of;
    const Spot& spot = state(object).spot;
    object = whole >= 0 ? whole : spot.kind == Spot::Kind::kSocket ? scene().sockets[static_cast<size_t>(spot.socket)].owner : -1;
  }
  return false;
}

// Whether a socket is on an object, or on something that sits on it: nothing can be put into itself.
bool World::carries(int object, int socket) const {
  for (size_t depth = 0; socket >= 0 && depth <= states_.size(); ++depth) {
    const int owner = scene().sockets[static_cast<size_t>(socket)].owner;
    const int whole = scene().objects[static_cast<size_t>(owner)].part_of < 0 ? owner : scene().objects[static_cast<size_t>(owner)].part_of;
    if (owner == object || whole == object) return true;
    socket = state(whole).spot.kind == Spot::Kind::kSocket ? state(whole).spot.socket : -1;
  }
  return false;
}

void World::move(int object, Spot spot) {
  ObjectState& s = states_[static_cast<size_t>(object)];
  if (s.spot.kind == Spot::Kind::kSocket && occupants_[static_cast<size_t>(s.spot.socket)] == object) occupants_[static_cast<size_t>(s.spot.socket)] = -1;
  if (held_ == object) held_ = -1;
  if (leads_.meter == object) leads_ = {};
  s.spot = spot;
  if (spot.kind == Spot::Kind::kSocket) occupants_[static_cast<size_t>(spot.socket)] = object;
  if (spot.kind == Spot::Kind::kHand) held_ = object;
}

// What an instrument shows of a true value.
int64_t World::shown(int tool, int64_t truth) const {
  const auto& instrument = scene().objects[static_cast<size_t>(tool)].instrument;
  return instrument ? gauge_reading(truth, instrument->resolution) : truth;
}

// ---------------------------------------------------------------- fold
// Events may come from a file: one that cannot have happened in this scene changes nothing.
void World::apply(const Event& e) {
  seq_ = e.seq;
  advance(e.t_ms);
  last_ms_ = e.t_ms;
  blown_.clear();
  const int o = scene().find_object(e.o);
  ObjectState* s = o < 0 ? nullptr : &states_[static_cast<size_t>(o)];
  const bool item = s && scene().objects[static_cast<size_t>(o)].item;
  switch (e.verb) {
    case Verb::kTake:
    case Verb::kUnlock:
      if (item) move(o, {Spot::Kind::kHand, -1, {}});
      break;
    case Verb::kPut:
    case Verb::kPlace:
    case Verb::kLock:
    case Verb::kGive: {
      const int socket = scene().find_socket(e.text("at"));
      if (!item || (socket >= 0 && (!accepts(socket, o) || occupant(socket) >= 0 || carries(o, socket)))) break;
      if (socket >= 0) move(o, {Spot::Kind::kSocket, socket, {}});
      else move(o, {Spot::Kind::kFloor, -1, {e.number("x_um"), e.number("y_um"), e.number("z_um")}});
      if (scene().objects[static_cast<size_t>(o)].fastener) s->engaged_cd = s->over_cd = s->torque_dnm = s->hand_cd = 0;
      break;
    }
    case Verb::kWear:
      if (!item) break;
      s->worn = e.number("on") != 0;
      move(o, {s->worn ? Spot::Kind::kWorn : Spot::Kind::kHand, -1, {}});
      break;
    case Verb::kTurn:
      if (!s) break;
      s->engaged_cd = e.number("engaged_cd");
      s->over_cd = e.number("over_cd");
      s->torque_dnm = e.number("torque_dnm");
      s->hand_cd = e.number("hand_cd");
      live_torque_dnm_ = s->torque_dnm;
      if (const int tool = scene().find_object(e.tool); tool >= 0) states_[static_cast<size_t>(tool)].clicked = e.number("clicked") != 0;
      break;
    case Verb::kSet:
      if (!s) break;
      if (const auto& dial = scene().objects[static_cast<size_t>(o)].dial) s->value = std::clamp(e.number(key_of_unit(dial->unit)), dial->min, dial->max);
      else if (e.find("setting_dnm")) s->setting_dnm = e.number("setting_dnm");
      else s->state = e.text("state");
      break;
    case Verb::kRaise:
    case Verb::kLower:
      if (!s) break;
      if (e.find("pressure_pa")) {
        s->pressure_pa = e.number("pressure_pa");
        if (const int tool = scene().find_object(e.tool); tool >= 0) states_[static_cast<size_t>(tool)].reading = shown(tool, e.number("pressure_pa"));
        break;
      }
      s->height_um = e.number("height_um");
      if (s->spot.kind == Spot::Kind::kSocket) {
        if (const int body = body_of_socket(s->spot.socket); body >= 0) {
          ObjectState& b = states_[static_cast<size_t>(body)];
          b.lift_um = e.number("lift_um");
          b.fallen = b.rolled = false;
        }
      }
      break;
    case Verb::kApply:
      if (s) s->state = e.text("state");
      break;
    case Verb::kMeasure:
      if (int meter = -1, red = -1, black = -1; probed(e, meter, red, black)) {
        const ObjectDef &r = scene().objects[static_cast<size_t>(red)], &b = scene().objects[static_cast<size_t>(black)];
        leads_ = {meter, red, black};
        if (auto reading = devices_.probe(around(), meter, *r.probe, *b.probe, e.number("held_ms"))) blown_ = devices_.take_reading(around(), meter, r.probe->network, std::move(*reading));
      } else if (const int tool = scene().find_object(e.tool); tool >= 0) {
        const ObjectDef& def = scene().objects[static_cast<size_t>(tool)];
        if (const Arg* reading = def.instrument ? e.find(key_of_unit(def.instrument->unit)) : nullptr) states_[static_cast<size_t>(tool)].reading = reading->number;
      }
      break;
    case Verb::kDrop:
    case Verb::kRoll: {
      if (!s) break;
      s->lift_um = 0;
      (e.verb == Verb::kDrop ? s->fallen : s->rolled) = true;
      // The lift is knocked down where it stands.
      for (size_t i = 0; i < states_.size(); ++i) {
        ObjectState& l = states_[i];
        if (!scene().objects[i].lift || l.spot.kind != Spot::Kind::kSocket || body_of_socket(l.spot.socket) != o) continue;
        l.height_um = scene().objects[i].lift->min_um;
      }
      break;
    }
    case Verb::kPress:
      if (s && scene().objects[static_cast<size_t>(o)].button) blown_ = devices_.press(around(), *scene().objects[static_cast<size_t>(o)].button);
      break;
    case Verb::kPlug:
    case Verb::kUnplug:
      if (s && scene().objects[static_cast<size_t>(o)].connector) s->state = e.verb == Verb::kPlug ? "plugged" : "unplugged";
      break;
    case Verb::kSay:
      if (s && scene().objects[static_cast<size_t>(o)].person && scene().objects[static_cast<size_t>(o)].person->dialogue >= 0) {
        const int d = scene().objects[static_cast<size_t>(o)].person->dialogue;
        const Dialogue& talk = scene().devices.dialogues[static_cast<size_t>(d)].dialogue;
        const DialogueState& now = devices_.state().dialogues[static_cast<size_t>(d)];
        if (talk.nodes[static_cast<size_t>(now.node)].id == e.text("node")) (void)devices_.say(around(), d, find_choice(talk, now, e.text("choice")), blown_);
      }
      break;
    case Verb::kFinish: finished_ = true; break;
    default: break;  // read, record, lines, zones, hints, clock and end states change no thing
  }
  const std::string follows = devices_.settle(around());
  if (blown_.empty()) blown_ = follows;
}

World::Events World::commit(Events events) {
  for (Event& e : events) {
    e.seq = seq_ + 1;
    advance(e.t_ms);
    tell(e);
    apply(e);
    if (!blown_.empty()) e.with("blown", std::string_view(blown_));
  }
  return events;
}

// ---------------------------------------------------------------- act
Result<std::vector<Event>> World::act(const Action& a, int64_t t_ms) {
  if (finished_) {
    why_ = both("作业已经结束", "The exercise is over");
    return Error{Code::kFailed, "", why_.en, ""};
  }
  advance(t_ms);
  Events all;
  const bool same_stroke = stroke_ && a.hold && a.verb == stroke_->action.verb && a.o == stroke_->action.o && (a.amount > 0) == (stroke_->action.amount > 0);
  if (stroke_ && !same_stroke) all = release(t_ms);
  Events events;
  if (auto refusal = decide(a, t_ms, events)) {
    why_ = *refusal;
    // A stroke that ends here, or had to end before this, still happened.
    if (same_stroke) all = release(t_ms);
    if (all.empty()) return Error{Code::kFailed, a.o, why_.en, ""};
    return all;
  }
  events = commit(std::move(events));
  all.insert(all.end(), std::make_move_iterator(events.begin()), std::make_move_iterator(events.end()));
  if (stroke_ && (!a.hold || t_ms - stroke_->start_ms >= kStrokeReport_ms)) {
    const bool goes_on = a.hold;
    Stroke next = *stroke_;
    Events ended = release(t_ms);
    all.insert(all.end(), std::make_move_iterator(ended.begin()), std::make_move_iterator(ended.end()));
    if (goes_on) {
      next.start_ms = t_ms;
      next.moved = 0;
      stroke_ = std::move(next);
    }
  }
  return all;
}

std::vector<Event> World::release(int64_t t_ms) {
  if (!stroke_) return {};
  Events events;
  if (stroke_->moved != 0 || stroke_->clicked) events.push_back(stroke_event(t_ms));
  stroke_.reset();
  return commit(std::move(events));
}

// What the running stroke has come to. Its provisional state is in states_ already; the event writes the same state again.
Event World::stroke_event(int64_t t_ms) const {
  const Stroke& k = *stroke_;
  const int o = scene().find_object(k.action.o);
  const ObjectState& s = state(o);
  const ObjectDef& def = scene().objects[static_cast<size_t>(o)];
  Event e = make(k.action.verb, k.action.o, t_ms);
  e.tool = k.tool;
  if (def.fastener) {
    const int body = body_of_socket(s.spot.socket);
    e.with("angle_cd", k.moved).with("engaged_cd", s.engaged_cd).with("over_cd", s.over_cd).with("torque_dnm", s.torque_dnm).with("hand_cd", s.hand_cd);
    e.with("at", scene().sockets[static_cast<size_t>(s.spot.socket)].id).with("clear_um", body < 0 ? 0 : clearance_um(body));
    if (const int tool = scene().find_object(k.tool); tool >= 0 && scene().objects[static_cast<size_t>(tool)].wrench->clicks) {
      e.with("clicked", k.clicked ? 1 : 0).with("setting_dnm", state(tool).setting_dnm);
    }
  } else if (def.vessel) {
    e.with("pressure_pa", s.pressure_pa);
  } else {
    const int body = body_of_socket(s.spot.socket);
    const auto role = scene().sockets[static_cast<size_t>(s.spot.socket)].role;
    e.with("height_um", s.height_um).with("lift_um", state(body).lift_um).with("clear_um", clearance_um(body));
    e.with("at", scene().sockets[static_cast<size_t>(s.spot.socket)].id);
    e.with("wrong", role == SocketDef::Role::kWrongPoint ? 1 : 0).with("held", held_in_place(body) ? 1 : 0).with("supports", supports_under(body));
  }
  return e;
}

std::optional<Text> World::decide(const Action& a, int64_t t_ms, Events& out) {
  if (auto refusal = unmet(a)) return refusal;
  switch (a.verb) {
    case Verb::kTake:
    case Verb::kUnlock: return decide_take(a, t_ms, out);
    case Verb::kPut:
    case Verb::kPlace:
    case Verb::kLock:
    case Verb::kGive: return decide_put(a, t_ms, out);
    case Verb::kProbe: return decide_probe(a, t_ms, out);
    case Verb::kPress:
    case Verb::kPlug:
    case Verb::kUnplug: return decide_device(a, t_ms, out);
    case Verb::kTurn: return decide_turn(a, t_ms);
    case Verb::kRaise:
    case Verb::kLower: return decide_raise(a, t_ms, out);
    case Verb::kFinish: decide_finish(t_ms, out); return std::nullopt;
    default: return decide_use(a, t_ms, out);
  }
}

std::optional<Text> World::decide_take(const Action& a, int64_t t_ms, Events& out) {
  const int o = scene().find_object(a.o);
  if (o < 0 || !scene().objects[static_cast<size_t>(o)].item) return both("这个拿不起来", "This cannot be picked up");
  const ObjectDef& def = scene().objects[static_cast<size_t>(o)];
  const ObjectState& s = state(o);
  if (def.static_scenery) return both("这个拿不起来", "This cannot be picked up");
  if (held_ == o) return both("已经在手里", "It is in your hand already");
  if (held_ >= 0) return named("手里还拿着{name}，先放下", "Put down the {name} first: your hand is full", name(held_));
  if (s.worn) return both("先脱下", "Take it off first");
  if (s.engaged_cd > 0) return both("还拧着，先拧下来", "It is still screwed on");
  if (s.spot.kind == Spot::Kind::kSocket) {
    const SocketDef& socket = scene().sockets[static_cast<size_t>(s.spot.socket)];
    const int body = body_of_socket(s.spot.socket);
    for (const int joint : socket.clamped_by) {
      if (occupant(joint) >= 0) return named("还被{name}固定着", "It is still held by a {name}", name(occupant(joint)));
    }
    if (body >= 0 && scene().objects[static_cast<size_t>(body)].body->hub == s.spot.socket && clearance_um(body) <= 0) return both("还压在地面上，先顶起", "It still stands on the ground: raise it first");
    if (def.lift && body >= 0 && state(body).lift_um > 0) return both("还承着重，先降下", "It carries the load: lower it first");
  }
  const bool locked = def.padlock && s.spot.kind == Spot::Kind::kSocket && is_hasp(s.spot.socket);
  if (a.verb == Verb::kUnlock && !locked) return both("它没有锁着什么", "It locks nothing");
  Event e = make(locked ? Verb::kUnlock : Verb::kTake, a.o, t_ms);
  if (locked) e.with("at", scene().sockets[static_cast<size_t>(s.spot.socket)].id).with("owner", std::string_view(def.padlock->owner));
  if (s.spot.kind == Spot::Kind::kSocket) e.with("from", scene().sockets[static_cast<size_t>(s.spot.socket)].id);
  out.push_back(std::move(e));
  if (s.spot.kind == Spot::Kind::kSocket && scene().sockets[static_cast<size_t>(s.spot.socket)].role == SocketDef::Role::kChock) let_go(s.spot.socket, -1, {}, t_ms, out);
  return std::nullopt;
}

std::optional<Text> World::decide_put(const Action& a, int64_t t_ms, Events& out) {
  const int o = a.o.empty() ? held_ : scene().find_object(a.o);
  if (o < 0 || held_ != o) return both("手里没有这个东西", "You are not holding that");
  const ObjectDef& def = scene().objects[static_cast<size_t>(o)];
  if (a.at == "floor") {
    Event e = make(Verb::kPut, def.id, t_ms);
    const auto near = [&](size_t i) { return std::clamp(a.where_um[i], -kMaxQuantity, kMaxQuantity); };
    e.with("at", std::string_view("floor")).with("home", 0).with("x_um", near(0)).with("y_um", near(1)).with("z_um", near(2));
    out.push_back(std::move(e));
    return std::nullopt;
  }
  const int at = scene().find_socket(a.at);
  if (at < 0 || !accepts(at, o) || carries(o, at)) return named("{name}放不到这里", "The {name} does not go there", name(o));
  if (occupant(at) >= 0) return named("这里已经有{name}", "There is a {name} already", name(occupant(at)));
  const SocketDef& socket = scene().sockets[static_cast<size_t>(at)];
  const int body = body_of_socket(at);
  if (socket.through >= 0 && occupant(socket.through) < 0) return both("这里还没有装上零件", "The part that belongs here is not fitted yet");
  if (body >= 0) {
    const BodyDef& b = *scene().objects[static_cast<size_t>(body)].body;
    if (b.hub == at && clearance_um(body) <= 0) return both("离地不够，先顶高", "There is no room yet: raise it further");
    if (def.support && state(body).lift_um < def.support->min_lift_um) return both("还不够高，先顶起", "It is not high enough yet: raise it first");
    if (def.lift && state(body).lift_um > 0) return both("已经顶起，不能换支点", "It is raised already");
    if (def.lift && socket.height_um > 0 && state(o).height_um > socket.height_um) return named("{name}太高，放不进去", "The {name} stands too high to go under there", name(o));
  }
  const Verb verb = verb_of_putting(at, o);
  if ((a.verb == Verb::kLock || a.verb == Verb::kGive) && verb != a.verb) return a.verb == Verb::kLock ? both("这里锁不住什么", "There is nothing to lock here") : both("这里没有人接", "Nobody takes it here");
  if (verb == Verb::kLock) {
    for (const ObjectDef& l : scene().objects) {
      if (!l.lever || std::find(l.lever->hasps.begin(), l.lever->hasps.end(), at) == l.lever->hasps.end() || l.lever->locked_in.empty()) continue;
      const std::string& stands = state(scene().find_object(l.id)).state;
      if (std::find(l.lever->locked_in.begin(), l.lever->locked_in.end(), stands) == l.lever->locked_in.end()) return named("{name}在这个位置挂不上锁", "The {name} takes no padlock in this position", pack_->text(l.name));
    }
  }
  Event e = make(verb, def.id, t_ms);
  e.with("at", socket.id).with("home", def.item->home == at ? 1 : 0);
  if (verb == Verb::kLock) e.with("owner", std::string_view(def.padlock->owner));
  if (socket.role == SocketDef::Role::kLoadPoint || socket.role == SocketDef::Role::kWrongPoint) e.with("wrong", socket.role == SocketDef::Role::kWrongPoint ? 1 : 0);
  out.push_back(std::move(e));
  return std::nullopt;
}

std::optional<Text> World::decide_turn(const Action& a, int64_t t_ms) {
  const int o = scene().find_object(a.o);
  if (o < 0 || !scene().objects[static_cast<size_t>(o)].fastener) return both("这个不能拧", "This cannot be turned");
  const ObjectDef& def = scene().objects[static_cast<size_t>(o)];
  ObjectState& s = states_[static_cast<size_t>(o)];
  if (s.spot.kind != Spot::Kind::kSocket || scene().sockets[static_cast<size_t>(s.spot.socket)].role != SocketDef::Role::kWork) return both("先装到螺柱上", "Fit it first");
  const FastenerSpec spec = spec_of(*def.fastener);
  Driver driver{kHandLimit_dnm};
  std::string tool = "hand";
  if (held_ >= 0) {
    const ObjectDef& held = scene().objects[static_cast<size_t>(held_)];
    if (!held.wrench || held.wrench->size != def.fastener->size) return named("{name}套不上", "The {name} does not fit", name(held_));
    driver.limit_dnm = held.wrench->limit_dnm;
    if (held.wrench->clicks && a.amount > 0) driver.setting_dnm = state(held_).setting_dnm;
    driver.give_cd = held.wrench->give_cd;
    driver.stop_at_click = a.stop_at_click;
    tool = held.id;
  }
  int64_t angle = std::clamp(a.amount, -kMaxQuantity, kMaxQuantity);
  if (angle == 0) return both("没有拧动", "That does not turn it");
  if (angle < 0) {
    if (s.torque_dnm > driver.limit_dnm) return held_ < 0 ? both("太紧，用手拧不动", "Too tight for fingers") : both("太紧，拧不动", "Too tight for this tool");
    if (held_ >= 0) {
      angle = -std::min(-angle, std::max<int64_t>(0, s.engaged_cd - kToolReleases_cd) + s.over_cd);
      if (angle == 0) return both("快拧出来了，用手取下", "Nearly off: finish it by hand");
    } else if (s.engaged_cd == 0) {
      return both("已经松开，取下即可", "It is off: take it");
    }
  }
  if (!stroke_) stroke_ = Stroke{a, tool, t_ms, 0, false, 0};
  FastenerState f{s.engaged_cd, s.over_cd};
  const int64_t engaged_before = f.engaged_cd;
  const Turned t = turn(spec, f, driver, angle, stroke_->clicked, stroke_->give_cd);
  s.engaged_cd = f.engaged_cd;
  s.over_cd = f.over_cd;
  s.torque_dnm = torque_dnm(spec, f);
  if (tool == "hand" && angle > 0) s.hand_cd += f.engaged_cd - engaged_before;
  if (angle < 0) s.hand_cd = std::min(s.hand_cd, s.engaged_cd);
  stroke_->moved += t.moved_cd;
  stroke_->clicked = stroke_->clicked || t.clicked;
  stroke_->give_cd = t.give_left_cd;
  if (held_ >= 0) states_[static_cast<size_t>(held_)].clicked = stroke_->clicked;
  live_torque_dnm_ = s.torque_dnm;
  return std::nullopt;
}

std::optional<Text> World::decide_raise(const Action& a, int64_t t_ms, Events& out) {
  const int o = scene().find_object(a.o);
  if (o < 0) return both("这里没有这个东西", "There is no such thing here");
  const ObjectDef& def = scene().objects[static_cast<size_t>(o)];
  ObjectState& s = states_[static_cast<size_t>(o)];
  const int64_t far = std::clamp(a.amount, -kMaxQuantity, kMaxQuantity);
  const int64_t amount = a.verb == Verb::kRaise ? far : -far;
  if (def.vessel) {
    if (held_ < 0 || !scene().objects[static_cast<size_t>(held_)].pump) return both("需要充气工具", "This needs an inflator");
    if (def.vessel->cap >= 0 && occupant(def.vessel->cap) >= 0) return named("先取下{name}", "Take off the {name} first", name(occupant(def.vessel->cap)));
    if (!stroke_) stroke_ = Stroke{a, scene().objects[static_cast<size_t>(held_)].id, t_ms, 0, false, 0};
    const int64_t before = s.pressure_pa;
    s.pressure_pa = std::clamp<int64_t>(s.pressure_pa + amount, 0, def.vessel->max_pa);
    if (s.pressure_pa != before) states_[static_cast<size_t>(held_)].reading = shown(held_, s.pressure_pa);
    stroke_->moved += s.pressure_pa - before;
    return std::nullopt;
  }
  if (!def.lift) return both("这个不能升降", "This cannot be raised or lowered");
  if (held_ >= 0) return named("先放下{name}", "Put down the {name} first", name(held_));
  if (s.spot.kind != Spot::Kind::kSocket || body_of_socket(s.spot.socket) < 0) return both("先放到支点下面", "Place it under a jacking point first");
  const SocketDef& socket = scene().sockets[static_cast<size_t>(s.spot.socket)];
  const int body = socket.owner;
  const BodyDef& b = *scene().objects[static_cast<size_t>(body)].body;
  ObjectState& bs = states_[static_cast<size_t>(body)];
  if (amount < 0 && supports_under(body) > 0) return both("安全支架还在承托，先取出支架", "The stand still carries it: take out the stand first");
  int64_t height = std::clamp(s.height_um + amount, def.lift->min_um, def.lift->max_um);
  bool touches = false;
  if (amount < 0 && occupant(b.hub) < 0 && lift_of(height, socket.height_um) < b.bare_um && bs.lift_um > 0) {
    touches = bs.lift_um > b.bare_um || s.height_um != socket.height_um + b.bare_um;
    height = std::max(height, std::min(s.height_um, socket.height_um + b.bare_um));
    if (height == s.height_um && !touches) return both("零件还没装上，车身会直接落下", "The part is not fitted: the body would come down on the lift");
  }
  if (height == s.height_um && !touches) return amount > 0 ? both("已经到最高", "It is at its highest") : both("已经到最低", "It is at its lowest");
  if (!stroke_) stroke_ = Stroke{a, "hand", t_ms, 0, false, 0};
  stroke_->moved += height - s.height_um;
  s.height_um = height;
  bs.lift_um = lift_of(height, socket.height_um);
  bs.fallen = bs.rolled = false;
  const Fate fate = fate_of(raised(b), bs.lift_um, held_in_place(body), socket.role == SocketDef::Role::kWrongPoint);
  if (fate == Fate::kStays && !touches) return std::nullopt;
  Event stroke = stroke_event(t_ms);
  stroke_.reset();
  out.push_back(std::move(stroke));
  if (touches) {
    out.push_back(make(Verb::kTouch, scene().objects[static_cast<size_t>(body)].id, t_ms));
  } else if (fate == Fate::kRolls) {
    out.push_back(make(Verb::kRoll, scene().objects[static_cast<size_t>(body)].id, t_ms));
  } else {
    Event drop = make(Verb::kDrop, scene().objects[static_cast<size_t>(body)].id, t_ms);
    drop.with("cause", std::string_view("slipped")).with("drop_um", bs.lift_um);
    out.push_back(std::move(drop));
  }
  return std::nullopt;
}

std::optional<Text> World::decide_use(const Action& a, int64_t t_ms, Events& out) {
  Event e = make(a.verb, a.o, t_ms);
  const int o = scene().find_object(a.o);
  const ObjectDef* def = o < 0 ? nullptr : &scene().objects[static_cast<size_t>(o)];
  const ObjectDef* held = held_ < 0 ? nullptr : &scene().objects[static_cast<size_t>(held_)];
  switch (a.verb) {
    case Verb::kWear:
      if (!def || !def->wearable) return both("这个不能穿戴", "This cannot be worn");
      if (a.amount != 0) {
        if (state(o).worn) return both("已经戴好", "You are wearing it already");
        if (held_ >= 0 && held_ != o) return named("先放下{name}", "Put down the {name} first", name(held_));
      } else {
        if (!state(o).worn) return both("并没有戴着", "You are not wearing it");
        if (held_ >= 0) return named("先放下{name}", "Put down the {name} first", name(held_));
      }
      e.with("on", a.amount != 0 ? 1 : 0);
      break;
    case Verb::kSet:
      if (def && def->lever) {
        if (std::find(def->lever->states.begin(), def->lever->states.end(), a.value) == def->lever->states.end()) return both("没有这个位置", "It has no such position");
        if (const int lock = lock_on(o); lock >= 0) return named("被{name}锁住了", "The {name} locks it", name(lock));
        e.with("state", std::string_view(a.value));
        break;
      }
      if (def && def->wrench && def->wrench->clicks) {
        if (held_ != o) return both("先拿在手里", "Take it in your hand first");
        if (a.amount < def->wrench->min_dnm || a.amount > def->wrench->max_dnm || (a.amount - def->wrench->min_dnm) % def->wrench->step_dnm != 0) return both("超出刻度", "That is not on its scale");
        e.with("setting_dnm", a.amount);
        break;
      }
      if (def && def->dial) {
        if (a.amount < def->dial->min || a.amount > def->dial->max || (a.amount - def->dial->min) % def->dial->step != 0) return both("超出刻度", "That is not on its scale");
        e.with(key_of_unit(def->dial->unit), a.amount);
        break;
      }
      if (def && def->meter) {
        if (held_ != o) return both("先拿在手里", "Take it in your hand first");
        const auto& positions = def->meter->positions;
        const auto to = std::find_if(positions.begin(), positions.end(), [&](const MeterDef::Position& p) { return p.name == a.value; });
        if (to == positions.end()) return both("没有这个挡位", "It has no such range");
        e.with("state", std::string_view(a.value)).with("mode", std::string_view(function_name(to->function)));
        break;
      }
      return both("这个不能设定", "This cannot be set");
    case Verb::kApply:
      if (!def || !def->surface) return both("这里不用处理", "There is nothing to do here");
      if (!held || !held->apply) return both("手里没有合适的工具", "You hold nothing for that");
      if (def->surface->covered_by >= 0 && occupant(def->surface->covered_by) >= 0) return named("被{name}挡着", "It is covered by the {name}", name(occupant(def->surface->covered_by)));
      if (std::find(def->surface->states.begin(), def->surface->states.end(), held->apply->state) == def->surface->states.end()) return named("{name}用不到这里", "The {name} is not for this", name(held_));
      e.tool = held->id;
      e.with("state", std::string_view(held->apply->state));
      break;
    case Verb::kMeasure: {
      if (!held || !held->instrument) return both("手里没有量具", "You hold no instrument");
      if (!def || (!def->point && !def->vessel)) return both("这里没有可量的", "There is nothing to measure here");
      const Unit unit = def->point ? def->point->unit : Unit::kPressure;
      if (held->instrument->unit != unit) return named("{name}量不了这个", "The {name} does not measure this", name(held_));
      if (def->vessel && def->vessel->cap >= 0 && occupant(def->vessel->cap) >= 0) return named("先取下{name}", "Take off the {name} first", name(occupant(def->vessel->cap)));
      e.tool = held->id;
      e.with(key_of_unit(unit), gauge_reading(def->point ? state(o).value : state(o).pressure_pa, held->instrument->resolution));
      break;
    }
    case Verb::kRead:
      if (!def || !def->label) return both("这里没有可读的", "There is nothing to read here");
      if (def->label->value) e.with("number", state(o).value);
      if (const int signal = def->label->signal; signal >= 0) {
        const SignalDef& shown_signal = scene().devices.signals[static_cast<size_t>(signal)];
        if (shown_signal.is_word) e.with("value", signal_word(signal));
        else if (const auto n = signal_number(signal)) e.with(key_of_unit(shown_signal.unit), *n);
      }
      break;
    case Verb::kRecord: {
      const auto it = std::find_if(exercise_->sheet.begin(), exercise_->sheet.end(), [&](const Field& f) { return f.id == a.o; });
      if (it == exercise_->sheet.end()) return both("工单上没有这一项", "The work order has no such field");
      if (it->is_choice) {
        if (std::find(it->choices.begin(), it->choices.end(), a.value) == it->choices.end()) return both("没有这个选项", "There is no such choice");
        e.with("value", std::string_view(a.value));
      } else {
        if (a.amount < -max_quantity(it->unit) || a.amount > max_quantity(it->unit)) return both("这个数太大", "That number is too large");
        e.with(key_of_unit(it->unit), a.amount);
      }
      break;
    }
    case Verb::kSay:
      if (def && def->person) return decide_say(a, o, t_ms, out);
      if (std::none_of(exercise_->lines.begin(), exercise_->lines.end(), [&](const Line& l) { return l.id == a.o; })) return both("没有这句话", "There is no such line");
      break;
    case Verb::kEnter:
    case Verb::kLeave:
      if (!def || !def->zone) return both("没有这个区域", "There is no such zone");
      if (def->zone->body >= 0) e.with("lift_um", state(def->zone->body).lift_um).with("supports", supports_under(def->zone->body));
      break;
    case Verb::kHint:
      if (std::none_of(exercise_->steps.begin(), exercise_->steps.end(), [&](const Step& s) { return s.id == a.o; }) || a.amount < 1 || a.amount > 4) return both("没有这个提示", "There is no such hint");
      e.with("level", a.amount);
      break;
    case Verb::kPause:
    case Verb::kResume: break;
    default: return both("不能这样做", "That cannot be done");
  }
  out.push_back(std::move(e));
  if (a.verb == Verb::kSet && def->lever) let_go(-1, o, a.value, t_ms, out);
  return std::nullopt;
}

// The end state of everything a rule may ask about, then the hand-in itself.
void World::decide_finish(int64_t t_ms, Events& out) const {
  for (size_t i = 0; i < states_.size(); ++i) {
    const ObjectDef& o = scene().objects[i];
    const ObjectState& s = states_[i];
    Event e = make(Verb::kState, o.id, t_ms);
    if (o.item && !o.fastener) {
      const bool in_socket = s.spot.kind == Spot::Kind::kSocket;
      e.with("at", in_socket ? std::string_view(scene().sockets[static_cast<size_t>(s.spot.socket)].id)
                             : std::string_view(s.worn ? "worn" : s.spot.kind == Spot::Kind::kHand ? "hand" : "floor"));
      e.with("home", in_socket && s.spot.socket == o.item->home ? 1 : 0);
    }
    if (o.wrench && o.wrench->clicks) e.with("setting_dnm", s.setting_dnm);
    if (o.lever || o.surface || o.connector || o.meter) e.with("state", std::string_view(s.state));
    if (o.dial) e.with(key_of_unit(o.dial->unit), s.value);
    if (o.vessel) e.with("pressure_pa", s.pressure_pa);
    if (o.body) e.with("lift_um", s.lift_um);
    if (!e.args.empty() || !o.tells.empty()) out.push_back(std::move(e));
  }
  // Joints, by the place where a fastener belongs: one that is missing is a fact too.
  for (size_t i = 0; i < occupants_.size(); ++i) {
    const SocketDef& socket = scene().sockets[i];
    const bool joint = std::any_of(scene().sockets.begin(), scene().sockets.end(), [&](const SocketDef& s) {
      return std::find(s.clamped_by.begin(), s.clamped_by.end(), static_cast<int>(i)) != s.clamped_by.end();
    });
    if (!joint) continue;
    const int f = occupants_[i];
    Event e = make(Verb::kState, socket.id, t_ms);
    e.with("on", f >= 0 && state(f).engaged_cd > 0 ? 1 : 0).with("torque_dnm", f >= 0 ? state(f).torque_dnm : 0);
    out.push_back(std::move(e));
  }
  Event e = make(Verb::kFinish, "", t_ms);
  e.with("reason", std::string_view("handed_in"));
  out.push_back(std::move(e));
}

// ---------------------------------------------------------------- what can be done
std::vector<Option> World::options(int object) const {
  std::vector<Option> out;
  if (away(object)) return out;
  const ObjectDef& def = scene().objects[static_cast<size_t>(object)];
  const ObjectState& s = state(object);
  const ObjectDef* held = held_ < 0 ? nullptr : &scene().objects[static_cast<size_t>(held_)];
  const auto add = [&](Verb v, Text label, std::string at = {}, std::string value = {}, int64_t amount = 0, bool continuous = false) {
    Option o;
    o.action = {v, def.id, std::move(at), std::move(value), amount, false, false, {}};
    o.continuous = continuous;
    o.label = std::move(label);
    out.push_back(std::move(o));
  };
  const bool on_joint = def.fastener && s.spot.kind == Spot::Kind::kSocket && scene().sockets[static_cast<size_t>(s.spot.socket)].role == SocketDef::Role::kWork;
  if (on_joint && (!held || (held->wrench && held->wrench->size == def.fastener->size))) {
    const bool tighten_first = s.engaged_cd < def.fastener->seat_cd || s.torque_dnm == 0 || (held && held->wrench->clicks);
    const auto tighten = [&] { add(Verb::kTurn, both("拧紧（按住）", "Tighten (hold)"), {}, {}, 1, true); };
    const auto loosen = [&] { add(Verb::kTurn, both("拧松（按住）", "Loosen (hold)"), {}, {}, -1, true); };
    if (tighten_first) tighten();
    loosen();
    if (!tighten_first) tighten();
  }
  if (def.lift && held_ < 0 && s.spot.kind == Spot::Kind::kSocket && body_of_socket(s.spot.socket) >= 0) {
    add(Verb::kRaise, both("升高（按住）", "Raise (hold)"), {}, {}, 1, true);
    add(Verb::kLower, both("降低（按住）", "Lower (hold)"), {}, {}, 1, true);
  }
  if (held && held->instrument && ((def.point && def.point->unit == held->instrument->unit) || (def.vessel && held->instrument->unit == Unit::kPressure))) add(Verb::kMeasure, both("测量", "Measure"));
  if (held && held->pump && def.vessel) {
    add(Verb::kRaise, both("充气（按住）", "Inflate (hold)"), {}, {}, def.vessel->step_pa, true);
    add(Verb::kLower, both("放气（按住）", "Let air out (hold)"), {}, {}, def.vessel->step_pa, true);
  }
  if (held && held->apply && def.surface) add(Verb::kApply, named("用{name}处理", "Use the {name}", name(held_)));
  if (def.label) add(Verb::kRead, both("查看", "Read"));
  if (def.lever && lock_on(object) < 0) {
    for (const std::string& st : def.lever->states) {
      if (st != s.state) add(Verb::kSet, pack_->text(def.name + "." + st), {}, st);
    }
  }
  device_options(object, out);
  if (def.wearable && !s.worn && (held_ < 0 || held_ == object)) add(Verb::kWear, both("戴上", "Put on"), {}, {}, 1);
  const bool hangs = def.padlock && s.spot.kind == Spot::Kind::kSocket && is_hasp(s.spot.socket);
  if (hangs && held_ < 0) add(Verb::kUnlock, both("打开锁", "Unlock"));
  if (def.item && !def.static_scenery && held_ < 0 && !s.worn && !hangs && !(s.engaged_cd > 0 && on_joint)) add(Verb::kTake, named("拿起{name}", "Take the {name}", name(object)));
  if (def.part_of >= 0 && def.label) {  // what is read on a loose thing covers it: it is taken there as well
    for (Option& o : options(def.part_of)) {
      if (o.action.verb == Verb::kTake) out.push_back(std::move(o));
    }
  }
  return out;
}

std::vector<Option> World::held_options() const {
  std::vector<Option> out;
  if (held_ < 0) return out;
  const ObjectDef& def = scene().objects[static_cast<size_t>(held_)];
  for (const ObjectDef& part : scene().objects) {  // what is in the hand can be read
    if (part.part_of == held_ && part.label) out.push_back({{Verb::kRead, part.id, "", "", 0, false, false, {}}, false, named("查看{name}", "Read the {name}", pack_->text(part.name))});
  }
  if (def.meter) {
    for (const MeterDef::Position& p : def.meter->positions) {
      if (p.name != state(held_).state) out.push_back({{Verb::kSet, def.id, "", p.name, 0, false, false, {}}, false, pack_->text(def.name + "." + p.name)});
    }
  }
  Action a{Verb::kPut, def.id, "", "", 0, false, false, {}};
  if (def.item->home >= 0 && occupant(def.item->home) < 0) {
    a.at = scene().sockets[static_cast<size_t>(def.item->home)].id;
    out.push_back({a, false, both("放回原位", "Put back in its place")});
  }
  a.at = "floor";
  out.push_back({a, false, both("放在地上", "Put on the floor")});
  if (def.wearable) out.push_back({{Verb::kWear, def.id, "", "", 1, false, false, {}}, false, both("戴上", "Put on")});
  return out;
}

std::vector<int> World::open_sockets() const {
  std::vector<int> out;
  if (held_ < 0) return out;
  for (size_t i = 0; i < occupants_.size(); ++i) {
    const SocketDef& s = scene().sockets[i];
    const int at = static_cast<int>(i);
    if (occupants_[i] < 0 && accepts(at, held_) && !away(s.owner) && (s.through < 0 || occupant(s.through) >= 0)) out.push_back(at);
  }
  return out;
}

Option World::put_option(int socket) const {
  const SocketDef& s = scene().sockets[static_cast<size_t>(socket)];
  const bool store = s.role == SocketDef::Role::kStore;
  if (const Verb verb = verb_of_putting(socket, held_); held_ >= 0 && (verb == Verb::kLock || verb == Verb::kGive)) {
    return {{verb, scene().objects[static_cast<size_t>(held_)].id, s.id, "", 0, false, false, {}}, false, verb == Verb::kLock ? both("挂锁", "Lock it") : named("递给{name}", "Hand it to the {name}", name(s.owner))};
  }
  Action a{store ? Verb::kPut : Verb::kPlace, held_ < 0 ? "" : scene().objects[static_cast<size_t>(held_)].id, s.id, "", 0, false, false, {}};
  return {a, false, store ? both("放在这里", "Put it here") : both("装到这里", "Fit it here")};
}

}  // namespace shixun
