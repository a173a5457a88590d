#pragma once
// Files: whole reads with a limit, atomic writes, and where the product keeps its things.

#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/base/result.h"

namespace shixun {

namespace fs = std::filesystem;

// Reads a regular file of at most `limit` bytes.
Result<std::string> read_file(const fs::path& path, uint64_t limit = 64u << 20);

// Writes beside the target, flushes to disk, renames over it: a reader sees the old or the new content, never half.
Status write_file(const fs::path& path, std::string_view bytes);

Status make_dirs(const fs::path& path);

// Where config, data and cache live: under $SHIXUN_HOME if set, else the XDG base directories.
struct Places {
  fs::path config;  // config.yaml
  fs::path data;    // attempts.sqlite, journals/
  fs::path cache;   // cooked models
};
Places places();

// Scenario packs, models and compiled shaders that came with the programs: the directory that holds scenarios/ and assets/,
// found from $SHIXUN_DATA or upwards from the running program.
Result<fs::path> data_root();
fs::path program_dir();  // where the running program lies (its shaders/ are beside it)

}  // namespace shixun
