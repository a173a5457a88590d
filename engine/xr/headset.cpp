#include <cstdlib>
#include <limits>

#include "engine/base/log.h"
#include "engine/xr/headset_private.h"

#ifndef XR_EXT_user_presence  // newer than the headers of Debian 12
#define XR_TYPE_EVENT_DATA_USER_PRESENCE_CHANGED_EXT (static_cast<XrStructureType>(1000470000))
struct XrEventDataUserPresenceChangedEXT {
  XrStructureType type;
  const void* next;
  XrSession session;
  XrBool32 isUserPresent;
};
#endif

namespace shixun {

double patience() {
  const char* given = std::getenv("SHIXUN_XR_PATIENCE");
  const double seconds = given ? std::atof(given) : 0;
  return seconds > 0 ? seconds : kPatience;
}

void Headset::Private::take(HeadsetEvent event) {
  const HeadsetStep s = step(state, event);
  constexpr const char* kNames[] = {"off", "idle", "synchronized", "visible", "focused"};
  if (s.next.phase != state.phase) spdlog::info("xr: {}", kNames[static_cast<int>(s.next.phase)]);
  if (s.next.worn != state.worn) spdlog::info("xr: headset {}", s.next.worn ? "put on" : "taken off");
  state = s.next;
  leaving |= s.leave;
  if (s.begin) {
    auto info = typed<XrSessionBeginInfo>(XR_TYPE_SESSION_BEGIN_INFO);
    info.primaryViewConfigurationType = XR_VIEW_CONFIGURATION_TYPE_PRIMARY_STEREO;
    good(xrBeginSession(session, &info), "xrBeginSession");
  }
  if (s.end) {
    began = false;
    last_time = 0;
    good(xrEndSession(session), "xrEndSession");
  }
}

// False: the call failed, and what follows from that has been noted.
bool Headset::Private::good(XrResult r, const char* what) {
  if (XR_SUCCEEDED(r)) return true;
  spdlog::info("xr: {} failed ({})", what, static_cast<int>(r));
  take(r == XR_ERROR_INSTANCE_LOST ? HeadsetEvent::kInstanceLost : HeadsetEvent::kSessionLost);
  return false;
}

void Headset::Private::poll() {
  for (;;) {
    XrEventDataBuffer event{};
    event.type = XR_TYPE_EVENT_DATA_BUFFER;
    const XrResult r = xrPollEvent(instance, &event);
    if (r == XR_EVENT_UNAVAILABLE || !good(r, "xrPollEvent")) return;
    switch (event.type) {
      case XR_TYPE_EVENT_DATA_SESSION_STATE_CHANGED:
        switch (reinterpret_cast<const XrEventDataSessionStateChanged&>(event).state) {
          case XR_SESSION_STATE_IDLE: take(HeadsetEvent::kIdle); break;
          case XR_SESSION_STATE_READY: take(HeadsetEvent::kReady); break;
          case XR_SESSION_STATE_SYNCHRONIZED: take(HeadsetEvent::kSynchronized); break;
          case XR_SESSION_STATE_VISIBLE: take(HeadsetEvent::kVisible); break;
          case XR_SESSION_STATE_FOCUSED: take(HeadsetEvent::kFocused); break;
          case XR_SESSION_STATE_STOPPING: take(HeadsetEvent::kStopping); break;
          case XR_SESSION_STATE_LOSS_PENDING: take(HeadsetEvent::kLossPending); break;
          case XR_SESSION_STATE_EXITING: take(HeadsetEvent::kExiting); break;
          default: break;
        }
        break;
      case XR_TYPE_EVENT_DATA_INSTANCE_LOSS_PENDING: take(HeadsetEvent::kInstanceLossPending); break;
      case XR_TYPE_EVENT_DATA_REFERENCE_SPACE_CHANGE_PENDING: {
        const auto& change = reinterpret_cast<const XrEventDataReferenceSpaceChangePending&>(event);
        if (change.referenceSpaceType == space_type) change_time = std::max<XrTime>(change.changeTime, 1);
        break;
      }
      case XR_TYPE_EVENT_DATA_VISIBILITY_MASK_CHANGED_KHR:
        lenses.take(session, reinterpret_cast<const XrEventDataVisibilityMaskChangedKHR&>(event));
        break;
      case XR_TYPE_EVENT_DATA_INTERACTION_PROFILE_CHANGED:
        for (size_t h = 0; h < 2; ++h) {
          auto now = typed<XrInteractionProfileState>(XR_TYPE_INTERACTION_PROFILE_STATE);
          char text[XR_MAX_PATH_LENGTH] = "";
          uint32_t length = 0;
          if (XR_SUCCEEDED(xrGetCurrentInteractionProfile(session, hand_path[h], &now)) && now.interactionProfile != XR_NULL_PATH)
            xrPathToString(instance, now.interactionProfile, sizeof text, &length, text);
          profile[h] = text;
        }
        spdlog::info("xr: controllers {} {}", profile[0], profile[1]);
        break;
      default:
        if (event.type == XR_TYPE_EVENT_DATA_USER_PRESENCE_CHANGED_EXT)
          take(reinterpret_cast<const XrEventDataUserPresenceChangedEXT&>(event).isUserPresent ? HeadsetEvent::kPutOn : HeadsetEvent::kTakenOff);
        break;
    }
    if (!state.on()) return;
  }
}

void Headset::Private::locate_eyes() {
  auto info = typed<XrViewLocateInfo>(XR_TYPE_VIEW_LOCATE_INFO);
  info.viewConfigurationType = XR_VIEW_CONFIGURATION_TYPE_PRIMARY_STEREO;
  info.displayTime = frame.predictedDisplayTime;
  info.space = space;
  auto status = typed<XrViewState>(XR_TYPE_VIEW_STATE);
  XrView eyes[2] = {typed<XrView>(XR_TYPE_VIEW), typed<XrView>(XR_TYPE_VIEW)};
  uint32_t count = 0;
  if (!good(xrLocateViews(session, &info, &status, 2, &count, eyes), "xrLocateViews")) return;
  constexpr XrViewStateFlags kBoth = XR_VIEW_STATE_ORIENTATION_VALID_BIT | XR_VIEW_STATE_POSITION_VALID_BIT;
  out.head_tracked = (status.viewStateFlags & kBoth) == kBoth;
  if (!out.head_tracked) return;  // the eyes stay where they were last
  for (size_t i = 0; i < 2; ++i) out.eyes[i] = {pose_of(eyes[i].pose), {eyes[i].fov.angleLeft, eyes[i].fov.angleRight, eyes[i].fov.angleUp, eyes[i].fov.angleDown}};
}

// ---------------------------------------------------------------- the main thread's side

namespace {

Error no_answer(double seconds) {
  return no_headset(fmt::format("the headset's runtime does not answer (waited {:g} s)", seconds), "Start it again");
}

}  // namespace

Headset::Headset(std::shared_ptr<Private> p) : p_(std::move(p)) {}

// Runs on the worker; afterwards what was lost is let go of.
void Headset::call(const char* what, void (*job)(Private&)) {
  Private& p = *p_;
  if (!p.state.on()) return;
  if (!p.worker->run([own = p_, job] { job(*own); }, p.seconds)) {
    spdlog::info("xr: no answer within {} s ({})", p.seconds, what);
    const HeadsetStep s = step(p.state, HeadsetEvent::kHung);
    p.state = s.next;
    p.leaving = s.leave;
  }
  if (p.leaving) let_go();
}

void Headset::let_go() {
  Private& p = *p_;
  p.leaving = false;
  if (p.device) {
    if (const Status idle = p.device->wait_idle(); !idle) spdlog::warn("{}", idle.error().text());
    for (const Pictures* pictures : {&p.color, &p.depth})
      for (VkImageView v : pictures->views) vkDestroyImageView(p.device->handle, v, nullptr);
  }
  p.color.views.clear();
  p.depth.views.clear();
  // What hangs is left to hang: any further call would wait for it.
  p.worker->run([own = p_] { own->destroy(); }, p.seconds);
}

Headset::~Headset() {
  p_->state.phase = HeadsetPhase::kOff;
  let_go();
}

Result<std::unique_ptr<Headset>> Headset::connect() {
  auto p = std::make_shared<Private>();
  auto headset = std::unique_ptr<Headset>(new Headset(p));
  if (!p->worker->run([p] { p->failed = p->create(); }, p->seconds)) return no_answer(p->seconds);
  if (p->failed) return *p->failed;
  return headset;
}

const std::string& Headset::name() const { return p_->name; }
const HeadsetState& Headset::state() const { return p_->state; }
VkExtent2D Headset::extent() const { return p_->extent; }
const std::vector<glm::vec2>& Headset::hidden(int eye) const { return p_->lenses.hidden[static_cast<size_t>(eye)]; }
const std::string& Headset::profile(int hand) const { return p_->profile[static_cast<size_t>(hand)]; }

Status Headset::open(Device& device, float scale) {
  Private& p = *p_;
  p.device = &device;
  if (!p.worker->run([own = p_, scale] { own->failed = own->create_session(scale); }, p.seconds)) return no_answer(p.seconds);
  if (p.failed) return *p.failed;
  return ok();
}

HeadsetFrame Headset::begin(int panel_hand) {
  p_->panel_hand = panel_hand;
  p_->out.draw = p_->out.recentred = false;
  p_->out.dt = 0;
  if (p_->began) end();
  call("a frame's begin", [](Private& p) {
    p.poll();
    if (!p.state.running) return;
    p.frame = typed<XrFrameState>(XR_TYPE_FRAME_STATE);
    if (!p.good(xrWaitFrame(p.session, nullptr, &p.frame), "xrWaitFrame")) return;
    if (!p.good(xrBeginFrame(p.session, nullptr), "xrBeginFrame")) return;
    p.began = true;
    const XrTime now = p.frame.predictedDisplayTime;
    p.out.dt = p.last_time > 0 ? std::max(0.0, static_cast<double>(now - p.last_time) * 1e-9) : 0;
    p.last_time = now;
    p.read_hands();
    auto l = typed<XrSpaceLocation>(XR_TYPE_SPACE_LOCATION);
    if (p.state.on() && XR_SUCCEEDED(xrLocateSpace(p.head, p.space, now, &l)) && located(l)) p.out.head = pose_of(l.pose);
    if (p.state.on()) p.locate_eyes();
    p.out.recentred = p.change_time > 0 && now >= p.change_time;
    if (p.out.recentred) p.change_time = 0;
    p.out.draw = p.state.on() && p.frame.shouldRender && p.out.head_tracked;
  });
  if (!p_->state.on()) p_->began = p_->out.draw = false;
  if (!p_->state.takes_input())
    for (HandInput& h : p_->out.hands) h = {};
  return p_->out;
}

bool Headset::Private::acquire(Pictures& from) {
  if (!good(xrAcquireSwapchainImage(from.chain, nullptr, &from.now), "xrAcquireSwapchainImage")) return false;
  auto wait = typed<XrSwapchainImageWaitInfo>(XR_TYPE_SWAPCHAIN_IMAGE_WAIT_INFO);
  wait.timeout = XR_INFINITE_DURATION;  // the worker's owner waits no longer than it wants to
  return good(xrWaitSwapchainImage(from.chain, &wait), "xrWaitSwapchainImage");
}

std::optional<Target> Headset::acquire(HeadsetFrame& frame, float near_m) {
  if (!p_->began || p_->acquired) return std::nullopt;
  p_->near_m = near_m;
  call("a picture", [](Private& p) {
    if (!p.acquire(p.color) || (p.depth.chain && !p.acquire(p.depth))) return;
    p.acquired = true;
    p.locate_eyes();
  });
  if (!p_->state.on() || !p_->acquired) return std::nullopt;
  frame.eyes = p_->out.eyes;
  Target t;
  t.image = p_->color.images[p_->color.now];
  t.view = p_->color.views[p_->color.now];
  if (p_->depth.chain) {
    t.depth = p_->depth.images[p_->depth.now];
    t.depth_view = p_->depth.views[p_->depth.now];
  }
  t.format = p_->format;
  t.extent = p_->extent;
  t.layers = 2;
  t.final_layout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
  return t;
}

void Headset::end() {
  if (!p_->began) return;
  // Where pictures take seconds, that is not the runtime's fault: it may wait for them in what follows.
  if (p_->device->software)
    if (const Status drawn = p_->device->wait(p_->device->submitted); !drawn) spdlog::warn("{}", drawn.error().text());
  call("a frame's end", [](Private& p) {
    for (const Pictures* pictures : {&p.color, &p.depth})
      if (p.acquired && pictures->chain && !p.good(xrReleaseSwapchainImage(pictures->chain, nullptr), "xrReleaseSwapchainImage")) return;
    XrCompositionLayerProjectionView eyes[2];
    XrCompositionLayerDepthInfoKHR deep[2];
    const XrRect2Di whole{{0, 0}, {static_cast<int32_t>(p.extent.width), static_cast<int32_t>(p.extent.height)}};
    for (uint32_t i = 0; i < 2; ++i) {
      eyes[i] = typed<XrCompositionLayerProjectionView>(XR_TYPE_COMPOSITION_LAYER_PROJECTION_VIEW);
      eyes[i].pose = pose_to(p.out.eyes[i].pose);
      const FieldOfView& fov = p.out.eyes[i].fov;
      eyes[i].fov = {fov.left, fov.right, fov.up, fov.down};
      eyes[i].subImage = {p.color.chain, whole, i};
      if (!p.depth.chain) continue;
      deep[i] = typed<XrCompositionLayerDepthInfoKHR>(XR_TYPE_COMPOSITION_LAYER_DEPTH_INFO_KHR);
      deep[i].subImage = {p.depth.chain, whole, i};
      deep[i].maxDepth = 1;
      deep[i].nearZ = std::numeric_limits<float>::infinity();  // what depth 0 and depth 1 mean: it is reversed
      deep[i].farZ = p.near_m;
      eyes[i].next = &deep[i];
    }
    auto layer = typed<XrCompositionLayerProjection>(XR_TYPE_COMPOSITION_LAYER_PROJECTION);
    layer.space = p.space;
    layer.viewCount = 2;
    layer.views = eyes;
    const auto* layers = reinterpret_cast<const XrCompositionLayerBaseHeader*>(&layer);
    auto info = typed<XrFrameEndInfo>(XR_TYPE_FRAME_END_INFO);
    info.displayTime = p.frame.predictedDisplayTime;
    info.environmentBlendMode = XR_ENVIRONMENT_BLEND_MODE_OPAQUE;
    info.layerCount = p.acquired ? 1 : 0;
    info.layers = p.acquired ? &layers : nullptr;
    p.good(xrEndFrame(p.session, &info), "xrEndFrame");
  });
  p_->began = p_->acquired = false;
}

void Headset::leave() {
  if (!p_->state.on()) return;
  p_->state = step(p_->state, HeadsetEvent::kExiting).next;
  let_go();
}

}  // namespace shixun
