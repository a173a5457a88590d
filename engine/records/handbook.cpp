#include "engine/records/handbook.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/records/page.h"
#include "engine/records/rubric_words.h"

namespace shixun {

namespace {

// Pinyin without its tone marks, to sort by.
std::string plain_pinyin(std::string s) {
  static const std::pair<const char*, char> kMarks[] = {{"ā", 'a'}, {"á", 'a'}, {"ǎ", 'a'}, {"à", 'a'}, {"ē", 'e'}, {"é", 'e'}, {"ě", 'e'}, {"è", 'e'}, {"ī", 'i'}, {"í", 'i'}, {"ǐ", 'i'}, {"ì", 'i'}, {"ō", 'o'}, {"ó", 'o'}, {"ǒ", 'o'},
                                                        {"ò", 'o'}, {"ū", 'u'}, {"ú", 'u'}, {"ǔ", 'u'}, {"ù", 'u'}, {"ǖ", 'v'}, {"ǘ", 'v'}, {"ǚ", 'v'}, {"ǜ", 'v'}, {"ü", 'v'}};
  for (const auto& [mark, letter] : kMarks)
    for (size_t at = s.find(mark); at != std::string::npos; at = s.find(mark, at)) s.replace(at, std::string_view(mark).size(), 1, letter);
  return s;
}

struct Column {
  std::string head;
  int percent;
};

constexpr size_t kPairsTold = 4;  // of an order's pairs; more make a wall of text

struct Handbook {
  const Pack& pack;
  const Exercise& exercise;
  Lang lang;
  RubricWords words{pack, exercise, nullptr, lang};

  std::string say(const char* zh, const char* en) const { return lang == Lang::kZh ? zh : en; }
  std::string in(const std::string& key) const { return esc(pack.text(key).in(lang)); }
  std::string quantity(const Quantity& q) const { return format_quantity(q.value, q.unit, lang); }

  static std::string head(const std::vector<Column>& columns) {
    std::string widths, heads;
    for (const Column& c : columns) {
      widths += fmt::format("<col style=\"width:{}%\">", c.percent);
      heads += "<th>" + c.head + "</th>";
    }
    return "<table><colgroup>" + widths + "</colgroup><thead><tr>" + heads + "</tr></thead><tbody>";
  }
  static std::string row(const std::vector<std::string>& cells, const char* kind = "") {
    std::string s = fmt::format("<tr{}>", *kind ? fmt::format(" class={}", kind) : "");
    for (const std::string& c : cells) s += "<td>" + c + "</td>";
    return s + "</tr>";
  }
  static std::string list(const std::vector<std::string>& items) {
    std::string s;
    for (const std::string& i : items) s += "<li>" + i + "</li>";
    return items.empty() ? "" : "<ul>" + s + "</ul>";
  }

  std::string entry_name(const std::string& entry) const {
    if (const auto it = pack.strings.find("data." + entry); it != pack.strings.end()) return it->second.in(lang);
    std::string s = entry;
    std::replace(s.begin(), s.end(), '_', ' ');
    return s;
  }

  // The Chinese words of the glossary with their pinyin: "扭力扳手（niǔlì bānshou）".
  struct Term {
    std::string zh, pinyin, en;
  };
  std::vector<Term> glossary() const {
    static const std::string open = "（", close = "）";
    std::vector<Term> terms;
    for (const auto& [key, text] : pack.strings) {
      if (!key.starts_with("glossary.")) continue;
      const size_t at = text.zh.rfind(open);
      Term t{text.zh.substr(0, at), "", text.en};
      if (at != std::string::npos && text.zh.ends_with(close)) t.pinyin = text.zh.substr(at + open.size(), text.zh.size() - at - open.size() - close.size());
      terms.push_back(std::move(t));
    }
    std::sort(terms.begin(), terms.end(), [](const Term& a, const Term& b) { return plain_pinyin(a.pinyin) < plain_pinyin(b.pinyin); });
    return terms;
  }

