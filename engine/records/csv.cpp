#include "engine/records/csv.h"

#include <algorithm>
#include <cstdlib>

#include "engine/base/units.h"

namespace shixun {

namespace {

bool is_number(std::string_view s) {
  if (!s.empty() && s[0] == '-') s.remove_prefix(1);
  return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

// What a column map calls the columns (spreadsheet.h), in the headings' order.
constexpr const char* kFields[] = {"attempt", "trainee", "exercise", "title", "mode", "status", "verdict", "total", "max", "process", "outcome", "codes", "seconds", "started", "ended", "seed", "pack_version", "evidence",
                                   "people", "together", "verdict_together", "process_together", "outcome_together", "open", "disputed", "marks", "course", "unit", "hours", "credits", "grade", "mapping", "mapping_sha256", "number"};

const Text kHeadings[] = {
    {"作业编号", "Attempt"}, {"学员代号", "Trainee"}, {"项目编号", "Exercise"}, {"项目", "Title"}, {"模式", "Mode"}, {"状态", "Status"}, {"结论", "Verdict"},
    {"总分", "Total"}, {"满分", "Out of"}, {"过程分", "Process"}, {"结果分", "Outcome"}, {"错误代码", "Codes"}, {"用时(秒)", "Time (s)"},
    {"开始时间 UTC", "Started UTC"}, {"结束时间 UTC", "Ended UTC"}, {"随机种子", "Seed"}, {"课程包版本", "Pack version"}, {"证据 SHA-256", "Evidence SHA-256"},
    {"人工分", "People's marks"}, {"合计", "Together"}, {"合计结论", "Verdict together"}, {"合计过程分", "Process together"}, {"合计结果分", "Outcome together"}, {"待评项", "Still to be marked"},
    {"异议项", "Disputed"}, {"评分记录 SHA-256", "Marks SHA-256"}, {"课程代码", "Course"}, {"1+X 单元", "1+X unit"}, {"学时", "Hours"}, {"折合学分", "Worth credits"}, {"等级", "Grade"},
    {"映射表", "Mapping"}, {"映射表 SHA-256", "Mapping SHA-256"}, {"学号/考生号", "Number there"}};

Text verdict_text(const std::string& verdict) {
  if (verdict == "pass") return {"合格", "pass"};
  if (verdict == "fail") return {"不合格", "fail"};
  if (verdict == "open") return {"待评分", "to be marked"};
  if (verdict == "unfinished") return {"未完成", "unfinished"};
  return {"", ""};
}

Text mode_text(const std::string& name) {
  const auto mode = mode_from_name(name);
  return {mode ? mode_title(*mode).zh : name, name};
}

}  // namespace

// Rounded once, here. Never through a float.
std::string points_text(int64_t mp) {
  const int64_t tenths = div_round(mp, 100);
  const std::string sign = tenths < 0 ? "-" : "";
  return sign + std::to_string(std::abs(tenths) / 10) + "." + std::to_string(std::abs(tenths) % 10);
}

std::string csv_cell(std::string_view text) {
  const bool formula = !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
  return csv_quoted(formula && !is_number(text) ? "'" + std::string(text) : std::string(text));
}

std::string csv_quoted(std::string_view s) {
  if (s.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(s);
  std::string quoted = "\"";
  for (const char c : s) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

Result<std::vector<CsvRow>> parse_csv(std::string_view text, const std::string& name) {
  const auto at = [&](size_t line, const char* what) { return Error{Code::kFailed, name + ":" + std::to_string(line), what, ""}; };
  if (!is_clean_utf8(text)) return at(1, "is not clean UTF-8 text");
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::vector<CsvRow> rows;
  size_t line = 1;
  for (size_t i = 0; i < text.size();) {
    CsvRow row;
    row.line = line;
    for (bool more = true; more;) {
      std::string cell;
      if (i < text.size() && text[i] == '"') {
        for (++i;; ++i) {
          if (i >= text.size()) return at(row.line, "a quoted cell is not closed");
          if (text[i] == '\n') ++line;
          if (text[i] == '"' && (i + 1 >= text.size() || text[i + 1] != '"')) break;
          if (text[i] == '"') ++i;
          cell += text[i];
        }
        ++i;
        if (i < text.size() && text[i] != ',' && text[i] != '\r' && text[i] != '\n') return at(line, "a quoted cell must end with its quote");
      } else {
        while (i < text.size() && text[i] != ',' && text[i] != '\r' && text[i] != '\n') {
          if (text[i] == '"') return at(line, "a quote stands within a cell that is not quoted");
          cell += text[i++];
        }
      }
      row.cells.push_back(std::move(cell));
      more = i < text.size() && text[i] == ',';
      if (more) ++i;
    }
    if (i < text.size() && text[i] == '\r') ++i;
    if (i < text.size()) {
      if (text[i] != '\n') return at(line, "a line ends with CR alone");
      ++i;
      ++line;
    }
    if (row.cells != std::vector<std::string>{""}) rows.push_back(std::move(row));
  }
  return rows;
}

namespace {

std::vector<std::string> people_cells(const AttemptRow& r, const std::map<std::string, Judgement>& people, Lang lang) {
  const auto found = people.find(r.uuid);
  if (found == people.end()) return std::vector<std::string>(8);
  const Judgement& j = found->second;
  std::string open, disputed;
  for (const JudgedAspect& a : j.aspects) {
    if (a.open) open += (open.empty() ? "" : " ") + a.id;
  }
  for (const MarkRecord& d : j.disputes) disputed += (disputed.empty() ? "" : " ") + d.aspect + "=" + points_text(d.proposed_mp);
  const std::string verdict = !j.sheet.finished ? "unfinished" : j.sheet.pass ? "pass" : j.sheet.open ? "open" : "fail";
  return {points_text(j.human_mp), points_text(j.sheet.total_mp), verdict_text(verdict).in(lang), points_text(j.sheet.process_mp), points_text(j.sheet.outcome_mp), open, disputed, j.marks_sha256};
}

std::vector<std::string> mapped_cells(const AttemptRow& r, const std::map<std::string, Judgement>& people, const Mapping* mapping) {
  const auto mode = mode_from_name(r.mode);
  if (!mapping || !r.closed || !mode) return std::vector<std::string>(7);
  const auto found = people.find(r.uuid);
  const bool judged = found != people.end();
  const bool decided = judged ? !found->second.sheet.open : r.verdict == "pass" || r.verdict == "fail";
  const auto m = mapped_result(*mapping, r.exercise, *mode, judged ? found->second.sheet.total_mp : r.total_mp, r.max_mp, r.active_ms, decided);
  if (!m) return std::vector<std::string>(7);
  return {m->course->code, m->exercise->unit, format_hundredths(m->hours_ch), format_hundredths(m->credits_ch), m->band ? m->band->grade : "", mapping->id + " " + mapping->version, mapping->sha256};
}

}  // namespace

std::vector<std::string> result_fields() { return {std::begin(kFields), std::end(kFields)}; }

std::vector<std::vector<std::string>> results_table(const std::vector<AttemptRow>& rows, const CsvOptions& options, const std::map<std::string, Judgement>& people, const Mapping* mapping) {
  static_assert(std::size(kFields) == std::size(kHeadings));
  std::vector<std::vector<std::string>> table(1);
  for (const Text& heading : kHeadings) table[0].push_back(heading.in(options.lang));
  for (const AttemptRow& r : rows) {
    const Text status = r.closed ? Text{"已结束", "closed"} : Text{"进行中", "open"};
    const bool watched = r.mode == mode_name(Mode::kDemo);  // its marks are the expert's
    const bool c = r.closed && !watched;
    const bool blind = !options.names && r.mode == mode_name(Mode::kCompetition);
    std::vector<std::string> cells = {r.uuid, blind ? "" : r.trainee, r.exercise, r.title.in(options.lang), mode_text(r.mode).in(options.lang), status.in(options.lang), watched ? "" : verdict_text(r.verdict).in(options.lang),
             c ? points_text(r.total_mp) : "", c ? points_text(r.max_mp) : "", c ? points_text(r.process_mp) : "", c ? points_text(r.outcome_mp) : "", r.codes,
             r.closed ? std::to_string(div_round(r.active_ms, 1000)) : "", r.started_utc, r.ended_utc, r.seed, r.pack_version, r.head_sha256};
    for (const auto& more : {people_cells(r, people, options.lang), mapped_cells(r, people, mapping)}) cells.insert(cells.end(), more.begin(), more.end());
    const bool numbered = options.numbers && !blind && options.numbers->count(r.trainee);
    cells.push_back(numbered ? options.numbers->at(r.trainee) : "");
    table.push_back(std::move(cells));
  }
  return table;
}

std::string table_csv(const std::vector<std::vector<std::string>>& table, bool bom) {
  std::string out = bom ? "\xef\xbb\xbf" : "";
  for (const std::vector<std::string>& cells : table) {
    for (size_t i = 0; i < cells.size(); ++i) {
      // A number of so many digits, a seed, a spreadsheet would round: it goes as text.
      const bool too_long = is_number(cells[i]) && cells[i].size() > 15;
      out += (i ? "," : "") + csv_cell(too_long ? "'" + cells[i] : cells[i]);
    }
    out += "\r\n";
  }
  return out;
}

std::string results_csv(const std::vector<AttemptRow>& rows, const CsvOptions& options, const std::map<std::string, Judgement>& people, const Mapping* mapping) {
  return table_csv(results_table(rows, options, people, mapping), options.bom);
}

}  // namespace shixun
