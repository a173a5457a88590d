#include "engine/base/archive.h"

#include <fmt/format.h>
#include <zip.h>
#include <zlib.h>

#include <algorithm>
#include <memory>
#include <set>

#include "engine/base/text.h"

namespace shixun {

namespace {

// Fields of a zip, little-endian, as PKWARE's APPNOTE.TXT 6.3 names them (4.3.7, 4.3.12, 4.3.16).
class Bytes {
 public:
  Bytes& u16(uint64_t v) { return put(v, 2); }
  Bytes& u32(uint64_t v) { return put(v, 4); }
  Bytes& text(std::string_view s) {
    out_ += s;
    return *this;
  }
  size_t size() const { return out_.size(); }
  std::string take() { return std::move(out_); }

 private:
  Bytes& put(uint64_t v, int n) {
    for (int i = 0; i < n; ++i) out_ += static_cast<char>(v >> (8 * i) & 0xff);
    return *this;
  }
  std::string out_;
};

constexpr uint64_t kVersion = 20, kUtf8Names = 1 << 11, kMadeOnUnix = 3 << 8, kPlainFile = 0100644u << 16;
constexpr uint64_t kFixedTime = 0, kFixedDate = 1 << 5 | 1;  // 1980-01-01 00:00, the zip's own epoch

uint32_t crc_of(std::string_view bytes) { return static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size())); }

std::string lower(std::string_view s) {
  std::string out(s);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

Error refused(std::string where, std::string what) { return {Code::kFailed, std::move(where), std::move(what), "Make it again with: shixunctl pack PACK OUT.shixun"}; }

}  // namespace

bool is_archive_name(std::string_view name) {
  if (name.empty() || name.size() > 240 || !is_clean_utf8(name) || name.find_first_of("\\:\t\r\n") != std::string_view::npos) return false;
  int depth = 0;
  for (size_t begin = 0; begin <= name.size(); ++depth) {
    const size_t end = std::min(name.find('/', begin), name.size());
    const std::string_view part = name.substr(begin, end - begin);
    if (part.empty() || part == "." || part == "..") return false;
    begin = end + 1;
  }
  return depth <= 9;
}

Result<std::string> write_archive(std::vector<ArchiveFile> files) {
  std::sort(files.begin(), files.end(), [](const ArchiveFile& a, const ArchiveFile& b) { return a.name < b.name; });
  if (files.size() > kMaxArchiveFiles) return Error{Code::kFailed, "", fmt::format("{} files; at most {} fit one archive", files.size(), kMaxArchiveFiles), ""};
  Bytes out, directory;
  std::set<std::string> seen;
  uint64_t total = 0;
  for (const ArchiveFile& f : files) {
    if (!is_archive_name(f.name)) return Error{Code::kFailed, f.name, "cannot be the name of a file in an archive", "Rename it: at most 240 bytes, no '\\' or ':', no '..'"};
    if (!seen.insert(lower(f.name)).second) return Error{Code::kFailed, f.name, "is there twice, as systems that do not tell capitals apart see it", "Rename one of them"};
    total += f.bytes.size();
    if (f.bytes.size() > kMaxArchiveFileBytes || total > kMaxArchiveBytes) return Error{Code::kFailed, f.name, "is more than an archive may hold (64 MB a file, 256 MB in all)", ""};
    const uint64_t at = out.size(), crc = crc_of(f.bytes), size = f.bytes.size();
    out.u32(0x04034b50).u16(kVersion).u16(kUtf8Names).u16(0).u16(kFixedTime).u16(kFixedDate).u32(crc).u32(size).u32(size).u16(f.name.size()).u16(0).text(f.name).text(f.bytes);
    directory.u32(0x02014b50).u16(kMadeOnUnix | kVersion).u16(kVersion).u16(kUtf8Names).u16(0).u16(kFixedTime).u16(kFixedDate).u32(crc).u32(size).u32(size);
    directory.u16(f.name.size()).u16(0).u16(0).u16(0).u16(0).u32(kPlainFile).u32(at).text(f.name);
  }
  const uint64_t begin = out.size(), length = directory.size();
  out.text(directory.take()).u32(0x06054b50).u16(0).u16(0).u16(files.size()).u16(files.size()).u32(length).u32(begin).u16(0);
  return out.take();
}

