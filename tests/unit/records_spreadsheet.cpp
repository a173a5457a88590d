#include "engine/base/archive.h"
#include "engine/records/csv.h"
#include "engine/records/spreadsheet.h"
#include "tests/unit/records_fixture.h"

namespace shixun {
namespace {

class Spreadsheet : public RecordsTest {
 protected:
  static AttemptRow row() {
    AttemptRow r;
    r.uuid = "01783d98-178e-4dfd-bd8a-073aec32dfee";
    r.trainee = "0042";
    r.exercise = "small/brake";
    r.title = {"=SUM(A1:A9)", "=SUM(A1:A9)"};
    r.mode = "assessment";
    r.closed = true;
    r.verdict = "pass";
    r.total_mp = 83500;
    r.max_mp = 100000;
    r.seed = "18446744073709551615";
    return r;
  }
};

TEST_F(Spreadsheet, ASchoolGetsItsOwnColumns) {
  auto map = parse_columns("format: 1\nsheet: 成绩\ncolumns:\n  - {field: trainee, heading: 学号}\n  - {text: 汽车维护, heading: 课程}\n  - {field: total, heading: 成绩}\n", "c");
  ASSERT_TRUE(map) << map.error().text();
  const Cells table = map_columns(results_table({row()}, {.lang = Lang::kZh}), *map);
  EXPECT_EQ(table, (Cells{{"学号", "课程", "成绩"}, {"0042", "汽车维护", "83.5"}}));
  EXPECT_EQ(table_csv(table, true), "\xef\xbb\xbf学号,课程,成绩\r\n0042,汽车维护,83.5\r\n");
}

TEST_F(Spreadsheet, NamesEveryMistakeWithItsPlace) {
  for (const auto& [text, words] : {std::pair<const char*, const char*>{"format: 2\ncolumns: [{field: total, heading: x}]\n", "c:1:9"}, {"format: 1\n", "'columns' must be"}, {"format: 1\ncolumns: []\n", "'columns' must be"},
                                    {"format: 1\ncolumns:\n  - {field: totl, heading: x}\n", "there is no field 'totl'"}, {"format: 1\ncolumns:\n  - {field: total, text: y, heading: x}\n", "c:3"},
                                    {"format: 1\ncolumns:\n  - {field: total}\n", "c:3"}, {"format: 1\nsheet: a/b\ncolumns:\n  - {field: total, heading: x}\n", "c:2"}, {"format: 1\nrows: 1\n", "unknown key 'rows'"}}) {
    auto map = parse_columns(text, "c");
    ASSERT_FALSE(map) << text;
    EXPECT_NE(map.error().text().find(words), std::string::npos) << map.error().text();
  }
}

TEST_F(Spreadsheet, AWorkbookHoldsNumbersAndTextsAndNoFormula) {
  const fs::path file = dir / "out/results.xlsx";
  ASSERT_TRUE(write_xlsx(file, "成绩", results_table({row()}, {.lang = Lang::kZh})));
  auto files = read_archive(file);
  ASSERT_TRUE(files) << files.error().text();
  std::string sheet, strings, book;
  for (const ArchiveFile& f : *files) {
    if (f.name == "xl/worksheets/sheet1.xml") sheet = f.bytes;
    if (f.name == "xl/sharedStrings.xml") strings = f.bytes;
    if (f.name == "xl/workbook.xml") book = f.bytes;
  }
  EXPECT_EQ(sheet.find("<f>"), std::string::npos);
  EXPECT_NE(sheet.find("<v>83.5</v>"), std::string::npos);
  for (const char* text : {"=SUM(A1:A9)", ">0042<", "18446744073709551615", "学员代号"}) EXPECT_NE(strings.find(text), std::string::npos) << text;
  EXPECT_NE(book.find("成绩"), std::string::npos);
  EXPECT_FALSE(write_xlsx(dir / "out/results.xlsx/x.xlsx", "a", {}));
}

}  // namespace
}  // namespace shixun
