#include "engine/render/textures.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <map>
#include <thread>

#include "engine/base/log.h"

namespace shixun {

namespace {
constexpr uint32_t kTableSize = 4096;
constexpr uint32_t kScreens = 15;
enum Sampler : uint32_t { kRepeat, kClamp, kNearest, kShadow, kCube, kSamplers };
}  // namespace

struct Textures::Private {
  struct Slot {
    Image2D image;
    std::string key;  // of a shared file; empty: not shared
    uint32_t uses = 0;
    bool repeat = true;
  };
  struct Freed {
    uint64_t due;
    uint32_t slot;
  };

  Device& device;
  Uploader uploader;
  VkDescriptorSetLayout layout = VK_NULL_HANDLE;
  VkDescriptorPool pool = VK_NULL_HANDLE;
  VkDescriptorSet set = VK_NULL_HANDLE;
  VkSampler samplers[kSamplers]{};
  std::vector<Slot> slots;
  std::vector<Freed> freed;
  std::map<std::string, TextureHandle> by_key;
  std::map<std::string, Pixels> decoded;  // by prefetch, until added

  Private(Device& d, Uploader u) : device(d), uploader(std::move(u)) {}
  ~Private() {
    // The set may still be in use by frames in flight.
    device.retire([vk = device.handle, l = layout, p = pool, s = std::vector<VkSampler>(samplers, samplers + kSamplers)] {
      if (p) vkDestroyDescriptorPool(vk, p, nullptr);
      if (l) vkDestroyDescriptorSetLayout(vk, l, nullptr);
      for (VkSampler sampler : s)
        if (sampler) vkDestroySampler(vk, sampler, nullptr);
    });
  }

  Status create_samplers(bool trilinear, float anisotropy) {
    // Mesa's software driver (25.0) reads the wrong texel where texture coordinates stand still under an anisotropic filter: panels of the user
    // interface and surfaces of one colour would vanish.
    if (device.software) anisotropy = 1;
    for (uint32_t i = 0; i < kSamplers; ++i) {
      VkSamplerCreateInfo info{};
      info.sType = VK_STRUCTURE_TYPE_SAMPLER_CREATE_INFO;
      info.magFilter = info.minFilter = i == kNearest ? VK_FILTER_NEAREST : VK_FILTER_LINEAR;
      info.mipmapMode = i == kCube || ((i == kRepeat || i == kClamp) && trilinear) ? VK_SAMPLER_MIPMAP_MODE_LINEAR : VK_SAMPLER_MIPMAP_MODE_NEAREST;
      info.addressModeU = info.addressModeV = info.addressModeW =
          i == kRepeat ? VK_SAMPLER_ADDRESS_MODE_REPEAT : VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE;
      info.maxLod = VK_LOD_CLAMP_NONE;
      if ((i == kRepeat || i == kClamp) && std::min(anisotropy, device.max_anisotropy) > 1) {
        info.anisotropyEnable = VK_TRUE;
        info.maxAnisotropy = std::min(anisotropy, device.max_anisotropy);
      }
      if (i == kShadow) {
        info.compareEnable = VK_TRUE;
        info.compareOp = VK_COMPARE_OP_GREATER_OR_EQUAL;  // lit: nearer to the light than what the map holds (reversed depth)
      }
      if (const VkResult r = vkCreateSampler(device.handle, &info, nullptr, &samplers[i]); r != VK_SUCCESS) return vulkan_error("vkCreateSampler", r);
    }
    return ok();
  }

  Status create_set() {
    VkDescriptorSetLayoutBinding bindings[1 + kScreens];
    VkDescriptorBindingFlags flags[1 + kScreens];
    for (uint32_t i = 0; i <= kScreens; ++i) {
      bindings[i] = {i, VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, i == 0 ? kTableSize : 1, VK_SHADER_STAGE_FRAGMENT_BIT, nullptr};
      flags[i] = VK_DESCRIPTOR_BINDING_UPDATE_AFTER_BIND_BIT | VK_DESCRIPTOR_BINDING_PARTIALLY_BOUND_BIT |
                 VK_DESCRIPTOR_BINDING_UPDATE_UNUSED_WHILE_PENDING_BIT;
    }
    const VkDescriptorSetLayoutBindingFlagsCreateInfo bits{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_BINDING_FLAGS_CREATE_INFO, nullptr, 1 + kScreens, flags};
    const VkDescriptorSetLayoutCreateInfo info{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO, &bits,
                                               VK_DESCRIPTOR_SET_LAYOUT_CREATE_UPDATE_AFTER_BIND_POOL_BIT, 1 + kScreens, bindings};
    if (const VkResult r = vkCreateDescriptorSetLayout(device.handle, &info, nullptr, &layout); r != VK_SUCCESS)
      return vulkan_error("vkCreateDescriptorSetLayout", r);
    const VkDescriptorPoolSize size{VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, kTableSize + kScreens};
    const VkDescriptorPoolCreateInfo pool_info{VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO, nullptr, VK_DESCRIPTOR_POOL_CREATE_UPDATE_AFTER_BIND_BIT,
                                               1, 1, &size};
    if (const VkResult r = vkCreateDescriptorPool(device.handle, &pool_info, nullptr, &pool); r != VK_SUCCESS)
      return vulkan_error("vkCreateDescriptorPool", r);
    const VkDescriptorSetAllocateInfo allocate{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO, nullptr, pool, 1, &layout};
    if (const VkResult r = vkAllocateDescriptorSets(device.handle, &allocate, &set); r != VK_SUCCESS) return vulkan_error("vkAllocateDescriptorSets", r);
    return ok();
  }

