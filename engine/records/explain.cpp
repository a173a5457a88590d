#include "engine/records/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/records/page.h"
#include "engine/records/rubric_words.h"
#include "engine/training/describe.h"
#include "engine/training/moments.h"
#include "engine/training/trace.h"

namespace shixun {

namespace {

constexpr size_t kEvidenceShown = 5;  // events cited with a mark; more are counted

bool is_blind(const JournalHeader& h) { return rules_of(h.mode).shown == MarksShown::kJudges; }

struct Report {
  const Pack& pack;
  const Exercise& exercise;
  const Journal& journal;
  const Marksheet& sheet;
  const Marksheet& expert;               // the expert's attempt with the same seed; no marks when the pack has none
  const std::vector<Event>& expert_events;
  const Truths& truths;
  Lang lang;
  const Judgement* people;
  const Mapping* mapping;
  RubricWords rubric_words{pack, exercise, &truths, lang};

  std::string say(const char* zh, const char* en) const { return lang == Lang::kZh ? zh : en; }
  std::string in(const Text& t) const { return esc(t.in(lang)); }

  // "2:31 tightened the wheel nut ..., 98.1 N·m" for each event a mark rests on.
  std::string evidence(const std::vector<uint32_t>& seqs, const std::vector<Event>& events) const {
    std::string out;
    size_t shown = 0;
    for (const uint32_t seq : seqs) {
      const auto e = std::find_if(events.begin(), events.end(), [&](const Event& x) { return x.seq == seq; });
      if (e == events.end()) continue;
      if (++shown > kEvidenceShown) continue;
      out += (out.empty() ? "" : "<br>") + esc(describe(*e, pack, exercise, lang));
    }
    if (shown > kEvidenceShown) out += "<br>" + fmt::format(fmt::runtime(say("……另有 {} 项", "… and {} more")), shown - kEvidenceShown);
    return out.empty() ? "–" : out;
  }

  // In Chinese with the word schools have for its place in a lesson.
  std::string mode() const {
    static const std::map<Mode, const char*> place = {{Mode::kDemo, "教"}, {Mode::kGuided, "学"}, {Mode::kPractice, "训"}, {Mode::kRehearsal, "做"}, {Mode::kAssessment, "评"}};
    const std::string name = mode_title(sheet.mode).in(lang);
    const auto it = place.find(sheet.mode);
    return lang == Lang::kZh && it != place.end() ? std::string(it->second) + "（" + name + "）" : name;
  }

