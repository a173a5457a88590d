// The trace reader, and what it reads played in the small sound pack.

#include "engine/training/trace.h"

#include "tests/fuzz/fuzz.h"

using namespace shixun;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const fuzz::Folder folder;
  static const auto pack = std::make_shared<const Pack>(fuzz::base_pack());
  const fs::path file = folder.dir / "fuzzed.jsonl";
  if (!write_file(file, std::string_view(reinterpret_cast<const char*>(data), size))) std::abort();
  auto trace = read_trace(file);
  if (!trace) {
    fuzz::expect_told(trace.error());
    return 0;
  }
  Session session(pack, pack->exercises[0], {trace->mode, trace->seed}, [](const Event&) { return ok(); });
  if (auto played = play(session, *trace); !played) fuzz::expect_told(played.error());
  (void)session.sheet();
  return 0;
}
