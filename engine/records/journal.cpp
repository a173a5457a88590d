#include "engine/records/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>

#include "engine/base/hash.h"
#include "engine/records/clock.h"

namespace shixun {

namespace {

constexpr auto kFlushAfter = std::chrono::milliseconds(250);  // with the flush itself, well under the promised 0.5 s
constexpr int64_t kMaxTimeMs = 1'000'000'000'000;   // 31 years; leaves room to add times up
constexpr int64_t kMaxPoints = 1'000'000'000;       // milli-points
constexpr int kMaxLineDepth = 16;     // of a footer; events have 2, inputs 4
constexpr size_t kMaxSignatures = 10'000;  // 500 hours of work
constexpr size_t kMaxToken = 16u << 10;
constexpr size_t kMaxAnswers = 20'000;
constexpr size_t kLinesToAnswer = 4096;  // an answer is to one of so many lines before it

// ---------------------------------------------------------------- reading

Error at_line(const std::string& name, size_t line, std::string what) {
  return {Code::kFailed, name + ":" + std::to_string(line), std::move(what), ""};
}

// A line as a JSON object whose canonical form is the line itself: no second spelling, no key twice. Empty when it is not.
std::optional<nlohmann::json> parse_line(std::string_view line, int depth) {
  if (!nests_within(line, depth)) return std::nullopt;
  nlohmann::json j = nlohmann::json::parse(line, nullptr, false);
  if (!j.is_object() || canonical(j) != line) return std::nullopt;
  return j;
}

bool has_exactly(const nlohmann::json& j, std::initializer_list<const char*> keys) {
  if (!j.is_object() || j.size() != keys.size()) return false;
  for (const char* k : keys) {
    if (!j.contains(k)) return false;
  }
  return true;
}

const std::string* text_at(const nlohmann::json& j, const char* key) {
  const auto it = j.find(key);
  return it != j.end() && it->is_string() ? it->get_ptr<const std::string*>() : nullptr;
}

bool is_sha256(std::string_view s) {
  if (s.size() != 64) return false;
  for (const char c : s) {
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  }
  return true;
}

bool short_text(const std::string* s) { return s && s->size() <= 256 && is_clean_utf8(*s); }

// A seed as a number: decimal, in its one spelling.
std::optional<uint64_t> seed_of(const nlohmann::json& j) {
  if (!j.is_string()) return std::nullopt;
  const std::string& text = j.get_ref<const std::string&>();
  uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc() || end != text.data() + text.size() || std::to_string(seed) != text) return std::nullopt;
  return seed;
}

// What is wrong with the seed of a header, or empty.
std::string read_seed(const nlohmann::json& j, JournalHeader& h) {
  if (h.format == 1 || has_exactly(j, {"number"})) {
    const auto seed = seed_of(h.format == 1 ? j : j["number"]);
    if (!seed) return "the seed is not a decimal number";
    h.seed = *seed;
    return "";
  }
  if (!has_exactly(j, {"commitment", "kid", "box"}) || !text_at(j, "commitment") || !is_sha256(*text_at(j, "commitment")) || !short_text(text_at(j, "kid")) || !text_at(j, "box"))
    return "the seed is neither a number nor sealed";
  h.sealed = SealedSeed{*text_at(j, "commitment"), "", *text_at(j, "kid"), *text_at(j, "box")};
  h.seed = 0;
  h.seed_known = false;
  return "";
}

// What is wrong with a header line, or empty.
std::string read_header(const nlohmann::json& j, JournalHeader& h) {
  const auto format = j.find("format");
  if (!text_at(j, "v") || *text_at(j, "v") != "header") return "the first line is not a journal's header";
  if (format == j.end() || !format->is_number_unsigned() || *format < 1 || *format > kJournalFormat) return "this journal's format is not known here (expected format 1 to 3)";
  h.format = format->get<int>();
  const bool old = h.format == 1;
  const bool complete = old ? has_exactly(j, {"v", "format", "attempt", "exercise", "title", "pack", "mode", "seed", "trainee", "engine", "scorer", "started_utc", "device", "lang"})
                            : has_exactly(j, {"v", "format", "attempt", "exercise", "title", "pack", "mapping", "mode", "seed", "token", "trainee", "engine", "engine_sha256", "scorer", "scorer_sha256", "started_utc",
                                              "device", "lang"}) &&
                                  (j["mapping"].is_null() || has_exactly(j["mapping"], {"id", "version", "sha256"}));
  if (!complete || !has_exactly(j["pack"], {"id", "version", "sha256", "scoring_sha256"}) || !has_exactly(j["title"], {"zh-CN", "en"})) return "the header lacks a member or has one too many";
  const nlohmann::json& pack = j["pack"];
  std::vector<std::pair<const std::string*, std::string*>> texts = {
      {text_at(j, "attempt"), &h.attempt},   {text_at(j, "exercise"), &h.exercise},   {text_at(j["title"], "zh-CN"), &h.title.zh},
      {text_at(j["title"], "en"), &h.title.en}, {text_at(pack, "id"), &h.pack_id},    {text_at(pack, "version"), &h.pack_version},
      {text_at(pack, "sha256"), &h.pack_sha256}, {text_at(pack, "scoring_sha256"), &h.scoring_sha256}, {text_at(j, "trainee"), &h.trainee},
      {text_at(j, "engine"), &h.engine},     {text_at(j, "started_utc"), &h.started_utc}, {text_at(j, "device"), &h.device}, {text_at(j, "lang"), &h.lang}};
  if (!old) {
    texts.insert(texts.end(), {{text_at(j, "engine_sha256"), &h.engine_sha256}, {text_at(j, "scorer_sha256"), &h.scorer_sha256}});
    if (const nlohmann::json& m = j["mapping"]; !m.is_null()) texts.insert(texts.end(), {{text_at(m, "id"), &h.mapping_id}, {text_at(m, "version"), &h.mapping_version}, {text_at(m, "sha256"), &h.mapping_sha256}});
  }
  for (const auto& [from, to] : texts) {
    if (!short_text(from)) return "a text in the header is missing, not text or too long";
    *to = *from;
  }
  if (!is_uuid(h.attempt)) return "the attempt's id is not a UUID";
  if (!is_pseudonym(h.trainee)) return "the trainee's pseudonym may only have A-Z a-z 0-9 . _ - and 64 characters";
  for (const std::string* hash : {&h.pack_sha256, &h.scoring_sha256}) {
    if (!is_sha256(*hash)) return "a hash of the pack is not 64 hex digits";
  }
  for (const std::string* hash : {&h.engine_sha256, &h.scorer_sha256}) {
    if (!old && !is_sha256(*hash)) return "a hash of the engine is not 64 hex digits";
  }
  if (!h.mapping_sha256.empty() && !is_sha256(h.mapping_sha256)) return "the hash of the mapping is not 64 hex digits";
  if (!parse_utc(h.started_utc)) return "started_utc is not a time";
  const std::string* mode = text_at(j, "mode");
  auto known = mode ? mode_from_name(*mode) : Result<Mode>(Error{});
  if (!known) return "the mode is not known";
  h.mode = *known;
  const nlohmann::json& scorer = j["scorer"];
  if (!scorer.is_number_unsigned() || scorer > 1'000'000) return "the scorer's version is not a number";
  h.scorer = scorer.get<int>();
  if (!old && !j["token"].is_null()) {
    const std::string* token = text_at(j, "token");
    if (!token || token->empty() || token->size() > kMaxToken) return "the assessment token is not text or too long";
    h.token = *token;
  }
  return read_seed(j["seed"], h);
}

// ---------------------------------------------------------------- signatures

// What a signature is of: the line without it.
std::string signed_part(nlohmann::json line) {
  line.erase("sig");
  line.erase("seal");
  return canonical(line);
}

void sign_line(nlohmann::json& line, const PrivateKey& key) {
  line["suite"] = kSuiteRs256;
  line["jwk"] = to_jwk(key.public_key());
  line["sig"] = key.sign(canonical(line));
}

// What is wrong with the signature of a line, or empty.
std::string read_signature(const nlohmann::json& j, JournalSignature& s) {
  if (!text_at(j, "suite") || *text_at(j, "suite") != kSuiteRs256) return "it is signed by a suite that is not known here";
  auto key = public_key_from_jwk(j["jwk"]);
  if (!key || j["jwk"].size() != 3) return "the key of its signature is no sound key";
  if (!text_at(j, "sig") || !verify_signature(*key, signed_part(j), *text_at(j, "sig"))) return "the signature does not fit: this line, or one before it, was written by somebody else";
  s.key = *key;
  return "";
}

std::string seal_of(nlohmann::json footer) {
  footer.erase("seal");
  return sha256_hex(canonical(footer));
}

bool is_points(const nlohmann::json& j, const char* key) {
  const auto it = j.find(key);
  return it != j.end() && it->is_number_integer() && *it >= -kMaxPoints && *it <= kMaxPoints;
}

bool is_text_pair(const nlohmann::json& j, const char* key) {
  const auto it = j.find(key);
  return it != j.end() && it->is_object() && text_at(*it, "zh-CN") && text_at(*it, "en");
}

// A marksheet's shape, as far as anyone here relies on it: with a good seal it may still come from anywhere.
bool is_marksheet(const nlohmann::json& s) {
  for (const char* key : {"total_mp", "max_mp", "process_mp", "outcome_mp"}) {
    if (!is_points(s, key)) return false;
  }
  if (s.contains("open_mp") && !is_points(s, "open_mp")) return false;  // scorer 1 had none
  const auto codes = s.find("codes"), criteria = s.find("criteria"), finished = s.find("finished"), active = s.find("active_ms");
  if (codes == s.end() || !codes->is_array() || criteria == s.end() || !criteria->is_array() || finished == s.end() || !finished->is_boolean() || !text_at(s, "verdict") ||
      active == s.end() || !active->is_number_integer() || *active < 0 || *active > kMaxTimeMs)
    return false;
  for (const nlohmann::json& code : *codes) {
    if (!code.is_string()) return false;
  }
  for (const nlohmann::json& m : *criteria) {
    if (!m.is_object() || !text_at(m, "id") || !text_at(m, "criterion") || !text_at(m, "lens") || !is_points(m, "max_mp") || !is_points(m, "awarded_mp") || !is_text_pair(m, "title") ||
        !is_text_pair(m, "why") || (m.contains("code") && !text_at(m, "code")) ||
        (m.contains("open") && !m["open"].is_boolean()) || (m.contains("critical") && !m["critical"].is_boolean()))
      return false;
    const auto events = m.find("events");
    if (events == m.end() || !events->is_array()) return false;
    for (const nlohmann::json& e : *events) {
      if (!e.is_number_unsigned() || e > UINT32_MAX) return false;
    }
  }
  return true;
}

// The seed, taken out of its seal; what is wrong with it, or empty.
std::string read_opened_seed(const nlohmann::json& j, JournalHeader& h) {
  const auto seed = has_exactly(j, {"number", "salt"}) && text_at(j, "salt") ? seed_of(j["number"]) : std::nullopt;
  if (!seed || seed_commitment(*seed, *text_at(j, "salt")) != h.sealed->commitment) return "the seed is not the one that the header was committed to";
  h.seed = *seed;
  h.seed_known = true;
  h.sealed->salt = *text_at(j, "salt");
  return "";
}

// What is wrong with a footer line, or empty.
std::string read_footer(const nlohmann::json& j, Journal& journal) {
  JournalFooter& f = journal.footer.emplace();
  std::vector<std::string> expected = {"v", "prev", "sheet", "sheet_sha256", "ended_utc", "seal"};
  if (journal.header.sealed) expected.push_back("seed");
  const bool is_signed = j.contains("sig");
  if (is_signed) expected.insert(expected.end(), {"suite", "jwk", "sig"});
  if (j.size() != expected.size() || !std::all_of(expected.begin(), expected.end(), [&](const std::string& key) { return j.contains(key); })) return "the footer lacks a member or has one too many";
  const std::string *hash = text_at(j, "sheet_sha256"), *ended = text_at(j, "ended_utc"), *seal = text_at(j, "seal");
  if (!j["sheet"].is_object() || !hash || !ended || !seal) return "a member of the footer has the wrong type";
  if (*seal != seal_of(j)) return "the footer was changed: it does not match its seal";
  if (*hash != sha256_hex(canonical(j["sheet"]))) return "the marksheet was changed: it does not match sheet_sha256";
  if (!parse_utc(*ended)) return "ended_utc is not a time";
  if (!is_marksheet(j["sheet"])) return "the marksheet lacks something or has a wrong type in it";
  f = {j["sheet"], *hash, *ended};
  if (journal.header.sealed) {
    if (std::string what = read_opened_seed(j["seed"], journal.header); !what.empty()) return what;
  }
  if (!is_signed) return "";
  JournalSignature s;
  s.at_utc = *ended;
  s.line = journal.lines + 1;
  if (std::string what = read_signature(j, s); !what.empty()) return what;
  journal.signatures.push_back(std::move(s));
  return "";
}

std::string read_signature_line(const nlohmann::json& j, Journal& journal) {
  if (journal.header.format == 1 || !has_exactly(j, {"v", "prev", "at", "suite", "jwk", "sig"})) return "the signature lacks a member or has one too many";
  if (journal.signatures.size() >= kMaxSignatures) return "there are more than 10000 signatures";
  if (!text_at(j, "at") || !parse_utc(*text_at(j, "at"))) return "the signature's time is not a time";
  JournalSignature s;
  s.at_utc = *text_at(j, "at");
  s.line = journal.lines + 1;
  if (std::string what = read_signature(j, s); !what.empty()) return what;
  journal.signatures.push_back(std::move(s));
  return "";
}

std::string read_inputs_line(const nlohmann::json& j, Journal& journal) {
  if (journal.header.format < 3 || !has_exactly(j, {"v", "prev", "in"})) return "the inputs lack a member or have one too many";
  auto inputs = inputs_from_json(j["in"]);
  if (!inputs) return inputs.error().what;
  journal.inputs.push_back({journal.events.size(), std::move(*inputs)});
  return "";
}

// A line's hash, and how many events stand up to it.
using Heads = std::deque<std::pair<std::string, size_t>>;

std::string read_answer_line(const nlohmann::json& j, const Heads& heads, Journal& journal) {
  if (journal.header.format < 3 || !has_exactly(j, {"v", "prev", "answer"}) || !text_at(j, "answer")) return "the proctor's answer lacks a member or has one too many";
  if (journal.answers.size() >= kMaxAnswers) return "there are more than 20000 answers of a proctor's desk";
  auto jws = parse_jws(*text_at(j, "answer"), "");
  const std::string* head = jws ? text_at(jws->payload, "head") : nullptr;
  const auto it = head ? std::find_if(heads.rbegin(), heads.rend(), [&](const auto& h) { return h.first == *head; }) : heads.rend();
  if (it == heads.rend()) return "the proctor's answer is to no line of this journal";
  if (!journal.answers.empty() && it->second < journal.answers.back().head_events) return "the proctor's answers are out of order";
  journal.answers.push_back({*text_at(j, "answer"), journal.lines + 1, journal.events.size(), it->second});
  return "";
}

}  // namespace

