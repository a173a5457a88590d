#pragma once
// A conversation as a tree of prepared lines: what a guest says, what the trainee may answer, how good each answer is. Ids are the same
// in every language; words stand in the string tables. Who asks: the world, when the trainee says a line.
// Quality 0-3: 3 correct, courteous, complete; 2 correct, plain; 1 incomplete; 0 wrong or rude (courses.md C1). Free speech is judged by people.
// A conversation always ends: from every node a way of answers open to everybody leads to an end (check proves it), and after
// kMaxSaid answers it is over.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace shixun {

// Flags are bits of a mask; their names are in Dialogue::flags: {privacy, refuse, promise, ...}.
struct Choice {
  std::string id;         // what the event names
  std::string line;       // string-table key
  int quality = 0;        // 0 .. 3
  uint64_t sets = 0, clears = 0;
  uint64_t needs = 0;     // offered only while all of these are set ...
  uint64_t forbids = 0;   // ... and none of these
  int repeats = 0;        // may be said this often; 0: any number of times
  int to = 0;             // node
};

struct DialogueNode {
  std::string id;
  std::string speaker;    // object id of who says the lines
  std::vector<std::string> lines;  // string-table keys, said in this order on arrival
  bool required = false;  // the conversation is complete only when it was here
  std::vector<Choice> choices;     // none: the end
};

struct Dialogue {
  std::string id;
  std::vector<std::string> flags;
  std::vector<DialogueNode> nodes;
  int first = 0;
};

inline constexpr size_t kMaxDialogueNodes = 256, kMaxChoices = 9, kMaxLines = 8, kMaxFlags = 64;
inline constexpr int kMaxSaid = 256;

// Everything wrong with it; empty: sound.
std::vector<Error> check(const Dialogue& d);

struct DialogueState {
  int node = 0;
  uint64_t flags = 0;
  int said = 0, quality = 0;                // answers, and the sum of their qualities
  std::vector<std::vector<uint16_t>> times; // per node and choice: how often it was said
  std::vector<bool> been;                   // per node
  bool operator==(const DialogueState&) const = default;
};
DialogueState start(const Dialogue& d);

bool over(const Dialogue& d, const DialogueState& s);
std::vector<int> offered(const Dialogue& d, const DialogueState& s);  // choices open now, in their order

// What an answer's event tells the scorer, beside the choice's id.
struct Said {
  int quality = 0;
  int repeat = 0;         // how often it had been said before
  uint64_t set = 0, cleared = 0;  // flags that changed
  bool over = false;
  bool operator==(const Said&) const = default;
};
// Says choice `index` of the present node. Refused (state untouched): over, no such choice, not offered now.
Result<Said> say(const Dialogue& d, DialogueState& s, int index);
int find_choice(const Dialogue& d, const DialogueState& s, std::string_view id);  // of the present node; -1: none

std::vector<int> missed(const Dialogue& d, const DialogueState& s);  // required nodes it was not at

}  // namespace shixun
