#include "engine/interact/hands.h"

#include <algorithm>
#include <cmath>
#include <glm/geometric.hpp>
#include <limits>

namespace shixun {
namespace {

// How far beside the ray something small may lie and still be meant.
constexpr float kRings[] = {0.011f, 0.022f, 0.033f};             // rad: where to feel for small things with a shape
constexpr int kFeelers = 8;                                      // rays a ring
constexpr float kNearAngle = 0.030f, kNearSocketAngle = 0.065f;  // rad: for points without a shape, and empty places
constexpr float kSmall = 0.16f;                                  // m: radius of what counts as small
constexpr float kFelt = 0.35f;                                   // m: radius of the largest that is felt for, e.g. a long wrench
constexpr float kBehind = 0.12f;                                 // m behind the surface met that still counts
constexpr float kUnder = 0.6f;                                   // the same for places under a body, which one feels for rather than sees

// Speeds of a held effort, in the world's steps a second.
constexpr double kHandTurn = 40'000, kToolTurn = 36'000;          // 0.01 deg: about one turn
constexpr double kTightenRate = 300, kFineRate = 140;             // 0.1 N·m, on the seat; fine: near the setting of a click wrench
constexpr double kLoosenRate = 700;
constexpr double kLiftRate = 32'000;                              // um
constexpr double kAirRate = 22'000;                               // Pa
constexpr float kFineStep = 0.1f;                                 // s of tightening a frame at most: a slow frame must not overshoot
constexpr float kSetDelay = 0.35f;                                // s a setting must rest before it counts

struct Aside {
  float along, angle;  // distance along the ray, angle beside it
};

Aside aside(const Ray& ray, const glm::vec3& point) {
  const glm::vec3 to = point - ray.origin;
  const float along = glm::dot(to, ray.direction);
  const float beside = glm::length(to - along * ray.direction);
  return {along, std::atan2(beside, std::max(along, 1e-3f))};
}

Ray towards(const Ray& ray, const glm::vec3& point) { return {ray.origin, glm::normalize(point - ray.origin)}; }

}  // namespace

void Hands::aim(const Session& session, const Ray& ray) {
  const World& world = session.world();
  const int held = world.held();
  if (stroke_) {  // an effort keeps its object until it is let go
    refresh_choices(session);
    return;
  }
  const auto hit = stage_->cast(ray, kReach, held);
  const int direct = hit ? stage_->object_of(*hit) : -1;
  hovered_ = -1;
  hovered_socket_ = -1;
  hover_point_ = hit ? hit->point : ray.origin + ray.direction * 1.0f;
  const bool direct_useful = direct >= 0 && !world.options(direct).empty();

  const auto worth_feeling = [&](int object) { return object >= 0 && stage_->radius(object) < kFelt && !world.options(object).empty(); };
  if (direct_useful && stage_->radius(direct) < kSmall) {
    hovered_ = direct;
    refresh_choices(session);
    return;
  }
  // Points without a shape (where an instrument reads) and empty places for what is held, by their angle beside the ray. They must
  // not lie behind what is seen there.
  float best = std::numeric_limits<float>::max();
  const auto reachable = [&](const glm::vec3& point, int own, float behind = kBehind) {
    const auto there = stage_->cast(towards(ray, point), kReach, held);
    if (!there) return true;
    return stage_->object_of(*there) == own || there->distance > glm::length(point - ray.origin) - behind;
  };
  for (const int socket : world.open_sockets()) {
    using Role = SocketDef::Role;
    const Role role = world.scene().sockets[static_cast<size_t>(socket)].role;
    const bool under = role == Role::kLoadPoint || role == Role::kWrongPoint || role == Role::kSupport;
    const glm::vec3 point = stage_->socket_point(socket);
    const Aside a = aside(ray, point);
    const float size = held >= 0 ? std::min(stage_->radius(held) * 0.5f, 0.25f) : 0;
    const float limit = std::max(kNearSocketAngle, std::atan2(size, std::max(a.along, 0.2f)));
    if (a.along < 0.15f || a.along > kReach || a.angle > limit || a.angle / limit >= best || !reachable(point, -1, under ? kUnder : kBehind)) continue;
    best = a.angle / limit;
    hovered_socket_ = socket;
    hover_point_ = point;
  }
  const int count = static_cast<int>(world.scene().objects.size());
  for (int o = 0; o < count; ++o) {
    if (o == held || !stage_->is_part(o) || !stage_->visible(o) || stage_->radius(o) > kSmall) continue;
    const glm::vec3 point = stage_->center(o);
    const Aside a = aside(ray, point);
    if (a.along < 0.15f || a.along > kReach || a.angle > kNearAngle || a.angle / kNearAngle >= best || world.options(o).empty() || !reachable(point, o)) continue;
    best = a.angle / kNearAngle;
    hovered_ = o;
    hovered_socket_ = -1;
    hover_point_ = point;
  }
  if (hovered_ >= 0 || hovered_socket_ >= 0) {
    refresh_choices(session);
    return;
  }
  // Something small with a shape: what most rays of the narrowest ring that meets anything meet.
  const glm::vec3 side = glm::normalize(glm::cross(ray.direction, std::abs(ray.direction.y) < 0.9f ? glm::vec3(0, 1, 0) : glm::vec3(1, 0, 0)));
  const glm::vec3 up = glm::cross(side, ray.direction);
  for (const float ring : kRings) {
    int found = -1, most = 0;
    glm::vec3 where(0);
    int met[kFeelers];
    for (int f = 0; f < kFeelers; ++f) {
      const float angle = 6.2831853f * static_cast<float>(f) / kFeelers;
      const Ray feeler{ray.origin, glm::normalize(ray.direction + ring * (std::cos(angle) * side + std::sin(angle) * up))};
      const auto there = stage_->cast(feeler, kReach, held);
      met[f] = there ? stage_->object_of(*there) : -1;
      if (!worth_feeling(met[f])) continue;
      const int times = static_cast<int>(std::count(met, met + f + 1, met[f]));
      if (times > most) most = times, found = met[f], where = there->point;
    }
    if (found < 0) continue;
    hovered_ = found;
    hover_point_ = where;
    break;
  }
  if (hovered_ < 0 && direct_useful) hovered_ = direct;
  refresh_choices(session);
}

void Hands::refresh_choices(const Session& session) {
  const World& world = session.world();
  const Key key{hovered_, hovered_socket_, world.held(), world.last_seq()};
  // While an effort runs, the options may change under it (a nut becomes seated): the list stays as it was.
  if (key == made_for_ || stroke_) return;
  const bool same_target = key.object == made_for_.object && key.socket == made_for_.socket && key.held == made_for_.held;
  made_for_ = key;
  choices_.clear();
  locked_ = hovered_ >= 0 && !session.unlocked(hovered_);
  if (hovered_socket_ >= 0) choices_.push_back({world.put_option(hovered_socket_), world.held(), hovered_socket_});
  if (hovered_ >= 0 && !locked_)
    for (Option& option : world.options(hovered_)) choices_.push_back({std::move(option), hovered_, -1});
  if (choices_.empty() && !locked_)
    for (Option& option : world.held_options()) {
      const int socket = option.action.at.empty() ? -1 : world.scene().find_socket(option.action.at);
      choices_.push_back({std::move(option), world.held(), socket});
    }
  if (choices_.empty() && !locked_ && world.held() < 0)
    for (size_t o = 0; o < world.states().size(); ++o) {
      if (!world.states()[o].worn) continue;
      const ObjectDef& def = world.scene().objects[o];
      const Text& name = pack_->text(def.name);
      Option off;
      off.action.verb = Verb::kWear;
      off.action.o = def.id;
      off.label = {fill("脱下{name}", {"name", name.zh}), fill("Take off the {name}", {"name", name.en})};
      choices_.push_back({std::move(off), static_cast<int>(o), -1});
    }
  if (!same_target) chosen_ = 0;
  chosen_ = choices_.empty() ? 0 : std::min(chosen_, choices_.size() - 1);
}

void Hands::send(Session& session, const Action& action, HandsReport& report) {
  auto events = session.act(action);
  if (events) {
    report.events.insert(report.events.end(), events->begin(), events->end());
    return;
  }
  if (events.error().code == Code::kEnvironment) {
    report.broken = events.error();
    return;
  }
  report.refusal = session.world().why();
  if (report.refusal->en != events.error().what) report.refusal = Text{events.error().what, events.error().what};
}

int64_t Hands::stroke_amount(const World& world, float dt) {
  const Action& action = stroke_->action;
  const ObjectDef& def = world.scene().objects[static_cast<size_t>(stroke_object_)];
  const ObjectState& s = world.state(stroke_object_);
  const double ramp = std::min(1.0, 0.25 + stroke_time_ * 2.5);  // a tap is a small effort
  double rate = 0, quantum = 1, limit = std::numeric_limits<double>::max();
  if (action.verb == Verb::kTurn && def.fastener) {
    const ObjectDef* tool = world.held() < 0 ? nullptr : &world.scene().objects[static_cast<size_t>(world.held())];
    const double stiffness = static_cast<double>(std::max<int64_t>(def.fastener->dnm_per_turn, 1));
    rate = tool ? kToolTurn : kHandTurn;
    if (action.amount > 0) {
      const int64_t to_seat = def.fastener->seat_cd - s.engaged_cd;
      if (to_seat > 0) {
        limit = static_cast<double>(to_seat);  // stops at the seat for this frame: the effort changes there
      } else {
        const int64_t setting = tool && tool->wrench && tool->wrench->clicks ? world.state(world.held()).setting_dnm : 0;
        dt = std::min(dt, kFineStep);
        const bool fine = setting > 0 && s.torque_dnm * 10 > setting * 7;
        rate = std::min(rate, (fine ? kFineRate : kTightenRate) * 36'000 / stiffness);
      }
    } else if (s.torque_dnm > 0) {
      rate = std::min(rate, kLoosenRate * 36'000 / stiffness);
    }
  } else if (def.lift) {
    rate = kLiftRate;
    quantum = static_cast<double>(std::max<int64_t>(def.lift->step_um, 1));
  } else if (def.vessel) {
    rate = kAirRate;
    quantum = static_cast<double>(std::max<int64_t>(def.vessel->step_pa, 1));
  }
  stroke_rest_ = std::min(stroke_rest_ + rate * ramp * dt, limit);
  const double whole = std::floor(stroke_rest_ / quantum) * quantum;
  stroke_rest_ -= whole;
  return static_cast<int64_t>(whole) * (action.amount < 0 ? -1 : 1);
}

HandsReport Hands::step(Session& session, const Intent& intent, float dt) {
  HandsReport report;
  const World& world = session.world();
  if (!choices_.empty()) {
    const size_t count = choices_.size();
    if (intent.choose != 0 && !stroke_) chosen_ = (chosen_ + count + static_cast<size_t>(intent.choose > 0 ? 1 : count - 1)) % count;
    if (intent.pick_number >= 1 && static_cast<size_t>(intent.pick_number) <= count && !stroke_) chosen_ = static_cast<size_t>(intent.pick_number) - 1;
  }

  // A setting counts once it rests, or at once before anything else is done.
  const int held = world.held();
  const WrenchDef* wrench = held >= 0 && world.scene().objects[static_cast<size_t>(held)].wrench ? &*world.scene().objects[static_cast<size_t>(held)].wrench : nullptr;
  if (!wrench || !wrench->clicks) pending_notches_ = 0;
  else if (intent.setting != 0) {
    const int64_t now = world.state(held).setting_dnm;
    pending_notches_ = static_cast<int>(std::clamp(now + (pending_notches_ + intent.setting) * wrench->step_dnm, wrench->min_dnm, wrench->max_dnm) - now) /
                       static_cast<int>(std::max<int64_t>(wrench->step_dnm, 1));
    since_notch_ = 0;
  }
  if (pending_notches_ != 0) {
    since_notch_ += dt;
    if (since_notch_ > kSetDelay || intent.use_pressed || intent.cancel) {
      Action set;
      set.verb = Verb::kSet;
      set.o = world.scene().objects[static_cast<size_t>(held)].id;
      set.amount = world.state(held).setting_dnm + pending_notches_ * wrench->step_dnm;
      pending_notches_ = 0;
      send(session, set, report);
    }
  }

  if (stroke_) {
    stroke_time_ += dt;
    if (intent.cancel || !intent.use_held || session.over()) {
      HandsReport ended = let_go(session);
      report.events.insert(report.events.end(), ended.events.begin(), ended.events.end());
      if (ended.broken) report.broken = ended.broken;
      return report;
    }
    if (const int64_t amount = stroke_amount(world, dt); amount != 0) {
      Action action = stroke_->action;
      action.amount = amount;
      action.hold = true;
      send(session, action, report);
      stroke_moved_ = !report.refusal;
      if (report.refusal || report.broken || !session.unlocked(stroke_object_)) {
        HandsReport ended = let_go(session);
        report.events.insert(report.events.end(), ended.events.begin(), ended.events.end());
      }
    }
    return report;
  }

  if (intent.cancel && held >= 0) {
    const std::vector<Option> ways = world.held_options();
    for (const Option& way : ways) {
      if (way.action.verb != Verb::kPut) continue;
      Action action = way.action;
      send(session, action, report);
      return report;
    }
  }
  // With nothing in view a stray click must do nothing: what could be done anyway is done by its number.
  const bool numbered = idle() && intent.pick_number >= 1 && static_cast<size_t>(intent.pick_number) <= choices_.size();
  if (idle() ? !numbered : !intent.use_pressed) return report;
  if (locked_) {
    report.refusal = Text{"这一步用不到它", "It is not part of this step"};
    return report;
  }
  if (choices_.empty()) return report;
  const Offer& choice = choices_[chosen_];
  if (choice.option.continuous) {
    stroke_ = choice.option;
    stroke_object_ = choice.object;
    stroke_rest_ = 0;
    stroke_time_ = 0;
    stroke_moved_ = false;
    return report;
  }
  Action action = choice.option.action;
  if (action.at == "floor") {
    // Where one looks if that is the floor, else an arm's length ahead of the feet.
    const glm::vec3 spot = hover_point_.y < 0.1f ? hover_point_ : glm::vec3(hover_point_.x, 0, hover_point_.z);
    action.where_um = {static_cast<int64_t>(spot.x * 1e6f), 0, static_cast<int64_t>(spot.z * 1e6f)};
  }
  send(session, action, report);
  return report;
}

HandsReport Hands::let_go(Session& session) {
  HandsReport report;
  stroke_.reset();
  made_for_ = {};
  auto events = session.release();
  if (events) report.events = std::move(*events);
  else report.broken = events.error();
  return report;
}

}  // namespace shixun