  std::string task() const {
    std::string s = "<h1>" + in(exercise.title) + "</h1><p class=sub>" + in(pack.title) + " · " + say("实训指导书", "Handbook page") + fmt::format(" · {}/{} {}</p>", esc(pack.id), esc(exercise.id), esc(pack.version));
    s += "<h2>" + say("任务", "The task") + "</h2><p>" + in(exercise.brief) + "</p>";
    std::string pass = fmt::format(fmt::runtime(say("合格：总分不低于 {} 分，且没有严重错误", "To pass: at least {} points and no critical error")), points(exercise.pass_mp));
    if (std::any_of(exercise.criteria.begin(), exercise.criteria.end(), [](const Criterion& c) { return c.safety; }))
      pass += fmt::format(fmt::runtime(say("，安全部分不低于 {}%", ", and at least {} % of the marks for safety")), exercise.safety_percent);
    for (const Aspect& a : exercise.aspects)
      if (a.kind == RuleKind::kTime) pass += say("。时间：", ". Time: ") + words.asked(a);
    return s + "<div class=sum>" + pass + say("。", ".") + "</div>";
  }

  std::string safety() const {
    std::vector<std::string> rules, critical, major;
    for (const Aspect& a : exercise.aspects) {
      const bool stops = a.severity == Severity::kCritical || a.critical_ms > 0;
      const auto c = std::find_if(exercise.criteria.begin(), exercise.criteria.end(), [&](const Criterion& x) { return x.id == a.criterion; });
      if (stops) critical.push_back("<b>" + in(a.title) + "</b> <span class=id>" + esc(a.code) + "</span>");
      else if (a.severity == Severity::kMajor) major.push_back(in(a.title) + " <span class=id>" + esc(a.code) + "</span>");
      else if (c != exercise.criteria.end() && c->safety) rules.push_back(in(a.title));
    }
    std::string s = "<h2>" + say("安全", "Safety") + "</h2>" + list(rules);
    if (!critical.empty()) s += "<p class=fail>" + say("违反下列任何一条都是严重错误，考核立即结束，不合格：", "To break one of these is a critical error: an assessment ends at once, failed.") + "</p>" + list(critical);
    if (!major.empty()) s += "<p>" + say("违反下列各条，每次扣 5 分：", "To break one of these costs 5 points each time:") + "</p>" + list(major);
    return s;
  }

  // What an item can do, in numbers.
  std::string figures(const ObjectDef& o) const {
    static constexpr const char* kRoman[] = {"", "I", "II", "III", "IV"};
    std::vector<std::string> out;
    if (o.wrench && o.wrench->clicks) out.push_back(say("设定 ", "set to ") + format_range(o.wrench->min_dnm, o.wrench->max_dnm, Unit::kTorque, lang));
    if (o.instrument) out.push_back(say("分度值 ", "reads to ") + format_quantity(o.instrument->resolution, o.instrument->unit, lang));
    if (o.lift) out.push_back(say("高度 ", "height ") + format_range(o.lift->min_um, o.lift->max_um, Unit::kLength, lang));
    if (o.meter && o.meter->spec.category > 0) out.push_back(fmt::format("CAT {} {}", kRoman[std::clamp(o.meter->spec.category, 1, 4)], format_quantity(o.meter->spec.rated_uv / 1000, Unit::kVoltage, lang)));
    return esc(fmt::format("{}", fmt::join(out, say("，", ", "))));
  }

