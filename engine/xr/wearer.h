#pragma once
// How the person who wears the headset wants it: headset.yaml in the config folder, which the program writes when its questions are answered.
//
//   hand: right        # or left: the hand that points first, and the side that choices hang on
//   height: standing   # or seated: the eyes are raised to where they are when one stands
//   turn: 30           # degrees a step: 15, 30, 45 or 90
//   text: normal       # or large: a quarter higher
//   move: jump         # or glide: a stick pushed ahead walks, while the edge of sight is dark

#include <array>
#include <optional>

#include "engine/base/file.h"

namespace shixun {

inline constexpr std::array<int, 4> kTurns = {15, 30, 45, 90};

struct Wearer {
  bool left_handed = false, seated = false, large_text = false;
  int turn_deg = 30;  // one of kTurns
  bool glides = false;
  bool operator==(const Wearer&) const = default;
};

fs::path wearer_file();  // places().config / "headset.yaml"

// Nothing: there is no such file, for nobody has been asked. A key that is not there has its default; errors name file:line:column.
Result<std::optional<Wearer>> load_wearer(const fs::path& file);
Status save_wearer(const fs::path& file, const Wearer& wearer);

}  // namespace shixun
