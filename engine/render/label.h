#pragma once
// Short texts as images, for faces in the scene that show something: a gauge's display, a stamped code.

#include <array>
#include <string>

#include "engine/asset/model.h"

namespace shixun {

struct LabelLook {
  uint32_t width = 256, height = 128;            // pixels
  std::array<uint8_t, 4> ink{255, 255, 255, 255};
  std::array<uint8_t, 4> ground{0, 0, 0, 0};     // sRGB, alpha
  float fill = 0.7f;                             // height of the letters, of the image's height
  bool wrap = false;                             // a page: as many lines as it takes, as large as fits; "|" begins a new one
};

// The text in one line, centred, made smaller when it would be wider than the image; or, with `wrap`, from the left in lines. `font`: the bytes of a TrueType or OpenType
// file (or collection; `index` tells which face). UTF-8; characters the font lacks show as its empty box.
Pixels draw_label(const std::string& font, int index, const std::string& text, const LabelLook& look);

}  // namespace shixun
