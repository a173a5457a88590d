#include "engine/training/lint.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/training/yaml.h"

namespace shixun {

namespace {

constexpr Panel kTitle{"a title", 40}, kBrief{"an exercise's brief", 420}, kStepTitle{"a step's title", 100}, kHint{"a hint", 160}, kObject{"an object's name", 32},
    kChoice{"a choice's label", 48}, kField{"a field's name", 44}, kLine{"a spoken line", 100}, kLabel{"a label", 120}, kCriterion{"a criterion's title", 28},
    kAspect{"an aspect's title", 60}, kItem{"an item's title", 48}, kMoment{"a moment's name", 48}, kPlace{"a place's name", 16};

std::vector<char32_t> runes(std::string_view s) {
  std::vector<char32_t> out;
  for (size_t i = 0; i < s.size();) {
    const auto b = static_cast<unsigned char>(s[i]);
    const size_t n = b < 0x80 ? 1 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
    char32_t c = n == 1 ? b : b & (0x7f >> n);
    for (size_t k = 1; k < n && i + k < s.size(); ++k) c = c << 6 | (static_cast<unsigned char>(s[i + k]) & 0x3f);
    out.push_back(c);
    i += n;
  }
  return out;
}

bool is_han(char32_t c) { return (c >= 0x3400 && c <= 0x4dbf) || (c >= 0x4e00 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff); }
bool is_wide(char32_t c) { return is_han(c) || (c >= 0x3000 && c <= 0x303f) || (c >= 0xff01 && c <= 0xff60) || (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1100 && c <= 0x115f) || (c >= 0x3040 && c <= 0x33ff); }
bool is_letter(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Words of letters in a text, with whether a number stands right before.
struct Latin {
  std::string text;
  bool after_number = false;
};
std::vector<Latin> latin_words(std::string_view s) {
  std::vector<Latin> out;
  bool number = false;
  const auto r = runes(s);
  for (size_t i = 0; i < r.size();) {
    if (is_letter(r[i]) || r[i] == 0x3a9 || r[i] == 0x2126) {
      std::string word;
      // A unit may hold a point or a dash: "N.m" is one word.
      while (i < r.size() && (is_letter(r[i]) || ((r[i] == '.' || r[i] == '-') && i + 1 < r.size() && is_letter(r[i + 1]) && word.size() == 1))) word += static_cast<char>(r[i++]);
      if (word.empty()) ++i;  // an ohm sign
      else out.push_back({word, number});
      number = false;
    } else {
      if (r[i] >= '0' && r[i] <= '9') number = true;
      else if (r[i] != ' ' && r[i] != '.') number = false;
      ++i;
    }
  }
  return out;
}

struct Spelling {
  const char *wrong, *right;
};
constexpr std::array kWrongSymbols = {Spelling{"Nm", "N·m"}, Spelling{"nm", "N·m"}, Spelling{"NM", "N·m"}, Spelling{"N.m", "N·m"}, Spelling{"N-m", "N·m"}, Spelling{"Kpa", "kPa"},
                                      Spelling{"KPa", "kPa"}, Spelling{"KPA", "kPa"}, Spelling{"kpa", "kPa"}, Spelling{"Mpa", "MPa"}, Spelling{"MM", "mm"}, Spelling{"Mm", "mm"},
                                      Spelling{"CM", "cm"}, Spelling{"KM", "km"}, Spelling{"Km", "km"}, Spelling{"ohm", "Ω"}, Spelling{"ohms", "Ω"}, Spelling{"Ohm", "Ω"}};
constexpr std::array kEnglishUnits = {Spelling{"turn", "圈"}, Spelling{"turns", "圈"}, Spelling{"min", "分钟"}, Spelling{"minutes", "分钟"}, Spelling{"minute", "分钟"},
                                      Spelling{"sec", "秒"}, Spelling{"seconds", "秒"}, Spelling{"hour", "小时"}, Spelling{"hours", "小时"}, Spelling{"deg", "度"},
                                      Spelling{"degrees", "度"}, Spelling{"degree", "度"}, Spelling{"inch", "英寸"}, Spelling{"inches", "英寸"}, Spelling{"percent", "%"}};

// Every key an exercise or the scene shows, with the panel it has to fit.
std::map<std::string, Panel> panels(const Pack& pack) {
  std::map<std::string, Panel> out;
  const auto shown = [&](const std::string& key, const Panel& panel) {
    if (!key.empty()) out.emplace(key, panel);
  };
  shown(pack.title, kTitle);
  for (const ObjectDef& o : pack.scene.objects) {
    shown(o.name, kObject);
    if (o.lever) {
      for (const std::string& s : o.lever->states) shown(o.name + "." + s, kChoice);
    }
    if (o.meter) {
      for (const auto& p : o.meter->positions) shown(o.name + "." + p.name, kChoice);
    }
    if (o.need) shown(o.need->why, kLine);
    if (o.label) shown(o.label->text, kLabel);
  }
  for (const DialogueDef& d : pack.scene.devices.dialogues) {
    for (const DialogueNode& n : d.dialogue.nodes) {
      for (const std::string& line : n.lines) shown(line, kLine);
      for (const Choice& c : n.choices) shown(c.line, kLine);
    }
  }
  for (const PairDef& p : pack.scene.devices.pairs) shown(p.name, kObject);
  for (const Exercise& e : pack.exercises) {
    shown(e.title, kTitle);
    shown(e.brief, kBrief);
    for (const Step& s : e.steps) {
      shown(s.title, kStepTitle);
      shown(s.hint, kHint);
    }
    for (const Field& f : e.sheet) {
      shown(f.name, kField);
      for (const std::string& c : f.choices) shown(f.name + "." + c, kChoice);
    }
    for (const Line& l : e.lines) shown(l.text, kLine);
    for (const Criterion& c : e.criteria) shown(c.title, kCriterion);
    for (const Aspect& a : e.aspects) {
      shown(a.title, kAspect);
      for (const std::string& item : a.item_names) shown(item, kItem);
    }
    for (const Moment& m : e.moments) shown("moment." + m.name, kMoment);
  }
  for (const SocketDef& s : pack.scene.sockets) shown("place." + s.id, kPlace);
  return out;
}

// A file read again for where things stand in it; what the loader took is known to be sound.
class YamlFile {
 public:
  explicit YamlFile(fs::path file) : file_(std::move(file)) {
    if (auto yaml = read_yaml(file_)) root_ = std::move(*yaml);
  }
  const Yaml& root() const { return root_; }
  std::string file() const { return file_.string(); }
  std::string at(const Yaml* node, bool key = false) const {
    if (!node) return file_.string() + ":1:1";
    return key && node->key_line ? fmt::format("{}:{}:{}", file_.string(), node->key_line, node->key_column) : fmt::format("{}:{}:{}", file_.string(), node->line, node->column);
  }
  // The entry with this id in a list of maps.
  static const Yaml* entry(const Yaml* list, std::string_view id) {
    if (!list) return nullptr;
    for (const Yaml& item : list->list) {
      const Yaml* v = item.find("id");
      if (v && v->scalar == id) return &item;
    }
    return nullptr;
  }

 private:
  fs::path file_;
  Yaml root_;
};

void lint_text(const std::string& key, const std::string& text, Lang lang, const std::string& where, const Panel* panel, LintReport& report) {
  const auto warn = [&](std::string what, std::string hint) { report.warnings.push_back({Code::kFailed, where, fmt::format("'{}' {}", key, what), std::move(hint)}); };
  const int columns = columns_of(text);
  if (panel && columns > panel->columns) warn(fmt::format("is {} columns wide; {} has room for {}", columns, panel->what, panel->columns), "Shorten it; a Chinese character is two columns");
  const auto all = runes(text);
  const bool han = std::any_of(all.begin(), all.end(), is_han), wide = std::any_of(all.begin(), all.end(), is_wide);
  const auto words = latin_words(text);
  if (lang == Lang::kEn && wide) warn(han ? "is English but holds Chinese characters" : "is English but holds full-width punctuation", "Translate it");
  if (lang == Lang::kZh && !han && std::any_of(words.begin(), words.end(), [](const Latin& w) { return w.text.size() >= 4; })) warn("is Chinese but holds no Chinese", "Translate it");
  // What is read at a screen is read in a headset too: the display itself names the key, the button or the stick there.
  constexpr std::string_view kKeys[] = {"Tab", "Esc", "mouse"}, kOfTheDesk[] = {"F10", "鼠标", "滚轮", "左键", "右键"};
  for (const std::string_view name : kKeys)
    if (std::any_of(words.begin(), words.end(), [&](const Latin& w) { return w.text == name; })) warn(fmt::format("names '{}', which a headset has not", name), "Say what is to be done; the display tells with what");
  for (const std::string_view name : kOfTheDesk)
    if (text.find(name) != std::string::npos) warn(fmt::format("names '{}', which a headset has not", name), "Say what is to be done; the display tells with what");
  for (const Latin& w : words) {
    if (!w.after_number) continue;
    for (const Spelling& s : kWrongSymbols) {
      if (w.text == s.wrong) warn(fmt::format("writes the unit '{}'", s.wrong), fmt::format("Write {}", s.right));
    }
    for (const Spelling& s : kEnglishUnits) {
      if (lang == Lang::kZh && w.text == s.wrong) warn(fmt::format("leaves the unit '{}' in English", s.wrong), fmt::format("Write {}", s.right));
    }
  }
}

bool has(const std::vector<std::string>& list, std::string_view s) { return std::find(list.begin(), list.end(), s) != list.end(); }

bool has_tag(const SocketDef& s, const ObjectDef& o) { return o.item && has(s.accepts, o.item->tag); }

// Whether some place that this moment allows takes the thing.
bool fits_somewhere(const Pack& pack, const Moment& m, const ObjectDef& o, bool store) {
  if (store && (m.at.empty() || has(m.at, "floor"))) return true;
  return std::any_of(pack.scene.sockets.begin(), pack.scene.sockets.end(), [&](const SocketDef& s) {
    return (s.role == SocketDef::Role::kStore) == store && has_tag(s, o) && (m.at.empty() || has(m.at, s.id));
  });
}

// Whether one thing can ever have one verb done to it, as the moment asks.
bool possible(const Pack& pack, const Exercise& e, const Moment& m, Verb v, const std::string& id) {
  const Scene& scene = pack.scene;
  const int i = scene.find_object(id);
  const ObjectDef* o = i < 0 ? nullptr : &scene.objects[static_cast<size_t>(i)];
  const auto asked = [&](const std::vector<std::string>& states) {
    return std::all_of(m.where.begin(), m.where.end(), [&](const Where& w) {
      return !w.is_text || w.key != "state" || std::any_of(states.begin(), states.end(), [&](const std::string& s) { return (s == w.text) != w.negate; });
    });
  };
  const auto some_tool = [&](const auto& fits) {
    return std::any_of(scene.objects.begin(), scene.objects.end(), [&](const ObjectDef& t) { return (m.tools.empty() || has(m.tools, t.id)) && fits(t); });
  };
  switch (v) {
    case Verb::kTake: return o && o->item && !o->static_scenery;
    case Verb::kPut: return o && o->item && !o->static_scenery && fits_somewhere(pack, m, *o, true);
    case Verb::kPlace: return o && o->item && !o->static_scenery && fits_somewhere(pack, m, *o, false);
    case Verb::kWear: return o && o->wearable;
    case Verb::kTurn:
      return o && o->fastener && fits_somewhere(pack, m, *o, false) &&
             (m.tools.empty() || has(m.tools, "hand") || some_tool([&](const ObjectDef& t) { return t.wrench && t.wrench->size == o->fastener->size; }));
    case Verb::kSet: {
      std::vector<std::string> ranges;
      if (o && o->meter) {
        for (const auto& p : o->meter->positions) ranges.push_back(p.name);
      }
      return o && ((o->lever && asked(o->lever->states)) || (o->wrench && o->wrench->clicks) || o->dial || (o->meter && asked(ranges)));
    }
    case Verb::kRaise:
    case Verb::kLower: return o && (o->lift || (o->vessel && some_tool([](const ObjectDef& t) { return t.pump.has_value(); })));
    case Verb::kApply:
      return o && o->surface && asked(o->surface->states) && some_tool([&](const ObjectDef& t) { return t.apply && has(o->surface->states, t.apply->state) && asked({t.apply->state}); });
    case Verb::kMeasure: {
      if ((o && o->probe) || scene.find_pair(id)) return some_tool([](const ObjectDef& t) { return t.meter.has_value(); });
      const Unit unit = o && o->point ? o->point->unit : Unit::kPressure;
      return o && (o->point || o->vessel) && some_tool([&](const ObjectDef& t) { return t.instrument && t.instrument->unit == unit; });
    }
    case Verb::kRead: return o && o->label;
    case Verb::kRecord: return std::any_of(e.sheet.begin(), e.sheet.end(), [&](const Field& f) { return f.id == id; });
    case Verb::kSay: return (o && o->person && o->person->dialogue >= 0) || std::any_of(e.lines.begin(), e.lines.end(), [&](const Line& l) { return l.id == id; });
    case Verb::kEnter:
    case Verb::kLeave: return o && o->zone;
    case Verb::kHint: return std::any_of(e.steps.begin(), e.steps.end(), [&](const Step& s) { return s.id == id; });
    case Verb::kDrop:
    case Verb::kRoll:
    case Verb::kTouch: return o && o->body;
    case Verb::kProbe: return false;  // it comes of it that something is measured
    case Verb::kPress: return o && o->button;
    case Verb::kPlug:
    case Verb::kUnplug: return o && o->connector;
    case Verb::kLock:
    case Verb::kUnlock: return o && o->padlock;
    case Verb::kGive:
      return o && o->item && std::any_of(scene.sockets.begin(), scene.sockets.end(), [&](const SocketDef& s) {
        return scene.objects[static_cast<size_t>(s.owner)].person && has_tag(s, *o) && (m.at.empty() || has(m.at, s.id));
      });
    default: return true;  // end states, the clock, and whatever a later version of the world can do
  }
}

}  // namespace

int columns_of(std::string_view utf8) {
  int n = 0;
  for (const char32_t c : runes(utf8)) n += is_wide(c) ? 2 : 1;
  return n;
}

std::string impossible(const Pack& pack, const Exercise& exercise, const Moment& m) {
  for (const Where& w : m.where) {
    if (w.lo && w.hi && w.lo->truth < 0 && w.hi->truth < 0 && w.lo->number > w.hi->number) return "the window of '" + w.key + "' is empty";
  }
  if (m.on.empty()) return {};
  std::string never;
  bool any = false;
  for (const std::string& id : m.on) {
    const bool can = std::any_of(m.verbs.begin(), m.verbs.end(), [&](Verb v) { return possible(pack, exercise, m, v, id); });
    any = any || can;
    if (!can && never.empty()) never = id;
  }
  if (any && (never.empty() || !m.all || !m.at.empty())) return {};
  std::string verbs;
  for (const Verb v : m.verbs) verbs += (verbs.empty() ? "" : " or ") + std::string(verb_name(v));
  return fmt::format("'{}' can never be what '{}' asks for", never, verbs);
}

void lint_words(const Pack& pack, LintReport& report) {
  const auto shown = panels(pack);
  for (const Lang lang : {Lang::kZh, Lang::kEn}) {
    const YamlFile file(pack.dir / "strings" / (std::string(lang_tag(lang)) + ".yaml"));
    for (const auto& [key, text] : pack.strings) {
      const Yaml* node = file.root().find(key);
      const auto panel = shown.find(key);
      lint_text(key, text.in(lang), lang, file.at(node), panel == shown.end() ? nullptr : &panel->second, report);
      // Both tables have the same keys: told once.
      // `glossary.NAME` is for people: the trade's word (with pinyin) and its translation; so is `data.NAME`, what an entry of the data sheet is.
      const bool printed = key.starts_with("glossary.") || (key.starts_with("data.") && pack.data.contains(key.substr(5)));
      if (lang == Lang::kZh && panel == shown.end() && !pack.used_strings.contains(key) && !printed) report.warnings.push_back({Code::kFailed, file.at(node, true), "the text '" + key + "' is used nowhere", "Delete it from both tables"});
    }
  }
}

void lint_exercises(const Pack& pack, const std::map<std::string, std::set<std::string>>& lost, LintReport& report) {
  for (const Exercise& e : pack.exercises) {
    const YamlFile scenario(e.dir / "scenario.yaml"), rubric(e.dir / "rubric.yaml");
    const auto moment_at = [&](const std::string& name) {
      const Yaml* moments = scenario.root().find("moments");
      return scenario.at(moments ? moments->find(name) : nullptr, true);
    };
    const auto step_at = [&](const std::string& id) { return scenario.at(YamlFile::entry(scenario.root().find("steps"), id)); };
    const auto aspect_at = [&](const Aspect& a) {
      const Yaml* criterion = YamlFile::entry(rubric.root().find("criteria"), a.criterion);
      return rubric.at(criterion ? YamlFile::entry(criterion->find("aspects"), a.id) : nullptr);
    };

    std::set<int> used;
    for (const Step& s : e.steps) {
      for (const int m : s.goal) {
        used.insert(m);
        const Moment& moment = e.moments[static_cast<size_t>(m)];
        if (const std::string why = impossible(pack, e, moment); !why.empty()) {
          report.errors.push_back({Code::kFailed, step_at(s.id), fmt::format("the goal of the step '{}' can never be reached: in the moment '{}' {}", s.id, moment.name, why),
                                   "Mend the moment (" + moment_at(moment.name) + ") or the scene"});
        }
      }
      if (s.aspects.empty()) report.warnings.push_back({Code::kFailed, step_at(s.id), fmt::format("no mark depends on the step '{}': a hint on it costs nothing", s.id), "Name its aspects under 'aspects', or add one to the rubric"});
    }
    for (const Aspect& a : e.aspects) {
      for (const auto& pair : a.pairs) {
        for (const int m : {pair.first, pair.second}) {
          const std::string key = "moment." + e.moments[static_cast<size_t>(m)].name;
          if (!pack.strings.contains(key)) {
            report.warnings.push_back({Code::kFailed, aspect_at(a), fmt::format("tells a trainee of the moment '{}', which has no name for people", e.moments[static_cast<size_t>(m)].name), "Add '" + key + "' to the string tables"});
          }
        }
      }
      for (const int m : moments_of(a)) {
        if (!used.insert(m).second) continue;
        const Moment& moment = e.moments[static_cast<size_t>(m)];
        if (const std::string why = impossible(pack, e, moment); !why.empty()) {
          report.warnings.push_back({Code::kFailed, moment_at(moment.name), fmt::format("the moment '{}' of the aspect '{}' can never happen: {}", moment.name, a.id, why), "Mend it, or delete the rule"});
        }
      }
      const auto found = lost.find(e.id);
      if (a.kind != RuleKind::kJudge && (found == lost.end() || !found->second.contains(a.id))) {
        report.warnings.push_back({Code::kFailed, aspect_at(a), fmt::format("no trace loses '{}', and no slip in the expert's does: nothing shows that its rule works", a.id), "Record an attempt with that fault, and name it under 'tests'"});
      }
    }
    for (const Step& s : e.steps) {
      if (s.goal_when) used.insert(s.goal_when->moments.begin(), s.goal_when->moments.end());
    }
    for (size_t m = 0; m < e.moments.size(); ++m) {
      if (!e.moments[m].when) continue;
      for (const int other : e.moments[m].when->moments) {
        if (other != static_cast<int>(m)) used.insert(other);
      }
    }
    for (size_t m = 0; m < e.moments.size(); ++m) {
      if (!used.contains(static_cast<int>(m))) report.warnings.push_back({Code::kFailed, moment_at(e.moments[m].name), fmt::format("nobody uses the moment '{}'", e.moments[m].name), "Delete it, or refer to it"});
    }
  }
}

}  // namespace shixun
