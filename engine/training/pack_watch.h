#pragma once
// Looks after the files of a pack that somebody edits while it is played: when they change, it reads them again beside the work that goes
// on. Used by one thread, such as the one that draws.

#include <chrono>
#include <future>
#include <optional>

#include "engine/training/reload.h"

namespace shixun {

class PackWatch {
 public:
  explicit PackWatch(std::shared_ptr<const Pack> pack);

  // To be called often, such as every frame: ten times a second it looks at the files' sizes and times, the other calls cost nothing. Files
  // that changed are read once they hold still; what came of it is given once. A pack with errors leaves pack() as it was.
  std::optional<Reload> take();

  const std::shared_ptr<const Pack>& pack() const { return pack_; }  // the last good one

 private:
  std::shared_ptr<const Pack> pack_;
  std::string seen_, read_;  // the files as they were when last looked at, and when last read
  std::chrono::steady_clock::time_point next_look_{};
  std::future<Reload> reading_;
};

}  // namespace shixun
