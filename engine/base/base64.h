#pragma once
// Base64url without padding (RFC 4648, section 5), as JSON Web Signatures spell bytes.

#include <optional>
#include <string>
#include <string_view>

namespace shixun {

std::string base64url(std::string_view bytes);
std::string base64(std::string_view bytes);  // with + and / and padding (section 4), as HTTP spells credentials

// None for anything but the one spelling base64url() gives: no padding, no blanks, no stray bits at the end.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace shixun
