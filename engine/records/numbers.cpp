#include "engine/records/numbers.h"

#include <set>

#include "engine/records/csv.h"

namespace shixun {

Result<Numbers> parse_numbers(const std::string& text, const std::string& name) {
  constexpr size_t kMaxLength = 64;
  const auto at = [&](size_t line, std::string what, std::string hint = "") { return Error{Code::kFailed, name + ":" + std::to_string(line), std::move(what), std::move(hint)}; };
  auto table = parse_csv(text, name);
  if (!table) return table.error();
  if (table->empty() || (*table)[0].cells != std::vector<std::string>{"trainee", "number"}) return at(1, "the first line must be: trainee,number");
  Numbers numbers;
  std::set<std::string> taken;
  for (size_t i = 1; i < table->size(); ++i) {
    const auto& [cells, line] = (*table)[i];
    if (cells.size() != 2) return at(line, "expected two cells, found " + std::to_string(cells.size()), "trainee,number");
    if (!is_pseudonym(cells[0])) return at(line, "the first cell is no trainee's id", "1 to 64 of A-Z a-z 0-9 . _ -");
    if (cells[1].empty() || cells[1].size() > kMaxLength || cells[1].find_first_of("\r\n\t") != std::string::npos) return at(line, "the number must have 1 to 64 bytes in one line");
    if (!numbers.emplace(cells[0], cells[1]).second) return at(line, "trainee " + cells[0] + " is named twice");
    if (!taken.insert(cells[1]).second) return at(line, "this number is given to two trainees");
  }
  return numbers;
}

Result<Numbers> load_numbers(const fs::path& file) {
  auto text = read_file(file, 8u << 20);
  if (!text) return text.error();
  return parse_numbers(*text, file.string());
}

Status check_numbers(const Numbers& numbers, const std::vector<AttemptRow>& rows) {
  std::set<std::string> missing;
  for (const AttemptRow& r : rows) {
    if (!numbers.count(r.trainee)) missing.insert(r.trainee);
  }
  if (missing.empty()) return ok();
  std::string names;
  for (auto it = missing.begin(); it != missing.end() && names.size() < 200; ++it) names += (names.empty() ? "" : ", ") + *it;
  return Error{Code::kFailed, "--numbers", std::to_string(missing.size()) + " trainees have no number there: " + names, "Add them, or choose others with --trainee, --since, --until"};
}

}  // namespace shixun
