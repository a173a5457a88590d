#pragma once
// A threaded fastener: free turns from the first thread to the seat, then torque that rises with angle (joint stiffness).
// Integers only; angle in 0.01 deg, torque in 0.1 N·m.
// Source of the model: torque-angle curve of a bolted joint (VDI 2230): run-down, then a linear elastic zone.

#include <cstdint>

namespace shixun {

struct FastenerSpec {
  int64_t seat_cd;       // free turning before the seat
  int64_t dnm_per_turn;  // slope of the elastic zone
};

struct FastenerState {
  int64_t engaged_cd = 0;  // 0 .. seat_cd
  int64_t over_cd = 0;     // beyond the seat, >= 0; only when engaged_cd == seat_cd
};

// What turns it. limit: the most torque hand or arm can give. setting: a click wrench's (0: does not click); give: the angle
// its mechanism yields after the click before torque rises again.
struct Driver {
  int64_t limit_dnm;
  int64_t setting_dnm = 0;
  int64_t give_cd = 0;
  bool stop_at_click = false;
};

struct Turned {
  int64_t moved_cd = 0;   // what was really turned, signed like the request
  bool clicked = false;   // the click came in this call
  int64_t give_left_cd = 0;
};

int64_t torque_dnm(const FastenerSpec& spec, const FastenerState& s);
int64_t over_for_torque(const FastenerSpec& spec, int64_t dnm);  // least angle beyond the seat that holds this torque

// Turns by angle_cd (+ tightens). `clicked_before` and give_left carry over within one stroke of a click wrench.
Turned turn(const FastenerSpec& spec, FastenerState& s, const Driver& driver, int64_t angle_cd, bool clicked_before, int64_t give_left_cd);

}  // namespace shixun
