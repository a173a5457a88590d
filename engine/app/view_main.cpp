// The view module's entry: sorts out what to show.

#include <cstdlib>
#include <fmt/format.h>

#include "engine/app/view.h"
#include "engine/app/view_pages.h"
#include "engine/asset/cook.h"

namespace shixun {
namespace {

int complain(const Error& error) {
  fmt::print(stderr, "shixun: {}\n", error.text());
  return static_cast<int>(error.code);
}

// zh-CN unless the locale plainly says another language.
Lang language_of_locale() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (!value || !*value) continue;
    const std::string_view v = value;
    return v.starts_with("zh") || v == "C" || v == "POSIX" || v.starts_with("C.") ? Lang::kZh : Lang::kEn;
  }
  return Lang::kZh;
}

}  // namespace
}  // namespace shixun

extern "C" __attribute__((visibility("default"))) int shixun_view(const shixun::ViewRequest* asked) {
  using namespace shixun;
  ViewRequest request = *asked;
  if (!request.lang) request.lang = language_of_locale();
  CacheShare cache;
  if (request.what != ViewRequest::What::kBench && request.what != ViewRequest::What::kDoctor) cache = share_cache(places().cache);
  Status done = ok();
  switch (request.what) {
    case ViewRequest::What::kLauncher:
    case ViewRequest::What::kPlay: done = show_program(request); break;
    case ViewRequest::What::kReplay: done = show_replay(request); break;
    case ViewRequest::What::kShot: done = request.model.empty() ? write_shot(request) : write_model_shot(request); break;
    case ViewRequest::What::kShots: done = write_shots(request); break;
    case ViewRequest::What::kBench: done = run_bench(request.bench); break;
    case ViewRequest::What::kDoctor: done = show_doctor(request); break;
  }
  return done ? 0 : complain(done.error());
}
