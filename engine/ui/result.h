#pragma once
// The result: total and verdict, every criterion with its points, why, the events it rests on, and "show me" for each of them; or what a mode
// shows instead.

#include <optional>
#include <string>
#include <vector>

#include "engine/training/grade.h"
#include "engine/ui/theme.h"

namespace shixun {

struct ResultScreen {
  // What may be shown: everything, or what a mode allows instead of marks.
  enum class Page { kMarks, kHandedIn, kVerdict, kJudges, kStars, kFilm } page = Page::kMarks;
  const Pack* pack = nullptr;
  const Exercise* exercise = nullptr;
  const Marksheet* sheet = nullptr;
  const std::vector<Event>* events = nullptr;
  std::string note;         // below: attempt, statements waiting
  std::string back;         // host that one goes back to from here (an LMS that launched it); empty: the launcher
  size_t selected = 0;      // index into sheet->marks
  bool only_lost = false;
  std::optional<uint32_t> showing;  // the event looked back at, or the result itself
};

struct ResultAnswer {
  std::optional<uint32_t> show;  // look at the moment of this event
  bool close_show = false, again = false, leave = false;
};

ResultAnswer draw_result(const Theme& theme, ResultScreen& screen, Lang lang);

}  // namespace shixun