bool is_pseudonym(std::string_view s) {
  if (s.empty() || s.size() > 64) return false;
  for (const char c : s) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    if (!plain) return false;
  }
  return true;
}

std::string seed_commitment(uint64_t seed, std::string_view salt) { return sha256_hex("shixun-seed:" + std::string(salt) + ":" + std::to_string(seed)); }

SealedSeed seal_seed(uint64_t seed, const PublicKey& station) {
  SealedSeed sealed;
  sealed.salt = sha256_hex(random_bytes(32)).substr(0, 32);
  sealed.commitment = seed_commitment(seed, sealed.salt);
  sealed.kid = station.id();
  auto box = seal_to(station, sealed.salt + ":" + std::to_string(seed));
  assert(box);  // short enough for every key that is accepted
  sealed.box = *box;
  return sealed;
}

Result<OpenedSeed> open_seed(const SealedSeed& sealed, const PrivateKey& station) {
  auto text = station.open_sealed(sealed.box);
  if (!text) return Error{Code::kFailed, "", "what is so in this attempt is sealed to another key (" + sealed.kid.substr(0, 12) + ")", "Go on where it was begun"};
  const size_t colon = text->find(':');
  const auto seed = colon == std::string::npos ? std::nullopt : seed_of(text->substr(colon + 1));
  if (!seed || seed_commitment(*seed, text->substr(0, colon)) != sealed.commitment) return Error{Code::kFailed, "", "the sealed seed is not the one committed to", ""};
  return OpenedSeed{*seed, text->substr(0, colon)};
}

