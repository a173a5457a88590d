#pragma once
// A report of one attempt that a teacher can print: the marks with their evidence and what was asked, what the expert did there, everything
// that happened in words, hints, pauses and errors. One HTML file that needs nothing else: no script, no picture, no font from outside.

#include <memory>
#include <string>
#include <vector>

#include "engine/records/course.h"
#include "engine/records/human_marks.h"

namespace shixun {

// The report in each of `langs`, one after another, each on its own pages. `exercise` must belong to `pack`, and the pack must score as the
// journal's did. Every text is escaped: pseudonyms and packs are not trusted.
// `people`: what they said of it, or null when it is not closed. `mapping`: the school's, or null. Whose a competition's attempt is, is not told.
std::string explain_html(const std::shared_ptr<const Pack>& pack, const Exercise& exercise, const Journal& journal, const std::vector<Lang>& langs, const Judgement* people = nullptr,
                         const Mapping* mapping = nullptr);

}  // namespace shixun
