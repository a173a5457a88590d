// A one-file pack: what is read of it keeps the promises of archive.h, and comes back the same when written and read once more.

#include <unordered_set>

#include "engine/base/archive.h"
#include "tests/fuzz/fuzz.h"

using namespace shixun;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const fuzz::Folder folder;
  const fs::path path = folder.dir / "pack.shixun";
  const auto read = [&](std::string_view bytes) {
    if (!write_file(path, bytes)) std::abort();
    return read_archive(path);
  };
  auto files = read({reinterpret_cast<const char*>(data), size});
  if (!files) {
    fuzz::expect_told(files.error());
    return 0;
  }
  uint64_t bytes = 0;
  std::unordered_set<std::string> names;
  for (const ArchiveFile& f : *files) {
    if (!is_archive_name(f.name) || !names.insert(f.name).second || f.bytes.size() > kMaxArchiveFileBytes) std::abort();
    bytes += f.bytes.size();
  }
  if (files->size() > kMaxArchiveFiles || bytes > kMaxArchiveBytes) std::abort();
  auto written = write_archive(*files);
  if (!written) std::abort();
  auto again = read(*written);
  if (!again || again->size() != files->size()) std::abort();
  for (size_t i = 0; i < files->size(); ++i)
    if ((*again)[i].name != (*files)[i].name || (*again)[i].bytes != (*files)[i].bytes) std::abort();
  return 0;
}
