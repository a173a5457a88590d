#pragma once
// The one way front ends record an attempt: a Session whose every event goes to the journal before anything else sees it, a row in
// the store from the start, and at the end the marksheet, the journal's footer, the closed row and the outbox in one sweep.
//
//   auto attempt = begin_attempt(pack, exercise, {.mode = Mode::kAssessment, .seed = 7}, "s-0042", Lang::kZh, "desktop");
//   attempt->session().act(...);            // an error of kind kEnvironment here: recording failed, the sitting is over
//   auto closed = close_attempt(std::move(*attempt));
//
// An Attempt that is destroyed without closing (window closed, power lost) stays open: list_open_attempts() finds it and
// resume_attempt() goes on, or close_interrupted() grades it as it stands.
// Everything lies under places().data (journals/, attempts.sqlite); endpoints come from places().config.

#include <memory>
#include <string>
#include <vector>

#include "engine/records/journal.h"
#include "engine/training/session.h"

namespace shixun {

class Attempt {
 public:
  Attempt(Attempt&&) noexcept;
  Attempt& operator=(Attempt&&) noexcept;
  ~Attempt();

  Session& session();
  const Session& session() const;
  const JournalHeader& header() const;
  const std::string& id() const;             // UUID
  const fs::path& journal_path() const;
  std::shared_ptr<const Pack> pack() const;
  const Exercise& exercise() const;
  Status flush();                            // all recorded events are on the disk when this returns

  // Of an assessment that a proctor watches (proctor.h): tells his desk how far the journal is and writes its answers down. To be called at every
  // picture; at once back. Without one nothing happens.
  Status attend();
  enum class Proctor { kNone, kAnswers, kSilent, kLost };  // lost: silent for so long that integrity level 3 cannot be reached any more
  Proctor proctor() const;

  bool recorded() const;                     // false: only tried out (try_out)
  // Goes on under a pack that was edited meanwhile (Session::change_pack); refused for an attempt that is recorded: its journal names the
  // pack it was begun with.
  Status change_pack(std::shared_ptr<const Pack> pack);

  struct Impl;                               // for attempt.cpp
  explicit Attempt(std::unique_ptr<Impl> impl);

 private:
  std::unique_ptr<Impl> impl_;
  friend Result<struct ClosedAttempt> close_attempt(Attempt attempt);
};

// `trainee` is a pseudonym (is_pseudonym); `device` is "desktop", "headless" or "vr". A full disk is reported here, before anything
// was done. `exercise` must belong to `pack`. Where the seed is sealed (mode.h) the journal holds it sealed to this machine's key.
Result<Attempt> begin_attempt(std::shared_ptr<const Pack> pack, const Exercise& exercise, const SessionOptions& options,
                              const std::string& trainee, Lang lang, const std::string& device);

// An assessment that the school's token (assessment.h) starts: exercise, candidate and seed are the token's. Refused when it is not signed by a
// school known here, not for this machine, pack or hour, or when it was used before.
Result<Attempt> begin_assessment(std::shared_ptr<const Pack> pack, const Exercise& exercise, const std::string& token, Lang lang, const std::string& device);

// The attempt of a cmi5 session (cmi5.h) that was opened here; gone on with when it is open already. Exercise, mode and trainee are the session's.
Result<Attempt> begin_launched(std::shared_ptr<const Pack> pack, const Exercise& exercise, const std::string& attempt, uint64_t seed, Lang lang, const std::string& device);

// An author's attempt at a pack that is being written: nothing of it is kept. Its id and journal are empty.
Attempt try_out(std::shared_ptr<const Pack> pack, const Exercise& exercise, const SessionOptions& options);

struct OpenAttempt {
  std::string uuid, exercise, trainee, started_utc;
  Text title;
  Mode mode = Mode::kAssessment;
  uint64_t seed = 1;
  size_t events = 0;
  int64_t t_ms = 0;        // of the last event
  bool in_use = false;     // a running program has it open
  std::string damage;      // why its journal cannot be read, or empty; such an attempt can be neither resumed nor graded
};
Result<std::vector<OpenAttempt>> list_open_attempts();  // oldest first

// Goes on where the journal ends. The pack must score as it did then (scoring_sha256). `pack_dir` overrides where to look for it.
Result<Attempt> resume_attempt(const std::string& uuid, const fs::path& pack_dir = {});

struct ClosedAttempt {
  Marksheet sheet;
  std::string uuid, sheet_sha256, head_sha256;
  fs::path journal;
  bool proctor_lost = false;    // there was to be a proctor's desk, and it did not answer all the time
  int queued = 0;               // statements waiting to be sent
  std::vector<Error> warnings;  // what did not work but loses nothing: the configuration cannot be read, so nothing was queued
};

// Grades, writes the footer, stores, queues. The attempt is over whether or not it was handed in (sheet.finished tells).
// On an error the attempt stays open and can be closed again with close_interrupted(). One that was only tried out is just graded.
Result<ClosedAttempt> close_attempt(Attempt attempt);

// Grades an open attempt that nobody goes on with, as it stands.
Result<ClosedAttempt> close_interrupted(const std::string& uuid, const fs::path& pack_dir = {});

// Queues what could not be queued when it was closed (a crash in between, a broken configuration). Gives how many statements.
Result<int> queue_unqueued_attempts();

// Queues what people's marks make of a closed attempt, for the endpoints that its statements went to, once nothing is open any more. Gives how
// many statements; none for an attempt this machine did not record.
struct Judgement;
Result<int> queue_people_statement(const Journal& journal, const Judgement& people);

// Queues for `endpoint` every closed attempt that was never queued for it. Gives how many statements were added.
struct Endpoint;
Result<int> queue_closed_attempts(const Endpoint& endpoint);

}  // namespace shixun
