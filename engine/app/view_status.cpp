#include "engine/app/view_status.h"

#include <cmath>
#include <glm/geometric.hpp>
#include <utility>

#include "engine/ui/hud.h"

namespace shixun {
namespace {

nlohmann::json point(const glm::vec3& p) {
  const auto round = [](float v) { return std::round(v * 1000.0) / 1000.0; };
  return {round(p.x), round(p.y), round(p.z)};
}

constexpr auto kBetween = std::chrono::milliseconds(33);  // lines of one page

// A face one looks at from near enough to read it.
bool legible(const Walker& walker, const glm::vec3& at) {
  const glm::vec3 to = at - walker.eye();
  const float distance = glm::length(to);
  return distance < 2.5f && glm::dot(to, walker.forward()) > 0.8f * distance;
}

}  // namespace

Result<std::unique_ptr<StatusFile>> StatusFile::open(const fs::path& file) {
  auto status = std::make_unique<StatusFile>();
  status->out_.open(file, std::ios::trunc);
  if (!status->out_) return Error{Code::kEnvironment, file.string(), "the status file cannot be written", "Name a file in a folder you can write to"};
  return status;
}

void StatusFile::tell_drawn(Theme& theme) {
  theme.noting = true;
  theme_ = &theme;
}

void StatusFile::write(nlohmann::json line) {
  if (theme_) {
    nlohmann::json& drawn = line["drawn"] = nlohmann::json::array();
    constexpr const char* kKinds[] = {"text", "button", "input"};
    for (const Drawn& d : theme_->drawn)
      drawn.push_back({d.panel, kKinds[static_cast<int>(d.kind)], d.text, std::lround(d.from.x), std::lround(d.from.y), std::lround(d.to.x - d.from.x), std::lround(d.to.y - d.from.y)});
  }
  if (more_) more_(line);
  if (!heard_.empty()) line["heard"] = std::exchange(heard_, {});
  out_ << line.dump() << std::endl;
}

bool StatusFile::due(const std::string& page) {
  const auto now = std::chrono::steady_clock::now();
  if (page == last_page_ && now - last_ < kBetween) return false;
  last_page_ = page;
  last_ = now;
  return true;
}

void StatusFile::page(const std::string& name, const nlohmann::json& more) {
  if (!due(name)) return;
  nlohmann::json line = more.is_object() ? more : nlohmann::json::object();
  line["page"] = name;
  write(std::move(line));
}

void StatusFile::heard(const Pack& pack, const std::vector<int>& sounds) {
  for (const int sound : sounds) heard_.push_back(pack.sounds[static_cast<size_t>(sound)].id);
}

void StatusFile::work(const AtWork& now) {
  if (!due(now.page)) return;
  const Session& session = now.session;
  const Hands& hands = now.hands;
  const Stage& stage = now.stage;
  const Walker& walker = now.walker;
  const World& world = session.world();
  const Scene& scene = world.scene();
  const auto id = [&](int object) { return object < 0 ? std::string() : scene.objects[static_cast<size_t>(object)].id; };
  nlohmann::json choices = nlohmann::json::array(), menu = nlohmann::json::array();
  for (const Offer& c : hands.choices()) {
    const Action& a = c.option.action;
    choices.push_back(std::string(verb_name(a.verb)) + " " + a.o + (a.at.empty() ? "" : " " + a.at) + (a.value.empty() ? "" : " " + a.value) +
                      (c.option.continuous && a.verb == Verb::kTurn ? (a.amount > 0 ? " +" : " -") : ""));
    menu.push_back(c.option.label.in(now.lang));
  }
  nlohmann::json things = nlohmann::json::object(), names = nlohmann::json::object(), sockets = nlohmann::json::object(), faces = nlohmann::json::object();
  for (size_t o = 0; o < scene.objects.size(); ++o)
    if (!scene.objects[o].name.empty() && stage.visible(static_cast<int>(o))) {
      things[scene.objects[o].id] = point(stage.center(static_cast<int>(o)));
      names[scene.objects[o].id] = object_name(world.pack(), static_cast<int>(o), now.lang);
    }
  for (size_t o = 0; o < scene.objects.size(); ++o) {
    const int object = static_cast<int>(o);
    if (scene.objects[o].display.empty() || !stage.visible(object) || !legible(walker, stage.center(object))) continue;
    if (const auto face = world.display(object)) faces[scene.objects[o].id] = face->in(now.lang);
  }
  nlohmann::json ring;
  if (const Guide& g = now.guide; g.object >= 0 || g.socket >= 0) {
    ring = {{"thing", id(g.object)}, {"socket", g.socket < 0 ? "" : scene.sockets[static_cast<size_t>(g.socket)].id}, {"name", now.guide_name}, {"in_hand", in_hand(world, g)},
            {"at", point(guide_point(stage, scene, g))}};
  }
  nlohmann::json obstacles = nlohmann::json::array();
  for (const Obstacle& o : now.floor.obstacles) obstacles.push_back({o.lower.x, o.lower.y, o.upper.x, o.upper.y});
  for (const int s : world.open_sockets()) sockets[scene.sockets[static_cast<size_t>(s)].id] = point(stage.socket_point(s));
  int64_t clear_um = 0, lift_um = 0;  // of the raised body, as the gauge shows while raising
  for (size_t o = 0; o < scene.objects.size(); ++o)
    if (scene.objects[o].body) clear_um = world.clearance_um(static_cast<int>(o)), lift_um = world.state(static_cast<int>(o)).lift_um;
  const int held = world.held();
  const auto& steps = world.exercise().steps;
  nlohmann::json told = {{"page", now.page},
         {"t_ms", session.t_ms()},
         {"eye", point(walker.eye())},
         {"yaw", walker.yaw},
         {"pitch", walker.pitch},
         {"hovered", id(hands.hovered())},
         {"socket", hands.hovered_socket() < 0 ? "" : scene.sockets[static_cast<size_t>(hands.hovered_socket())].id},
         {"choices", choices},
         {"menu", menu},
         {"locked", hands.locked()},
         {"ring", ring},
         {"faces", faces},
         {"floor", {{"lower", {now.floor.lower.x, now.floor.lower.y}}, {"upper", {now.floor.upper.x, now.floor.upper.y}}, {"obstacles", obstacles}}},
         {"chosen", hands.chosen()},
         {"stroking", hands.stroking()},
         {"held", id(held)},
         {"setting_dnm", held < 0 ? 0 : world.state(held).setting_dnm},
         {"clicked", hands.clicked(world)},
         {"reading", held < 0 ? 0 : world.state(held).reading},
         {"lift_um", lift_um},
         {"clear_um", clear_um},
         {"torque_dnm", hands.stroking() ? world.state(hands.stroke_object()).torque_dnm : world.live_torque_dnm()},
         {"step", session.step() < steps.size() ? steps[session.step()].id : ""},
         {"events", session.events().size()},
         {"total_mp", !shows_live(session.mode()) ? 0 : session.live_sheet().total_mp},
         {"messages", now.messages},
         {"goal", now.goal},
         {"problems", now.problems},
         {"things", things},
         {"names", names},
         {"sockets", sockets}};
  write(std::move(told));
}

}  // namespace shixun
