#pragma once
// JSON as this product writes and accepts it.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace shixun {

// The stored form, byte for byte: one line, keys sorted, no blanks, UTF-8.
std::string canonical(const nlohmann::json& j);

// Whether brackets nest at most `limit` deep: to be asked before hostile text is given to anything that recurses.
bool nests_within(std::string_view text, int limit);

// A text of an object; "" where there is none.
std::string text_of(const nlohmann::json& object, const char* key);

}  // namespace shixun
