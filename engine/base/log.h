#pragma once
// The log: stderr, one line a message. Ids, counts and status codes only; never names, tokens or answers.
// SHIXUN_LOG=trace|debug|info|warn|error sets the level (default warn).

#include <spdlog/spdlog.h>

namespace shixun {
void init_log();  // once, at the start of main
}
