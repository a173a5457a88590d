#include "engine/records/spreadsheet.h"

#include <xlsxwriter.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "engine/base/hash.h"
#include "engine/records/csv.h"
#include "engine/training/yaml.h"

namespace shixun {

namespace {

constexpr size_t kMaxColumns = 200, kMaxHeading = 200, kMaxSheetName = 31;

// Excel keeps 15 digits; what is longer stays a text. Pseudonyms of digits with a leading zero, too.
bool as_number(const std::string& s, double& value) {
  if (s.empty() || s.size() > 15 || (s[0] == '0' && s.size() > 1 && s[1] != '.') || s[0] == '+' || s.find_first_not_of("-.0123456789") != std::string::npos) return false;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
  return error == std::errc() && end == s.data() + s.size();
}

// Characters as a reader counts them, for the width of a column: a Chinese one takes two.
size_t width_of(const std::string& s) {
  size_t width = 0;
  for (const char c : s) {
    const auto u = static_cast<unsigned char>(c);
    if ((u & 0xc0) != 0x80) width += u < 0x80 ? 1 : 2;
  }
  return width;
}

}  // namespace

Result<ColumnMap> parse_columns(const std::string& text, const std::string& name) {
  auto root = parse_yaml(text, name);
  if (!root) return root.error();
  if (root->kind != Yaml::Kind::kMap) return error_at(name, *root, "expected format and columns");
  for (const auto& [key, value] : root->map) {
    if (key != "format" && key != "sheet" && key != "columns") return error_at(name, value, "unknown key '" + key + "'", "Known are: format, sheet, columns");
  }
  const Yaml *format = root->find("format"), *sheet = root->find("sheet"), *columns = root->find("columns");
  if (!format || format->scalar != "1") return error_at(name, format ? *format : *root, "this format is not known here (expected format: 1)");
  ColumnMap map;
  if (sheet) {
    if (sheet->kind != Yaml::Kind::kScalar || sheet->scalar.empty() || width_of(sheet->scalar) > kMaxSheetName || sheet->scalar.find_first_of("[]:*?/\\'") != std::string::npos)
      return error_at(name, *sheet, "a sheet's name has at most 31 characters and none of [ ] : * ? / \\ '");
    map.sheet = sheet->scalar;
  }
  if (!columns || columns->kind != Yaml::Kind::kList || columns->list.empty() || columns->list.size() > kMaxColumns) return error_at(name, columns ? *columns : *root, "'columns' must be a list of 1 to 200 columns");
  const std::vector<std::string> fields = result_fields();
  for (const Yaml& item : columns->list) {
    ColumnMap::Column c;
    if (item.kind != Yaml::Kind::kMap) return error_at(name, item, "a column must be {field: ..., heading: ...} or {text: ..., heading: ...}");
    for (const auto& [key, value] : item.map) {
      std::string* into = key == "field" ? &c.field : key == "text" ? &c.text : key == "heading" ? &c.heading : nullptr;
      if (!into) return error_at(name, value, "unknown key '" + key + "'", "Known are: field, text, heading");
      if (value.kind != Yaml::Kind::kScalar || value.scalar.empty() || value.scalar.size() > kMaxHeading) return error_at(name, value, "'" + key + "' must be a text of at most 200 bytes");
      *into = value.scalar;
    }
    if (c.heading.empty() || c.field.empty() == c.text.empty()) return error_at(name, item, "a column has a heading and either a field or a text");
    if (!c.field.empty() && std::find(fields.begin(), fields.end(), c.field) == fields.end()) {
      std::string known;
      for (const std::string& f : fields) known += (known.empty() ? "" : ", ") + f;
      return error_at(name, *item.find("field"), "there is no field '" + c.field + "'", "Known are: " + known);
    }
    map.columns.push_back(std::move(c));
  }
  return map;
}

Result<ColumnMap> load_columns(const fs::path& file) {
  auto text = read_file(file, 1u << 20);
  if (!text) return text.error();
  return parse_columns(*text, file.string());
}

Cells map_columns(const Cells& results, const ColumnMap& map) {
  const std::vector<std::string> fields = result_fields();
  Cells out;
  for (const std::vector<std::string>& row : results) {
    std::vector<std::string>& cells = out.emplace_back();
    for (const ColumnMap::Column& c : map.columns) {
      if (out.size() == 1) cells.push_back(c.heading);
      else cells.push_back(c.field.empty() ? c.text : row[static_cast<size_t>(std::find(fields.begin(), fields.end(), c.field) - fields.begin())]);
    }
  }
  return out;
}

Status write_xlsx(const fs::path& file, const std::string& sheet, const Cells& table) {
  if (file.has_parent_path()) {
    if (auto made = make_dirs(file.parent_path()); !made) return made;
  }
  const fs::path temp = file.string() + ".new." + uuid_v4().substr(0, 8);
  lxw_workbook_options options{};
  options.constant_memory = LXW_FALSE;
  lxw_workbook* book = workbook_new_opt(temp.c_str(), &options);
  lxw_worksheet* page = book ? workbook_add_worksheet(book, sheet.c_str()) : nullptr;
  lxw_error failed = page ? LXW_NO_ERROR : LXW_ERROR_MEMORY_MALLOC_FAILED;
  if (page) {
    lxw_format* bold = workbook_add_format(book);
    format_set_bold(bold);
    std::vector<size_t> widths;
    for (size_t y = 0; y < table.size() && failed == LXW_NO_ERROR; ++y) {
      for (size_t x = 0; x < table[y].size() && failed == LXW_NO_ERROR; ++x) {
        const std::string& cell = table[y][x];
        const auto row = static_cast<lxw_row_t>(y);
        const auto column = static_cast<lxw_col_t>(x);
        double number = 0;
        if (y > 0 && as_number(cell, number)) failed = worksheet_write_number(page, row, column, number, nullptr);
        else if (!cell.empty()) failed = worksheet_write_string(page, row, column, cell.c_str(), y == 0 ? bold : nullptr);
        widths.resize(std::max(widths.size(), x + 1));
        widths[x] = std::max(widths[x], width_of(cell));
      }
    }
    for (size_t x = 0; x < widths.size(); ++x) worksheet_set_column(page, static_cast<lxw_col_t>(x), static_cast<lxw_col_t>(x), static_cast<double>(std::min<size_t>(widths[x] + 2, 50)), nullptr);
    worksheet_freeze_panes(page, 1, 0);
  }
  if (book) {
    const lxw_error closed = workbook_close(book);  // writes the file and frees the book
    if (failed == LXW_NO_ERROR) failed = closed;
  }
  std::error_code ec;
  if (failed == LXW_NO_ERROR) fs::rename(temp, file, ec);
  if (failed == LXW_NO_ERROR && !ec) return ok();
  const std::string what = ec ? ec.message() : lxw_strerror(failed);
  fs::remove(temp, ec);
  return Error{Code::kEnvironment, file.string(), "cannot write the workbook: " + what, ""};
}

}  // namespace shixun
