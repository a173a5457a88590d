// The pack loader: the first byte says which file of the small sound pack the rest stands for. A pack that loads is drawn, linted and graded.

#include "engine/training/grade.h"
#include "engine/training/lint_truths.h"
#include "engine/training/world.h"
#include "tests/fuzz/fuzz.h"

using namespace shixun;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const fuzz::Folder folder;
  static const bool copied = [] {
    fs::copy(fuzz::kBase, folder.dir, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    return true;
  }();
  // tests/fuzz/run.sh makes the seeds by the same list.
  static const char* kFiles[] = {"pack.yaml", "scene.yaml", "data/sheet.yaml", "strings/en.yaml", "exercises/brake/scenario.yaml", "exercises/brake/rubric.yaml"};
  if (size == 0 || !copied) return 0;
  const fs::path changed = kFiles[data[0] % std::size(kFiles)];
  if (!write_file(folder.dir / changed, std::string_view(reinterpret_cast<const char*>(data) + 1, size - 1))) std::abort();
  PackLoad load = load_pack(folder.dir);
  fs::copy_file(fuzz::kBase / changed, folder.dir / changed, fs::copy_options::overwrite_existing);
  if (load.pack.has_value() != load.errors.empty()) std::abort();
  for (const Error& e : load.errors) fuzz::expect_told(e);
  if (!load.pack) return 0;
  (void)lint_truths(load.pack->scene, "scene.yaml", 20);
  const auto pack = std::make_shared<const Pack>(std::move(*load.pack));
  for (const Exercise& e : pack->exercises) {
    World world(pack, e, 1);
    std::vector<Event> events;
    for (const Verb v : {Verb::kTake, Verb::kSet, Verb::kFinish}) {
      if (auto more = world.act({v, "brake", "", "pulled", 0, false, false, {}}, 1000)) events.insert(events.end(), more->begin(), more->end());
    }
    (void)to_json(grade(*pack, e, Mode::kPractice, 1, events));
  }
  return 0;
}
