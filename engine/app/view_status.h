#pragma once
// The status file: what is on the screen, as JSON lines, for tests and assistive tools. Observation only: nothing is read back.

#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/desktop/walker.h"
#include "engine/interact/hands.h"
#include "engine/training/guide.h"
#include "engine/ui/theme.h"

namespace shixun {

// What there is to see while working. The line has it so: "menu": the choices' labels; "ring": {thing | socket, name, at, in_hand}; "faces": what
// displays within reading distance before the eye show; "things", "names", "sockets": what can be seen and where (m), sockets that what is in the
// hand would fit; "floor": where one can walk, obstacles as [x, z, x, z]; the rest by its name. "choices" names the actions, for tests.
struct AtWork {
  std::string page;
  const Session& session;
  const Hands& hands;
  const Stage& stage;
  const Walker& walker;
  const Floor& floor;
  Lang lang;
  Guide guide;                               // where the ring or the arrow points; nothing: there is none
  std::string guide_name;                    // what stands above the ring
  const std::vector<std::string>& messages;  // what is told, in the screen's language
  const std::string& goal;                   // the current step's title
  const std::vector<std::string>& problems;  // of the pack's files
};

class StatusFile {
 public:
  static Result<std::unique_ptr<StatusFile>> open(const fs::path& file);

  // From now on every line has "drawn": each text, button and input of the last frame as [panel, kind, text, x, y, width, height], in pixels.
  void tell_drawn(Theme& theme);
  // And what `more` adds: the program adds "pictures" (shown so far), "cpu_s" (processor time of the whole process) and, where there is one,
  // "headset", as Vr::status() tells it.
  void tell(std::function<void(nlohmann::json& line)> more) { more_ = std::move(more); }

  // Another page is shown: "launcher", "loading", "work", "sheet", "lines", "pause", "wearer", "result", "handed in" (when there are no
  // marks to see), "looking back", "replay", "demo", "demo over". At most thirty lines a second of one page.
  void page(const std::string& name, const nlohmann::json& more = {});
  void work(const AtWork& now);
  // Sounds that began to be heard; the next line tells them as "heard".
  void heard(const Pack& pack, const std::vector<int>& sounds);

 private:
  bool due(const std::string& page);
  void write(nlohmann::json line);
  std::ofstream out_;
  const Theme* theme_ = nullptr;
  std::function<void(nlohmann::json&)> more_;
  std::string last_page_;
  std::vector<std::string> heard_;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace shixun