  std::string head() const {
    const JournalHeader& h = journal.header;
    std::string s = "<h1>" + in(pack.text(exercise.title)) + "</h1><p class=sub>" + in(pack.text(pack.title)) + " · " + say("成绩说明", "How this result came about") + "</p>";
    const std::string verdict = !journal.footer ? say("未结束", "not closed") : sheet.pass ? say("合格", "pass") : sheet.open ? say("待评分", "to be marked") : say("不合格", "fail");
    s += fmt::format("<div class=sum><span class={}><b>{}</b></span><span>{} <b>{}</b> / {}</span><span>{} {} / {}</span><span>{} {} / {}</span><span>{} {}</span></div>", sheet.pass ? "pass" : "fail",
                     verdict, say("总分", "total"), points(sheet.total_mp), points(sheet.max_mp), say("过程", "process"), points(sheet.process_mp), points(sheet.process_max_mp), say("结果", "outcome"),
                     points(sheet.outcome_mp), points(sheet.outcome_max_mp), say("用时", "time worked"), format_clock(sheet.active_ms));
    if (people && people->human_max_mp > 0)
      s += "<p>" + fmt::format(fmt::runtime(say("机器分 {}，人工分 {} / {}。", "From the machine {}, from people {} of {}.")), points(people->machine.total_mp), points(people->human_mp), points(people->human_max_mp)) + "</p>";
    if (sheet.total_mp != sheet.raw_mp) s += "<p>" + fmt::format(fmt::runtime(say("发生严重错误：总分按 {} 分记，未封顶时为 {} 分。", "A critical error happened: reported as {} points; without that cap {} points.")), points(sheet.total_mp), points(sheet.raw_mp)) + "</p>";
    s += "<table class=head>";
    const auto row = [&](const std::string& name, const std::string& value, bool mono = false) { s += "<tr><th>" + name + "</th><td" + (mono ? " class=mono" : "") + ">" + esc(value) + "</td></tr>"; };
    row(say("学员（代号）", "Trainee (pseudonym)"), is_blind(h) ? say("匿名（竞赛）", "not told (competition)") : h.trainee);
    row(say("项目", "Exercise"), h.exercise);
    row(say("模式", "Mode"), mode());
    row(say("种子", "Seed"), std::to_string(h.seed));
    row(say("开始时间（UTC）", "Started (UTC)"), h.started_utc);
    row(say("设备", "Device"), h.device);
    row(say("教学包", "Pack"), fmt::format("{} {}", h.pack_id, h.pack_version));
    row(say("教学包 SHA-256", "Pack SHA-256"), h.pack_sha256, true);
    row(say("评分器版本", "Scorer version"), std::to_string(h.scorer));
    row(say("记录 SHA-256", "Journal SHA-256"), journal.head_sha256, true);
    row(say("作业编号", "Attempt"), h.attempt, true);
    if (people && !people->marks_sha256.empty()) row(say("人工评分记录 SHA-256", "People's marks SHA-256"), people->marks_sha256, true);
    if (mapping && journal.footer) {
      const auto mapped = mapped_result(*mapping, h.exercise, h.mode, sheet.total_mp, sheet.max_mp, sheet.active_ms, sheet.finished && !sheet.open);
      if (mapped) row(say("学校映射", "School's mapping"), mapped_text(*mapped, lang));
    }
    s += "</table>";
    if (journal.header.pack_sha256 != pack.sha256) s += "<p>" + say("说明文字取自同一评分规则的另一版本教学包。", "The words are from another version of the pack; its rules are the same.") + "</p>";
    return s;
  }

  std::string rubric() const {
    std::string s = "<h2>" + say("评分明细", "Marks") + "</h2><table class=marks><colgroup><col class=a><col class=m><col class=w><col class=e><col class=x></colgroup><thead><tr>";
    for (const std::string& t : {say("项目与评语", "What, and why"), say("得分", "Marks"), say("要求", "Asked for"), say("依据", "Evidence"), say("标准操作", "The expert")}) s += "<th>" + t + "</th>";
    s += "</tr></thead><tbody>";
    for (const Criterion& c : exercise.criteria) {
      int64_t got = 0, most = 0;
      for (const Mark& m : sheet.marks) {
        if (m.criterion != c.id) continue;
        got += m.awarded_mp;
        most += m.max_mp;
      }
      s += "<tr class=group><td>" + in(pack.text(c.title)) + "</td><td colspan=4>" + points(got) + " / " + points(most) + "</td></tr>";
      for (size_t i = 0; i < sheet.marks.size(); ++i) {
        const Mark& m = sheet.marks[i];
        if (m.criterion != c.id) continue;
        const bool lost = m.awarded_mp < m.max_mp || !m.code.empty();
        s += std::string("<tr") + (lost ? " class=lost" : "") + "><td>" + in(m.title) + " <span class=id>" + esc(m.id) + "</span><br><span class=why>" + in(m.why) + "</span>" +
             (m.code.empty() ? "" : "<br><span class=\"fail mono\">" + esc(m.code) + "</span>") + "</td>";
        // What only takes marks away has none to show while it did not happen.
        s += "<td>" + (m.max_mp > 0 ? points(m.awarded_mp) + " / " + points(m.max_mp) : m.awarded_mp < 0 ? points(m.awarded_mp) : "–") + "</td><td>" + esc(rubric_words.asked(exercise.aspects[i])) + "</td><td>" + evidence(m.events, journal.events) + "</td>";
        s += "<td>" + (i < expert.marks.size() ? evidence(expert.marks[i].events, expert_events) : "–") + "</td></tr>";
      }
    }
    return s + "</tbody></table>";
  }

