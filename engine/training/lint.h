#pragma once
// What a pack that loads can still have wrong: goals nobody can reach, marks nothing takes away, words in the wrong language or too long
// for their panel. shixunctl check prints it; an error is a defect, a warning is for the author to judge.
//
// Rules of the words:
//   - A text fits its panel when it is no wider than the table at the top of lint.cpp says; a Chinese character or full-width sign is two columns.
//   - An English text holds no Chinese characters or punctuation; a Chinese text of words holds Chinese.
//   - Units: SI symbols stand as they are in both languages, spelled as on the tools and plates (N·m, kPa, mm, V, Ω; never Nm, Kpa, ohm).
//     Units that are English words (turn, min, deg, hour ...) are translated in Chinese (圈, 分钟, 度, 小时).

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/training/pack.h"

namespace shixun {

struct Panel {
  const char* what;   // "a step's title"
  int columns;        // at most
};

struct LintReport {
  std::vector<Error> errors, warnings;
};

// Columns a text takes: two for each wide character.
int columns_of(std::string_view utf8);

void lint_words(const Pack& pack, LintReport& report);

// `lost`: aspects that lost marks, or raised their code, in some trace or some slip in the expert's, by exercise.
void lint_exercises(const Pack& pack, const std::map<std::string, std::set<std::string>>& lost, LintReport& report);

// Why a moment can never happen in this scene ("'gloves' cannot be turned"), or empty. What cannot be decided counts as possible.
std::string impossible(const Pack& pack, const Exercise& exercise, const Moment& moment);

}  // namespace shixun
