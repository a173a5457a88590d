#include "engine/render/capture.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "engine/gpu/commands.h"
#include "engine/gpu/resources.h"

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#include <stb_image_write.h>

namespace shixun {

struct Canvas::Private {
  Image2D image;
  uint32_t layers = 1;
};

Canvas::Canvas(std::unique_ptr<Private> p) : p_(std::move(p)) {}
Canvas::Canvas(Canvas&&) noexcept = default;
Canvas& Canvas::operator=(Canvas&&) noexcept = default;
Canvas::~Canvas() = default;

Target Canvas::target() const {
  Target t;
  t.image = p_->image.handle;
  t.view = p_->image.view;
  t.format = p_->image.format;
  t.extent = p_->image.extent;
  t.layers = p_->layers;
  return t;
}

Result<Canvas> create_canvas(Device& device, uint32_t width, uint32_t height, uint32_t layers, VkFormat format) {
  VkPhysicalDeviceProperties properties;
  vkGetPhysicalDeviceProperties(device.physical, &properties);
  const uint32_t most = properties.limits.maxImageDimension2D;
  if (width == 0 || height == 0 || width > most || height > most)
    return Error{Code::kUsage, "", "a picture of " + std::to_string(width) + "x" + std::to_string(height) + " pixels cannot be made",
                 "Each side may have 1 to " + std::to_string(most) + " pixels"};
  auto image = create_image(device, {width, height}, format, VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT,
                            {.layers = layers, .array = layers > 1, .name = "canvas"});
  if (!image) return image.error();
  auto p = std::make_unique<Canvas::Private>();
  p->layers = layers;
  p->image = std::move(*image);
  return Canvas(std::move(p));
}

Result<Pixels> capture(Device& device, const Canvas& canvas, uint32_t layer) { return capture_target(device, canvas.target(), layer); }

Result<Pixels> capture_target(Device& device, const Target& target, uint32_t layer) {
  Pixels pixels{target.extent.width, target.extent.height, {}};
  const VkDeviceSize bytes = VkDeviceSize{4} * pixels.width * pixels.height;
  auto buffer = create_buffer(device, bytes, Memory::kReadback, 0, "captured pixels");
  if (!buffer) return buffer.error();
  auto ring = CommandRing::create(device, 1);
  if (!ring) return ring.error();
  auto cmd = ring->begin();
  if (!cmd) return cmd.error();
  transition(*cmd, target.image, VK_IMAGE_ASPECT_COLOR_BIT, target.final_layout, VK_IMAGE_LAYOUT_GENERAL, Use::kAll, Use::kCopySource);
  VkBufferImageCopy region{};
  region.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, layer, 1};
  region.imageExtent = {pixels.width, pixels.height, 1};
  vkCmdCopyImageToBuffer(*cmd, target.image, VK_IMAGE_LAYOUT_GENERAL, buffer->handle, 1, &region);
  transition(*cmd, target.image, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_GENERAL, target.final_layout, Use::kCopySource, Use::kAll);
  barrier(*cmd, Use::kCopyTarget, Use::kHost);
  auto submit = ring->submit();
  if (!submit) return submit.error();
  if (auto s = device.wait(*submit); !s) return s.error();
  pixels.rgba.resize(bytes);
  std::memcpy(pixels.rgba.data(), buffer->mapped, bytes);
  for (size_t i = 3; i < pixels.rgba.size(); i += 4) pixels.rgba[i] = 255;
  return pixels;
}

Pixels beside(const Pixels& left, const Pixels& right) {
  Pixels both{left.width + right.width, left.height, {}};
  both.rgba.reserve(left.rgba.size() + right.rgba.size());
  for (uint32_t y = 0; y < left.height; ++y)
    for (const Pixels* p : {&left, &right}) {
      const auto row = p->rgba.begin() + static_cast<std::ptrdiff_t>(size_t{y} * p->width * 4);
      both.rgba.insert(both.rgba.end(), row, row + static_cast<std::ptrdiff_t>(size_t{p->width} * 4));
    }
  return both;
}

Status write_png(const fs::path& path, const Pixels& pixels) {
  std::string bytes;
  const auto append = [](void* context, void* data, int size) {
    static_cast<std::string*>(context)->append(static_cast<const char*>(data), static_cast<size_t>(size));
  };
  const int w = static_cast<int>(pixels.width), h = static_cast<int>(pixels.height);
  if (pixels.rgba.size() != size_t{4} * pixels.width * pixels.height || !stbi_write_png_to_func(append, &bytes, w, h, 4, pixels.rgba.data(), w * 4))
    return Error{Code::kFailed, path.string(), "the picture cannot be encoded", ""};
  return write_file(path, bytes);
}

Result<Pixels> read_png(const fs::path& path) {
  Image image;
  image.path = path;
  image.srgb = true;
  return decode_image(image);
}

Difference compare(const Pixels& a, const Pixels& b, uint32_t tolerance) {
  Difference d;
  d.same_size = a.width == b.width && a.height == b.height && a.rgba.size() == b.rgba.size();
  if (!d.same_size || a.rgba.empty()) return d;
  uint64_t sum = 0;
  for (size_t i = 0; i < a.rgba.size(); i += 4) {
    uint32_t worst = 0;
    for (size_t c = 0; c < 4; ++c) {
      const auto off = static_cast<uint32_t>(std::abs(int{a.rgba[i + c]} - int{b.rgba[i + c]}));
      worst = std::max(worst, off);
      sum += off;
    }
    d.largest = std::max(d.largest, worst);
    if (worst > tolerance) ++d.beyond;
  }
  d.mean = static_cast<double>(sum) / static_cast<double>(a.rgba.size());
  return d;
}

Pixels difference_picture(const Pixels& a, const Pixels& b) {
  Pixels d{std::min(a.width, b.width), std::min(a.height, b.height), {}};
  d.rgba.resize(size_t{4} * d.width * d.height);
  for (uint32_t y = 0; y < d.height; ++y)
    for (uint32_t x = 0; x < d.width; ++x)
      for (uint32_t c = 0; c < 4; ++c) {
        const int va = a.rgba[(size_t{y} * a.width + x) * 4 + c], vb = b.rgba[(size_t{y} * b.width + x) * 4 + c];
        d.rgba[(size_t{y} * d.width + x) * 4 + c] = c == 3 ? 255 : static_cast<uint8_t>(std::min(255, std::abs(va - vb) * 8));
      }
  return d;
}

}  // namespace shixun
