#pragma once
// Which sources these programs were built from: what a journal says of the engine that recorded and scored it. SHA-256 over the list of
// "SHA-256  name" lines, sorted by name, of the files under engine/ (records/build_id.cmake makes it). Anybody with the release's sources can
// compute them again.

namespace shixun {

extern const char* const kEngineSha256;  // everything under engine/
extern const char* const kScorerSha256;  // engine/base, engine/sim, engine/training: all that a score depends on

}  // namespace shixun
