// What a trainee does with devices: probing, pressing, plugging, locking, talking, handing over.

#include <algorithm>

#include "engine/training/world.h"
#include "engine/training/world_words.h"

namespace shixun {

namespace {

constexpr size_t kMaxProbeOptions = 12;

size_t at(int i) { return static_cast<size_t>(i); }
bool contains(const std::vector<int>& list, int i) { return std::find(list.begin(), list.end(), i) != list.end(); }

Unit unit_of(Function f) {
  return f == Function::kDcVolts || f == Function::kAcVolts ? Unit::kVoltage : f == Function::kDcAmps ? Unit::kCurrent : Unit::kResistance;
}

}  // namespace

void World::advance(int64_t t_ms) { devices_.advance(around(), tick_of(t_ms)); }

bool World::is_hasp(int socket) const {
  return std::any_of(scene().objects.begin(), scene().objects.end(), [&](const ObjectDef& o) { return o.lever && contains(o.lever->hasps, socket); });
}

int World::lock_on(int lever) const {
  for (const int hasp : scene().objects[at(lever)].lever->hasps) {
    if (occupant(hasp) >= 0) return occupant(hasp);
  }
  return -1;
}

Verb World::verb_of_putting(int socket, int object) const {
  const SocketDef& s = scene().sockets[at(socket)];
  if (object >= 0 && scene().objects[at(object)].padlock && is_hasp(socket)) return Verb::kLock;
  const auto& person = scene().objects[at(s.owner)].person;
  if (person && contains(person->hands, socket)) return Verb::kGive;
  return s.role == SocketDef::Role::kStore ? Verb::kPut : Verb::kPlace;
}

std::optional<Text> World::unmet(const Action& a) const {
  for (const std::string* id : {&a.o, &a.at}) {
    const int socket = id->empty() ? -1 : scene().find_socket(*id);
    const int o = socket >= 0 ? scene().sockets[at(socket)].owner : scene().find_object(*id);
    if (o >= 0 && o != held_ && away(o)) return both("不在这里", "It is not here now");
  }
  // What is in the hand can always be set down.
  if (a.verb == Verb::kPut || a.verb == Verb::kPlace || a.verb == Verb::kLock || a.verb == Verb::kGive) return std::nullopt;
  for (const std::string* id : {&a.o, &a.at}) {
    const int o = id->empty() ? -1 : scene().find_object(*id);
    const auto* need = o < 0 || !scene().objects[at(o)].need ? nullptr : &*scene().objects[at(o)].need;
    if (need && !devices_.holds_now(around(), *need->when)) return pack_->text(need->why);
  }
  return std::nullopt;
}

std::optional<Text> World::decide_probe(const Action& a, int64_t t_ms, Events& out) const {
  if (held_ < 0 || !scene().objects[at(held_)].meter) return both("手里没有带表笔的仪表", "You hold no instrument with leads");
  const int red = scene().find_object(a.o), black = scene().find_object(a.at);
  const auto point = [&](int o) { return o >= 0 && scene().objects[at(o)].probe; };
  if (!point(red) || !point(black)) return both("表笔接不到这里", "The leads do not go there");
  const ProbeDef &r = *scene().objects[at(red)].probe, &b = *scene().objects[at(black)].probe;
  if (r.network != b.network) return both("这两点不在同一电路里", "These two points are not in one circuit");
  if (a.amount < 0 || a.amount > t_ms - last_ms_) return both("按住的时间没有这么长", "The key was not held that long");
  const auto probe = devices_.probe(around(), held_, r, b, a.amount);
  if (!probe) return both("仪表读不出数", "The instrument shows nothing that can be read");
  const Reading& reading = probe->reading;
  const ObjectDef& meter = scene().objects[at(held_)];
  std::string id = a.o;
  for (const PairDef& p : scene().devices.pairs) {
    if ((p.a == red && p.b == black) || (p.a == black && p.b == red)) id = p.id;
  }
  Event e = make(Verb::kMeasure, id, t_ms);
  e.tool = meter.id;
  const Unit unit = unit_of(reading.function);
  const int64_t scale = unit == Unit::kResistance ? 1 : 1000;
  const auto fits = [](int64_t v, Unit u) { return std::clamp(v, -max_quantity(u), max_quantity(u)); };
  e.with("red", std::string_view(a.o)).with("black", std::string_view(a.at)).with("mode", std::string_view(function_name(reading.function)));
  e.with("shown", std::string_view(shown_name(reading.shown))).with("misuse", std::string_view(misuse_name(reading.misuse)));
  e.with("category", meter.meter->spec.category).with("rated_mv", fits(meter.meter->spec.rated_uv / 1000, Unit::kVoltage));
  e.with("across_mv", fits(div_round(reading.across_uv, 1000), Unit::kVoltage)).with("fuse_blown", probe->instrument.fuse_blown ? 1 : 0);
  const int64_t full = meter.meter->spec.ranges[at(reading.range)].full / scale;
  e.with(unit == Unit::kVoltage ? "range_mv" : unit == Unit::kCurrent ? "range_ma" : "range_mohm", fits(full, unit));
  if (reading.shown == Shown::kValue) e.with(key_of_unit(unit), fits(div_round(reading.value, scale), unit));
  if (a.amount > 0) e.with("held_ms", a.amount);
  if (reading.function == Function::kInsulation) e.with("final", reading.final ? 1 : 0);
  out.push_back(std::move(e));
  return std::nullopt;
}

// Whether the event is a reading with leads that this scene can have.
bool World::probed(const Event& e, int& meter, int& red, int& black) const {
  meter = scene().find_object(e.tool);
  red = scene().find_object(e.text("red"));
  black = scene().find_object(e.text("black"));
  if (meter < 0 || red < 0 || black < 0 || !scene().objects[at(meter)].meter) return false;
  const auto &r = scene().objects[at(red)].probe, &b = scene().objects[at(black)].probe;
  return r && b && r->network == b->network && e.number("held_ms") >= 0;
}

std::optional<Text> World::decide_say(const Action& a, int person, int64_t t_ms, Events& out) const {
  const ObjectDef& def = scene().objects[at(person)];
  if (def.person->dialogue < 0) return named("{name}不说话", "The {name} does not talk", name(person));
  const Dialogue& talk = scene().devices.dialogues[at(def.person->dialogue)].dialogue;
  DialogueState now = devices_.state().dialogues[at(def.person->dialogue)];
  if (over(talk, now)) return both("谈话已经结束", "The conversation is over");
  const DialogueNode& node = talk.nodes[at(now.node)];
  const int index = find_choice(talk, now, a.value);
  const auto said = index < 0 ? Result<Said>(Error{Code::kFailed, "", "", ""}) : say(talk, now, index);
  if (!said) return both("现在不能这样回答", "That is no answer now");
  const Choice& choice = node.choices[at(index)];
  Event e = make(Verb::kSay, a.o, t_ms);
  e.with("node", std::string_view(node.id)).with("choice", std::string_view(choice.id)).with("quality", said->quality).with("repeat", said->repeat).with("over", said->over ? 1 : 0);
  // What was said stays said, whether the flag was up already or not.
  for (size_t f = 0; f < talk.flags.size(); ++f) {
    if ((choice.sets >> f & 1) != 0) e.with("flag_" + talk.flags[f], 1);
  }
  out.push_back(std::move(e));
  return std::nullopt;
}

std::optional<Text> World::decide_device(const Action& a, int64_t t_ms, Events& out) const {
  const int o = scene().find_object(a.o);
  const ObjectDef* def = o < 0 ? nullptr : &scene().objects[at(o)];
  if (a.verb == Verb::kPress) {
    if (!def || !def->button) return both("这个不能按", "This cannot be pressed");
  } else {
    if (!def || !def->connector) return both("这个不能插拔", "This cannot be plugged or unplugged");
    const bool plugged = state(o).state == "plugged";
    if (plugged == (a.verb == Verb::kPlug)) return plugged ? both("已经插好", "It is plugged in already") : both("已经拔下", "It is unplugged already");
  }
  out.push_back(make(a.verb, a.o, t_ms));
  return std::nullopt;
}

// What the things concerned say at this moment, before the event takes effect.
void World::tell(Event& e) const {
  if (scene().devices.signals.empty()) return;
  for (const std::string_view id : {std::string_view(e.o), e.text("red"), e.text("black")}) {
    const int o = id.empty() ? -1 : scene().find_object(id);
    if (o < 0) continue;
    for (const int signal : scene().objects[at(o)].tells) {
      const SignalDef& s = scene().devices.signals[at(signal)];
      if (!s.is_word) {
        if (const auto n = signal_number(signal)) e.with(key_of(s), *n);
      } else if (const std::string_view w = signal_word(signal); !w.empty()) {
        e.with(key_of(s), std::string(w));
      }
    }
  }
}

Text World::last_words(int person) const {
  Text out;
  const auto& def = scene().objects[at(person)].person;
  if (!def || def->dialogue < 0) return out;
  const Dialogue& talk = scene().devices.dialogues[at(def->dialogue)].dialogue;
  for (const std::string& key : talk.nodes[at(devices_.state().dialogues[at(def->dialogue)].node)].lines) {
    const Text& line = pack_->text(key);
    out.zh += line.zh;
    out.en += (out.en.empty() ? "" : " ") + line.en;
  }
  return out;
}

std::optional<Text> World::display(int object) const {
  const ObjectDef& def = scene().objects[at(object)];
  if (def.meter) {
    const auto& last = devices_.state().meters[at(object)].last;
    const std::string shown_text = last ? display_text(def.meter->spec, *last) : std::string();
    return Text{shown_text, shown_text};
  }
  if (!def.label || def.label->signal < 0) return std::nullopt;
  const SignalDef& s = scene().devices.signals[at(def.label->signal)];
  if (!s.is_word) {
    const int64_t n = signal_number(def.label->signal).value_or(0);
    return Text{format_quantity(n, s.unit, Lang::kZh), format_quantity(n, s.unit, Lang::kEn)};
  }
  const std::string word(signal_word(def.label->signal));
  if (s.kind == SignalDef::Kind::kMachine) {
    const Machine& m = scene().devices.machines[at(s.of)].machine;
    const std::string& key = state_of(m, devices_.state().machines[at(s.of)]).text;
    if (!key.empty()) return pack_->text(key);
  }
  if (s.kind == SignalDef::Kind::kState) {
    const Text& t = pack_->text(scene().objects[at(s.of)].name + "." + word);
    if (!t.en.empty()) return t;
  }
  return Text{word, word};
}

std::optional<Quantity> World::shown_by(int object) const {
  const ObjectDef& def = scene().objects[at(object)];
  if (def.instrument) return Quantity{state(object).reading, def.instrument->unit};
  const auto last = def.meter ? devices_.state().meters[at(object)].last : std::nullopt;
  if (!last || last->shown != Shown::kValue) return std::nullopt;
  const Unit unit = unit_of(last->function);
  return Quantity{div_round(last->value, unit == Unit::kResistance ? 1 : 1000), unit};
}

void World::device_options(int object, std::vector<Option>& out) const {
  const ObjectDef& def = scene().objects[at(object)];
  const ObjectDef* held = held_ < 0 ? nullptr : &scene().objects[at(held_)];
  const auto add = [&](Verb v, Text label, std::string where = {}, std::string value = {}) { out.push_back({{v, def.id, std::move(where), std::move(value), 0, false, false, {}}, false, std::move(label)}); };
  if (def.need && !devices_.holds_now(around(), *def.need->when)) return;
  if (def.button) add(Verb::kPress, both("按下", "Press"));
  if (def.connector) state(object).state == "plugged" ? add(Verb::kUnplug, both("拔下", "Unplug")) : add(Verb::kPlug, both("插上", "Plug in"));
  if (def.dial) {
    const int64_t now = state(object).value, up = now + def.dial->step, down = now - def.dial->step;
    const auto set = [&](Text label, int64_t to) { out.push_back({{Verb::kSet, def.id, "", "", to, false, false, {}}, false, std::move(label)}); };
    if (up <= def.dial->max) set(both("调高", "Turn up"), up);
    if (down >= def.dial->min) set(both("调低", "Turn down"), down);
  }
  if (def.probe && held && held->meter) {
    size_t offered_points = 0;
    for (size_t i = 0; i < states_.size() && offered_points < kMaxProbeOptions; ++i) {
      const ObjectDef& other = scene().objects[i];
      if (static_cast<int>(i) == object || !other.probe || other.probe->network != def.probe->network) continue;
      ++offered_points;
      add(Verb::kProbe, named("红表笔接这里，黑表笔接{name}", "Red lead here, black on the {name}", pack_->text(other.name)), other.id);
    }
  }
  if (def.person && def.person->dialogue >= 0) {
    const Dialogue& talk = scene().devices.dialogues[at(def.person->dialogue)].dialogue;
    const DialogueState& now = devices_.state().dialogues[at(def.person->dialogue)];
    for (const int i : offered(talk, now)) {
      const Choice& c = talk.nodes[at(now.node)].choices[at(i)];
      add(Verb::kSay, pack_->text(c.line), {}, c.id);
    }
  }
  if (def.person && held) {
    for (const int hand : def.person->hands) {
      if (occupant(hand) >= 0 || !accepts(hand, held_)) continue;
      out.push_back(put_option(hand));
      break;
    }
  }
  if (def.lever && held && held->padlock) {
    for (const int hasp : def.lever->hasps) {
      if (occupant(hasp) >= 0 || !accepts(hasp, held_)) continue;
      out.push_back(put_option(hasp));
      break;
    }
  }
}

}  // namespace shixun
