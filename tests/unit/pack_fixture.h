// For tests that need a pack: whatever is wrong with it fails the test.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "engine/training/pack.h"

namespace shixun {

inline std::shared_ptr<const Pack> pack_of(const fs::path& dir) {
  PackLoad load = load_pack(dir);
  for (const Error& e : load.errors) ADD_FAILURE() << e.text();
  return load.pack ? std::make_shared<const Pack>(std::move(*load.pack)) : nullptr;
}

}  // namespace shixun
