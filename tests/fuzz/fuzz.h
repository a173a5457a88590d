#pragma once
// For the fuzz targets: a folder in memory for what is read from disk, and the small sound pack of tests/packs/base.
// Each target is a program of its own (tests/fuzz/run.sh): LLVM's libFuzzer feeds it, AddressSanitizer and UBSan watch.

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "engine/base/log.h"
#include "engine/training/pack.h"

namespace shixun::fuzz {

inline const fs::path kBase = fs::path(SHIXUN_SOURCE_DIR) / "tests/packs/base";

// Gone when the program ends.
struct Folder {
  fs::path dir;
  Folder() {
    std::error_code ec;
    const fs::path root = fs::is_directory("/dev/shm", ec) ? "/dev/shm" : fs::temp_directory_path();
    dir = root / ("shixun-fuzz-" + std::to_string(getpid()));
    fs::create_directories(dir);
    spdlog::set_level(spdlog::level::off);
  }
  ~Folder() {
    std::error_code ec;
    fs::remove_all(dir, ec);
  }
};

inline const Pack& base_pack() {
  static const Pack pack = [] {
    PackLoad load = load_pack(kBase);
    if (!load.pack) std::abort();
    return std::move(*load.pack);
  }();
  return pack;
}

// An error must say what is wrong.
inline void expect_told(const Error& e) {
  if (e.what.empty()) std::abort();
}

}  // namespace shixun::fuzz
