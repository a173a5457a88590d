#pragma once
// Wall-clock time in records: UTC, milliseconds, spelled "2026-03-01T08:00:00.000Z". For people and for other systems only:
// no mark depends on it.

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace shixun {

int64_t utc_now_ms();                            // since 1970-01-01T00:00:00Z
std::string format_utc(int64_t ms);              // always with three digits of fraction and Z
Result<int64_t> parse_utc(std::string_view s);   // RFC 3339: any number of fraction digits (cut to ms), Z or +-hh:mm

}  // namespace shixun
