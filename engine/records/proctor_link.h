#pragma once
// The station's side of a proctor's desk (proctor.h): a thread of its own that asks every interval, so that neither a slow network nor none at all
// holds up whoever works.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "engine/records/proctor.h"

namespace shixun {

class ProctorLink {
 public:
  // `ca_file`: the authority of the desk's certificate, where it is not a public one; may be empty. `lost`: an interruption was too long already.
  ProctorLink(ProctorTerms terms, std::string attempt, std::string token, fs::path ca_file, bool lost);
  ~ProctorLink();  // waits for a request under way, a few seconds at most

  void offer(const std::string& head);  // the journal's last line now
  std::optional<std::string> take();    // an answer to be written down, oldest first

  // At the end: asks at once and waits for the answer.
  Result<std::string> ask_now(const std::string& head);

  // The desk has not answered for longer than two intervals; and whether it ever was longer than the three that level 3 allows.
  bool silent() const;
  bool lost() const;

 private:
  void run();
  Result<std::string> ask(const std::string& head) const;
  std::chrono::milliseconds since_answer() const;

  const ProctorTerms terms_;
  const std::string attempt_, token_;
  const fs::path ca_file_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::string head_;
  std::deque<std::string> answers_;
  std::chrono::steady_clock::time_point answered_ = std::chrono::steady_clock::now();
  bool lost_, stop_ = false;
  std::thread worker_;
};

}  // namespace shixun
