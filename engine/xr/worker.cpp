#include "engine/xr/worker.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace shixun {

struct Worker::Shared {
  std::mutex mutex;
  std::condition_variable changed;
  std::function<void()> job;
  bool busy = false, quit = false;
  std::thread thread;
};

Worker::Worker() : shared_(std::make_shared<Shared>()) {
  shared_->thread = std::thread([s = shared_] {
    std::unique_lock lock(s->mutex);
    for (;;) {
      s->changed.wait(lock, [&] { return s->busy || s->quit; });
      if (!s->busy) return;
      auto job = std::move(s->job);
      lock.unlock();
      job();
      job = nullptr;
      lock.lock();
      s->busy = false;
      s->changed.notify_all();
    }
  });
}

Worker::~Worker() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->quit = true;
    shared_->changed.notify_all();
  }
  if (stuck_) shared_->thread.detach();
  else shared_->thread.join();
}

bool Worker::run(std::function<void()> job, double seconds) {
  if (stuck_) return false;
  std::unique_lock lock(shared_->mutex);
  shared_->job = std::move(job);
  shared_->busy = true;
  shared_->changed.notify_all();
  stuck_ = !shared_->changed.wait_for(lock, std::chrono::duration<double>(seconds), [&] { return !shared_->busy; });
  return !stuck_;
}

}  // namespace shixun
