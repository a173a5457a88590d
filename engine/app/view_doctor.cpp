// shixun doctor: what this machine has for pictures, windows and headsets.

#include <fmt/format.h>

#include <cstdlib>

#include "engine/app/view_pages.h"
#include "engine/app/view_room.h"
#include "engine/xr/runtime.h"

namespace shixun {

Status show_doctor(const ViewRequest& request) {
  const bool zh = request.lang == Lang::kZh;
  const auto line = [](const char* what, const std::string& found) { fmt::print("{}: {}\n", what, found); };
  // Opens everything a picture needs: driver, features, pipelines, fonts.
  auto graphics = open_graphics(false, 64, 64, false, *request.lang, "");
  line(zh ? "图形" : "Graphics", graphics ? (*graphics)->device->name + "; " + (*graphics)->device->driver : graphics.error().text());
  const char* display = std::getenv("DISPLAY");
  const char* wayland = std::getenv("WAYLAND_DISPLAY");
  line(zh ? "显示器" : "Display", display && *display ? display : wayland && *wayland ? wayland : zh ? "无" : "none");
  const auto xr = find_xr_runtime();
  line(zh ? "头显" : "Headset", !xr ? xr.error().text() : xr->runtime + "; " + (xr->headset.empty() ? (zh ? "未连接头显" : "no headset connected") : xr->headset));
  if (!graphics) return graphics.error();
  // A window measures unless it is told; the same is said here.
  const char* told = std::getenv("SHIXUN_TIER");
  if (told && *told) {
    line(zh ? "画面档次" : "Picture tier", fmt::format(fmt::runtime(zh ? "{}（由 SHIXUN_TIER 指定）" : "{} (told by SHIXUN_TIER)"), told));
    return ok();
  }
  auto choice = measure_tier(*(*graphics)->device, *(*graphics)->renderer);
  if (!choice) return choice.error();
  std::string why = fmt::format(fmt::runtime(zh ? "320 像素宽的测试画面每帧 {:.1f} ms，超过 {:.0f} ms 用 low" : "a test picture 320 pixels wide takes {:.1f} ms a frame; above {:.0f} ms: low"), choice->small_ms, kSmallPictureMs);
  if (choice->large_ms > 0)
    why = fmt::format(fmt::runtime(zh ? "1920 像素宽的测试画面每帧 {:.1f} ms，不超过 {:.0f} ms 用 high，不超过 {:.0f} ms 用 medium"
                                      : "a test picture 1920 pixels wide takes {:.1f} ms a frame; up to {:.0f} ms: high, up to {:.0f} ms: medium"),
                      choice->large_ms, kHighPictureMs, kMediumPictureMs);
  line(zh ? "画面档次" : "Picture tier", std::string(tier_name(choice->tier)) + (zh ? "（" + why + "）" : " (" + why + ")"));
  return ok();
}

}  // namespace shixun
