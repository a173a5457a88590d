// What a school adds. First byte, its last three bits: 4, what another system calls the trainees; 6, which line item there an exercise is; else even,
// its mapping; odd, people's marks of a closed journal, each line that is JSON chained to the line before it.

#include "engine/base/hash.h"
#include "engine/base/json.h"
#include "engine/records/course.h"
#include "engine/records/csv.h"
#include "engine/records/human_marks.h"
#include "engine/records/oneroster.h"
#include "tests/fuzz/fuzz.h"

using namespace shixun;

namespace {

const Journal& closed_journal() {
  static const Journal journal = [] {
    const Pack& pack = fuzz::base_pack();
    Journal j;
    j.header.attempt = "01783d98-178e-4dfd-bd8a-073aec32dfee";
    j.header.trainee = "t1";
    j.head_sha256 = sha256_hex("head");
    j.footer = JournalFooter{to_json(grade(pack, pack.exercises[0], j.header.mode, j.header.seed, {})), "", ""};
    return j;
  }();
  return journal;
}

// The header of these marks, then the lines, chained.
std::string chained(std::string_view text) {
  std::string before = canonical({{"v", "marks"}, {"format", kMarksFormat}, {"attempt", closed_journal().header.attempt}, {"journal_sha256", closed_journal().head_sha256}});
  std::string out = before + "\n";
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    nlohmann::json j = nlohmann::json::parse(text.substr(begin, end - begin), nullptr, false);
    begin = end + 1;
    if (!j.is_object()) continue;
    j["prev"] = sha256_hex(before);
    before = j.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    out += before + "\n";
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const Pack& pack = fuzz::base_pack();
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] & 1) {
    auto marks = parse_marks(chained(text), "fuzzed", closed_journal());
    if (!marks) {
      fuzz::expect_told(marks.error());
      return 0;
    }
    auto judged = judgement_of(pack, pack.exercises[0], closed_journal(), *marks, "fuzzed");
    if (!judged) fuzz::expect_told(judged.error());
    else (void)judgement_text(*judged, pack, Lang::kEn);
    return 0;
  }
  if ((data[0] & 7) == 4) {
    // What is read, written and read again is the same.
    if (auto rows = parse_csv(text, "fuzzed"); !rows) {
      fuzz::expect_told(rows.error());
    } else {
      std::string again;
      for (const CsvRow& row : *rows) {
        for (size_t i = 0; i < row.cells.size(); ++i) again += (i ? "," : "") + (row.cells[i].empty() ? "\"\"" : csv_quoted(row.cells[i]));
        again += "\r\n";
      }
      auto twice = parse_csv(again, "again");
      if (!twice || twice->size() != rows->size()) std::abort();
      for (size_t i = 0; i < rows->size(); ++i) {
        if ((*twice)[i].cells != (*rows)[i].cells) std::abort();
      }
    }
    if (auto numbers = parse_numbers(text, "fuzzed"); !numbers) fuzz::expect_told(numbers.error());
    return 0;
  }
  if ((data[0] & 7) == 6) {
    if (auto book = parse_gradebook(text, "fuzzed"); !book) fuzz::expect_told(book.error());
    return 0;
  }
  const MappingLoad load = parse_mapping(text, "fuzzed");
  if (load.mapping.has_value() != load.errors.empty()) std::abort();
  for (const Error& e : load.errors) fuzz::expect_told(e);
  if (!load.mapping) return 0;
  for (const Course& c : load.mapping->courses) (void)course_text(course_report(*load.mapping, c, {}), Lang::kZh);
  return 0;
}
