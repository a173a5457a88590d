// What vouches for something and comes from elsewhere. First byte: 0 signed text as it is, 1 a PNG, 2 a key, 3 school.yaml, 5 a launch
// link and, behind its first line, LMS.LaunchData; else a payload,
// signed here by a school, so that changes reach what lies behind the signature.

#include "engine/base/json.h"
#include "engine/records/assessment.h"
#include "engine/records/cmi5.h"
#include "engine/records/credential.h"
#include "tests/fuzz/fuzz.h"

using namespace shixun;

namespace {

const PrivateKey& key() {
  static const PrivateKey made = *PrivateKey::generate();
  return made;
}

const std::vector<KnownKey>& known() {
  static const std::vector<KnownKey> keys = [] {
    KnownKey k;
    k.key = key().public_key();
    k.role = KeyRole::kSchool;
    k.name = "school";
    return std::vector<KnownKey>{k};
  }();
  return keys;
}

void look(const std::string& text) {
  const CheckedCredential c = check_credential(text, known(), {"urn:uuid:revoked"}, 1'772'352'000'000);
  (void)credential_verdict_text(c.verdict);
  if (auto t = read_token(text, "fuzzed", known()); !t) fuzz::expect_told(t.error());
  else (void)check_token_fits(*t, "c", "a/b", "", "2026-03-01T08:00:00.000Z");
  if (auto r = read_revocations(text, "fuzzed", known()); !r) fuzz::expect_told(r.error());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == 0) {
    look(text);
  } else if (data[0] == 1) {
    if (auto out = take_out_of_png(text, "fuzzed"); !out) fuzz::expect_told(out.error());
    if (auto in = put_into_png(text, "a.b.c", "fuzzed"); in && *take_out_of_png(*in, "fuzzed") != "a.b.c") std::abort();
  } else if (data[0] == 2) {
    const nlohmann::json j = nests_within(text, 8) ? nlohmann::json::parse(text, nullptr, false) : nlohmann::json();
    if (auto k = known_key_from_json(j, "fuzzed"); !k) fuzz::expect_told(k.error());
    else (void)verify_signature(k->key, "x", "x");
  } else if (data[0] == 3) {
    if (auto s = parse_school(text, "fuzzed"); !s) fuzz::expect_told(s.error());
  } else if (data[0] == 5) {
    const size_t line = std::min(text.find('\n'), text.size());
    if (auto l = read_link(text.substr(0, line)); !l) fuzz::expect_told(l.error());
    const std::string rest = text.substr(std::min(line + 1, text.size()));
    auto d = read_launch_data(nests_within(rest, 32) ? nlohmann::json::parse(rest, nullptr, false) : nlohmann::json());
    if (!d) {
      fuzz::expect_told(d.error());
      return 0;
    }
    Journal j;
    j.header.attempt = "01783d98-178e-4dfd-bd8a-073aec32dfee";
    j.header.started_utc = "2026-03-01T08:00:00.000Z";
    Cmi5Session s{j.header.attempt, "https://a.example", j.header.attempt, "https://a.example/au", {{"objectType", "Agent"}}, *d, std::nullopt, true, false, false};
    if (!cmi5_statements(j, s)) std::abort();  // whatever context an LMS gives, what it waits for can be said in it
  } else {
    const nlohmann::json j = nests_within(text, 20) ? nlohmann::json::parse(text, nullptr, false) : nlohmann::json();
    if (j.is_object()) look(sign_jws(key(), {{"jwk", to_jwk(key().public_key())}, {"kid", key().public_key().id()}}, j));
  }
  return 0;
}
