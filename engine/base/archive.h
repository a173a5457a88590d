#pragma once
// The one-file form of a folder: a zip that is the same bytes on every machine. Names sorted, nothing compressed, the time fixed, so that
// neither a clock nor a library's version shows. Reading takes any honest zip and trusts none: a name that leaves the folder, a link, a
// doubled or case-clashing name, encryption, a claimed size that is not kept, and anything beyond the limits are refused before a byte is kept.

#include <vector>

#include "engine/base/file.h"

namespace shixun {

inline constexpr size_t kMaxArchiveFiles = 4000;
inline constexpr uint64_t kMaxArchiveFileBytes = 64u << 20;   // of one file, unpacked
inline constexpr uint64_t kMaxArchiveBytes = 256u << 20;      // of the archive, and of all it holds

struct ArchiveFile {
  std::string name;   // relative, '/' between folders
  std::string bytes;
};

// Whether a file may be called this in an archive: relative, clean UTF-8, at most 240 bytes and 8 folders deep, no empty, "." or ".." part,
// no '\\' or ':'.
bool is_archive_name(std::string_view name);

// The archive's bytes. Refuses names is_archive_name refuses, and what is over the limits.
Result<std::string> write_archive(std::vector<ArchiveFile> files);

// Everything in an archive, sorted by name. `where` of an error is the archive, with the name of the entry where there is one.
Result<std::vector<ArchiveFile>> read_archive(const fs::path& archive);

}  // namespace shixun
