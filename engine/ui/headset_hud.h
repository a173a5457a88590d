#pragma once
// What one who wears a headset sees while working, as pieces of the canvas that hang in the world: the board (goal, clock, what is in
// hand, news, buttons), beside what is meant the choices or the gauge, and what the guide's ring stands about. The same choices as in the window, each with a button, so that
// whoever can point and press once can do everything. Sizes in pixels of the canvas.

#include <string>

#include "engine/ui/hud.h"

namespace shixun {

inline constexpr float kBoardWidth = 470, kChoicesLeft = 500, kChoicesWidth = 470, kCaptionLeft = 1000, kCaptionWidth = 270;

struct HeadsetHudAnswer {
  bool sheet = false, lines = false, hint = false, pause = false;
  int setting = 0;            // notches for the held tool
  int choice = 0;             // 1..9: pressed this frame
  bool choice_held = false;   // the press goes on
  float board_height = 0, choices_height = 0;  // from the top; no choices: 0
  bool marked = false;        // a ring is to be drawn where the guide points,
  ImVec2 caption{0, 0};       // and this much from kCaptionLeft at the top stands above it
};

HeadsetHudAnswer draw_headset_hud(const Theme& theme, const Hud& hud);

// Keys for numbers beside a sheet, since nobody wearing a headset sees a keyboard. They are pressed by `pointer` (canvas; negative: away) and
// not by ImGui's mouse, so that the field being filled in stays chosen. Gives what was typed: '0'-'9', '.', '-', '\b', '\r'; 0 nothing.
char draw_keypad(const Theme& theme, Lang lang, ImVec2 pointer, bool pressed);
bool over_keypad(const Theme& theme, ImVec2 pointer);

}  // namespace shixun
