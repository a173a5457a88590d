// sounds.yaml: what is to be heard.
//
//   sounds:
//     NAME: {file: wrench_click, on|during|click|when|while: ..., at: OBJECT, gain: "50 %", caption: KEY}
//
// It stands in a file of its own because nothing in it can change a score: the hash of what scores leaves it out.
#include "engine/training/loader.h"

namespace shixun {

namespace {
constexpr size_t kMaxSounds = 64;
}

void Loader::read_sounds() {
  std::error_code ec;
  if (!fs::exists(pack_.dir / "sounds.yaml", ec)) return;
  const Yaml* root = open("sounds.yaml");
  if (!root) return;
  Keys k(*this, *root, "sounds.yaml");
  for (const auto& [id, node] : entries(k.req("sounds"))) {
    if (pack_.sounds.size() == kMaxSounds) {
      fail_key(node, fmt::format("more than {} sounds", kMaxSounds), "Let several kinds of events share one: 'do', 'on' and 'at' take lists");
      return;
    }
    read_sound(id, node);
  }
}

void Loader::read_sound(const std::string& id, const Yaml& node) {
  using Starts = SoundDef::Starts;
  Keys k(*this, node, "the sound '" + id + "'");
  SoundDef s;
  s.id = id;
  if (const Yaml* file = k.req("file")) s.file = library_name(*file, "sounds/", "Name a shared sound (\"button_click\") or a file of this pack (\"sounds/door.flac\"); a path never leaves the pack");
  const Yaml *on = k.opt("on"), *during = k.opt("during"), *click = k.opt("click"), *when = k.opt("when"), *goes_on = k.opt("while");
  if (!!on + !!during + !!click + !!when + !!goes_on > 1) fail(node, "a sound begins in one way", "Keep one of: on, during, click, when, while; without any it goes on all the time");
  if (const Yaml* event = on ? on : during) {
    s.starts = on ? Starts::kOn : Starts::kDuring;
    Keys ke(*this, *event, on ? "on" : "during");
    s.event = event_kind(ke, during != nullptr);
    const auto is_effort = [](Verb v) { return v == Verb::kTurn || v == Verb::kRaise || v == Verb::kLower; };
    if (during && !std::all_of(s.event.verbs.begin(), s.event.verbs.end(), is_effort)) fail(*during, "only turn, raise and lower go on for a time", "Use 'on' for what is done at once");
  } else if (click) {
    s.starts = Starts::kClick;
    s.wrench = object_ref(click);
    const ObjectDef* wrench = s.wrench < 0 ? nullptr : &pack_.scene.objects[static_cast<size_t>(s.wrench)];
    if (wrench && !(wrench->wrench && wrench->wrench->clicks)) fail(*click, "'" + wrench->id + "' does not click", "Name a wrench with 'click' in scene.yaml");
  } else if (const Yaml* condition = when ? when : goes_on) {
    s.starts = when ? Starts::kWhen : Starts::kWhile;
    s.when = sure_condition(condition);
  }
  s.at = object_ref(k.opt("at"));
  if (const Yaml* gain = k.opt("gain")) {
    const int64_t bp = number(gain, Unit::kRatio);
    if (bp < 100 || bp > 10000) fail(*gain, "a gain lies between 1 % and 100 %");
    s.gain_percent = static_cast<int>(bp / 100);
  }
  if (const Yaml* caption = k.opt("caption")) s.caption = string_key(caption);
  pack_.sounds.push_back(std::move(s));
}

}  // namespace shixun
