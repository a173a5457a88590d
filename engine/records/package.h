#pragma once
// Evidence to carry where no network goes: a .zip that holds
//   manifest.jwt         a JWS by the station's key: {"v":"package","format":1,"created_utc":...,"files":[{"name","bytes","sha256"},...]}
//   journals/ID.jsonl    the evidence, byte for byte, and ID.marks, what people said of it
//   marksheets/ID.json   the marksheet out of the journal, for whoever wants to read only that
//   statements.ndjson    the xAPI statements, one a line, as they would have been sent
//   credit-bank.csv      in a batch for a credit bank only: the decided assessments, by candidate number (csv.h)
// The manifest names every other file and its SHA-256: nothing can be taken out, put in or changed.

#include <string>
#include <vector>

#include "engine/base/archive.h"
#include "engine/records/store.h"
#include "engine/records/verify.h"

namespace shixun {

// `statements`: the lines of statements.ndjson. Only closed attempts go in, and the files of `more`. Limits are the archive's (archive.h).
Result<std::string> make_package(const RecordStore& store, const std::vector<AttemptRow>& rows, std::string statements, const PrivateKey& station, std::vector<ArchiveFile> more = {});

struct Package {
  PublicKey signer;
  std::string created_utc;
  std::vector<ArchiveFile> files;  // without the manifest
  const ArchiveFile* find(std::string_view name) const;
  std::vector<std::string> attempts() const;  // ids of the journals in it
};
bool looks_like_package(const fs::path& file);  // by its first bytes
// The manifest's signature fits, and the files are exactly those it names. Whose key it is, is for the reader to judge.
Result<Package> read_package(const fs::path& file);

struct VerifiedPackage {
  std::string name;
  std::vector<Finding> findings;          // of the package itself
  std::vector<Verification> journals;
  bool good() const;
};
VerifiedPackage verify_package(const fs::path& file, const std::vector<KnownKey>& keys, PackShelf& packs);
nlohmann::json to_json(const VerifiedPackage& v);
std::string verification_text(const VerifiedPackage& v, Lang lang);

// Takes the attempts of a package into this machine's records, where they are listed and sent like its own. Refused unless the package is signed
// by a key known here that is not revoked; a journal that is here already must be the same. What is new of people's marks is added.
struct ImportedPackage {
  int attempts = 0, known = 0, marks = 0;
};
Result<ImportedPackage> import_package(const fs::path& file, const std::vector<KnownKey>& keys);

}  // namespace shixun
