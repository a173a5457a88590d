#include "engine/training/pack_file.h"

#include <algorithm>

#include "engine/base/archive.h"
#include "engine/base/hash.h"

namespace shixun {

namespace {

// Whether the folder holds exactly these files.
bool holds(const fs::path& dir, const std::vector<ArchiveFile>& files) {
  std::error_code ec;
  size_t there = 0;
  for (fs::recursive_directory_iterator it(dir, ec), end; !ec && it != end; it.increment(ec)) {
    if (it->is_symlink(ec) || !it->is_directory(ec)) ++there;
  }
  if (ec || there != files.size()) return false;
  return std::all_of(files.begin(), files.end(), [&](const ArchiveFile& f) {
    const auto bytes = read_file(dir / f.name, kMaxArchiveFileBytes);
    return bytes && *bytes == f.bytes;
  });
}

}  // namespace

bool is_pack_file(const fs::path& path) {
  std::error_code ec;
  return path.extension() == ".shixun" && fs::is_regular_file(path, ec);
}

Result<std::string> pack_file_bytes(const fs::path& dir) {
  const PackLoad load = load_pack(dir);
  if (!load.pack) return load.errors.front();
  const fs::path& folder = load.pack->dir;
  std::vector<ArchiveFile> files;
  std::error_code ec;
  for (fs::recursive_directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec)) {
    if (!it->is_regular_file(ec)) continue;
    auto bytes = read_file(it->path(), kMaxArchiveFileBytes);
    if (!bytes) return bytes.error();
    files.push_back({fs::relative(it->path(), folder, ec).generic_string(), std::move(*bytes)});
  }
  if (ec) return Error{Code::kEnvironment, folder.string(), "cannot be listed: " + ec.message(), ""};
  return write_archive(std::move(files));
}

Result<fs::path> unpacked(const fs::path& pack_file) {
  auto files = read_archive(pack_file);
  if (!files) return files.error();
  const bool manifest = std::any_of(files->begin(), files->end(), [](const ArchiveFile& f) { return f.name == "pack.yaml"; });
  if (!manifest) return Error{Code::kFailed, pack_file.string(), "holds no pack.yaml at its top", "Make it with: shixunctl pack PACK OUT.shixun"};
  std::string contents;
  for (const ArchiveFile& f : *files) contents += f.name + " " + sha256_hex(f.bytes) + "\n";
  const fs::path all = places().cache / "packs", dir = all / sha256_hex(contents);
  std::error_code ec;
  if (holds(dir, *files)) return dir;
  // Unpacked beside, then moved into place: another program never sees half a pack.
  const fs::path half = all / uuid_v4();
  for (const ArchiveFile& f : *files) {
    if (auto s = make_dirs((half / f.name).parent_path()); !s) return s.error();
    if (auto s = write_file(half / f.name, f.bytes); !s) {
      fs::remove_all(half, ec);
      return s.error();
    }
  }
  fs::remove_all(dir, ec);
  fs::rename(half, dir, ec);
  if (ec) {
    fs::remove_all(half, ec);
    if (!holds(dir, *files)) return Error{Code::kEnvironment, dir.string(), "a one-file pack cannot be unpacked here", "Free some space, or set SHIXUN_HOME to another place"};
  }
  return dir;
}

Error as_seen(Error e, const fs::path& dir, const fs::path& source) {
  const std::string from = dir.string();
  if (dir != source && e.where.starts_with(from)) e.where = source.string() + e.where.substr(from.size());
  return e;
}

}  // namespace shixun