  // A slot that no frame in flight reads.
  Result<uint32_t> take_slot() {
    uint64_t done = 0;
    vkGetSemaphoreCounterValue(device.handle, device.timeline, &done);
    if (!freed.empty() && freed.front().due <= done) {
      const uint32_t slot = freed.front().slot;
      freed.erase(freed.begin());
      return slot;
    }
    if (slots.size() >= kTableSize)
      return Error{Code::kFailed, "textures", "more than " + std::to_string(kTableSize) + " textures", "Share textures between models"};
    slots.emplace_back();
    return static_cast<uint32_t>(slots.size() - 1);
  }

  void write(uint32_t binding, uint32_t slot, VkImageView view, Sampler sampler) {
    const VkDescriptorImageInfo image{samplers[sampler], view, VK_IMAGE_LAYOUT_GENERAL};
    VkWriteDescriptorSet write{};
    write.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET;
    write.dstSet = set;
    write.dstBinding = binding;
    write.dstArrayElement = slot;
    write.descriptorCount = 1;
    write.descriptorType = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER;
    write.pImageInfo = &image;
    vkUpdateDescriptorSets(device.handle, 1, &write, 0, nullptr);
  }
};

namespace {

// Files are shared by path and colour space; embedded images are not.
std::string key_of(const Image& image) {
  if (image.path.empty()) return "";
  if (image.missing) return "|missing";
  std::error_code ec;
  const fs::path whole = fs::weakly_canonical(image.path, ec);
  return (ec ? image.path : whole).string() + (image.srgb ? "|srgb" : image.open ? "|open" : "|linear");
}

}  // namespace

Textures::Textures(std::unique_ptr<Private> p) : p_(std::move(p)) {}
Textures::~Textures() = default;

Result<std::unique_ptr<Textures>> Textures::create(Device& device) {
  auto uploader = Uploader::create(device);
  if (!uploader) return uploader.error();
  auto p = std::make_unique<Private>(device, std::move(*uploader));
  if (auto s = p->create_samplers(true, 1); !s) return s.error();
  if (auto s = p->create_set(); !s) return s.error();
  auto textures = std::unique_ptr<Textures>(new Textures(std::move(p)));
  auto white = textures->add(Pixels{1, 1, {255, 255, 255, 255}}, {.srgb = false, .mipmaps = false});
  if (!white) return white.error();
  assert(*white == 0);
  return textures;
}

Result<TextureHandle> Textures::add(const Pixels& pixels, const TextureOptions& options) {
  if (pixels.width == 0 || pixels.height == 0 || pixels.rgba.size() != size_t{4} * pixels.width * pixels.height)
    return Error{Code::kFailed, "texture", "has no pixels", ""};
  auto slot = p_->take_slot();
  if (!slot) return slot.error();
  const uint32_t mips = options.mipmaps ? static_cast<uint32_t>(std::bit_width(std::max(pixels.width, pixels.height))) : 1;
  auto image = create_image(p_->device, {pixels.width, pixels.height}, options.srgb ? VK_FORMAT_R8G8B8A8_SRGB : VK_FORMAT_R8G8B8A8_UNORM,
                            VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT, {.mips = mips, .name = options.name});
  if (!image) return image.error();
  if (auto s = p_->uploader.to_image(*image, VK_IMAGE_LAYOUT_UNDEFINED, pixels.rgba.data(), pixels.rgba.size(), mips > 1); !s) return s.error();
  p_->write(0, *slot, image->view, options.repeat ? kRepeat : kClamp);
  p_->slots[*slot] = {std::move(*image), "", 1, options.repeat};
  return *slot;
}

Result<TextureHandle> Textures::add_panel(uint32_t width, uint32_t height) {
  auto slot = p_->take_slot();
  if (!slot) return slot.error();
  auto image = create_image(p_->device, {width, height}, VK_FORMAT_R8G8B8A8_UNORM, VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT, {.name = "panel"});
  if (!image) return image.error();
  p_->write(0, *slot, image->view, kClamp);
  p_->slots[*slot] = {std::move(*image), "", 1, false};
  return *slot;
}

const Image2D& Textures::image(TextureHandle handle) const { return p_->slots[handle].image; }

Result<TextureHandle> Textures::add(const Image& image) {
  const std::string key = key_of(image);
  if (auto found = p_->by_key.find(key); !key.empty() && found != p_->by_key.end()) {
    ++p_->slots[found->second].uses;
    return found->second;
  }
  Result<TextureHandle> handle = kNoTexture;
  const std::string name = image.path.empty() ? "embedded picture" : image.path.filename().string();
  const TextureOptions options{.srgb = image.srgb, .name = name.c_str()};
  if (auto ready = p_->decoded.extract(key); ready) {
    handle = add(ready.mapped(), options);
  } else {
    auto pixels = decode_image(image);
    if (!pixels) return pixels.error();
    handle = add(*pixels, options);
  }
  if (handle && !key.empty()) {
    p_->slots[*handle].key = key;
    p_->by_key[key] = *handle;
  }
  return handle;
}

void Textures::remove(TextureHandle handle) {
  if (handle >= p_->slots.size() || p_->slots[handle].uses == 0) return;
  auto& slot = p_->slots[handle];
  if (--slot.uses > 0) return;
  // Its upload may still be waiting to be submitted.
  if (auto s = p_->uploader.flush(); !s) spdlog::error("textures: {}", s.error().text());
  if (!slot.key.empty()) p_->by_key.erase(slot.key);
  slot = {};
  p_->freed.push_back({p_->device.submitted + 1, handle});
}

Status Textures::update(TextureHandle handle, const Pixels& pixels) {
  if (handle >= p_->slots.size() || !p_->slots[handle].image.handle) return Error{Code::kFailed, "texture", "there is no such texture", ""};
  const Image2D& image = p_->slots[handle].image;
  if (image.extent.width != pixels.width || image.extent.height != pixels.height)
    return Error{Code::kFailed, "texture", "new pixels must have the size of the old ones", ""};
  return p_->uploader.to_image(image, VK_IMAGE_LAYOUT_GENERAL, pixels.rgba.data(), pixels.rgba.size(), image.mips > 1);
}

void Textures::prefetch(const std::vector<Image>& images) {
  std::vector<const Image*> wanted;
  std::vector<std::string> keys;
  for (const Image& image : images) {
    std::string key = key_of(image);
    if (key.empty() || p_->by_key.count(key) || p_->decoded.count(key) || std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    wanted.push_back(&image);
    keys.push_back(std::move(key));
  }
  if (wanted.empty()) return;
  std::vector<Pixels> results(wanted.size());
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < wanted.size(); i = next++)
      if (auto pixels = decode_image(*wanted[i])) results[i] = std::move(*pixels);  // a failure is reported by the add that follows
  };
  std::vector<std::thread> threads(std::min<size_t>({wanted.size(), std::max(1u, std::thread::hardware_concurrency()), 8}) - 1);
  for (std::thread& t : threads) t = std::thread(work);
  work();
  for (std::thread& t : threads) t.join();
  for (size_t i = 0; i < wanted.size(); ++i)
    if (!results[i].rgba.empty()) p_->decoded[keys[i]] = std::move(results[i]);
}

