#pragma once
// For the rules_*.cpp files only: the kinds, one function each, and the words they share.

#include <initializer_list>

#include "engine/training/rules.h"

namespace shixun::rules {

void done(const Evidence& c, const Aspect& a, Mark& m);
void order(const Evidence& c, const Aspect& a, Mark& m);
void hop(const Evidence& c, const Aspect& a, Mark& m);
void tool(const Evidence& c, const Aspect& a, Mark& m);
void forbid(const Evidence& c, const Aspect& a, Mark& m);
void count(const Evidence& c, const Aspect& a, Mark& m);
void lasting(const Evidence& c, const Aspect& a, Mark& m);  // `while`
void numeric(const Evidence& c, const Aspect& a, Mark& m);
void measure(const Evidence& c, const Aspect& a, Mark& m);
void record(const Evidence& c, const Aspect& a, Mark& m);
void pose(const Evidence& c, const Aspect& a, Mark& m);
void coverage(const Evidence& c, const Aspect& a, Mark& m);
void diagnose(const Evidence& c, const Aspect& a, Mark& m);
void time(const Evidence& c, const Aspect& a, Mark& m);
void clean5s(const Evidence& c, const Aspect& a, Mark& m);
void dialogue(const Evidence& c, const Aspect& a, Mark& m);
void judge(const Evidence& c, const Aspect& a, Mark& m);

// What several subjects share a maximum: the full ones are added exactly, so that all full is the maximum and no rounding eats a mark.
class Shared {
 public:
  Shared(int64_t max_mp, int64_t subjects) : max_mp_(max_mp), subjects_(subjects) {}
  void add(int64_t num, int64_t den) {  // 0 <= num <= den, den > 0, both within 2 * kMaxQuantity
    if (num >= den) ++full_;
    else part_ += max_mp_ * num / den;
  }
  int64_t awarded_mp() const { return (max_mp_ * full_ + part_) / subjects_; }

 private:
  int64_t max_mp_, subjects_, full_ = 0, part_ = 0;
};

// ---------------------------------------------------------------- words
void append(Text& t, const Text& more, const char* zh_glue = "；", const char* en_glue = "; ");
Text sentence(const char* zh, const char* en, std::initializer_list<std::pair<const char*, Text>> values);
Text plain(const std::string& s);
Text plain(int64_t n);
Text at_time(const Event& e);
Text quantity(int64_t v, Unit unit);
Text name_of(const Evidence& c, std::string_view id);      // the name a person knows a thing by
Text moment_name(const Evidence& c, int moment);
Text window_text(const Evidence& c, const std::optional<Value>& lo, const std::optional<Value>& hi, Unit unit);

// What the moment's subjects must be: its places, when it names places, else its objects.
const std::vector<std::string>& subjects_of(const Moment& m);
inline bool contains(const std::vector<std::string>& list, std::string_view s) { return std::find(list.begin(), list.end(), s) != list.end(); }
bool all_hold(const std::vector<Where>& conditions, const Evidence& c, const Event& e);
bool within(const Evidence& c, const std::optional<Value>& lo, const std::optional<Value>& hi, int64_t v);

}  // namespace shixun::rules
