#pragma once
// Texts that the world itself makes, in both languages.

#include "engine/base/text.h"

namespace shixun {

inline Text both(const char* zh, const char* en) { return {zh, en}; }
inline Text named(const char* zh, const char* en, const Text& name) { return {fill(zh, {"name", name.zh}), fill(en, {"name", name.en})}; }

}  // namespace shixun
