// The journal reader. First byte even: the bytes as they are. Odd: each line that is JSON is chained to the line before it anew, so that
// changes reach what lies behind the chain. What is read is graded.

#include "engine/base/hash.h"
#include "engine/base/json.h"
#include "engine/records/journal.h"
#include "tests/fuzz/fuzz.h"

using namespace shixun;

namespace {

std::string chained(std::string_view text) {
  std::string out, before;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string line(text.substr(begin, end - begin));
    begin = end + 1;
    nlohmann::json j = nlohmann::json::parse(line, nullptr, false);
    if (j.is_object() && !before.empty()) {
      j["prev"] = sha256_hex(before);
      line = j.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }
    out += line + "\n";
    before = line;
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const Pack& pack = fuzz::base_pack();
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  auto journal = parse_journal(data[0] & 1 ? chained(text) : std::string(text), "fuzzed");
  if (!journal) {
    fuzz::expect_told(journal.error());
    return 0;
  }
  (void)to_json(grade(pack, pack.exercises[0], journal->header.mode, journal->header.seed, journal->events));
  return 0;
}
