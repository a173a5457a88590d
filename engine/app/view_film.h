#pragma once
// A recorded attempt as a film: runs, can be halted and scrubbed; the camera follows what is done until it is moved. The replay of a journal
// and the demonstration by the expert are both this.

#include <string>
#include <vector>

#include "engine/app/view_room.h"
#include "engine/app/view_status.h"
#include "engine/training/session.h"

namespace shixun {

struct FilmRequest {
  std::shared_ptr<const Pack> pack;
  const Exercise* exercise = nullptr;
  uint64_t seed = 1;
  const std::vector<Event>* events = nullptr;
  double speed = 1;
  std::string page = "replay";  // what the status file calls it
};

enum class FilmEnd {
  kClosed,   // the window
  kLeft,     // by Escape, before its end
  kSkipped,  // its end came, but not all of it was seen at its own pace
  kWatched,
};

// Shows it in the window, in a room opened for the pack. A demonstration (leave_at_end) ends by itself when it has been seen.
Result<FilmEnd> show_film(Graphics& graphics, Room& room, const FilmRequest& film, bool leave_at_end, StatusFile* status);

}  // namespace shixun