Status check_seed_known(const JournalHeader& header, const std::string& where) {
  if (header.seed_known) return ok();
  return Error{Code::kFailed, where, "what is so in this attempt is sealed until it is closed", "Hand it in, or close it with: shixunctl results close " + header.attempt};
}

std::string header_line(const JournalHeader& h) {
  nlohmann::json seed = {{"number", std::to_string(h.seed)}}, mapping, token;
  if (h.sealed) seed = {{"commitment", h.sealed->commitment}, {"kid", h.sealed->kid}, {"box", h.sealed->box}};
  if (!h.mapping_sha256.empty()) mapping = {{"id", h.mapping_id}, {"version", h.mapping_version}, {"sha256", h.mapping_sha256}};
  if (!h.token.empty()) token = h.token;
  return canonical({{"v", "header"},
                    {"format", h.format},
                    {"attempt", h.attempt},
                    {"exercise", h.exercise},
                    {"title", {{"zh-CN", h.title.zh}, {"en", h.title.en}}},
                    {"pack", {{"id", h.pack_id}, {"version", h.pack_version}, {"sha256", h.pack_sha256}, {"scoring_sha256", h.scoring_sha256}}},
                    {"mapping", mapping},
                    {"mode", mode_name(h.mode)},
                    {"seed", seed},
                    {"token", token},
                    {"trainee", h.trainee},
                    {"engine", h.engine},
                    {"engine_sha256", h.engine_sha256},
                    {"scorer", h.scorer},
                    {"scorer_sha256", h.scorer_sha256},
                    {"started_utc", h.started_utc},
                    {"device", h.device},
                    {"lang", h.lang}});
}

