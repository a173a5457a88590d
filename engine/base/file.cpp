#include "engine/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace shixun {

namespace {

Error io_error(const fs::path& path, const char* doing, int err) {
  std::string hint;
  if (err == ENOSPC || err == EDQUOT) hint = "The disk is full: free some space and try again";
  if (err == EACCES || err == EROFS) hint = "Check the permissions of the folder";
  return {Code::kEnvironment, path.string(), std::string("cannot ") + doing + ": " + std::strerror(err), hint};
}

fs::path env_path(const char* name, const fs::path& otherwise) {
  const char* v = std::getenv(name);
  return v && *v ? fs::path(v) : otherwise;
}

}  // namespace

Result<std::string> read_file(const fs::path& path, uint64_t limit) {
  // Not to block where a pipe lies in a file's place; regular files do not care.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return io_error(path, "read", errno);
  struct stat st {};
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
    close(fd);
    return Error{Code::kFailed, path.string(), "is not a regular file", ""};
  }
  if (static_cast<uint64_t>(st.st_size) > limit) {
    close(fd);
    return Error{Code::kFailed, path.string(),
                 "is " + std::to_string(st.st_size) + " bytes; at most " + std::to_string(limit) + " are accepted here", ""};
  }
  std::string bytes(static_cast<size_t>(st.st_size), '\0');
  size_t at = 0;
  while (at < bytes.size()) {
    const ssize_t n = read(fd, bytes.data() + at, bytes.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int err = errno;
      close(fd);
      return io_error(path, "read", err);
    }
    if (n == 0) break;
    at += static_cast<size_t>(n);
  }
  close(fd);
  bytes.resize(at);
  return bytes;
}

Status write_file(const fs::path& path, std::string_view bytes) {
  if (path.has_parent_path()) {
    if (auto s = make_dirs(path.parent_path()); !s) return s;
  }
  const fs::path temp = path.string() + ".new." + std::to_string(getpid());
  const int fd = open(temp.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return io_error(path, "write", errno);
  size_t at = 0;
  int err = 0;
  while (at < bytes.size() && err == 0) {
    const ssize_t n = write(fd, bytes.data() + at, bytes.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) err = errno;
    else at += static_cast<size_t>(n);
  }
  if (err == 0 && fsync(fd) != 0) err = errno;
  if (close(fd) != 0 && err == 0) err = errno;
  if (err == 0 && rename(temp.c_str(), path.c_str()) != 0) err = errno;
  if (err != 0) {
    unlink(temp.c_str());
    return io_error(path, "write", err);
  }
  return ok();
}

Status make_dirs(const fs::path& path) {
  std::error_code ec;
  fs::create_directories(path, ec);
  if (ec) return io_error(path, "create the folder", ec.value());
  return ok();
}

Places places() {
  if (const char* home = std::getenv("SHIXUN_HOME"); home && *home) return {fs::path(home) / "config", fs::path(home) / "data", fs::path(home) / "cache"};
  const fs::path home = env_path("HOME", fs::temp_directory_path());
  return {env_path("XDG_CONFIG_HOME", home / ".config") / "shixun", env_path("XDG_DATA_HOME", home / ".local/share") / "shixun",
          env_path("XDG_CACHE_HOME", home / ".cache") / "shixun"};
}

fs::path program_dir() {
  std::error_code ec;
  const fs::path exe = fs::read_symlink("/proc/self/exe", ec);
  return ec ? fs::current_path(ec) : exe.parent_path();
}

Result<fs::path> data_root() {
  std::error_code ec;
  if (const char* env = std::getenv("SHIXUN_DATA"); env && *env) {
    if (fs::is_directory(fs::path(env) / "scenarios", ec)) return fs::path(env);
    return Error{Code::kEnvironment, env, "SHIXUN_DATA names a folder without scenarios/", "Point it at the folder that holds scenarios/ and assets/"};
  }
  for (fs::path dir = program_dir(); !dir.empty(); dir = dir.parent_path()) {
    if (fs::is_directory(dir / "scenarios", ec) && fs::is_directory(dir / "assets", ec)) return dir;
    if (dir == dir.root_path()) break;
  }
  return Error{Code::kEnvironment, "", "found no folder with scenarios/ and assets/ above the program", "Set SHIXUN_DATA to that folder"};
}

}  // namespace shixun
