// shixunctl upload: sends recorded results to the endpoints of config.yaml.

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <thread>

#include "engine/app/ctl.h"
#include "engine/records/attempt.h"
#include "engine/records/cmi5.h"
#include "engine/records/config.h"
#include "engine/records/delivery.h"
#include "engine/records/purge.h"
#include "engine/records/upload.h"

namespace shixun {

namespace {

using nlohmann::json;

struct Options {
  std::string to;
  std::string lang = "zh-CN";
  bool status = false, once = false, watch = false, wait = false, backfill = false, retry_parked = false, as_json = false;
  int64_t retry_base_ms = 1000, retry_max_ms = 300'000;
};

std::atomic<bool> interrupted{false};

// Sleeps in short pieces, so that Ctrl-C ends the program between two requests and not in the middle of one.
bool sleep_unless_interrupted(int64_t ms) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
  while (!interrupted && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(std::chrono::milliseconds(std::min<int64_t>(ms, 100)));
  return !interrupted;
}

json to_json(const Endpoint& e, const UploadReport& r) {
  json j = {{"endpoint", e.name},         {"delivered", r.delivered}, {"unverified", r.unverified}, {"parked", r.parked},
            {"requests", r.requests},     {"left", r.left.pending + r.left.leased}, {"left_parked", r.left.parked}};
  if (r.paused) j["paused"] = r.paused->text();
  if (r.retry_in_ms) j["retry_in_ms"] = *r.retry_in_ms;
  if (r.clock_offset_ms) j["clock_offset_ms"] = *r.clock_offset_ms;
  return j;
}

void print(const Endpoint& e, const UploadReport& r) {
  fmt::print("{}: {} delivered, {} unverified, {} parked, {} waiting\n", e.name, r.delivered, r.unverified, r.left.parked, r.left.pending + r.left.leased);
  if (r.retry_in_ms) fmt::print(stderr, "shixunctl: endpoint {} does not answer well; next try in {} s\n", e.name, (*r.retry_in_ms + 999) / 1000);
  if (r.clock_offset_ms && std::abs(*r.clock_offset_ms) > 300'000)
    fmt::print(stderr, "shixunctl: this machine's clock differs from the endpoint's by {} min; the results' times will look wrong there\n", *r.clock_offset_ms / 60'000);
}

// How far sending is. Sends nothing.
int status(const Options& o, const std::vector<Endpoint>& targets) {
  auto store = RecordStore::open(places().data);
  if (!store) return report(store.error());
  json all = json::array();
  int worst = 0;
  for (const Endpoint& e : targets) {
    auto d = delivery_of(*store, e.name);
    if (!d) return report(d.error());
    if (o.as_json) all.push_back({{"endpoint", e.name}, {"waiting", d->count.pending + d->count.leased}, {"oldest_utc", d->oldest_utc}, {"delivered", d->count.done}, {"unverified", d->count.unverified}, {"parked", d->parked}, {"paused", d->paused}});
    else fmt::print("{}\n", delivery_text(*d, o.lang == "en" ? Lang::kEn : Lang::kZh));
    worst = std::max(worst, d->settled() ? 0 : d->count.parked > 0 && d->count.pending + d->count.leased == 0 && d->paused.empty() ? static_cast<int>(Code::kFailed) : static_cast<int>(Code::kEnvironment));
  }
  if (o.as_json) fmt::print("{}\n", canonical({{"endpoints", all}}));
  return worst;
}

int run(const Options& o) {
  auto config = load_config();
  if (!config) return report(config.error());
  std::vector<Endpoint> targets;
  for (const Endpoint& e : config->endpoints) {
    if (o.to.empty() || e.name == o.to) targets.push_back(e);
  }
  // Whatever an LMS launched and has not got yet: sent along when all is sent.
  int worst = 0;
  if (!o.watch) {
    auto sessions = list_sessions();
    if (!sessions) worst = report(sessions.error());
    for (Endpoint& e : sessions ? *sessions : std::vector<Endpoint>()) {
      if (o.to.empty() || e.name == o.to) targets.push_back(std::move(e));
    }
  }
  if (targets.empty())
    return report({Code::kUsage, (places().config / "config.yaml").string(), o.to.empty() ? "names no endpoint" : "names no endpoint '" + o.to.substr(0, 40) + "'", "Add it there under endpoints"});
  if (o.watch && targets.size() != 1) return report({Code::kUsage, "", "--watch needs --to NAME when there are several endpoints", ""});

  if (auto queued = queue_unqueued_attempts(); !queued) return report(queued.error());
  if (o.status) return status(o, targets);
  UploadOptions options;
  options.eager = true;
  options.wait = o.wait;
  options.forever = o.watch;
  options.backoff_base_ms = o.retry_base_ms;
  options.backoff_max_ms = o.retry_max_ms;
  options.sleep_ms = sleep_unless_interrupted;
  std::signal(SIGINT, [](int) { interrupted = true; });
  std::signal(SIGTERM, [](int) { interrupted = true; });

  auto store = RecordStore::open(places().data);
  if (!store) return report(store.error());
  if (o.watch)
    options.sleep_ms = [&, kept = std::chrono::steady_clock::time_point()](int64_t ms) mutable {
      if (kept == std::chrono::steady_clock::time_point() || std::chrono::steady_clock::now() - kept > std::chrono::hours(1)) {
        kept = std::chrono::steady_clock::now();
        if (auto gone = apply_retention(); !gone) report(gone.error());
      }
      if (auto sessions = list_sessions()) {
        for (const Endpoint& e : *sessions) {
          if (auto sent = upload_session(*store, e, {}); !sent) report(sent.error());
        }
      }
      return sleep_unless_interrupted(ms);
    };
  json all = json::array();
  for (const Endpoint& e : targets) {
    if (o.backfill && e.token.empty()) {
      if (auto n = queue_closed_attempts(e); !n) return report(n.error());
    }
    if (o.retry_parked) {
      if (auto n = store->unpark(e.name); !n) return report(n.error());
    }
    auto r = e.token.empty() ? upload(*store, e, options) : upload_session(*store, e, options);
    if (!r) {
      worst = std::max(worst, report(r.error()));
      continue;
    }
    if (o.as_json) all.push_back(to_json(e, *r));
    else print(e, *r);
    if (r->paused) worst = std::max(worst, report(*r->paused));
    else if (r->left.pending + r->left.leased > 0) worst = std::max(worst, static_cast<int>(Code::kEnvironment));
    else if (r->left.parked > 0) worst = std::max(worst, static_cast<int>(Code::kFailed));
  }
  if (o.as_json) fmt::print("{}\n", canonical({{"endpoints", all}}));
  return worst;
}

}  // namespace

void add_upload(CLI::App& app, int& exit_code) {
  auto o = std::make_shared<Options>();
  auto* cmd = app.add_subcommand("upload", "Send recorded results; exit 0 when everything is delivered, 1 when something was refused, 3 when something still waits");
  cmd->add_option("--to", o->to, "Only to this endpoint of config.yaml (default: to all)");
  auto* once = cmd->add_flag("--once", o->once, "One pass over what waits (default)");
  auto* wait = cmd->add_flag("--wait", o->wait, "Stay until everything is delivered, through outages")->excludes(once);
  cmd->add_flag("--watch", o->watch, "Stay and send whatever is recorded, until interrupted")->excludes(once)->excludes(wait);
  cmd->add_flag("--status", o->status, "Send nothing: tell how much waits, since when, and what is stuck and why")->excludes(once)->excludes(wait);
  cmd->add_option("--lang", o->lang, "Of --status: zh-CN (default) or en")->check(CLI::IsMember({"zh-CN", "en"}));
  cmd->add_flag("--backfill", o->backfill, "Also queue attempts that were closed before the endpoint was configured");
  cmd->add_flag("--retry-parked", o->retry_parked, "Send again what was refused earlier (after the cause was mended)");
  cmd->add_option("--retry-base-ms", o->retry_base_ms, "First pause after a failure, in ms; doubles with each")->check(CLI::Range(int64_t{1}, int64_t{60'000}));
  cmd->add_option("--retry-max-ms", o->retry_max_ms, "Longest pause, in ms")->check(CLI::Range(int64_t{1}, int64_t{3'600'000}));
  cmd->add_flag("--json", o->as_json, "Print one JSON object");
  cmd->callback([=, &exit_code] { exit_code = run(*o); });
}

}  // namespace shixun
