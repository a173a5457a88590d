#pragma once
// Every word the program itself shows: one table, a key and its two languages a row. Words of a pack are in the pack.

#include <string>

#include "engine/base/text.h"

namespace shixun {

enum class Str {
  kProduct, kStart, kQuit, kExercise, kMode, kTrainee, kTraineeRule, kContinue, kContinueTitle, kGradeAsIs, kNoPacks, kLoading,
  kTier, kTierLow, kTierMedium, kTierHigh, kSound, kSoundFull, kSoundHalf, kSoundOff, kNoSoundDevice,
  kStepOf, kAllDone, kScore, kTime, kInHand, kInHandNext, kPutBack, kHandOver, kSetting, kSettingHow, kNoHints, kDoForMe, kDoForMeCosts, kHelpStops, kHelpStopped, kHelpDone, kHelpCannot, kHelpOnlyHandIn, kHandIn, kHandInAsk,
  kHandInYes, kBack, kWorkOrder, kWrite, kNumberWanted, kSayTitle, kSaid, kLocked, 
  kControlsMove, kControlsUse, kControlsChoose, kControlsPut, kControlsSheet, kControlsSay, kControlsHint, kControlsMenu,
  kHelpTitle, kHelpMove, kHelpLook, kHelpCrouch, kHelpUse, kHelpChoose, kHelpCancel, kHelpSetting, kHelpSheet, kHelpSay, kHelpHint, kHelpLang, kHelpTier, kHelpSound, kHelpDeveloper, kHelpMenu,
  kPaused, kClockRuns, kGoOn, kSaveAndLeave, kLeaveNote, kCritical, kRewound, kClick, 
  kResult, kPass, kFail, kUndecided, kUnfinished, kPointsOf, kProcess, kOutcome, kActiveTime, kCodes, kNoCodes, kBroken, kKept, kWhy, kEvidence, kNoEvidence, kShowMe, kShowing,
  kCloseShow, kAgain, kToLauncher, kBackTo, kCapped, kQueued, kAll, kLost, kShowHow, kAttempt,
  kPlay, kHalt, 
  kHandedIn, kToBeReleased, kJudgesDecide, kWellTried, kStars, kFilmOver, kFilmCounts, kFilmSkipped,
  kDevTitle, kDevClose, kNoDeveloper, kProctorSilent, kProctorLost, kProctorBack, kNoProctor, kDevFrame, kDevGpu, kDevCpu, kDevPass, kDevInstances, kDevTested, kDevHidden, kDevDrawn, kDevLate, kDevTriangles,
  kDevUploaded, kDevVideoMemory, kDevBlocks, kDevMemory, kDevView, kDevViewOff, kDevViewLevels, kDevViewLate, kDevViewOverdraw, kDevViewBounds, kDevCulling,
  kDevFrustum, kDevOcclusion, kDevLevels, kDevCamera, kDevObserve, kDevObserveHow, kDevPin, kDevShadersGood, kDevShadersBad,
  kPassUpdate, kPassShadow, kPassLampShadow, kPassProbe, kPassEarlyCull, kPassEarlyDraw, kPassPyramid, kPassLateCull, kPassOccluderDraw,
  kPassRecall, kPassLateDraw, kPassAmbient, kPassOutlines, kPassPicture, kPassInterface, kPassReadback,
  kHeadsetEnded, kHeadsetLost, kHeadsetHung, kHeadsetAgain, kHeadsetTakenOff, kHeadsetPutOn, kErase,
  kWearer, kWearerWait, kWearerWaitNote, kWearerHow, kWearerLanguage, kWearerHand, kWearerLeft, kWearerRight, kWearerHeight, kWearerStands, kWearerSits, kWearerText, kWearerNormal, kWearerLarge, kWearerTurn, kWearerMove, kWearerJumps, kWearerGlides,
  kWearerJumpNote, kWearerGlideNote, kWearerDone, kWearerNotKept, kInTheWay,
  kWatchTaken, kWatchBroken, kWatchMore, kTriedOut,
  kCount
};

// `hung`: for one who wears a headset (Theme::hung), who has neither keys nor a mouse; the same words where they name no device.
const Text& text(Str key, bool hung = false);
inline const char* tr(Str key, Lang lang, bool hung = false) { return text(key, hung).in(lang).c_str(); }

// Every character the table uses, in both languages; the fonts are made from it.
std::string all_ui_text();

}  // namespace shixun
