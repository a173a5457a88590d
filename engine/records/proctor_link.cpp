#include "engine/records/proctor_link.h"

#include <algorithm>

#include "engine/base/json.h"
#include "engine/base/log.h"
#include "engine/records/http.h"

namespace shixun {

namespace {

constexpr HttpTimeouts kTimeouts{3000, 5000};

}  // namespace

ProctorLink::ProctorLink(ProctorTerms terms, std::string attempt, std::string token, fs::path ca_file, bool lost)
    : terms_(std::move(terms)), attempt_(std::move(attempt)), token_(std::move(token)), ca_file_(std::move(ca_file)), lost_(lost), worker_([this] { run(); }) {}

ProctorLink::~ProctorLink() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  worker_.join();
}

void ProctorLink::offer(const std::string& head) {
  const std::lock_guard lock(mutex_);
  const bool first = head_.empty();
  head_ = head;
  if (first) wake_.notify_one();
}

std::optional<std::string> ProctorLink::take() {
  const std::lock_guard lock(mutex_);
  if (answers_.empty()) return std::nullopt;
  std::string answer = std::move(answers_.front());
  answers_.pop_front();
  return answer;
}

Result<std::string> ProctorLink::ask(const std::string& head) const {
  Endpoint desk;
  desk.url = terms_.url;
  desk.ca_file = ca_file_;
  const HttpAnswer a = HttpClient(desk, "", kTimeouts).post("", canonical({{"format", 1}, {"token", token_}, {"head", head}}));
  if (a.kind != HttpAnswer::Kind::kAnswer) return Error{Code::kEnvironment, "the proctor's desk", "does not answer: " + a.why, ""};
  if (a.status != 200) return Error{Code::kEnvironment, "the proctor's desk", "answers with status " + std::to_string(a.status), ""};
  auto answer = read_answer(a.body, terms_.kid, "the proctor's desk");
  if (!answer) return answer.error();
  if (answer->attempt != attempt_ || answer->head != head) return Error{Code::kFailed, "the proctor's desk", "answered something else than it was asked", ""};
  return a.body;
}

std::chrono::milliseconds ProctorLink::since_answer() const { return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - answered_); }

void ProctorLink::run() {
  const std::chrono::milliseconds every = std::chrono::seconds(terms_.every_s), again = std::min<std::chrono::milliseconds>(every, std::chrono::seconds(5));
  std::unique_lock lock(mutex_);
  bool told = false;
  while (!stop_) {
    if (head_.empty()) {
      wake_.wait(lock, [this] { return stop_ || !head_.empty(); });
      continue;
    }
    const std::string head = head_;
    lock.unlock();
    auto answer = ask(head);
    if (!answer && !told) spdlog::warn("{}", answer.error().text());
    told = !answer;
    lock.lock();
    lost_ = lost_ || since_answer().count() > terms_.tolerance_ms();
    if (answer) {
      answers_.push_back(std::move(*answer));
      answered_ = std::chrono::steady_clock::now();
    }
    wake_.wait_for(lock, answer ? every : again, [this] { return stop_; });
  }
}

Result<std::string> ProctorLink::ask_now(const std::string& head) {
  auto answer = ask(head);
  const std::lock_guard lock(mutex_);
  lost_ = lost_ || since_answer().count() > terms_.tolerance_ms() || !answer;
  return answer;
}

bool ProctorLink::silent() const {
  const std::lock_guard lock(mutex_);
  return since_answer() > std::chrono::seconds(2 * terms_.every_s);
}

bool ProctorLink::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_ || since_answer().count() > terms_.tolerance_ms();
}

}  // namespace shixun
