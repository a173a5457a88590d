#pragma once
// A thread that may get stuck, and its owner who does not wait for ever: a runtime that hangs must not hang the program.

#include <functional>
#include <memory>

namespace shixun {

class Worker {
 public:
  Worker();
  ~Worker();  // waits for the running job, unless it got stuck: then its thread is left behind
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Runs the job on the thread and waits for it. False: it did not end within `seconds`. It may still end some time, so it owns what it
  // touches; no further job is taken.
  bool run(std::function<void()> job, double seconds);
  bool stuck() const { return stuck_; }

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
  bool stuck_ = false;
};

}  // namespace shixun
