#include "engine/base/process.h"

#include <sys/resource.h>

namespace shixun {

void write_no_core_files() {
  // 1 and not 0: where the kernel hands cores to a program it heeds no limit but this one (do_coredump in Linux, fs/coredump.c).
  const rlimit one{1, 1};
  setrlimit(RLIMIT_CORE, &one);
}

}  // namespace shixun
