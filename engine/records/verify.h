#pragma once
// Is this evidence good? One answer for people and for programs: what was looked at, what was found, and how far it can be trusted. Needs the
// public keys known here and the pack; no network.
//
// How far (integrity levels, never overstated):
//   L0  a score: what carries it is damaged, unfinished, not vouched for by a known key, or was not scored again here
//   L1  the log is whole, a key known here signed its start and its end, and scoring its events again gives the same marksheet
//   L2  besides, the recorded inputs, played again by the very build that recorded them, give every event and no other. Journals before format 3
//       have no inputs; where an interruption kept an event from being recorded, or the build is another one, it stays L1, and that is said
//   L3  besides, the desk of the proctor whom the token names answered from the beginning to the end (proctor.h), and he signed that he watched
// Who controls a machine wholly can still feed it what he likes before it is recorded: L2 proves that the events
// follow from inputs, not whose hands these came from.

#include <optional>

#include "engine/records/assessment.h"
#include "engine/records/human_marks.h"
#include "engine/records/keys.h"
#include "engine/records/pack_shelf.h"

namespace shixun {

struct Finding {
  enum class Kind { kGood, kNote, kBad } kind = Kind::kGood;
  std::string about;  // for programs: "chain", "closed", "signature", "key", "token", "seed", "pack", "score", "inputs", "people", "proctor"
  Text text;          // one line
};

struct Verification {
  std::string name;                  // the file
  std::optional<Journal> journal;    // when it could be read at all
  std::vector<Finding> findings;
  int level = 0;
  bool good() const;                 // nothing bad was found and something was
};

// `packs` finds the pack; `marks`: what people said, or nullptr when there is nothing beside it.
Verification verify_journal(std::string_view bytes, const std::string& name, const std::string* marks, const std::vector<KnownKey>& keys, PackShelf& packs);
Verification verify_journal(const fs::path& path, const std::vector<KnownKey>& keys, PackShelf& packs);  // with the marks beside it

nlohmann::json to_json(const Verification& v);
std::string verification_text(const Verification& v, Lang lang);  // one screen

// What a result may say of itself before anybody else has looked: 1 when start and end are signed, else 0.
int claimed_level(const Journal& journal);

}  // namespace shixun