Result<Journal> parse_journal(std::string_view bytes, const std::string& name) {
  Journal journal;
  Heads heads;  // only where a proctor may answer
  size_t line_no = 0;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const size_t end = rest.find('\n');
    ++line_no;
    if (end == std::string_view::npos) {
      if (line_no == 1) return at_line(name, 1, "the header is incomplete: recording ended before it began");
      if (journal.footer) return at_line(name, line_no, "something follows the footer");
      journal.torn = true;
      break;
    }
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (journal.footer) return at_line(name, line_no, "something follows the footer");
    if (line.size() > kMaxFooterBytes) return at_line(name, line_no, "the line is longer than 4 MiB");
    const bool long_line = line.size() > kMaxLineBytes;  // only a footer may be

    auto j = parse_line(line, kMaxLineDepth);
    if (!j) return at_line(name, line_no, "the line is not canonical JSON: it was changed or damaged");
    if (line_no == 1) {
      if (long_line) return at_line(name, line_no, "the line is longer than 64 KiB");
      if (const std::string what = read_header(*j, journal.header); !what.empty()) return at_line(name, line_no, what);
    } else {
      const std::string* prev = text_at(*j, "prev");
      if (!prev || *prev != journal.head_sha256)
        return at_line(name, line_no, "the chain is broken: 'prev' is not the hash of line " + std::to_string(line_no - 1) + "; one of the two was changed, added or removed");
      const std::string* v = text_at(*j, "v");
      if (v && *v == "footer") {
        if (const std::string what = read_footer(*j, journal); !what.empty()) return at_line(name, line_no, what);
      } else if (v && *v == "signature") {
        if (const std::string what = read_signature_line(*j, journal); !what.empty()) return at_line(name, line_no, what);
      } else if (long_line) {
        return at_line(name, line_no, "the line is longer than 64 KiB");
      } else if (v && *v == "inputs") {
        if (const std::string what = read_inputs_line(*j, journal); !what.empty()) return at_line(name, line_no, what);
      } else if (v && *v == "proctor") {
        if (const std::string what = read_answer_line(*j, heads, journal); !what.empty()) return at_line(name, line_no, what);
      } else {
        auto event = event_from_json(*j);
        if (!event) return at_line(name, line_no, event.error().what);
        const uint32_t expected = journal.events.empty() ? 1 : journal.events.back().seq + 1;
        if (event->seq != expected) return at_line(name, line_no, "event " + std::to_string(event->seq) + " where " + std::to_string(expected) + " should be");
        if (event->t_ms > kMaxTimeMs) return at_line(name, line_no, "the event's time is out of range");
        if (!journal.events.empty() && event->t_ms < journal.events.back().t_ms) return at_line(name, line_no, "the event's time is before that of the event above it");
        journal.events.push_back(std::move(*event));
      }
    }
    journal.head_sha256 = sha256_hex(line);
    if (!journal.header.token.empty()) {
      heads.emplace_back(journal.head_sha256, journal.events.size());
      if (heads.size() > kLinesToAnswer) heads.pop_front();
    }
    journal.bytes += end + 1;
    journal.lines = line_no;
  }
  if (line_no == 0) return at_line(name, 1, "the journal is empty");
  return journal;
}

