#include "engine/app/run_play_headless.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "engine/records/attempt.h"
#include "engine/records/cmi5.h"

namespace shixun {

namespace {

std::string points(int64_t mp) { return fmt::format("{}{}.{}", mp < 0 ? "-" : "", std::abs(mp) / 1000, std::abs(mp) % 1000 / 100); }

}  // namespace

int report(const Error& error) {
  fmt::print(stderr, "shixun: {}\n", error.text());
  return static_cast<int>(error.code);
}

std::string marksheet_text(const Marksheet& s, Lang lang) {
  const bool zh = lang == Lang::kZh;
  std::string out = fmt::format("{}: {} / {}  {}  ({} {} / {}, {} {} / {})\n", zh ? "总分" : "Total", points(s.total_mp), points(s.max_mp),
                                s.pass ? (zh ? "合格" : "pass") : s.open ? (zh ? "待评分" : "to be marked") : (zh ? "不合格" : "fail"), zh ? "过程" : "process", points(s.process_mp), points(s.process_max_mp),
                                zh ? "结果" : "outcome", points(s.outcome_mp), points(s.outcome_max_mp));
  for (const Mark& m : s.marks) {
    if (m.max_mp == 0 && m.code.empty()) continue;
    out += fmt::format("  {:>5} / {:>4}  {}: {}{}\n", points(m.awarded_mp), points(m.max_mp), m.title.in(lang), m.why.in(lang), m.code.empty() ? "" : "  [" + m.code + "]");
  }
  return out;
}

int run_play_headless(const HeadlessPlay& options) {
  auto ref = find_exercise(options.exercise);
  if (!ref) return report(ref.error());
  PackLoad load = load_pack(ref->pack_dir);
  for (const Error& e : load.errors) fmt::print(stderr, "shixun: {}\n", e.text());
  if (!load.pack) return 1;
  const auto pack = std::make_shared<const Pack>(std::move(*load.pack));
  const Exercise* exercise = pack->find_exercise(ref->exercise);
  if (!exercise) return report({Code::kUsage, options.exercise, "the pack has no exercise '" + ref->exercise + "'", ""});
  auto trace = options.trace.empty() ? expert_trace(*exercise) : read_trace(options.trace);
  if (!trace) return report(trace.error());

  const SessionOptions sitting{options.mode.value_or(trace->mode), options.seed.value_or(trace->seed)};
  auto attempt = !options.launch.empty() ? begin_launched(pack, *exercise, options.launch, sitting.seed, options.lang, "headless")
                 : !options.token.empty() ? begin_assessment(pack, *exercise, options.token, options.lang, "headless")
                                        : begin_attempt(pack, *exercise, sitting, options.trainee.empty() ? trace->trainee : options.trainee, options.lang, "headless");
  if (!attempt) return report(attempt.error());
  if (!options.launch.empty()) {
    if (const Status sent = deliver_session(options.launch); !sent) report(sent.error());
  }
  const auto start = std::chrono::steady_clock::now();
  for (const TraceAction& a : trace->actions) {
    if (attempt->session().over()) break;
    const auto when = start + std::chrono::duration<double, std::milli>(options.pace > 0 ? static_cast<double>(a.t_ms) / options.pace : 0.0);
    do {
      std::this_thread::sleep_for(std::clamp<std::chrono::duration<double>>(when - std::chrono::steady_clock::now(), std::chrono::seconds(0), std::chrono::milliseconds(100)));
      if (auto s = attempt->attend(); !s) return report(s.error());
    } while (std::chrono::steady_clock::now() < when);
    if (auto events = play(attempt->session(), *trace, a); !events) {
      // What happened so far is kept: the attempt stays open.
      return report(events.error());
    }
  }
  auto closed = close_attempt(std::move(*attempt));
  if (!closed) return report(closed.error());
  if (closed->proctor_lost) fmt::print(stderr, "shixun: {}\n", options.lang == Lang::kZh ? "监考台没有全程应答，不能达到可信级别 L3" : "the proctor's desk did not answer all the time: integrity level 3 cannot be reached");
  for (const Error& w : closed->warnings) fmt::print(stderr, "shixun: {}\n", w.text());
  fs::path journal = closed->journal;
  if (!options.journal.empty()) {
    auto bytes = read_file(closed->journal, kMaxJournalBytes);
    if (!bytes) return report(bytes.error());
    if (auto s = write_file(options.journal, *bytes); !s) return report(s.error());
    journal = options.journal;
  }
  if (options.json) {
    const nlohmann::json out = {{"attempt", closed->uuid}, {"journal", journal.string()}, {"marksheet", to_json(closed->sheet)}};
    fmt::print("{}\n", canonical(out));
  } else {
    fmt::print("{}{}: {}\n", marksheet_text(closed->sheet, options.lang), options.lang == Lang::kZh ? "记录" : "Journal", journal.string());
  }
  return 0;
}

}  // namespace shixun
