#include <algorithm>
#include <cmath>

#include "engine/app/view_sitting.h"
#include "engine/ui/strings.h"

namespace shixun {

// The headset comes and goes while the work goes on. Without sight no clock runs.
Status Sitting::follow_headset() {
  Graphics& g = *program_.graphics;
  if (program_.headset_trouble) {
    say(Message::Kind::kRefusal, *program_.headset_trouble, 6);
    program_.headset_trouble.reset();
  }
  if (g.vr && g.vr->lost != HeadsetLoss::kNone) {
    const Str why = g.vr->lost == HeadsetLoss::kHung ? Str::kHeadsetHung : g.vr->lost == HeadsetLoss::kEnded ? Str::kHeadsetEnded : Str::kHeadsetLost;
    const Text &what = text(why), &again = text(Str::kHeadsetAgain);
    say(Message::Kind::kCritical, {what.zh + again.zh, what.en + " " + again.en}, 12);
    g.vr->lost = HeadsetLoss::kNone;
    pressed_ = {};
    walker_.eye_height = kStandingEye;
    if (const Status ended = take_in(hands_.let_go(session())); !ended) return ended;
  }
  const bool blind = g.vr && g.vr->headset && !g.vr->headset->state().clock_runs();
  if (blind == blind_ || session().over()) return ok();
  if (blind && session().paused()) return ok();  // by the person: it is theirs to go on
  blind_ = blind;
  if (blind)
    if (const Status ended = take_in(hands_.let_go(session())); !ended) return ended;
  Action clock;
  clock.verb = blind ? Verb::kPause : Verb::kResume;
  if (blind) clock.value = kHeadsetOff;
  say(Message::Kind::kInfo, text(blind ? Str::kHeadsetTakenOff : Str::kHeadsetPutOn), 4);
  return act(clock);
}

// A meter's red lead is in the right hand, the black one in the left. What is read between them while each is at a point of its own.
std::optional<Action> Sitting::leads_at(Vr& headset) {
  const Scene& scene = pack_->scene;
  const int held = world().held(), side = headset.pointing();
  if (held < 0 || !scene.objects[static_cast<size_t>(held)].meter || !headset.hand(0).active || !headset.hand(1).active) return std::nullopt;
  Hands other = hands_;
  other.aim(session(), headset.ray(1 - side));
  const int red = side == 1 ? hands_.hovered() : other.hovered(), black = side == 1 ? other.hovered() : hands_.hovered();
  if (red < 0 || black < 0 || red == black || !scene.objects[static_cast<size_t>(red)].probe || !scene.objects[static_cast<size_t>(black)].probe) return std::nullopt;
  headset.other_ray = glm::distance(other.hover_point(), headset.ray(1 - side).origin);
  Action probe;
  probe.verb = Verb::kProbe;
  probe.o = scene.objects[static_cast<size_t>(red)].id;
  probe.at = scene.objects[static_cast<size_t>(black)].id;
  return probe;
}

// The walker is where the head is; a head in something sees nothing.
void Sitting::stand_in_headset(Vr& headset) {
  const TrackedPose& head = headset.head();
  const glm::vec3 ahead = head.orientation * glm::vec3(0, 0, -1);
  walker_.feet = {head.position.x, 0, head.position.z};
  walker_.eye_height = head.position.y;
  walker_.yaw = yaw_of(head.orientation);
  walker_.pitch = std::asin(std::clamp(ahead.y, -1.0f, 1.0f));
  headset.floor = floor_;
  const Stage& stage = *program_.room->stage;
  const glm::vec3 lower = stage.room_lower(), upper = stage.room_upper();
  // Through a surface no head goes, and while it does it sees nothing; until it comes back the way it went, or goes elsewhere at once.
  constexpr float kJump = 0.5f;  // m
  const glm::vec3 way = free_head_ ? head.position - *free_head_ : glm::vec3(0);
  const float far = glm::length(way);
  headset.dark = glm::any(glm::lessThan(head.position, lower)) || glm::any(glm::greaterThan(head.position, upper));
  headset.dark |= far > 1e-4f && (far < kJump || was_dark_) && !headset.jumped() && stage.cast({*free_head_, way / far}, far, world().held(), PickScene::Panes::kStop).has_value();
  was_dark_ = headset.dark;
  if (headset.dark) say(Message::Kind::kRefusal, text(Str::kInTheWay), 0.5f);
  else free_head_ = head.position;
}

Status Sitting::work_in_headset(Vr& headset, const Input& input, float dt) {
  const int side = headset.pointing();
  const size_t before = session().events().size();
  if (!headset.on_panel()) hands_.aim(session(), headset.ray(side));
  Intent intent = intent_of(input);
  intent.setting += pressed_.setting;
  if (pressed_.choice > 0) {
    intent.pick_number = pressed_.choice;
    intent.use_pressed = true;
  }
  intent.use_held |= pressed_.choice_held;
  if (const auto probe = helping_ ? std::nullopt : leads_at(headset)) {  // then a press of either hand reads
    if (input.left_pressed)
      if (const Status done = act(*probe); !done) return done;
    intent.use_pressed = intent.use_held = false;
  }
  // A fist takes what it means, and lets go of it where there is a place for it; in the air it keeps it.
  const auto choose = [&](auto wanted) {
    for (size_t i = 0; i < hands_.choices().size() && i < 9; ++i)
      if (wanted(hands_.choices()[i])) {
        intent.pick_number = static_cast<int>(i) + 1;
        intent.use_pressed = true;
        return;
      }
  };
  const int held = world().held();
  if (held < 0 && headset.grabbed(side)) choose([](const Offer& o) { return o.option.action.verb == Verb::kTake; });
  if (held >= 0 && headset.released(holding_))
    choose([&](const Offer& o) {
      const Verb v = o.option.action.verb;
      return (v == Verb::kPut || v == Verb::kPlace || v == Verb::kLock || v == Verb::kGive) && !hands_.idle() && o.option.action.at != "floor";
    });
  if (helping_) intent = {};  // what is seen is not one's own work
  if (const Status done = take_in(hands_.step(session(), intent, dt)); !done) return done;
  if (held < 0 && world().held() >= 0) holding_ = side;
  // What happened is felt; a running effort as detents, the wrench's click as a blow.
  buzz_ -= dt;
  if (session().events().size() != before) headset.pulse(side, 0.5f, 0.04f);
  if (hands_.stroking() && buzz_ < 0) {
    headset.pulse(side, 0.2f, 0.02f);
    buzz_ = 0.12f;
  }
  headset.aim_at_room = !hands_.idle() && !hands_.locked();
  headset.ray_length = hands_.idle() ? 3 : glm::distance(hands_.hover_point(), headset.ray(side).origin);
  headset.may_teleport_by_select = hands_.idle() && !hands_.stroking();
  return ok();
}

void Sitting::hang_panels(Vr& headset, const Hud& hud) {
  pressed_ = {};
  if (!headset.in_pieces) return;
  pressed_ = draw_headset_hud(program_.graphics->theme, hud);
  headset.panels = {headset.board(pressed_.board_height)};
  if (pressed_.marked) headset.marker = Vr::Marker{guide_point(*program_.room->stage, pack_->scene, guide_), pressed_.caption};
  if (pressed_.choices_height > 0 && !headset.other_ray)
    headset.panels.push_back(hands_.idle() && !hands_.stroking() ? headset.board_aside(pressed_.choices_height) : headset.beside(hands_.hover_point(), pressed_.choices_height));
}

}  // namespace shixun
