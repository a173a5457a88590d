#pragma once
// For developers: shaders are compiled again while the program runs. A thread looks at the sources once in a while and compiles what changed
// with glslc, as the build does; whoever draws takes the result between two frames and hands it to replace_shaders() (engine/gpu/pipeline.h).
// Nothing comes out until everything that changed compiles, so that stages which must fit each other change together.

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/file.h"
#include "engine/gpu/pipeline.h"

namespace shixun {

class ShaderWatch {
 public:
  struct News {
    std::vector<CompiledShader> compiled;  // or
    std::vector<std::string> problems;     // "scene.frag:12: what is wrong"
  };

  // `sources`: the folder with the shaders. Code::kEnvironment when they are not there (a released program) or glslc is not installed.
  static Result<std::unique_ptr<ShaderWatch>> start(const fs::path& sources, std::chrono::milliseconds every = std::chrono::seconds(1));
  ~ShaderWatch();
  ShaderWatch(const ShaderWatch&) = delete;
  ShaderWatch& operator=(const ShaderWatch&) = delete;

  std::optional<News> take();  // what is new since the last call; waits for nothing

 private:
  using Stamp = std::pair<fs::file_time_type, uintmax_t>;
  using Stamps = std::vector<std::pair<std::string, Stamp>>;  // by name, rising

  explicit ShaderWatch(fs::path sources) : sources_(std::move(sources)) {}
  Stamps look() const;
  bool uses(const std::string& file, const std::set<std::string>& changed, std::set<std::string>& visited) const;
  void run(std::chrono::milliseconds every, Stamps known);

  fs::path sources_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::optional<News> news_;
  std::thread thread_;
};

}  // namespace shixun