VkDescriptorSetLayout Textures::layout() const { return p_->layout; }
VkDescriptorSet Textures::set() const { return p_->set; }
Uploader& Textures::uploader() { return p_->uploader; }

Status Textures::set_filtering(bool trilinear, float anisotropy) {
  for (VkSampler& sampler : p_->samplers) {
    vkDestroySampler(p_->device.handle, sampler, nullptr);
    sampler = VK_NULL_HANDLE;
  }
  if (auto s = p_->create_samplers(trilinear, anisotropy); !s) return s;
  for (uint32_t i = 0; i < p_->slots.size(); ++i)
    if (p_->slots[i].image.handle) p_->write(0, i, p_->slots[i].image.view, p_->slots[i].repeat ? kRepeat : kClamp);
  return ok();
}

void Textures::set_screen(Screen screen, VkImageView view) {
  Sampler sampler = kNearest;
  if (screen == Screen::kShadow || screen == Screen::kLampShadow || screen == Screen::kCascades) sampler = kShadow;
  if (screen == Screen::kOcclusion || screen == Screen::kPicture) sampler = kClamp;
  if (screen == Screen::kProbe || screen == Screen::kMirrored || screen == Screen::kMatte) sampler = kCube;
  p_->write(static_cast<uint32_t>(screen), 0, view, sampler);
}

}  // namespace shixun
