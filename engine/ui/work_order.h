#pragma once
// Sheets one fills in or answers while working: the work order, the lines to say, the pause menu. Each gives back what was decided.

#include <map>
#include <optional>
#include <string>

#include "engine/training/session.h"
#include "engine/ui/theme.h"

namespace shixun {

// What has been typed and not written yet.
struct WorkOrderDraft {
  std::map<std::string, std::string> numbers;  // by field
  std::map<std::string, Text> complaints;
};

struct WorkOrderAnswer {
  std::optional<Action> record;
  bool hand_in = false, close = false;
};
// `enter`: the key was pressed since the last frame (a quick tap can fall between two frames of ImGui's own key state).
WorkOrderAnswer draw_work_order(const Theme& theme, const Pack& pack, const Exercise& exercise, const Session& session, Lang lang, bool enter, WorkOrderDraft& draft);

// The line said, or nothing. `number`: the digit key pressed this frame, 0 none. `close` is set when the list was dismissed.
std::optional<Action> draw_lines(const Theme& theme, const Pack& pack, const Exercise& exercise, const Session& session, Lang lang, int number, bool& close);

enum class PauseChoice { kNone, kGoOn, kHandIn, kSaveAndLeave, kWearer };
// `recorded`: what was done is kept when one leaves. `in_headset`: the wearer's questions can be asked again.
PauseChoice draw_pause(const Theme& theme, const Session& session, Lang lang, bool recorded, bool in_headset, bool& asking_hand_in);

// A dim sheet over the picture behind a dialogue; none where the dialogue hangs in the room.
void dim_screen(const Theme& theme);

}  // namespace shixun
