#pragma once
// What a process keeps to itself.

namespace shixun {

// A crash writes no core file, not even through a pipe: what is in memory (tokens, a learner's answers) must not lie about on a disk.
// Once, at the start of main. A debugger that is attached sees all it ever did.
void write_no_core_files();

}  // namespace shixun
