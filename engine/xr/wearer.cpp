#include "engine/xr/wearer.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/training/yaml.h"

namespace shixun {

fs::path wearer_file() { return places().config / "headset.yaml"; }

Result<std::optional<Wearer>> load_wearer(const fs::path& file) {
  std::error_code ec;
  if (!fs::exists(file, ec)) return std::optional<Wearer>();
  auto yaml = read_yaml(file);
  if (!yaml) return yaml.error();
  const auto wrong = [&](const Yaml& node, std::string what) {
    return Error{Code::kFailed, fmt::format("{}:{}:{}", file.string(), node.line, node.column), std::move(what), "Correct it, or take the file away to be asked again"};
  };
  Wearer w;
  if (yaml->kind == Yaml::Kind::kNull) return std::optional(w);
  if (yaml->kind != Yaml::Kind::kMap) return wrong(*yaml, "expected hand, height, turn, text and move");
  for (const auto& [key, value] : yaml->map) {
    const auto one_of = [&, node = &value](const char* no, const char* yes, bool& to) {
      if (node->kind != Yaml::Kind::kScalar || (node->scalar != no && node->scalar != yes)) return false;
      to = node->scalar == yes;
      return true;
    };
    if (key == "hand") {
      if (!one_of("right", "left", w.left_handed)) return wrong(value, "'hand' must be right or left");
    } else if (key == "height") {
      if (!one_of("standing", "seated", w.seated)) return wrong(value, "'height' must be standing or seated");
    } else if (key == "move") {
      if (!one_of("jump", "glide", w.glides)) return wrong(value, "'move' must be jump or glide");
    } else if (key == "text") {
      if (!one_of("normal", "large", w.large_text)) return wrong(value, "'text' must be normal or large");
    } else if (key == "turn") {
      const std::string degrees = value.kind == Yaml::Kind::kScalar ? value.scalar : "";
      const auto found = std::find_if(kTurns.begin(), kTurns.end(), [&](int d) { return std::to_string(d) == degrees; });
      if (found == kTurns.end()) return wrong(value, "'turn' must be 15, 30, 45 or 90");
      w.turn_deg = *found;
    } else {
      return wrong(value, "unknown key '" + key + "'; known are hand, height, turn, text and move");
    }
  }
  return std::optional(w);
}

Status save_wearer(const fs::path& file, const Wearer& wearer) {
  std::error_code ec;
  fs::create_directories(file.parent_path(), ec);
  return write_file(file, fmt::format("hand: {}\nheight: {}\nturn: {}\ntext: {}\nmove: {}\n", wearer.left_handed ? "left" : "right", wearer.seated ? "seated" : "standing", wearer.turn_deg,
                                      wearer.large_text ? "large" : "normal", wearer.glides ? "glide" : "jump"));
}

}  // namespace shixun
