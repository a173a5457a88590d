#pragma once
// What a rubric asks, in words: the window or condition each mark is measured against. For pages to print.

#include <string>
#include <vector>

#include "engine/training/pack.h"

namespace shixun {

struct RubricWords {
  const Pack& pack;
  const Exercise& exercise;
  const Truths* truths;  // of the attempt told about; null: of any, and what is drawn stays open
  Lang lang;

  std::string asked(const Aspect& a) const;
  std::string moment(int i) const;
  std::string quantity(const Value& v) const;
  std::string things(const std::vector<std::string>& ids) const;  // their names, each once

 private:
  std::string say(const char* zh, const char* en) const { return lang == Lang::kZh ? zh : en; }
};

}  // namespace shixun
