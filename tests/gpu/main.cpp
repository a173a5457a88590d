// gpu_tests [--require-gpu]: without a usable Vulkan driver the tests that draw are skipped with a clear line, or fail under the flag.

#include <cstdio>
#include <cstring>

#include "engine/base/log.h"
#include "tests/gpu/support.h"

namespace {
bool g_require_gpu = false;
}

bool shixun::test::gpu_required() { return g_require_gpu; }

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  shixun::init_log();
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--require-gpu") == 0) {
      g_require_gpu = true;
    } else {
      std::fprintf(stderr, "gpu_tests: unknown argument %s (known: --require-gpu and --gtest_...)\n", argv[i]);
      return 2;
    }
  }
  std::string why;
  if (const shixun::Device* d = shixun::test::device(&why)) {
    std::printf("graphics device: %s; driver: %s; validation layer: %s\n", d->name.c_str(), d->driver.c_str(), shixun::validation_active(*d) ? "on" : "off");
  } else {
    std::printf("no graphics device, so tests that draw are %s: %s\n", g_require_gpu ? "failed" : "SKIPPED", why.c_str());
  }
  return RUN_ALL_TESTS();
}