Result<Journal> read_journal(const fs::path& path) {
  auto bytes = read_file(path, kMaxJournalBytes);
  if (!bytes) return bytes.error();
  return parse_journal(*bytes, path.string());
}

// ---------------------------------------------------------------- writing

namespace {

// Someone who only asks (journal_in_use) holds a shared lock for a moment: that is no other writer.
bool lock_to_write(int fd) {
  for (int i = 0; i < 5; ++i) {
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  errno = EWOULDBLOCK;
  return false;
}

}  // namespace

struct JournalWriter::Impl {
  fs::path path;
  int fd = -1;
  std::string head;
  uint32_t seq = 0;
  int64_t t_ms = 0;
  int64_t signed_ms = 0;  // t_ms of the last signature
  off_t size = 0;        // of what is whole in the file
  bool finished = false;
  std::optional<PrivateKey> key;
  JournalHeader header;

  std::mutex mutex;      // of the four below
  std::condition_variable wake;
  bool dirty = false, stop = false;
  int flush_errno = 0;
  std::thread worker;

  ~Impl() {
    {
      const std::lock_guard lock(mutex);
      stop = true;
    }
    wake.notify_one();
    if (worker.joinable()) worker.join();
    if (fd >= 0) {
      fdatasync(fd);
      ::close(fd);  // lets go of the lock
    }
  }

