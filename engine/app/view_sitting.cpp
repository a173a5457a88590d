#include "engine/app/view_sitting.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/desktop/window.h"
#include "engine/training/describe.h"
#include "engine/training/moments.h"
#include "engine/ui/strings.h"
#include "engine/ui/wearer_page.h"

namespace shixun {
namespace {

constexpr float kEffortStep = 0.25f;      // s of effort a frame at most
constexpr float kAftermath = 2.4f;        // s to see a consequence before what follows
constexpr float kToolShown = 1.2f;        // s an instrument is shown at the point it measured
constexpr int64_t kMarkNews_mp = 250;     // smaller changes of a mark are not told
constexpr float kLabelLife = 7;           // s a read label stays on the screen
constexpr float kHelpLife = 3;            // s it is told what help has done
constexpr float kTakenBackLife = 8;       // s it stands in the middle that and why something was taken back
constexpr double kGuideAgain = 0.5;       // s after which where the next step is is looked up again

// News are read in passing: of many reasons the first two, the rest stands in the result.
std::string first_of(const std::string& reasons, const std::string& between) {
  size_t end = reasons.find(between);
  if (end != std::string::npos) end = reasons.find(between, end + between.size());
  return end == std::string::npos ? reasons : reasons.substr(0, end) + " …";
}

}  // namespace

Sitting::Sitting(Program& program, Attempt attempt)
    : program_(program), attempt_(std::move(attempt)), pack_(attempt_->pack()), exercise_(&attempt_->exercise()), hands_(*program.room->stage, pack_) {
  sounds_ = std::make_unique<Soundscape>(*program.graphics->audio, pack_);
  const Scene& scene = pack_->scene;
  walker_.feet = glm::vec3(scene.start_eye[0], 0, scene.start_eye[2]);
  face(walker_, {scene.start_look[0], scene.start_look[1], scene.start_look[2]});
  floor_.lower = {static_cast<float>(scene.walk_lower[0]), static_cast<float>(scene.walk_lower[2])};
  floor_.upper = {static_cast<float>(scene.walk_upper[0]), static_cast<float>(scene.walk_upper[2])};
  program.graphics->developer.enter(lets_developers_in(session().mode()));
  if (program.graphics->vr) program.graphics->vr->stand(walker_.feet, walker_.yaw);
  know_marks();
  if (rules_of(session().mode()).on_critical == OnCritical::kRewind && !session().critical().empty()) aftermath_ = kAftermath;  // it was left before that was taken back
}

void Sitting::set_page(Page page) {
  page_ = page;
  asking_hand_in_ = false;
  program_.window().capture_mouse(page == Page::kWork && !vr());
}

Status Sitting::pause(bool on) {
  if (on == session().paused() || session().over() || !rules_of(session().mode()).may_pause) return ok();  // an assessment's clock runs on
  Action a;
  a.verb = on ? Verb::kPause : Verb::kResume;
  return act(a);
}

void Sitting::say(Message::Kind kind, Text text, float life) {
  for (Message& m : messages_)
    if (m.text == text && m.kind == kind) {
      m.age = std::min(m.age, 0.2f);
      return;
    }
  messages_.push_back({kind, std::move(text), 0, life});
  if (messages_.size() > 6) messages_.erase(messages_.begin());
}

void Sitting::tell_events(const std::vector<Event>& events) {
  unheard_.insert(unheard_.end(), events.begin(), events.end());
  for (const Event& e : events) {
    const int object = pack_->scene.find_object(e.o);
    const ObjectDef* def = object < 0 ? nullptr : &pack_->scene.objects[static_cast<size_t>(object)];
    if (e.verb == Verb::kRead && def && def->label) {
      Text words = def->label->text.empty() ? Text{} : pack_->text(def->label->text);
      if (const Arg* number = e.find("number")) words = {std::to_string(number->number), std::to_string(number->number)};
      if (const auto face = world().display(object)) words = *face;
      const Text& name = pack_->text(def->name);
      say(Message::Kind::kInfo, {name.zh + "：" + words.zh, name.en + ": " + words.en}, kLabelLife);
    }
    if (const int meter = e.find("red") ? pack_->scene.find_object(e.tool) : -1; meter >= 0) {
      const auto face = world().display(meter);
      const Text at_points = name_for_people(e.o, *pack_, *exercise_);
      if (face) say(Message::Kind::kInfo, {at_points.zh + "：" + face->zh, at_points.en + ": " + face->en}, kLabelLife);
    }
    if (e.verb == Verb::kMeasure && def) {
      for (const char* key : {"length_um", "pressure_pa"})
        if (const Arg* a = e.find(key)) {
          const Text& name = pack_->text(def->name);
          say(Message::Kind::kInfo, {name.zh + "：" + format_quantity(a->number, unit_of_key(key), Lang::kZh), name.en + ": " + format_quantity(a->number, unit_of_key(key), Lang::kEn)}, kLabelLife);
        }
      measured_ = object;
      measured_age_ = 0;
    }
    if (e.verb == Verb::kDrop || e.verb == Verb::kRoll || e.verb == Verb::kTouch) {
      const Text& phrase = event_phrase(e);
      const Text& name = def ? pack_->text(def->name) : Text{e.o, e.o};
      say(Message::Kind::kCritical, {fill(phrase.zh, {"o", name.zh}), fill(phrase.en, {"o", name.en})}, 4);
    }
    if (e.verb == Verb::kSay) {
      const Text answer = def && def->person ? world().last_words(object) : Text{};
      const Text& name = def ? pack_->text(def->name) : Text{};
      if (answer.en.empty()) say(Message::Kind::kInfo, text(Str::kSaid), 2);
      else say(Message::Kind::kSpeech, {name.zh + "：" + answer.zh, name.en + ": " + answer.en}, kLabelLife);
    }
  }
  if (!events.empty()) tell_marks();
}

// What need not be told: it is so from the start.
void Sitting::know_marks() {
  known_marks_.clear();
  for (const Mark& m : session().live_sheet().marks) known_marks_.push_back(m.awarded_mp);
  known_critical_ = session().critical();
}

// Goes on with the pack as its author saved it, at this moment of the attempt.
Status Sitting::take_changes() {
  if (!program_.watch) return ok();
  auto news = program_.watch->take();
  if (!news) return ok();
  problems_ = std::move(news->errors);
  for (Error& e : problems_)
    if (const std::string folder = pack_->source.string() + "/"; e.where.starts_with(folder)) e.where.erase(0, folder.size());
  if (!news->pack) return ok();
  if (const Status ended = take_in(hands_.let_go(session())); !ended) return ended;
  const auto refuse = [&](const Error& why) {
    problems_ = {why};
    return ok();
  };
  const Exercise* exercise = news->pack->find_exercise(exercise_->id);
  std::unique_ptr<Room> room;
  if (exercise && news->pack->scene_sha256 != pack_->scene_sha256) {
    if (const Status idle = program_.graphics->device->wait_idle(); !idle) return idle;
    auto opened = open_room(*program_.graphics, news->pack, World(news->pack, *exercise, session().seed()));
    if (!opened) return refuse(opened.error());
    room = std::move(*opened);
  }
  if (const Status changed = attempt_->change_pack(news->pack); !changed) return refuse(changed.error());
  if (room) {
    program_.room = std::move(room);
    in_zone_.clear();
  } else {
    program_.room->pack = attempt_->pack();
  }
  pack_ = attempt_->pack();
  exercise_ = &attempt_->exercise();
  hands_ = Hands(*program_.room->stage, pack_);
  sounds_ = std::make_unique<Soundscape>(*program_.graphics->audio, pack_);
  draft_ = {};
  helping_.reset();
  experts_.clear();
  lit_hover_ = lit_goal_ = measured_ = -1;
  guided_for_ = SIZE_MAX;
  know_marks();
  program_.room->stage->update(world(), {camera_.eye, camera_.orientation, true}, 0, true);
  find_obstacles();
  say(Message::Kind::kInfo, text(Str::kWatchTaken), 2.5f);
  return ok();
}

// News about marks, where they may be seen while working; critical errors always.
void Sitting::tell_marks() {
  if (rules_of(session().mode()).shown == MarksShown::kLiveWhy) {
    const Marksheet& sheet = session().live_sheet();
    for (size_t i = 0; i < sheet.marks.size() && i < known_marks_.size(); ++i) {
      const Mark& m = sheet.marks[i];
      const int64_t change = m.awarded_mp - known_marks_[i];
      known_marks_[i] = m.awarded_mp;
      if (std::abs(change) < kMarkNews_mp) continue;
      const std::string points = fmt::format("{:+.1f}  ", static_cast<double>(change) / 1000.0);
      const auto why = [](const std::string& title, const char* colon, const char* between, const std::string& reason) { return reason.empty() ? title : title + colon + first_of(reason, between); };
      say(change > 0 ? Message::Kind::kGain : Message::Kind::kLoss, {points + why(m.title.zh, "：", "；", m.why.zh), points + why(m.title.en, ": ", "; ", m.why.en)});
    }
  }
  if (session().critical() != known_critical_) {
    known_critical_ = session().critical();
    if (!known_critical_.empty()) {
      std::erase_if(messages_, [](const Message& m) { return m.kind == Message::Kind::kCritical && m.age > 0; });  // of the one before
      const Text &what = text(Str::kCritical), rule = session().critical_rule();
      say(Message::Kind::kCritical, {what.zh + "：" + rule.zh, what.en + ": " + rule.en}, 5);
      aftermath_ = kAftermath;
      helping_.reset();
    }
  }
}

Status Sitting::take_in(const HandsReport& report) {
  tell_events(report.events);
  if (report.refusal) say(Message::Kind::kRefusal, *report.refusal, 2.5f);
  if (report.broken) return *report.broken;
  return ok();
}

Status Sitting::act(const Action& action) {
  auto events = session().act(action);
  if (events) {
    tell_events(*events);
    return ok();
  }
  if (events.error().code == Code::kEnvironment) return events.error();
  say(Message::Kind::kRefusal, world().why(), 2.5f);
  return ok();
}

void Sitting::find_obstacles() {
  floor_.obstacles.clear();
  const Scene& scene = pack_->scene;
  const glm::vec3 room = program_.room->stage->room_upper() - program_.room->stage->room_lower();
  for (size_t o = 0; o < scene.objects.size(); ++o) {
    const ObjectDef& def = scene.objects[o];
    const int object = static_cast<int>(o);
    if (def.model.empty() || world().state(object).spot.kind != Spot::Kind::kFixed) continue;
    const PickScene::Bounds b = program_.room->stage->bounds(object);
    const glm::vec3 size = b.upper - b.lower;
    if (size.y < 0.3f || size.x > room.x * 0.8f) continue;  // flat things are stepped over; the room itself is no obstacle
    const glm::vec2 inset(def.body ? 0.08f : 0);            // mirrors stick out of a body
    floor_.obstacles.push_back({glm::vec2(b.lower.x, b.lower.z) + inset, glm::vec2(b.upper.x, b.upper.z) - inset, def.body.has_value()});
  }
}

Intent Sitting::intent_of(const Input& input) const {
  Intent intent;
  intent.use_pressed = input.left_pressed;
  intent.use_held = input.left_held;
  intent.use_released = input.left_released;
  intent.cancel = input.right_pressed;
  const int notches = static_cast<int>(std::lround(input.scroll));
  const World& now = attempt_->session().world();
  const auto& held = now.held() < 0 ? std::optional<WrenchDef>{} : pack_->scene.objects[static_cast<size_t>(now.held())].wrench;
  if (held && held->clicks && hands_.idle()) intent.setting = notches * (input.is_held(Key::kSlow) ? 10 : 1);
  else intent.choose = notches > 0 ? -1 : notches < 0 ? 1 : 0;
  if (input.was_pressed(Key::kUp)) intent.choose = -1;
  if (input.was_pressed(Key::kDown)) intent.choose = 1;
  intent.pick_number = digit_;
  return intent;
}

// A head that comes into a zone or leaves it.
Status Sitting::visit_zones() {
  const Scene& scene = pack_->scene;
  in_zone_.resize(scene.objects.size(), 0);
  const glm::vec3 eye = walker_.eye();
  for (size_t o = 0; o < scene.objects.size(); ++o) {
    const auto& zone = scene.objects[o].zone;
    if (!zone) continue;
    bool inside = true;
    for (int a = 0; a < 3; ++a) inside = inside && eye[a] > zone->lower[static_cast<size_t>(a)] && eye[a] < zone->upper[static_cast<size_t>(a)];
    if (inside == (in_zone_[o] != 0)) continue;
    in_zone_[o] = inside;
    Action a;
    a.verb = inside ? Verb::kEnter : Verb::kLeave;
    a.o = scene.objects[o].id;
    auto events = session().act(a);
    if (events) tell_events(*events);
    else if (events.error().code == Code::kEnvironment) return events.error();
  }
  return ok();
}

// A proctor's desk that falls silent, or comes back: said once.
Status Sitting::attend() {
  if (auto attended = attempt_->attend(); !attended) return attended;
  const Attempt::Proctor now = attempt_->proctor();
  if (now == Attempt::Proctor::kNone || now == std::exchange(known_proctor_, now)) return ok();
  say(Message::Kind::kInfo, text(now == Attempt::Proctor::kLost ? Str::kProctorLost : now == Attempt::Proctor::kSilent ? Str::kProctorSilent : Str::kProctorBack), 12);
  return ok();
}

int Sitting::hint_level() {
  if (session().step() >= exercise_->steps.size()) return 0;
  int64_t level = 0;
  for (const Event& e : session().events())
    if (e.verb == Verb::kHint && e.o == exercise_->steps[session().step()].id) level = std::max(level, e.number("level"));
  return static_cast<int>(level);
}

// The goal's words are free in practice; then where to look, then what to do.
Status Sitting::ask_hint() {
  if (rules_of(session().mode()).hint_level == 0) {
    say(Message::Kind::kRefusal, text(Str::kNoHints), 2.5f);
    return ok();
  }
  if (helping_) {
    helping_.reset();
    say(Message::Kind::kInfo, text(Str::kHelpStopped), 2.5f);
    return ok();
  }
  if (session().step() >= exercise_->steps.size()) return ok();
  const int level = hint_level();
  if (level >= 3 || rules_of(session().mode()).auto_hints) return begin_to_help();
  return act(hint(std::max(level + 1, 2)));
}

Action Sitting::hint(int level) {
  Action a;
  a.verb = Verb::kHint;
  a.o = exercise_->steps[session().step()].id;
  a.amount = level;
  return a;
}

// Asked for and charged only when there is a way from here.
Status Sitting::begin_to_help() {
  if (const Status ended = take_in(hands_.let_go(session())); !ended) return ended;
  if (experts_.empty()) {
    auto read = expert_attempts(pack_, *exercise_);
    if (read) experts_ = std::move(*read);
  }
  std::vector<HelpAct> acts = plan_help(session(), experts_);
  if (acts.empty()) {
    say(Message::Kind::kRefusal, text(guide_.page == Guide::Page::kFinish ? Str::kHelpOnlyHandIn : Str::kHelpCannot), 5);
    return ok();
  }
  if (hint_level() < 4)
    if (const Status asked = act(hint(4)); !asked) return asked;
  helping_ = {std::move(acts), 0, session().t_ms()};
  return ok();
}

// The next act, when its time has come. What has meanwhile become impossible is planned anew.
Status Sitting::help_on() {
  if (!helping_ || session().t_ms() < helping_->since_ms + helping_->acts[helping_->next].wait_ms) return ok();
  const auto events = session().act(helping_->acts[helping_->next].action, Actor::kHelp);
  if (!events) {
    if (events.error().code == Code::kEnvironment) return events.error();
    std::vector<HelpAct> acts = plan_help(session(), experts_);
    if (acts.empty()) {
      helping_.reset();
      say(Message::Kind::kRefusal, text(Str::kHelpStopped), 5);
    } else {
      helping_ = {std::move(acts), 0, session().t_ms()};
    }
    return ok();
  }
  tell_events(*events);
  for (const Event& e : *events) {
    say(Message::Kind::kInfo, {describe_act(e, *pack_, *exercise_, Lang::kZh), describe_act(e, *pack_, *exercise_, Lang::kEn)}, kHelpLife);
    if (e.verb == Verb::kTurn) measured_ = pack_->scene.find_object(e.o), measured_age_ = 0;
  }
  if (!helping_) return ok();  // a critical error ends it
  helping_->since_ms = session().t_ms();
  if (++helping_->next == helping_->acts.size()) {
    helping_.reset();
    say(Message::Kind::kInfo, text(Str::kHelpDone), 4);
  }
  return ok();
}

void Sitting::show_world(float dt) {
  Stage& stage = *program_.room->stage;
  camera_ = {walker_.eye(), look_orientation(walker_.yaw, walker_.pitch), 1.02f, 0.04f};
  Onlooker onlooker{camera_.eye, camera_.orientation};
  if (const Vr* headset = vr()) {
    camera_.eye = headset->head().position;
    camera_.orientation = headset->head().orientation;
    const TrackedPose& grip = headset->hand(holding_).grip;
    onlooker = {camera_.eye, camera_.orientation, true, glm::translate(glm::mat4(1), grip.position) * glm::mat4_cast(grip.orientation)};
  }
  const int working = hands_.stroking() && world().held() >= 0 ? hands_.stroke_object() : measured_age_ < kToolShown && world().held() >= 0 ? measured_ : -1;
  stage.use_tool_on(working);
  stage.update(world(), onlooker, dt);

  if (session().events().size() != guided_for_ || time_ >= guided_until_) {  // people come and go without an event
    guided_for_ = session().events().size();
    guided_until_ = time_ + kGuideAgain;
    const bool shown = session().step() < exercise_->steps.size() && (rules_of(session().mode()).auto_hints || hint_level() >= 2);
    guide_ = shown ? guide(world(), exercise_->steps[session().step()], effective_events(session().events())) : Guide{};
  }
  const int goal = in_hand(world(), guide_) ? -1 : guide_.object, hover = hands_.hovered();
  if (hover != lit_hover_ || goal != lit_goal_) {
    stage.set_highlight(lit_hover_, Highlight::kNone);
    stage.set_highlight(lit_goal_, Highlight::kNone);
    if (goal >= 0 && stage.radius(goal) < 1.5f) stage.set_highlight(goal, Highlight::kGoal);
    if (hover >= 0 && stage.radius(hover) < 1.5f) stage.set_highlight(hover, Highlight::kHover);
    lit_hover_ = hover;
    lit_goal_ = goal;
  }
  int ghost_item = -1, ghost_socket = -1;
  if (!hands_.choices().empty() && page_ == Page::kWork && world().held() >= 0) {
    const Offer& c = hands_.choices()[hands_.chosen()];
    const bool puts = c.option.action.verb == Verb::kPut || c.option.action.verb == Verb::kPlace;
    if (puts && c.socket >= 0 && hands_.hovered_socket() >= 0) ghost_item = world().held(), ghost_socket = c.socket;
  }
  stage.show_ghost(ghost_item, ghost_socket);
}

void Sitting::sound_world(float dt) {
  std::optional<Effort> effort;
  if (const Action* held = hands_.effort()) {
    const int tool = world().held();
    effort = Effort{held->verb, held->o, tool < 0 ? "hand" : pack_->scene.objects[static_cast<size_t>(tool)].id, hands_.clicked(world())};
  }
  const std::vector<int> news = sounds_->step(world(), *program_.room->stage, unheard_, effort ? &*effort : nullptr, camera_, dt);
  unheard_.clear();
  if (program_.status) program_.status->heard(*pack_, news);
  if (program_.graphics->captions)
    for (Text& words : captions(*pack_, news)) say(Message::Kind::kCaption, std::move(words));
}

Status Sitting::draw(float dt, bool& handed_in, bool& leave) {
  Graphics& g = *program_.graphics;
  Vr* headset = vr();
  if (headset) headset->in_pieces = page_ == Page::kWork;
  program_.begin(dt);
  Hud hud;
  hud.pack = pack_.get();
  hud.exercise = exercise_;
  hud.session = &session();
  hud.hands = &hands_;
  hud.stage = program_.room->stage.get();
  hud.camera = camera_;
  hud.lang = program_.lang();
  hud.messages = &messages_;
  hud.click_age = click_age_;
  hud.hint_level = hint_level();
  hud.helping = helping_.has_value();
  hud.guide = guide_;
  hud.at_work = page_ == Page::kWork;
  hud.show_help = show_help_;
  hud.time = time_;
  hud.problems = &problems_;
  if (known_proctor_ == Attempt::Proctor::kSilent || known_proctor_ == Attempt::Proctor::kLost) hud.warning = tr(Str::kNoProctor, program_.lang());
  if (headset) hang_panels(*headset, hud);
  else if (!developer().open()) draw_hud(g.theme, hud);
  if (const Status shown = developer().show(g, program_.room->scene->tables().instance_count); !shown) return shown;
  if (page_ == Page::kSheet) {
    if (headset) {
      headset->keypad = true;
      const char typed = draw_keypad(g.theme, program_.lang(), headset->pointer().value_or(ImVec2(-1, -1)), headset->pointer_pressed());
      ImGuiIO& io = ImGui::GetIO();
      io.KeysDown[io.KeyMap[ImGuiKey_Backspace]] = typed == '\b';
      enter_ |= typed == '\r';
      if (typed >= '-') io.AddInputCharacter(static_cast<unsigned>(typed));
    }
    const WorkOrderAnswer answer = draw_work_order(g.theme, *pack_, *exercise_, session(), program_.lang(), enter_, draft_);
    if (answer.record)
      if (const Status done = act(*answer.record); !done) return done;
    if (answer.hand_in) {
      set_page(Page::kPause);
      asking_hand_in_ = true;
    } else if (answer.close) {
      set_page(Page::kWork);
    }
  } else if (page_ == Page::kLines) {
    bool close = false;
    const auto line = draw_lines(g.theme, *pack_, *exercise_, session(), program_.lang(), digit_, close);
    if (line)
      if (const Status done = act(*line); !done) return done;
    if (line || close) set_page(Page::kWork);
  } else if (page_ == Page::kPause) {
    switch (draw_pause(g.theme, session(), program_.lang(), attempt_->recorded(), headset != nullptr, asking_hand_in_)) {
      case PauseChoice::kGoOn:
        if (const Status done = pause(false); !done) return done;
        set_page(Page::kWork);
        break;
      case PauseChoice::kWearer:
        wearer_ = headset ? headset->wearer.value_or(Wearer{}) : Wearer{};
        set_page(Page::kWearer);
        break;
      case PauseChoice::kHandIn: handed_in = true; break;
      case PauseChoice::kSaveAndLeave: leave = true; break;
      case PauseChoice::kNone: break;
    }
  } else if (page_ == Page::kWearer) {
    const WearerAnswer answer = draw_wearer(g.theme, program_.lang(), wearer_);
    if (answer.toggle_language) program_.toggle_language();
    if (answer.done) {
      program_.wear(wearer_);
      set_page(Page::kPause);
    }
  }
  return show_frame(g, program_.room.get(), camera_);
}

void Sitting::report_status() {
  if (!program_.status) return;
  const char* names[] = {"work", "sheet", "lines", "pause", "wearer"};
  std::vector<std::string> told;
  for (const Message& m : messages_) told.push_back(m.text.in(program_.lang()));
  std::vector<std::string> problems;
  for (const Error& e : problems_) problems.push_back(e.text());
  const size_t step = session().step();
  const std::string goal = rules_of(session().mode()).open_book && step < exercise_->steps.size() ? pack_->text(exercise_->steps[step].title).in(program_.lang()) : "";
  program_.status->work({developer().open() ? "developer" : names[static_cast<int>(page_)], session(), hands_, *program_.room->stage, walker_, floor_, program_.lang(), guide_,
                         guide_name(world(), guide_, program_.lang()), told, goal, problems});
}

Result<bool> Sitting::work() {
  set_page(Page::kWork);
  show_world(0);
  find_obstacles();
  program_.tick();
  for (;;) {
    const bool was_open = developer().open();
    Input input = program_.poll();
    const float dt = program_.tick();
    input = developer().step(input, camera_, dt);
    program_.window().capture_mouse(page_ == Page::kWork && !developer().open() && !vr());
    time_ += dt;
    if (program_.window().wants_close()) {
      if (const Status kept = attempt_->flush(); !kept) return kept.error();
      return false;
    }
    digit_ = 0;
    for (int d = 0; d < 9; ++d)
      if (input.was_pressed(static_cast<Key>(static_cast<int>(Key::kDigit1) + d))) digit_ = d + 1;
    enter_ = input.was_pressed(Key::kEnter);
    if (input.was_pressed(Key::kLanguage)) program_.toggle_language();
    if (input.was_pressed(Key::kHelp)) show_help_ = !show_help_;
    if (input.was_pressed(Key::kTier)) {
      auto set = program_.next_tier();
      if (!set) return set.error();
      say(Message::Kind::kInfo, *set, 2);
    }
    if (input.was_pressed(Key::kSound)) say(Message::Kind::kInfo, program_.next_loudness(), 2);

    // Time passes for the world, in its own steps.
    tick_rest_ += static_cast<double>(dt) * kTicksPerSecond;
    const auto ticks = static_cast<int64_t>(tick_rest_);
    tick_rest_ -= static_cast<double>(ticks);
    session().tick(ticks);
    for (Message& m : messages_) m.age += dt;
    std::erase_if(messages_, [](const Message& m) { return m.age >= m.life; });
    click_age_ += dt;
    measured_age_ += dt;

    Status done = take_changes();
    if (done) done = attend();
    if (done) done = follow_headset();
    if (!done) return done.error();
    // Another window in front ends an effort but stops no clock: that is for the person to decide.
    if (input.focus_lost && !vr()) done = take_in(hands_.let_go(session()));
    if (page_ == Page::kWork) {  // the board's buttons are keys
      input.pressed[static_cast<int>(Key::kEscape)] |= pressed_.pause;
      input.pressed[static_cast<int>(Key::kSheet)] |= pressed_.sheet;
      input.pressed[static_cast<int>(Key::kSay)] |= pressed_.lines;
      input.pressed[static_cast<int>(Key::kHint)] |= pressed_.hint;
    }
    const bool stop = input.was_pressed(Key::kEscape) && page_ == Page::kWork;
    if (developer().refused()) say(Message::Kind::kRefusal, text(Str::kNoDeveloper), 2.5f);
    if (developer().open() && !was_open) done = take_in(hands_.let_go(session()));
    if (!done) {
    } else if (stop || input.was_pressed(Key::kHandIn)) {
      done = take_in(hands_.let_go(session()));
      if (done) done = pause(true);
      set_page(Page::kPause);
      asking_hand_in_ = input.was_pressed(Key::kHandIn);
    } else if (page_ != Page::kWork && (input.was_pressed(Key::kEscape) || (page_ == Page::kSheet && input.was_pressed(Key::kSheet)))) {
      if (page_ == Page::kPause || page_ == Page::kWearer) done = pause(false);
      set_page(Page::kWork);
    } else if (page_ == Page::kWork) {
      if (input.was_pressed(Key::kSheet) || (input.was_pressed(Key::kSay) && !exercise_->lines.empty())) {
        done = take_in(hands_.let_go(session()));
        set_page(input.was_pressed(Key::kSheet) ? Page::kSheet : Page::kLines);
      } else {
        if (input.was_pressed(Key::kHint)) done = ask_hint();
        if (done) done = help_on();
        if (aftermath_ < 0 || rules_of(session().mode()).on_critical == OnCritical::kGoOn) {
          if (Vr* headset = vr()) {
            stand_in_headset(*headset);
            if (done) done = visit_zones();
            if (done && !session().over()) done = work_in_headset(*headset, input, std::min(dt, kEffortStep));
          } else {
            walk(walker_, input, floor_, dt);
            if (done) done = visit_zones();
            hands_.aim(session(), {walker_.eye(), walker_.forward()});
            if (done && !session().over() && !helping_) done = take_in(hands_.step(session(), intent_of(input), std::min(dt, kEffortStep)));
          }
        }
      }
    }
    if (!done) return done.error();

    const bool clicked = hands_.clicked(world());
    if (clicked && !was_clicked_) {
      click_age_ = 0;
      if (Vr* headset = vr()) headset->pulse(headset->pointing(), 1, 0.1f);
    }
    was_clicked_ = clicked;
    if (aftermath_ >= 0) {
      aftermath_ -= dt;
      if (aftermath_ < 0 && rules_of(session().mode()).on_critical == OnCritical::kRewind && !session().critical().empty()) {
        if (const Status back = session().rewind(); !back) return back.error();
        sounds_->settle(world());
        helping_.reset();
        known_critical_.clear();
        std::erase_if(messages_, [](const Message& m) { return m.kind == Message::Kind::kCritical; });  // its place is taken by what follows
        say(Message::Kind::kCritical, taken_back_text(session()), kTakenBackLife);
      }
    }

    show_world(dt);
    sound_world(dt);
    bool handed_in = false, leave = false;
    if (const Status drawn = draw(dt, handed_in, leave); !drawn) return drawn.error();
    report_status();
    if (leave) {
      if (const Status kept = attempt_->flush(); !kept) return kept.error();
      return false;
    }
    if (handed_in) {
      if (done = pause(false); done) {
        Action finish;
        finish.verb = Verb::kFinish;
        done = act(finish);
      }
      if (!done) return done.error();
      set_page(Page::kWork);
    }
    if (session().over() && aftermath_ < 0) {
      Stage& stage = *program_.room->stage;
      stage.set_highlight(lit_hover_, Highlight::kNone);
      stage.set_highlight(lit_goal_, Highlight::kNone);
      stage.show_ghost(-1, -1);
      stage.use_tool_on(-1);
      return true;
    }
  }
}

Result<std::optional<Worked>> work_on(Program& program, Attempt attempt) {
  Sitting sitting(program, std::move(attempt));
  auto ended = sitting.work();
  if (!ended) return ended.error();
  if (!*ended) return std::optional<Worked>();
  return std::optional<Worked>({sitting.take(), sitting.camera()});
}

}  // namespace shixun
