#include "engine/render/label.h"

#include <stb_truetype.h>

#include <algorithm>
#include <cmath>

namespace shixun {

namespace {

std::vector<int> characters(const std::string& text) {
  std::vector<int> out;
  for (size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const size_t more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
    int code = more == 0 ? c : c & (0x3f >> more);
    for (size_t k = 1; k <= more && i + k < text.size(); ++k) code = code << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3f);
    out.push_back(code);
    i += more + 1;
  }
  return out;
}

}  // namespace

Pixels draw_label(const std::string& font, int index, const std::string& text, const LabelLook& look) {
  Pixels image{look.width, look.height, std::vector<uint8_t>(size_t{look.width} * look.height * 4)};
  for (size_t i = 0; i < image.rgba.size(); ++i) image.rgba[i] = i % 4 == 3 ? look.ground[3] : look.ground[3] == 0 ? look.ink[i % 4] : look.ground[i % 4];
  const auto* bytes = reinterpret_cast<const unsigned char*>(font.data());
  stbtt_fontinfo info;
  const int offset = font.empty() ? -1 : stbtt_GetFontOffsetForIndex(bytes, index);
  if (offset < 0 || !stbtt_InitFont(&info, bytes, offset)) return image;

  const std::vector<int> codes = characters(text);
  int units = 0;
  for (const int c : codes) {
    int advance = 0, bearing = 0;
    stbtt_GetCodepointHMetrics(&info, c, &advance, &bearing);
    units += advance;
  }
  if (units == 0) return image;
  // Digits and capitals are about 0.72 of the font's size.
  float scale = stbtt_ScaleForMappingEmToPixels(&info, static_cast<float>(look.height) * look.fill / 0.72f);
  scale = std::min(scale, static_cast<float>(look.width) * 0.94f / static_cast<float>(units));
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  stbtt_GetCodepointBox(&info, '8', &x0, &y0, &x1, &y1);
  const float baseline = (static_cast<float>(look.height) + static_cast<float>(y1 + y0) * scale) / 2;
  float pen = (static_cast<float>(look.width) - static_cast<float>(units) * scale) / 2;
  for (const int c : codes) {
    int w = 0, h = 0, dx = 0, dy = 0, advance = 0, bearing = 0;
    stbtt_GetCodepointHMetrics(&info, c, &advance, &bearing);
    unsigned char* glyph = stbtt_GetCodepointBitmapSubpixel(&info, scale, scale, pen - std::floor(pen), 0, c, &w, &h, &dx, &dy);
    for (int y = 0; y < h; ++y) {
      for (int x = 0; x < w; ++x) {
        const int px = static_cast<int>(std::floor(pen)) + dx + x, py = static_cast<int>(std::lround(baseline)) + dy + y;
        if (px < 0 || py < 0 || px >= static_cast<int>(look.width) || py >= static_cast<int>(look.height)) continue;
        uint8_t* p = &image.rgba[(static_cast<size_t>(py) * look.width + static_cast<size_t>(px)) * 4];
        const int cover = glyph[y * w + x];
        for (int k = 0; k < 4; ++k) p[k] = static_cast<uint8_t>((p[k] * (255 - cover) + look.ink[static_cast<size_t>(k)] * cover) / 255);
      }
    }
    stbtt_FreeBitmap(glyph, nullptr);
    pen += static_cast<float>(advance) * scale;
  }
  return image;
}

}  // namespace shixun