  Error error(const char* doing, int err) const {
    const bool full = err == ENOSPC || err == EDQUOT || err == EFBIG;
    return {Code::kEnvironment, path.string(), std::string("cannot ") + doing + " the journal: " + std::strerror(err),
            full ? "Free some space; what was recorded so far is kept and the attempt can be resumed" : ""};
  }

  void start_worker() {
    worker = std::thread([this] {
      std::unique_lock lock(mutex);
      while (!stop) {
        wake.wait(lock, [this] { return dirty || stop; });
        wake.wait_for(lock, kFlushAfter, [this] { return stop; });  // let more lines share the flush
        if (!dirty) continue;
        dirty = false;
        lock.unlock();
        const int err = fdatasync(fd) == 0 ? 0 : errno;
        lock.lock();
        if (err != 0) flush_errno = err;
      }
    });
  }

  int failed_flush() {
    const std::lock_guard lock(mutex);
    return flush_errno;
  }

  // One line, whole or not at all.
  Status write_line(const std::string& line) {
    if (const int err = failed_flush()) return error("flush", err);
    if (static_cast<uint64_t>(size) + line.size() + 1 > kMaxJournalBytes)
      return Error{Code::kFailed, path.string(), "the journal would grow over 256 MiB", "Hand in or end this attempt"};
    const std::string bytes = line + "\n";
    size_t at = 0;
    while (at < bytes.size()) {
      const ssize_t n = ::write(fd, bytes.data() + at, bytes.size() - at);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        const int err = errno;
        // Half a line must not stay: the next one would be glued to it.
        if (at > 0 && ftruncate(fd, size) != 0) {
          const std::lock_guard lock(mutex);
          flush_errno = err;
        }
        return error("write", err);
      }
      at += static_cast<size_t>(n);
    }
    size += static_cast<off_t>(bytes.size());
    head = sha256_hex(line);
    const std::lock_guard lock(mutex);
    if (!dirty) {
      dirty = true;
      wake.notify_one();
    }
    return ok();
  }

