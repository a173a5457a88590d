// shixunctl results list|show|export|check|close: what this machine has recorded.

#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "engine/app/ctl.h"
#include "engine/records/attempt.h"
#include "engine/records/csv.h"
#include "engine/records/store.h"
#include "engine/records/xapi.h"

namespace shixun {

namespace {

using nlohmann::json;

struct Options {
  std::string trainee, exercise, mode, since, until, attempt, format = "csv", home_page, out, lang = "zh-CN", pack;
  bool open = false, closed = false, as_json = false, no_bom = false;

  Lang language() const { return lang == "en" ? Lang::kEn : Lang::kZh; }
  AttemptFilter filter() const {
    AttemptFilter f;
    if (!trainee.empty()) f.trainee = trainee;
    if (!exercise.empty()) f.exercise = exercise;
    if (!mode.empty()) f.mode = mode;
    if (open != closed) f.closed = closed;
    f.since_utc = since;
    f.until_utc = until;
    return f;
  }
};

json to_json(const AttemptRow& r) {
  json j = {{"attempt", r.uuid}, {"exercise", r.exercise}, {"title", {{"zh-CN", r.title.zh}, {"en", r.title.en}}}, {"pack_version", r.pack_version}, {"mode", r.mode},
            {"seed", r.seed}, {"trainee", r.trainee}, {"device", r.device}, {"status", r.closed ? "closed" : "open"}, {"started_utc", r.started_utc}, {"journal", r.journal}};
  if (r.closed)
    j.update({{"ended_utc", r.ended_utc}, {"verdict", r.verdict}, {"total_mp", r.total_mp}, {"max_mp", r.max_mp}, {"process_mp", r.process_mp}, {"outcome_mp", r.outcome_mp},
              {"active_ms", r.active_ms}, {"codes", r.codes}, {"head_sha256", r.head_sha256}});
  return j;
}

std::string points(int64_t mp) { return fmt::format("{}{}.{}", mp < 0 ? "-" : "", std::abs(mp) / 1000, std::abs(mp) % 1000 / 100); }

std::string one_line(const AttemptRow& r, Lang lang) {
  const std::string result = r.closed ? fmt::format("{} / {} {}{}", points(r.total_mp), points(r.max_mp), r.verdict, r.codes.empty() ? "" : " [" + r.codes + "]") : "open";
  return fmt::format("{}  {}  {:<12} {:<10} {}  {}", r.uuid, r.started_utc.substr(0, 16), r.trainee, r.mode, r.title.in(lang), result);
}

int list(const Options& o) {
  auto store = RecordStore::open(places().data);
  if (!store) return report(store.error());
  auto rows = store->list(o.filter());
  if (!rows) return report(rows.error());
  if (o.as_json) {
    json all = json::array();
    for (const AttemptRow& r : *rows) all.push_back(to_json(r));
    fmt::print("{}\n", canonical({{"attempts", all}}));
  } else {
    for (const AttemptRow& r : *rows) fmt::print("{}\n", one_line(r, o.language()));
    if (rows->empty()) fmt::print(stderr, "no attempts in {}\n", places().data.string());
  }
  return 0;
}

int show(const Options& o) {
  auto store = RecordStore::open(places().data);
  if (!store) return report(store.error());
  auto row = store->find(o.attempt);
  if (!row) return report(row.error());
  if (!*row) return report({Code::kFailed, "", "there is no attempt '" + o.attempt.substr(0, 64) + "'", "shixunctl results list shows them"});
  const AttemptRow& r = **row;
  auto outbox = store->outbox(r.uuid);
  if (!outbox) return report(outbox.error());
  const json sheet = r.closed ? json::parse(r.marksheet, nullptr, false) : json();
  if (o.as_json) {
    json j = to_json(r);
    if (r.closed) j["marksheet"] = sheet;
    j["outbox"] = json::array();
    for (const OutboxRow& b : *outbox)
      j["outbox"].push_back({{"statement", b.statement_id}, {"endpoint", b.endpoint}, {"state", state_name(b.state)}, {"tries", b.tries}, {"receipt", b.receipt}, {"note", b.note}});
    fmt::print("{}\n", canonical(j));
    return 0;
  }
  fmt::print("{}\n", one_line(r, o.language()));
  if (sheet.is_object() && sheet.contains("criteria")) {
    for (const json& m : sheet["criteria"]) {
      const char* tag = lang_tag(o.language());
      fmt::print("  {:>6} / {:>5}  {}: {}{}\n", points(m.value("awarded_mp", int64_t{0})), points(m.value("max_mp", int64_t{0})), m["title"].value(tag, ""), m["why"].value(tag, ""),
                 m.contains("code") ? "  [" + m.value("code", "") + "]" : "");
    }
  }
  int done = 0;
  for (const OutboxRow& b : *outbox) done += b.state == OutboxRow::State::kDone;
  if (!outbox->empty()) fmt::print("  statements delivered: {} of {}\n", done, outbox->size());
  fmt::print("  journal: {}\n", store->journal_path(r.uuid).string());
  return 0;
}

// The statements an endpoint would get, one a line: for stores that are reached by memory stick.
Result<std::string> statements_text(const RecordStore& store, const std::vector<AttemptRow>& rows, const std::string& home_page) {
  std::string text;
  for (const AttemptRow& r : rows) {
    if (!r.closed) continue;
    auto journal = read_journal(store.journal_path(r.uuid));
    if (!journal) return journal.error();
    auto statements = xapi_statements(*journal, home_page);
    if (!statements) return statements.error();
    for (const Statement& s : *statements) text += s.body + "\n";
  }
  return text;
}

int export_results(const Options& o) {
  auto store = RecordStore::open(places().data);
  if (!store) return report(store.error());
  auto rows = store->list(o.filter());
  if (!rows) return report(rows.error());
  if (o.format == "xapi" && o.home_page.empty()) return report({Code::kUsage, "", "--format xapi needs --home-page", "Give the address of the system that knows the trainees' pseudonyms"});
  auto text = o.format == "xapi" ? statements_text(*store, *rows, o.home_page) : Result<std::string>(results_csv(*rows, {.lang = o.language(), .bom = !o.no_bom}));
  if (!text) return report(text.error());
  if (o.out.empty() || o.out == "-") {
    if (o.as_json) return report({Code::kUsage, "", "--json needs --out FILE: only one of the two can be on standard output", ""});
    std::fwrite(text->data(), 1, text->size(), stdout);
    return 0;
  }
  if (auto s = write_file(o.out, *text); !s) return report(s.error());
  if (o.as_json) fmt::print("{}\n", canonical({{"file", o.out}, {"attempts", rows->size()}}));
  else fmt::print("{} attempts -> {}\n", rows->size(), o.out);
  return 0;
}

// Everything that was recorded, proved: the store's own structure, and every journal's chain.
int check_all(const Options& o) {
  auto store = RecordStore::open(places().data);
  if (!store) return report(store.error());
  int worst = 0;
  if (auto s = store->check(); !s) worst = report(s.error());
  size_t whole = 0, torn = 0, empty = 0, damaged = 0;
  std::error_code ec;
  for (auto it = fs::directory_iterator(store->data_dir() / "journals", ec); !ec && it != fs::directory_iterator(); it.increment(ec)) {
    if (it->path().extension() != ".jsonl") continue;
    auto bytes = read_file(it->path(), kMaxJournalBytes);
    if (bytes && bytes->find('\n') == std::string::npos) {
      ++empty;  // the program ended before the attempt had begun
      continue;
    }
    auto journal = bytes ? parse_journal(*bytes, it->path().string()) : Result<Journal>(bytes.error());
    if (journal) {
      ++(journal->torn ? torn : whole);
    } else {
      ++damaged;
      worst = std::max(worst, report(journal.error()));
    }
  }
  if (ec) return report({Code::kEnvironment, (store->data_dir() / "journals").string(), "cannot be listed: " + ec.message(), ""});
  if (o.as_json) fmt::print("{}\n", canonical({{"whole", whole}, {"torn", torn}, {"never_begun", empty}, {"damaged", damaged}, {"ok", worst == 0}}));
  else fmt::print("{} journals whole, {} with a torn last line (they can be resumed), {} never begun, {} damaged\n", whole, torn, empty, damaged);
  return worst;
}

int close_one(const Options& o) {
  auto closed = close_interrupted(o.attempt, o.pack);
  if (!closed) return report(closed.error());
  for (const Error& w : closed->warnings) report(w);
  if (o.as_json) fmt::print("{}\n", canonical({{"attempt", closed->uuid}, {"journal", closed->journal.string()}, {"marksheet", to_json(closed->sheet)}, {"queued", closed->queued}}));
  else fmt::print("{}: {} / {}, {}\n", closed->uuid, points(closed->sheet.total_mp), points(closed->sheet.max_mp), closed->sheet.finished ? "handed in" : "unfinished");
  return 0;
}

}  // namespace

void add_results(CLI::App& app, int& exit_code) {
  auto o = std::make_shared<Options>();
  auto* cmd = app.add_subcommand("results", "Attempts recorded on this machine");
  cmd->require_subcommand(1);
  const auto filters = [&](CLI::App* c) {
    c->add_option("--trainee", o->trainee, "Only this trainee's (pseudonym)");
    c->add_option("--exercise", o->exercise, "Only of this exercise, such as auto-repair/wheel-change");
    c->add_option("--mode", o->mode, "guided, practice or assessment")->check(CLI::IsMember({"guided", "practice", "assessment"}));
    c->add_option("--since", o->since, "Only begun at or after this UTC time, such as 2026-03-01");
    c->add_option("--until", o->until, "Only begun before this UTC time");
    c->add_flag("--open", o->open, "Only open ones");
    c->add_flag("--closed", o->closed, "Only closed ones");
  };
  const auto common = [&](CLI::App* c) {
    c->add_flag("--json", o->as_json, "Print one JSON object");
    c->add_option("--lang", o->lang, "zh-CN (default) or en")->check(CLI::IsMember({"zh-CN", "en"}));
  };
  auto* c = cmd->add_subcommand("list", "One line per attempt, oldest first");
  filters(c);
  common(c);
  c->callback([=, &exit_code] { exit_code = list(*o); });

  c = cmd->add_subcommand("show", "One attempt: marks, codes, deliveries");
  c->add_option("attempt", o->attempt, "The attempt's id")->required();
  common(c);
  c->callback([=, &exit_code] { exit_code = show(*o); });

  c = cmd->add_subcommand("export", "A table for spreadsheets and school systems, or statements for a store that cannot be reached");
  c->add_option("--format", o->format, "csv (default), or xapi: statements of closed attempts, one a line")->check(CLI::IsMember({"csv", "xapi"}));
  c->add_option("--home-page", o->home_page, "For xapi: address of the system that knows the trainees' pseudonyms");
  c->add_option("--out", o->out, "File to write (default: standard output)");
  c->add_flag("--no-bom", o->no_bom, "Without the UTF-8 mark that some spreadsheet programs need");
  filters(c);
  common(c);
  c->callback([=, &exit_code] { exit_code = export_results(*o); });

  c = cmd->add_subcommand("check", "Prove the store and every journal; exit 1 when something is damaged");
  common(c);
  c->callback([=, &exit_code] { exit_code = check_all(*o); });

  c = cmd->add_subcommand("close", "Grade an open attempt that nobody goes on with, as it stands");
  c->add_option("attempt", o->attempt, "The attempt's id")->required();
  c->add_option("--pack", o->pack, "Folder of the attempt's pack (default: where it lay)");
  common(c);
  c->callback([=, &exit_code] { exit_code = close_one(*o); });
}

}  // namespace shixun
