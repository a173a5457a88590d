#include "engine/records/csv.h"

#include <algorithm>
#include <cstdlib>

#include "engine/base/units.h"

namespace shixun {

namespace {

// Milli-points as points with one digit, rounded once, here. Never through a float.
std::string points(int64_t mp) {
  const int64_t tenths = div_round(mp, 100);
  const std::string sign = tenths < 0 ? "-" : "";
  return sign + std::to_string(std::abs(tenths) / 10) + "." + std::to_string(std::abs(tenths) % 10);
}

bool is_number(std::string_view s) {
  if (!s.empty() && s[0] == '-') s.remove_prefix(1);
  return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

const Text kHeadings[] = {
    {"作业编号", "Attempt"}, {"学员代号", "Trainee"}, {"项目编号", "Exercise"}, {"项目", "Title"}, {"模式", "Mode"}, {"状态", "Status"}, {"结论", "Verdict"},
    {"总分", "Total"}, {"满分", "Out of"}, {"过程分", "Process"}, {"结果分", "Outcome"}, {"错误代码", "Codes"}, {"用时(秒)", "Time (s)"},
    {"开始时间 UTC", "Started UTC"}, {"结束时间 UTC", "Ended UTC"}, {"随机种子", "Seed"}, {"课程包版本", "Pack version"}, {"证据 SHA-256", "Evidence SHA-256"}};

Text verdict_text(const std::string& verdict) {
  if (verdict == "pass") return {"合格", "pass"};
  if (verdict == "fail") return {"不合格", "fail"};
  if (verdict == "open") return {"待评分", "to be marked"};
  if (verdict == "unfinished") return {"未完成", "unfinished"};
  return {"", ""};
}

Text mode_text(const std::string& name) {
  const auto mode = mode_from_name(name);
  return mode ? mode_title(*mode) : Text{name, name};
}

}  // namespace

std::string csv_cell(std::string_view text) {
  std::string s(text);
  const bool formula = !s.empty() && std::string_view("=+-@\t\r").find(s[0]) != std::string_view::npos;
  if (formula && !is_number(s)) s.insert(0, "'");
  if (s.find_first_of(",\"\r\n") == std::string::npos) return s;
  std::string quoted = "\"";
  for (const char c : s) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string results_csv(const std::vector<AttemptRow>& rows, const CsvOptions& options) {
  std::string out = options.bom ? "\xef\xbb\xbf" : "";
  const auto line = [&out](const std::vector<std::string>& cells) {
    for (size_t i = 0; i < cells.size(); ++i) out += (i ? "," : "") + csv_cell(cells[i]);
    out += "\r\n";
  };
  std::vector<std::string> cells;
  for (const Text& heading : kHeadings) cells.push_back(heading.in(options.lang));
  line(cells);
  for (const AttemptRow& r : rows) {
    const Text status = r.closed ? Text{"已结束", "closed"} : Text{"进行中", "open"};
    const bool c = r.closed;
    // A seed has up to 20 digits: as a bare number a spreadsheet would round it, so it goes as text.
    cells = {r.uuid, r.trainee, r.exercise, r.title.in(options.lang), mode_text(r.mode).in(options.lang), status.in(options.lang), verdict_text(r.verdict).in(options.lang),
             c ? points(r.total_mp) : "", c ? points(r.max_mp) : "", c ? points(r.process_mp) : "", c ? points(r.outcome_mp) : "", r.codes,
             c ? std::to_string(div_round(r.active_ms, 1000)) : "", r.started_utc, r.ended_utc, r.seed.size() > 15 ? "'" + r.seed : r.seed, r.pack_version, r.head_sha256};
    line(cells);
  }
  return out;
}

}  // namespace shixun
