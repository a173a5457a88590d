// Conditions: any text, with an event to ask about (first byte odd) or without. What compiles is evaluated.

#include "engine/training/expression.h"

#include "tests/fuzz/fuzz.h"

using namespace shixun;

namespace {

constexpr std::array kArguments = {ArgName{"torque", "torque_dnm"}, ArgName{"lift", "lift_um"}, ArgName{"voltage", "voltage_mv"}, ArgName{"on", "on"}, ArgName{"state", "state", true}, ArgName{"value", "value", true}, ArgName{"spot", "at", true}};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const Pack& pack = fuzz::base_pack();
  const Exercise& exercise = pack.exercises[0];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool at_event = data[0] & 1;
  std::vector<ExpressionProblem> problems;
  std::vector<Remembered> remembered;
  int64_t work = 1'000'000;
  const auto e = compile_expression(text, {pack, &exercise, at_event ? &exercise.moments[0] : nullptr, kArguments, &remembered, &work}, problems);
  if (e.has_value() != problems.empty()) std::abort();
  for (const ExpressionProblem& p : problems) {
    if (p.at > text.size() || p.what.empty()) std::abort();
  }
  if (!e) return 0;
  const Truths truths = draw_truths(pack.scene, 1);
  Event event;
  event.o = "brake";
  event.t_ms = kMaxEventTime_ms;
  event.with("torque_dnm", kMaxQuantity).with("lift_um", -kMaxQuantity).with("state", std::string_view("pulled"));
  Past past;
  past.moments.assign(exercise.moments.size(), {3, 1000, true});
  past.last.assign(remembered.size(), data[0] & 2 ? &event : nullptr);
  (void)holds(*e, truths, &past, at_event ? &event : nullptr);
  return 0;
}
