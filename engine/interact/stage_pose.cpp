#include <fmt/format.h>

#include <cstdlib>
#include <glm/gtc/matrix_transform.hpp>

#include "engine/base/log.h"
#include "engine/interact/stage_detail.h"
#include "engine/render/label.h"

namespace shixun {
namespace {

constexpr float kTalk = 3.5f;             // s a person's lips and hands move about a line
constexpr float kReachOut = 1.0f;         // s into `hand_over`: the hand has come to where the thing is laid down

float extra_number(const Node& node, const char* key, float otherwise) {
  const auto it = node.extras.find(key);
  return it == node.extras.end() ? otherwise : static_cast<float>(std::atof(it->second.c_str()));
}

// A joint moved to `fraction` of its range (revolute: degrees, prismatic: metres).
glm::mat4 joint_at(const Node& node, float value) {
  if (extra_text(node, "joint") == "prismatic") return glm::translate(glm::mat4(1), joint_axis(node) * value);
  return glm::rotate(glm::mat4(1), glm::radians(value), joint_axis(node));
}

// The world's integer steps in one of the unit a scale is printed in.
float steps_per(const std::string& unit) { return unit == "kPa" || unit == "mm" ? 1000.0f : unit == "bar" ? 1e5f : unit == "N·m" ? 10.0f : 1.0f; }

// A screen's page: as wide and high as its face, light on dark.
LabelLook page_look(const Model& model, const std::string& display) {
  constexpr float kPixelsPerMetre = 3200, kLeast = 128, kMost = 1024;
  LabelLook look{.width = 512, .height = 256, .ink = {214, 232, 244, 255}, .ground = {14, 24, 36, 255}, .fill = 0.4f, .wrap = true};
  const int node = model.find_node(display);
  if (node < 0 || model.nodes[static_cast<size_t>(node)].meshes.empty()) return look;
  const Mesh& mesh = model.meshes[model.nodes[static_cast<size_t>(node)].meshes[0]];
  const glm::vec3 size = mesh.upper - mesh.lower;
  const float wide = std::max(size.x, size.z), high = std::max(size.y, std::min(size.x, size.z));  // upright, or flat on its back
  if (wide <= 0 || high <= 0) return look;
  look.width = static_cast<uint32_t>(std::clamp(wide * kPixelsPerMetre, kLeast, kMost));
  look.height = std::max(16u, static_cast<uint32_t>(static_cast<float>(look.width) * high / wide));
  return look;
}

}  // namespace

// What a display shows: a page of text, an instrument's reading in dark on its panel, a label's code as raised letters on what carries it.
void Stage::Private::show_face(const World& world, int object, int instance) {
  const ObjectDef& d = def(object);
  const ObjectState& s = world.state(object);
  Thing& face = thing(object);
  const Thing& carrier = thing(instance);
  if (!textures || carrier.gpu == kNoObject) return;
  const auto shown = world.display(object);
  const std::string text = shown ? shown->in(lang) : d.instrument ? format_number(s.reading, d.instrument->unit) : fmt::format("{:04}", s.value);
  if (text == face.face && face.face_texture != kNoTexture) return;
  LabelLook look;
  if (shown && d.label) look = page_look(carrier.asset->model, d.display);
  else if (d.instrument || d.meter) look = {.width = 224, .height = 128, .ink = {16, 20, 16, 255}, .ground = {255, 255, 255, 255}, .fill = 0.6f};
  else look = {.width = 256, .height = 96, .ink = {196, 196, 194, 255}, .ground = {0, 0, 0, 0}, .fill = 0.62f};
  const Pixels pixels = draw_label(font, font_index, text, look);
  if (face.face_texture == kNoTexture) {
    auto made = textures->add(pixels, {.srgb = true, .mipmaps = true, .repeat = false, .name = "instrument's face"});
    if (!made) {
      spdlog::warn("{}", made.error().text());
      return;
    }
    face.face_texture = *made;
    gpu->set_node_texture(carrier.gpu, carrier.asset->model.find_node(d.display), face.face_texture);
  } else if (const Status updated = textures->update(face.face_texture, pixels); !updated) {
    spdlog::warn("{}", updated.error().text());
    return;
  }
  face.face = text;
}

// The pose of an instance: its own state and that of the parts in it.
void Stage::Private::pose(const World& world, int object, float dt, bool snap) {
  Thing& t = thing(object);
  const Model& model = t.asset->model;
  PoseState next;
  const auto turn_node = [&](int node, const glm::mat4& extra) {
    if (node >= 0) next.nodes.emplace_back(model.nodes[static_cast<size_t>(node)].name, extra);
  };
  const auto clip_at = [&](const std::string& name, float fraction) {
    for (const Clip& c : model.clips)
      if (c.name == name) next.clips.push_back({name, std::clamp(fraction, 0.0f, 1.0f) * c.duration});
  };

  for (size_t i = static_cast<size_t>(object); i < things.size(); ++i) {
    Thing& part = things[i];
    if (part.instance != object) continue;
    const ObjectDef& d = scene().objects[i];
    const ObjectState& s = world.state(static_cast<int>(i));
    if (d.lift && d.lift->max_um > d.lift->min_um) {
      const float height = part.height.follow(static_cast<float>(s.height_um), dt, snap);
      clip_at(d.lift->clip, (height - static_cast<float>(d.lift->min_um)) / static_cast<float>(d.lift->max_um - d.lift->min_um));
    }
    if (d.support && !d.support->clip.empty()) {
      // Drawn out until its saddle meets the point it stands under.
      float wanted = 0;
      if (const Spot& spot = s.spot; spot.kind == Spot::Kind::kSocket) {
        const SocketDef& socket = scene().sockets[static_cast<size_t>(spot.socket)];
        if (socket.role == SocketDef::Role::kSupport) {
          int saddle = -1;
          for (size_t n = 0; n < model.nodes.size(); ++n)
            if (model.nodes[n].name.starts_with("snap_") && !extra_text(model.nodes[n], "accepts").empty()) saddle = static_cast<int>(n);
          if (saddle >= 0) {
            const float low = pose_of(model, {{{d.support->clip, 0.0f}}, {}})[static_cast<size_t>(saddle)][3].y;
            const float high = pose_of(model, {{{d.support->clip, 1.0f}}, {}})[static_cast<size_t>(saddle)][3].y;
            if (high > low + 1e-4f) wanted = std::clamp((anchor(spot.socket)[3].y - low) / (high - low), 0.0f, 1.0f);
          }
        }
      }
      clip_at(d.support->clip, part.height.follow(wanted, dt, snap));
    }
    if (d.lever && d.lever->states.size() > 1) {
      const auto it = std::find(d.lever->states.begin(), d.lever->states.end(), s.state);
      const float fraction = static_cast<float>(it == d.lever->states.end() ? 0 : it - d.lever->states.begin()) / static_cast<float>(d.lever->states.size() - 1);
      const float shown = part.lever.follow(fraction, dt, snap);
      int joint = part.node;
      for (size_t n = 0; joint < 0 && n < model.nodes.size(); ++n)
        if (model.nodes[n].extras.contains("joint")) joint = static_cast<int>(n);
      if (joint >= 0 && model.nodes[static_cast<size_t>(joint)].extras.contains("joint")) {
        const Node& node = model.nodes[static_cast<size_t>(joint)];
        turn_node(joint, joint_at(node, glm::mix(extra_number(node, "lower", 0), extra_number(node, "upper", 30), shown)));
      }
    }
    if (!d.drums.empty()) {
      int64_t value = d.wrench ? s.setting_dnm / 10 : s.reading;
      if (d.instrument && d.instrument->resolution > 1) value = s.reading / d.instrument->resolution;
      for (size_t k = d.drums.size(); k-- > 0; value /= 10) {
        const int node = model.find_node(d.drums[k]);
        if (node < 0) continue;
        const float digit = static_cast<float>(std::abs(value) % 10);
        turn_node(node, joint_at(model.nodes[static_cast<size_t>(node)], digit * extra_number(model.nodes[static_cast<size_t>(node)], "step", 36)));
      }
    }
    if (!d.display.empty()) show_face(world, static_cast<int>(i), object);
    part.lit.resize(d.lit.size(), -1);
    for (size_t k = 0; k < d.lit.size() && gpu && t.gpu; ++k) {
      const int8_t on = world.holds_now(d.lit[k].when) ? 1 : 0;
      const int node = model.find_node(d.lit[k].node);
      if (node >= 0 && part.lit[k] != on) gpu->set_node_visible(t.gpu, node, on != 0);
      part.lit[k] = on;
    }
    part.moved.resize(d.moved.size());
    for (size_t k = 0; k < d.moved.size(); ++k) {
      const float shown = part.moved[k].follow(world.holds_now(d.moved[k].when) ? 1 : 0, dt, snap);
      const int node = model.find_node(d.moved[k].node);
      if (node < 0) continue;
      const Node& n = model.nodes[static_cast<size_t>(node)];
      turn_node(node, joint_at(n, glm::mix(extra_number(n, "lower", 0), extra_number(n, "upper", 0), shown)));
    }
    if (!d.needle.empty()) {
      if (const int node = model.find_node(d.needle); node >= 0) {
        const int64_t number = d.dial ? s.value : d.label && d.label->signal >= 0 ? world.signal_number(d.label->signal).value_or(0) : s.reading;
        const Node& n = model.nodes[static_cast<size_t>(node)];
        const float lower = extra_number(n, "lower", 0), upper = extra_number(n, "upper", 270);
        const float from = extra_number(n, "value_lower", 0), to = extra_number(n, "value_upper", 1), step = steps_per(extra_text(n, "unit"));
        const float shown = part.value.follow(to > from ? (static_cast<float>(number) / step - from) / (to - from) : 0, dt, snap);
        turn_node(node, joint_at(n, glm::mix(lower, upper, std::clamp(shown, 0.0f, 1.0f))));
      }
    }
  }

  if (def(object).person) live(world, object, next, dt, snap);

  // A raised body: each wheel hangs down until its suspension is at its end. What sits at a hub's place moves with it.
  if (const ObjectDef& d = def(object); d.body && d.body->droop_um > 0 && t.lift.shown > 1) {
    const glm::mat4 rest = rest_of(object), now = tilted(world, object);
    const Pose nodes = pose_of(model, {});
    for (size_t i = 0; i < scene().sockets.size(); ++i) {
      const SocketDef& socket = scene().sockets[i];
      const int seated = world.occupant(static_cast<int>(i));
      const bool hub = static_cast<int>(i) == d.body->hub;
      if (socket.owner != object || (!hub && (socket.role != SocketDef::Role::kStore || seated < 0 || !def(seated).static_scenery))) continue;
      const int node = anchor_node(static_cast<int>(i)).second;
      if (node < 0) continue;
      const glm::vec4 at = nodes[static_cast<size_t>(node)][3];
      const float rise = hub ? t.lift.shown * 1e-6f : ((now * at) - (rest * at)).y;
      const float droop = std::min(rise, static_cast<float>(d.body->droop_um) * 1e-6f);
      if (droop < 1e-5f) continue;
      for (size_t n = 1; n < model.nodes.size(); ++n)
        if (model.nodes[n].parent == 0 && glm::length(glm::vec3(nodes[n][3] - at)) < 0.01f)
          turn_node(static_cast<int>(n), glm::translate(glm::mat4(1), glm::inverse(glm::mat3(nodes[n])) * glm::vec3(0, -droop, 0)));
    }
  }

  if (next == t.pose && t.placed) return;
  t.pose = std::move(next);
  t.matrices = pose_of(model, t.pose);
  if (gpu && t.gpu) gpu->set_pose(t.gpu, t.pose);
}

// ---------------------------------------------------------------- people

// Reaches out whenever something new lies where this person hands over and takes. What they have brought is in the hand until it is laid down.
void Stage::Private::hand_over(const World& world, int person, bool snap) {
  Thing& t = thing(person);
  const std::vector<int>& hands = def(person).person->hands;
  const bool first = t.in_hands.size() != hands.size();
  t.in_hands.resize(hands.size(), -1);
  for (size_t i = 0; i < hands.size(); ++i) {
    const int there = occupants[static_cast<size_t>(hands[i])], item = there >= 0 && !world.away(there) ? there : -1;
    const bool came = item >= 0 && item != t.in_hands[i];
    t.in_hands[i] = item;
    if (!came || first || snap) continue;
    for (const Clip& c : t.asset->model.clips)
      if (c.name == "hand_over") t.hand_left = c.duration;
    if (!thing(item).present && t.hand_left > 0) {  // not seen until now: it comes out of a pocket
      thing(item).giver = person;
      thing(item).given_left = kReachOut;
    }
  }
}

// The middle of a person's right palm: the anchor is made in the rest pose and goes along with the hand's joint.
glm::vec3 Stage::Private::palm(const Thing& person) const {
  const Model& model = person.asset->model;
  const int hand = model.find_node("hand_r"), grab = model.find_node("grab_hand_r");
  if (hand < 0 || grab < 0) return glm::vec3(person.transform[3]);
  const Pose rest = pose_of(model, {});
  return glm::vec3(person.transform * person.matrices[static_cast<size_t>(hand)] * glm::inverse(rest[static_cast<size_t>(hand)]) * rest[static_cast<size_t>(grab)][3]);
}

// A person's clips: walks, hands over, talks for a while about each new line, else stands at ease.
void Stage::Private::live(const World& world, int object, PoseState& next, float dt, bool snap) {
  Thing& t = thing(object);
  const int dialogue = def(object).person->dialogue;
  if (dialogue >= 0) {
    const int node = world.devices().state().dialogues[static_cast<size_t>(dialogue)].node;
    const bool has_lines = !scene().devices.dialogues[static_cast<size_t>(dialogue)].dialogue.nodes[static_cast<size_t>(node)].lines.empty();
    if (node != t.node_said) t.talk_left = t.node_said >= 0 && has_lines && !snap ? kTalk : 0;
    t.node_said = node;
  }
  hand_over(world, object, snap);
  t.clock += dt;
  t.talk_left = std::max(0.0f, t.talk_left - dt);
  t.hand_left = std::max(0.0f, t.hand_left - dt);
  const char* wanted = t.walking ? "walk" : t.hand_left > 0 ? "hand_over" : t.talk_left > 0 ? "talk" : "idle";
  if (t.plays.empty()) t.plays.push_back({.clip = wanted, .from = -1.7 * object, .fade = 0});  // no two people breathe as one
  else if (t.plays.back().clip != wanted)
    t.plays.push_back({.clip = wanted, .from = t.clock, .loop = t.hand_left <= 0 || t.walking,
                       .speed = t.walking ? kWalk / extra_number(t.asset->model.nodes[0], "walk_m_s", kWalk) : 1});  // so that no foot slides
  while (t.plays.size() > 1 && t.plays[1].from + t.plays[1].fade <= t.clock) t.plays.erase(t.plays.begin());
  next.clips = pose_at(t.asset->model, t.plays, t.clock).clips;
}

// ---------------------------------------------------------------- leads

namespace {

// A rope's course between two ends that it leaves and reaches along given directions: a cubic whose middle hangs as low as its length allows.
struct Course {
  std::array<glm::vec3, 4> at;
  glm::vec3 point(float t) const {
    const float s = 1 - t;
    return at[0] * (s * s * s) + at[1] * (3 * s * s * t) + at[2] * (3 * s * t * t) + at[3] * (t * t * t);
  }
};

constexpr int kCourseSteps = 96;

float length_of(const Course& c) {
  float sum = 0;
  for (int i = 0; i < kCourseSteps; ++i) sum += glm::distance(c.point(static_cast<float>(i) / kCourseSteps), c.point(static_cast<float>(i + 1) / kCourseSteps));
  return sum;
}

Course hang(const glm::vec3& from, const glm::vec3& leaves, const glm::vec3& to, const glm::vec3& arrives, float length) {
  constexpr float kStiff = 0.12f;  // m a cable goes on as it left its plug
  const auto with = [&](float sag) {
    const glm::vec3 down(0, -sag, 0);
    return Course{{from, from + leaves * kStiff + down, to - arrives * kStiff + down, to}};
  };
  float low = 0, high = 2;
  for (int i = 0; i < 24; ++i) (length_of(with((low + high) / 2)) < length ? low : high) = (low + high) / 2;
  return with(low);
}

}  // namespace

// In the model's own frame the plug stays as it is modelled; the other joints follow the course, each turned from the one before by as
// little as the course bends, so that the cable does not twist.
void Stage::Private::lay_lead(const World& world, int object, const Onlooker& onlooker) {
  Thing& t = thing(object);
  const LeadDef& lead = *def(object).lead;
  const Thing& meter = thing(lead.of);
  const Model& model = t.asset->model;
  const int terminal = meter.asset ? meter.asset->model.find_node(lead.from) : -1;
  if (t.joints.empty()) {
    for (int n; (n = model.find_node(fmt::format("lead_{}", t.joints.size()))) >= 0;) t.joints.push_back(n);
    t.tip = model.find_node("tip");
    if (terminal < 0 || t.tip < 0 || t.joints.size() < 2) spdlog::warn("{}: a lead needs the meter's node {}, and of its own lead_0, lead_1, ... and tip", def(object).id, lead.from);
  }
  const bool held = world.state(lead.of).spot.kind == Spot::Kind::kHand;  // else they lie rolled up before the meter, as they are modelled
  const bool seen = terminal >= 0 && t.tip >= 0 && t.joints.size() > 1 && meter.visible;
  if (gpu && t.gpu && (!t.placed || seen != t.visible)) gpu->set_visible(t.gpu, seen);
  t.visible = seen;
  if (!seen) {
    t.placed = true;
    return;
  }
  const glm::mat4 place = meter.transform * meter.matrices[static_cast<size_t>(terminal)];
  if (gpu && t.gpu && (!t.placed || place != t.transform)) gpu->set_transform(t.gpu, place);
  t.transform = place;

  const LeadsAt& leads = world.leads();
  const int point = leads.meter == lead.of ? (lead.red ? leads.red : leads.black) : -1;
  const int other = leads.meter == lead.of ? (lead.red ? leads.black : leads.red) : -1;
  PoseState next;
  const auto show = [&] {
    if (next == t.pose && t.placed) return;
    t.pose = std::move(next);
    t.matrices = pose_of(model, t.pose);
    if (gpu && t.gpu) gpu->set_pose(t.gpu, t.pose);
    t.placed = true;
  };
  if (!held) return show();
  const Pose rest = pose_of(model, {});
  const auto joint = [&](size_t i) { return rest[static_cast<size_t>(t.joints[i])]; };
  float length = 0;
  for (size_t i = 1; i < t.joints.size(); ++i) length += glm::distance(glm::vec3(joint(i - 1)[3]), glm::vec3(joint(i)[3]));
  const glm::mat4 last = joint(t.joints.size() - 1);
  const float reach = glm::distance(glm::vec3(last[3]), glm::vec3(rest[static_cast<size_t>(t.tip)][3]));
  const glm::vec3 from(place * joint(0)[3]), leaves = glm::normalize(glm::vec3(place * joint(0)[1]));
  // Hangs down from the hand, unless the point is within reach: there the probe leans towards the eye, and away from the other one.
  glm::vec3 arrives(0, -1, 0), to = from + glm::vec3(lead.red ? 0.03f : -0.03f, -0.9f * length, 0);
  const auto spot_of = [&](int part) {
    const Thing& spot = thing(part);
    return thing(spot.instance).transform * thing(spot.instance).matrices[static_cast<size_t>(spot.node)];
  };
  const auto is_there = [&](int part) { return part >= 0 && thing(part).instance >= 0 && thing(part).node >= 0; };
  if (is_there(point)) {
    const glm::mat4 on = spot_of(point);
    const glm::vec3 touched(on[3]);
    const glm::vec3 apart = is_there(other) ? touched - glm::vec3(spot_of(other)[3]) : glm::vec3(0);
    const glm::vec3 aside = glm::length(apart) > 1e-4f ? glm::normalize(apart) : glm::vec3(0);
    const glm::vec3 handle = glm::normalize(glm::normalize(glm::vec3(on[1])) + 0.5f * glm::normalize(onlooker.eye - touched) + 0.25f * aside);
    const glm::vec3 end = touched + handle * reach;
    if (glm::distance(from, end) < 0.95f * length) arrives = -handle, to = end;
  }
  const glm::mat4 into = glm::inverse(place);
  const auto inside = [&](const glm::vec3& direction) { return glm::normalize(glm::vec3(into * glm::vec4(direction, 0))); };
  const Course course = hang(from, leaves, to, arrives, length);
  glm::quat turn = glm::quat_cast(glm::mat3(joint(0)));
  glm::vec3 ahead = inside(leaves);
  float gone = 0, walked = 0;
  int step = 0;
  glm::vec3 here = from, there = from;
  for (size_t i = 0; i < t.joints.size(); ++i) {
    const float wanted = length * static_cast<float>(i) / static_cast<float>(t.joints.size() - 1);
    while (gone + walked < wanted && step < kCourseSteps) {
      here = there;
      gone += walked;
      there = course.point(static_cast<float>(++step) / kCourseSteps);
      walked = glm::distance(here, there);
    }
    const bool end = i + 1 == t.joints.size();
    const glm::vec3 at = end ? to : walked > 0 ? glm::mix(here, there, std::clamp((wanted - gone) / walked, 0.0f, 1.0f)) : from;
    const glm::vec3 direction = end ? inside(arrives) : i == 0 || !(walked > 0) ? ahead : inside(there - here);
    turn = glm::quat(ahead, direction) * turn;
    ahead = direction;
    const glm::mat4 shown = glm::translate(glm::mat4(1), glm::vec3(into * glm::vec4(at, 1))) * glm::mat4_cast(turn);
    next.nodes.emplace_back(model.nodes[static_cast<size_t>(t.joints[i])].name, glm::inverse(joint(i)) * shown);
  }
  show();
}

}  // namespace shixun
