#pragma once
// Compressed air: volumes joined by valves, throttles, leaks and open ends, and double-acting cylinders between them. Who steps it:
// the world, once a tick (1/120 s). Enough for what B4 judges: whether a part holds pressure, how fast a piston moves because of
// which throttle, how much a closed circuit loses in a minute, whether a tube is pulled at zero.
//
// Units: gauge pressure Pa (0 = the room), volume mm3, free air mm3/s at 100 kPa (ISO 8778 reference atmosphere), position um,
// area mm2, force mN. The room has 100 kPa. Temperature is constant: air is counted as pressure x volume, in Pa·mm3, and no tick
// makes or loses any. Flow is a table over the pressure difference (data sheets print that curve; ISO 6358 gives its shape).
// A flow never passes the equilibrium of the two volumes it joins, so no step size can make it swing. A piston stands where the
// forces balance within friction, and goes there at most max_step_um a tick; the throttle on the air that must leave sets the speed.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/sim/table.h"

namespace shixun {

inline constexpr int64_t kRoom_pa = 100'000;
inline constexpr int64_t kMaxGauge_pa = 2'000'000;
inline constexpr int64_t kMaxVolume_mm3 = 100'000'000;  // 100 l
inline constexpr int kTicksPerSecond = 120;
inline constexpr size_t kMaxPressureNodes = 32, kMaxPressureLinks = 64, kMaxCylinders = 8;

struct PressureNode {
  std::string id;
  enum class Kind : uint8_t { kVolume, kSupply, kRoom } kind = Kind::kVolume;
  int64_t volume_mm3 = 0;  // a volume's; of a cylinder's chamber: what is left when the piston touches that end
  int64_t gauge_pa = 0;    // at the start; of a supply: what it holds
};

struct PressureLink {
  std::string id;
  int a = 0, b = 0;
  int flow = 0;            // table: pressure difference Pa -> free air mm3/s when fully open
  int64_t opening = 1000;  // 0 .. 1000 per mille, at the start
  bool one_way = false;    // a to b only: a check valve
};

struct Cylinder {
  std::string id;
  int cap = 0, rod = 0;    // nodes of the two chambers; air in `cap` extends it
  int64_t cap_mm2 = 0, rod_mm2 = 0;  // rod_mm2 less than cap_mm2 by the rod
  int64_t stroke_um = 0;
  int64_t friction_mn = 0; // mN that must be passed before it moves
  int64_t max_step_um = 0; // a tick; > 0
};

struct PressureNet {
  std::vector<PressureNode> nodes;
  std::vector<Table> flows;
  std::vector<PressureLink> links;
  std::vector<Cylinder> cylinders;
};
std::vector<Error> check(const PressureNet& n);

struct PressureState {
  std::vector<int64_t> air;          // per node, Pa·mm3 absolute; supplies: their gauge_pa; room: 0
  std::vector<int64_t> opening;      // per link
  std::vector<int64_t> position_um;  // per cylinder, 0 = in
  bool operator==(const PressureState&) const = default;
};

PressureState start(const PressureNet& n);  // n sound

// One input of the trainee or of a valve: how far a link is open, what a supply holds. Refused: no such thing, out of range.
struct PressureInput {
  enum class Kind : uint8_t { kOpening, kSupply } kind = Kind::kOpening;
  int index = -1;     // link or node
  int64_t value = 0;  // per mille or Pa
};
Status step(const PressureNet& n, PressureState& s, const PressureInput& input);

void tick(const PressureNet& n, PressureState& s);  // 1/120 s passes

int64_t gauge_pa(const PressureNet& n, const PressureState& s, int node);

}  // namespace shixun
