// journals PACK WALKS TRACE...   plays traces, and trainees who try anything (one for every walk), in a pack; folds what they did once more, as
// a replay does; prints every event, the devices' state after it and the marksheet, so that builds by different compilers can be compared
// byte by byte; and plays the walks' inputs once more, as a proof of integrity level 2 does. Run by tests/e2e/journal_identity.sh. Exit 1:
// something could not be played, folding came to another state, or the inputs to other events.

#include <charconv>
#include <cstring>
#include <iostream>

#include "engine/base/random.h"
#include "engine/training/input.h"
#include "engine/training/trace.h"

using namespace shixun;

namespace {

void print(const DeviceState& s) {
  std::cout << "  tick " << s.tick << " scan " << s.scan_tick;
  for (const uint64_t f : s.faults) std::cout << " f" << f;
  for (const NetworkState& n : s.networks) {
    std::cout << " n" << n.t_ms;
    for (const ElementState& e : n.elements) std::cout << ' ' << e.closed << ',' << e.mohm << ',' << e.uv << ',' << e.held << ',' << e.since_ms << ',' << e.tau_ms;
  }
  for (const AirState& a : s.airs) {
    std::cout << " a" << a.rests;
    for (const int64_t v : a.air.air) std::cout << ' ' << v;
    for (const int64_t v : a.air.position_um) std::cout << ' ' << v;
  }
  for (const MachineNow& m : s.machines) std::cout << " m" << m.state << ',' << m.since_tick;
  for (const ModelState& m : s.models) std::cout << " v" << m.start << ',' << m.target << ',' << m.tau_ms << ',' << m.since_ms;
  for (const DialogueState& d : s.dialogues) std::cout << " d" << d.node << ',' << d.flags << ',' << d.quality;
  std::cout << '\n';
}

bool fold(const std::shared_ptr<const Pack>& pack, const Exercise& e, Mode mode, uint64_t seed, const std::vector<Event>& events, const World& live) {
  World world(pack, e, seed);
  for (const Event& event : events) {
    world.apply(event);
    std::cout << to_json(event).dump() << '\n';
    print(world.devices().state());
    for (size_t s = 0; s < pack->scene.devices.signals.size(); ++s) {
      const int i = static_cast<int>(s);
      if (pack->scene.devices.signals[s].is_word) std::cout << ' ' << world.signal_word(i);
      else std::cout << ' ' << world.signal_number(i).value_or(-1);
    }
    std::cout << '\n';
  }
  std::cout << to_json(grade(*pack, e, mode, seed, events)).dump() << '\n';
  return world.devices().state() == live.devices().state() && world.states() == live.states();
}

}  // namespace

int main(int argc, char** argv) {
  uint64_t walks = 0;
  if (argc < 3 || std::from_chars(argv[2], argv[2] + std::strlen(argv[2]), walks).ec != std::errc{}) return 1;
  PackLoad load = load_pack(argv[1]);
  for (const Error& e : load.errors) std::cerr << e.text() << '\n';
  if (!load.pack) return 1;
  const auto pack = std::make_shared<const Pack>(std::move(*load.pack));
  const Exercise& e = pack->exercises.front();
  const auto nowhere = [](const Event&) { return ok(); };
  for (int i = 3; i < argc; ++i) {
    auto trace = read_trace(argv[i]);
    if (!trace) return 1;
    Session session(pack, e, {Mode::kPractice, trace->seed}, nowhere);
    if (auto played = play(session, *trace); !played) {
      std::cerr << played.error().text() << '\n';
      return 1;
    }
    if (!fold(pack, e, session.mode(), trace->seed, session.events(), session.world())) return 1;
  }
  for (uint64_t seed = 1; seed <= walks; ++seed) {
    const Mode mode = seed % 3 == 0 ? Mode::kGuided : Mode::kPractice;
    Pcg32 random(seed, "journals");
    const auto pick = [&](size_t n) { return random.below(static_cast<uint32_t>(n)); };
    std::unique_ptr<Session> session;
    std::vector<InputsAfter> inputs;
    bool written = true;
    const auto note = [&](const std::vector<SessionInput>& in) {
      auto read = inputs_from_json(to_json(in));
      written = written && read;
      if (read) inputs.push_back({session->events().size(), std::move(*read)});
      return ok();
    };
    session = std::make_unique<Session>(pack, e, SessionOptions{mode, seed}, nowhere, note);
    for (int i = 0; i < 80; ++i) {
      session->tick(pick(5) == 0 ? pick(2400) : pick(120));
      if (!session->critical().empty() && pick(2) == 0 && !session->rewind()) return 1;
      if (pick(25) == 0) {  // as if the program had been killed, whatever was under way
        const std::vector<Event> events = session->events();
        session = std::make_unique<Session>(pack, e, SessionOptions{mode, seed}, nowhere, note);
        session->restore(events);
      }
      const World& w = session->world();
      const std::vector<int> open = w.open_sockets();
      std::vector<Option> options = w.held() >= 0 && pick(3) == 0 ? w.held_options() : w.options(static_cast<int>(pick(pack->scene.objects.size())));
      if (!open.empty() && pick(4) == 0) options = {w.put_option(open[pick(open.size())])};
      if (options.empty()) continue;
      Action action = options[pick(options.size())].action;
      if (action.verb != Verb::kTurn && action.verb != Verb::kRaise && action.verb != Verb::kLower) {
        (void)session->act(action);
        continue;
      }
      action.hold = true;
      const int64_t direction = action.amount;
      for (size_t frames = pick(150); frames > 0; --frames) {
        session->tick(pick(4));
        action.amount = direction * (1 + pick(600));
        (void)session->act(action);
      }
      if (pick(2) == 0) (void)session->release();
    }
    // Time may have gone on after the last event: pausing is an event of its own.
    (void)session->act({Verb::kPause, "", "", "", 0, false, false, {}});
    if (!fold(pack, e, mode, seed, session->events(), session->world())) return 1;
    const Replay replay = replay_inputs(pack, e, {mode, seed}, inputs, session->events());
    if (!written || !replay.same || replay.lost > 0) {
      std::cerr << "walk " << seed << ": event " << replay.first + 1 << ": the inputs make " << replay.expected << ", recorded is " << replay.recorded << '\n';
      return 1;
    }
  }
  return 0;
}
