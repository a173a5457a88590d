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
  return ok();
}

}  // namespace shixun
