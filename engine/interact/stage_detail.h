#pragma once
// For the stage*.cpp files only: what the stage keeps of every object.
//   stage.cpp       loading, where things stand, what can be asked
//   stage_pose.cpp  how they stand there: joints, screens, people's clips, leads

#include <algorithm>
#include <cmath>

#include "engine/anim/play.h"
#include "engine/interact/stage.h"

namespace shixun {

constexpr float kEase = 0.25f;  // s: how long the eye is given for a sudden change
constexpr float kWalk = 1.1f;   // m/s: people who come and go

// A number that follows its target: reaches it within kEase, however far it jumped.
struct Eased {
  float shown = 0, speed = 0;
  bool set = false;

  float follow(float target, float dt, bool snap) {
    if (!set || snap) {
      set = true;
      speed = 0;
      return shown = target;
    }
    const float gap = std::abs(target - shown);
    speed = std::max(speed, gap / kEase);
    const float step = speed * dt;
    if (step >= gap) {
      speed = 0;
      return shown = target;
    }
    return shown += target > shown ? step : -step;
  }
};

struct Asset {
  Model model;
  std::shared_ptr<PickShape> shape;
  ModelId id = 0;
  bool shown = false;
};

// How one object of the scene is kept for the eye.
struct Thing {
  int instance = -1;          // the object whose model it is or is part of; -1: nothing to see
  int node = -1;              // of that model, for a part
  Asset* asset = nullptr;     // of the instance
  ObjectId gpu = kNoObject;   // own instances only
  glm::mat4 transform{1};     // as shown
  PoseState pose;
  Pose matrices;              // of `pose`
  bool visible = true, placed = false;
  Spot spot;
  glm::mat4 blend_from{1};
  float blend = 1;            // 0..1 between blend_from and where it belongs
  Eased height, lift, lever, angle, depth, roll, value;
  std::vector<int8_t> lit;    // lamps as last sent: 1 on, 0 off, -1 never
  std::vector<Eased> moved;
  std::string face;           // what its display shows
  TextureHandle face_texture = kNoTexture;
  float fall_speed = 0;
  glm::mat4 rest{1};          // where it stands when nothing holds or carries it
  bool walking = false, present = true;
  const Whereabouts* where = nullptr;
  // A person's clips, the moment in them, and what the hands' places held when they were last looked at.
  std::vector<Play> plays;
  double clock = 0;
  float talk_left = 0, hand_left = 0;
  int node_said = -1;
  std::vector<int> in_hands;
  // An item that a person hands over: who, and how long it is still in that hand.
  int giver = -1;
  float given_left = 0;
  // A lead: its joints from plug to probe, and the point.
  std::vector<int> joints;
  int tip = -1;
};

struct Stage::Private {
  std::shared_ptr<const Pack> pack;
  std::map<std::string, std::unique_ptr<Asset>> assets;
  std::vector<Thing> things;
  std::vector<std::vector<int>> part_of_node;  // per object with a model: node -> object (part) or -1
  PickScene picks;
  GpuScene* gpu = nullptr;
  Textures* textures = nullptr;
  std::string font;           // of what displays show
  int font_index = 0;
  Lang lang = Lang::kZh;
  ObjectId ghost = kNoObject;
  int ghost_item = -1;
  glm::vec3 room_lower{-4, 0, -4}, room_upper{4, 3.4f, 4};
  std::vector<int> occupants;  // per socket, as of the last update

  const Scene& scene() const { return pack->scene; }
  const ObjectDef& def(int o) const { return scene().objects[static_cast<size_t>(o)]; }
  Thing& thing(int o) { return things[static_cast<size_t>(o)]; }
  const Thing& thing(int o) const { return things[static_cast<size_t>(o)]; }

  // stage.cpp
  Status load(const fs::path& library, const fs::path& cache);
  void link();
  void go(const World& world, int object, float dt, bool snap);
  void place(const World& world, int object, const Onlooker& onlooker, int tool_on, float dt, bool snap, int depth);
  glm::mat4 rest_of(int object) const;
  glm::mat4 anchor(int socket) const;
  std::pair<int, int> anchor_node(int socket) const;
  glm::vec3 rest_point(int socket) const;
  glm::mat4 seat(int item, int socket, float depth, float angle) const;
  glm::mat4 in_hand(const Thing& t, const Onlooker& onlooker) const;
  glm::mat4 on_fastener(const Thing& tool, int fastener, const Onlooker& onlooker) const;
  glm::mat4 tilted(const World& world, int body) const;

  // stage_pose.cpp
  void pose(const World& world, int object, float dt, bool snap);
  void show_face(const World& world, int object, int instance);
  void live(const World& world, int object, PoseState& next, float dt, bool snap);
  void hand_over(const World& world, int person, bool snap);
  glm::vec3 palm(const Thing& person) const;
  void lay_lead(const World& world, int object, const Onlooker& onlooker);
};

// What a model's author wrote on a node; empty: nothing.
inline std::string extra_text(const Node& node, const char* key) {
  const auto it = node.extras.find(key);
  return it == node.extras.end() ? std::string() : it->second;
}

}  // namespace shixun
