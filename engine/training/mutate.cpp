#include "engine/training/mutate.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <thread>

#include "engine/training/yaml.h"

namespace shixun {

namespace {

constexpr unsigned kMaxThreads = 8;
constexpr size_t kMaxPlaces = 8;          // wrong places tried for one action
constexpr int64_t kNearlyThere_cd = 100;  // one degree short of the click
constexpr size_t kMaxMutants = 20'000;    // a trace of a hundred actions has about a thousand

std::string words_of(const TraceAction& t) {
  const Action& a = t.action;
  std::string s = verb_name(a.verb);
  for (const std::string& part : {a.o, a.at.empty() ? std::string() : "at " + a.at, a.value, t.amount, t.to.empty() ? std::string() : "to " + t.to}) {
    if (!part.empty()) s += " " + part;
  }
  if (a.stop_at_click) s += " until click";
  return s;
}

// What is different: actions left out (nullopt) or done otherwise, from `first` on.
struct Plan {
  Mutant::Kind kind;
  size_t first;
  std::string change;
  std::map<size_t, std::optional<TraceAction>> instead;
};

// A window that something asks of an event's number.
struct Asked {
  std::string key;
  std::optional<int64_t> lo, hi;
  bool holds(int64_t v) const { return (!lo || v >= *lo) && (!hi || v <= *hi); }
};

struct Outcome {
  std::vector<int64_t> awarded;
  std::vector<std::string> codes;
  bool pass = false, finished = false;
  bool operator==(const Outcome&) const = default;
};

class Mutator {
 public:
  Mutator(std::shared_ptr<const Pack> pack, const Exercise& exercise, const Trace& trace) : pack_(std::move(pack)), exercise_(exercise), trace_(trace) {}

  Result<Mutation> run() {
    if (auto played = play_through(); !played) return played.error();
    drops();
    swaps();
    for (size_t i = 0; i < trace_.actions.size(); ++i) {
      wrong_tools(i);
      wrong_places(i);
      wrong_things(i);
      wrong_words(i);
      wrong_amounts(i);
    }
    if (plans_.size() > kMaxMutants) return Error{Code::kFailed, trace_.file, fmt::format("has {} possible slips; at most {} are tried", plans_.size(), kMaxMutants), "Shorten the trace"};
    Mutation out{exercise_.id, fs::path(trace_.file).stem().string(), {}, {}};
    // Each slip is played by itself: several at a time, kept in their order.
    out.mutants.resize(plans_.size());
    std::vector<std::set<std::string>> lost(std::clamp(std::thread::hardware_concurrency(), 1u, kMaxThreads));
    std::atomic<size_t> next{0};
    const auto work = [&](std::set<std::string>& by_these) {
      for (size_t i; (i = next++) < plans_.size();) out.mutants[i] = play(plans_[i], by_these);
    };
    {
      std::vector<std::jthread> others;
      for (size_t t = 1; t < lost.size(); ++t) others.emplace_back(work, std::ref(lost[t]));
      work(lost.front());
    }
    for (const auto& by_these : lost) out.lost.insert(by_these.begin(), by_these.end());
    return out;
  }

 private:
  const std::vector<ObjectDef>& objects() const { return pack_->scene.objects; }
  const ObjectDef* object(const std::string& id) const {
    const int o = pack_->scene.find_object(id);
    return o < 0 ? nullptr : &objects()[static_cast<size_t>(o)];
  }

  // The expert's attempt once, keeping the world as it was before each action: mutants begin there.
  Status play_through() {
    World world(pack_, exercise_, trace_.seed);
    for (const TraceAction& t : trace_.actions) {
      before_.push_back(world);
      begins_.push_back(events_.size());
      if (world.finished()) break;
      auto a = action_of(world, trace_, t);
      if (!a) return a.error();
      if (!*a) continue;
      auto events = world.act(**a, t.t_ms);
      if (!events) return Error{Code::kFailed, fmt::format("{}:{}:1", trace_.file, t.line), events.error().what, ""};
      events_.insert(events_.end(), events->begin(), events->end());
    }
    begins_.push_back(events_.size());
    meant_ = outcome(events_, nullptr);
    return ok();
  }

