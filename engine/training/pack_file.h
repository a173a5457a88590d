#pragma once
// A pack in one file, NAME.shixun: the files of its folder in one archive (engine/base/archive), with the same sha256 as the folder.
// It is unpacked once into the cache, under the hash of its bytes, and read from there; what lies there is compared with the archive
// every time.

#include "engine/training/pack.h"

namespace shixun {

// Whether this names a one-file pack: a regular file called *.shixun.
bool is_pack_file(const fs::path& path);

// The one-file form of the pack in `dir`; what load_pack refuses is refused.
Result<std::string> pack_file_bytes(const fs::path& dir);

// The folder a one-file pack lies unpacked in.
Result<fs::path> unpacked(const fs::path& pack_file);

// `e` with places under `dir` named as places under `source`, so that a person reads the name he knows.
Error as_seen(Error e, const fs::path& dir, const fs::path& source);

}  // namespace shixun
