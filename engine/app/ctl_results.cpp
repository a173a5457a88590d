// shixunctl results list|show|export|import|course|check|close|pseudonyms|vocabulary|purge: what this machine has recorded.

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>

#include "engine/app/ctl.h"
#include "engine/records/attempt.h"
#include "engine/records/csv.h"
#include "engine/records/config.h"
#include "engine/records/pack_shelf.h"
#include "engine/records/clock.h"
#include "engine/records/oneroster.h"
#include "engine/records/package.h"
#include "engine/records/purge.h"
#include "engine/records/spreadsheet.h"
#include "engine/records/store.h"
#include "engine/records/xapi.h"
#include "engine/records/xapi_profile.h"

namespace shixun {

namespace {

using nlohmann::json;

struct Options {
  std::string trainee, exercise, mode, since, until, attempt, format = "csv", home_page, out, lang = "zh-CN", pack, mapping, course, package, columns, numbers, gradebook, before, to;
  bool open = false, closed = false, as_package = false, as_json = false, no_bom = false, names = false, undelivered = false, yes = false;

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

// Judges of a competition are not told whose work it is.
std::string trainee_of(const AttemptRow& r, const Options& o) { return !o.names && r.mode == mode_name(Mode::kCompetition) ? "-" : r.trainee; }

json to_json(const AttemptRow& r, const Options& o) {
  json j = {{"attempt", r.uuid}, {"exercise", r.exercise}, {"title", {{"zh-CN", r.title.zh}, {"en", r.title.en}}}, {"pack_version", r.pack_version}, {"mode", r.mode},
            {"seed", r.seed}, {"trainee", trainee_of(r, o)}, {"device", r.device}, {"status", r.closed ? "closed" : "open"}, {"started_utc", r.started_utc}, {"journal", r.journal}};
  if (r.closed)
    j.update({{"ended_utc", r.ended_utc}, {"verdict", r.verdict}, {"total_mp", r.total_mp}, {"max_mp", r.max_mp}, {"process_mp", r.process_mp}, {"outcome_mp", r.outcome_mp},
              {"active_ms", r.active_ms}, {"codes", r.codes}, {"head_sha256", r.head_sha256}});
  return j;
}

std::string points(int64_t mp) { return fmt::format("{}{}.{}", mp < 0 ? "-" : "", std::abs(mp) / 1000, std::abs(mp) % 1000 / 100); }

std::string one_line(const AttemptRow& r, const Options& o) {
  const std::string result = r.closed && r.mode == mode_name(Mode::kDemo) ? "watched" : r.closed ? fmt::format("{} / {} {}{}", points(r.total_mp), points(r.max_mp), r.verdict, r.codes.empty() ? "" : " [" + r.codes + "]") : "open";
  return fmt::format("{}  {}  {:<12} {:<10} {}  {}", r.uuid, r.started_utc.substr(0, 16), trainee_of(r, o), r.mode, r.title.in(o.language()), result);
}

// What people said of a closed attempt, where they mark something or said anything.
Result<std::optional<Judgement>> people_of(const AttemptRow& r, const RecordStore& store, PackShelf& shelf, std::shared_ptr<const Pack>* pack = nullptr) {
  if (!r.closed) return std::optional<Judgement>();
  const fs::path path = store.journal_path(r.uuid);
  std::error_code ec;
  if (r.open_mp == 0 && !fs::exists(marks_path(path), ec)) return std::optional<Judgement>();
  auto journal = read_journal(path);
  if (!journal) return journal.error();
  auto found = shelf.get(journal->header, path.string(), r.pack_dir);
  if (!found) return found.error();
  auto judged = judgement_of(*found->pack, *found->exercise, *journal, path);
  if (!judged) return judged.error();
  if (pack) *pack = found->pack;
  return std::optional<Judgement>(std::move(*judged));
}

// None when the school has none; an error's exit code when it cannot be read.
Result<std::optional<Mapping>> school_mapping(const Options& o) {
  MappingLoad load = load_school_mapping(o.mapping);
  for (size_t i = 0; i + 1 < load.errors.size(); ++i) report(load.errors[i]);
  if (!load.errors.empty()) return load.errors.back();
  return std::move(load.mapping);
}

int list(const Options& o) {
  auto store = RecordStore::open(places().data);
  if (!store) return report(store.error());
  auto rows = store->list(o.filter());
  if (!rows) return report(rows.error());
  if (o.as_json) {
    json all = json::array();
    for (const AttemptRow& r : *rows) all.push_back(to_json(r, o));
    fmt::print("{}\n", canonical({{"attempts", all}}));
  } else {
    for (const AttemptRow& r : *rows) fmt::print("{}\n", one_line(r, o));
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
  auto mapping = school_mapping(o);
  if (!mapping) return report(mapping.error());
  const json sheet = r.closed ? json::parse(r.marksheet, nullptr, false) : json();
  PackShelf shelf(o.pack);
  std::shared_ptr<const Pack> pack;
  auto judged = people_of(r, *store, shelf, &pack);
  // The machine's marks are told even when people's cannot be.
  const int code = judged ? 0 : report(judged.error());
  const Judgement* people = judged && *judged ? &**judged : nullptr;
  std::optional<MappedResult> mapped;
  if (const auto mode = mode_from_name(r.mode); *mapping && mode && r.closed) {
    const bool decided = people ? people->sheet.finished && !people->sheet.open : r.verdict == "pass" || r.verdict == "fail";
    mapped = mapped_result(**mapping, r.exercise, *mode, people ? people->sheet.total_mp : r.total_mp, r.max_mp, r.active_ms, decided);
  }
  if (o.as_json) {
    json j = to_json(r, o);
    if (r.closed) j["marksheet"] = sheet;
    if (people) j["people"] = to_json(*people);
    if (mapped) j["mapping"] = to_json(*mapped);
    j["outbox"] = json::array();
    for (const OutboxRow& b : *outbox)
      j["outbox"].push_back({{"statement", b.statement_id}, {"endpoint", b.endpoint}, {"state", state_name(b.state)}, {"tries", b.tries}, {"receipt", b.receipt}, {"note", b.note}});
    fmt::print("{}\n", canonical(j));
    return code;
  }
  fmt::print("{}\n", one_line(r, o));
  if (sheet.is_object() && sheet.contains("criteria")) {
    for (const json& m : sheet["criteria"]) {
      const char* tag = lang_tag(o.language());
      fmt::print("  {:>6} / {:>5}  {}: {}{}\n", points(m.value("awarded_mp", int64_t{0})), points(m.value("max_mp", int64_t{0})), m["title"].value(tag, ""), m["why"].value(tag, ""),
                 m.contains("code") ? "  [" + m.value("code", "") + "]" : "");
    }
  }
  if (people) fmt::print("{}", judgement_text(*people, *pack, o.language()));
  if (mapped) fmt::print("  {}\n", mapped_text(*mapped, o.language()));
  int done = 0;
  for (const OutboxRow& b : *outbox) done += b.state == OutboxRow::State::kDone;
  if (!outbox->empty()) fmt::print("  statements delivered: {} of {}\n", done, outbox->size());
  fmt::print("  journal: {}\n", store->journal_path(r.uuid).string());
  return code;
}

// A course of one trainee: what the marksheets of all his attempts come to by the school's mapping.
int course(const Options& o) {
  auto mapping = school_mapping(o);
  if (!mapping) return report(mapping.error());
  if (!*mapping) return report({Code::kUsage, (places().config / "mapping.yaml").string(), "the school has no mapping: nothing says which exercise belongs to which course", "Write one there, or name it with --mapping"});
  const Mapping& m = **mapping;
  if (!o.course.empty() && !m.find_course(o.course)) return report({Code::kUsage, "", "the mapping has no course '" + o.course.substr(0, 64) + "'", ""});
  auto store = RecordStore::open(places().data);
  if (!store) return report(store.error());
  auto rows = store->list({.trainee = o.trainee, .closed = true});
  if (!rows) return report(rows.error());
  PackShelf shelf(o.pack);
  std::vector<CountedAttempt> attempts;
  int code = 0;
  for (const AttemptRow& listed : *rows) {
    const auto mode = mode_from_name(listed.mode);
    if (!mode || !m.place_of(listed.exercise)) continue;
    auto row = store->find(listed.uuid);
    if (!row) return report(row.error());
    CountedAttempt a{listed.uuid, listed.exercise, *mode, json::parse((*row)->marksheet, nullptr, false)};
    auto people = people_of(**row, *store, shelf);
    if (!people) code = std::max(code, report(people.error()));
    else if (*people) a.sheet = to_json((*people)->sheet);
    attempts.push_back(std::move(a));
  }
  json all = json::array();
  for (const Course& c : m.courses) {
    if (!o.course.empty() && c.code != o.course) continue;
    const CourseReport r = course_report(m, c, attempts);
    if (o.as_json) all.push_back(to_json(r));
    else fmt::print("{}", course_text(r, o.language()));
  }
  if (o.as_json) fmt::print("{}\n", canonical({{"trainee", o.trainee}, {"mapping", {{"id", m.id}, {"version", m.version}, {"sha256", m.sha256}}}, {"courses", all}}));
  else fmt::print(fmt::runtime(o.language() == Lang::kZh ? "学员 {}；映射表 {} {}（SHA-256 {}）\n" : "trainee {}; mapping {} {} (SHA-256 {})\n"), o.trainee, m.id, m.version, m.sha256);
  return code;
}

// The statements an endpoint would get, one a line: for stores that are reached by memory stick.
Result<std::string> statements_text(const RecordStore& store, const std::vector<AttemptRow>& rows, const XapiTarget& target, const std::map<std::string, Judgement>& people, const Mapping* mapping) {
  std::string text;
  for (const AttemptRow& r : rows) {
    if (!r.closed) continue;
    auto journal = read_journal(store.journal_path(r.uuid));
    if (!journal) return journal.error();
    auto statements = xapi_statements(*journal, target);
    if (!statements) return statements.error();
    for (const Statement& s : *statements) text += s.body + "\n";
    const auto judged = people.find(r.uuid);
    if (judged == people.end() || judged->second.marks_sha256.empty()) continue;
    const Marksheet& sheet = judged->second.sheet;
    const auto mapped = mapping ? mapped_result(*mapping, r.exercise, journal->header.mode, sheet.total_mp, sheet.max_mp, sheet.active_ms, sheet.finished && !sheet.open) : std::nullopt;
    auto statement = xapi_people_statement(*journal, target, judged->second, mapped ? &*mapped : nullptr);
    if (!statement) return statement.error();
    text += statement->body + "\n";
  }
  return text;
}

int written(const Options& o, size_t count, const char* what = "attempts") {
  if (o.as_json) fmt::print("{}\n", canonical({{"file", o.out}, {what, count}}));
  else fmt::print("{} {} -> {}\n", count, what, o.out);
  return 0;
}

// What a batch for a credit bank files: assessments that are decided and that the school's mapping gives hours or credits for.
std::vector<AttemptRow> filed(const std::vector<AttemptRow>& rows, const std::map<std::string, Judgement>& people, const Mapping& mapping) {
  std::vector<AttemptRow> out;
  for (const AttemptRow& r : rows) {
    const auto mode = mode_from_name(r.mode);
    const auto judged = people.find(r.uuid);
    const bool open = judged != people.end() ? judged->second.sheet.open : r.verdict == "open";
    if (r.closed && mode && rules_of(*mode).counts == Counts::kOutcome && !open && mapping.place_of(r.exercise)) out.push_back(r);
  }
  return out;
}

int export_results(const Options& o) {
  const bool batch = o.format == "credit-bank", roster = o.format == "oneroster", package = o.as_package || batch, statements_only = o.format == "xapi";
  if ((o.out.empty() || o.out == "-") && (package || roster || o.format == "xlsx"))
    return report({Code::kUsage, "", (o.as_package ? "--package" : "--format " + o.format) + " needs --out FILE", ""});
  if (roster && o.gradebook.empty()) return report({Code::kUsage, "", "--format oneroster needs --gradebook FILE", "It says which line item there belongs to which exercise: engine/records/oneroster.h"});
  if (batch && o.numbers.empty()) return report({Code::kUsage, "", "--format credit-bank needs --numbers FILE: candidates are known there by their numbers", "A CSV: trainee,number"});
  auto store = RecordStore::open(places().data);
  if (!store) return report(store.error());
  auto rows = store->list(o.filter());
  if (!rows) return report(rows.error());
  XapiTarget target{o.home_page};
  if (package && target.home_page.empty()) {
    auto config = load_config();
    if (!config) return report(config.error());
    if (config->endpoints.empty())
      return report({Code::kUsage, "", "a package needs --home-page, or an endpoint in config.yaml: its statements say whose pseudonyms these are", "Give the address of the system that knows the trainees' pseudonyms"});
    auto first = xapi_target(config->endpoints.front());
    if (!first) return report(first.error());
    target = std::move(*first);
    target.evidence = false;  // it lies beside them
  }
  if (statements_only && target.home_page.empty()) return report({Code::kUsage, "", "--format xapi needs --home-page", "Give the address of the system that knows the trainees' pseudonyms"});
  auto mapping = school_mapping(o);
  if (!mapping) return report(mapping.error());
  const Mapping* school = *mapping ? &**mapping : nullptr;
  if (batch && !school) return report({Code::kUsage, (places().config / "mapping.yaml").string(), "the school has no mapping: nothing says what an exercise is worth", "Write one there, or name it with --mapping"});
  std::optional<Numbers> numbers;
  if (!o.numbers.empty()) {
    auto loaded = load_numbers(o.numbers);
    if (!loaded) return report(loaded.error());
    numbers = std::move(*loaded);
  }
  PackShelf shelf(o.pack);
  std::map<std::string, Judgement> people;
  int code = 0;
  for (const AttemptRow& listed : *rows) {
    if (!listed.closed) continue;
    auto judged = people_of(listed, *store, shelf);
    if (!judged) code = std::max(code, report(judged.error()));
    else if (*judged) people.emplace(listed.uuid, std::move(**judged));
  }
  if (roster) {
    auto gradebook = load_gradebook(o.gradebook);
    if (!gradebook) return report(gradebook.error());
    auto made = oneroster_package(*rows, people, *gradebook, numbers ? &*numbers : nullptr);
    if (!made) return report(made.error());
    if (auto s = write_file(o.out, made->zip); !s) return report(s.error());
    return std::max(code, written(o, made->results, "results"));
  }
  if (batch) {
    *rows = filed(*rows, people, *school);
    if (rows->empty()) return report({Code::kFailed, "", "there is no decided assessment of an exercise in the mapping", ""});
    if (auto all = check_numbers(*numbers, *rows); !all) return report(all.error());
  }
  std::optional<ColumnMap> columns;
  if (!o.columns.empty()) {
    auto loaded = load_columns(o.columns);
    if (!loaded) return report(loaded.error());
    columns = std::move(*loaded);
  }
  Cells table;
  if (!statements_only) {
    table = results_table(*rows, {.lang = o.language(), .bom = !o.no_bom, .names = o.names, .numbers = numbers ? &*numbers : nullptr}, people, school);
    if (columns) table = map_columns(table, *columns);
    else if (batch) std::for_each(table.begin(), table.end(), [](auto& cells) { std::rotate(cells.begin(), cells.end() - 1, cells.end()); });  // the number first: it is what a batch is read by
  }
  if (package) {
    auto statements = statements_text(*store, *rows, target, people, school);
    if (!statements) return report(statements.error());
    auto key = station_key();
    if (!key) return report(key.error());
    std::vector<ArchiveFile> more;
    if (batch) more.push_back({"credit-bank.csv", table_csv(table, !o.no_bom)});
    auto zip = make_package(*store, *rows, std::move(*statements), *key, std::move(more));
    if (!zip) return report(zip.error());
    if (auto s = write_file(o.out, *zip); !s) return report(s.error());
    return std::max(code, written(o, static_cast<size_t>(std::count_if(rows->begin(), rows->end(), [](const AttemptRow& r) { return r.closed; }))));
  }
  if (o.format == "xlsx") {
    if (auto s = write_xlsx(o.out, columns ? columns->sheet : "results", table); !s) return report(s.error());
    return std::max(code, written(o, rows->size()));
  }
  auto text = statements_only ? statements_text(*store, *rows, target, people, school) : Result<std::string>(table_csv(table, !o.no_bom));
  if (!text) return report(text.error());
  if (o.out.empty() || o.out == "-") {
    if (o.as_json) return report({Code::kUsage, "", "--json needs --out FILE: only one of the two can be on standard output", ""});
    std::fwrite(text->data(), 1, text->size(), stdout);
    return code;
  }
  if (auto s = write_file(o.out, *text); !s) return report(s.error());
  return std::max(code, written(o, rows->size()));
}

// What an endpoint calls the trainees of this machine: for whoever keeps the school's list of them.
int pseudonyms(const Options& o) {
  auto config = load_config();
  if (!config) return report(config.error());
  const Endpoint* endpoint = config->find(o.to);
  if (!endpoint) return report({Code::kUsage, (places().config / "config.yaml").string(), "names no endpoint '" + o.to.substr(0, 40) + "'", "Add it there under endpoints"});
  auto target = xapi_target(*endpoint);
  if (!target) return report(target.error());
  auto store = RecordStore::open(places().data);
  if (!store) return report(store.error());
  auto rows = store->list();
  if (!rows) return report(rows.error());
  Numbers there;
  for (const AttemptRow& r : *rows) there.emplace(r.trainee, actor_name(*target, r.trainee));
  if (o.as_json) {
    fmt::print("{}\n", canonical(json(there)));
    return 0;
  }
  Cells table = {{"trainee", "number"}};
  for (const auto& [trainee, name] : there) table.push_back({trainee, name});
  fmt::print("{}", table_csv(table, false));
  return 0;
}

int vocabulary(const Options& o) {
  const fs::path dir = o.out;
  if (auto made = make_dirs(dir); !made) return report(made.error());
  if (auto s = write_file(dir / "profile.jsonld", xapi_profile().dump(2) + "\n"); !s) return report(s.error());
  if (auto s = write_file(dir / "profile.html", xapi_profile_html({Lang::kZh, Lang::kEn})); !s) return report(s.error());
  fmt::print("{}\n{}\n", (dir / "profile.jsonld").string(), (dir / "profile.html").string());
  return 0;
}

int purge_attempts(const Options& o) {
  PurgeOptions options{o.trainee, o.before, o.undelivered};
  if (!o.before.empty()) {
    const auto before = parse_utc(o.before.size() == 10 ? o.before + "T00:00:00Z" : o.before);
    if (!before) return report({Code::kUsage, "--before", "'" + o.before.substr(0, 40) + "' is no UTC time", "Such as 2026-03-01"});
    options.before_utc = format_utc(*before);
  }
  auto store = RecordStore::open(places().data);
  if (!store) return report(store.error());
  auto plan = plan_purge(*store, options);
  if (!plan) return report(plan.error());
  if (o.yes) {
    if (auto s = purge(*store, *plan, options); !s) return report(s.error());
  }
  if (o.as_json) {
    fmt::print("{}\n", canonical({{"purged", o.yes}, {"attempts", plan->attempts}, {"kept_undelivered", plan->undelivered}, {"kept_in_use", plan->in_use}}));
  } else {
    const bool zh = o.language() == Lang::kZh;
    fmt::print(fmt::runtime(o.yes ? (zh ? "已删除 {} 次作业\n" : "{} attempts are gone\n") : (zh ? "将删除 {} 次作业；加 --yes 执行\n" : "{} attempts would go; --yes does it\n")), plan->attempts.size());
    if (!plan->undelivered.empty()) fmt::print(fmt::runtime(zh ? "保留 {} 次：尚有记录未送达（--undelivered 一并删除）\n" : "{} are kept: not everything of them is delivered (--undelivered takes them, too)\n"), plan->undelivered.size());
    if (!plan->in_use.empty()) fmt::print(fmt::runtime(zh ? "保留 {} 次：正在进行\n" : "{} are kept: a program is working on them\n"), plan->in_use.size());
    if (o.yes && !plan->attempts.empty())
      fmt::print(fmt::runtime(zh ? "已送往其他系统的内容仍在那里；purged.jsonl 记有作业编号，可据此通知其管理者。证书登记簿不变。\n"
                                 : "What was sent to other systems is still there; purged.jsonl has the attempts' ids to tell their keepers. The register of credentials is as it was.\n"));
  }
  return plan->undelivered.empty() && plan->in_use.empty() ? 0 : static_cast<int>(Code::kFailed);
}

// Everything that was recorded, proved: the store's own structure, and the chain of every journal and of people's marks beside it.
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
      if (auto marks = read_marks(it->path(), *journal); !marks) {
        ++damaged;
        worst = std::max(worst, report(marks.error()));
      }
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

int import(const Options& o) {
  auto keys = read_keys();
  if (!keys) return report(keys.error());
  auto done = import_package(o.package, *keys);
  if (!done) return report(done.error());
  if (o.as_json) fmt::print("{}\n", canonical({{"attempts", done->attempts}, {"known", done->known}, {"marks", done->marks}}));
  else fmt::print(fmt::runtime(o.language() == Lang::kZh ? "新增 {} 次作业，{} 次本机已有；{} 份人工评分有更新\n" : "{} attempts taken in, {} were here already; marks by people of {} are new\n"), done->attempts, done->known, done->marks);
  return 0;
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
    c->add_option("--exercise", o->exercise, "Only of this exercise, such as my-pack/my-exercise");
    c->add_option("--mode", o->mode, fmt::format("{}", fmt::join(mode_names(), ", ")))->check(CLI::IsMember(mode_names()));
    c->add_option("--since", o->since, "Only begun at or after this UTC time, such as 2026-03-01");
    c->add_option("--until", o->until, "Only begun before this UTC time");
    c->add_flag("--open", o->open, "Only open ones");
    c->add_flag("--closed", o->closed, "Only closed ones");
  };
  const auto common = [&](CLI::App* c) {
    c->add_flag("--json", o->as_json, "Print one JSON object");
    add_lang(c, o->lang);
  };
  const auto names = [&](CLI::App* c) { c->add_flag("--names", o->names, "Also whose a competition's attempts are: judges are not told"); };
  const auto worth = [&](CLI::App* c) {
    c->add_option("--mapping", o->mapping, "The school's mapping.yaml (default: the one in the config folder, if there is one)");
    c->add_option("--pack", o->pack, "The pack to read people's marks with (default: where it lay, or found by its name)");
  };
  auto* c = cmd->add_subcommand("list", "One line per attempt, oldest first");
  filters(c);
  names(c);
  common(c);
  c->callback([=, &exit_code] { exit_code = list(*o); });

  c = cmd->add_subcommand("show", "One attempt: marks, people's marks and disputes, codes, what it is worth, deliveries");
  c->add_option("attempt", o->attempt, "The attempt's id")->required();
  worth(c);
  names(c);
  common(c);
  c->callback([=, &exit_code] { exit_code = show(*o); });

  c = cmd->add_subcommand("course", "What a trainee's attempts come to in the school's courses, by its mapping.yaml");
  c->add_option("trainee", o->trainee, "The trainee's pseudonym")->required();
  c->add_option("--course", o->course, "Only this course, by its code");
  worth(c);
  common(c);
  c->callback([=, &exit_code] { exit_code = course(*o); });

  c = cmd->add_subcommand("export", "A table for spreadsheets and school systems, or statements for a store that cannot be reached");
  c->add_option("--format", o->format, "csv (default); xlsx, a workbook; oneroster, a OneRoster 1.2 package of assessments; credit-bank, a batch to file with its evidence; xapi: statements of closed attempts, one a line")
      ->check(CLI::IsMember({"csv", "xlsx", "oneroster", "credit-bank", "xapi"}));
  c->add_option("--columns", o->columns, fmt::format("For csv, xlsx and credit-bank: columns.yaml, which columns under which headings. Fields: {}", fmt::join(result_fields(), ", ")));
  c->add_option("--numbers", o->numbers, "A CSV (trainee,number): what the receiving system calls the trainees");
  c->add_option("--gradebook", o->gradebook, "For oneroster: gradebook.yaml, which line item belongs to which exercise");
  c->add_option("--home-page", o->home_page, "For xapi: address of the system that knows the trainees' pseudonyms");
  c->add_flag("--package", o->as_package, "Instead: a signed .zip of evidence, marks and statements, to carry where no network goes (results import, verify)");
  c->add_option("--out", o->out, "File to write (default: standard output)");
  c->add_flag("--no-bom", o->no_bom, "Without the UTF-8 mark that some spreadsheet programs need");
  worth(c);
  names(c);
  filters(c);
  common(c);
  c->callback([=, &exit_code] { exit_code = export_results(*o); });

  c = cmd->add_subcommand("import", "Take in the attempts of a package that another station made with export --package");
  c->add_option("package", o->package, "The .zip")->required();
  common(c);
  c->callback([=, &exit_code] { exit_code = import(*o); });

  c = cmd->add_subcommand("pseudonyms", "What an endpoint calls the trainees (trainee,number), where its pseudonyms are made with a key of their own");
  c->add_option("--to", o->to, "The endpoint's name in config.yaml")->required();
  common(c);
  c->callback([=, &exit_code] { exit_code = pseudonyms(*o); });

  c = cmd->add_subcommand("vocabulary", "What the words in our xAPI statements mean, to publish: an xAPI Profile (JSON-LD) and a page");
  c->add_option("--out", o->out, "Folder for profile.jsonld and profile.html")->required();
  c->callback([=, &exit_code] { exit_code = vocabulary(*o); });

  c = cmd->add_subcommand("purge", "Take attempts off this machine for good: all of a trainee, or those that ended before a day; exit 1 when some are kept");
  c->add_option("--trainee", o->trainee, "Everything of this trainee (pseudonym)");
  c->add_option("--before", o->before, "Closed attempts that ended before this UTC time, such as 2026-03-01");
  c->add_flag("--undelivered", o->undelivered, "Also what is not delivered everywhere yet: it is lost to those it was for");
  c->add_flag("--yes", o->yes, "Do it; without this it is only told what would go");
  common(c);
  c->callback([=, &exit_code] { exit_code = purge_attempts(*o); });

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