  Outcome outcome(const std::vector<Event>& events, std::set<std::string>* lost) const {
    const Marksheet sheet = grade(*pack_, exercise_, trace_.mode, trace_.seed, events);
    Outcome o;
    for (size_t i = 0; i < sheet.marks.size(); ++i) {
      const Mark& m = sheet.marks[i];
      o.awarded.push_back(m.awarded_mp);
      if (lost && (m.awarded_mp < meant_.awarded[i] || !m.code.empty())) lost->insert(m.id);
    }
    o.codes = sheet.codes;
    o.pass = sheet.pass;
    o.finished = sheet.finished;
    return o;
  }

  Mutant play(const Plan& plan, std::set<std::string>& lost) const {
    Mutant m{plan.kind, trace_.actions[plan.first].line, plan.change, false, false, {}};
    World world = before_[plan.first];
    std::vector<Event> events(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(begins_[plan.first]));
    for (size_t i = plan.first; i < trace_.actions.size() && !world.finished(); ++i) {
      const auto other = plan.instead.find(i);
      if (other != plan.instead.end() && !other->second) continue;
      const TraceAction& t = other != plan.instead.end() ? *other->second : trace_.actions[i];
      // Whoever is refused goes on with the next thing, as a trainee would.
      const auto a = action_of(world, trace_, t);
      if (!a) m.refused = true;
      if (!a || !*a) continue;
      auto happened = world.act(**a, trace_.actions[i].t_ms);
      if (!happened) m.refused = true;
      else events.insert(events.end(), std::make_move_iterator(happened->begin()), std::make_move_iterator(happened->end()));
    }
    m.marked = outcome(events, &lost) != meant_;
    return m;
  }

  void drops() {
    for (size_t i = 0; i < trace_.actions.size(); ++i) plans_.push_back({Mutant::Kind::kDrop, i, "drop " + words_of(trace_.actions[i]), {{i, std::nullopt}}});
  }

  void swaps() {
    for (size_t i = 0; i + 1 < trace_.actions.size(); ++i) {
      const TraceAction &a = trace_.actions[i], &b = trace_.actions[i + 1];
      plans_.push_back({Mutant::Kind::kSwap, i, "swap " + words_of(a) + " / " + words_of(b), {{i, b}, {i + 1, a}}});
    }
  }

  void perturb(size_t i, const std::string& how, TraceAction other) { perturb(i, how, std::map<size_t, std::optional<TraceAction>>{{i, std::move(other)}}); }
  void perturb(size_t i, const std::string& how, std::map<size_t, std::optional<TraceAction>> instead) {
    plans_.push_back({Mutant::Kind::kPerturb, i, "perturb " + words_of(trace_.actions[i]) + ": " + how, std::move(instead)});
  }

  // Another tool of the same kind from taking it to putting it away; or bare hands.
  void wrong_tools(size_t i) {
    if (trace_.actions[i].action.verb != Verb::kTake) return;
    const std::string& id = trace_.actions[i].action.o;
    const ObjectDef* tool = object(id);
    if (!tool || !(tool->wrench || tool->instrument || tool->apply || tool->meter)) return;
    size_t end = i + 1;
    const auto lets_go = [&](const Action& a) { return a.o == id && (a.verb == Verb::kPut || a.verb == Verb::kPlace || a.verb == Verb::kWear); };
    while (end < trace_.actions.size() && !lets_go(trace_.actions[end].action)) ++end;
    const auto home = [&](const ObjectDef& o) { return o.item && o.item->home >= 0 ? pack_->scene.sockets[static_cast<size_t>(o.item->home)].id : std::string("floor"); };
    for (const ObjectDef& other : objects()) {
      const bool alike = other.id != id && other.item && ((tool->wrench && other.wrench && tool->wrench->size == other.wrench->size) || (tool->instrument && other.instrument) || (tool->apply && other.apply) || (tool->meter && other.meter));
      if (!alike) continue;
      std::map<size_t, std::optional<TraceAction>> instead;
      for (size_t j = i; j < std::min(end + 1, trace_.actions.size()); ++j) {
        TraceAction t = trace_.actions[j];
        if (t.action.o != id) continue;
        t.action.o = other.id;
        if (t.action.at == home(*tool)) t.action.at = home(other);
        instead[j] = std::move(t);
      }
      perturb(i, other.id, std::move(instead));
    }
    std::map<size_t, std::optional<TraceAction>> by_hand{{i, std::nullopt}};
    if (end < trace_.actions.size()) by_hand[end] = std::nullopt;
    perturb(i, "hand", std::move(by_hand));
  }

