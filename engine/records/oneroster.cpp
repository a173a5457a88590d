#include "engine/records/oneroster.h"

#include <algorithm>

#include "engine/base/archive.h"
#include "engine/base/hash.h"
#include "engine/records/csv.h"
#include "engine/training/yaml.h"

namespace shixun {

namespace {

// Every file the binding knows; which of them are in a package, its manifest says one by one.
constexpr const char* kFiles[] = {"academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics", "enrollments", "lineItemLearningObjectiveIds", "lineItems",
                                  "lineItemScoreScales", "orgs", "resources", "resultLearningObjectiveIds", "results", "resultScoreScales", "roles", "scoreScales", "userProfiles", "userResources", "users"};
constexpr const char* kResultColumns[] = {"sourcedId", "status", "dateLastModified", "lineItemSourcedId", "studentSourcedId", "scoreStatus", "score", "scoreDate",
                                          "comment", "textScore", "classSourcedId", "inProgress", "incomplete", "late", "missing"};
// A space of our own for names of line item and student (RFC 4122, 4.3).
constexpr std::string_view kResultSpace = "5d0f0a52-2f0e-5c0b-9a55-3c1b6a7a9c11";
constexpr size_t kMaxId = 255;

std::string text_of(const std::vector<std::vector<std::string>>& table) {
  std::string out;
  for (const auto& cells : table) {
    for (size_t i = 0; i < cells.size(); ++i) out += (i ? "," : "") + csv_quoted(cells[i]);
    out += "\r\n";
  }
  return out;
}

}  // namespace

Result<Gradebook> parse_gradebook(const std::string& text, const std::string& name) {
  auto root = parse_yaml(text, name);
  if (!root) return root.error();
  if (root->kind != Yaml::Kind::kMap) return error_at(name, *root, "expected format and line_items");
  for (const auto& [key, value] : root->map) {
    if (key != "format" && key != "source" && key != "attempt" && key != "line_items") return error_at(name, value, "unknown key '" + key + "'", "Known are: format, source, attempt, line_items");
  }
  const Yaml *format = root->find("format"), *source = root->find("source"), *attempt = root->find("attempt"), *items = root->find("line_items");
  if (!format || format->scalar != "1") return error_at(name, format ? *format : *root, "this format is not known here (expected format: 1)");
  Gradebook book;
  const auto read = [&](const Yaml& map, std::initializer_list<std::pair<const char*, std::string*>> keys, const std::string& what) -> Status {
    if (map.kind != Yaml::Kind::kMap) return error_at(name, map, what);
    for (const auto& [key, value] : map.map) {
      const auto found = std::find_if(keys.begin(), keys.end(), [&key = key](const auto& k) { return key == k.first; });
      if (found == keys.end()) return error_at(name, value, "unknown key '" + key + "'", what);
      if (value.kind != Yaml::Kind::kScalar || value.scalar.empty() || value.scalar.size() > kMaxId) return error_at(name, value, "'" + key + "' must be a text of at most 255 bytes");
      *found->second = value.scalar;
    }
    return ok();
  };
  if (source) {
    if (auto s = read(*source, {{"name", &book.system_name}, {"code", &book.system_code}}, "'source' must be {name: ..., code: ...}"); !s) return s.error();
  }
  if (attempt) {
    if (attempt->scalar != "last" && attempt->scalar != "best") return error_at(name, *attempt, "'attempt' must be last or best");
    book.best = attempt->scalar == "best";
  }
  if (!items || items->kind != Yaml::Kind::kMap || items->map.empty()) return error_at(name, items ? *items : *root, "'line_items' must name at least one exercise");
  for (const auto& [exercise, value] : items->map) {
    Gradebook::LineItem item;
    if (auto s = read(value, {{"line_item", &item.line_item}, {"class", &item.class_id}}, "a line item must be {line_item: ID, class: ID}"); !s) return s.error();
    if (item.line_item.empty()) return error_at(name, value, "lacks 'line_item': the sourcedId of the line item there");
    book.line_items.emplace(exercise, std::move(item));
  }
  return book;
}

Result<Gradebook> load_gradebook(const fs::path& file) {
  auto text = read_file(file, 1u << 20);
  if (!text) return text.error();
  return parse_gradebook(*text, file.string());
}

Result<OneRosterPackage> oneroster_package(const std::vector<AttemptRow>& rows, const std::map<std::string, Judgement>& people, const Gradebook& gradebook, const Numbers* students) {
  const auto judged = [&](const AttemptRow& r) {
    const auto it = people.find(r.uuid);
    return it == people.end() ? nullptr : &it->second;
  };
  const auto total = [&](const AttemptRow& r) { return judged(r) ? judged(r)->sheet.total_mp : r.total_mp; };
  // One result for each line item and student.
  std::map<std::pair<std::string, std::string>, const AttemptRow*> counted;
  for (const AttemptRow& r : rows) {
    const auto mode = mode_from_name(r.mode);
    if (!r.closed || !mode || rules_of(*mode).counts != Counts::kOutcome || !gradebook.line_items.count(r.exercise)) continue;
    const AttemptRow*& now = counted[{r.exercise, r.trainee}];
    if (!now || (gradebook.best ? total(r) >= total(*now) : r.ended_utc >= now->ended_utc)) now = &r;
  }
  if (counted.empty()) return Error{Code::kFailed, "", "there is no closed assessment of an exercise that the gradebook has a line item for", ""};
  if (students) {
    std::vector<AttemptRow> those;
    for (const auto& [key, row] : counted) those.push_back(*row);
    if (auto all = check_numbers(*students, those); !all) return all.error();
  }
  std::vector<std::vector<std::string>> results = {{std::begin(kResultColumns), std::end(kResultColumns)}};
  for (const auto& [key, row] : counted) {
    const Gradebook::LineItem& item = gradebook.line_items.at(row->exercise);
    const std::string& student = students ? students->at(row->trainee) : row->trainee;
    const Judgement* j = judged(*row);
    const bool open = j ? j->sheet.open : row->verdict == "open";
    const std::string said = j && !j->said_utc.empty() ? j->said_utc : row->ended_utc;
    results.push_back({uuid_v5(kResultSpace, item.line_item + "\n" + student), "active", said, item.line_item, student, open ? "partially graded" : "fully graded", points_text(total(*row)),
                       row->ended_utc.substr(0, 10), "Shixun " + row->uuid + ", evidence SHA-256 " + row->head_sha256, "", item.class_id, "false", row->verdict == "unfinished" ? "true" : "false", "false", "false"});
  }
  std::vector<std::vector<std::string>> manifest = {{"propertyName", "value"}, {"manifest.version", "1.0"}, {"oneroster.version", "1.2"}};
  for (const std::string file : kFiles) manifest.push_back({"file." + file, file == "results" ? "delta" : "absent"});
  manifest.push_back({"source.systemName", gradebook.system_name});
  manifest.push_back({"source.systemCode", gradebook.system_code});
  auto zip = write_archive({{"manifest.csv", text_of(manifest)}, {"results.csv", text_of(results)}});
  if (!zip) return zip.error();
  return OneRosterPackage{std::move(*zip), counted.size()};
}

}  // namespace shixun
