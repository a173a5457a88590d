#include "engine/records/clock.h"

#include <chrono>
#include <cstdio>

namespace shixun {

namespace {

// Takes exactly `n` digits off the front of `s`.
bool digits(std::string_view& s, int n, int& out) {
  if (s.size() < static_cast<size_t>(n)) return false;
  out = 0;
  for (int i = 0; i < n; ++i) {
    const char c = s[static_cast<size_t>(i)];
    if (c < '0' || c > '9') return false;
    out = out * 10 + (c - '0');
  }
  s.remove_prefix(static_cast<size_t>(n));
  return true;
}

bool literal(std::string_view& s, char c) {
  if (s.empty() || s[0] != c) return false;
  s.remove_prefix(1);
  return true;
}

}  // namespace

int64_t utc_now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string format_utc(int64_t ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> t{milliseconds(ms)};
  const sys_days day = floor<days>(t);
  const year_month_day date(day);
  const hh_mm_ss<milliseconds> clock(t - day);
  char out[40];
  std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int(date.year()), unsigned(date.month()), unsigned(date.day()),
                int(clock.hours().count()), int(clock.minutes().count()), int(clock.seconds().count()), int(clock.subseconds().count()));
  return out;
}

Result<int64_t> parse_utc(std::string_view text) {
  using namespace std::chrono;
  const Error bad{Code::kFailed, "", "'" + std::string(text.substr(0, 40)) + "' is not a time such as 2026-03-01T08:00:00.000Z", ""};
  std::string_view s = text;
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, se = 0;
  const bool shaped = digits(s, 4, y) && literal(s, '-') && digits(s, 2, mo) && literal(s, '-') && digits(s, 2, d) &&
                      (literal(s, 'T') || literal(s, 't') || literal(s, ' ')) && digits(s, 2, h) && literal(s, ':') && digits(s, 2, mi) &&
                      literal(s, ':') && digits(s, 2, se);
  if (!shaped) return bad;
  int64_t fraction_ms = 0;
  if (literal(s, '.')) {
    int place = 100, one = 0, count = 0;
    for (; digits(s, 1, one); ++count, place /= 10) fraction_ms += one * place;
    if (count == 0) return bad;
  }
  int offset_min = 0;
  if (!literal(s, 'Z') && !literal(s, 'z')) {
    const bool minus = !s.empty() && s[0] == '-';
    int oh = 0, om = 0;
    if (!(literal(s, '+') || literal(s, '-')) || !digits(s, 2, oh) || !literal(s, ':') || !digits(s, 2, om) || oh > 23 || om > 59) return bad;
    offset_min = (oh * 60 + om) * (minus ? -1 : 1);
  }
  const year_month_day date{year(y), month(static_cast<unsigned>(mo)), day(static_cast<unsigned>(d))};
  if (!s.empty() || !date.ok() || h > 23 || mi > 59 || se > 60) return bad;
  const int64_t days_ms = duration_cast<milliseconds>(sys_days(date).time_since_epoch()).count();
  return days_ms + ((h * 60 + mi - offset_min) * 60 + se) * int64_t{1000} + fraction_ms;
}

}  // namespace shixun