  void wrong_places(size_t i) {
    const TraceAction& t = trace_.actions[i];
    if (t.action.verb != Verb::kPut && t.action.verb != Verb::kPlace) return;
    const World& world = before_[i];
    const int held = world.held();
    if (held < 0) return;
    size_t tried = 0;
    for (const int s : world.open_sockets()) {
      const std::string& at = pack_->scene.sockets[static_cast<size_t>(s)].id;
      if (at == t.action.at || tried == kMaxPlaces) continue;
      ++tried;
      put_at(i, at, pack_->scene.sockets[static_cast<size_t>(s)].role == SocketDef::Role::kStore ? Verb::kPut : Verb::kPlace);
    }
    if (t.action.at != "floor") put_at(i, "floor", Verb::kPut);
  }
  void put_at(size_t i, const std::string& at, Verb verb) {
    TraceAction other = trace_.actions[i];
    other.action.at = at;
    other.action.verb = verb;
    perturb(i, "at " + at, std::move(other));
  }

  // The same done to a thing like it: the next nut, the tread of the other tyre, the zone beside.
  void wrong_things(size_t i) {
    const TraceAction& t = trace_.actions[i];
    const Verb v = t.action.verb;
    const ObjectDef* meant = object(t.action.o);
    if (!meant || v == Verb::kTake || v == Verb::kPut || v == Verb::kPlace || v == Verb::kWear) return;
    const auto part = [](const std::string& id) { return id.substr(std::min(id.size(), id.find('.'))); };
    size_t tried = 0;
    for (const ObjectDef& other : objects()) {
      if (other.id == meant->id || tried == kMaxPlaces) continue;
      const bool alike = v == Verb::kTurn ? other.fastener && meant->fastener && other.fastener->size == meant->fastener->size
                                          : (!part(meant->id).empty() && part(other.id) == part(meant->id)) || (v == Verb::kMeasure && other.part_of == meant->part_of && other.point && meant->point) ||
                                                (v == Verb::kRead && other.label) ||
                                                (v == Verb::kProbe && other.id != t.action.at && other.probe && meant->probe && other.probe->network == meant->probe->network) || (v == Verb::kPress && other.button) ||
                                                ((v == Verb::kPlug || v == Verb::kUnplug) && other.connector);
      if (!alike) continue;
      ++tried;
      TraceAction wrong = t;
      wrong.action.o = other.id;
      perturb(i, other.id, std::move(wrong));
      if (v == Verb::kTurn) break;
    }
  }

  void wrong_words(size_t i) {
    const TraceAction& t = trace_.actions[i];
    const auto instead = [&](const std::string& was, const std::string& word, std::string Action::*where) {
      if (word == was) return;
      TraceAction other = t;
      other.action.*where = word;
      perturb(i, word, std::move(other));
    };
    const ObjectDef* o = object(t.action.o);
    if (t.action.verb == Verb::kSet && o && o->lever) {
      const auto meant = action_of(before_[i], trace_, t);  // "$truth.NAME" may be any of them
      for (const std::string& s : o->lever->states) instead(meant && *meant ? (*meant)->value : t.action.value, s, &Action::value);
    }
    if (t.action.verb == Verb::kSet && o && o->meter) {
      for (const auto& p : o->meter->positions) instead(t.action.value, p.name, &Action::value);
    }
    if (t.action.verb == Verb::kSay && o && o->person) {
      for (const Option& option : before_[i].options(pack_->scene.find_object(o->id))) {
        if (option.action.verb == Verb::kSay) instead(t.action.value, option.action.value, &Action::value);
      }
    } else if (t.action.verb == Verb::kSay) {
      for (const Line& l : exercise_.lines) instead(t.action.o, l.id, &Action::o);
    }
    if (t.action.verb == Verb::kRecord) {
      auto a = action_of(before_[i], trace_, t);
      for (const Field& f : exercise_.sheet) {
        if (f.id != t.action.o || !a || !*a) continue;
        for (const std::string& c : f.choices) instead((*a)->value, c, &Action::value);
      }
    }
  }

