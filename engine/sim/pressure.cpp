#include "engine/sim/pressure.h"

#include <algorithm>
#include <utility>

#include "engine/sim/fixed.h"

namespace shixun {

namespace {

// A node's volume now, in 1e-3 mm3 (mm2 x um): a chamber grows and shrinks with its piston.
int64_t volume_of(const PressureNet& n, const PressureState& s, int node) {
  int64_t v = n.nodes[static_cast<size_t>(node)].volume_mm3 * 1000;
  for (size_t c = 0; c < n.cylinders.size(); ++c) {
    const Cylinder& x = n.cylinders[c];
    if (x.cap == node) v += x.cap_mm2 * s.position_um[c];
    if (x.rod == node) v += x.rod_mm2 * (x.stroke_um - s.position_um[c]);
  }
  return v;
}

int64_t absolute_pa(const PressureNet& n, const PressureState& s, int node) {
  switch (n.nodes[static_cast<size_t>(node)].kind) {
    case PressureNode::Kind::kRoom: return kRoom_pa;
    case PressureNode::Kind::kSupply: return kRoom_pa + s.air[static_cast<size_t>(node)];
    case PressureNode::Kind::kVolume: break;
  }
  return mul_div(s.air[static_cast<size_t>(node)], 1000, volume_of(n, s, node));
}

// Air that would make both sides equal, going from high to low; only volumes change.
int64_t to_equal(const PressureNet& n, const PressureState& s, int high, int low) {
  const bool high_holds = n.nodes[static_cast<size_t>(high)].kind == PressureNode::Kind::kVolume;
  const bool low_holds = n.nodes[static_cast<size_t>(low)].kind == PressureNode::Kind::kVolume;
  const Int128 vh = volume_of(n, s, high), vl = volume_of(n, s, low);
  const Int128 ah = s.air[static_cast<size_t>(high)], al = s.air[static_cast<size_t>(low)];
  Int128 d = 0;
  if (high_holds && low_holds) d = (ah * vl - al * vh) / (vh + vl);
  else if (high_holds) d = ah - Int128{absolute_pa(n, s, low)} * vh / 1000;
  else if (low_holds) d = Int128{absolute_pa(n, s, high)} * vl / 1000 - al;
  return static_cast<int64_t>(std::max<Int128>(0, d));
}

void flow(const PressureNet& n, PressureState& s, size_t link) {
  const PressureLink& l = n.links[link];
  if (s.opening[link] == 0) return;
  const int64_t difference = absolute_pa(n, s, l.a) - absolute_pa(n, s, l.b);
  if (difference == 0 || (difference < 0 && l.one_way)) return;
  const int high = difference > 0 ? l.a : l.b, low = difference > 0 ? l.b : l.a;
  const int64_t free_mm3_s = look_up(n.flows[static_cast<size_t>(l.flow)], difference > 0 ? difference : -difference);
  const int64_t moved = std::min(mul_div(free_mm3_s, s.opening[link] * kRoom_pa, 1000 * kTicksPerSecond), to_equal(n, s, high, low));
  if (n.nodes[static_cast<size_t>(high)].kind == PressureNode::Kind::kVolume) s.air[static_cast<size_t>(high)] -= moved;
  if (n.nodes[static_cast<size_t>(low)].kind == PressureNode::Kind::kVolume) s.air[static_cast<size_t>(low)] += moved;
}

// Force that extends the piston if it stood at x, uN; falls as x grows.
Int128 force_at(const PressureNet& n, PressureState& s, size_t cylinder, int64_t x_um) {
  const Cylinder& c = n.cylinders[cylinder];
  const int64_t was = std::exchange(s.position_um[cylinder], x_um);
  const Int128 f = Int128{absolute_pa(n, s, c.cap)} * c.cap_mm2 - Int128{absolute_pa(n, s, c.rod)} * c.rod_mm2 - kRoom_pa * (c.cap_mm2 - c.rod_mm2);
  s.position_um[cylinder] = was;
  return f;
}

void move_piston(const PressureNet& n, PressureState& s, size_t cylinder) {
  const Cylinder& c = n.cylinders[cylinder];
  const int64_t friction = c.friction_mn * 1000, now = s.position_um[cylinder];
  const Int128 force = force_at(n, s, cylinder, now);
  if (force >= -friction && force <= friction) return;
  const int direction = force > 0 ? 1 : -1;
  int64_t near = 0, far = std::min(c.max_step_um, direction > 0 ? c.stroke_um - now : now);  // how far it goes
  const auto still_pushed = [&](int64_t way) {
    const Int128 f = force_at(n, s, cylinder, now + direction * way);
    return direction > 0 ? f > friction : f < -friction;
  };
  if (!still_pushed(far)) {
    while (far - near > 1) {
      const int64_t middle = (near + far) / 2;
      (still_pushed(middle) ? near : far) = middle;
    }
  }
  s.position_um[cylinder] = now + direction * far;
}

}  // namespace

std::vector<Error> check(const PressureNet& n) {
  std::vector<Error> out;
  const auto bad = [&](const std::string& where, std::string what, std::string hint) { out.push_back(failure(where, std::move(what), std::move(hint))); };
  const auto within = [&](const std::string& where, int64_t v, int64_t low, int64_t high, const char* what) {
    if (v < low || v > high) bad(where, std::string(what) + " is not within " + std::to_string(low) + " and " + std::to_string(high), "correct the number");
  };
  if (n.nodes.empty() || n.nodes.size() > kMaxPressureNodes) bad("air", "a circuit has 1 to 32 volumes", "join volumes that are always one");
  if (n.links.size() > kMaxPressureLinks) bad("air", "a circuit has at most 64 links", "leave some out");
  if (n.cylinders.size() > kMaxCylinders) bad("air", "a circuit has at most 8 cylinders", "leave some out");
  const auto node_ok = [&](int i) { return i >= 0 && static_cast<size_t>(i) < n.nodes.size(); };
  for (const PressureNode& x : n.nodes) {
    within(x.id, x.volume_mm3, x.kind == PressureNode::Kind::kVolume ? 1 : 0, kMaxVolume_mm3, "its volume in mm³");
    within(x.id, x.gauge_pa, 0, kMaxGauge_pa, "its pressure in Pa");
  }
  for (const Table& t : n.flows) {
    for (Error& e : check(t)) out.push_back(std::move(e));
    for (const TablePoint& p : t.points) {
      if (p.x < 0 || p.y < 0 || p.y > 1'000'000'000) bad(t.id, "a flow is below zero or beyond 1 m³/s", "give free air in mm³/s over the difference in Pa");
    }
  }
  for (const PressureLink& l : n.links) {
    if (!node_ok(l.a) || !node_ok(l.b) || l.a == l.b) bad(l.id, "its ends are not two volumes", "name two");
    if (l.flow < 0 || static_cast<size_t>(l.flow) >= n.flows.size()) bad(l.id, "it has no flow table", "name one");
    within(l.id, l.opening, 0, 1000, "its opening in per mille");
  }
  std::vector<bool> taken(n.nodes.size(), false);
  for (const Cylinder& c : n.cylinders) {
    for (const int node : {c.cap, c.rod}) {
      if (!node_ok(node) || n.nodes[static_cast<size_t>(node)].kind != PressureNode::Kind::kVolume) bad(c.id, "a chamber is no volume", "name a volume");
      else if (taken[static_cast<size_t>(node)]) bad(c.id, "two chambers share a volume", "give each chamber its own");
      else taken[static_cast<size_t>(node)] = true;
    }
    within(c.id, c.cap_mm2, 1, 20'000, "its piston area in mm²");
    within(c.id, c.rod_mm2, 1, c.cap_mm2, "its rod side area in mm²");
    within(c.id, c.stroke_um, 1, 2'000'000, "its stroke in µm");
    within(c.id, c.friction_mn, 0, 100'000'000, "its friction in mN");
    within(c.id, c.max_step_um, 1, 100'000, "its longest step in µm");
  }
  return out;
}

PressureState start(const PressureNet& n) {
  PressureState s;
  s.position_um.resize(n.cylinders.size());
  for (const PressureLink& l : n.links) s.opening.push_back(l.opening);
  for (size_t i = 0; i < n.nodes.size(); ++i) {
    const PressureNode& x = n.nodes[i];
    switch (x.kind) {
      case PressureNode::Kind::kRoom: s.air.push_back(0); break;
      case PressureNode::Kind::kSupply: s.air.push_back(x.gauge_pa); break;
      case PressureNode::Kind::kVolume: s.air.push_back(mul_div(volume_of(n, s, static_cast<int>(i)), x.gauge_pa + kRoom_pa, 1000)); break;
    }
  }
  return s;
}

Status step(const PressureNet& n, PressureState& s, const PressureInput& input) {
  const size_t i = static_cast<size_t>(input.index);
  switch (input.kind) {
    case PressureInput::Kind::kOpening:
      if (input.index < 0 || i >= n.links.size()) return failure("air", "an input names no link", "name one");
      if (input.value < 0 || input.value > 1000) return failure(n.links[i].id, "its opening is not within 0 and 1000 per mille", "correct the number");
      s.opening[i] = input.value;
      return ok();
    case PressureInput::Kind::kSupply:
      if (input.index < 0 || i >= n.nodes.size() || n.nodes[i].kind != PressureNode::Kind::kSupply) return failure("air", "an input names no supply", "name one");
      if (input.value < 0 || input.value > kMaxGauge_pa) return failure(n.nodes[i].id, "its pressure is not within 0 and 2 MPa", "correct the number");
      s.air[i] = input.value;
      return ok();
  }
  return failure("air", "an input of no kind", "");
}

void tick(const PressureNet& n, PressureState& s) {
  for (size_t l = 0; l < n.links.size(); ++l) flow(n, s, l);
  for (size_t c = 0; c < n.cylinders.size(); ++c) move_piston(n, s, c);
}

int64_t gauge_pa(const PressureNet& n, const PressureState& s, int node) { return absolute_pa(n, s, node) - kRoom_pa; }

}  // namespace shixun
