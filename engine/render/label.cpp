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

struct Line {
  std::vector<int> codes;
  int units = 0;  // its width in the font's units
};

int advance_of(const stbtt_fontinfo& info, int code) {
  int advance = 0, bearing = 0;
  stbtt_GetCodepointHMetrics(&info, code, &advance, &bearing);
  return advance;
}

// Lines no wider than `most`, broken at "|", after blanks and between characters of scripts that have none.
std::vector<Line> lines_of(const stbtt_fontinfo& info, const std::vector<int>& codes, int most) {
  constexpr int kBar = '|', kWideBar = 0xff5c, kFirstWide = 0x2e80;
  std::vector<Line> out(1);
  size_t word = 0;  // where the last word of the last line begins
  for (const int c : codes) {
    if (c == kBar || c == kWideBar) {
      if (!out.back().codes.empty()) out.emplace_back();
      word = 0;
      continue;
    }
    if (c == ' ' && out.back().codes.empty()) continue;
    const int advance = advance_of(info, c);
    const bool closing = c == 0xff0c || c == 0x3002 || c == 0xff1b || c == 0x3001;  // these do not begin a line
    if (out.back().units + advance > most && !out.back().codes.empty() && c != ' ' && !closing) {
      Line next;
      Line& last = out.back();
      if (c < kFirstWide && word > 0) next.codes.assign(last.codes.begin() + static_cast<std::ptrdiff_t>(word), last.codes.end());
      last.codes.resize(last.codes.size() - next.codes.size());
      for (const int moved : next.codes) next.units += advance_of(info, moved);
      last.units -= next.units;
      out.push_back(std::move(next));
      word = 0;
    }
    out.back().codes.push_back(c);
    out.back().units += advance;
    if (c == ' ' || c >= kFirstWide) word = out.back().codes.size();
  }
  return out;
}

void draw_line(const stbtt_fontinfo& info, const Line& line, float scale, float pen, float baseline, const LabelLook& look, Pixels& image) {
  for (const int c : line.codes) {
    int w = 0, h = 0, dx = 0, dy = 0;
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
    pen += static_cast<float>(advance_of(info, c)) * scale;
  }
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
  const float width = static_cast<float>(look.width), height = static_cast<float>(look.height);
  if (look.wrap) {
    constexpr float kSpacing = 1.35f, kMargin = 0.05f, kSmaller = 0.94f;
    const float room = width * (1 - 2 * kMargin), tall = height * (1 - 2 * kMargin);
    float size = std::min(tall / kSpacing, height * look.fill);
    std::vector<Line> lines;
    for (;; size *= kSmaller) {
      lines = lines_of(info, codes, static_cast<int>(room / stbtt_ScaleForMappingEmToPixels(&info, size)));
      if (static_cast<float>(lines.size()) * size * kSpacing <= tall || size < 6) break;
    }
    const float scale = stbtt_ScaleForMappingEmToPixels(&info, size);
    float baseline = (height - static_cast<float>(lines.size()) * size * kSpacing) / 2 + size;
    for (const Line& line : lines) {
      draw_line(info, line, scale, width * kMargin, baseline, look, image);
      baseline += size * kSpacing;
    }
    return image;
  }
  Line line{codes, 0};
  for (const int c : codes) line.units += advance_of(info, c);
  if (line.units == 0) return image;
  // Digits and capitals are about 0.72 of the font's size.
  float scale = stbtt_ScaleForMappingEmToPixels(&info, height * look.fill / 0.72f);
  scale = std::min(scale, width * 0.94f / static_cast<float>(line.units));
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  stbtt_GetCodepointBox(&info, '8', &x0, &y0, &x1, &y1);
  draw_line(info, line, scale, (width - static_cast<float>(line.units) * scale) / 2, (height + static_cast<float>(y1 + y0) * scale) / 2, look, image);
  return image;
}

}  // namespace shixun
