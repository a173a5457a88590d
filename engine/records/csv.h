#pragma once
// Results as a table for spreadsheets and school systems: RFC 4180, UTF-8, CRLF. Cells that a spreadsheet would run as a formula
// (= + - @ and tabs at the start) are made plain text with a leading apostrophe.

#include <string>
#include <vector>

#include "engine/base/text.h"
#include "engine/records/store.h"

namespace shixun {

struct CsvOptions {
  Lang lang = Lang::kZh;  // of titles and headings
  bool bom = true;        // some spreadsheet programs read UTF-8 only with it
};

std::string csv_cell(std::string_view text);
std::string results_csv(const std::vector<AttemptRow>& rows, const CsvOptions& options);

}  // namespace shixun