Result<std::vector<ArchiveFile>> read_archive(const fs::path& archive) {
  const std::string where = archive.string();
  auto bytes = read_file(archive, kMaxArchiveBytes);
  if (!bytes) return bytes.error();
  zip_error_t error;
  zip_error_init(&error);
  const auto why = [&] {
    std::string s = zip_error_strerror(&error);
    zip_error_fini(&error);
    return s;
  };
  zip_source_t* source = zip_source_buffer_create(bytes->data(), bytes->size(), 0, &error);
  if (!source) return refused(where, "cannot be read: " + why());
  std::unique_ptr<zip_t, void (*)(zip_t*)> zip(zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error), zip_discard);
  if (!zip) {
    zip_source_free(source);
    return refused(where, "is not a whole zip archive: " + why());
  }
  zip_error_fini(&error);
  const zip_int64_t count = zip_get_num_entries(zip.get(), 0);
  if (count < 0 || static_cast<uint64_t>(count) > kMaxArchiveFiles) return refused(where, fmt::format("holds {} entries; at most {} are read", count, kMaxArchiveFiles));
  if (count == 0) return refused(where, "holds nothing");
  std::vector<ArchiveFile> files;
  std::set<std::string> seen;
  uint64_t total = 0;
  for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(count); ++i) {
    zip_stat_t stat;
    const char* raw = zip_get_name(zip.get(), i, ZIP_FL_ENC_RAW);
    if (!raw || zip_stat_index(zip.get(), i, ZIP_FL_ENC_RAW, &stat) != 0) return refused(where, fmt::format("entry {} cannot be read", i));
    std::string name = raw;
    const std::string shown = is_clean_utf8(name) ? name.substr(0, 240) : fmt::format("entry {}", i);
    const std::string here = where + "/" + shown;
    const bool folder = name.ends_with('/');
    if (folder) name.pop_back();
    if (!is_archive_name(name)) return refused(here, "is a name that may leave the pack or confuse a system");
    zip_uint8_t system = 0;
    zip_uint32_t attributes = 0;
    zip_file_get_external_attributes(zip.get(), i, 0, &system, &attributes);
    const uint32_t kind = system == ZIP_OPSYS_UNIX ? attributes >> 16 & 0170000 : 0;
    if (kind == 0120000) return refused(here, "is a symbolic link; a pack holds its files itself");
    if (kind != 0 && kind != 0100000 && kind != 0040000) return refused(here, "is neither a file nor a folder");
    if (folder) continue;
    if (!seen.insert(lower(name)).second) return refused(here, "is there twice");
    const zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    if ((stat.valid & needed) != needed) return refused(here, "does not say its size");
    if (stat.encryption_method != ZIP_EM_NONE) return refused(here, "is encrypted");
    if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE) return refused(here, "is packed in a way that is not read here");
    total += stat.size;
    if (stat.size > kMaxArchiveFileBytes || total > kMaxArchiveBytes) return refused(here, "unpacks to more than is read (64 MB a file, 256 MB in all)");
    ArchiveFile f{std::move(name), std::string(stat.size, '\0')};
    std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> in(zip_fopen_index(zip.get(), i, 0), zip_fclose);
    // One byte more than was claimed is asked for: a file that has it lied about its size.
    char more = 0;
    const bool whole = in && (f.bytes.empty() || zip_fread(in.get(), f.bytes.data(), f.bytes.size()) == static_cast<zip_int64_t>(f.bytes.size())) && zip_fread(in.get(), &more, 1) == 0;
    if (!whole) return refused(here, "is damaged: its bytes are not what the archive says of them");
    files.push_back(std::move(f));
  }
  // A file where another one needs a folder.
  for (const ArchiveFile& f : files) {
    for (size_t slash = f.name.find('/'); slash != std::string::npos; slash = f.name.find('/', slash + 1)) {
      if (seen.contains(lower(f.name.substr(0, slash)))) return refused(where + "/" + f.name, "lies in a folder that is a file");
    }
  }
  std::sort(files.begin(), files.end(), [](const ArchiveFile& a, const ArchiveFile& b) { return a.name < b.name; });
  return files;
}

}  // namespace shixun