  // What people marked and hold to be wrong: by whom, and why.
  std::string by_people() const {
    if (!people || people->empty()) return "";
    std::string rows, disputed;
    const auto role_name = [&](const std::string& role) {
      const std::string known = role == kSelfRole ? say("自评", "self") : role == kPeerRole ? say("互评", "peer") : pack.text("role." + role).in(lang);
      return known.empty() ? role : known;
    };
    for (const JudgedAspect& a : people->aspects) {
      const auto m = std::find_if(sheet.marks.begin(), sheet.marks.end(), [&](const Mark& x) { return x.id == a.id; });
      const auto line = [&](const Given& g, const std::string& more) {
        rows += "<tr><td>" + in(m->title) + " <span class=id>" + esc(a.id) + "</span></td><td>" + esc(role_name(g.role)) + " (" + esc(g.by) + ")" + more + "</td><td>" + std::to_string(g.level) + "</td><td>" + esc(g.reason) + "</td></tr>";
      };
      for (const auto& [role, g] : a.standing) line(g, a.contested ? say("，待重评", ", to be marked again") : "");
      for (const auto& [role, g] : a.again) line(g, say("，重评", ", marked again"));
      for (const Given& g : a.weightless) line(g, say("，不计分", ", without weight"));
      if (a.standing.empty()) rows += "<tr><td>" + in(m->title) + " <span class=id>" + esc(a.id) + "</span></td><td colspan=3>" + say("待评分", "to be marked") + "</td></tr>";
    }
    for (const MarkRecord& d : people->disputes) {
      const auto m = std::find_if(sheet.marks.begin(), sheet.marks.end(), [&](const Mark& x) { return x.id == d.aspect; });
      disputed += "<tr><td>" + (m == sheet.marks.end() ? "" : in(m->title)) + " <span class=id>" + esc(d.aspect) + "</span></td><td>" + points(d.machine_mp) + "</td><td>" + points(d.proposed_mp) + "</td><td>" + esc(d.by) +
                  (d.role.empty() ? "" : " (" + esc(role_name(d.role)) + ")") + "</td><td>" + esc(d.reason) + "</td></tr>";
    }
    const auto table = [&](const std::vector<std::string>& heads, const std::string& body) {
      std::string t = "<table><thead><tr>";
      for (const std::string& h : heads) t += "<th>" + h + "</th>";
      return t + "</tr></thead><tbody>" + body + "</tbody></table>";
    };
    std::string s;
    if (!rows.empty()) s += "<h2>" + say("人工评分（0–3 级）", "Marked by people (levels 0 to 3)") + "</h2>" + table({say("项目", "What"), say("评分人", "By"), say("等级", "Level"), say("理由", "Reason")}, rows);
    if (!disputed.empty())
      s += "<h2>" + say("异议（机器分不变）", "Disputes (the machine's marks stay)") + "</h2>" + table({say("项目", "What"), say("机器分", "Machine"), say("认为应为", "Held right"), say("提出人", "By"), say("理由", "Reason")}, disputed);
    return s;
  }

  std::string errors() const {
    std::string s = "<h2>" + say("错误代码", "Errors") + "</h2>";
    if (sheet.codes.empty()) return s + "<p>" + say("没有。", "None.") + "</p>";
    s += "<table class=line><colgroup><col style=\"width:28%\"><col style=\"width:52%\"><col style=\"width:20%\"></colgroup><thead><tr><th>" + say("代码", "Code") + "</th><th>" + say("含义", "What it means") + "</th><th>" +
         say("程度 · 次数", "Weight · times") + "</th></tr></thead><tbody>";
    for (const std::string& code : sheet.codes) {
      const auto a = std::find_if(exercise.aspects.begin(), exercise.aspects.end(), [&](const Aspect& x) { return x.code == code; });
      const auto m = std::find_if(sheet.marks.begin(), sheet.marks.end(), [&](const Mark& x) { return x.code == code; });
      const Severity severity = a == exercise.aspects.end() ? Severity::kNone : a->severity;
      const std::string weight = severity == Severity::kCritical ? say("严重", "critical") : severity == Severity::kMajor ? say("较重", "major") : severity == Severity::kMinor ? say("轻微", "minor") : say("失分", "marks lost");
      // A code that guided mode took back is still told, though no mark raises it any more.
      s += "<tr><td class=mono>" + esc(code) + "</td><td>" + (a == exercise.aspects.end() ? "–" : say("违反：", "broken: ") + in(pack.text(a->title))) + (m == sheet.marks.end() ? "" : "<br><span class=why>" + in(m->why) + "</span>") + "</td><td>" + weight +
           (m == sheet.marks.end() ? say(" · 已退回", " · taken back") : severity == Severity::kNone ? "" : fmt::format(" · {}", m->events.size())) + "</td></tr>";
    }
    return s + "</tbody></table>";
  }

