#include "engine/ui/describe.h"

#include <algorithm>

#include "engine/ui/strings.h"

namespace shixun {
namespace {

Str phrase(const Event& e) {
  switch (e.verb) {
    case Verb::kTake: return Str::kEvTake;
    case Verb::kPut: return Str::kEvPut;
    case Verb::kPlace: return Str::kEvPlace;
    case Verb::kWear: return e.number("on", 1) != 0 ? Str::kEvWear : Str::kEvTakeOff;
    case Verb::kTurn: return e.number("angle_cd") >= 0 ? Str::kEvTighten : Str::kEvLoosen;
    case Verb::kSet: return Str::kEvSet;
    case Verb::kRaise: return Str::kEvRaise;
    case Verb::kLower: return Str::kEvLower;
    case Verb::kApply: return Str::kEvApply;
    case Verb::kMeasure: return Str::kEvMeasure;
    case Verb::kRead: return Str::kEvRead;
    case Verb::kRecord: return Str::kEvRecord;
    case Verb::kSay: return Str::kEvSay;
    case Verb::kEnter: return Str::kEvEnter;
    case Verb::kLeave: return Str::kEvLeave;
    case Verb::kHint: return Str::kEvHint;
    case Verb::kPause: return Str::kEvPause;
    case Verb::kResume: return Str::kEvResume;
    case Verb::kFinish: return e.text("reason") == "critical" ? Str::kStopped : Str::kEvFinish;
    case Verb::kDrop: return Str::kEvDrop;
    case Verb::kRoll: return Str::kEvRoll;
    case Verb::kTouch: return Str::kEvTouch;
    case Verb::kRewind: return Str::kEvRewind;
    case Verb::kState: return Str::kEvState;
  }
  return Str::kEvState;
}

// The figure that matters to a reader, if the event has one.
std::string figure(const Event& e, Lang lang) {
  for (const char* key : {"torque_dnm", "setting_dnm", "pressure_pa", "length_um", "height_um"}) {
    if (const Arg* a = e.find(key); a && !a->is_text) return format_quantity(a->number, unit_of_key(key), lang);
    if (e.verb == Verb::kTurn) break;  // a turn's torque is its figure, or nothing
  }
  if (const Arg* a = e.find("number"); a && !a->is_text) return std::to_string(a->number);
  return {};
}

}  // namespace

std::string describe(const Event& e, const Pack& pack, const Exercise& exercise, Lang lang) {
  std::string object = e.o;
  std::string note = figure(e, lang);
  if (const int o = pack.scene.find_object(e.o); o >= 0) {
    const ObjectDef& def = pack.scene.objects[static_cast<size_t>(o)];
    object = pack.text(def.name).in(lang);
    if (const std::string_view state = e.text("state"); !state.empty() && def.lever) note = pack.text(def.name + "." + std::string(state)).in(lang);
  } else if (e.verb == Verb::kRecord) {
    for (const Field& f : exercise.sheet)
      if (f.id == e.o) {
        object = pack.text(f.name).in(lang);
        if (const std::string_view word = e.text("value"); !word.empty()) note = pack.text(f.name + "." + std::string(word)).in(lang);
      }
  } else if (e.verb == Verb::kSay) {
    for (const Line& l : exercise.lines)
      if (l.id == e.o) object = pack.text(l.text).in(lang);
  }
  std::string line = fill(tr(phrase(e), lang), {"o", object});
  if (const int tool = pack.scene.find_object(e.tool); tool >= 0)
    line += (lang == Lang::kZh ? "（" : " ") + fill(tr(Str::kEvWith, lang), {"tool", pack.text(pack.scene.objects[static_cast<size_t>(tool)].name).in(lang)}) +
            (lang == Lang::kZh ? "）" : "");
  if (e.verb == Verb::kPut && e.text("at") == "floor") note = tr(Str::kEvFloor, lang);
  if (!note.empty()) line += (lang == Lang::kZh ? "：" : ", ") + note;
  return format_clock(e.t_ms) + "  " + line;
}

}  // namespace shixun
