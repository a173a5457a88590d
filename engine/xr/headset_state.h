#pragma once
// Where a headset session is and what must be done next, as a pure function: the runtime tells an event, the answer is the new state and
// what to call. Nothing here calls OpenXR, so cases that no test runtime can be brought to (a system menu in front, a headset taken off)
// are tested like all others.

namespace shixun {

enum class HeadsetPhase {
  kOff,           // not connected, or left in order
  kIdle,          // connected; the runtime does not want frames
  kSynchronized,  // frames are paced, nothing of ours is seen: another program is in front, or nobody wears the headset
  kVisible,       // seen, but input goes elsewhere: a system menu is in front
  kFocused,       // seen, and ours to control
};

enum class HeadsetLoss { kNone, kEnded, kSessionLost, kInstanceLost, kHung };  // why it is off

enum class HeadsetEvent {
  kIdle, kReady, kSynchronized, kVisible, kFocused, kStopping, kLossPending, kExiting,  // XrSessionState
  kInstanceLossPending,
  kSessionLost, kInstanceLost,  // results of any call
  kHung,                        // a call did not return in time
  kTakenOff, kPutOn,            // user presence, where the runtime knows it
};

struct HeadsetState {
  HeadsetPhase phase = HeadsetPhase::kIdle;
  bool running = false;  // between begin and end: xrWaitFrame paces us
  bool worn = true;
  HeadsetLoss loss = HeadsetLoss::kNone;

  bool on() const { return phase != HeadsetPhase::kOff; }
  bool seen() const { return phase == HeadsetPhase::kVisible || phase == HeadsetPhase::kFocused; }
  bool takes_input() const { return phase == HeadsetPhase::kFocused && worn; }
  bool clock_runs() const { return seen() && worn; }  // of an exercise: what one cannot see costs no time
  bool operator==(const HeadsetState&) const = default;
};

struct HeadsetStep {
  HeadsetState next;
  bool begin = false, end = false;  // xrBeginSession, xrEndSession
  bool leave = false;               // let go of everything; the desktop goes on
};

HeadsetStep step(const HeadsetState& state, HeadsetEvent event);

}  // namespace shixun
