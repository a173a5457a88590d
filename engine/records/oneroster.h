#pragma once
// Assessment results as a OneRoster 1.2 CSV package (1EdTech, "OneRoster: CSV Binding", 1.2): manifest.csv and results.csv in a .zip, for the
// gradebook of a school information system. Line items, classes and students are that system's own; which of them is meant, says gradebook.yaml:
//
//   format: 1
//   source: {name: Example Vocational School, code: evs}      # source.systemName, source.systemCode; optional
//   attempt: last                                             # which of several assessments counts: last (default), best
//   line_items:
//     auto-repair/wheel-change: {line_item: li-2026-017, class: cl-7}   # sourcedIds; class is optional
//
// A delta, never a bulk: only the results named in it are changed there. A result's sourcedId follows from line item and student, so that a later
// package changes the same one. UTF-8 without a mark, RFC 4180; scoreDate is the UTC date of the end.

#include <map>
#include <string>
#include <vector>

#include "engine/records/human_marks.h"
#include "engine/records/numbers.h"
#include "engine/records/store.h"

namespace shixun {

struct Gradebook {
  struct LineItem { std::string line_item, class_id; };
  std::string system_name, system_code;
  bool best = false;
  std::map<std::string, LineItem> line_items;  // by exercise
};

// Errors name file:line:column.
Result<Gradebook> load_gradebook(const fs::path& file);
Result<Gradebook> parse_gradebook(const std::string& text, const std::string& name);

struct OneRosterPackage {
  std::string zip;
  size_t results = 0;
};
// Of `rows` only closed assessments of exercises with a line item go in. `students`: their sourcedIds by pseudonym; null:
// the pseudonym is the sourcedId. Refused when a student is missing there, or nothing is left to send.
Result<OneRosterPackage> oneroster_package(const std::vector<AttemptRow>& rows, const std::map<std::string, Judgement>& people, const Gradebook& gradebook, const Numbers* students);

}  // namespace shixun
