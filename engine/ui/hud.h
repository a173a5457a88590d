#pragma once
// What is drawn over the picture while someone works: goal, clock and marks, the menu at the object, the gauge of a running effort,
// what is in hand, short messages. Looks only; input goes to interact/hands.

#include <string>
#include <vector>

#include "engine/interact/hands.h"
#include "engine/render/views.h"
#include "engine/training/guide.h"
#include "engine/ui/strings.h"
#include "engine/ui/theme.h"

namespace shixun {

struct Message {
  enum class Kind { kInfo, kGain, kLoss, kRefusal, kCritical, kSpeech, kCaption } kind = Kind::kInfo;
  Text text;
  float age = 0, life = 3.5f;  // s
};

struct Hud {
  const Pack* pack = nullptr;
  const Exercise* exercise = nullptr;
  const Session* session = nullptr;
  const Hands* hands = nullptr;
  const Stage* stage = nullptr;
  Camera camera;
  Lang lang = Lang::kZh;
  const std::vector<Message>* messages = nullptr;
  float click_age = 1e9f;   // s since the wrench clicked
  int hint_level = 0;       // asked for in this step
  bool helping = false;     // a step is being done for the trainee
  Guide guide;              // to be pointed at
  bool show_help = false;
  bool at_work = true;      // false behind a sheet: nothing is drawn at the object
  const char* warning = nullptr;  // a few words under the clock
  double time = 0;          // s, for pulses
  const std::vector<Error>* problems = nullptr;  // of the pack's files as they were last saved; none: nothing is shown
};

void draw_hud(const Theme& theme, const Hud& hud);

// Pieces of it, for panels that hang in the world.
bool has_gauge(const Hud& hud);  // an effort runs, or the wrench clicked a moment ago
void draw_gauge(const Theme& theme, const Hud& hud, ImDrawList* draw, ImVec2 middle);  // 98 px about the middle
std::string menu_title(const Hud& hud, int object);  // what is meant; of a person, what they said last

// A person's name for an object, and a text with its marks taken out.
const std::string& object_name(const Pack& pack, int object, Lang lang);
// Where the guide points: the middle of a thing, a person's face, a place. Call it only when there is a thing or a place.
glm::vec3 guide_point(const Stage& stage, const Scene& scene, const Guide& guide);
// What asking for help comes to now, where that is to have the step done or to stop it; none: the next hint, or no help.
std::optional<Str> doing_for_me(const Hud& hud);
// That and why something was taken back, while it matters; else empty.
Text taken_back_text(const Session& session);
// What the guide points at: a place's own name, a measurement's, a thing's; empty for a place without a name.
std::string guide_name(const World& world, const Guide& guide, Lang lang);

}  // namespace shixun