  std::string help() const {
    std::string hints, pauses, rewinds;
    int64_t since = -1;
    for (const Event& e : journal.events) {
      if (e.verb == Verb::kHint) hints += "<tr><td>" + format_clock(e.t_ms) + "</td><td>" + esc(name_for_people(e.o, pack, exercise).in(lang)) + " · " + say("第", "level ") + std::to_string(e.number("level")) + say(" 级", "") + "</td></tr>";
      if (e.verb == Verb::kPause && since < 0) since = e.t_ms;
      if (e.verb == Verb::kResume && since >= 0) {
        pauses += "<tr><td>" + format_clock(since) + "</td><td>" + say("暂停到 ", "until ") + format_clock(e.t_ms) + "</td></tr>";
        since = -1;
      }
      if (e.verb == Verb::kRewind) rewinds += "<tr><td>" + format_clock(e.t_ms) + "</td><td>" + say("退回到错误之前", "taken back to before the error") + "</td></tr>";
    }
    if (since >= 0) pauses += "<tr><td>" + format_clock(since) + "</td><td>" + say("暂停，未继续", "paused, never went on") + "</td></tr>";
    std::string s;
    const auto part = [&](const std::string& title, const std::string& rows) {
      s += "<h2>" + title + "</h2>" + (rows.empty() ? "<p>" + say("没有。", "None.") + "</p>" : "<table class=line><colgroup><col class=t><col class=d></colgroup><tbody>" + rows + "</tbody></table>");
    };
    part(say("提示", "Hints"), hints);
    part(say("暂停", "Pauses"), pauses);
    part(say("重复与退回", "Repeats and taking back"), rewinds + repeats());
    return s;
  }

  // Things of the work that were fitted, tightened or written more often than the expert does.
  std::string repeats() const {
    using Deed = std::pair<Verb, std::string>;
    const auto count = [](const std::vector<Event>& events) {
      std::map<Deed, int> n;
      for (const Event& e : events) {
        if (e.verb == Verb::kPlace || e.verb == Verb::kRecord || e.verb == Verb::kMeasure || e.verb == Verb::kApply) ++n[{e.verb, e.o}];
      }
      return n;
    };
    const auto mine = count(journal.events), meant = count(expert_events);
    std::string rows;
    for (const auto& [deed, n] : mine) {
      const auto usual = meant.find(deed);
      const int often = usual == meant.end() ? 1 : usual->second;
      if (n <= often) continue;
      const auto first = std::find_if(journal.events.begin(), journal.events.end(), [&, did = deed](const Event& e) { return e.verb == did.first && e.o == did.second; });
      Event bare;
      bare.verb = deed.first;
      bare.o = deed.second;
      rows += "<tr><td>" + format_clock(first->t_ms) + "</td><td>" + esc(describe_act(bare, pack, exercise, lang)) + fmt::format(" · {}×", n) + say("，标准操作 ", "; the expert ") + fmt::format("{}×", often) + "</td></tr>";
    }
    return rows;
  }

