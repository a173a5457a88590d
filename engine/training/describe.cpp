#include "engine/training/describe.h"

#include <algorithm>
#include <array>

namespace shixun {

namespace {

enum Phrase {
  kTake, kPut, kPlace, kWear, kTakeOff, kTighten, kLoosen, kSet, kRaise, kLower, kApply, kMeasure, kRead, kRecord, kSay, kEnter, kLeave,
  kHint, kPause, kResume, kFinish, kStopped, kDrop, kRoll, kTouch, kRewind, kState, kFloor, kWith, kByHelp,
  kPress, kPlug, kUnplug, kLock, kUnlock, kGive, kPhraseCount
};

const std::array<Text, kPhraseCount>& phrases() {
  static const std::array<Text, kPhraseCount> table = {{
      {"拿起 {o}", "took the {o}"},
      {"放下 {o}", "put down the {o}"},
      {"装上 {o}", "fitted the {o}"},
      {"戴上 {o}", "put on the {o}"},
      {"脱下 {o}", "took off the {o}"},
      {"拧紧 {o}", "tightened the {o}"},
      {"拧松 {o}", "loosened the {o}"},
      {"设定 {o}", "set the {o}"},
      {"升高 {o}", "raised the {o}"},
      {"降低 {o}", "lowered the {o}"},
      {"处理 {o}", "treated the {o}"},
      {"测量 {o}", "measured the {o}"},
      {"查看 {o}", "read the {o}"},
      {"填写工单：{o}", "wrote into the work order: {o}"},
      {"说：{o}", "said: {o}"},
      {"进入 {o}", "entered: {o}"},
      {"离开 {o}", "left: {o}"},
      {"求提示", "asked for a hint"},
      {"暂停", "paused"},
      {"继续", "went on"},
      {"交卷", "handed in"},
      {"考核已停止。", "The assessment was stopped."},
      {"{o} 掉落", "the {o} fell"},
      {"{o} 溜动", "the {o} rolled away"},
      {"{o} 的裸露轴端着地", "the bare hub of the {o} met the ground"},
      {"退回", "was taken back"},
      {"交卷时的状态：{o}", "state when handed in: {o}"},
      {"放在地上", "on the floor"},
      {"用{tool}", "with the {tool}"},
      {"代做", "done by help"},
      {"按下 {o}", "pressed the {o}"},
      {"插上 {o}", "plugged in the {o}"},
      {"拔下 {o}", "unplugged the {o}"},
      {"挂上 {o}", "locked with the {o}"},
      {"打开 {o}", "unlocked the {o}"},
      {"递出 {o}", "handed over the {o}"},
  }};
  return table;
}

Phrase phrase_of(const Event& e) {
  switch (e.verb) {
    case Verb::kTake: return kTake;
    case Verb::kPut: return kPut;
    case Verb::kPlace: return kPlace;
    case Verb::kWear: return e.number("on", 1) != 0 ? kWear : kTakeOff;
    case Verb::kTurn: return e.number("angle_cd") >= 0 ? kTighten : kLoosen;
    case Verb::kSet: return kSet;
    case Verb::kRaise: return kRaise;
    case Verb::kLower: return kLower;
    case Verb::kApply: return kApply;
    case Verb::kMeasure: return kMeasure;
    case Verb::kRead: return kRead;
    case Verb::kRecord: return kRecord;
    case Verb::kSay: return kSay;
    case Verb::kEnter: return kEnter;
    case Verb::kLeave: return kLeave;
    case Verb::kHint: return kHint;
    case Verb::kPause: return kPause;
    case Verb::kResume: return kResume;
    case Verb::kFinish: return e.text("reason") == "critical" ? kStopped : kFinish;
    case Verb::kDrop: return kDrop;
    case Verb::kRoll: return kRoll;
    case Verb::kTouch: return kTouch;
    case Verb::kRewind: return kRewind;
    case Verb::kPress: return kPress;
    case Verb::kPlug: return kPlug;
    case Verb::kUnplug: return kUnplug;
    case Verb::kLock: return kLock;
    case Verb::kUnlock: return kUnlock;
    case Verb::kGive: return kGive;
    default: return kState;
  }
}

// The figure that matters to a reader, if the event has one.
std::string figure(const Event& e, Lang lang) {
  for (const char* key : {"torque_dnm", "setting_dnm", "pressure_pa", "length_um", "height_um", "voltage_mv", "resistance_mohm", "current_ma"}) {
    if (const Arg* a = e.find(key); a && !a->is_text) return format_quantity(a->number, unit_of_key(key), lang);
    if (e.verb == Verb::kTurn) break;  // a turn's torque is its figure, or nothing
  }
  if (const Arg* a = e.find("number"); a && !a->is_text) return std::to_string(a->number);
  return {};
}

}  // namespace

const Text& event_phrase(const Event& event) { return phrases()[phrase_of(event)]; }

std::string all_event_text() {
  std::string all;
  for (const Text& t : phrases()) all += t.zh + t.en;
  return all;
}

Text name_for_people(std::string_view id, const Pack& pack, const Exercise& exercise) {
  if (const int o = pack.scene.find_object(id); o >= 0) return pack.text(pack.scene.objects[static_cast<size_t>(o)].name);
  if (const PairDef* pair = pack.scene.find_pair(id)) return pack.text(pair->name);
  for (const Field& f : exercise.sheet) {
    if (f.id == id) return pack.text(f.name);
  }
  for (const Line& l : exercise.lines) {
    if (l.id == id) return pack.text(l.text);
  }
  for (const Step& s : exercise.steps) {
    if (s.id == id) return pack.text(s.title);
  }
  return pack.text("place." + std::string(id));
}

std::string describe_act(const Event& e, const Pack& pack, const Exercise& exercise, Lang lang) {
  const bool zh = lang == Lang::kZh;
  std::string object = name_for_people(e.o, pack, exercise).in(lang), note = figure(e, lang);
  if (const int o = pack.scene.find_object(e.o); o >= 0) {
    const ObjectDef& def = pack.scene.objects[static_cast<size_t>(o)];
    if (const std::string_view state = e.text("state"); !state.empty() && (def.lever || def.meter)) note = pack.text(def.name + "." + std::string(state)).in(lang);
    if (e.verb == Verb::kSay && def.person && def.person->dialogue >= 0) {
      for (const DialogueNode& n : pack.scene.devices.dialogues[static_cast<size_t>(def.person->dialogue)].dialogue.nodes) {
        for (const Choice& c : n.choices) {
          if (n.id == e.text("node") && c.id == e.text("choice")) object = pack.text(c.line).in(lang);
        }
      }
    }
    // Things that share a name are told apart by their place, where that has one.
    const std::string place = pack.text("place." + std::string(e.text("at"))).in(lang);
    if (def.fastener && !place.empty()) object += (zh ? "（" : " (") + place + (zh ? "）" : ")");
  } else if (e.verb == Verb::kRecord) {
    for (const Field& f : exercise.sheet) {
      if (const std::string_view word = e.text("value"); f.id == e.o && !word.empty()) note = pack.text(f.name + "." + std::string(word)).in(lang);
    }
  } else if (e.verb == Verb::kHint) {
    note = object;
  }
  std::string line = fill(event_phrase(e).in(lang), {"o", object});
  if (const int tool = pack.scene.find_object(e.tool); tool >= 0) {
    line += (zh ? "（" : " ") + fill(phrases()[kWith].in(lang), {"tool", pack.text(pack.scene.objects[static_cast<size_t>(tool)].name).in(lang)}) + (zh ? "）" : "");
  }
  if ((e.verb == Verb::kPut || e.verb == Verb::kState) && e.text("at") == "floor") note = phrases()[kFloor].in(lang);
  if (!note.empty()) line += (zh ? "：" : ", ") + note;
  if (e.text("by") == "help") line += (zh ? "（" : " (") + phrases()[kByHelp].in(lang) + (zh ? "）" : ")");
  return line;
}

std::string describe(const Event& e, const Pack& pack, const Exercise& exercise, Lang lang) { return format_clock(e.t_ms) + "  " + describe_act(e, pack, exercise, lang); }

}  // namespace shixun
