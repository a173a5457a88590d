#pragma once
// Waits on this machine's own address for the link with which an LMS launches an exercise (engine/records/cmi5.h): for browsers that may not start
// programs by a scheme. The course's units then have <url>http://127.0.0.1:PORT/launch</url>; `shixun launch --listen` goes on as if it had been given
// the link. Nobody but this machine is answered, and only a link of an LMS that config.yaml names ends the wait.

#include <cstdint>
#include <string>

#include "engine/base/result.h"

namespace shixun {

// `port` 0: a free one; it is told on stderr. Kept secret: the link.
Result<std::string> wait_for_link(uint16_t port);

}  // namespace shixun
