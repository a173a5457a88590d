#include "engine/records/attempt.h"

#include <optional>

#include "engine/base/hash.h"
#include "engine/base/log.h"
#include "engine/records/assessment.h"
#include "engine/records/build_id.h"
#include "engine/records/clock.h"
#include "engine/records/cmi5.h"
#include "engine/records/config.h"
#include "engine/records/keys.h"
#include "engine/records/mapping.h"
#include "engine/records/proctor_link.h"
#include "engine/records/store.h"
#include "engine/records/xapi.h"

namespace shixun {

struct Attempt::Impl {
  std::shared_ptr<const Pack> pack;
  const Exercise* exercise = nullptr;
  JournalHeader header;
  std::optional<JournalWriter> writer;  // none: only tried out
  fs::path journal_path;
  std::unique_ptr<Session> session;     // after writer: its sink writes there
  std::unique_ptr<ProctorLink> proctor;

  Impl(std::shared_ptr<const Pack> p, const Exercise& e, JournalHeader h, std::optional<JournalWriter> w)
      : pack(std::move(p)), exercise(&e), header(std::move(h)), writer(std::move(w)), journal_path(writer ? writer->path() : fs::path()) {
    session = std::make_unique<Session>(pack, *exercise, SessionOptions{header.mode, header.seed}, [this](const Event& event) { return writer ? writer->append(event) : ok(); },
                                        [this](const std::vector<SessionInput>& inputs) { return writer ? writer->append(inputs) : ok(); });
  }
};

namespace {

std::vector<OutboxRow> outbox_rows(const std::string& endpoint, const Journal& journal, std::vector<Statement> statements) {
  std::vector<OutboxRow> rows;
  for (Statement& s : statements) {
    OutboxRow r;
    r.statement_id = std::move(s.id);
    r.endpoint = endpoint;
    r.attempt = journal.header.attempt;
    r.seq = static_cast<int64_t>(rows.size()) + 1;
    r.body = std::move(s.body);
    rows.push_back(std::move(r));
  }
  return rows;
}

// For the LMS that launched the attempt, when one did.
Result<std::vector<OutboxRow>> session_rows(const Journal& journal) {
  auto session = find_session(journal.header.attempt);
  if (!session) return session.error();
  if (!*session) return std::vector<OutboxRow>();
  auto statements = cmi5_statements(journal, **session);
  if (!statements) return statements.error();
  return outbox_rows(session_endpoint(journal.header.attempt), journal, std::move(*statements));
}

Result<std::vector<OutboxRow>> outbox_rows(const std::vector<Endpoint>& endpoints, const Journal& journal, const fs::path& path) {
  std::vector<OutboxRow> all;
  for (const Endpoint& e : endpoints) {
    auto target = xapi_target(e);
    if (!target) return target.error();
    std::string bytes;
    if (target->evidence) {
      auto read = read_file(path, kMaxJournalBytes);
      if (!read) return read.error();
      bytes = std::move(*read);
    }
    auto statements = xapi_statements(journal, *target, bytes);
    if (!statements) return statements.error();
    for (OutboxRow& r : outbox_rows(e.name, journal, std::move(*statements))) all.push_back(std::move(r));
  }
  auto launched = session_rows(journal);
  if (!launched) return launched.error();
  for (OutboxRow& r : *launched) all.push_back(std::move(r));
  return all;
}

Result<int> queue_attempts(RecordStore& store, const std::vector<std::string>& uuids, const std::vector<Endpoint>& endpoints) {
  int added = 0;
  for (const std::string& uuid : uuids) {
    auto journal = read_journal(store.journal_path(uuid));
    if (!journal || !journal->footer) {  // purged or damaged: there is nothing to send, and the others must not wait for it
      spdlog::warn("attempt {} cannot be queued: {}", uuid, journal ? "its journal has no footer" : journal.error().what);
      continue;
    }
    auto rows = outbox_rows(endpoints, *journal, store.journal_path(uuid));
    if (!rows) return rows.error();
    auto n = store.queue(uuid, *rows);
    if (!n) return n;
    added += *n;
  }
  return added;
}

// Footer, row, outbox.
Result<ClosedAttempt> finish(RecordStore& store, JournalWriter& writer, Marksheet sheet, const std::string& uuid) {
  ClosedAttempt closed;
  closed.uuid = uuid;
  closed.journal = writer.path();
  const nlohmann::json marks = to_json(sheet);
  if (auto s = writer.finish(marks, format_utc(utc_now_ms())); !s) return s.error();
  closed.sheet = std::move(sheet);
  closed.sheet_sha256 = sha256_hex(canonical(marks));
  closed.head_sha256 = writer.head_sha256();

  // Read back what will be believed later: the row and the statements come from the file, not from memory.
  auto journal = read_journal(closed.journal);
  if (!journal) return journal.error();
  std::vector<OutboxRow> outbox;
  bool queued = false;
  if (auto config = load_config(); !config) {
    closed.warnings.push_back(config.error());
  } else if (auto rows = outbox_rows(config->endpoints, *journal, closed.journal); !rows) {
    closed.warnings.push_back(rows.error());
  } else {
    outbox = std::move(*rows);
    queued = true;
  }
  if (auto s = store.close(row_from_journal(*journal), outbox, queued); !s) return s.error();
  closed.queued = static_cast<int>(outbox.size());
  return closed;
}

constexpr uintmax_t kRoomToBegin = 32u << 20;

// Evidence that cannot be kept must not begin; what has begun may use what is left.
Status check_room(const fs::path& dir, Mode mode) {
  if (rules_of(mode).counts != Counts::kOutcome) return ok();
  std::error_code ec;
  const fs::space_info space = fs::space(dir, ec);
  if (ec || space.available >= kRoomToBegin) return ok();
  return Error{Code::kEnvironment, dir.string(), "there are less than 32 MiB left on this disk: an assessment cannot begin", "Free some space and try again"};
}

struct LoadedExercise {
  std::shared_ptr<const Pack> pack;
  const Exercise* exercise = nullptr;
};

// The pack an attempt was begun with; it must still score the same.
Result<LoadedExercise> load_exercise_of(const JournalHeader& header, const std::string& stored_dir, const fs::path& pack_dir) {
  std::error_code ec;
  fs::path dir = !pack_dir.empty() ? pack_dir : fs::path(stored_dir);
  if (dir.empty() || !fs::exists(dir, ec)) {
    auto found = find_pack(header.pack_id);
    if (!found) return found.error();
    dir = *found;
  }
  PackLoad load = load_pack(dir);
  if (!load.pack) return load.errors.empty() ? Error{Code::kFailed, dir.string(), "the pack cannot be loaded", ""} : load.errors.front();
  if (load.pack->scoring_sha256 != header.scoring_sha256)
    return Error{Code::kFailed, dir.string(),
                 "the pack (version " + load.pack->version + ") scores differently from the one the attempt was begun with (version " + header.pack_version + ")",
                 "Put that version back to go on with this attempt"};
  LoadedExercise loaded;
  loaded.pack = std::make_shared<const Pack>(std::move(*load.pack));
  loaded.exercise = loaded.pack->find_exercise(header.exercise.substr(header.exercise.find('/') + 1));
  if (!loaded.exercise) return Error{Code::kFailed, dir.string(), "the pack has no exercise '" + header.exercise + "'", ""};
  return loaded;
}

struct Opened {
  RecordStore store;
  ReopenedJournal journal;
  LoadedExercise loaded;
};

Result<Opened> open_again(const std::string& uuid, const fs::path& pack_dir) {
  if (!is_uuid(uuid)) return Error{Code::kUsage, "", "'" + uuid.substr(0, 64) + "' is not an attempt's id", "shixunctl results list shows them"};
  auto store = RecordStore::open(places().data);
  if (!store) return store.error();
  auto row = store->find(uuid);
  if (!row) return row.error();
  if (!*row) return Error{Code::kFailed, "", "there is no attempt " + uuid, "shixunctl results list shows them"};
  if ((*row)->closed) return Error{Code::kFailed, "", "attempt " + uuid + " is closed already", "shixunctl results show " + uuid + " shows its result"};
  auto key = station_key();
  if (!key) return key.error();
  auto reopened = reopen_journal(store->journal_path(uuid), *key);
  if (!reopened) return reopened.error();
  if (auto same = check_scorer(reopened->journal.header.scorer, store->journal_path(uuid).string()); !same) return same.error();
  auto loaded = load_exercise_of(reopened->journal.header, (*row)->pack_dir, pack_dir);
  if (!loaded) return loaded.error();
  return Opened{std::move(*store), std::move(*reopened), std::move(*loaded)};
}

}  // namespace

Attempt::Attempt(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Attempt::Attempt(Attempt&&) noexcept = default;
Attempt& Attempt::operator=(Attempt&&) noexcept = default;
Attempt::~Attempt() = default;

Session& Attempt::session() { return *impl_->session; }
const Session& Attempt::session() const { return *impl_->session; }
const JournalHeader& Attempt::header() const { return impl_->header; }
const std::string& Attempt::id() const { return impl_->header.attempt; }
const fs::path& Attempt::journal_path() const { return impl_->journal_path; }
std::shared_ptr<const Pack> Attempt::pack() const { return impl_->pack; }
const Exercise& Attempt::exercise() const { return *impl_->exercise; }
Status Attempt::flush() { return impl_->writer ? impl_->writer->flush() : ok(); }
Status Attempt::attend() {
  if (!impl_->proctor) return ok();
  impl_->proctor->offer(impl_->writer->head_sha256());
  while (auto answer = impl_->proctor->take()) {
    if (auto s = impl_->writer->append_answer(*answer); !s) return s;
  }
  return ok();
}
Attempt::Proctor Attempt::proctor() const {
  if (!impl_->proctor) return Proctor::kNone;
  return impl_->proctor->lost() ? Proctor::kLost : impl_->proctor->silent() ? Proctor::kSilent : Proctor::kAnswers;
}
bool Attempt::recorded() const { return impl_->writer.has_value(); }

Status Attempt::change_pack(std::shared_ptr<const Pack> pack) {
  if (recorded()) return Error{Code::kUsage, "", "the pack of an attempt that is recorded cannot change", "Try changes out with: shixun play PACK/EXERCISE --watch"};
  if (auto changed = impl_->session->change_pack(pack); !changed) return changed;
  impl_->exercise = pack->find_exercise(impl_->exercise->id);
  impl_->pack = std::move(pack);
  return ok();
}

namespace {

// What the token of an assessment says of a proctor. One that cannot be read (its school's key is gone) has none: the level says so.
// `so_far`: the journal of an attempt that is gone on with.
std::unique_ptr<ProctorLink> link_to_proctor(const JournalHeader& header, const Journal* so_far = nullptr) {
  if (header.token.empty()) return nullptr;
  auto keys = read_keys();
  auto token = keys ? read_token(header.token, "the token", *keys) : Result<AssessmentToken>(keys.error());
  if (!token || !token->proctor) return nullptr;
  auto config = load_config();
  bool lost = false;
  if (so_far) {
    auto last = so_far->answers.empty() ? Result<ProctorAnswer>(Error{}) : read_answer(so_far->answers.back().text, token->proctor->kid, "");
    lost = !last || utc_now_ms() - *parse_utc(last->at_utc) > token->proctor->tolerance_ms();
  }
  return std::make_unique<ProctorLink>(*token->proctor, header.attempt, header.token, config ? config->proctor_ca_file : fs::path(), lost);
}

// Journal, row, session.
Result<Attempt> begin(std::shared_ptr<const Pack> pack, const Exercise& exercise, JournalHeader header, RecordStore& store, const PrivateKey& key) {
  if (auto room = check_room(store.data_dir(), header.mode); !room) return room.error();
  auto writer = create_journal(store.journal_path(header.attempt), header, key);
  if (!writer) return writer.error();
  std::error_code ec;
  if (auto s = store.add_open(header, fs::absolute(pack->source, ec).string()); !s) {
    fs::remove(writer->path(), ec);  // nothing happened in it yet
    return s.error();
  }
  auto impl = std::make_unique<Attempt::Impl>(std::move(pack), exercise, std::move(header), std::move(*writer));
  impl->proctor = link_to_proctor(impl->header);
  return Attempt(std::move(impl));
}

JournalHeader new_header(const Pack& pack, const Exercise& exercise, Mode mode, const std::string& trainee, Lang lang, const std::string& device) {
  JournalHeader header{.attempt = uuid_v4(),
                       .exercise = pack.id + "/" + exercise.id,
                       .title = pack.text(exercise.title),
                       .pack_id = pack.id,
                       .pack_version = pack.version,
                       .pack_sha256 = pack.sha256,
                       .scoring_sha256 = pack.scoring_sha256,
                       .mode = mode,
                       .trainee = trainee,
                       .engine = SHIXUN_VERSION,
                       .engine_sha256 = kEngineSha256,
                       .scorer_sha256 = kScorerSha256,
                       .started_utc = format_utc(utc_now_ms()),
                       .device = device,
                       .lang = lang_tag(lang)};
  const MappingLoad school = load_school_mapping();  // one with mistakes in it is as good as none: nothing is credited by it
  if (school.mapping) {
    header.mapping_id = school.mapping->id;
    header.mapping_version = school.mapping->version;
    header.mapping_sha256 = school.mapping->sha256;
  }
  return header;
}

}  // namespace

Result<Attempt> begin_attempt(std::shared_ptr<const Pack> pack, const Exercise& exercise, const SessionOptions& options, const std::string& trainee, Lang lang,
                              const std::string& device) {
  if (!is_pseudonym(trainee))
    return Error{Code::kUsage, "", "'" + trainee.substr(0, 64) + "' cannot be a trainee's id", "Use a pseudonym of 1 to 64 of A-Z a-z 0-9 . _ -"};
  auto store = RecordStore::open(places().data);
  if (!store) return store.error();
  auto key = station_key();
  if (!key) return key.error();
  JournalHeader header = new_header(*pack, exercise, options.mode, trainee, lang, device);
  header.seed = options.seed;
  if (rules_of(header.mode).sealed_seed) header.sealed = seal_seed(header.seed, key->public_key());
  return begin(std::move(pack), exercise, std::move(header), *store, *key);
}

Result<Attempt> begin_assessment(std::shared_ptr<const Pack> pack, const Exercise& exercise, const std::string& token_file, Lang lang, const std::string& device) {
  const std::string token_text = token_file.substr(0, token_file.find_last_not_of("\r\n") + 1);
  auto keys = read_keys();
  if (!keys) return keys.error();
  auto token = read_token(token_text, "--token", *keys);
  if (!token) return token.error();
  auto key = station_key();
  if (!key) return key.error();
  JournalHeader header = new_header(*pack, exercise, Mode::kAssessment, token->candidate, lang, device);
  if (auto fits = check_token_fits(*token, header.trainee, header.exercise, header.scoring_sha256, header.started_utc); !fits) return fits.error();
  auto opened = open_seed(token->seed, *key);
  if (!opened) return Error{Code::kFailed, "--token", "the token is for another station: " + token->seed.kid, "This one's key is " + key->public_key().id()};
  header.attempt = attempt_of_token(*token);
  header.token = token_text;
  header.sealed = token->seed;
  header.sealed->salt = opened->salt;
  header.seed = opened->seed;
  auto store = RecordStore::open(places().data);
  if (!store) return store.error();
  auto there = store->find(header.attempt);
  if (!there) return there.error();
  if (*there)
    return Error{Code::kFailed, "--token", "the token was used already: attempt " + header.attempt + ((*there)->closed ? " is closed" : " is open"), (*there)->closed ? "" : "It can be resumed from the start page"};
  return begin(std::move(pack), exercise, std::move(header), *store, *key);
}

Result<Attempt> begin_launched(std::shared_ptr<const Pack> pack, const Exercise& exercise, const std::string& attempt, uint64_t seed, Lang lang, const std::string& device) {
  auto session = find_session(attempt);
  if (!session) return session.error();
  if (!*session) return Error{Code::kFailed, "", "attempt " + attempt + " was not launched by an LMS", ""};
  auto store = RecordStore::open(places().data);
  if (!store) return store.error();
  auto there = store->find(attempt);
  if (!there) return there.error();
  if (*there && !(*there)->closed) return resume_attempt(attempt);
  if (*there) return Error{Code::kFailed, "the launch link", "was used already: attempt " + attempt + " is closed", "Start it again from the LMS"};
  auto key = station_key();
  if (!key) return key.error();
  Journal journal;
  journal.header = new_header(*pack, exercise, (*session)->data.mode, (*session)->registration, lang, device);
  journal.header.attempt = attempt;
  journal.header.seed = seed;
  if (rules_of(journal.header.mode).sealed_seed) journal.header.sealed = seal_seed(seed, key->public_key());
  auto begun = begin(std::move(pack), exercise, journal.header, *store, *key);
  if (!begun) return begun;
  // `initialized` does not wait for the end.
  auto rows = session_rows(journal);
  if (!rows) return rows.error();
  if (auto queued = store->queue(attempt, *rows); !queued) return queued.error();
  return begun;
}

Attempt try_out(std::shared_ptr<const Pack> pack, const Exercise& exercise, const SessionOptions& options) {
  JournalHeader header;
  header.exercise = pack->id + "/" + exercise.id;
  header.mode = options.mode;
  header.seed = options.seed;
  return Attempt(std::make_unique<Attempt::Impl>(std::move(pack), exercise, std::move(header), std::nullopt));
}

Result<std::vector<OpenAttempt>> list_open_attempts() {
  auto store = RecordStore::open(places().data);
  if (!store) return store.error();
  auto rows = store->list({.closed = false});
  if (!rows) return rows.error();
  std::vector<OpenAttempt> open;
  for (const AttemptRow& r : *rows) {
    OpenAttempt o;
    o.uuid = r.uuid;
    o.exercise = r.exercise;
    o.trainee = r.trainee;
    o.started_utc = r.started_utc;
    o.title = r.title;
    if (auto mode = mode_from_name(r.mode)) o.mode = *mode;
    o.seed = std::strtoull(r.seed.c_str(), nullptr, 10);
    const fs::path path = store->journal_path(r.uuid);
    o.in_use = journal_in_use(path);
    if (auto journal = read_journal(path)) {
      o.events = journal->events.size();
      o.t_ms = journal->events.empty() ? 0 : journal->events.back().t_ms;
    } else {
      o.damage = journal.error().text();
    }
    open.push_back(std::move(o));
  }
  return open;
}

Result<Attempt> resume_attempt(const std::string& uuid, const fs::path& pack_dir) {
  auto opened = open_again(uuid, pack_dir);
  if (!opened) return opened.error();
  auto& [journal, writer] = opened->journal;
  auto impl = std::make_unique<Attempt::Impl>(opened->loaded.pack, *opened->loaded.exercise, journal.header, std::move(writer));
  impl->session->restore(journal.events);
  impl->proctor = link_to_proctor(impl->header, &journal);
  return Attempt(std::move(impl));
}

Result<ClosedAttempt> close_attempt(Attempt attempt) {
  Attempt::Impl& a = *attempt.impl_;
  if (!a.writer) {
    if (!a.session->over()) {
      if (auto last = a.session->release(); !last) return last.error();
    }
    ClosedAttempt closed;
    closed.sheet = a.session->sheet();
    return closed;
  }
  auto store = RecordStore::open(places().data);
  if (!store) return store.error();
  if (!a.session->over()) {
    if (auto last = a.session->release(); !last) return last.error();
  }
  // The proctor's desk has the last word: it knows then how the work ended. Without it the attempt is over all the same.
  if (a.proctor) {
    if (auto s = attempt.attend(); !s) return s.error();
    if (auto answer = a.proctor->ask_now(a.writer->head_sha256())) {
      if (auto s = a.writer->append_answer(*answer); !s) return s.error();
    }
  }
  // What counts is what was recorded: the marks are taken from the file, as anyone who checks them will.
  auto journal = read_journal(a.writer->path());
  if (!journal) return journal.error();
  auto closed = finish(*store, *a.writer, grade(*a.pack, *a.exercise, a.header.mode, a.header.seed, journal->events), a.header.attempt);
  if (closed && a.proctor) closed->proctor_lost = a.proctor->lost();
  return closed;
}

Result<ClosedAttempt> close_interrupted(const std::string& uuid, const fs::path& pack_dir) {
  auto opened = open_again(uuid, pack_dir);
  if (!opened) return opened.error();
  const Journal& j = opened->journal.journal;
  // Gone on with only to be closed: what an interruption kept from being recorded is not missing without a reason.
  const SessionInput resumed{SessionInput::Kind::kResumed, j.events.empty() ? 0 : tick_from(j.events.back().t_ms), {}, {}};
  if (auto s = opened->journal.writer.append(std::vector<SessionInput>{resumed}); !s) return s.error();
  Marksheet sheet = grade(*opened->loaded.pack, *opened->loaded.exercise, j.header.mode, j.header.seed, j.events);
  return finish(opened->store, opened->journal.writer, std::move(sheet), uuid);
}

Result<int> queue_unqueued_attempts() {
  auto store = RecordStore::open(places().data);
  if (!store) return store.error();
  auto config = load_config();
  if (!config) return config.error();
  auto uuids = store->unqueued();
  if (!uuids) return uuids.error();
  return queue_attempts(*store, *uuids, config->endpoints);
}

Result<int> queue_people_statement(const Journal& journal, const Judgement& people) {
  const std::string& uuid = journal.header.attempt;
  if (people.open() || people.marks_sha256.empty()) return 0;
  auto store = RecordStore::open(places().data);
  if (!store) return store.error();
  auto row = store->find(uuid);
  if (!row) return row.error();
  // Another machine's attempt may have the same file name, never the same evidence.
  if (!*row || (*row)->head_sha256 != journal.head_sha256) return 0;
  auto config = load_config();
  if (!config) return config.error();
  auto sent = store->outbox(uuid);
  if (!sent) return sent.error();
  std::vector<OutboxRow> rows;
  for (const Endpoint& e : config->endpoints) {
    int64_t seq = 0;
    for (const OutboxRow& r : *sent) {
      if (r.endpoint == e.name) seq = std::max(seq, r.seq);
    }
    if (seq == 0) continue;  // its own statements come first
    auto target = xapi_target(e);
    if (!target) return target.error();
    auto statement = xapi_people_statement(journal, *target, people, nullptr);
    if (!statement) return statement.error();
    OutboxRow r;
    r.statement_id = std::move(statement->id);
    r.endpoint = e.name;
    r.attempt = uuid;
    r.seq = seq + 1;
    r.body = std::move(statement->body);
    rows.push_back(std::move(r));
  }
  return rows.empty() ? Result<int>(0) : store->queue(uuid, rows);
}

Result<int> queue_closed_attempts(const Endpoint& endpoint) {
  auto store = RecordStore::open(places().data);
  if (!store) return store.error();
  auto uuids = store->closed_without(endpoint.name);
  if (!uuids) return uuids.error();
  return queue_attempts(*store, *uuids, {endpoint});
}

}  // namespace shixun
