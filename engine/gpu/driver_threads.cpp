#include "engine/gpu/driver_threads.h"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "engine/base/log.h"

namespace shixun {

namespace {

std::string first_line(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

// Pixel workers are named llvmpipe-0 and so on, each by itself when it begins; as many compute workers follow, with the name of who made them.
// Empty: they are not all there, or this is another driver.
std::vector<int> workers(const std::vector<int>& before) {
  const std::string ours = first_line("/proc/thread-self/comm");
  std::vector<int> pixel, compute;
  for (const int thread : thread_ids()) {
    if (std::find(before.begin(), before.end(), thread) != before.end()) continue;
    const std::string name = first_line("/proc/self/task/" + std::to_string(thread) + "/comm");
    if (name == "llvmpipe-" + std::to_string(pixel.size()) && compute.empty()) pixel.push_back(thread);
    else if (name == ours && !pixel.empty()) compute.push_back(thread);
  }
  if (pixel.size() != compute.size()) return {};
  pixel.insert(pixel.end(), compute.begin(), compute.end());
  return pixel;
}

}  // namespace

std::vector<int> thread_ids() {
  std::vector<int> out;
  std::error_code ec;
  for (auto it = std::filesystem::directory_iterator("/proc/self/task", ec); !ec && it != std::filesystem::directory_iterator(); it.increment(ec))
    out.push_back(std::stoi(it->path().filename().string()));
  std::sort(out.begin(), out.end());
  return out;
}

void spread_driver_threads(const std::vector<int>& before) {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  std::vector<size_t> processors;
  for (size_t i = 0; i < CPU_SETSIZE; ++i)
    if (CPU_ISSET(i, &allowed)) processors.push_back(i);
  std::vector<int> threads;
  for (int tries = 0; tries < 20; ++tries) {
    threads = workers(before);
    if (!threads.empty()) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (threads.size() != 2 * processors.size()) {
    spdlog::debug("{} workers of the software driver, {} processors: they run where the system puts them", threads.size(), processors.size());
    return;
  }
  for (size_t i = 0; i < threads.size(); ++i) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processors[i % processors.size()], &one);
    // A thread that has ended meanwhile is no loss.
    (void)sched_setaffinity(threads[i], sizeof one, &one);
  }
}

}  // namespace shixun