  // Whether the event is of the moment's kind and inside its windows: what a slip could take it out of.
  bool fits(const Moment& m, const Event& e) const {
    const auto named = [](const auto& list, const auto& x) { return list.empty() || std::find(list.begin(), list.end(), x) != list.end(); };
    const Truths& truths = before_.front().truths();
    return named(m.verbs, e.verb) && named(m.on, e.o) && named(m.at, e.text("at")) && named(m.tools, e.tool) && std::all_of(m.where.begin(), m.where.end(), [&](const Where& w) {
      return w.is_text || (e.find(w.key) && (!w.lo || e.number(w.key) >= truths.get(*w.lo)) && (!w.hi || e.number(w.key) <= truths.get(*w.hi)));
    });
  }

  // What the rubric and its moments ask of a number that this event carries (or, for a wrench's setting, of any torque).
  std::vector<Asked> asked(const Event& e) const {
    std::vector<Asked> out;
    const Truths& truths = before_.front().truths();
    const auto limit = [&](const std::optional<Value>& v) { return v ? std::optional<int64_t>(truths.get(*v)) : std::nullopt; };
    const bool setting = e.verb == Verb::kSet;
    const auto has = [](const std::vector<std::string>& list, std::string_view s) { return !s.empty() && std::find(list.begin(), list.end(), s) != list.end(); };
    const auto add = [&](const Moment& m, const std::string& key, const std::optional<Value>& lo, const std::optional<Value>& hi) {
      const bool about = has(m.on, e.o) || has(m.on, e.text("at")) || has(m.at, e.text("at"));
      if (setting && unit_of_key(key) == Unit::kTorque) out.push_back({"setting_dnm", limit(lo), limit(hi)});
      else if (about && e.find(key)) out.push_back({key, limit(lo), limit(hi)});
    };
    for (const Moment& m : exercise_.moments) {
      for (const Where& w : m.where) {
        if (!w.is_text && (setting || fits(m, e))) add(m, w.key, w.lo, w.hi);
      }
    }
    for (const Aspect& a : exercise_.aspects) {
      if (a.kind == RuleKind::kNumeric) add(exercise_.moments[static_cast<size_t>(a.moment)], a.key, a.lo, a.hi);
      if (e.verb == Verb::kRecord && a.field == e.o && a.truth) {
        for (const Arg& arg : e.args) out.push_back({arg.key, truths.get(*a.truth) - a.tol, truths.get(*a.truth) + a.tol});
      }
    }
    std::erase_if(out, [&](const Asked& b) { return (!b.lo && !b.hi) || !e.find(b.key) || !b.holds(e.number(b.key)); });
    return out;
  }

  // The step in which a person could change the amount.
  int64_t step_of(const Action& a) const {
    const ObjectDef* o = object(a.o);
    if (o && o->lift) return o->lift->step_um;
    if (o && o->vessel) return o->vessel->step_pa;
    if (o && o->dial) return o->dial->step;
    if (o && o->wrench && a.verb == Verb::kSet) return o->wrench->step_dnm;
    if (a.verb == Verb::kRecord) {
      for (const Field& f : exercise_.sheet) {
        if (f.id == a.o) return f.unit == Unit::kLength ? 100 : f.unit == Unit::kPressure ? 1000 : 1;
      }
    }
    return 1;
  }

  // The event this action causes when tried on a copy of the world, the one with the number.
  std::optional<Event> tried(size_t i, const Action& a) const {
    World world = before_[i];
    auto events = world.act(a, trace_.actions[i].t_ms);
    if (!events || events->empty()) return std::nullopt;
    for (const Event& e : *events) {
      if (e.verb == a.verb && e.o == a.o) return e;
    }
    return std::nullopt;
  }

