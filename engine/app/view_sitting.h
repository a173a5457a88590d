#pragma once
// For the view_sitting*.cpp files only: one attempt at work.
//   view_sitting.cpp          input, world, picture, frame by frame; work_on()
//   view_sitting_headset.cpp  what is different for one who wears a headset

#include "engine/app/view_program.h"
#include "engine/app/view_sound.h"
#include "engine/desktop/walker.h"
#include "engine/interact/hands.h"
#include "engine/training/help.h"
#include "engine/ui/hud.h"
#include "engine/ui/work_order.h"

namespace shixun {

class Sitting {
 public:
  Sitting(Program& program, Attempt attempt);

  // Until the attempt is handed in or stopped (true), or left (false).
  Result<bool> work();

  Attempt take() {
    sounds_.reset();  // a result is read in silence
    return std::move(*attempt_);
  }
  const Camera& camera() const { return camera_; }

 private:
  enum class Page { kWork, kSheet, kLines, kPause, kWearer };

  Developer& developer() { return program_.graphics->developer; }
  Session& session() { return attempt_->session(); }
  const World& world() { return session().world(); }

  void set_page(Page page);
  Status pause(bool on);
  void find_obstacles();
  Intent intent_of(const Input& input) const;
  Vr* vr() { return program_.graphics->in_headset() ? program_.graphics->vr.get() : nullptr; }
  Status follow_headset();
  Status work_in_headset(Vr& headset, const Input& input, float dt);
  std::optional<Action> leads_at(Vr& headset);
  void stand_in_headset(Vr& headset);
  void hang_panels(Vr& headset, const Hud& hud);
  Status take_in(const HandsReport& report);
  void say(Message::Kind kind, Text text, float life = 3.5f);
  void tell_events(const std::vector<Event>& events);
  void tell_marks();
  void know_marks();
  Status take_changes();
  Status attend();
  Status act(const Action& action);
  Status visit_zones();
  Status ask_hint();
  Action hint(int level);
  Status begin_to_help();
  Status help_on();
  int hint_level();
  void show_world(float dt);
  void sound_world(float dt);
  Status draw(float dt, bool& handed_in, bool& leave);
  void report_status();

  Program& program_;
  std::optional<Attempt> attempt_;
  std::shared_ptr<const Pack> pack_;
  const Exercise* exercise_;
  Hands hands_;
  std::unique_ptr<Soundscape> sounds_;
  std::vector<Event> unheard_;  // events since the last frame's sounds
  Walker walker_;
  Floor floor_;
  Camera camera_;
  Page page_ = Page::kWork;
  std::vector<Message> messages_;
  std::vector<int64_t> known_marks_;
  Attempt::Proctor known_proctor_ = Attempt::Proctor::kAnswers;
  std::string known_critical_;
  std::vector<Error> problems_;  // of the pack's files as they were last saved
  float aftermath_ = -1;
  float click_age_ = 1e9f;
  bool was_clicked_ = false;
  int measured_ = -1;
  float measured_age_ = 1e9f;
  bool show_help_ = false, asking_hand_in_ = false;
  std::vector<char> in_zone_;
  int lit_hover_ = -1, lit_goal_ = -1;
  Guide guide_;             // where the next step is
  size_t guided_for_ = SIZE_MAX;  // events it was worked out for
  double guided_until_ = 0;
  struct Helping {
    std::vector<HelpAct> acts;
    size_t next = 0;
    int64_t since_ms = 0;  // the act before
  };
  std::optional<Helping> helping_;  // a step is being done for the trainee
  std::vector<ExpertAttempt> experts_;  // read when help is first asked for
  WorkOrderDraft draft_;
  double tick_rest_ = 0, time_ = 0;
  Wearer wearer_;             // as is being answered
  std::optional<glm::vec3> free_head_;  // where the head in the headset was last in nothing
  bool was_dark_ = false;
  HeadsetHudAnswer pressed_;  // on the panels, as of the last frame
  int holding_ = 1;           // the hand that took what is held
  bool blind_ = false;        // the clock stands still because nobody wears the headset
  float buzz_ = 0;            // s until the next one of a running effort
  int digit_ = 0;       // the digit key pressed since the last frame, 0 none
  bool enter_ = false;  // as for the digit
};

}  // namespace shixun