  std::string tools() const {
    std::vector<const ObjectDef*> kinds;
    std::map<std::string, int> count;
    for (const ObjectDef& o : pack.scene.objects) {
      if (!o.item || o.name.empty() || o.static_scenery) continue;
      if (++count[o.name] == 1) kinds.push_back(&o);
    }
    if (kinds.empty()) return "";
    std::string s = "<h2>" + say("工具与零件", "Tools and parts") + "</h2>" +
                    head({{say("名称", "Name"), 26}, {say("拼音", "Pinyin"), 22}, {say("英文", "Chinese"), 24}, {say("数量", "How many"), 9}, {say("数据", "Figures"), 19}});
    const std::vector<Term> terms = glossary();
    for (const ObjectDef* o : kinds) {
      const Text& name = pack.text(o->name);
      const auto term = std::find_if(terms.begin(), terms.end(), [&](const Term& t) { return t.zh == name.zh; });
      s += row({esc(name.in(lang)), term == terms.end() ? "" : esc(term->pinyin), esc(lang == Lang::kZh ? name.en : name.zh), std::to_string(count[o->name]), figures(*o)});
    }
    return s + "</tbody></table>";
  }

  // The numbers an aspect is judged by, and the entries of the data sheet they come from.
  static std::vector<Value> values_of(const Aspect& a) {
    std::vector<Value> out;
    const auto add = [&](const std::optional<Value>& v) {
      if (v) out.push_back(*v);
    };
    for (const auto& v : {a.lo, a.hi, a.half.lo, a.half.hi, a.truth}) add(v);
    for (const Band& b : a.bands)
      for (const auto& v : {b.full.lo, b.full.hi}) add(v);
    return out;
  }
  std::string sources(const std::vector<Value>& values) const {
    std::set<int> entries;
    for (const Value& v : values)
      if (v.data >= 0) entries.insert(v.data);
    std::string s;
    for (const int e : entries) s += (s.empty() ? "" : "<br>") + esc(std::next(pack.data.begin(), e)->second.source);
    return s;
  }

  std::string steps() const {
    std::vector<std::vector<std::string>> rows;
    bool sourced = false;  // a job without measuring needs no column for it
    for (const Step& step : exercise.steps) {
      std::string limits;
      std::vector<Value> values;
      for (const std::string& id : step.aspects) {
        const auto a = std::find_if(exercise.aspects.begin(), exercise.aspects.end(), [&](const Aspect& x) { return x.id == id; });
        if (a == exercise.aspects.end()) continue;
        const bool measured = a->kind == RuleKind::kNumeric || a->kind == RuleKind::kPose || a->kind == RuleKind::kCoverage || a->kind == RuleKind::kHop || a->kind == RuleKind::kTool;
        const std::string asked = measured ? words.asked(*a) : "";
        limits += (limits.empty() ? "" : "<br>") + in(a->title) + (asked.empty() ? "" : "<br><b>" + esc(asked) + "</b>");
        const auto own = values_of(*a);
        values.insert(values.end(), own.begin(), own.end());
      }
      const std::string from = sources(values);
      sourced = sourced || !from.empty();
      rows.push_back({std::to_string(rows.size() + 1), "<b>" + in(step.title) + "</b><br><span class=why>" + in(step.hint) + "</span>", limits, "<span class=why>" + from + "</span>"});
    }
    std::vector<Column> columns = {{"", 5}, {say("做什么，怎样做", "What to do, and how"), sourced ? 43 : 57}, {say("要求", "Limits"), sourced ? 27 : 38}, {say("依据", "Where they come from"), 25}};
    if (!sourced) columns.pop_back();
    std::string s = "<h2>" + say("步骤", "Steps") + "</h2>" + head(columns);
    for (auto& cells : rows) {
      if (!sourced) cells.pop_back();
      s += row(cells);
    }
    return s + "</tbody></table>";
  }

  std::string data() const {
    std::string s = "<h2>" + say("数据", "Data sheet") + "</h2>" + head({{say("名称", "What"), 30}, {say("数值", "Value"), 12}, {say("允许范围", "Limits"), 20}, {say("依据", "Source"), 38}});
    for (const auto& [entry, d] : pack.data) {
      const std::string limits = d.min && d.max ? format_range(d.min->value, d.max->value, d.value.unit, lang) : d.min ? "≥ " + quantity(*d.min) : d.max ? "≤ " + quantity(*d.max) : "";
      s += row({esc(entry_name(entry)), esc(quantity(d.value)), esc(limits), "<span class=why>" + esc(d.source) + "</span>"});
    }
    return s + "</tbody></table>";
  }

