#pragma once
// The keys this machine knows: its own, and those it was told to trust. They lie in the config folder:
//   keys/keys.json           every key known here, public parts only, and what became of it: retired, revoked
//   keys/private/KID.pem     private keys made here, mode 0600, with a passphrase where its owner gave one
//
// A station key vouches for what this machine recorded. It is made when it is first needed and has no passphrase: nobody may be there to type
// one. An evaluator key vouches for a person's marks; the school key for assessments, the list of the school's keys, and credentials. The school
// publishes that list, signed (publish_keys); a machine that knows the school key takes keys, retirements and revocations from it (import_keys).
// A revocation cannot be taken back. Nothing here needs a network, and nothing here is ever logged.

#include <optional>
#include <vector>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/records/signature.h"

namespace shixun {

enum class KeyRole { kStation, kSchool, kEvaluator };
const char* key_role_name(KeyRole r);  // "station", "school", "evaluator"
Text key_role_title(KeyRole r);
std::optional<KeyRole> key_role_from_name(std::string_view name);

struct KnownKey {
  PublicKey key;
  KeyRole role = KeyRole::kStation;
  std::string name;         // who or what it belongs to: "room-3-07", "t-07", "example-school" (is_pseudonym)
  std::string created_utc;  // or trusted since
  std::string retired_utc;  // signs nothing new since then; empty: in use
  std::string revoked_utc;  // nothing it signed is to be believed; empty: not revoked
  std::string reason;       // of the revocation
  bool own = false;         // its private part is on this machine
  bool usable() const { return retired_utc.empty() && revoked_utc.empty(); }
};

// A key by itself, as `keys show` prints it: the JSON Web Key with "kid", "alg", "shixun_role" and "shixun_name".
nlohmann::json to_json(const KnownKey& key);
Result<KnownKey> known_key_from_json(const nlohmann::json& j, const std::string& where);

Result<std::vector<KnownKey>> read_keys();  // oldest first; none: empty
// The own key in use of this role, and of this name where one is given; the newest.
const KnownKey* own_key(const std::vector<KnownKey>& keys, KeyRole role, std::string_view name = {});
// By id, by the first eight or more characters of it, or by name (the newest of that name).
Result<KnownKey> find_key(const std::vector<KnownKey>& keys, std::string_view name);
const KnownKey* find_key_id(const std::vector<KnownKey>& keys, std::string_view id);

// Makes a key. A school or evaluator key of the same name that is in use is refused: rotate it.
Result<KnownKey> create_key(KeyRole role, const std::string& name, const std::string& passphrase);
// A new key in place of one: the old one signs nothing more, what it signed stays good. A caller who rotates a station's sees to it that no attempt is open.
Result<KnownKey> rotate_key(const std::string& id, const std::string& passphrase);
Status revoke_key(const std::string& id, const std::string& reason);
// Takes a public key as good. `fingerprint`: its id as its owner told it by another way; must be the same.
Result<KnownKey> trust_key(const KnownKey& key, const std::string& fingerprint);

Result<PrivateKey> open_private_key(const KnownKey& key, const std::string& passphrase = {});
// This machine's station key; makes one when there is none.
Result<PrivateKey> station_key();

// The list of the keys known here, signed by the school: a JWS with {"v":"keys","issued_utc":...,"keys":[...]}.
std::string publish_keys(const PrivateKey& school, const std::vector<KnownKey>& keys);
struct ImportedKeys {
  std::string school;  // name of the key that signed the list
  int added = 0, retired = 0, revoked = 0;
};
Result<ImportedKeys> import_keys(std::string_view list, const std::string& where);

}  // namespace shixun
