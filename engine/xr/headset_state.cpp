#include "engine/xr/headset_state.h"

namespace shixun {
namespace {

HeadsetStep gone(HeadsetState s, HeadsetLoss why) {
  s.phase = HeadsetPhase::kOff;
  s.running = false;
  s.loss = why;
  return {s, false, false, true};
}

}  // namespace

HeadsetStep step(const HeadsetState& state, HeadsetEvent event) {
  HeadsetState s = state;
  if (!s.on()) return {s};  // late news of what was left already
  switch (event) {
    case HeadsetEvent::kIdle: s.phase = HeadsetPhase::kIdle; return {s};
    case HeadsetEvent::kReady: {
      const bool begin = !s.running;
      s.running = true;
      s.phase = HeadsetPhase::kSynchronized;
      return {s, begin};
    }
    case HeadsetEvent::kSynchronized: s.phase = HeadsetPhase::kSynchronized; return {s};
    case HeadsetEvent::kVisible: s.phase = HeadsetPhase::kVisible; return {s};
    case HeadsetEvent::kFocused: s.phase = HeadsetPhase::kFocused; return {s};
    case HeadsetEvent::kStopping: {
      const bool end = s.running;
      s.running = false;
      s.phase = HeadsetPhase::kIdle;
      return {s, false, end};
    }
    case HeadsetEvent::kTakenOff: s.worn = false; return {s};
    case HeadsetEvent::kPutOn: s.worn = true; return {s};
    case HeadsetEvent::kExiting: return gone(s, HeadsetLoss::kEnded);
    case HeadsetEvent::kLossPending:
    case HeadsetEvent::kSessionLost: return gone(s, HeadsetLoss::kSessionLost);
    case HeadsetEvent::kInstanceLossPending:
    case HeadsetEvent::kInstanceLost: return gone(s, HeadsetLoss::kInstanceLost);
    case HeadsetEvent::kHung: return gone(s, HeadsetLoss::kHung);
  }
  return {s};
}

}  // namespace shixun
