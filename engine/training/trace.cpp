#include "engine/training/trace.h"

#include <fmt/format.h>

namespace shixun {

namespace {

Error at_line(const std::string& file, int line, std::string what, std::string hint = {}) {
  return {Code::kFailed, fmt::format("{}:{}:1", file, line), std::move(what), std::move(hint)};
}

// The unit an action's amount is in.
Unit unit_of(const World& world, const Action& a) {
  const int o = world.scene().find_object(a.o);
  switch (a.verb) {
    case Verb::kTurn: return Unit::kAngle;
    case Verb::kRaise:
    case Verb::kLower: return o >= 0 && world.scene().objects[static_cast<size_t>(o)].vessel ? Unit::kPressure : Unit::kLength;
    case Verb::kSet: return o >= 0 && world.scene().objects[static_cast<size_t>(o)].dial ? world.scene().objects[static_cast<size_t>(o)].dial->unit : Unit::kTorque;
    case Verb::kProbe: return Unit::kTime;
    case Verb::kRecord:
      for (const Field& f : world.exercise().sheet) {
        if (f.id == a.o) return f.unit;
      }
      return Unit::kCount;
    default: return Unit::kCount;
  }
}

// "98 N·m" or "$truth.name" in the unit the action works in.
Result<int64_t> amount_of(const World& world, const std::string& s, Unit unit) {
  const auto wrong_unit = [&] { return Error{Code::kFailed, "", fmt::format("'{}' is not in the unit this action works in", s), unit == Unit::kCount ? "It takes a plain number" : fmt::format("It takes {}", unit_name(unit, Lang::kEn))}; };
  if (s.starts_with("$truth.")) {
    const auto& truths = world.scene().truths;
    for (size_t i = 0; i < truths.size(); ++i) {
      if (truths[i].name != s.substr(7) || truths[i].is_word) continue;
      if (truths[i].unit != unit) return wrong_unit();
      return world.truths().numbers[i];
    }
    return Error{Code::kFailed, "", "no truth '" + s.substr(7) + "' with a number in the scene", ""};
  }
  if (s == "$shown") {
    const auto shown = world.held() < 0 ? std::nullopt : world.shown_by(world.held());
    if (!shown) return Error{Code::kFailed, "", "no instrument in the hand shows a number", "Measure first, and write while the instrument is held"};
    if (shown->unit != unit) return wrong_unit();
    return shown->value;
  }
  auto q = parse_quantity(s);
  if (!q) return q.error();
  if (q->unit != unit) return wrong_unit();
  return q->value;
}

}  // namespace

Result<Trace> read_trace(const fs::path& file) {
  auto text = read_file(file, 16u << 20);
  if (!text) return text.error();
  Trace trace;
  trace.file = file.string();
  int line = 0;
  bool have_header = false;
  for (size_t begin = 0; begin < text->size();) {
    const size_t end = std::min(text->find('\n', begin), text->size());
    const std::string_view row = std::string_view(*text).substr(begin, end - begin);
    begin = end + 1;
    ++line;
    if (row.empty()) continue;
    if (row.size() > 4096) return at_line(trace.file, line, "the line is longer than 4096 bytes");
    if (!is_clean_utf8(row)) return at_line(trace.file, line, "is not clean UTF-8 text (control characters or a broken character)");
    const nlohmann::json j = nlohmann::json::parse(row, nullptr, false);
    if (!j.is_object()) return at_line(trace.file, line, "is not a JSON object", "One object per line; see engine/training/trace.h");
    const auto text_of = [&](const char* key) -> std::string {
      const auto it = j.find(key);
      return it != j.end() && it->is_string() ? it->get<std::string>() : std::string();
    };
    if (!have_header) {
      have_header = true;
      for (const auto& [key, v] : j.items()) {
        const bool known = key == "trace" || key == "seed" ? v.is_number_unsigned() : (key == "exercise" || key == "mode" || key == "trainee") && v.is_string();
        if (!known) return at_line(trace.file, line, "the first line has an unknown or wrong '" + key + "'", "Known: trace (1), exercise, seed (a number), mode, trainee");
      }
      if (!j.contains("trace") || j["trace"] != 1) return at_line(trace.file, line, "the first line must be {\"trace\":1,\"exercise\":...}");
      trace.exercise = text_of("exercise");
      if (j.contains("trainee")) trace.trainee = text_of("trainee");
      if (j.contains("seed")) trace.seed = j["seed"].get<uint64_t>();
      if (j.contains("mode")) {
        auto mode = mode_from_name(text_of("mode"));
        if (!mode) return at_line(trace.file, line, mode.error().what, mode.error().hint);
        trace.mode = *mode;
      }
      continue;
    }
    TraceAction a;
    a.line = line;
    for (const auto& [key, v] : j.items()) {
      if (key == "t") {
        if (!v.is_number_unsigned() || v.get<uint64_t>() > INT32_MAX) return at_line(trace.file, line, "t must be milliseconds since the start");
        a.t_ms = v.get<int64_t>();
      } else if (!v.is_string()) {
        return at_line(trace.file, line, "'" + key + "' must be text");
      } else if (key == "do") {
        auto verb = verb_from_name(v.get_ref<const std::string&>());
        if (!verb) return at_line(trace.file, line, verb.error().what, verb.error().hint);
        a.action.verb = *verb;
      } else if (key == "o") {
        a.action.o = v;
      } else if (key == "at") {
        a.action.at = v;
      } else if (key == "value") {
        a.action.value = v;
      } else if (key == "amount") {
        a.amount = v;
      } else if (key == "to") {
        a.to = v;
      } else if (key == "until" && v == "click") {
        a.action.stop_at_click = true;
      } else {
        return at_line(trace.file, line, "unknown key '" + key + "'", "Known: t, do, o, at, value, amount, to, until (click)");
      }
    }
    if (!j.contains("t") || !j.contains("do")) return at_line(trace.file, line, "an action needs 't' and 'do'");
    if (!trace.actions.empty() && a.t_ms < trace.actions.back().t_ms) return at_line(trace.file, line, "times must not go backwards");
    trace.actions.push_back(std::move(a));
  }
  if (!have_header) return at_line(trace.file, 1, "is empty");
  return trace;
}

Result<Trace> expert_trace(const Exercise& exercise) {
  for (const PackTest& t : exercise.tests) {
    if (t.trace.starts_with("expert")) return read_trace(exercise.dir / "traces" / (t.trace + ".jsonl"));
  }
  return Error{Code::kFailed, (exercise.dir / "rubric.yaml").string(), "has no expert: no test plays a trace called expert", "Record an attempt without a fault as traces/expert.jsonl"};
}

Result<std::optional<Action>> action_of(const World& world, const Trace& trace, const TraceAction& recorded) {
  Action a = recorded.action;
  const auto fail = [&](const Error& e) { return at_line(trace.file, recorded.line, e.what, e.hint); };
  if (!recorded.amount.empty()) {
    auto amount = amount_of(world, recorded.amount, unit_of(world, a));
    if (!amount) return fail(amount.error());
    a.amount = *amount;
  }
  if (a.value.starts_with("$truth.")) {
    const auto& truths = world.scene().truths;
    for (size_t i = 0; i < truths.size(); ++i) {
      if (truths[i].name == a.value.substr(7) && truths[i].is_word) {
        a.value = world.truths().words[i];
        break;
      }
    }
  }
  if (!recorded.to.empty()) {
    const int o = world.scene().find_object(a.o);
    if (o < 0) return fail(Error{Code::kFailed, "", "no object '" + a.o + "'", ""});
    const bool vessel = world.scene().objects[static_cast<size_t>(o)].vessel.has_value();
    auto to = amount_of(world, recorded.to, vessel ? Unit::kPressure : Unit::kLength);
    if (!to) return fail(to.error());
    const int64_t change = *to - (vessel ? world.state(o).pressure_pa : world.state(o).height_um);
    a.verb = change >= 0 ? Verb::kRaise : Verb::kLower;
    a.amount = change >= 0 ? change : -change;
    if (change == 0) return std::optional<Action>{};
  }
  return std::optional<Action>(std::move(a));
}

Result<std::vector<Event>> play(Session& session, const Trace& trace, const TraceAction& recorded) {
  session.advance_to(recorded.t_ms);
  auto a = action_of(session.world(), trace, recorded);
  if (!a) return a.error();
  if (!*a) return std::vector<Event>{};
  auto events = session.act(**a);
  if (!events) {
    if (events.error().code == Code::kEnvironment) return events.error();
    return at_line(trace.file, recorded.line, std::string(verb_name((*a)->verb)) + " " + (*a)->o + " is not possible now: " + events.error().what);
  }
  return events;
}

Status play(Session& session, const Trace& trace) {
  for (const TraceAction& a : trace.actions) {
    if (session.over()) break;
    if (auto events = play(session, trace, a); !events) return events.error();
  }
  return ok();
}

}  // namespace shixun
