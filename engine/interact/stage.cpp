#include <glm/gtc/matrix_transform.hpp>
#include <limits>

#include "engine/asset/cook.h"
#include "engine/base/log.h"
#include "engine/interact/stage_detail.h"

namespace shixun {
namespace {

constexpr float kPi = 3.14159265f;
constexpr float kThreadPitch = 0.0015f;   // m a turn, of the M14x1.5 and M12x1.5 threads the scenes use
constexpr float kGravity = 9.81f;
constexpr float kRollAway = 0.6f;         // m a body that is not held rolls, for the eye
constexpr float kPointRadius = 0.02f;     // m: a part without geometry is a spot of this size

glm::mat4 flip() { return glm::rotate(glm::mat4(1), kPi, glm::vec3(1, 0, 0)); }  // +Y against +Y, same roll reference

float smooth(float t) { return t * t * (3 - 2 * t); }

// Rigid transforms: the way between two, at t in [0, 1].
glm::mat4 between(const glm::mat4& a, const glm::mat4& b, float t) {
  const glm::quat qa = glm::quat_cast(glm::mat3(a)), qb = glm::quat_cast(glm::mat3(b));
  glm::mat4 m = glm::mat4_cast(glm::slerp(qa, qb, t));
  m[3] = glm::vec4(glm::mix(glm::vec3(a[3]), glm::vec3(b[3]), t), 1);
  return m;
}

glm::mat4 at_pose(const Pose3& at) {
  return glm::rotate(glm::translate(glm::mat4(1), glm::vec3(at.pos[0], at.pos[1], at.pos[2])), static_cast<float>(at.yaw), glm::vec3(0, 1, 0));
}

bool is_lying(const glm::mat4& m) { return std::isfinite(m[3].x); }

}  // namespace

Stage::Stage(std::unique_ptr<Private> p) : p_(std::move(p)) {}
Stage::~Stage() {
  for (const Thing& t : p_->things) {
    if (t.face_texture != kNoTexture) p_->textures->remove(t.face_texture);
  }
}

Result<std::unique_ptr<Stage>> Stage::create(std::shared_ptr<const Pack> pack, const fs::path& library, const fs::path& cache) {
  auto p = std::make_unique<Private>();
  p->pack = std::move(pack);
  if (const Status loaded = p->load(library, cache); !loaded) return loaded.error();
  p->link();
  return std::unique_ptr<Stage>(new Stage(std::move(p)));
}

Status Stage::Private::load(const fs::path& library, const fs::path& cache) {
  std::vector<std::string> names;
  std::vector<fs::path> files;
  for (const ObjectDef& o : scene().objects) {
    if (o.model.empty() || assets.contains(o.model)) continue;
    assets.emplace(o.model, std::make_unique<Asset>());
    const bool own = o.model.starts_with("models/");
    names.push_back(o.model);
    files.push_back(own ? pack->dir / o.model : library / (o.model + ".gltf"));
  }
  std::vector<Result<Model>> models = load_cooked_models(files, cache);
  for (size_t i = 0; i < models.size(); ++i) {
    if (!models[i]) return models[i].error();
    Asset& asset = *assets[names[i]];
    asset.model = std::move(*models[i]);
    asset.shape = std::make_shared<PickShape>(asset.model);
  }
  return ok();
}

void Stage::Private::link() {
  const int count = static_cast<int>(scene().objects.size());
  things.resize(static_cast<size_t>(count));
  occupants.assign(scene().sockets.size(), -1);
  part_of_node.resize(static_cast<size_t>(count));
  for (int o = 0; o < count; ++o) {
    Thing& t = thing(o);
    const ObjectDef& d = def(o);
    if (!d.model.empty()) {
      t.instance = o;
      t.rest = at_pose(d.at);
      t.asset = assets.at(d.model).get();
      t.matrices = pose_of(t.asset->model, {});
      part_of_node[static_cast<size_t>(o)].assign(t.asset->model.nodes.size(), -1);
    } else if (d.part_of >= 0) {  // owners stand before their parts
      t.instance = thing(d.part_of).instance;
      if (t.instance < 0) continue;
      t.asset = thing(t.instance).asset;
      t.node = t.asset->model.find_node(d.node);
      if (t.node < 0) {
        spdlog::warn("{}: model {} has no node {}", d.id, t.asset->model.name, d.node);
        t.instance = -1;
        continue;
      }
      part_of_node[static_cast<size_t>(t.instance)][static_cast<size_t>(t.node)] = o;
    }
  }
  // A node below a part belongs to the part, unless it is one itself.
  for (int o = 0; o < count; ++o) {
    auto& parts = part_of_node[static_cast<size_t>(o)];
    for (size_t n = 0; n < parts.size(); ++n)
      if (const int parent = thing(o).asset->model.nodes[n].parent; parts[n] < 0 && parent >= 0) parts[n] = parts[static_cast<size_t>(parent)];
  }
}

Status Stage::show_in(GpuScene& gpu, Textures& textures, const std::string& font, int font_index) {
  p_->gpu = &gpu;
  p_->textures = &textures;
  p_->font = font;
  p_->font_index = font_index;
  std::vector<Image> images;
  for (const auto& [name, asset] : p_->assets) images.insert(images.end(), asset->model.images.begin(), asset->model.images.end());
  textures.prefetch(images);
  for (const auto& [name, asset] : p_->assets) {
    auto id = gpu.add_model(asset->model);
    if (!id) return id.error();
    asset->id = *id;
    asset->shown = true;
  }
  for (size_t o = 0; o < p_->things.size(); ++o) {
    Thing& t = p_->things[o];
    t.lit.clear();
    if (t.instance != static_cast<int>(o)) continue;
    t.gpu = gpu.add_object(t.asset->id, t.transform, t.pose);
    gpu.set_in_room(t.gpu, p_->def(static_cast<int>(o)).static_scenery && !p_->def(static_cast<int>(o)).item);
    t.placed = false;  // so that the next update sends everything
  }
  return ok();
}

// ---------------------------------------------------------------- placing

glm::mat4 Stage::Private::rest_of(int object) const {
  return thing(object).instance == object ? thing(object).rest : at_pose(def(object).at);
}

// Who comes and goes walks there, looking ahead; a thing slides. What was away is there at once, or sets off from where the case says.
void Stage::Private::go(const World& world, int object, float dt, bool snap) {
  Thing& t = thing(object);
  const bool was_present = t.present;
  t.present = !world.away(object);
  if (def(object).whereabouts.empty()) return;
  const Whereabouts* w = world.whereabouts(object);
  const bool person = def(object).person.has_value(), sets_off = w != t.where && w && w->from;
  t.where = w;
  const glm::mat4 goal = at_pose(w && !w->away ? w->at : def(object).at);
  if (sets_off) t.rest = at_pose({*w->from, w->at.yaw});
  const glm::vec3 way(goal[3] - t.rest[3]);
  const float left = glm::length(way), speed = w && w->speed_um_s > 0 ? static_cast<float>(w->speed_um_s) * 1e-6f : person ? kWalk : 0;
  const float step = speed * dt;
  const bool going = !snap && (was_present || sets_off) && t.present && t.placed && step > 0 && step < left;
  t.walking = going && person;
  if (!going) {
    t.rest = goal;
    return;
  }
  const glm::vec3 ahead = way / left, at = glm::vec3(t.rest[3]) + ahead * step;
  t.rest = person ? glm::rotate(glm::translate(glm::mat4(1), at), std::atan2(ahead.x, ahead.z), glm::vec3(0, 1, 0)) : goal;
  t.rest[3] = glm::vec4(at, 1);
}

// The object whose model carries a socket's anchor, and the node: the owner's own or, for a place through something that is fitted
// first (a nut's seat in the wheel), a node of what is there.
std::pair<int, int> Stage::Private::anchor_node(int socket) const {
  const SocketDef& s = scene().sockets[static_cast<size_t>(socket)];
  if (s.owner < 0) return {-1, -1};
  const int through = s.through >= 0 ? occupants[static_cast<size_t>(s.through)] : -1;
  for (const int carrier : {through, s.owner}) {
    if (carrier < 0 || thing(carrier).instance < 0) continue;
    const int instance = thing(carrier).instance;
    const int node = s.anchor.empty() ? thing(carrier).node : thing(instance).asset->model.find_node(s.anchor);
    if (node >= 0) return {instance, node};
  }
  return {thing(s.owner).instance, -1};
}

// The socket's frame as shown now; +Y points out of the spot.
glm::mat4 Stage::Private::anchor(int socket) const {
  const SocketDef& s = scene().sockets[static_cast<size_t>(socket)];
  if (s.owner < 0) return glm::mat4(1);
  const auto [instance, node] = anchor_node(socket);
  // A place on the ground beside a body stays there when the body is raised.
  if (s.at) return (s.role == SocketDef::Role::kChock || instance < 0 ? rest_of(s.owner) : thing(instance).transform) * at_pose(*s.at);
  if (instance < 0) return rest_of(s.owner);
  return node < 0 ? thing(instance).transform : thing(instance).transform * thing(instance).matrices[static_cast<size_t>(node)];
}

// The same spot before anything was raised.
glm::vec3 Stage::Private::rest_point(int socket) const {
  const SocketDef& s = scene().sockets[static_cast<size_t>(socket)];
  const auto [owner, node] = anchor_node(socket);
  if (s.owner < 0 || node < 0 || s.at) return glm::vec3(anchor(socket)[3]);
  return glm::vec3(rest_of(owner) * pose_of(thing(owner).asset->model, {})[static_cast<size_t>(node)][3]);
}

// Where an item's model stands when it sits in a socket. An item's `snap_*` node that fits the socket's kind looks into the socket:
// the two +Y axes face each other. Its `snap_rest` (how it lies) points up, as the socket does. Without either, its origin sits there.
glm::mat4 Stage::Private::seat(int item, int socket, float depth, float angle) const {
  const Thing& t = thing(item);
  const Model& model = t.asset->model;
  const SocketDef& s = scene().sockets[static_cast<size_t>(socket)];
  using Role = SocketDef::Role;
  if (s.role == Role::kLoadPoint || s.role == Role::kWrongPoint || s.role == Role::kSupport) {
    // Under the point, on the ground; a jack's crank (+Z) looks away from the body's middle.
    const glm::vec3 point = rest_point(socket);
    const float side = s.owner >= 0 && point.x < rest_of(s.owner)[3].x ? -1.0f : 1.0f;
    return glm::rotate(glm::translate(glm::mat4(1), glm::vec3(point.x, 0, point.z)), side * kPi / 2, glm::vec3(0, 1, 0));
  }
  glm::mat4 frame = anchor(socket) * glm::translate(glm::mat4(1), glm::vec3(0, depth, 0)) * glm::rotate(glm::mat4(1), angle, glm::vec3(0, 1, 0));
  std::string wanted;
  if (const auto [instance, node] = anchor_node(socket); node >= 0) wanted = extra_text(thing(instance).asset->model.nodes[static_cast<size_t>(node)], "accepts");
  int mate = -1, rest = -1;
  for (size_t n = 0; n < model.nodes.size(); ++n) {
    const Node& node = model.nodes[n];
    if (!node.name.starts_with("snap_")) continue;
    const std::string fits = extra_text(node, "fits");
    if (!fits.empty() && (fits == wanted || std::find(s.accepts.begin(), s.accepts.end(), fits) != s.accepts.end())) mate = static_cast<int>(n);
    else if (!fits.empty() && mate < 0 && s.role == SocketDef::Role::kWork) mate = static_cast<int>(n);
    if (node.name == "snap_rest") rest = static_cast<int>(n);
  }
  if (mate >= 0) return frame * flip() * glm::inverse(t.matrices[static_cast<size_t>(mate)]);
  if (rest >= 0) return frame * glm::inverse(t.matrices[static_cast<size_t>(rest)]);
  return frame;
}

// Before the eye, lower right; big things farther off and lower.
glm::mat4 Stage::Private::in_hand(const Thing& t, const Onlooker& onlooker) const {
  glm::vec3 lower(std::numeric_limits<float>::max()), upper(-lower);
  const Model& model = t.asset->model;
  for (size_t n = 0; n < model.nodes.size(); ++n)
    for (const uint32_t m : model.nodes[n].meshes)
      for (int c = 0; c < 8; ++c) {
        const glm::vec3 corner(c & 1 ? model.meshes[m].upper.x : model.meshes[m].lower.x, c & 2 ? model.meshes[m].upper.y : model.meshes[m].lower.y,
                               c & 4 ? model.meshes[m].upper.z : model.meshes[m].lower.z);
        const glm::vec3 p(t.matrices[n] * glm::vec4(corner, 1));
        lower = glm::min(lower, p);
        upper = glm::max(upper, p);
      }
  const glm::vec3 middle = (lower + upper) * 0.5f, size = upper - lower;
  const float big = std::max({size.x, size.y, size.z});
  if (onlooker.hand) {
    // A long tool (its +Y runs from head to handle) is held by the handle, its head ahead; anything else before the fist, clear of it.
    if (size.y > 0.25f && size.y > 2.5f * std::max(size.x, size.z))
      return *onlooker.hand * glm::rotate(glm::mat4(1), kPi / 2, glm::vec3(1, 0, 0)) * glm::translate(glm::mat4(1), -glm::vec3(middle.x, upper.y - 0.08f, middle.z));
    return *onlooker.hand * glm::translate(glm::mat4(1), glm::vec3(0, 0, -0.05f - 0.5f * size.z) - middle);
  }
  const glm::mat4 view = glm::translate(glm::mat4(1), onlooker.eye) * glm::mat4_cast(onlooker.orientation);
  glm::mat4 turn(1);
  glm::vec3 at;
  if (size.y > 0.25f && size.y > 2.5f * std::max(size.x, size.z)) {
    // A long tool: handle towards the lower right, head up and away.
    const glm::vec3 along = glm::normalize(glm::vec3(0.52f, -0.62f, 0.58f));  // model +Y runs from head to handle
    const glm::vec3 side = glm::normalize(glm::cross(along, glm::vec3(0, 0.4f, 1)));
    turn = glm::mat4(glm::mat3(-side, along, glm::cross(-side, along)));
    at = {0.24f, -0.20f, -0.62f};
  } else {
    turn = glm::rotate(glm::rotate(glm::mat4(1), 0.25f, glm::vec3(1, 0, 0)), -0.5f, glm::vec3(0, 1, 0));
    at = {0.14f + 0.30f * big, -0.13f - 0.33f * big, -0.36f - 0.75f * big};
  }
  return view * glm::translate(glm::mat4(1), at) * turn * glm::translate(glm::mat4(1), -middle);
}

// A tool on a fastener: its `tool_*` mouth on the fastener's, the handle to the right of the onlooker, swinging like a ratchet.
glm::mat4 Stage::Private::on_fastener(const Thing& tool, int fastener, const Onlooker& onlooker) const {
  const auto mouth = [](const Thing& t) {
    for (size_t n = 0; n < t.asset->model.nodes.size(); ++n)
      if (t.asset->model.nodes[n].name.starts_with("tool_")) return static_cast<int>(n);
    return -1;
  };
  const Thing& turned = thing(fastener);
  const Thing& shown = thing(turned.instance);
  const int grip = mouth(turned), own = mouth(tool);
  glm::mat4 frame = shown.transform;
  if (turned.node >= 0) frame = frame * shown.matrices[static_cast<size_t>(turned.node)];
  else if (grip >= 0) frame = frame * shown.matrices[static_cast<size_t>(grip)];
  glm::vec3 out = glm::normalize(glm::vec3(frame[1]));
  const glm::mat4 mate = own >= 0 ? tool.matrices[static_cast<size_t>(own)] : glm::mat4(1);
  // Rolls the tool about the fastener's axis until its handle (model +Y) points where the right hand is.
  const glm::vec3 right = onlooker.orientation * glm::vec3(1, 0.35f, 0.1f);
  const glm::vec3 wanted = glm::normalize(right - out * glm::dot(right, out));
  const glm::mat4 plain = frame * flip() * glm::inverse(mate);
  const glm::vec3 handle = glm::normalize(glm::vec3(plain[1]) - out * glm::dot(glm::vec3(plain[1]), out));
  const float roll = std::atan2(glm::dot(glm::cross(handle, wanted), out), glm::dot(handle, wanted));
  const float swing = std::fmod(turned.angle.shown, kPi / 3);
  const glm::vec3 at(frame[3]);
  return glm::translate(glm::mat4(1), at) * glm::rotate(glm::mat4(1), roll + swing, out) * glm::translate(glm::mat4(1), -at) * plain;
}

// A body raised at one point turns about the far point that stays on the ground.
glm::mat4 Stage::Private::tilted(const World& world, int body) const {
  const ObjectDef& d = def(body);
  const glm::mat4 rest = rest_of(body);
  const float lift = thing(body).lift.shown * 1e-6f;
  if (std::abs(lift) < 1e-6f) return rest;
  const Model& model = thing(body).asset->model;
  // The point that is raised: the load point in use, else the hub.
  int socket = d.body->hub;
  for (size_t s = 0; s < scene().sockets.size(); ++s) {
    const SocketDef& def_s = scene().sockets[s];
    const bool load = def_s.role == SocketDef::Role::kLoadPoint || def_s.role == SocketDef::Role::kWrongPoint;
    if (load && def_s.owner == body && world.occupant(static_cast<int>(s)) >= 0) socket = static_cast<int>(s);
  }
  const int node = socket >= 0 ? anchor_node(socket).second : -1;
  if (node < 0) return glm::translate(glm::mat4(1), glm::vec3(0, lift, 0)) * rest;
  const glm::vec3 point(rest * pose_of(model, {})[static_cast<size_t>(node)][3]);
  const glm::vec3 pivot(rest * glm::vec4(d.body->pivot[0], d.body->pivot[1], d.body->pivot[2], 1));
  const glm::vec3 arm(point.x - pivot.x, 0, point.z - pivot.z);
  const float length = glm::length(arm);
  if (length < 0.1f) return glm::translate(glm::mat4(1), glm::vec3(0, lift, 0)) * rest;
  const glm::vec3 axis = glm::cross(arm / length, glm::vec3(0, 1, 0));
  return glm::translate(glm::mat4(1), pivot) * glm::rotate(glm::mat4(1), std::atan2(lift, length), axis) * glm::translate(glm::mat4(1), -pivot) * rest;
}

void Stage::Private::place(const World& world, int object, const Onlooker& onlooker, int tool_on, float dt, bool snap, int depth) {
  Thing& t = thing(object);
  if (t.instance != object || depth > 16) return;
  const ObjectDef& d = def(object);
  if (d.lead) return lay_lead(world, object, onlooker);  // never in the way of what is pointed at
  const ObjectState& s = world.state(object);
  glm::mat4 target = rest_of(object);
  bool visible = t.present && !s.worn && s.spot.kind != Spot::Kind::kWorn;
  switch (s.spot.kind) {
    case Spot::Kind::kSocket: {
      float in = 0, angle = 0;
      if (d.fastener) {
        in = t.depth.follow(static_cast<float>(std::max<int64_t>(d.fastener->seat_cd - s.engaged_cd, 0)) / 36000.0f * kThreadPitch, dt, snap);
        angle = t.angle.follow(-static_cast<float>(s.engaged_cd + s.over_cd) / 36000.0f * 2 * kPi, dt, snap);
        const bool joint = scene().sockets[static_cast<size_t>(s.spot.socket)].role == SocketDef::Role::kWork;
        if (!joint) in = angle = 0;
      }
      target = seat(object, s.spot.socket, in, angle);
      if (t.given_left > 0) {
        t.given_left -= dt;
        target[3] = glm::vec4(palm(thing(t.giver)), 1);
        if (t.given_left <= 0) t.blend = 0, t.blend_from = t.transform, target = seat(object, s.spot.socket, in, angle);
      }
      break;
    }
    case Spot::Kind::kHand:
      if (tool_on >= 0 && thing(tool_on).instance >= 0 && !d.meter) target = on_fastener(t, tool_on, onlooker);
      else if (onlooker.embodied) target = in_hand(t, onlooker);
      else target = t.placed ? t.transform : rest_of(object);
      break;
    case Spot::Kind::kFloor:
      target = glm::translate(glm::mat4(1), glm::vec3(s.spot.floor_um[0], s.spot.floor_um[1], s.spot.floor_um[2]) * 1e-6f);
      for (size_t n = 0; n < t.asset->model.nodes.size(); ++n)
        if (t.asset->model.nodes[n].name == "snap_rest") target = target * glm::inverse(t.matrices[n]);
      break;
    case Spot::Kind::kWorn: break;
    case Spot::Kind::kFixed:
      if (d.in >= 0) target = seat(object, d.in, 0, 0);
      break;
  }
  if (d.body) {
    // What is let go falls; what is raised follows the jack.
    const float lift = static_cast<float>(s.lift_um);
    if (!snap && t.lift.set && s.fallen && lift < t.lift.shown) {
      t.fall_speed += kGravity * dt;
      t.lift.shown = std::max(lift, t.lift.shown - t.fall_speed * dt * 1e6f);
    } else {
      t.fall_speed = 0;
      t.lift.follow(lift, dt, snap);
    }
    target = tilted(world, object);
    const float wanted = s.rolled ? kRollAway : 0;
    const float rolled = snap || !t.roll.set ? t.roll.follow(wanted, dt, true) : (t.roll.shown += (wanted - t.roll.shown) * (1 - std::exp(-2 * dt)));
    target = glm::translate(glm::mat4(1), glm::vec3(rest_of(object)[2]) * rolled) * target;
  }
  if (!is_lying(target)) target = rest_of(object);

  if (snap) t.given_left = 0;
  if (!t.placed || snap) t.blend = 1;
  else if (!(t.spot == s.spot)) t.blend = 0, t.blend_from = t.transform;
  t.spot = s.spot;
  glm::mat4 shown = target;
  if (t.blend < 1) {
    t.blend = std::min(1.0f, t.blend + dt / kEase);
    shown = between(t.blend_from, target, smooth(t.blend));
  }
  const bool moved = !t.placed || shown != t.transform, turned = !t.placed || visible != t.visible;
  t.transform = shown;
  t.visible = visible;
  const bool pickable = visible && s.spot.kind != Spot::Kind::kHand;
  if (pickable) picks.set(static_cast<uint32_t>(object), t.asset->shape, t.transform, t.pose);
  else picks.remove(static_cast<uint32_t>(object));
  if (gpu && t.gpu) {
    if (moved) gpu->set_transform(t.gpu, t.transform);
    if (turned) gpu->set_visible(t.gpu, t.visible);
  }
  t.placed = true;
}

void Stage::update(const World& world, const Onlooker& onlooker, float dt, bool snap) {
  Private& p = *p_;
  const int count = static_cast<int>(p.things.size());
  for (size_t i = 0; i < p.occupants.size(); ++i) p.occupants[i] = world.occupant(static_cast<int>(i));
  // An item is placed after what it sits in: order by how deep it is nested. Scenes nest three deep at most.
  std::vector<std::pair<int, int>> order;
  for (int o = 0; o < count; ++o) {
    if (p.thing(o).instance != o) continue;
    int depth = 0;
    for (int at = o; depth < 16;) {
      const Spot& spot = world.state(at).spot;
      const int socket = spot.kind == Spot::Kind::kSocket ? spot.socket : spot.kind == Spot::Kind::kFixed ? p.def(at).in : -1;
      if (spot.kind == Spot::Kind::kHand && tool_on_ >= 0 && at == o) depth = 8;  // after the fastener it is used on
      if (p.def(at).lead) depth = 12;                                             // after its meter, and all that it may touch
      if (socket < 0) break;
      at = p.anchor_node(socket).first;
      if (at < 0) break;
      ++depth;
    }
    order.emplace_back(depth, o);
  }
  std::sort(order.begin(), order.end());
  for (const auto& [depth, o] : order) {
    p.go(world, o, dt, snap);
    if (!p.def(o).lead) p.pose(world, o, dt, snap);
    p.place(world, o, onlooker, world.held() == o ? tool_on_ : -1, dt, snap, 0);
  }
  glm::vec3 lower(std::numeric_limits<float>::max()), upper(-lower);
  for (int o = 0; o < count; ++o)
    if (p.def(o).static_scenery && p.thing(o).instance == o)
      if (const auto b = p.picks.bounds(static_cast<uint32_t>(o))) {
        lower = glm::min(lower, b->lower);
        upper = glm::max(upper, b->upper);
      }
  if (lower.x < upper.x) p.room_lower = lower, p.room_upper = upper;
}

// ---------------------------------------------------------------- asking

void Stage::speak(Lang lang) { p_->lang = lang; }

void Stage::set_highlight(int object, Highlight highlight) {
  if (object < 0 || !p_->gpu) return;
  if (const Thing& t = p_->thing(object); t.gpu) p_->gpu->set_highlight(t.gpu, highlight);
}

void Stage::show_ghost(int item, int socket) {
  Private& p = *p_;
  if (!p.gpu) return;
  if (item != p.ghost_item) {
    if (p.ghost) p.gpu->remove_object(p.ghost);
    p.ghost = kNoObject;
    p.ghost_item = item;
    if (item >= 0 && p.thing(item).asset) {
      p.ghost = p.gpu->add_object(p.thing(item).asset->id, glm::mat4(1), p.thing(item).pose);
      p.gpu->set_highlight(p.ghost, Highlight::kGhost);
      p.gpu->set_casts_shadow(p.ghost, false);
    }
  }
  if (item >= 0 && p.ghost && socket >= 0) p.gpu->set_transform(p.ghost, p.seat(item, socket, 0, 0));
}

std::optional<Hit> Stage::cast(const Ray& ray, float reach, int ignore_object, PickScene::Panes panes) const {
  return p_->picks.cast(ray, reach, [ignore_object](uint32_t object, int) { return static_cast<int>(object) == ignore_object; }, panes);
}

int Stage::object_of(const Hit& hit) const {
  const auto& parts = p_->part_of_node[hit.object];
  const int part = hit.node >= 0 && static_cast<size_t>(hit.node) < parts.size() ? parts[static_cast<size_t>(hit.node)] : -1;
  return part >= 0 ? part : static_cast<int>(hit.object);
}

bool Stage::is_part(int object) const { return p_->thing(object).node >= 0; }

bool Stage::visible(int object) const {
  const Thing& t = p_->thing(object);
  return t.instance >= 0 && p_->thing(t.instance).visible;
}

PickScene::Bounds Stage::bounds(int object) const {
  const Thing& t = p_->thing(object);
  if (t.instance < 0) return {p_->rest_of(object)[3], p_->rest_of(object)[3]};
  const Thing& shown = p_->thing(t.instance);
  glm::vec3 lower(std::numeric_limits<float>::max()), upper(-lower);
  const Model& model = t.asset->model;
  for (size_t n = 0; n < model.nodes.size(); ++n) {
    if (t.node >= 0) {  // only the part's own branch
      int up = static_cast<int>(n);
      while (up >= 0 && up != t.node) up = model.nodes[static_cast<size_t>(up)].parent;
      if (up != t.node) continue;
    }
    for (const uint32_t m : model.nodes[n].meshes)
      for (int c = 0; c < 8; ++c) {
        const Mesh& mesh = model.meshes[m];
        const glm::vec4 corner(c & 1 ? mesh.upper.x : mesh.lower.x, c & 2 ? mesh.upper.y : mesh.lower.y, c & 4 ? mesh.upper.z : mesh.lower.z, 1);
        const glm::vec3 at(shown.transform * shown.matrices[n] * corner);
        lower = glm::min(lower, at);
        upper = glm::max(upper, at);
      }
  }
  if (lower.x > upper.x) {
    const glm::vec3 at(shown.transform * (t.node >= 0 ? shown.matrices[static_cast<size_t>(t.node)][3] : glm::vec4(0, 0, 0, 1)));
    return {at - kPointRadius, at + kPointRadius};
  }
  return {lower, upper};
}

glm::vec3 Stage::center(int object) const {
  const PickScene::Bounds b = bounds(object);
  return (b.lower + b.upper) * 0.5f;
}

float Stage::radius(int object) const {
  const PickScene::Bounds b = bounds(object);
  return glm::length(b.upper - b.lower) * 0.5f;
}

std::vector<Stage::LampPlace> Stage::lamps() const {
  std::vector<LampPlace> places;
  for (size_t o = 0; o < p_->things.size(); ++o) {
    const Thing& t = p_->things[o];
    if (t.instance != static_cast<int>(o) || !p_->def(t.instance).static_scenery) continue;
    const Model& model = t.asset->model;
    for (size_t n = 0; n < model.nodes.size(); ++n) {
      if (!model.nodes[n].name.ends_with("_lamp")) continue;
      for (const uint32_t m : model.nodes[n].meshes) {
        if (model.materials[model.meshes[m].material].emissive == glm::vec3(0)) continue;
        const glm::mat4 to_world = t.transform * t.matrices[n];
        places.push_back({glm::vec3(to_world * glm::vec4((model.meshes[m].lower + model.meshes[m].upper) * 0.5f, 1)),
                          glm::abs(glm::mat3(to_world) * ((model.meshes[m].upper - model.meshes[m].lower) * 0.5f))});
      }
    }
  }
  return places;
}

glm::vec3 Stage::facing(int object) const {
  const Thing& t = p_->thing(object);
  if (t.instance < 0 || !t.asset) return glm::vec3(0);
  const Model& model = t.asset->model;
  const std::string name = t.node >= 0 ? model.nodes[static_cast<size_t>(t.node)].name : "";
  int node = model.find_node("view_" + (name.empty() ? std::string("default") : name));
  if (node < 0 && name.find('_') != std::string::npos && model.nodes[static_cast<size_t>(t.node)].meshes.empty()) node = t.node;  // an anchor itself
  const Thing& carrier = p_->thing(t.instance);
  if (node < 0 || carrier.matrices.size() != model.nodes.size()) return glm::vec3(0);
  return glm::normalize(glm::vec3((carrier.transform * carrier.matrices[static_cast<size_t>(node)])[1]));
}

glm::vec3 Stage::socket_point(int socket) const { return glm::vec3(p_->anchor(socket)[3]); }
glm::vec3 Stage::room_lower() const { return p_->room_lower; }
glm::vec3 Stage::room_upper() const { return p_->room_upper; }

}  // namespace shixun
