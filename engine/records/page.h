#pragma once
// What every page to print is made with: one HTML file that needs nothing else. Text goes through esc(): names and packs are not trusted.

#include <string>
#include <string_view>

#include "engine/base/text.h"

namespace shixun {

std::string esc(std::string_view s);
std::string points(int64_t mp);  // milli-points: "4.5"
// A whole document. `sections`: HTML, each a <section class=report>; they begin on pages of their own.
std::string page(const std::string& title, Lang lang, const std::string& sections);

}  // namespace shixun
