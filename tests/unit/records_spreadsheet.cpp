#include "engine/base/archive.h"
#include "engine/records/csv.h"
#include "engine/records/oneroster.h"
#include "engine/records/spreadsheet.h"
#include "tests/unit/records_fixture.h"

namespace shixun {
namespace {

class Spreadsheet : public RecordsTest {
 protected:
  static AttemptRow row() {
    AttemptRow r = passed_row();
    r.trainee = "0042";
    r.title = {"=SUM(A1:A9)", "=SUM(A1:A9)"};
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

TEST_F(Spreadsheet, TraineesAreCalledAsTheReceivingSystemCallsThem) {
  auto numbers = parse_numbers("\xef\xbb\xbftrainee,number\r\n0042,\"2026,017\"\r\n\r\ns-1,甲001", "n");
  ASSERT_TRUE(numbers) << numbers.error().text();
  EXPECT_EQ(*numbers, (Numbers{{"0042", "2026,017"}, {"s-1", "甲001"}}));
  auto map = parse_columns("format: 1\ncolumns: [{field: number, heading: 考生号}]\n", "c");
  ASSERT_TRUE(map);
  EXPECT_EQ(table_csv(map_columns(results_table({row()}, {.numbers = &*numbers}), *map), false), "考生号\r\n\"2026,017\"\r\n");
  AttemptRow blind = row();
  blind.mode = "competition";
  EXPECT_EQ(table_csv(map_columns(results_table({blind}, {.numbers = &*numbers}), *map), false), "考生号\r\n\r\n");
  AttemptRow other = row();
  other.trainee = "s-9";
  const auto missing = check_numbers(*numbers, {row(), other});
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().text().find("1 trainees have no number there: s-9"), std::string::npos) << missing.error().text();
  for (const auto& [text, words] : {std::pair<const char*, const char*>{"", "n:1"}, {"trainee,name\n", "n:1"}, {"trainee,number\na,1,2\n", "n:2: expected two cells, found 3"}, {"trainee,number\n\na b,1\n", "n:3"},
                                    {"trainee,number\na,1\na,2\n", "n:3: trainee a is named twice"}, {"trainee,number\na,1\nb,1\n", "n:3"}, {"trainee,number\na,\n", "n:2"}, {"trainee,number\na,\"1\n", "n:2: a quoted cell"},
                                    {"trainee,number\na,\"1\"2\n", "n:2"}, {"trainee,number\na,1\"2\n", "n:2"}, {"trainee,number\ra,1", "n:1"}, {"trainee,number\na,\xff\n", "n:1"}}) {
    auto bad = parse_numbers(text, "n");
    ASSERT_FALSE(bad) << text;
    EXPECT_NE(bad.error().text().find(words), std::string::npos) << bad.error().text();
  }
}

TEST_F(Spreadsheet, AGradebookGetsOneResultForEachLineItemAndStudent) {
  auto book = parse_gradebook("format: 1\nsource: {name: \"学校, A\", code: a}\nline_items:\n  small/brake: {line_item: li-1, class: c-1}\n", "g");
  ASSERT_TRUE(book) << book.error().text();
  AttemptRow first = row(), last = row(), practised = row(), elsewhere = row();
  first.ended_utc = "2026-03-01T08:10:00.000Z";
  last.uuid = "11783d98-178e-4dfd-bd8a-073aec32dfee";
  last.ended_utc = "2026-03-02T08:10:00.000Z";
  last.total_mp = 40000;
  last.verdict = "fail";
  last.head_sha256 = "abc";
  practised.mode = "practice";
  practised.ended_utc = "2026-03-03T08:10:00.000Z";
  elsewhere.exercise = "small/other";
  const auto file = [&](const Numbers* students) {
    auto zip = oneroster_package({first, last, practised, elsewhere}, {}, *book, students);
    EXPECT_TRUE(zip) << zip.error().text();
    EXPECT_EQ(zip->results, 1u);
    const fs::path path = dir / "roster.zip";
    EXPECT_TRUE(write_file(path, zip->zip));
    auto files = read_archive(path);
    EXPECT_EQ(files->size(), 2u);
    EXPECT_EQ((*files)[0].name, "manifest.csv");
    EXPECT_NE((*files)[0].bytes.find("propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,1.2\r\nfile.academicSessions,absent\r\n"), std::string::npos);
    EXPECT_NE((*files)[0].bytes.find("file.results,delta\r\n"), std::string::npos);
    EXPECT_NE((*files)[0].bytes.find("source.systemName,\"学校, A\"\r\n"), std::string::npos);
    EXPECT_EQ(std::count((*files)[0].bytes.begin(), (*files)[0].bytes.end(), '\n'), 26);  // heading, two versions, 21 files, two of the source
    auto table = parse_csv((*files)[1].bytes, "results.csv");
    EXPECT_TRUE(table);
    EXPECT_EQ(table->size(), 2u);
    EXPECT_EQ((*table)[0].cells.size(), (*table)[1].cells.size());
    return (*table)[1].cells;
  };
  auto cells = file(nullptr);
  const std::string id = cells[0];
  EXPECT_TRUE(is_uuid(id));
  cells.erase(cells.begin());
  EXPECT_EQ(cells, (std::vector<std::string>{"active", last.ended_utc, "li-1", "0042", "fully graded", "40.0", "2026-03-02", "Shixun " + last.uuid + ", evidence SHA-256 abc", "", "c-1", "false", "false", "false", "false"}));
  book->best = true;
  cells = file(nullptr);
  EXPECT_EQ(cells[0], id);  // the same result, changed
  EXPECT_EQ(cells[6], "83.5");
  const Numbers students = {{"0042", "u-7"}};
  EXPECT_EQ(file(&students)[4], "u-7");
  const Numbers nobody;
  EXPECT_FALSE(oneroster_package({first}, {}, *book, &nobody));
  EXPECT_FALSE(oneroster_package({practised}, {}, *book, nullptr));
  for (const auto& [text, words] : {std::pair<const char*, const char*>{"format: 2\n", "g:1:9"}, {"format: 1\n", "'line_items' must"}, {"format: 1\nline_items: {}\n", "'line_items' must"}, {"format: 1\nline_items:\n  a/b: {class: c}\n", "g:3"},
                                    {"format: 1\nline_items:\n  a/b: {line_item: i, klass: c}\n", "unknown key 'klass'"}, {"format: 1\nattempt: first\nline_items:\n  a/b: {line_item: i}\n", "g:2"}}) {
    auto bad = parse_gradebook(text, "g");
    ASSERT_FALSE(bad) << text;
    EXPECT_NE(bad.error().text().find(words), std::string::npos) << bad.error().text();
  }
}

}  // namespace
}  // namespace shixun
