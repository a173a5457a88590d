#include "engine/records/proctor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/base/hash.h"
#include "engine/base/json.h"
#include "engine/records/clock.h"

namespace shixun {

namespace {

using nlohmann::json;

constexpr uint64_t kMaxLog = 64u << 20;

bool is_hex(std::string_view s, size_t digits) { return s.size() == digits && s.find_first_not_of("0123456789abcdef") == std::string_view::npos; }

std::optional<ProctorAnswer> answer_from(const json& j) {
  ProctorAnswer a{text_of(j, "attempt"), text_of(j, "head"), text_of(j, "at"), text_of(j, "nonce")};
  if (!is_uuid(a.attempt) || !is_hex(a.head, 64) || !is_hex(a.nonce, 32) || !parse_utc(a.at_utc)) return std::nullopt;
  return a;
}

json to_json(const ProctorAnswer& a) { return {{"v", "nonce"}, {"format", 1}, {"attempt", a.attempt}, {"head", a.head}, {"at", a.at_utc}, {"nonce", a.nonce}}; }

}  // namespace

Result<ProctorAnswer> read_answer(std::string_view text, const std::string& kid, const std::string& where) {
  auto jws = parse_jws(text, where);
  if (!jws) return jws.error();
  auto key = public_key_from_jwk(jws->header.value("jwk", json()));
  if (!key || key->id() != kid) return Error{Code::kFailed, where, "the answer is signed by another key than the token's proctor", ""};
  if (!verify_jws(*jws, *key)) return Error{Code::kFailed, where, "the answer was changed: its signature does not fit", ""};
  auto answer = answer_from(jws->payload);
  if (!answer || jws->payload != to_json(*answer)) return Error{Code::kFailed, where, "is no answer of a proctor's desk known here", ""};
  return *answer;
}

fs::path proctor_log() { return places().data / "proctor.jsonl"; }

Result<std::vector<ProctorAnswer>> read_proctor_log(const fs::path& file) {
  std::vector<ProctorAnswer> all;
  std::error_code ec;
  if (!fs::exists(file, ec)) return all;
  auto bytes = read_file(file, kMaxLog);
  if (!bytes) return bytes.error();
  std::string_view rest = *bytes;
  for (size_t line = 1; !rest.empty(); ++line) {
    const size_t end = rest.find('\n');
    if (end == std::string_view::npos) break;  // a cut write: that answer never went out
    const json j = nests_within(rest.substr(0, end), 2) ? json::parse(rest.substr(0, end), nullptr, false) : json();
    auto answer = answer_from(j);
    if (!answer) return Error{Code::kFailed, fmt::format("{}:{}", file.string(), line), "is no answer", "The log is only ever added to, by shixunctl proctor serve"};
    all.push_back(std::move(*answer));
    rest.remove_prefix(end + 1);
  }
  return all;
}

Result<std::unique_ptr<ProctorDesk>> ProctorDesk::open(const fs::path& log, PrivateKey key, std::vector<KnownKey> keys, std::function<void(const AssessmentToken&)> on_begin) {
  auto before = read_proctor_log(log);
  if (!before) return before.error();
  if (auto s = make_dirs(log.parent_path()); !s) return s.error();
  auto desk = std::unique_ptr<ProctorDesk>(new ProctorDesk(std::move(key)));
  desk->keys_ = std::move(keys);
  desk->on_begin_ = std::move(on_begin);
  desk->fd_ = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (desk->fd_ < 0) return Error{Code::kEnvironment, log.string(), std::string("cannot be written: ") + std::strerror(errno), ""};
  for (const ProctorAnswer& a : *before) {
    if (std::find(desk->heard_.begin(), desk->heard_.end(), a.attempt) == desk->heard_.end()) desk->heard_.push_back(a.attempt);
  }
  return desk;
}

ProctorDesk::~ProctorDesk() {
  if (fd_ >= 0) ::close(fd_);
}

ProctorDesk::Reply ProctorDesk::answer(std::string_view request) {
  const json j = nests_within(request, 2) ? json::parse(request, nullptr, false) : json();
  const std::string head = text_of(j, "head");
  if (!j.is_object() || j.value("format", json()) != 1 || !is_hex(head, 64)) return {400, "not a request known here\n"};
  auto token = read_token(text_of(j, "token"), "token", keys_);
  if (!token) return {403, "the token is not taken here\n"};
  if (!token->proctor || token->proctor->kid != key_.public_key().id()) return {403, "the token is for another proctor\n"};
  ProctorAnswer a{attempt_of_token(*token), head, "", sha256_hex(random_bytes(32)).substr(0, 32)};
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    a.at_utc = format_utc(utc_now_ms());
    const std::string line = canonical(to_json(a)) + "\n";
    if (::write(fd_, line.data(), line.size()) != static_cast<ssize_t>(line.size()) || ::fdatasync(fd_) != 0) return {503, "the desk cannot keep its log\n"};
    first = std::find(heard_.begin(), heard_.end(), a.attempt) == heard_.end();
    if (first) heard_.push_back(a.attempt);
  }
  if (first && on_begin_) on_begin_(*token);
  return {200, sign_jws(key_, {{"typ", "JWT"}, {"jwk", to_jwk(key_.public_key())}}, to_json(a))};
}

std::optional<Text> uncovered(const Journal& j, const std::vector<ProctorAnswer>& answers, const ProctorTerms& terms) {
  const int64_t tolerance_ms = terms.tolerance_ms();
  const auto seconds = [](int64_t ms) { return fmt::format("{}", (ms + 999) / 1000); };
  const auto told = [](const char* zh, const char* en, const std::vector<std::string>& v) {
    Text t{zh, en};
    for (size_t i = 0; i < v.size(); ++i) {
      const std::string name(1, static_cast<char>('a' + i));
      t = {fill(t.zh, {name, v[i]}), fill(t.en, {name, v[i]})};
    }
    return t;
  };
  const auto time_of = [&](size_t events) { return events == 0 ? 0 : j.events[events - 1].t_ms; };
  if (answers.empty()) return Text{"没有监考应答", "there is no answer of the proctor's desk"};
  if (time_of(j.answers.front().events) > tolerance_ms)
    return told("开始后 {a} 秒才有第一次应答", "the first answer came {a} s after the start", {seconds(time_of(j.answers.front().events))});
  std::optional<int64_t> first, before;
  for (size_t i = 0; i < answers.size(); ++i) {
    const int64_t at = *parse_utc(answers[i].at_utc);
    if (!first) first = at;
    if (before && at < *before) return told("第 {a} 次应答的时间早于前一次", "answer {a} is earlier than the one before it", {std::to_string(i + 1)});
    if (before && at - *before > tolerance_ms)
      return told("第 {a} 次应答前中断 {b} 秒，超过允许的 {c} 秒", "{b} s passed before answer {a}, more than the {c} s that are allowed", {std::to_string(i + 1), seconds(at - *before), seconds(tolerance_ms)});
    if (time_of(j.answers[i].head_events) > at - *first + tolerance_ms)
      return told("第 {a} 次应答时记录的时间走得比实际快", "at answer {a} the journal's clock had run faster than the desk's", {std::to_string(i + 1)});
    before = at;
  }
  if (j.answers.back().head_events != j.events.size())
    return told("最后 {a} 个事件之后没有应答", "no answer came after the last {a} events", {std::to_string(j.events.size() - j.answers.back().head_events)});
  return std::nullopt;
}

}  // namespace shixun
