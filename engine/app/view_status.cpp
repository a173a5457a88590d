#include "engine/app/view_status.h"

namespace shixun {
namespace {

nlohmann::json point(const glm::vec3& p) {
  const auto round = [](float v) { return std::round(v * 1000.0) / 1000.0; };
  return {round(p.x), round(p.y), round(p.z)};
}

}  // namespace

Result<std::unique_ptr<StatusFile>> StatusFile::open(const fs::path& file) {
  auto status = std::make_unique<StatusFile>();
  status->out_.open(file, std::ios::trunc);
  if (!status->out_) return Error{Code::kEnvironment, file.string(), "the status file cannot be written", "Name a file in a folder you can write to"};
  return status;
}

void StatusFile::write(const nlohmann::json& line) { out_ << line.dump() << std::endl; }

void StatusFile::page(const std::string& name, const nlohmann::json& more) {
  nlohmann::json line = more.is_object() ? more : nlohmann::json::object();
  line["page"] = name;
  if (name == last_page_ && more.empty()) return;
  last_page_ = name;
  write(line);
}

void StatusFile::work(const std::string& page, const Session& session, const Hands& hands, const Stage& stage, const Walker& walker,
                      const std::vector<std::string>& messages, const std::string& goal, const std::vector<std::string>& problems, const nlohmann::json& headset) {
  const auto now = std::chrono::steady_clock::now();
  if (page == last_page_ && now - last_ < std::chrono::milliseconds(100)) return;
  last_page_ = page;
  last_ = now;
  const World& world = session.world();
  const Scene& scene = world.scene();
  const auto id = [&](int object) { return object < 0 ? std::string() : scene.objects[static_cast<size_t>(object)].id; };
  nlohmann::json choices = nlohmann::json::array();
  for (const Offer& c : hands.choices()) {
    const Action& a = c.option.action;
    choices.push_back(std::string(verb_name(a.verb)) + " " + a.o + (a.at.empty() ? "" : " " + a.at) + (a.value.empty() ? "" : " " + a.value) +
                      (c.option.continuous && a.verb == Verb::kTurn ? (a.amount > 0 ? " +" : " -") : ""));
  }
  nlohmann::json things = nlohmann::json::object(), sockets = nlohmann::json::object();
  for (size_t o = 0; o < scene.objects.size(); ++o)
    if (!scene.objects[o].name.empty() && stage.visible(static_cast<int>(o))) things[scene.objects[o].id] = point(stage.center(static_cast<int>(o)));
  for (const int s : world.open_sockets()) sockets[scene.sockets[static_cast<size_t>(s)].id] = point(stage.socket_point(s));
  int64_t clear_um = 0, lift_um = 0;  // of the raised body, as the gauge shows while raising
  for (size_t o = 0; o < scene.objects.size(); ++o)
    if (scene.objects[o].body) clear_um = world.clearance_um(static_cast<int>(o)), lift_um = world.state(static_cast<int>(o)).lift_um;
  const int held = world.held();
  const auto& steps = world.exercise().steps;
  nlohmann::json line = {{"page", page},
         {"t_ms", session.t_ms()},
         {"eye", point(walker.eye())},
         {"yaw", walker.yaw},
         {"pitch", walker.pitch},
         {"hovered", id(hands.hovered())},
         {"socket", hands.hovered_socket() < 0 ? "" : scene.sockets[static_cast<size_t>(hands.hovered_socket())].id},
         {"choices", choices},
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
         {"messages", messages},
         {"goal", goal},
         {"problems", problems},
         {"things", things},
         {"sockets", sockets}};
  if (!headset.is_null()) line["headset"] = headset;
  write(line);
}

}  // namespace shixun
