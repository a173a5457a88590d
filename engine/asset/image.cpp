// Decoding of images: PNG (palette, grey, 16 bit, interlaced) and JPEG (progressive, CMYK), to 8-bit RGBA.

#include <cstdlib>
#include <fmt/format.h>

#include "engine/asset/model.h"

namespace {

constexpr int kMaxSide = 8192;
// The largest piece of memory decoding may ask for: the pixels of the largest image. A small file that unpacks to more (a "zip bomb", or 16
// bits a channel at the full size) ends here and is reported as too large.
constexpr size_t kMaxPiece = size_t{kMaxSide} * kMaxSide * 4 + (1u << 20);

void* piece(size_t size) { return size > kMaxPiece ? nullptr : std::malloc(size); }
void* piece_again(void* old, size_t size) { return size > kMaxPiece ? nullptr : std::realloc(old, size); }

}  // namespace

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_NO_STDIO
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_MAX_DIMENSIONS 8192
#define STBI_MALLOC(size) piece(size)
#define STBI_REALLOC(old, size) piece_again(old, size)
#define STBI_FREE(old) std::free(old)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb_image.h>
#pragma GCC diagnostic pop

namespace shixun {
namespace {

constexpr uint64_t kMaxImageFile = 64u << 20;

// What stands in for a picture that is not there: seen at once, mistaken for nothing.
Pixels checkerboard() {
  Pixels p{64, 64, {}};
  for (int y = 0; y < 64; ++y)
    for (int x = 0; x < 64; ++x) {
      const bool odd = ((x >> 3) + (y >> 3)) & 1;
      const uint8_t magenta[4] = {200, 0, 200, 255}, grey[4] = {40, 40, 40, 255};
      p.rgba.insert(p.rgba.end(), odd ? magenta : grey, (odd ? magenta : grey) + 4);
    }
  return p;
}

}  // namespace

Result<Pixels> decode_image(const Image& image) {
  if (image.missing) return checkerboard();
  const std::string where = image.path.empty() ? "embedded image" : image.path.string();
  std::string file;
  if (!image.path.empty()) {
    auto read = read_file(image.path, kMaxImageFile);
    if (!read) return read.error();
    file = std::move(*read);
  }
  const std::string& bytes = image.path.empty() ? image.embedded : file;
  int width = 0, height = 0, channels = 0;
  if (bytes.size() > kMaxImageFile) return Error{Code::kFailed, where, "is too large", "Save it again, at most 8192 x 8192"};
  stbi_uc* decoded = stbi_load_from_memory(reinterpret_cast<const stbi_uc*>(bytes.data()), static_cast<int>(bytes.size()), &width, &height, &channels, 4);
  if (!decoded) {
    const char* why = stbi_failure_reason();
    return Error{Code::kFailed, where, fmt::format("is not a PNG or JPEG image that can be read ({})", why ? why : "unknown format"),
                 "Save it again as PNG or JPEG, at most 8192 x 8192, 8 bits a channel"};
  }
  Pixels pixels;
  pixels.width = static_cast<uint32_t>(width);
  pixels.height = static_cast<uint32_t>(height);
  pixels.rgba.assign(decoded, decoded + size_t{pixels.width} * pixels.height * 4);
  stbi_image_free(decoded);
  if (image.open)
    for (size_t i = 0; i < pixels.rgba.size(); i += 4) pixels.rgba[i] = 255;
  return pixels;
}

}  // namespace shixun
