#include "engine/gpu/shader_watch.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

extern char** environ;

namespace shixun {

namespace {

constexpr uint64_t kMaxSource = 4u << 20;

// A file in memory that a child process writes.
struct Sheet {
  int fd = memfd_create("glslc", MFD_CLOEXEC);
  Sheet() = default;
  Sheet(const Sheet&) = delete;
  Sheet& operator=(const Sheet&) = delete;
  ~Sheet() {
    if (fd >= 0) close(fd);
  }
  std::string text() const {
    std::string all;
    const off_t size = lseek(fd, 0, SEEK_END);
    if (size <= 0) return all;
    all.resize(static_cast<size_t>(size));
    const ssize_t got = pread(fd, all.data(), all.size(), 0);
    all.resize(got > 0 ? static_cast<size_t>(got) : 0);
    return all;
  }
};

// The exit status, or -1 when it could not be started.
int run_glslc(const std::vector<std::string>& arguments, const Sheet& out, const Sheet& errors) {
  std::vector<char*> argv{const_cast<char*>("glslc")};
  for (const std::string& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.fd, 1);
  posix_spawn_file_actions_adddup2(&actions, errors.fd, 2);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, "glslc", &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return -1;
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

bool is_stage(const std::string& name) { return name.ends_with(".vert") || name.ends_with(".frag") || name.ends_with(".comp"); }

// "/where/ever/scene.frag:12: error: 'x' : undeclared identifier" as "scene.frag:12: 'x' : undeclared identifier". The count of errors at the
// end says nothing more.
std::vector<std::string> problems_of(const std::string& name, const std::string& text, const fs::path& sources) {
  std::vector<std::string> found;
  const std::string folder = sources.string() + "/";
  constexpr std::string_view kError = " error:";
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    at = end + 1;
    if (line.starts_with(folder)) line.erase(0, folder.size());
    const size_t error = line.find(kError);
    if (error == std::string::npos) continue;
    line.erase(error, kError.size());
    if (std::find(found.begin(), found.end(), line) == found.end()) found.push_back(line);
  }
  if (found.empty()) found.push_back(name + ": glslc failed" + (text.empty() ? "" : ": " + text.substr(0, text.find('\n'))));
  return found;
}

}  // namespace

Result<std::unique_ptr<ShaderWatch>> ShaderWatch::start(const fs::path& sources, std::chrono::milliseconds every) {
  std::error_code ec;
  if (!fs::is_regular_file(sources / "shared.h", ec))
    return Error{Code::kEnvironment, "--watch-shaders", "the shaders' sources are not there (" + sources.string() + "): this program came without them",
                 "Start it from a checkout of the sources, or leave the option out"};
  {
    const Sheet out, errors;
    if (out.fd < 0 || errors.fd < 0 || run_glslc({"--version"}, out, errors) != 0)
      return Error{Code::kEnvironment, "--watch-shaders", "the shader compiler glslc cannot be started", "Install glslc, or leave the option out"};
  }
  std::unique_ptr<ShaderWatch> watch(new ShaderWatch(fs::absolute(sources, ec)));
  // Looked at here, not in the thread: what changes from now on is news, however late the thread begins.
  watch->thread_ = std::thread([w = watch.get(), every, known = watch->look()] { w->run(every, known); });
  return watch;
}

ShaderWatch::~ShaderWatch() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::optional<ShaderWatch::News> ShaderWatch::take() {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  std::optional<News> news;
  if (lock) std::swap(news, news_);
  return news;
}

ShaderWatch::Stamps ShaderWatch::look() const {
  Stamps stamps;
  std::error_code ec;
  for (fs::directory_iterator it(sources_, ec), end; !ec && it != end; it.increment(ec)) {
    std::error_code gone;  // an editor that puts a new file in the old one's place
    const Stamp stamp{it->last_write_time(gone), gone ? 0 : it->file_size(gone)};
    if (!gone) stamps.push_back({it->path().filename().string(), stamp});
  }
  std::sort(stamps.begin(), stamps.end());
  return stamps;
}

bool ShaderWatch::uses(const std::string& file, const std::set<std::string>& changed, std::set<std::string>& visited) const {
  if (changed.contains(file)) return true;
  if (!visited.insert(file).second) return false;
  const auto text = read_file(sources_ / file, kMaxSource);
  if (!text) return false;
  constexpr std::string_view kInclude = "#include \"";
  for (size_t at = text->find(kInclude); at != std::string::npos; at = text->find(kInclude, at)) {
    at += kInclude.size();
    const size_t end = text->find('"', at);
    if (end == std::string::npos) return false;
    if (uses(text->substr(at, end - at), changed, visited)) return true;
  }
  return false;
}

void ShaderWatch::run(std::chrono::milliseconds every, Stamps known) {
  std::set<std::string> stale;  // stages that are newer than what was handed out
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      if (wake_.wait_for(lock, every, [&] { return stop_; })) return;
    }
    const Stamps now = look();
    std::set<std::string> changed;
    for (const auto& file : now)
      if (!std::binary_search(known.begin(), known.end(), file)) changed.insert(file.first);
    known = now;
    if (changed.empty()) continue;
    for (const auto& [name, stamp] : now) {
      std::set<std::string> visited;
      if (is_stage(name) && uses(name, changed, visited)) stale.insert(name);
    }
    News news;
    if (changed.contains("shared.h")) {
      // Its structures are the program's too: shaders alone would read them wrong.
      news.problems.push_back("shared.h: is part of the program too; build and start it again");
      stale.clear();
    }
    for (const std::string& name : stale) {
      const Sheet out, errors;
      const std::string source = (sources_ / name).string();
      const int code = run_glslc({"--target-env=vulkan1.3", "-O", "-g", "-Werror", "-I", sources_.string(), "-o", "-", source}, out, errors);
      if (code != 0) {
        for (std::string& p : problems_of(name, errors.text(), sources_))
          if (std::find(news.problems.begin(), news.problems.end(), p) == news.problems.end()) news.problems.push_back(std::move(p));
        continue;
      }
      news.compiled.push_back({name, out.text()});
    }
    if (!news.problems.empty()) news.compiled.clear();
    else stale.clear();
    const std::lock_guard lock(mutex_);
    // What nobody took yet must not get lost: newer stages take the place of older ones.
    if (news_ && news.problems.empty())
      for (CompiledShader& old : news_->compiled)
        if (std::none_of(news.compiled.begin(), news.compiled.end(), [&](const CompiledShader& s) { return s.name == old.name; })) news.compiled.push_back(std::move(old));
    if (news_ && !news.problems.empty()) {
      for (const CompiledShader& old : news_->compiled) stale.insert(old.name);
    }
    if (!news.compiled.empty() || !news.problems.empty()) news_ = std::move(news);
  }
}

}  // namespace shixun
