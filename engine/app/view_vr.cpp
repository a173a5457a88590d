#include "engine/app/view_vr.h"

#include <algorithm>
#include <cmath>
#include <glm/gtc/constants.hpp>

#include "engine/app/view_room.h"
#include "engine/base/log.h"
#include "engine/desktop/window.h"
#include "engine/gpu/resources.h"
#include "engine/render/capture.h"

namespace shixun {
namespace {

constexpr float kPagePixel = 0.00173f, kPixel = 0.00146f; // rad: as high as a pixel of a page and of another panel is seen. A page is higher: its upper
                                                        // and lower lines are seen aslant
constexpr float kLarge = 1.25f;                         // times that, for one who wants it large
constexpr float kPageFar = 1.4f, kBoardFar = 1.3f;      // m from the eyes
constexpr float kPageSpan = 1.69f;                      // rad: no page is wider than a headset's field of view (97 degrees)
constexpr int kPageStrips = 9;
constexpr float kBoardAbove = 0.24f, kBoardTilt = 0.35f;  // m above the eyes: the board's lower edge; rad: it leans towards them
constexpr float kFollowAngle = 0.8f, kFollowWay = 0.6f; // rad, m: as far one may turn and step before panels follow,
constexpr float kEnoughAngle = 0.45f, kEnoughWay = 0.1f;  // and as near they come: they must not flee from who turns to look at their edge
constexpr float kGlide = 1.3f, kGlideRest = 0.25f;      // m/s; of the stick
constexpr float kFade = 0.15f, kTunnel = 0.25f;         // s until the picture is gone; until the edge of sight is
constexpr ImU32 kQuiet = IM_COL32(26, 30, 36, 255);     // what is seen then
constexpr float kPokeFar = 0.05f, kPoke = 0.012f;       // m: the finger is near a panel; presses it
constexpr float kScrollRest = 0.3f, kScroll = 12;       // of the stick; wheel notches a second
constexpr int kRingParts = 24;
constexpr float kRing = 0.026f, kRingLine = 0.003f;     // rad: the guide's ring
constexpr float kArrowFrom = 0.6f, kArrowAt = 0.35f;    // rad off the middle of sight: beyond it an arrow leads there; where it is
constexpr int kMirrorEvery = 3;                         // frames
constexpr float kMargin = 0.05f;                        // m about a panel that still holds the ray

constexpr float kNear = 0.04f;                          // m: the near plane

const glm::vec3 kUp(0, 1, 0);
const ImVec2 kBeside(-1e5f, -1e5f);  // on no pixel: so near a panel that what it belongs to stays meant

gpu::WorldQuad quad(const glm::vec3& corner, const glm::vec3& across, const glm::vec3& down, uint32_t color, float behind = 0) {
  return {corner, color, across, 0, down, behind, {0, 0, 1, 1}};
}

// A line of some width that shows its broad side to the eye.
gpu::WorldQuad line(const glm::vec3& from, const glm::vec3& to, const glm::vec3& eye, float width, uint32_t color, float behind = 0.25f) {
  const glm::vec3 side = glm::cross(to - from, eye - from);
  const glm::vec3 wide = glm::length(side) > 1e-6f ? glm::normalize(side) * width : glm::vec3(0);
  return quad(from - wide * 0.5f, to - from, wide, color, behind);
}

ImU32 faded(ImU32 color, float share) { return (color & 0x00ffffffu) | static_cast<ImU32>(255 * share) << 24; }

constexpr float kVeil = 0.12f;  // m ahead of the eyes
gpu::WorldQuad before_the_eyes(const TrackedPose& head, ImU32 color) {
  return quad(head.position + head.orientation * glm::vec3(-1, 1, -kVeil), head.orientation * glm::vec3(2, 0, 0), head.orientation * glm::vec3(0, -2, 0), color, 1);
}

// The hand's tool of the trade: a plain grip, lit a little from above. Its faces towards the eye do not cover each other.
void add_grip(std::vector<gpu::WorldQuad>& out, const TrackedPose& grip, const glm::vec3& eye) {
  const glm::mat3 axes = glm::mat3_cast(grip.orientation);
  const glm::vec3 half(0.017f, 0.017f, 0.06f), middle = grip.position;
  for (int axis = 0; axis < 3; ++axis)
    for (const float side : {-1.0f, 1.0f}) {
      const glm::vec3 out_of = axes[axis] * side, at = middle + out_of * half[axis];
      if (glm::dot(eye - at, out_of) <= 0) continue;
      const int a = (axis + 1) % 3, b = (axis + 2) % 3;
      const glm::vec3 u = axes[a] * half[a], v = axes[b] * half[b];
      const auto shade = static_cast<uint32_t>(64 + 56 * (0.5f + 0.5f * out_of.y));
      out.push_back(quad(at - u - v, 2.0f * u, 2.0f * v, IM_COL32(shade, shade + 4, shade + 10, 255)));
    }
}

// A tracked hand: its bones, from the wrist through each finger to the tip, broad as their joints are; those whose ends are known.
void add_fingers(std::vector<gpu::WorldQuad>& out, const std::array<HandJoint, kHandJoints>& joints, const glm::vec3& eye) {
  constexpr size_t kWrist = 1, kThumb = 2, kIndex = 6, kOfAFinger = 5;
  const auto bone = [&](size_t a, size_t b) {
    const HandJoint &from = joints[a], &to = joints[b];
    if (from.radius <= 0 || to.radius <= 0) return;
    const glm::vec3 past = (to.at - from.at) * 0.12f;  // they overlap where the finger bends
    const auto shade = static_cast<uint32_t>(120 + 8 * (b % kOfAFinger));
    out.push_back(line(from.at - past, to.at + past, eye, 1.7f * to.radius, IM_COL32(shade, shade + 5, shade + 12, 255)));
  };
  for (size_t first = kThumb; first < kHandJoints; first = first == kThumb ? kIndex : first + kOfAFinger) {
    const size_t end = first == kThumb ? kIndex : first + kOfAFinger;
    bone(kWrist, first);
    for (size_t j = first; j + 1 < end; ++j) bone(j, j + 1);
  }
}

// Where the ray meets the panel: canvas pixels and metres along it.
struct Met {
  ImVec2 at;
  float along = 0, off = 0;  // off: m beside the panel
};
std::optional<Met> meet(const HungPanel& p, const glm::vec3& origin, const glm::vec3& direction) {
  const glm::mat3 axes = glm::mat3_cast(p.orientation);
  const float towards = glm::dot(direction, axes[2]);
  if (towards > -1e-4f) return std::nullopt;  // from behind, or along it
  const float along = glm::dot(p.middle - origin, axes[2]) / towards;
  if (along < 0) return std::nullopt;
  const glm::vec3 at = origin + direction * along - p.middle;
  const ImVec2 half((p.to.x - p.from.x) / 2, (p.to.y - p.from.y) / 2);
  const float x = glm::dot(at, axes[0]) / p.metres_per_pixel, y = -glm::dot(at, axes[1]) / p.metres_per_pixel;
  const float off = std::max({std::abs(x) - half.x, std::abs(y) - half.y, 0.0f}) * p.metres_per_pixel;
  return Met{{p.from.x + half.x + x, p.from.y + half.y + y}, along, off};
}

gpu::View view_of(const EyeView& eye, const Rig& rig) {
  const TrackedPose pose = rig.to_world(eye.pose);
  Camera camera;
  camera.eye = pose.position;
  camera.orientation = pose.orientation;
  camera.near_m = kNear;
  return make_view(camera, eye.fov);
}

HandInput placed(const HandInput& hand, const Rig& rig) {
  HandInput h = hand;
  h.aim = rig.to_world(hand.aim);
  h.grip = rig.to_world(hand.grip);
  for (HandJoint& j : h.joints) j.at = rig.to_world({j.at, {1, 0, 0, 0}}).position;
  return h;
}

bool may_stand(const std::optional<Floor>& floor, const glm::vec3& at) {
  if (!floor) return true;
  if (at.x < floor->lower.x || at.x > floor->upper.x || at.z < floor->lower.y || at.z > floor->upper.y) return false;
  return std::none_of(floor->obstacles.begin(), floor->obstacles.end(), [&](const Obstacle& o) {
    return at.x > o.lower.x - kBodyRadius && at.x < o.upper.x + kBodyRadius && at.z > o.lower.y - kBodyRadius && at.z < o.upper.y + kBodyRadius;
  });
}

}  // namespace

glm::vec3 HungPanel::point(ImVec2 canvas) const {
  const glm::mat3 axes = glm::mat3_cast(orientation);
  return middle + axes[0] * ((canvas.x - (from.x + to.x) / 2) * metres_per_pixel) - axes[1] * ((canvas.y - (from.y + to.y) / 2) * metres_per_pixel);
}

Vr::~Vr() = default;

Status Vr::open(Graphics& graphics) {
  if (const Status opened = headset->open(*graphics.device, options_.scale); !opened) return opened;
  auto ring = CommandRing::create(*graphics.device, 2);
  if (!ring) return ring.error();
  ring_.emplace(std::move(*ring));
  if (canvas_ == kNoTexture) {
    auto canvas = graphics.renderer->textures().add_panel(static_cast<uint32_t>(kCanvasWidth), static_cast<uint32_t>(kCanvasHeight));
    if (!canvas) return canvas.error();
    canvas_ = *canvas;
  }
  theme_ = &graphics.theme;
  if (auto known = load_wearer(wearer_file()); !known) spdlog::warn("{}", known.error().text());  // asked again
  else if (*known) wear(**known);
  spdlog::info("vr: {}", headset->name());
  return ok();
}

// ---------------------------------------------------------------- a frame begins

void Vr::begin(Graphics& graphics, Input& input) {
  if (!headset) return;
  const bool was_live = live();
  panel_hand_ = panel_hand();
  frame_ = headset->begin(panel_hand_);
  if (!headset->state().on()) {
    lost = headset->state().loss;
    headset.reset();
    return;
  }
  if (!live()) {
    if (!was_live) graphics.window->wait(0.01);  // nobody paces the frames
    return;
  }
  if (!frame_.head_tracked) return;  // everything stays as it was seen last
  const float dt = static_cast<float>(frame_.dt);
  if (!placed_ || frame_.recentred) {
    rig.place(frame_.head, start_feet_, start_yaw_);
    rig.raise = standing_raise();
    blink_ = kBlink;
    anchored_ = false;
    placed_ = true;
  }
  before_ = hands_;
  for (size_t h = 0; h < 2; ++h) {
    hands_[h] = placed(frame_.hands[h], rig);
    const bool pressed = (hands_[h].select && !before_[h].select) || (hands_[h].grab && !before_[h].grab);
    if (pressed || (hands_[h].active && !hands_[1 - h].active && !frame_.hands[1 - h].active)) {
      if (pointing_ != static_cast<int>(h) && !held_on_panel_ && !held_in_room_) pointing_ = static_cast<int>(h);
    }
  }
  head_ = rig.to_world(frame_.head);
  move(dt);
  head_ = rig.to_world(frame_.head);
  for (size_t h = 0; h < 2; ++h) hands_[h] = placed(frame_.hands[h], rig);
  follow(dt);
  find_pointer();

  // The hand as mouse buttons and keys of the page.
  const auto p = static_cast<size_t>(pointing_);
  const bool press = hands_[p].select || hands_[p].press || poking_, pressed = press && !pressing_;
  pressing_ = press;
  const bool over = pointer_ && pointer_->x > kBeside.x;
  pointer_pressed_ = pressed && over;
  if (pressed && arc_.empty()) (over ? held_on_panel_ : held_in_room_) = true;
  input.left_pressed |= pressed && held_in_room_;
  input.left_held |= press && held_in_room_;
  input.left_released |= !press && held_in_room_;
  if (!press) held_on_panel_ = held_in_room_ = false;
  for (size_t h = 0; h < 2; ++h) {
    if (hands_[h].menu && !before_[h].menu) input.pressed[static_cast<int>(Key::kEscape)] = true;
    if (hands_[h].main && !before_[h].main) input.right_pressed = true;
    if (hands_[h].alt && !before_[h].alt) input.pressed[static_cast<int>(Key::kSay)] = true;
  }
  // A new frame is made: what it shows is said anew.
  panels.clear();
  darkness_ = std::clamp(darkness_ + (dark ? dt : -dt) / kFade, 0.0f, 1.0f);
  keypad_ = keypad;
  keypad = in_pieces = aim_at_room = dark = may_teleport_by_select = false;
  ray_length = 3;
  other_ray.reset();
  marker.reset();
}

void Vr::wear(const Wearer& answers) {
  wearer = answers;
  pointing_ = answers.left_handed ? 0 : 1;
  if (placed_) rig.raise = standing_raise();
}

// Of one who sits: as much as the eyes are lower than when standing.
float Vr::standing_raise() const { return wants().seated ? std::max(0.0f, kStandingEye - frame_.head.position.y) : 0; }

void Vr::stand(const glm::vec3& feet, float yaw) {
  start_feet_ = feet;
  start_yaw_ = yaw;
  anchored_ = false;
  blink_ = kBlink;
  if (!frame_.head_tracked) {
    placed_ = false;
    return;
  }
  rig.place(frame_.head, feet, yaw);
  head_ = rig.to_world(frame_.head);
}

void Vr::move(float dt) {
  blink_ = std::max(0.0f, blink_ - dt);
  if (!may_move) {
    arc_.clear();
    return;
  }
  const HandInput &left = hands_[0], &right = hands_[1];
  glide(dt);
  const auto push = [&](const HandInput& h) { return !wants().glides && h.stick.y > 0.7f && std::abs(h.stick.x) < 0.7f; };
  if (const int steps = snap_.step(std::abs(right.stick.x) > std::abs(left.stick.x) ? right.stick.x : left.stick.x); steps != 0 && arc_.empty()) {
    rig.turn(frame_.head, static_cast<float>(steps) * glm::radians(static_cast<float>(wants().turn_deg)));
    anchored_ = false;
    blink_ = kBlink;
    spdlog::info("vr: turned");
  }
  const int thrower = push(right) ? 1 : push(left) ? 0 : pointing_;
  const HandInput& hand = hands_[static_cast<size_t>(thrower)];
  const bool by_stick = push(hand);
  const bool by_select = hand.select && thrower == pointing_ && ((may_teleport_by_select && !before_[static_cast<size_t>(thrower)].select && !pointer_) || (!arc_.empty() && !arc_by_stick_));
  if (by_stick || by_select) {
    arc_by_stick_ = by_stick;
    arc_ = throw_arc(hand.aim);
    if (arc_.empty()) arc_ = {hand.aim.position, hand.aim.position + hand.aim.orientation * glm::vec3(0, 0, -1)};
    arc_lands_ = arc_.back().y <= 1e-3f && may_stand(floor, arc_.back());
    return;
  }
  if (!arc_.empty() && arc_lands_) {
    rig.place(frame_.head, {arc_.back().x, 0, arc_.back().z}, yaw_of(head_.orientation));
    anchored_ = false;
    blink_ = kBlink;
    spdlog::info("vr: teleported");
  }
  arc_.clear();
}

// A stick ahead or back walks the way one looks, along what is in the way.
void Vr::glide(float dt) {
  float push = 0;
  for (const HandInput& h : hands_)
    if (std::abs(h.stick.y) > std::max(std::abs(push), std::abs(h.stick.x))) push = h.stick.y;
  const bool goes = wants().glides && arc_.empty() && std::abs(push) > kGlideRest;
  tunnel_ = std::clamp(tunnel_ + (goes ? dt : -dt) / kTunnel, 0.0f, 1.0f);
  if (!goes) return;
  const glm::vec3 way = glm::angleAxis(yaw_of(head_.orientation), kUp) * glm::vec3(0, 0, -push * kGlide * dt), at(head_.position.x, 0, head_.position.z);
  for (const glm::vec3& step : {way, glm::vec3(way.x, 0, 0), glm::vec3(0, 0, way.z)})
    if (may_stand(floor, at + step)) {
      rig.origin += step;
      return;
    }
}

void Vr::hang_here() {
  anchored_ = true;
  catching_up_ = false;
  anchor_ = head_.position;
  anchor_yaw_ = yaw_of(head_.orientation);
}

// Panels hang where one looked; they follow lazily once one has turned or gone away.
void Vr::follow(float dt) {
  const float yaw = yaw_of(head_.orientation), off = std::remainder(yaw - anchor_yaw_, 2 * glm::pi<float>());
  if (!anchored_) {
    hang_here();
    return;
  }
  catching_up_ |= std::abs(off) > kFollowAngle || glm::distance(anchor_, head_.position) > kFollowWay;
  if (!catching_up_ || held_on_panel_) return;
  const float way = 1 - std::exp(-dt * 6);
  anchor_ = glm::mix(anchor_, head_.position, way);
  anchor_yaw_ += off * way;
  if (std::abs(off) < kEnoughAngle && glm::distance(anchor_, head_.position) < kEnoughWay) catching_up_ = false;
}

Ray Vr::ray(int side) const {
  const TrackedPose& aim = hands_[static_cast<size_t>(side)].aim;
  return {aim.position, aim.orientation * glm::vec3(0, 0, -1)};
}

// Whose ray a panel has. A stick that is pushed goes on with what it began with until it rests: who scrolls beyond the edge does not turn, who walks
// past a panel does not scroll.
int Vr::panel_hand() const {
  const HandInput& hand = hands_[static_cast<size_t>(pointing_)];
  const bool pushed = std::max(glm::length(hand.stick), glm::length(hand.scroll)) > kScrollRest;
  return (pushed ? panel_hand_ == pointing_ : on_panel()) ? pointing_ : -1;
}

// What the pointing hand means of the panels shown: by its ray, or with the tip of it when it is near.
void Vr::find_pointer() {
  const HandInput& hand = hands_[static_cast<size_t>(pointing_)];
  pointer_.reset();
  poking_ = false;
  if (!hand.active || held_in_room_ || !arc_.empty()) return;
  const Ray r = ray(pointing_);
  std::pair<bool, float> nearest(true, 1e9f);  // beside it, m along
  for (const HungPanel& p : shown_) {
    const glm::vec3 ahead = glm::mat3_cast(p.orientation)[2];
    const float gap = glm::dot(r.origin - p.middle, ahead);  // of the tip before the panel
    const auto by_tip = std::abs(gap) < kPokeFar ? meet(p, r.origin + ahead * 0.2f, -ahead) : std::nullopt;
    const auto m = by_tip && by_tip->off == 0 ? by_tip : meet(p, r.origin, r.direction);
    if (!m || m->off > kMargin || std::pair(m->off > 0, m->along) >= nearest) continue;
    nearest = {m->off > 0, m->along};
    pointer_ = m->off == 0 ? m->at : kBeside;
    pointer_at_ = p.point(m->at);
    poking_ = by_tip && by_tip->off == 0 && gap < kPoke;
  }
}

void Vr::point_in_ui() {
  ImGuiIO& io = ImGui::GetIO();
  const bool keys = keypad_ && pointer_ && over_keypad(*theme_, *pointer_);  // not ImGui's: the field stays chosen
  io.MousePos = pointer_ ? *pointer_ : ImVec2(-FLT_MAX, -FLT_MAX);
  io.MouseDown[0] = held_on_panel_ && !keys;
  const float scroll = hands_[static_cast<size_t>(pointing_)].scroll.y;
  io.MouseWheel = pointer_ && std::abs(scroll) > kScrollRest ? scroll * kScroll * static_cast<float>(frame_.dt) : 0;
}

nlohmann::json Vr::status() const {
  constexpr const char* kPhases[] = {"off", "idle", "synchronized", "visible", "focused"};
  nlohmann::json told = {{"phase", kPhases[static_cast<int>(headset ? headset->state().phase : HeadsetPhase::kOff)]}};
  if (!live()) return told;
  const auto list = [](const glm::vec3& v) { return nlohmann::json{v.x, v.y, v.z}; };
  nlohmann::json hung = nlohmann::json::array();
  for (const HungPanel& p : shown_) {
    const glm::vec3 corner = p.point(p.from);
    hung.push_back({{"from", {p.from.x, p.from.y}}, {"to", {p.to.x, p.to.y}}, {"corner", list(corner)},
                    {"across", list(p.point({p.from.x + 1, p.from.y}) - corner)}, {"down", list(p.point({p.from.x, p.from.y + 1}) - corner)}});
  }
  nlohmann::json eyes = nlohmann::json::array();
  for (const EyeView& e : frame_.eyes) {
    const glm::quat& q = e.pose.orientation;
    eyes.push_back({{"pos", list(e.pose.position)}, {"rot", {q.x, q.y, q.z, q.w}}, {"fov", {e.fov.left, e.fov.right, e.fov.up, e.fov.down}}});
  }
  told["eyes"] = eyes;
  told.update({{"rig", {rig.origin.x, rig.origin.y + rig.raise, rig.origin.z, rig.yaw}}, {"panels", hung}, {"on_panel", on_panel()}, {"panel_hand", panel_hand_}, {"pointing", pointing_}, {"leads", other_ray.has_value()}, {"frames", drawn_},
               {"dark", darkness_ == 1}, {"tunnel", tunnel_ == 1}, {"fingers", {hands_[0].tracked, hands_[1].tracked}},
               {"profiles", {headset->profile(0), headset->profile(1)}}});
  return told;
}

void Vr::pulse(int side, float strength, float seconds) {
  if (headset) headset->pulse(side, strength, seconds);
}

// ---------------------------------------------------------------- what is seen

float Vr::size() const { return wants().large_text ? kLarge : 1; }

// A page hangs as a bow about the eyes, in strips: its edges are as near as its middle.
std::vector<HungPanel> Vr::page() const {
  const float wide = canvas_width() / kPageStrips, angle = wide * std::min(kPagePixel * size(), kPageSpan / std::max(theme_->right - theme_->left, 1.0f));
  std::vector<HungPanel> strips;
  for (int i = 0; i < kPageStrips; ++i) {
    const float from = wide * static_cast<float>(i), aside = (static_cast<float>(i) - (kPageStrips - 1) * 0.5f) * angle;
    const glm::quat turn = glm::angleAxis(anchor_yaw_ - aside, kUp);
    const glm::vec3 middle = anchor_ + turn * glm::vec3(0, -0.08f, -kPageFar * std::cos(angle / 2));
    strips.push_back({{from, 0}, {from + wide, kCanvasHeight}, middle, turn, 2 * kPageFar * std::sin(angle / 2) / wide});
  }
  return strips;
}

HungPanel Vr::board(float height) const {
  const glm::quat turn = glm::angleAxis(anchor_yaw_, kUp) * glm::angleAxis(kBoardTilt, glm::vec3(1, 0, 0));
  const float scale = kBoardFar * kPixel * size();
  const glm::vec3 edge = anchor_ + glm::angleAxis(anchor_yaw_, kUp) * glm::vec3(0, kBoardAbove, -kBoardFar);
  return {{0, 0}, {kBoardWidth, height}, edge + turn * glm::vec3(0, height * scale / 2, 0), turn, scale};
}

HungPanel Vr::board_aside(float height) const {
  HungPanel p = board(height);
  p.middle += p.orientation * glm::vec3((wants().left_handed ? -1.0f : 1.0f) * (kBoardWidth / 2 + kChoicesWidth / 2 + 20) * p.metres_per_pixel, 0, 0);
  p.from = {kChoicesLeft, 0};
  p.to = {kChoicesLeft + kChoicesWidth, height};
  return p;
}

HungPanel Vr::beside(const glm::vec3& target, float height) const {
  const glm::vec3 to = target - head_.position;
  const float far = std::clamp(glm::length(to) * 0.9f, 0.5f, 1.4f);
  const glm::vec3 ahead = glm::normalize(to);
  const glm::quat turn = glm::angleAxis(std::atan2(-ahead.x, -ahead.z), kUp) * glm::angleAxis(std::asin(std::clamp(ahead.y, -1.0f, 1.0f)), glm::vec3(1, 0, 0));
  const float scale = far * kPixel * size();
  // On the hand's side of what is meant, its top a little above it.
  const glm::vec3 middle = head_.position + ahead * far + turn * glm::vec3((wants().left_handed ? -1.0f : 1.0f) * (kChoicesWidth / 2 + 30) * scale, (30 - height / 2) * scale, 0);
  return {{kChoicesLeft, 0}, {kChoicesLeft + kChoicesWidth, height}, middle, turn, scale};
}

// It shines through what is before it, faintly.
void Vr::add_marker(std::vector<gpu::WorldQuad>& out) const {
  const glm::vec3 &eye = head_.position, to = marker->at - eye, ahead = head_.orientation * glm::vec3(0, 0, -1);
  const float far = std::max(glm::length(to), 0.1f);
  const glm::vec3 aside = to - ahead * glm::dot(to, ahead);
  if (glm::dot(to, ahead) < far * std::cos(kArrowFrom)) {
    const glm::vec3 way = glm::length(aside) > 1e-3f ? glm::normalize(aside) : head_.orientation * glm::vec3(1, 0, 0), across = glm::cross(way, ahead);
    const glm::vec3 tip = eye + ahead * std::cos(kArrowAt) + way * std::sin(kArrowAt);
    for (const float side : {-1.0f, 1.0f}) out.push_back(line(tip - way * 0.04f + across * (side * 0.025f), tip, eye, 0.008f, color::kWarn, 1));
    return;
  }
  const glm::vec3 right = glm::normalize(glm::cross(to, kUp + glm::vec3(1e-4f, 0, 0))), up = glm::normalize(glm::cross(right, to));
  const auto on_ring = [&](int i) {
    const float angle = static_cast<float>(i) * glm::two_pi<float>() / kRingParts;
    return marker->at + (right * std::cos(angle) + up * std::sin(angle)) * (kRing * far);
  };
  for (int i = 0; i < kRingParts; ++i) out.push_back(line(on_ring(i), on_ring(i + 1), eye, kRingLine * far, color::kWarn, 0.7f));
  if (marker->caption.x <= 0) return;
  const float scale = far * kPixel * size();
  const glm::vec3 across = right * (marker->caption.x * scale), down = up * (-marker->caption.y * scale);
  const ImVec2 from(kCaptionLeft / canvas_width(), 0), to_uv((kCaptionLeft + marker->caption.x) / canvas_width(), marker->caption.y / kCanvasHeight);
  out.push_back({marker->at + up * (kRing * 1.4f * far) - down - across * 0.5f, 0xffffffffu, across, canvas_, down, 0.7f, {from.x, from.y, to_uv.x, to_uv.y}});
}

// The whole picture where the head is in something; its edge while one glides. That is far off, so that it is about the middle of each eye.
void Vr::add_darkness(std::vector<gpu::WorldQuad>& out) const {
  if (darkness_ > 0) out.push_back(before_the_eyes(head_, faded(kQuiet, darkness_)));
  if (tunnel_ <= 0) return;
  constexpr float kFar = 10, kOpen = 0.5f, kStep = 0.03f;  // m; of the distance: where it begins, and as broad as it darkens by a step
  constexpr int kSides = 48, kRings = 7;
  const float half = std::tan(glm::pi<float>() / kSides);
  for (int ring = 0; ring <= kRings; ++ring) {
    const float inner = kFar * (kOpen + kStep * static_cast<float>(ring)), broad = ring < kRings ? kFar * kStep : 4 * kFar;
    const float reach = ring < kRings ? (inner + broad / 2) * half : broad;  // to either side; beyond the last ring they overlap
    const ImU32 color = faded(kQuiet, tunnel_ * static_cast<float>(ring + 1) / (kRings + 1));
    for (int side = 0; side < kSides; ++side) {
      const glm::quat turn = head_.orientation * glm::angleAxis(static_cast<float>(side) * glm::two_pi<float>() / kSides, glm::vec3(0, 0, 1));
      out.push_back(quad(head_.position + turn * glm::vec3(inner, reach, -kFar), turn * glm::vec3(broad, 0, 0), turn * glm::vec3(0, -2 * reach, 0), color, 1));
    }
  }
}

std::vector<gpu::WorldQuad> Vr::quads() const {
  std::vector<gpu::WorldQuad> out;
  const glm::vec3& eye = head_.position;
  add_darkness(out);
  for (const HungPanel& p : shown_) {
    const ImVec2 a = p.from, b = p.to;
    const glm::vec3 corner = p.point(a);
    out.push_back({corner, 0xffffffffu, p.point({b.x, a.y}) - corner, canvas_, p.point({a.x, b.y}) - corner, 0.85f,
                   {a.x / canvas_width(), a.y / kCanvasHeight, b.x / canvas_width(), b.y / kCanvasHeight}});
  }
  if (marker) add_marker(out);
  for (int h = 0; h < 2; ++h) {
    const HandInput& hand = hands_[static_cast<size_t>(h)];
    if (hand.tracked) add_fingers(out, hand.joints, eye);
    if (!hand.active) continue;
    if (!hand.tracked) add_grip(out, hand.grip, eye);
    if ((h != pointing_ && !other_ray) || !arc_.empty()) continue;
    const Ray r = ray(h);
    const float length = h != pointing_ ? *other_ray : pointer_ ? glm::distance(pointer_at_, r.origin) : ray_length;
    const glm::vec3 end = r.origin + r.direction * length;
    const bool means = pointer_.has_value() || aim_at_room;
    const uint32_t lead = h == 1 ? IM_COL32(220, 40, 36, 255) : IM_COL32(16, 16, 18, 255);
    out.push_back(line(r.origin, end, eye, 0.003f, other_ray ? lead : means ? color::kAccent : IM_COL32(255, 255, 255, 110)));
    const float dot = 0.005f * std::max(0.6f, glm::distance(end, eye));
    const glm::quat turn = head_.orientation;
    const glm::vec3 across = turn * glm::vec3(dot, 0, 0), down = turn * glm::vec3(0, -dot, 0);
    if (means) out.push_back(quad(end - (across + down) * 0.5f, across, down, IM_COL32_WHITE, 1));
  }
  if (!arc_.empty()) {
    const uint32_t c = arc_lands_ ? color::kGood : color::kBad;
    for (size_t i = 0; i + 1 < arc_.size(); ++i) out.push_back(line(arc_[i], arc_[i + 1], eye, 0.012f, c));
    if (arc_lands_) {  // where one will stand, and which way one will look
      const glm::quat facing = glm::angleAxis(yaw_of(head_.orientation), kUp);
      const glm::vec3 across = facing * glm::vec3(0.5f, 0, 0), down = facing * glm::vec3(0, 0, 0.5f), at = arc_.back() + glm::vec3(0, 0.01f, 0);
      out.push_back(quad(at - (across + down) * 0.5f, across, down, (c & 0x00ffffffu) | 0x60000000u));
      out.push_back(line(at, at - down * 1.2f, eye, 0.05f, c));
    }
  }
  if (blink_ > 0) out.push_back(before_the_eyes(head_, faded(IM_COL32_BLACK, blink_ / kBlink)));
  return out;
}

Status Vr::show(Graphics& graphics, Room* room, Frame& frame) {
  if (page_open_ != !in_pieces) {
    page_open_ = !in_pieces;
    if (page_open_) hang_here();
  }
  shown_ = in_pieces ? panels : page();
  if (frame_.draw) {
    if (const auto target = headset->acquire(frame_, kNear)) {
      const std::array<gpu::View, 2> views{view_of(frame_.eyes[0], rig), view_of(frame_.eyes[1], rig)};
      const std::vector<gpu::WorldQuad> hung = quads();
      frame.views = views;
      frame.hidden = {headset->hidden(0), headset->hidden(1)};
      frame.ui_panel = canvas_;
      frame.quads = hung;
      if (!room) frame.lighting = {};
      if (const Status drawn = graphics.renderer->draw(*target, frame); !drawn) return drawn;
      ++drawn_;
      const bool last = options_.frames > 0 && drawn_ == options_.frames;
      if (last && !options_.capture_eyes.empty())
        if (const Status kept = capture(graphics, *target, frame); !kept) return kept;
      if (last) graphics.window->request_close();
      if (drawn_ % kMirrorEvery == 0 || last)
        if (const Status shown = mirror(graphics, *target); !shown) return shown;
      if (drawn_ == 1) spdlog::info("vr: first picture");
    }
  }
  if (headset) headset->end();
  return ok();
}

// The left eye in the middle of the window, which never holds the headset up: it is shown when it comes.
Status Vr::mirror(Graphics& graphics, const Target& eyes) {
  graphics.swapchain->resize(graphics.window->framebuffer_size());
  auto window = graphics.swapchain->acquire();
  if (!window) return window.error();
  if (!*window) return ok();
  auto cmd = ring_->begin();
  if (!cmd) return cmd.error();
  const Target& to = **window;
  const auto w = static_cast<int32_t>(to.extent.width), h = static_cast<int32_t>(to.extent.height);
  const auto ew = static_cast<int32_t>(eyes.extent.width), eh = static_cast<int32_t>(eyes.extent.height);
  transition(*cmd, eyes.image, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, Use::kColor, Use::kCopySource);
  transition(*cmd, to.image, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, Use::kColor, Use::kCopyTarget);
  VkImageBlit region{};
  region.srcSubresource = region.dstSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
  // As much of the eye's picture as has the window's shape.
  const int32_t cw = std::min(ew, eh * w / std::max(h, 1)), ch = std::min(eh, ew * h / std::max(w, 1));
  region.srcOffsets[0] = {(ew - cw) / 2, (eh - ch) / 2, 0};
  region.srcOffsets[1] = {(ew + cw) / 2, (eh + ch) / 2, 1};
  region.dstOffsets[1] = {w, h, 1};
  vkCmdBlitImage(*cmd, eyes.image, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, to.image, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1, &region, VK_FILTER_LINEAR);
  transition(*cmd, eyes.image, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, Use::kCopySource, Use::kColor);
  transition(*cmd, to.image, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, VK_IMAGE_LAYOUT_PRESENT_SRC_KHR, Use::kCopyTarget, Use::kNone);
  if (auto submit = ring_->submit(to.wait, to.signal); !submit) return submit.error();
  return graphics.swapchain->present();
}

// What both eyes were shown; and, as FILE-alone.png, the same frame drawn for each eye by itself: what stereo must not change.
Status Vr::capture(Graphics& graphics, const Target& eyes, const Frame& frame) {
  std::array<Pixels, 2> both, alone;
  for (uint32_t eye = 0; eye < 2; ++eye) {
    auto seen = capture_target(*graphics.device, eyes, eye);
    if (!seen) return seen.error();
    both[eye] = std::move(*seen);
  }
  for (uint32_t eye = 0; eye < 2; ++eye) {
    auto canvas = create_canvas(*graphics.device, eyes.extent.width, eyes.extent.height, 1, eyes.format);  // it blends as the eyes do
    if (!canvas) return canvas.error();
    Frame one = frame;
    one.views = frame.views.subspan(eye, 1);
    one.hidden = {frame.hidden[eye]};
    if (const Status drawn = graphics.renderer->draw(canvas->target(), one); !drawn) return drawn;
    auto seen = shixun::capture(*graphics.device, *canvas);
    if (!seen) return seen.error();
    alone[eye] = std::move(*seen);
  }
  fs::path beside_it = options_.capture_eyes;
  beside_it.replace_filename(beside_it.stem().string() + "-alone.png");
  if (const Status kept = write_png(beside_it, shixun::beside(alone[0], alone[1])); !kept) return kept;
  return write_png(options_.capture_eyes, shixun::beside(both[0], both[1]));
}

}  // namespace shixun
