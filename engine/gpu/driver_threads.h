#pragma once
// Where the threads of a software driver run. llvmpipe (Mesa 25.0) has two sets of workers, for pixels and for compute, as many of each as there
// are processors, and wakes all of a set for every pass of a frame. Linux as the guest of a hypervisor (virtual desktops) does not take a halted
// processor for an idle one, and lets them queue on one processor for a third of all frames.

#include <vector>

namespace shixun {

// Of this process, in the order in which they came (as long as the system's numbers have not begun anew).
std::vector<int> thread_ids();

// One worker of each set to a processor. `before`: the threads before the driver came. Does nothing where there are not as many workers as
// processors this process may use: somebody chose their number. A driver with other threads is left alone.
void spread_driver_threads(const std::vector<int>& before);

}  // namespace shixun
