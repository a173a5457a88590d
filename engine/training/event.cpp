#include "engine/training/event.h"

#include <algorithm>

#include "engine/base/units.h"

namespace shixun {

namespace {

constexpr std::array<const char*, kVerbCount> kVerbNames = {"take", "put",   "place", "wear", "turn",  "set",  "raise", "lower",  "apply", "measure", "read",   "record",
                                                            "say",  "enter", "leave", "hint", "pause", "resume", "finish", "drop", "roll",  "touch",   "rewind", "state",
                                                            "probe", "press", "plug",  "unplug", "lock", "unlock", "give"};

Error bad_event(std::string what) { return {Code::kFailed, "", "not an event: " + std::move(what), ""}; }

}  // namespace

const char* verb_name(Verb v) { return kVerbNames[static_cast<size_t>(v)]; }

Result<Verb> verb_from_name(std::string_view name) {
  for (size_t i = 0; i < kVerbNames.size(); ++i) {
    if (name == kVerbNames[i]) return static_cast<Verb>(i);
  }
  std::string known;
  for (const char* n : kVerbNames) known += known.empty() ? n : std::string(", ") + n;
  return Error{Code::kFailed, "", "unknown verb '" + std::string(name) + "'", "Use one of: " + known};
}

const Arg* Event::find(std::string_view key) const {
  for (const Arg& a : args) {
    if (a.key == key) return &a;
  }
  return nullptr;
}

int64_t Event::number(std::string_view key, int64_t otherwise) const {
  const Arg* a = find(key);
  return a && !a->is_text ? a->number : otherwise;
}

std::string_view Event::text(std::string_view key) const {
  const Arg* a = find(key);
  return a && a->is_text ? std::string_view(a->text) : std::string_view();
}

static void insert_arg(std::vector<Arg>& args, Arg arg) {
  const auto at = std::lower_bound(args.begin(), args.end(), arg.key, [](const Arg& a, const std::string& key) { return a.key < key; });
  if (at != args.end() && at->key == arg.key) *at = std::move(arg);
  else args.insert(at, std::move(arg));
}

Event& Event::with(std::string_view key, int64_t value) {
  insert_arg(args, {std::string(key), value, {}, false});
  return *this;
}

Event& Event::with(std::string_view key, std::string_view value) {
  insert_arg(args, {std::string(key), 0, std::string(value), true});
  return *this;
}

nlohmann::json to_json(const Event& e) {
  nlohmann::json j = {{"seq", e.seq}, {"t", e.t_ms}, {"v", verb_name(e.verb)}};
  if (!e.o.empty()) j["o"] = e.o;
  if (!e.tool.empty()) j["tool"] = e.tool;
  if (!e.args.empty()) {
    nlohmann::json& a = j["a"] = nlohmann::json::object();
    for (const Arg& arg : e.args) {
      if (arg.is_text) a[arg.key] = arg.text;
      else a[arg.key] = arg.number;
    }
  }
  return j;
}

Result<Event> event_from_json(const nlohmann::json& j) {
  if (!j.is_object()) return bad_event("expected an object");
  Event e;
  bool has_seq = false, has_t = false, has_v = false;
  for (const auto& [key, value] : j.items()) {
    if (key == "seq") {
      if (!value.is_number_unsigned() || value.get<uint64_t>() > UINT32_MAX) return bad_event("seq must be a whole number");
      e.seq = value.get<uint32_t>();
      has_seq = true;
    } else if (key == "t") {
      if (!value.is_number_unsigned() || value.get<uint64_t>() > kMaxEventTime_ms) return bad_event("t must be a whole number of milliseconds");
      e.t_ms = value.get<int64_t>();
      has_t = true;
    } else if (key == "v") {
      if (!value.is_string()) return bad_event("v must be a verb");
      auto verb = verb_from_name(value.get_ref<const std::string&>());
      if (!verb) return bad_event(verb.error().what);
      e.verb = *verb;
      has_v = true;
    } else if (key == "o" || key == "tool") {
      if (!value.is_string()) return bad_event(key + " must be text");
      (key == "o" ? e.o : e.tool) = value.get<std::string>();
    } else if (key == "a") {
      if (!value.is_object()) return bad_event("a must be an object");
      for (const auto& [arg, v] : value.items()) {
        if (v.is_string()) e.with(arg, std::string_view(v.get_ref<const std::string&>()));
        else if (!v.is_number_integer()) return bad_event("argument '" + arg + "' must be text or a whole number");
        else if (v.is_number_unsigned() ? v.get<uint64_t>() > static_cast<uint64_t>(max_quantity(unit_of_key(arg))) : v.get<int64_t>() < -max_quantity(unit_of_key(arg))) return bad_event("argument '" + arg + "' is out of range");
        else e.with(arg, v.get<int64_t>());
      }
    } else if (key != "prev") {
      return bad_event("unknown key '" + key + "'");
    }
  }
  if (!has_seq || !has_t || !has_v) return bad_event("seq, t and v are needed");
  return e;
}

}  // namespace shixun
