#include "engine/training/input.h"

#include <algorithm>

#include "engine/base/json.h"
#include "engine/base/text.h"

namespace shixun {

namespace {

using nlohmann::json;

constexpr int64_t kMostTicks = kMaxEventTime_ms / 1000 * kTicksPerSecond;
constexpr int64_t kMostTimes = 1'000'000;
constexpr int64_t kMostSteps = 50'000'000;           // four days of holding something at 144 pictures a second
constexpr int64_t kLongestReplay_ms = 7 * 86'400'000;  // of work

constexpr std::pair<SessionInput::Kind, const char*> kSessionInputs[] = {{SessionInput::Kind::kRelease, "release"}, {SessionInput::Kind::kRewind, "rewind"}, {SessionInput::Kind::kResumed, "resumed"}};

bool is_within(const json& j, int64_t low, int64_t high) {
  if (!j.is_number_integer() || (j.is_number_unsigned() && j.get<uint64_t>() > static_cast<uint64_t>(high))) return false;
  return j.get<int64_t>() >= low && j.get<int64_t>() <= high;
}

Error bad(std::string what) { return {Code::kFailed, "", "not an input: " + what, ""}; }

Result<SessionInput> input_from_json(const json& j) {
  if (!j.is_object()) return bad("expected an object");
  SessionInput in;
  bool has_tick = false, has_kind = false, held = false;
  for (const auto& [key, v] : j.items()) {
    if (key == "tick") {
      if (!is_within(v, 0, kMostTicks)) return bad("tick must be a whole number of ticks");
      in.tick = v.get<int64_t>();
      has_tick = true;
    } else if (key == "do") {
      auto verb = v.is_string() ? verb_from_name(v.get_ref<const std::string&>()) : Result<Verb>(bad("do must be a verb"));
      if (!verb) return bad(verb.error().what);
      in.action.verb = *verb;
      has_kind = true;
    } else if (key == "session") {
      const json& name = v;
      const auto it = std::find_if(std::begin(kSessionInputs), std::end(kSessionInputs), [&](const auto& s) { return name == s.second; });
      if (it == std::end(kSessionInputs) || j.size() != 2) return bad("session must be release, rewind or resumed, and nothing but a tick beside it");
      in.kind = it->first;
      has_kind = true;
    } else if (key == "o" || key == "at" || key == "value") {
      if (!v.is_string() || v.get_ref<const std::string&>().size() > kLongestName || !is_clean_utf8(v.get_ref<const std::string&>())) return bad(key + " must be short text");
      (key == "o" ? in.action.o : key == "at" ? in.action.at : in.action.value) = v.get<std::string>();
    } else if (key == "amount") {
      if (!is_within(v, -kMostAmount, kMostAmount)) return bad("amount is no number, or out of range");
      in.action.amount = v.get<int64_t>();
    } else if (key == "by" && v == "help") {
      in.actor = Actor::kHelp;
    } else if (key == "click" && v == 1) {
      in.action.stop_at_click = true;
    } else if (key == "where") {
      if (!v.is_array() || v.size() != 3) return bad("where must be three numbers");
      for (size_t i = 0; i < 3; ++i) {
        if (!is_within(v[i], -kMostAmount, kMostAmount)) return bad("where must be three numbers");
        in.action.where_um[i] = v[i].get<int64_t>();
      }
    } else if (key == "hold") {
      if (!v.is_array() || v.size() > kMostMore) return bad("hold must be a list");
      held = in.action.hold = true;
      for (const json& m : v) {
        if (!m.is_array() || m.size() != 3 || !is_within(m[0], 0, kMostTicks) || !is_within(m[1], -kMostAmount, kMostAmount) || !is_within(m[2], 1, kMostTimes)) return bad("hold must be lists of ticks, amount, times");
        in.more.push_back({m[0].get<int64_t>(), m[1].get<int64_t>(), m[2].get<int64_t>()});
      }
    } else {
      return bad("unknown key '" + key.substr(0, 64) + "'");
    }
  }
  if (!has_tick || !has_kind) return bad("tick and do are needed");
  if (held && in.kind != SessionInput::Kind::kAct) return bad("only an action is held");
  return in;
}

json to_json(const SessionInput& in) {
  json j = {{"tick", in.tick}};
  for (const auto& [kind, name] : kSessionInputs) {
    if (in.kind != kind) continue;
    j["session"] = name;
    return j;
  }
  const Action& a = in.action;
  j["do"] = verb_name(a.verb);
  if (!a.o.empty()) j["o"] = a.o;
  if (!a.at.empty()) j["at"] = a.at;
  if (!a.value.empty()) j["value"] = a.value;
  if (a.amount != 0) j["amount"] = a.amount;
  if (in.actor == Actor::kHelp) j["by"] = "help";
  if (a.stop_at_click) j["click"] = 1;
  if (a.where_um != std::array<int64_t, 3>{}) j["where"] = a.where_um;
  if (a.hold) {
    json& more = j["hold"] = json::array();
    for (const SessionInput::More& m : in.more) more.push_back({m.ticks, m.amount, m.times});
  }
  return j;
}

}  // namespace

json to_json(const std::vector<SessionInput>& inputs) {
  json list = json::array();
  for (const SessionInput& in : inputs) list.push_back(to_json(in));
  return list;
}

Result<std::vector<SessionInput>> inputs_from_json(const json& j) {
  if (!j.is_array() || j.empty()) return bad("expected a list of them");
  std::vector<SessionInput> inputs;
  for (const json& one : j) {
    auto in = input_from_json(one);
    if (!in) return in.error();
    if (in->kind == SessionInput::Kind::kResumed && !inputs.empty()) return bad("'resumed' is not the first of its list");
    inputs.push_back(std::move(*in));
  }
  return inputs;
}

Replay replay_inputs(std::shared_ptr<const Pack> pack, const Exercise& exercise, SessionOptions options, const std::vector<InputsAfter>& inputs, const std::vector<Event>& events) {
  Replay replay;
  std::vector<Event> made;
  Session session(std::move(pack), exercise, options, [&made](const Event& e) {
    made.push_back(e);
    return ok();
  });
  size_t agreed = 0;  // made and recorded alike
  const auto differs = [&](size_t recorded) {  // whether, of the first `recorded` events, one is not as it was made
    while (agreed < std::min(made.size(), recorded) && made[agreed] == events[agreed]) ++agreed;
    if (agreed == recorded) return false;
    replay.first = agreed;
    replay.expected = agreed < made.size() ? canonical(to_json(made[agreed])) : "";
    replay.recorded = canonical(to_json(events[agreed]));
    return true;
  };
  int64_t steps = 0;
  const auto play = [&](int64_t ticks, const SessionInput& in, int64_t amount) {  // false: nobody works that long
    if (++steps > kMostSteps || (session.ticks() + ticks) / kTicksPerSecond > kLongestReplay_ms / 1000) return false;
    session.tick(ticks);
    switch (in.kind) {
      case SessionInput::Kind::kAct: {
        Action action = in.action;
        action.amount = amount;
        (void)session.act(action, in.actor);  // refused, it may have ended a stroke
        break;
      }
      case SessionInput::Kind::kRelease: (void)session.release(); break;
      case SessionInput::Kind::kRewind: (void)session.rewind(); break;
      case SessionInput::Kind::kResumed: break;
    }
    return true;
  };
  for (const InputsAfter& list : inputs) {
    if (differs(list.events)) return replay;
    const bool resumed = list.inputs.front().kind == SessionInput::Kind::kResumed;
    if (resumed) {
      replay.lost += made.size() - list.events;
      made.resize(list.events);
      session.restore(made);
    } else if (made.size() > list.events) {
      replay.first = list.events;
      replay.expected = canonical(to_json(made[list.events]));
      replay.recorded = list.events < events.size() ? canonical(to_json(events[list.events])) : "";
      return replay;
    }
    for (const SessionInput& in : list.inputs) {
      replay.too_long = !play(std::max<int64_t>(0, in.tick - session.ticks()), in, in.action.amount);
      for (const SessionInput::More& more : in.more)
        for (int64_t i = 0; i < more.times && !replay.too_long; ++i) replay.too_long = !play(more.ticks, in, more.amount);
      if (replay.too_long) return replay;
    }
  }
  if (differs(events.size())) return replay;
  if (made.size() > events.size()) {
    replay.first = events.size();
    replay.expected = canonical(to_json(made[events.size()]));
    return replay;
  }
  replay.same = true;
  return replay;
}

}  // namespace shixun
