#pragma once
// A headset as the program's window: the pages' screens hang in the room, a ray from the hand is their mouse, and both eyes see the room
// through the same renderer; the window on the desk mirrors the left eye. Belongs to Graphics; pages meet it through poll_input(),
// begin_ui() and show_frame(), and the exercise asks it where hands and head are. Frame: world, unless it says tracking.

#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/file.h"
#include "engine/desktop/walker.h"
#include "engine/gpu/commands.h"
#include "engine/interact/pick.h"
#include "engine/render/renderer.h"
#include "engine/ui/headset_hud.h"
#include "engine/xr/headset.h"
#include "engine/xr/wearer.h"

namespace shixun {

struct Graphics;
struct Room;

inline constexpr float kBlink = 0.15f;  // s of darkness about a jump

// Everything the screens draw is this large. A page is narrower, so that all of it is in sight; the pieces of the work's display are not, which
// hang by themselves. Wherever it hangs, the smallest letters (18 pixels) are at least 1.3 degrees high.
inline constexpr float kCanvasWidth = 1280, kCanvasHeight = 720, kPageWidth = 1024;

// A piece of the canvas that hangs in the room, seen from +Z of its frame.
struct HungPanel {
  ImVec2 from, to;  // of the canvas
  glm::vec3 middle{0};
  glm::quat orientation{1, 0, 0, 0};
  float metres_per_pixel = 0.002f;
  glm::vec3 point(ImVec2 canvas) const;  // where a pixel of the canvas hangs
};

struct VrOptions {
  float scale = 1;         // of the runtime's recommended picture size
  int frames = 0;          // close the program after so many pictures; 0: never
  fs::path capture_eyes;   // then write the last of them here: both eyes, the left one left; FILE-alone.png: each drawn by itself
};

class Vr {
 public:
  Vr(std::unique_ptr<Headset> connected, const VrOptions& options) : headset(std::move(connected)), options_(options) {}
  ~Vr();

  Status open(Graphics& graphics);
  bool live() const { return headset && headset->state().running; }  // else the window is drawn as without a headset

  // After the window was polled: waits for the headset's next frame, moves the person, and puts what the hands do into `input`.
  void begin(Graphics& graphics, Input& input);
  void point_in_ui();  // ImGui's mouse
  Status show(Graphics& graphics, Room* room, Frame& frame);  // both eyes, the window; instead of a picture for the window

  // ---- the person
  std::optional<Wearer> wearer;  // what was answered; nothing: nobody has been asked yet
  void wear(const Wearer& answers);  // from now on
  void stand(const glm::vec3& feet, float yaw);
  const TrackedPose& head() const { return head_; }
  const HandInput& hand(int side) const { return hands_[static_cast<size_t>(side)]; }  // 0 left, 1 right
  int pointing() const { return pointing_; }  // the hand whose ray counts: the one that pressed last
  Ray ray(int side) const;
  bool jumped() const { return blink_ == kBlink; }  // just now, by arc or turn or as stand() says
  bool on_panel() const { return pointer_.has_value() || held_on_panel_; }  // the ray means a panel and not the room
  bool grabbed(int side) const { return hands_[static_cast<size_t>(side)].grab && !before_[static_cast<size_t>(side)].grab; }
  bool released(int side) const { return !hands_[static_cast<size_t>(side)].grab && before_[static_cast<size_t>(side)].grab; }
  void pulse(int side, float strength, float seconds);

  // ---- what is set for the frame that is made
  std::optional<Floor> floor;               // where one may stand; nothing: anywhere
  bool may_move = true;                     // teleport and turn
  bool aim_at_room = false;                 // the ray is drawn as far as it means something
  float ray_length = 3;
  std::optional<float> other_ray;           // both hands hold a lead, each at its point: the other hand's ray is this long
  bool dark = false;                        // the head is inside something: the picture fades
  struct Marker {
    glm::vec3 at{0};
    ImVec2 caption{0, 0};  // so much of the canvas from kCaptionLeft stands above it
  };
  std::optional<Marker> marker;             // where the next step is: a ring about it, or an arrow that leads there
  bool may_teleport_by_select = false;      // the ray means nothing else: select shows the arc
  bool in_pieces = false;                   // to be said before the screens are drawn: `panels` hang, instead of a page
  std::vector<HungPanel> panels;
  float canvas_width() const { return in_pieces ? kCanvasWidth : kPageWidth; }
  HungPanel board(float height) const;      // above the eyes, following: what one works at lies level with them or lower
  HungPanel board_aside(float height) const;  // beside it, on the hand's side: what can be done with what is in hand
  HungPanel beside(const glm::vec3& target, float height) const;  // the choices at what is meant
  nlohmann::json status() const;  // phase, where tracking space lies; of each panel its piece of the canvas, that corner's place and one pixel's way across and down; the eyes in tracking space
  std::optional<ImVec2> pointer() const { return pointer_; }
  bool pointer_pressed() const { return pointer_pressed_; }
  bool keypad = false;                      // a keypad takes the pointer where it lies over it

  std::unique_ptr<Headset> headset;         // null once it was lost
  HeadsetLoss lost = HeadsetLoss::kNone;    // why; to be told once
  Rig rig;

 private:
  void follow(float dt);
  void hang_here();
  void move(float dt);
  void find_pointer();
  int panel_hand() const;
  std::vector<HungPanel> page() const;
  float size() const;
  void glide(float dt);
  float standing_raise() const;
  Wearer wants() const { return wearer.value_or(Wearer{}); }
  std::vector<gpu::WorldQuad> quads() const;
  void add_darkness(std::vector<gpu::WorldQuad>& out) const;
  void add_marker(std::vector<gpu::WorldQuad>& out) const;
  Status mirror(Graphics& graphics, const Target& eyes);
  Status capture(Graphics& graphics, const Target& eyes, const Frame& frame);

  VrOptions options_;
  HeadsetFrame frame_;
  TrackedPose head_;
  std::array<HandInput, 2> hands_, before_;
  int pointing_ = 1, panel_hand_ = -1;
  bool placed_ = false;
  glm::vec3 start_feet_{0};
  float start_yaw_ = 0;
  SnapTurn snap_;
  glm::vec3 anchor_{0};  // the head's place and direction that panels hang by
  float anchor_yaw_ = 0;
  bool anchored_ = false, catching_up_ = false, page_open_ = false;
  std::vector<HungPanel> shown_;  // of the last frame: what the ray can meet
  std::optional<ImVec2> pointer_;
  glm::vec3 pointer_at_{0};
  bool poking_ = false, pressing_ = false;  // the pointing hand: its tip is in a panel; it presses, by tip or button
  bool pointer_pressed_ = false, held_on_panel_ = false, held_in_room_ = false;
  std::vector<glm::vec3> arc_;
  bool arc_lands_ = false, arc_by_stick_ = false;
  float blink_ = 0;  // s since the last jump, counted down
  float darkness_ = 0, tunnel_ = 0;  // how much of the fade and of the dark edge there is, 0 to 1
  bool keypad_ = false;
  const Theme* theme_ = nullptr;
  TextureHandle canvas_ = kNoTexture;
  std::optional<CommandRing> ring_;
  int drawn_ = 0;
};

}  // namespace shixun