  Status sign() {
    if (!key) return ok();
    nlohmann::json j = {{"v", "signature"}, {"prev", head}, {"at", format_utc(utc_now_ms())}};
    sign_line(j, *key);
    if (auto s = write_line(canonical(j)); !s) return s;
    signed_ms = t_ms;
    return ok();
  }

  Status flush() {
    if (const int err = failed_flush()) return error("flush", err);
    if (fdatasync(fd) == 0) return ok();
    const std::lock_guard lock(mutex);
    flush_errno = errno;
    return error("flush", flush_errno);
  }
};

JournalWriter::JournalWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JournalWriter::JournalWriter(JournalWriter&&) noexcept = default;
JournalWriter& JournalWriter::operator=(JournalWriter&&) noexcept = default;
JournalWriter::~JournalWriter() = default;

const fs::path& JournalWriter::path() const { return impl_->path; }
const std::string& JournalWriter::head_sha256() const { return impl_->head; }
uint32_t JournalWriter::last_seq() const { return impl_->seq; }

Status JournalWriter::append(const Event& event) {
  if (impl_->finished) return Error{Code::kFailed, impl_->path.string(), "the journal has its footer already", ""};
  if (event.seq != impl_->seq + 1 || event.t_ms < impl_->t_ms)
    return Error{Code::kFailed, impl_->path.string(),
                 "event " + std::to_string(event.seq) + " at " + std::to_string(event.t_ms) + " ms does not follow event " + std::to_string(impl_->seq) + " at " +
                     std::to_string(impl_->t_ms) + " ms",
                 ""};
  nlohmann::json j = to_json(event);
  j["prev"] = impl_->head;
  const std::string line = canonical(j);
  if (line.size() > kMaxLineBytes) return Error{Code::kFailed, impl_->path.string(), "an event is longer than 64 KiB", ""};
  if (auto s = impl_->write_line(line); !s) return s;
  impl_->seq = event.seq;
  impl_->t_ms = event.t_ms;
  // The event is in the file: if the signature does not follow now, it will with the next one.
  if (impl_->t_ms - impl_->signed_ms >= kSignEvery_ms) (void)impl_->sign();
  return ok();
}

Status JournalWriter::append(const std::vector<SessionInput>& inputs) {
  if (impl_->finished) return Error{Code::kFailed, impl_->path.string(), "the journal has its footer already", ""};
  if (impl_->header.format < 3 || inputs.empty()) return ok();
  const std::string line = canonical({{"v", "inputs"}, {"prev", impl_->head}, {"in", to_json(inputs)}});
  if (line.size() > kMaxLineBytes) return Error{Code::kFailed, impl_->path.string(), "inputs are longer than 64 KiB", ""};
  return impl_->write_line(line);
}

Status JournalWriter::append_answer(const std::string& jws) {
  if (impl_->finished) return Error{Code::kFailed, impl_->path.string(), "the journal has its footer already", ""};
  if (impl_->header.format < 3) return ok();
  const std::string line = canonical({{"v", "proctor"}, {"prev", impl_->head}, {"answer", jws}});
  if (line.size() > kMaxLineBytes) return Error{Code::kFailed, impl_->path.string(), "the proctor's answer is longer than 64 KiB", ""};
  return impl_->write_line(line);
}