  std::string timeline() const {
    std::vector<uint32_t> cited;
    for (const Mark& m : sheet.marks) {
      if (m.awarded_mp < m.max_mp || !m.code.empty()) cited.insert(cited.end(), m.events.begin(), m.events.end());
    }
    std::string acts, ends;
    for (const Event& e : journal.events) {
      const bool end = e.verb == Verb::kState;
      const bool lost = std::find(cited.begin(), cited.end(), e.seq) != cited.end();
      // Scenery has no name for people, and no mark asks about it.
      if (end && name_for_people(e.o, pack, exercise).in(lang).empty()) continue;
      const std::string what = end ? end_state(e) : describe_act(e, pack, exercise, lang);
      if (what.empty()) continue;
      (end ? ends : acts) += std::string("<div") + (lost ? " class=cited" : "") + ">" + (end ? "" : "<time>" + format_clock(e.t_ms) + "</time>") + "<span>" + esc(what) + "</span></div>";
    }
    const std::string open = "<div class=lines>", close = "</div>";
    std::string s = "<h2>" + say("经过", "What happened") + "</h2><p class=why>" + say("有底色的行与失分有关。", "Shaded lines belong to marks that were lost.") + "</p>" + open + acts + close;
    if (!ends.empty()) s += "<h2>" + say("交卷时的状态", "State when handed in") + "</h2>" + open + ends + close;
    return s;
  }

  std::string end_state(const Event& e) const {
    std::string s = name_for_people(e.o, pack, exercise).in(lang), facts;
    const auto add = [&](const std::string& f) { facts += (facts.empty() ? "" : say("，", ", ")) + f; };
    if (const Arg* a = e.find("home")) {
      add(a->number ? say("在原位", "in its place") : e.text("at") == "floor" ? say("在地上", "on the floor") : e.text("at") == "hand" ? say("在手里", "in the hand") : e.text("at") == "worn" ? say("穿戴着", "worn") : say("不在原位", "elsewhere"));
    }
    if (const Arg* a = e.find("on")) add(a->number ? say("已装", "on") : say("缺失", "missing"));
    for (const char* key : {"torque_dnm", "setting_dnm", "pressure_pa", "lift_um"}) {
      if (const Arg* a = e.find(key)) add(format_quantity(a->number, unit_of_key(key), lang));
    }
    if (const std::string_view state = e.text("state"); !state.empty()) {
      const int o = pack.scene.find_object(e.o);
      const std::string& words = o < 0 ? std::string() : pack.text(pack.scene.objects[static_cast<size_t>(o)].name + "." + std::string(state)).in(lang);
      if (!words.empty()) add(words);
    }
    return facts.empty() ? std::string() : s + say("：", ": ") + facts;
  }

  std::string html() const { return "<section class=report lang=" + std::string(lang_tag(lang)) + ">" + head() + rubric() + by_people() + errors() + help() + timeline() + "</section>\n"; }
};

// The pack's expert under the same seed, in a mode that does not stop him.
void play_expert(const std::shared_ptr<const Pack>& pack, const Exercise& exercise, uint64_t seed, Marksheet& sheet, std::vector<Event>& events) {
  const auto trace = expert_trace(exercise);
  if (!trace) return;
  Session session(pack, exercise, {Mode::kPractice, seed}, [](const Event&) { return ok(); });
  if (!play(session, *trace)) return;
  sheet = session.sheet();
  events = session.events();
}

}  // namespace

std::string explain_html(const std::shared_ptr<const Pack>& pack, const Exercise& exercise, const Journal& journal, const std::vector<Lang>& langs, const Judgement* people, const Mapping* mapping) {
  const JournalHeader& h = journal.header;
  const Marksheet sheet = people ? people->sheet : grade(*pack, exercise, h.mode, h.seed, journal.events);
  Marksheet expert;
  std::vector<Event> expert_events;
  play_expert(pack, exercise, h.seed, expert, expert_events);
  const Truths truths = draw_truths(pack->scene, h.seed);
  const std::string title = pack->text(exercise.title).in(langs.front()) + " – " + (is_blind(h) ? h.attempt.substr(0, 8) : h.trainee);
  std::string out;
  for (const Lang lang : langs) out += Report{*pack, exercise, journal, sheet, expert, expert_events, truths, lang, people, mapping}.html();
  return page(title, langs.front(), out);
}

}  // namespace shixun