  std::string marks() const {
    std::string s = "<h2>" + say("评分表", "Marks") + "</h2>" + head({{"", 6}, {say("项目", "What is marked"), 36}, {say("要求", "Asked for"), 38}, {say("类别", "Kind"), 10}, {say("分值", "Points"), 10}});
    for (const Criterion& c : exercise.criteria) {
      int64_t most = 0;
      std::string rows;
      for (const Aspect& a : exercise.aspects) {
        if (a.criterion != c.id) continue;
        most += a.max_mp;
        const std::string worth = a.max_mp > 0 ? points(a.max_mp) : a.severity == Severity::kCritical || a.critical_ms > 0 ? say("严重", "critical") : a.severity == Severity::kMajor ? "−5" : "−1";
        const std::string asked = a.pairs.size() <= kPairsTold ? words.asked(a) : fmt::format(fmt::runtime(say("{} 处先后顺序，见步骤", "{} orders, as the steps have them")), a.pairs.size());
        const bool by_people = a.kind == RuleKind::kJudge;
        rows += row({"<span class=id>" + esc(a.id) + "</span>", in(a.title), "<span class=why>" + esc(asked) + "</span>",
                     by_people ? say("人评", "people") : a.lens == Lens::kProcess ? say("过程", "process") : say("结果", "outcome"), worth});
      }
      s += "<tr class=group><td></td><td colspan=3>" + in(c.title) + "</td><td>" + points(most) + "</td></tr>" + rows;
    }
    return s + "</tbody></table>";
  }

  std::string form() const {
    if (exercise.sheet.empty()) return "";
    std::string s = "<section class=sheet><h2>" + say("记录表", "Form to fill in") + "</h2><table class=form><colgroup><col style=\"width:45%\"><col style=\"width:55%\"></colgroup><tbody>";
    for (const Field& f : exercise.sheet) {
      std::string blank;
      for (const std::string& c : f.choices) blank += "<span class=choice>☐ " + in(f.name + "." + c) + "</span> ";
      if (!f.is_choice && f.unit != Unit::kCount) blank = "<span class=unit>" + esc(unit_name(f.unit, lang)) + "</span>";
      s += row({in(f.name), blank});
    }
    for (const std::string& line : {say("学员代号", "Trainee (pseudonym)"), say("日期", "Date"), say("学员签名", "Signature of the trainee"), say("教师签名", "Signature of the teacher")}) s += row({line, ""});
    return s + "</tbody></table></section>";
  }

  std::string terms() const {
    const std::vector<Term> all = glossary();
    if (all.empty()) return "";
    std::string s = "<h2>" + say("术语表", "Glossary") + "</h2><div class=terms>" + head({{say("中文", "Chinese"), 28}, {say("拼音", "Pinyin"), 34}, {say("英文", "English"), 38}});
    for (const Term& t : all) s += row({esc(t.zh), esc(t.pinyin), esc(t.en)});
    return s + "</tbody></table></div>";
  }

  std::string html() const { return "<section class=report lang=" + std::string(lang_tag(lang)) + ">" + task() + safety() + tools() + steps() + marks() + data() + form() + terms() + "</section>\n"; }
};

}  // namespace

std::string handbook_html(const Pack& pack, const Exercise& exercise, const std::vector<Lang>& langs) {
  std::string sections;
  for (const Lang lang : langs) sections += Handbook{pack, exercise, lang}.html();
  return page(pack.text(exercise.title).in(langs.front()), langs.front(), sections);
}

}  // namespace shixun
