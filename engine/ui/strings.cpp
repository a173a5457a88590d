#include "engine/ui/strings.h"

#include "engine/training/describe.h"
#include "engine/training/mode.h"

#include <array>
#include <string_view>

namespace shixun {
namespace {

struct Words {
  std::string_view zh, en;
};

struct Row {
  Str key;
  Words words;
  Words hung{};  // in a headset, where that is something else
};

constexpr std::array<Row, static_cast<size_t>(Str::kCount)> kTable{{
    // ---- launcher
    {Str::kProduct, {"实训", "Shixun"}},
    {Str::kStart, {"开始", "Start"}},
    {Str::kQuit, {"退出", "Quit"}},
    {Str::kExercise, {"训练项目", "Exercise"}},
    {Str::kMode, {"模式", "Mode"}},
    {Str::kTrainee, {"学员编号", "Trainee ID"}},
    {Str::kTraineeRule, {"1–64 个字母、数字或 . _ -", "1–64 letters, digits or . _ -"}},
    {Str::kContinue, {"继续", "Continue"}},
    {Str::kContinueTitle, {"未完成的作业", "Interrupted attempts"}},
    {Str::kGradeAsIs, {"按现状评分", "Grade as it stands"}},
    {Str::kNoPacks, {"没有找到训练包", "No training packs were found"}},
    {Str::kLoading, {"正在载入…", "Loading…"}},
    {Str::kTier, {"画面", "Picture"}},
    {Str::kTierLow, {"快", "Fast"}},
    {Str::kTierMedium, {"中", "Medium"}},
    {Str::kTierHigh, {"精细", "Fine"}},
    {Str::kSound, {"声音", "Sound"}},
    {Str::kSoundFull, {"响", "full"}},
    {Str::kSoundHalf, {"轻", "half"}},
    {Str::kSoundOff, {"关", "off"}},
    {Str::kNoSoundDevice, {"这台电脑没有声音设备", "this machine has no sound device"}},
    // ---- while working
    {Str::kStepOf, {"第 {n} 步，共 {all} 步", "Step {n} of {all}"}},
    {Str::kAllDone, {"全部步骤已完成，可以交卷", "All steps are done: hand in"}},
    {Str::kScore, {"得分", "Marks"}},
    {Str::kTime, {"用时", "Time"}},
    {Str::kInHand, {"手持", "In hand"}},
    {Str::kInHandNext, {"看向空处，用数字键选：{name}", "Look at nothing, then by number: {name}"}, {"指向空处，在旁边的面板上选：{name}", "Point at nothing, then on the panel beside: {name}"}},
    {Str::kPutBack, {"放回原位", "Put back in its place"}},
    {Str::kHandOver, {"递给{name}", "Hand it to the {name}"}},
    {Str::kSetting, {"设定", "Set to"}},
    {Str::kSettingHow, {"滚轮调节，Shift 快调", "Scroll to adjust, Shift is faster"}},
    {Str::kNoHints, {"本模式没有提示", "This mode gives no hints"}},
    {Str::kDoForMe, {"代做这一步", "Do this step for me"}},
    {Str::kDoForMeCosts, {"代做这一步（相关得分归零）", "Do this step for me (its marks become 0)"}},
    {Str::kHelpStops, {"停止代做", "Stop doing it for me"}},
    {Str::kHelpStopped, {"代做已停止", "Help has stopped"}},
    {Str::kHelpDone, {"代做完毕，接着由你来", "That was done for you. Now it is your turn"}},
    {Str::kHelpCannot, {"从现在的状态出发无法代做，没有扣分", "Help cannot do this step as things are now. Nothing was charged"}},
    {Str::kHelpOnlyHandIn, {"只剩交卷，请自己交", "Only handing in is left: that is yours to do"}},
    {Str::kHandIn, {"交卷", "Hand in"}},
    {Str::kHandInAsk, {"交卷后不能再修改。确定交卷吗？", "Nothing can be changed afterwards. Hand in now?"}},
    {Str::kHandInYes, {"确定交卷", "Yes, hand in"}},
    {Str::kBack, {"返回", "Back"}},
    {Str::kWorkOrder, {"工单", "Work order"}},
    {Str::kWrite, {"填写", "Write"}},
    {Str::kNumberWanted, {"请填数字，例如 {example}", "Write a number, for example {example}"}},
    {Str::kSayTitle, {"要说的话", "Say"}},
    {Str::kSaid, {"已说", "Said"}},
    {Str::kLocked, {"这一步用不到", "Not part of this step"}},
    {Str::kControlsMove, {"移动", "move"}},
    {Str::kControlsUse, {"操作", "use"}},
    {Str::kControlsChoose, {"选择", "choose"}},
    {Str::kControlsPut, {"放回", "put back"}},
    {Str::kControlsSheet, {"工单", "work order"}},
    {Str::kControlsSay, {"说话", "say"}},
    {Str::kControlsHint, {"提示", "hint"}},
    {Str::kControlsMenu, {"菜单", "menu"}},
    {Str::kHelpTitle, {"操作方法", "Controls"}},
    {Str::kHelpMove, {"行走；按住 Shift 慢走", "Walk; hold Shift to walk slowly"}},
    {Str::kHelpLook, {"转头看", "Look around"}},
    {Str::kHelpCrouch, {"蹲下、站起；Z 趴下", "Crouch, stand up; Z lies down"}},
    {Str::kHelpUse, {"做选中的动作；拧、顶、充气要按住", "Do what is chosen; hold to turn, raise, inflate"}},
    {Str::kHelpChoose, {"选动作", "Choose what to do"}},
    {Str::kHelpCancel, {"停手；把手里的东西放回", "Stop; put back what you hold"}},
    {Str::kHelpSetting, {"手持可设定的扳手、没有对准紧固件时：调设定值", "A wrench that can be set in hand, not at a fastener: set its value"}},
    {Str::kHelpSheet, {"工单：填写、交卷", "Work order: write, hand in"}},
    {Str::kHelpSay, {"说准备好的话", "Say a prepared line"}},
    {Str::kHelpHint, {"求提示", "Ask for a hint"}},
    {Str::kHelpLang, {"中文 / English", "中文 / English"}},
    {Str::kHelpTier, {"画面：快、中、精细", "Picture: fast, medium, fine"}},
    {Str::kHelpSound, {"声音：响、轻、关", "Sound: full, half, off"}},
    {Str::kHelpDeveloper, {"开发者面板（考核中没有）", "Developer panel (not in an assessment)"}},
    {Str::kHelpMenu, {"暂停、交卷、离开", "Pause, hand in, leave"}},
    {Str::kPaused, {"已暂停", "Paused"}},
    {Str::kClockRuns, {"考核计时不停", "The clock keeps running"}},
    {Str::kGoOn, {"继续", "Go on"}},
    {Str::kSaveAndLeave, {"保存并离开", "Save and leave"}},
    {Str::kLeaveNote, {"作业已保存，以后可以继续。", "The attempt is kept and can be continued later."}},
    {Str::kCritical, {"严重错误", "Critical error"}},
    {Str::kRewound, {"已退回到出错之前。规则：{rule}。请换一种做法。", "Taken back to before the error. The rule: {rule}. Do it another way."}},
    {Str::kClick, {"咔嗒", "click"}},
    // ---- result
    {Str::kResult, {"成绩", "Result"}},
    {Str::kPass, {"合格", "Pass"}},
    {Str::kFail, {"不合格", "Fail"}},
    {Str::kUndecided, {"待评分", "To be marked"}},
    {Str::kUnfinished, {"未完成", "Unfinished"}},
    {Str::kPointsOf, {"{points} / {max} 分", "{points} / {max} points"}},
    {Str::kProcess, {"过程", "Process"}},
    {Str::kOutcome, {"结果", "Outcome"}},
    {Str::kActiveTime, {"操作时间", "Active time"}},
    {Str::kCodes, {"记录的错误", "Errors recorded"}},
    {Str::kNoCodes, {"没有记录错误", "No errors were recorded"}},
    {Str::kBroken, {"违反", "broken"}},
    {Str::kKept, {"做到", "kept"}},
    {Str::kWhy, {"评分理由", "Why"}},
    {Str::kEvidence, {"依据", "Evidence"}},
    {Str::kNoEvidence, {"没有发生相关的操作", "Nothing that counts here happened"}},
    {Str::kShowMe, {"看这一刻", "Show me"}},
    {Str::kShowing, {"回看 {time}", "Looking back at {time}"}},
    {Str::kCloseShow, {"回到成绩", "Back to the result"}},
    {Str::kAgain, {"再做一次", "Once more"}},
    {Str::kToLauncher, {"返回首页", "To the start page"}},
    {Str::kBackTo, {"返回 {host}", "Back to {host}"}},
    {Str::kCapped, {"有严重错误：总分按 {points} 分记（原始 {raw} 分）", "Critical error: reported as {points} points (raw {raw})"}},
    {Str::kQueued, {"{n} 条记录等待上传", "{n} statements wait to be uploaded"}},
    {Str::kAll, {"全部", "All"}},
    {Str::kLost, {"失分项", "Marks lost"}},
    {Str::kShowHow, {"鼠标左键拖动转头，W A S D 移动", "Drag with the left button to look, W A S D to move"}, {"转头看，走近或瞬移过去", "Look round, step or jump closer"}},
    {Str::kAttempt, {"作业号", "Attempt"}},
    // ---- replay
    {Str::kPlay, {"播放", "Play"}},
    {Str::kHalt, {"停住", "Halt"}},
    // ---- what is shown instead of marks
    {Str::kHandedIn, {"已交卷", "Handed in"}},
    {Str::kToBeReleased, {"成绩由学校公布。", "The school will release the result."}},
    {Str::kJudgesDecide, {"由裁判评分，裁判看不到姓名。", "Judges will mark it, without knowing whose it is."}},
    {Str::kWellTried, {"谢谢体验！", "Thank you for trying!"}},
    {Str::kStars, {"★☆", "★☆"}},
    {Str::kFilmOver, {"演示结束", "The demonstration is over"}},
    {Str::kFilmCounts, {"已看完，计入学时。", "Watched to the end: it counts as hours."}},
    {Str::kFilmSkipped, {"快进或跳过了一部分，不计学时。", "Parts were skipped or sped through: it does not count as hours."}},
    // ---- developer's panel
    {Str::kDevTitle, {"开发者面板", "Developer panel"}},
    {Str::kDevClose, {"关闭", "close"}},
    {Str::kNoDeveloper, {"考核中没有开发者面板", "There is no developer panel in an assessment"}},
    {Str::kProctorSilent, {"监考台没有应答，作业继续", "The proctor's desk does not answer. Work goes on"}},
    {Str::kProctorLost, {"监考台没有全程应答：作业照常记录，但不能达到可信级别 L3", "The proctor's desk was silent for too long: the work is recorded all the same, but integrity level 3 cannot be reached"}},
    {Str::kProctorBack, {"监考台恢复应答", "The proctor's desk answers again"}},
    {Str::kNoProctor, {"监考台无应答", "No proctor"}},
    {Str::kDevFrame, {"帧", "Frame"}},
    {Str::kDevGpu, {"GPU", "GPU"}},
    {Str::kDevCpu, {"CPU", "CPU"}},
    {Str::kDevPass, {"环节", "Pass"}},
    {Str::kDevInstances, {"实例", "Instances"}},
    {Str::kDevTested, {"检验", "Tested"}},
    {Str::kDevHidden, {"被遮挡", "Hidden"}},
    {Str::kDevDrawn, {"绘制", "Drawn"}},
    {Str::kDevLate, {"其中补绘", "of them late"}},
    {Str::kDevTriangles, {"三角形", "Triangles"}},
    {Str::kDevUploaded, {"上传字节", "Uploaded bytes"}},
    {Str::kDevVideoMemory, {"显存", "GPU memory"}},
    {Str::kDevBlocks, {"显存分配", "Allocations"}},
    {Str::kDevMemory, {"内存", "Memory"}},
    {Str::kDevView, {"看法", "View"}},
    {Str::kDevViewOff, {"平常", "plain"}},
    {Str::kDevViewLevels, {"细节层次", "levels"}},
    {Str::kDevViewLate, {"补绘", "late"}},
    {Str::kDevViewOverdraw, {"重叠", "overdraw"}},
    {Str::kDevViewBounds, {"包围盒", "bounds"}},
    {Str::kDevCulling, {"剔除", "Culling"}},
    {Str::kDevFrustum, {"视野", "frustum"}},
    {Str::kDevOcclusion, {"遮挡", "occlusion"}},
    {Str::kDevLevels, {"细节层次", "levels of detail"}},
    {Str::kDevCamera, {"相机", "Camera"}},
    {Str::kDevObserve, {"旁观", "observe"}},
    {Str::kDevObserveHow, {"剔除按原处计算；按住左键拖动转头，W A S D 飞行", "Culling stays where you were; drag with the left button to look, W A S D to fly"}},
    {Str::kDevPin, {"关闭后留小图", "keep the graph"}},
    {Str::kDevShadersGood, {"正在监视着色器；已换用 {n} 次", "Shaders watched; changes taken over: {n}"}},
    {Str::kDevShadersBad, {"着色器有错，画面仍用之前的：", "A shader is wrong; the picture keeps the one before:"}},
    {Str::kPassUpdate, {"更新", "update"}},
    {Str::kPassShadow, {"阴影", "shadow"}},
    {Str::kPassLampShadow, {"灯的阴影", "lamp shadow"}},
    {Str::kPassProbe, {"反射探针", "probe"}},
    {Str::kPassEarlyCull, {"先期剔除", "early cull"}},
    {Str::kPassEarlyDraw, {"先期绘制", "early draw"}},
    {Str::kPassPyramid, {"深度金字塔", "pyramid"}},
    {Str::kPassLateCull, {"后期剔除", "late cull"}},
    {Str::kPassOccluderDraw, {"遮挡物绘制", "occluder draw"}},
    {Str::kPassRecall, {"再次判定", "recall"}},
    {Str::kPassLateDraw, {"后期绘制", "late draw"}},
    {Str::kPassAmbient, {"环境遮蔽", "ambient occlusion"}},
    {Str::kPassOutlines, {"轮廓", "outlines"}},
    {Str::kPassPicture, {"成像", "picture"}},
    {Str::kPassInterface, {"界面", "interface"}},
    {Str::kPassReadback, {"回读", "readback"}},
    // ---- a pack that is edited while it is played
    {Str::kHeadsetEnded, {"头显会话已结束，现在用屏幕继续。", "The headset's session has ended: go on at the screen."}},
    {Str::kHeadsetLost, {"与头显的连接断了，作业没有丢，现在用屏幕继续。", "The connection to the headset is lost; the work is kept: go on at the screen."}},
    {Str::kHeadsetHung, {"头显的运行环境没有响应，现在用屏幕继续。", "The headset's runtime does not answer: go on at the screen."}},
    {Str::kHeadsetAgain, {"按 F8 重新连接头显", "F8 connects the headset again"}},
    {Str::kHeadsetTakenOff, {"头显已摘下，计时停止", "The headset is off: the clock is stopped"}},
    {Str::kHeadsetPutOn, {"继续计时", "The clock runs again"}},
    {Str::kErase, {"删除", "Erase"}},
    // ---- what one who puts a headset on is asked
    {Str::kWearer, {"头显设置", "Headset"}},
    {Str::kWearerWait, {"请戴上头显", "Put the headset on"}},
    {Str::kWearerWaitNote, {"先在头显里回答几个问题。按 Esc 以后再答", "A few questions come first, in there. Esc: another time"}},
    {Str::kWearerHow, {"用手柄指向按钮，扣动扳机（或按确认键）。以后在菜单里可以再改。", "Point at a button and pull the trigger, or press select. The menu brings you back here."}},
    {Str::kWearerLanguage, {"语言", "Language"}},
    {Str::kWearerHand, {"惯用手", "Hand"}},
    {Str::kWearerLeft, {"左手", "Left"}},
    {Str::kWearerRight, {"右手", "Right"}},
    {Str::kWearerHeight, {"姿势", "Posture"}},
    {Str::kWearerStands, {"站着", "Standing"}},
    {Str::kWearerSits, {"坐着", "Seated"}},
    {Str::kWearerText, {"文字", "Text"}},
    {Str::kWearerNormal, {"标准", "Normal"}},
    {Str::kWearerLarge, {"大", "Large"}},
    {Str::kWearerTurn, {"摇杆每次转", "A step of turning"}},
    {Str::kWearerMove, {"摇杆向前", "Stick ahead"}},
    {Str::kWearerJumps, {"瞬移", "Jump"}},
    {Str::kWearerGlides, {"滑行", "Glide"}},
    {Str::kWearerJumpNote, {"指向地面，松开即到。最不容易头晕。", "Shows a place on the floor; letting go takes you there. Easiest on the stomach."}},
    {Str::kWearerGlideNote, {"推着走，视野边缘会变暗。有人会头晕：不适时请改用瞬移。", "Walks while you push; the edge of sight goes dark. Some feel sick: then take the jump."}},
    {Str::kWearerDone, {"完成", "Done"}},
    {Str::kWearerNotKept, {"设置现在有效，但未能保存，下次会再问：{why}", "It is so now, but could not be kept: you will be asked again. {why}"}},
    {Str::kInTheWay, {"头在物体里面：请退回来", "Your head is inside something: step back"}},
    {Str::kWatchTaken, {"题包已更新", "Pack taken over"}},
    {Str::kWatchBroken, {"题包有错，暂按上一版继续", "The pack has errors: the last good one goes on"}},
    {Str::kWatchMore, {"还有 {n} 处", "and {n} more"}},
    {Str::kTriedOut, {"试做，不作记录", "Tried out: not recorded"}},
    // ---- what happened
}};

constexpr bool in_order() {
  for (size_t i = 0; i < kTable.size(); ++i)
    if (static_cast<size_t>(kTable[i].key) != i) return false;
  return true;
}
static_assert(in_order(), "kTable has a row for each Str, in Str's order");

Text text_of(const Words& w) { return {std::string(w.zh), std::string(w.en)}; }

}  // namespace

const Text& text(Str key, bool hung) {
  static const auto kTexts = [] {
    std::array<std::array<Text, 2>, kTable.size()> made;
    for (size_t i = 0; i < kTable.size(); ++i) made[i] = {text_of(kTable[i].words), text_of(kTable[i].hung.en.empty() ? kTable[i].words : kTable[i].hung)};
    return made;
  }();
  return kTexts[static_cast<size_t>(key)][hung ? 1 : 0];
}

std::string all_ui_text() {
  std::string all;
  for (const Row& row : kTable)
    for (const std::string_view words : {row.words.zh, row.words.en, row.hung.zh, row.hung.en}) all += words;
  for (int m = 0; m < kModeCount; ++m) {
    for (const Text& words : {mode_title(static_cast<Mode>(m)), mode_note(static_cast<Mode>(m))}) all += words.zh + words.en;
  }
  return all + all_event_text();
}

}  // namespace shixun
