#pragma once
// What one who puts a headset on is asked: hand, height, size of text, turning, walking, language. Buttons only, for controllers that can do no more than
// point and press.

#include "engine/ui/theme.h"
#include "engine/xr/wearer.h"

namespace shixun {

struct WearerAnswer {
  bool done = false, toggle_language = false;
};

WearerAnswer draw_wearer(const Theme& theme, Lang lang, Wearer& wearer);

}  // namespace shixun
