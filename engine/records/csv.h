#pragma once
// Results as a table for spreadsheets and school systems: RFC 4180, UTF-8, CRLF. Cells that a spreadsheet would run as a formula
// (= + - @ and tabs at the start) are made plain text with a leading apostrophe.

#include <map>
#include <string>
#include <vector>

#include "engine/base/text.h"
#include "engine/records/course.h"
#include "engine/records/human_marks.h"
#include "engine/records/numbers.h"
#include "engine/records/store.h"

namespace shixun {

struct CsvOptions {
  Lang lang = Lang::kZh;  // of titles and headings
  bool bom = true;        // some spreadsheet programs read UTF-8 only with it
  bool names = false;     // also whose a competition's attempts are: judges are not told
  const Numbers* numbers = nullptr;  // what the receiving system calls the trainees
};

std::string csv_cell(std::string_view text);
std::string csv_quoted(std::string_view text);  // the same for programs: as it is, quoted where RFC 4180 wants it
std::string points_text(int64_t mp);            // milli-points as points with one digit, "83.5"

// Reads a table (RFC 4180, UTF-8 with or without a mark, lines end with LF or CRLF); empty lines are passed over. Errors name file:line.
struct CsvRow {
  std::vector<std::string> cells;
  size_t line = 0;  // where it begins, from 1
};
Result<std::vector<CsvRow>> parse_csv(std::string_view text, const std::string& name);

// The table behind it: the headings, then a row for each attempt; and the names of its columns for a column map (spreadsheet.h).
std::vector<std::vector<std::string>> results_table(const std::vector<AttemptRow>& rows, const CsvOptions& options, const std::map<std::string, Judgement>& people = {}, const Mapping* mapping = nullptr);
std::vector<std::string> result_fields();
std::string table_csv(const std::vector<std::vector<std::string>>& table, bool bom);
// Total, process and outcome are the machine's; `people`, by attempt, and `mapping` fill the columns behind.
std::string results_csv(const std::vector<AttemptRow>& rows, const CsvOptions& options, const std::map<std::string, Judgement>& people = {}, const Mapping* mapping = nullptr);

}  // namespace shixun
