#pragma once
// Results in the columns that a school's own system (教务系统) takes: a column map (`results export --columns FILE`), and a workbook instead of CSV.
//
//   format: 1
//   sheet: 成绩                                # name of the workbook's sheet; default: results
//   columns:
//     - {field: trainee, heading: 学号}
//     - {field: total, heading: 成绩}
//     - {text: 汽车维护, heading: 课程名称}     # the same in every row
//
// `field` is a column of the full table; `shixunctl results export --help` names them.

#include <string>
#include <vector>

#include "engine/base/file.h"

namespace shixun {

struct ColumnMap {
  struct Column {
    std::string field, text, heading;  // field or text
  };
  std::string sheet = "results";
  std::vector<Column> columns;
};

// Errors name file:line:column.
Result<ColumnMap> load_columns(const fs::path& file);
Result<ColumnMap> parse_columns(const std::string& text, const std::string& name);

using Cells = std::vector<std::vector<std::string>>;  // the first row: headings

Cells map_columns(const Cells& results, const ColumnMap& map);  // `results` as results_table() gave it

// An .xlsx. Cells are texts and numbers: nothing in it can run as a formula.
Status write_xlsx(const fs::path& file, const std::string& sheet, const Cells& table);

}  // namespace shixun
