#include "engine/records/keys.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/base/json.h"
#include "engine/records/clock.h"
#include "engine/records/journal.h"

namespace shixun {

namespace {

using nlohmann::json;

constexpr size_t kMaxKeys = 10'000;
constexpr size_t kMaxRevocationReason = 200;

fs::path keys_dir() { return places().config / "keys"; }
fs::path keys_file() { return keys_dir() / "keys.json"; }
fs::path private_file(const PublicKey& key) { return keys_dir() / "private" / (key.id() + ".pem"); }

// One process changes the keys at a time.
class Lock {
 public:
  static Result<Lock> take() {
    if (auto made = make_dirs(keys_dir() / "private"); !made) return made.error();
    chmod((keys_dir() / "private").c_str(), 0700);
    Lock lock;
    lock.fd_ = open((keys_dir() / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock.fd_ < 0 || flock(lock.fd_, LOCK_EX) != 0) return Error{Code::kEnvironment, keys_dir().string(), std::string("cannot lock the keys: ") + std::strerror(errno), ""};
    return lock;
  }
  Lock(Lock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~Lock() {
    if (fd_ >= 0) close(fd_);
  }

 private:
  Lock() = default;
  int fd_ = -1;
};

// Never readable by others, not even for a moment, and never over one that is there.
Status write_secret(const fs::path& path, std::string_view bytes) {
  const auto failed = [&](int err) { return Error{Code::kEnvironment, path.string(), std::string("cannot write the key: ") + std::strerror(err), err == ENOSPC ? "Free some space and try again" : ""}; };
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return failed(errno);
  const ssize_t n = write(fd, bytes.data(), bytes.size());
  const int err = n == static_cast<ssize_t>(bytes.size()) && fsync(fd) == 0 ? 0 : errno ? errno : ENOSPC;
  close(fd);
  if (err == 0) return ok();
  unlink(path.c_str());
  return failed(err);
}

Status write_keys(const std::vector<KnownKey>& keys) {
  json list = json::array();
  for (const KnownKey& k : keys) list.push_back(to_json(k));
  return write_file(keys_file(), json{{"format", 1}, {"keys", list}}.dump(1) + "\n");
}

KnownKey* find_mutable(std::vector<KnownKey>& keys, std::string_view id) {
  const auto it = std::find_if(keys.begin(), keys.end(), [&](const KnownKey& k) { return k.key.id() == id; });
  return it == keys.end() ? nullptr : &*it;
}

// Under the lock.
Result<KnownKey> add_new(std::vector<KnownKey>& keys, KeyRole role, const std::string& name, const std::string& passphrase) {
  auto made = PrivateKey::generate();
  if (!made) return made.error();
  KnownKey k;
  k.key = made->public_key();
  k.role = role;
  k.name = name;
  k.created_utc = format_utc(utc_now_ms());
  k.own = true;
  if (auto s = write_secret(private_file(k.key), made->to_pem(passphrase)); !s) return s.error();
  keys.push_back(k);
  if (auto s = write_keys(keys); !s) return s.error();
  return k;
}

std::string station_name() {
  char host[65] = {};
  gethostname(host, sizeof host - 1);
  std::string name;
  for (const char c : std::string(host)) name += is_pseudonym({&c, 1}) ? c : '-';
  return name.empty() ? "station" : name;
}

std::string said(const KnownKey& k) { return std::string("the ") + key_role_name(k.role) + " key " + k.name + " (" + k.key.id().substr(0, 12) + ")"; }

Error unknown(std::string_view name) { return {Code::kFailed, "", "no key '" + std::string(name.substr(0, 64)) + "' is known here", "shixunctl keys list shows them"}; }

}  // namespace

const char* key_role_name(KeyRole r) { return r == KeyRole::kStation ? "station" : r == KeyRole::kSchool ? "school" : "evaluator"; }

Text key_role_title(KeyRole r) { return r == KeyRole::kStation ? Text{"工位", "station"} : r == KeyRole::kSchool ? Text{"学校", "school"} : Text{"评价人", "evaluator"}; }

std::optional<KeyRole> key_role_from_name(std::string_view name) {
  for (const KeyRole r : {KeyRole::kStation, KeyRole::kSchool, KeyRole::kEvaluator}) {
    if (name == key_role_name(r)) return r;
  }
  return std::nullopt;
}

json to_json(const KnownKey& k) {
  json j = to_jwk(k.key);
  j.update({{"kid", k.key.id()}, {"alg", k.key.suite}, {"use", "sig"}, {"shixun_role", key_role_name(k.role)}, {"shixun_name", k.name}, {"shixun_created", k.created_utc}});
  if (!k.retired_utc.empty()) j["shixun_retired"] = k.retired_utc;
  if (!k.revoked_utc.empty()) j.update({{"shixun_revoked", k.revoked_utc}, {"shixun_reason", k.reason}});
  return j;
}

Result<KnownKey> known_key_from_json(const json& j, const std::string& where) {
  const auto no = [&](std::string what) { return Error{Code::kFailed, where, std::move(what), "Expected a key as shixunctl keys show prints it"}; };
  auto key = public_key_from_jwk(j);
  if (!key) return no(key.error().what);
  const auto text = [&](const char* name) {
    const auto it = j.find(name);
    return it != j.end() && it->is_string() ? it->get<std::string>() : std::string();
  };
  KnownKey k;
  k.key = *key;
  if (j.contains("kid") && text("kid") != key->id()) return no("the key's id is not its fingerprint");
  if (j.contains("alg") && text("alg") != kSuiteRs256) return no("the key's suite is not RS256");
  const auto role = key_role_from_name(text("shixun_role"));
  if (!role) return no("the key does not say whose it is: shixun_role must be station, school or evaluator");
  k.role = *role;
  k.name = text("shixun_name");
  if (!is_pseudonym(k.name)) return no("the key's name may only have A-Z a-z 0-9 . _ - and 64 characters");
  for (const auto& [name, into] : {std::pair{"shixun_created", &k.created_utc}, {"shixun_retired", &k.retired_utc}, {"shixun_revoked", &k.revoked_utc}}) {
    *into = text(name);
    if (!into->empty() && !parse_utc(*into)) return no(std::string(name) + " is not a time");
  }
  k.reason = text("shixun_reason");
  if (k.reason.size() > kMaxRevocationReason || !is_clean_utf8(k.reason)) return no("the reason of the revocation is not one short line");
  return k;
}

Result<std::vector<KnownKey>> read_keys() {
  std::error_code ec;
  std::vector<KnownKey> keys;
  const fs::path file = keys_file();
  if (!fs::exists(file, ec)) return keys;
  auto bytes = read_file(file, 32u << 20);
  if (!bytes) return bytes.error();
  const json j = nests_within(*bytes, 8) ? json::parse(*bytes, nullptr, false) : json();
  if (!j.is_object() || j.value("format", json()) != 1 || !j.contains("keys") || !j["keys"].is_array() || j["keys"].size() > kMaxKeys)
    return Error{Code::kFailed, file.string(), "is not the list of keys this program wrote", "Take it back from a copy; private keys lie in keys/private"};
  for (const json& item : j["keys"]) {
    auto k = known_key_from_json(item, file.string());
    if (!k) return k.error();
    k->own = fs::exists(private_file(k->key), ec);
    keys.push_back(std::move(*k));
  }
  return keys;
}

const KnownKey* own_key(const std::vector<KnownKey>& keys, KeyRole role, std::string_view name) {
  const KnownKey* found = nullptr;
  for (const KnownKey& k : keys) {
    if (k.own && k.usable() && k.role == role && (name.empty() || k.name == name)) found = &k;
  }
  return found;
}

const KnownKey* find_key_id(const std::vector<KnownKey>& keys, std::string_view id) {
  for (const KnownKey& k : keys) {
    if (k.key.id() == id) return &k;
  }
  return nullptr;
}

Result<KnownKey> find_key(const std::vector<KnownKey>& keys, std::string_view name) {
  const KnownKey* found = find_key_id(keys, name);
  if (!found && name.size() >= 8) {
    for (const KnownKey& k : keys) {
      if (!k.key.id().starts_with(name)) continue;
      if (found) return Error{Code::kUsage, "", "more than one key begins with '" + std::string(name) + "'", "Give more of its id"};
      found = &k;
    }
  }
  if (!found) {
    for (const KnownKey& k : keys) found = k.name == name ? &k : found;
  }
  if (!found) return unknown(name);
  return *found;
}

Result<KnownKey> create_key(KeyRole role, const std::string& name, const std::string& passphrase) {
  if (!is_pseudonym(name)) return Error{Code::kUsage, "--name", "'" + name.substr(0, 64) + "' cannot be a key's name", "Use 1 to 64 of A-Z a-z 0-9 . _ -"};
  if (role == KeyRole::kStation && !passphrase.empty()) return Error{Code::kUsage, "", "a station key has no passphrase: nobody may be there to type it", ""};
  auto lock = Lock::take();
  if (!lock) return lock.error();
  auto keys = read_keys();
  if (!keys) return keys.error();
  if (const KnownKey* there = own_key(*keys, role, role == KeyRole::kStation ? "" : name))
    return Error{Code::kUsage, "", said(*there) + " is in use already", "To put a new one in its place: shixunctl keys rotate " + there->key.id().substr(0, 12)};
  return add_new(*keys, role, name, passphrase);
}

Result<KnownKey> rotate_key(const std::string& id, const std::string& passphrase) {
  auto lock = Lock::take();
  if (!lock) return lock.error();
  auto keys = read_keys();
  if (!keys) return keys.error();
  KnownKey* old = find_mutable(*keys, id);
  if (!old) return unknown(id);
  if (!old->own) return Error{Code::kUsage, "", said(*old) + " is not a key of this machine", "Rotate it where it was made"};
  if (!old->usable()) return Error{Code::kUsage, "", said(*old) + " is not in use any more", ""};
  if (old->role == KeyRole::kStation && !passphrase.empty()) return Error{Code::kUsage, "", "a station key has no passphrase: nobody may be there to type it", ""};
  const KeyRole role = old->role;
  const std::string name = old->name;
  old->retired_utc = format_utc(utc_now_ms());
  return add_new(*keys, role, name, passphrase);
}

Status revoke_key(const std::string& id, const std::string& reason) {
  if (reason.empty() || reason.size() > kMaxRevocationReason || !is_clean_utf8(reason) || reason.find_first_of("\r\n\t") != std::string::npos)
    return Error{Code::kUsage, "--reason", "a reason is one line of at most 200 bytes", ""};
  auto lock = Lock::take();
  if (!lock) return lock.error();
  auto keys = read_keys();
  if (!keys) return keys.error();
  KnownKey* k = find_mutable(*keys, id);
  if (!k) return unknown(id);
  if (!k->revoked_utc.empty()) return Error{Code::kUsage, "", said(*k) + " is revoked already, since " + k->revoked_utc, ""};
  k->revoked_utc = format_utc(utc_now_ms());
  k->reason = reason;
  return write_keys(*keys);
}

Result<KnownKey> trust_key(const KnownKey& key, const std::string& fingerprint) {
  if (key.key.id() != fingerprint)
    return Error{Code::kFailed, "--fingerprint", "is not this key's: the key's is " + key.key.id(), "Ask its owner, by another way than the file came, and repeat with --fingerprint"};
  auto lock = Lock::take();
  if (!lock) return lock.error();
  auto keys = read_keys();
  if (!keys) return keys.error();
  if (const KnownKey* there = find_key_id(*keys, fingerprint)) return Error{Code::kUsage, "", said(*there) + " is known already", ""};
  KnownKey k = key;
  k.own = false;
  if (k.created_utc.empty()) k.created_utc = format_utc(utc_now_ms());
  keys->push_back(k);
  if (auto s = write_keys(*keys); !s) return s.error();
  return k;
}

Result<PrivateKey> open_private_key(const KnownKey& key, const std::string& passphrase) {
  const fs::path file = private_file(key.key);
  struct stat st {};
  if (lstat(file.c_str(), &st) != 0) return Error{Code::kFailed, file.string(), "the private part of " + said(key) + " is not on this machine", ""};
  if ((st.st_mode & 077) != 0) return Error{Code::kEnvironment, file.string(), "is a private key but can be read by others", "chmod 600 it, and consider whether to revoke it"};
  auto pem = read_file(file, 64u << 10);
  if (!pem) return pem.error();
  auto opened = PrivateKey::from_pem(*pem, passphrase, said(key));
  if (opened && opened->public_key() != key.key) return Error{Code::kFailed, file.string(), "is another key than its name says", ""};
  return opened;
}

Result<PrivateKey> station_key() {
  auto keys = read_keys();
  if (!keys) return keys.error();
  if (const KnownKey* k = own_key(*keys, KeyRole::kStation)) return open_private_key(*k);
  auto lock = Lock::take();
  if (!lock) return lock.error();
  keys = read_keys();  // another program may have made it meanwhile
  if (!keys) return keys.error();
  if (const KnownKey* k = own_key(*keys, KeyRole::kStation)) return open_private_key(*k);
  auto made = add_new(*keys, KeyRole::kStation, station_name(), "");
  if (!made) return made.error();
  return open_private_key(*made);
}

std::string publish_keys(const PrivateKey& school, const std::vector<KnownKey>& keys) {
  json list = json::array();
  for (const KnownKey& k : keys) list.push_back(to_json(k));
  return sign_jws(school, {{"kid", school.public_key().id()}, {"typ", "JWT"}}, {{"v", "keys"}, {"issued_utc", format_utc(utc_now_ms())}, {"keys", list}});
}

Result<ImportedKeys> import_keys(std::string_view text, const std::string& where) {
  auto jws = parse_jws(text, where);
  if (!jws) return jws.error();
  auto lock = Lock::take();
  if (!lock) return lock.error();
  auto keys = read_keys();
  if (!keys) return keys.error();
  const json kid = jws->header.value("kid", json());
  const KnownKey* signer = kid.is_string() ? find_key_id(*keys, kid.get<std::string>()) : nullptr;
  if (!signer || signer->role != KeyRole::kSchool) return Error{Code::kFailed, where, "is not signed by a school whose key is known here", "Take the school's key first: shixunctl keys trust FILE --fingerprint ID"};
  if (!signer->revoked_utc.empty()) return Error{Code::kFailed, where, "is signed with a key that is revoked", ""};
  if (!verify_jws(*jws, signer->key)) return Error{Code::kFailed, where, "was changed: its signature does not fit", ""};
  if (jws->payload.value("v", json()) != "keys" || !jws->payload.value("keys", json()).is_array() || jws->payload["keys"].size() > kMaxKeys) return Error{Code::kFailed, where, "is no list of keys", ""};
  ImportedKeys done;
  done.school = signer->name;
  std::vector<KnownKey> all = *keys;
  for (const json& item : jws->payload["keys"]) {
    auto k = known_key_from_json(item, where);
    if (!k) return k.error();
    KnownKey* there = find_mutable(all, k->key.id());
    if (!there) {
      if (all.size() >= kMaxKeys) return Error{Code::kFailed, where, "there would be more than 10000 keys", ""};
      all.push_back(std::move(*k));
      ++done.added;
      continue;
    }
    if (there->role != k->role) return Error{Code::kFailed, where, said(*there) + " is known here in another role than the list has it", ""};
    // What is known is only ever added to.
    if (there->retired_utc.empty() && !k->retired_utc.empty()) there->retired_utc = k->retired_utc, ++done.retired;
    if (there->revoked_utc.empty() && !k->revoked_utc.empty()) there->revoked_utc = k->revoked_utc, there->reason = k->reason, ++done.revoked;
  }
  if (auto s = write_keys(all); !s) return s.error();
  return done;
}

}  // namespace shixun
