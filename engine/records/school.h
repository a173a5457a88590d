#pragma once
// Who issues credentials: school.yaml in the config folder of the machine where the school's key is.
//
//   format: 1
//   id: https://school.example/issuer              # the address that names the school; also where its keys can be published
//   name: {zh-CN: 示例职业学校, en: Example Vocational School}
//   revocations: https://school.example/revocations  # where it publishes which credentials are revoked
//   valid_years: 5                                 # optional; without it a credential does not expire
//   criteria: {zh-CN: ..., en: ...}                # optional: what one had to do, beside what the program says itself

#include <string>

#include "engine/base/file.h"
#include "engine/base/text.h"

namespace shixun {

struct School {
  std::string id, revocations;
  Text name, criteria;
  int valid_years = 0;
};

// Errors name file:line:column. `given`: that file; empty: places().config / "school.yaml".
Result<School> load_school(const fs::path& given = {});
Result<School> parse_school(const std::string& text, const std::string& name);

}  // namespace shixun