Status JournalWriter::flush() { return impl_->flush(); }

Status JournalWriter::finish(const nlohmann::json& sheet, const std::string& ended_utc) {
  if (impl_->finished) return Error{Code::kFailed, impl_->path.string(), "the journal has its footer already", ""};
  if (!impl_->header.seed_known) return Error{Code::kFailed, impl_->path.string(), "what is so in this attempt is sealed to a key that is not here", ""};
  nlohmann::json j = {{"v", "footer"}, {"prev", impl_->head}, {"sheet", sheet}, {"ended_utc", ended_utc}};
  j["sheet_sha256"] = sha256_hex(canonical(sheet));
  if (const auto& sealed = impl_->header.sealed) j["seed"] = {{"number", std::to_string(impl_->header.seed)}, {"salt", sealed->salt}};
  if (impl_->key) sign_line(j, *impl_->key);
  j["seal"] = seal_of(j);
  const std::string line = canonical(j);
  if (line.size() > kMaxFooterBytes) return Error{Code::kFailed, impl_->path.string(), "the marksheet is longer than 4 MiB", ""};
  if (auto s = impl_->write_line(line); !s) return s;
  impl_->finished = true;
  return impl_->flush();
}

Result<JournalWriter> create_journal(const fs::path& path, const JournalHeader& header, std::optional<PrivateKey> key) {
  auto impl = std::make_unique<JournalWriter::Impl>();
  impl->path = path;
  impl->key = std::move(key);
  impl->header = header;
  if (auto s = make_dirs(path.parent_path()); !s) return s.error();
  impl->fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
  if (impl->fd < 0) return impl->error("create", errno);
  Status written = lock_to_write(impl->fd) ? impl->write_line(header_line(header)) : Status(impl->error("lock", errno));
  if (written) written = impl->sign();
  if (written) written = impl->flush();
  if (written) {  // the name itself must survive a power cut, too
    const int dir = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0 || fsync(dir) != 0) written = impl->error("create", errno);
    if (dir >= 0) ::close(dir);
  }
  if (!written) {
    unlink(path.c_str());
    return written.error();
  }
  impl->dirty = false;
  impl->start_worker();
  return JournalWriter(std::move(impl));
}

Result<ReopenedJournal> reopen_journal(const fs::path& path, std::optional<PrivateKey> key) {
  auto impl = std::make_unique<JournalWriter::Impl>();
  impl->path = path;
  impl->fd = ::open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
  if (impl->fd < 0) return impl->error("open", errno);
  if (!lock_to_write(impl->fd)) {
    if (errno != EWOULDBLOCK) return impl->error("lock", errno);
    return Error{Code::kFailed, path.string(), "another program is recording this attempt", "Close it there first"};
  }
  auto journal = read_journal(path);
  if (!journal) return journal.error();
  if (journal->footer) return Error{Code::kFailed, path.string(), "this attempt is closed already", ""};
  if (journal->torn && ftruncate(impl->fd, static_cast<off_t>(journal->bytes)) != 0) return impl->error("repair", errno);
  impl->size = static_cast<off_t>(journal->bytes);
  impl->head = journal->head_sha256;
  if (!journal->events.empty()) {
    impl->seq = journal->events.back().seq;
    impl->t_ms = journal->events.back().t_ms;
  }
  journal->torn = false;
  if (JournalHeader& h = journal->header; h.sealed && key) {
    auto opened = open_seed(*h.sealed, *key);
    if (!opened) return Error{opened.error().code, path.string(), opened.error().what, opened.error().hint};
    h.seed = opened->seed;
    h.seed_known = true;
    h.sealed->salt = opened->salt;
  }
  impl->header = journal->header;
  impl->signed_ms = impl->t_ms;
  if (journal->header.format != 1) impl->key = std::move(key);
  if (auto s = impl->sign(); !s) return s.error();
  journal->head_sha256 = impl->head;
  impl->start_worker();
  return ReopenedJournal{std::move(*journal), JournalWriter(std::move(impl))};
}

bool journal_in_use(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool busy = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(fd);
  return busy;
}

}  // namespace shixun
