#include "engine/records/package.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "engine/base/hash.h"
#include "engine/base/json.h"
#include "engine/records/clock.h"

namespace shixun {

namespace {

using nlohmann::json;

constexpr const char* kManifest = "manifest.jwt";
constexpr std::string_view kJournals = "journals/";

std::string journal_name(const std::string& id) { return std::string(kJournals) + id + ".jsonl"; }
std::string marks_name(const std::string& id) { return std::string(kJournals) + id + ".marks"; }

// What is wrong with the signer, or nothing. A package is a station's word.
std::optional<Finding> distrust(const PublicKey& key, const std::vector<KnownKey>& keys) {
  const KnownKey* known = find_key_id(keys, key.id());
  const auto bad = [](std::string zh, std::string en) { return Finding{Finding::Kind::kBad, "key", {std::move(zh), std::move(en)}}; };
  if (!known) return bad(fmt::format("包由本机未知的密钥 {} 签名", key.id()), fmt::format("the package is signed by the key {}, which is not known here", key.id()));
  if (!known->revoked_utc.empty()) return bad(fmt::format("签名密钥 {} 已于 {} 吊销：{}", known->name, known->revoked_utc, known->reason), fmt::format("the key {} was revoked on {}: {}", known->name, known->revoked_utc, known->reason));
  if (known->role != KeyRole::kStation) return bad(fmt::format("{} 不是工位密钥", known->name), fmt::format("{} is not a station's key", known->name));
  return std::nullopt;
}

// Private like what this machine records itself.
Status write_private(const fs::path& path, std::string_view bytes) {
  const mode_t before = umask(0077);
  Status written = write_file(path, bytes);
  umask(before);
  return written;
}

}  // namespace

const ArchiveFile* Package::find(std::string_view name) const {
  const auto it = std::find_if(files.begin(), files.end(), [&](const ArchiveFile& f) { return f.name == name; });
  return it == files.end() ? nullptr : &*it;
}

std::vector<std::string> Package::attempts() const {
  std::vector<std::string> ids;
  for (const ArchiveFile& f : files) {
    if (!f.name.starts_with(kJournals) || !f.name.ends_with(".jsonl")) continue;
    std::string id = f.name.substr(kJournals.size(), f.name.size() - kJournals.size() - 6);
    if (is_uuid(id)) ids.push_back(std::move(id));
  }
  return ids;
}

Result<std::string> make_package(const RecordStore& store, const std::vector<AttemptRow>& rows, std::string statements, const PrivateKey& station, std::vector<ArchiveFile> more) {
  std::vector<ArchiveFile> files;
  std::error_code ec;
  for (const AttemptRow& r : rows) {
    if (!r.closed) continue;
    const fs::path path = store.journal_path(r.uuid);
    auto bytes = read_file(path, kMaxArchiveFileBytes);
    if (!bytes) return bytes.error();
    auto journal = parse_journal(*bytes, path.string());
    if (!journal) return journal.error();
    if (!journal->footer) continue;
    if (fs::exists(marks_path(path), ec)) {
      auto marks = read_file(marks_path(path), kMaxMarksBytes);
      if (!marks) return marks.error();
      files.push_back({marks_name(r.uuid), std::move(*marks)});
    }
    files.push_back({journal_name(r.uuid), std::move(*bytes)});
    files.push_back({"marksheets/" + r.uuid + ".json", canonical(journal->footer->sheet) + "\n"});
  }
  if (files.empty()) return Error{Code::kUsage, "", "there is no closed attempt to put into the package", ""};
  files.push_back({"statements.ndjson", std::move(statements)});
  std::move(more.begin(), more.end(), std::back_inserter(files));
  json list = json::array();
  for (const ArchiveFile& f : files) list.push_back({{"name", f.name}, {"bytes", f.bytes.size()}, {"sha256", sha256_hex(f.bytes)}});
  files.push_back({kManifest, sign_jws(station, {{"typ", "JWT"}, {"kid", station.public_key().id()}, {"jwk", to_jwk(station.public_key())}},
                                       {{"v", "package"}, {"format", 1}, {"created_utc", format_utc(utc_now_ms())}, {"files", list}}) + "\n"});
  return write_archive(std::move(files));
}

bool looks_like_package(const fs::path& file) {
  char first[4] = {};
  std::ifstream(file, std::ios::binary).read(first, 4);
  return std::string_view(first, 4) == "PK\x03\x04";
}

Result<Package> read_package(const fs::path& file) {
  const auto no = [&](std::string what) { return Error{Code::kFailed, file.string(), std::move(what), ""}; };
  auto files = read_archive(file);
  if (!files) return files.error();
  Package p;
  p.files = std::move(*files);
  const auto manifest = std::find_if(p.files.begin(), p.files.end(), [](const ArchiveFile& f) { return f.name == kManifest; });
  if (manifest == p.files.end()) return no("is no package of results: it has no manifest.jwt");
  auto jws = parse_jws(manifest->bytes, file.string() + ": " + kManifest);
  if (!jws) return jws.error();
  p.files.erase(manifest);
  auto key = public_key_from_jwk(jws->header.value("jwk", json()));
  if (!key) return no("the manifest's key is no sound key");
  if (!verify_jws(*jws, *key)) return no("the manifest was changed: its signature does not fit");
  const json& m = jws->payload;
  const json created = m.value("created_utc", json()), list = m.value("files", json());
  if (m.value("v", json()) != "package" || m.value("format", json()) != 1 || !created.is_string() || !parse_utc(created.get<std::string>()) || !list.is_array()) return no("the manifest is not of a format known here");
  p.signer = *key;
  p.created_utc = created.get<std::string>();
  std::set<std::string> named;
  for (const json& item : list) {
    const json name = item.is_object() ? item.value("name", json()) : json();
    const ArchiveFile* f = name.is_string() ? p.find(name.get<std::string>()) : nullptr;
    if (!f) return no("lacks a file that its manifest names: " + (name.is_string() ? name.get<std::string>().substr(0, 80) : "?"));
    if (item.value("sha256", json()) != sha256_hex(f->bytes)) return no(f->name + " was changed: it is not the file the manifest names");
    named.insert(f->name);
  }
  for (const ArchiveFile& f : p.files) {
    if (!named.count(f.name)) return no(f.name + " was put in: the manifest does not name it");
  }
  return p;
}

bool VerifiedPackage::good() const {
  return !findings.empty() && std::none_of(findings.begin(), findings.end(), [](const Finding& f) { return f.kind == Finding::Kind::kBad; }) &&
         std::all_of(journals.begin(), journals.end(), [](const Verification& v) { return v.good(); });
}

VerifiedPackage verify_package(const fs::path& file, const std::vector<KnownKey>& keys, PackShelf& packs) {
  VerifiedPackage v;
  v.name = file.string();
  auto package = read_package(file);
  if (!package) {
    v.findings.push_back({Finding::Kind::kBad, "package", {package.error().text(), package.error().text()}});
    return v;
  }
  v.findings.push_back({Finding::Kind::kGood, "package",
                        {fmt::format("包完整：{} 个文件均与清单相符，{} 制作", package->files.size(), package->created_utc), fmt::format("whole: all {} files are those of the manifest, made {}", package->files.size(), package->created_utc)}});
  if (auto finding = distrust(package->signer, keys)) {
    v.findings.push_back(std::move(*finding));
  } else {
    const std::string& name = find_key_id(keys, package->signer.id())->name;
    v.findings.push_back({Finding::Kind::kGood, "key", {fmt::format("由工位密钥 {} 签名", name), fmt::format("signed by the station key {}", name)}});
  }
  for (const std::string& id : package->attempts()) {
    const ArchiveFile* marks = package->find(marks_name(id));
    v.journals.push_back(verify_journal(package->find(journal_name(id))->bytes, journal_name(id), marks ? &marks->bytes : nullptr, keys, packs));
  }
  return v;
}

json to_json(const VerifiedPackage& v) {
  json findings = json::array(), journals = json::array();
  for (const Finding& f : v.findings) findings.push_back({{"about", f.about}, {"good", f.kind != Finding::Kind::kBad}, {"text", {{"zh-CN", f.text.zh}, {"en", f.text.en}}}});
  for (const Verification& j : v.journals) journals.push_back(to_json(j));
  return {{"file", v.name}, {"good", v.good()}, {"findings", findings}, {"journals", journals}};
}

std::string verification_text(const VerifiedPackage& v, Lang lang) {
  const bool zh = lang == Lang::kZh;
  std::string out = v.name + "\n";
  for (const Finding& f : v.findings) out += fmt::format("  {} {}\n", f.kind == Finding::Kind::kBad ? "✗" : "✓", f.text.in(lang));
  for (const Verification& j : v.journals) {
    if (!j.good()) {
      out += verification_text(j, lang);
      continue;
    }
    const JournalHeader& h = j.journal->header;
    out += fmt::format("  ✓ {}  {}  {}  {}  L{}\n", h.attempt, h.title.in(lang), mode_title(h.mode).in(lang), h.trainee, j.level);
  }
  out += v.good() ? (zh ? "  结论：可信\n" : "  Verdict: good\n") : (zh ? "  结论：不可信，见 ✗\n" : "  Verdict: not good, see ✗\n");
  return out;
}

Result<ImportedPackage> import_package(const fs::path& file, const std::vector<KnownKey>& keys) {
  auto package = read_package(file);
  if (!package) return package.error();
  if (auto finding = distrust(package->signer, keys)) return Error{Code::kFailed, file.string(), finding->text.en, "Trust the station's key first: shixunctl keys trust FILE --fingerprint ID, or import the school's list"};
  ImportedPackage done;
  const fs::path folder = places().data / "journals";
  if (auto made = make_dirs(folder); !made) return made.error();
  // All are proved before the first is written.
  std::vector<std::pair<fs::path, const std::string*>> write;
  for (const std::string& id : package->attempts()) {
    const std::string& bytes = package->find(journal_name(id))->bytes;
    const std::string where = file.string() + ": " + journal_name(id);
    auto journal = parse_journal(bytes, where);
    if (!journal) return journal.error();
    if (journal->header.attempt != id || !journal->footer) return Error{Code::kFailed, where, "is another attempt's, or not closed", ""};
    const fs::path path = folder / (id + ".jsonl");
    std::error_code ec;
    if (fs::exists(path, ec)) {
      auto here = read_file(path, kMaxJournalBytes);
      if (!here) return here.error();
      if (*here != bytes) return Error{Code::kFailed, path.string(), "is here already, with other evidence than in the package", "Nothing was imported. One of the two was changed, or the attempt went on elsewhere"};
      ++done.known;
    } else {
      write.emplace_back(path, &bytes);
      ++done.attempts;
    }
    const ArchiveFile* marks = package->find(marks_name(id));
    if (!marks) continue;
    if (auto parsed = parse_marks(marks->bytes, file.string() + ": " + marks->name, *journal); !parsed) return parsed.error();
    std::string here;
    if (fs::exists(marks_path(path), ec)) {
      auto read = read_file(marks_path(path), kMaxMarksBytes);
      if (!read) return read.error();
      here = std::move(*read);
    }
    if (here.starts_with(marks->bytes)) continue;
    if (!std::string_view(marks->bytes).starts_with(here)) return Error{Code::kFailed, marks_path(path).string(), "has other marks by people than the package: they were given in two places", "Nothing was imported"};
    write.emplace_back(marks_path(path), &marks->bytes);
    ++done.marks;
  }
  for (const auto& [path, bytes] : write) {
    if (auto s = write_private(path, *bytes); !s) return s.error();
  }
  auto store = RecordStore::open(places().data);  // takes them in
  if (!store) return store.error();
  return done;
}

}  // namespace shixun
