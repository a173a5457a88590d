#pragma once
// What another system calls the trainees: student numbers, candidate numbers, sourcedIds. A CSV of the school's (UTF-8, with or without a mark):
//   trainee,number
//   s-0042,20260117
// It is read when results are exported to that system and kept nowhere.

#include <map>
#include <string>
#include <vector>

#include "engine/base/file.h"
#include "engine/records/store.h"

namespace shixun {

using Numbers = std::map<std::string, std::string>;  // by pseudonym

// Errors name file:line. Refused: another heading, a pseudonym or number twice, one that is empty or longer than 64 bytes.
Result<Numbers> load_numbers(const fs::path& file);
Result<Numbers> parse_numbers(const std::string& text, const std::string& name);

// Whether everyone of these is in it; the error names those who are not.
Status check_numbers(const Numbers& numbers, const std::vector<AttemptRow>& rows);

}  // namespace shixun
