#pragma once
// The status file: what is on the screen, as JSON lines, for tests and assistive tools. Observation only: nothing is read back.

#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "engine/desktop/walker.h"
#include "engine/interact/hands.h"

namespace shixun {

class StatusFile {
 public:
  static Result<std::unique_ptr<StatusFile>> open(const fs::path& file);

  // Another page is shown: "launcher", "loading", "work", "sheet", "lines", "pause", "result", "handed in" (when there are no
  // marks to see), "looking back", "replay", "demo", "demo over".
  void page(const std::string& name, const nlohmann::json& more = {});
  // While working, at most ten lines a second.
  // `messages`: what is told on the screen, in its language; `goal`: the current step's title; `problems`: of the pack's files.
  // `headset`: of one that is used, as Vr::status() tells it.
  void work(const std::string& page, const Session& session, const Hands& hands, const Stage& stage, const Walker& walker, const std::vector<std::string>& messages,
            const std::string& goal, const std::vector<std::string>& problems, const nlohmann::json& headset);

 private:
  void write(const nlohmann::json& line);
  std::ofstream out_;
  std::string last_page_;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace shixun
