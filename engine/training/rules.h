#pragma once
// The rule kinds: a closed set. Each reads events and gives one aspect its mark; none knows the world, the clock or the mode.
// Credits are exact fractions, cut to a milli-point once, when the mark is set.
//
//   kind      file            full marks for                                                    part marks
//   done      rules_work      every moment happened (before another, where `before` says so)    none
//   order     rules_work      every pair [earlier, later] of a graph kept                       by weight of the pairs kept; a pair with
//                                                                                              a missing end is lost; what is in no pair is free
//   hop       rules_work      every move round a ring legal                                     per legal move
//   tool      rules_work      each use with the right tool, set and put together as asked       half: every use at least usable
//   forbid    rules_fault     it did not happen                                                 -1 minor, -5 major each, repeats 50, 25, 0 %,
//                                                                                              half back when put right before its consequence
//   count     rules_fault     as often as meant                                                 a table
//   while     rules_fault     a state that must not last lasted no longer than allowed          linear to nothing; critical from a limit on
//   numeric   rules_value     a number in its window                                            linear to nothing; never below half in a half band
//   measure   rules_value     instrument, points, state of the thing, value written             a quarter each (of those asked for)
//   record    rules_value     the entry is what is so, or what the instrument showed            none
//   pose      rules_value     edge distance, angle, alignment all in their full bands           half, as the worst of them
//   coverage  rules_value     every subject in its band                                         in proportion, nothing below a floor
//   diagnose  rules_value     the fault named, and enough measurements before naming it         half: too few; nothing: none, a guess
//   time      rules_whole     in time                                                           linear to nothing
//   clean5s   rules_whole     everything in its place at the end                                per item
//   dialogue  rules_people    every node answered in order with the best answer                 sum of qualities 0-3 of 3 n
//   judge     rules_people    people's marks                                                    thirds; open until all have marked

#include <vector>

#include "engine/training/grade.h"
#include "engine/training/moments.h"

namespace shixun {

// What a rule may look at.
struct Evidence {
  const Pack& pack;
  const Exercise& exercise;
  Truths truths;
  const std::vector<Event>& events;      // in sequence, nothing taken back
  Found moments;                         // what matched each
  const std::vector<HumanMark>& people;
  int64_t active_ms = 0;                 // of the whole attempt, pauses left out
  bool handed_in = false;

  Evidence(const Pack& p, const Exercise& e, uint64_t seed, const std::vector<Event>& in_sequence, const std::vector<HumanMark>& human);
  const Moment& moment(int i) const { return exercise.moments[static_cast<size_t>(i)]; }
  const std::vector<const Event*>& find(int i) const { return moments.all(i); }
  bool happened(int i) const { return moments.happened(i); }
  const Event* first(int i) const;       // of a moment; null when it never came, or for -1
  int64_t active_at(int64_t t_ms) const; // time worked until then

 private:
  struct Pause { int64_t from, to, before; };  // before: how long earlier pauses took
  std::vector<Pause> pauses_;
};

// The mark of one aspect: awarded, evidence, why in words, and its code when it was lost.
Mark mark_of(const Evidence& c, const Aspect& a);

// Whether an aspect can end an assessment.
bool may_be_critical(const Aspect& a);

}  // namespace shixun