  void wrong_amounts(size_t i) {
    const TraceAction& t = trace_.actions[i];
    const Verb v = t.action.verb;
    if ((v != Verb::kTurn && v != Verb::kSet && v != Verb::kRaise && v != Verb::kLower && v != Verb::kRecord) || (t.amount.empty() && t.to.empty())) return;
    const auto resolved = action_of(before_[i], trace_, t);
    if (!resolved || !*resolved) return;
    const Action a = **resolved;
    const auto event = tried(i, a);
    if (!event) return;
    const auto with = [&](const Action& other) {
      TraceAction x = t;
      x.action = other;
      x.amount.clear();
      x.to.clear();
      return x;
    };
    if (a.stop_at_click) {
      Action far = a;
      far.stop_at_click = false;
      perturb(i, "past the click", with(far));
      Action near = a;
      near.amount = std::max<int64_t>(1, event->number("angle_cd") - kNearlyThere_cd);
      if (event->number("angle_cd") > kNearlyThere_cd) perturb(i, "one degree short of the click", with(near));
      return;
    }
    const int64_t step = step_of(a);
    for (const int64_t direction : {int64_t{1}, int64_t{-1}}) {
      int64_t least = INT64_MAX;
      for (const Asked& window : asked(*event)) {
        const auto leaves = [&](int64_t steps) {
          Action other = a;
          other.amount += direction * steps * step;
          const auto e = tried(i, other);
          return e && e->find(window.key) && !window.holds(e->number(window.key));
        };
        // Doubled until it leaves the window, then halved to the least that does.
        int64_t out = 1;
        while (out < (int64_t{1} << 24) && out < least && !leaves(out)) out *= 2;
        if (!leaves(out)) continue;
        int64_t in = out / 2;
        while (out - in > 1) {
          const int64_t mid = in + (out - in) / 2;
          (leaves(mid) ? out : in) = mid;
        }
        least = std::min(least, out);
      }
      if (least == INT64_MAX) continue;
      Action other = a;
      other.amount += direction * least * step;
      const ObjectDef* set_object = object(a.o);
      const Unit unit = v == Verb::kTurn ? Unit::kAngle : set_object && set_object->dial ? set_object->dial->unit : v == Verb::kSet ? Unit::kTorque : unit_of_amount(a);
      // Angles are shown in degrees here: a hundredth of a turn is more than the least slip.
      const int64_t off = direction * least * step;
      const std::string by = unit == Unit::kAngle ? fmt::format("{:.2f} deg", static_cast<double>(off) / 100.0) : format_quantity(off, unit, Lang::kEn);
      perturb(i, fmt::format("{}{}", off > 0 ? "+" : "", by), with(other));
    }
  }
  Unit unit_of_amount(const Action& a) const {
    const ObjectDef* o = object(a.o);
    if (o) return o->vessel ? Unit::kPressure : Unit::kLength;
    for (const Field& f : exercise_.sheet) {
      if (f.id == a.o) return f.unit;
    }
    return Unit::kCount;
  }

  std::shared_ptr<const Pack> pack_;
  const Exercise& exercise_;
  const Trace& trace_;
  std::vector<World> before_;
  std::vector<size_t> begins_;
  std::vector<Event> events_;
  Outcome meant_;
  std::vector<Plan> plans_;
};

}  // namespace

Result<Mutation> mutate(const std::shared_ptr<const Pack>& pack, const Exercise& exercise, const Trace& trace) { return Mutator(pack, exercise, trace).run(); }

std::vector<Unnoticed> read_unnoticed(const Exercise& exercise, std::vector<Error>& errors) {
  std::vector<Unnoticed> out;
  const fs::path file = exercise.dir / "unnoticed.yaml";
  std::error_code ec;
  if (!fs::exists(file, ec)) return out;
  auto yaml = read_yaml(file);
  if (!yaml) {
    errors.push_back(yaml.error());
    return out;
  }
  const auto fail = [&](const Yaml& at, std::string what) {
    errors.push_back({Code::kFailed, fmt::format("{}:{}:{}", file.string(), at.line, at.column), std::move(what), "Write: unnoticed: [{change: \"drop ...\", why: \"...\"}]"});
  };
  const Yaml* list = yaml->find("unnoticed");
  if (yaml->kind != Yaml::Kind::kMap || yaml->map.size() != 1 || !list || list->kind != Yaml::Kind::kList) {
    fail(*yaml, "unnoticed.yaml holds one list called 'unnoticed'");
    return out;
  }
  for (const Yaml& item : list->list) {
    const Yaml *change = item.find("change"), *why = item.find("why");
    const auto has_words = [](const Yaml* v) { return v && v->kind == Yaml::Kind::kScalar && !v->scalar.empty(); };
    if (item.kind != Yaml::Kind::kMap || item.map.size() != 2 || !has_words(change) || !has_words(why)) fail(item, "an explanation is a map of 'change' and 'why', both words");
    else out.push_back({change->scalar, why->scalar, change->line, change->column, false});
  }
  return out;
}

}  // namespace shixun
