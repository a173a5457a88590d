#pragma once
// One HTTPS conversation with a results endpoint, as careful as exam results deserve: certificates are always checked, redirects
// never followed, plain http only to this machine, answers read only up to a limit.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/records/config.h"

namespace shixun {

struct HttpAnswer {
  enum class Kind {
    kAnswer,     // a whole answer with a status
    kNone,       // no connection was made: nothing was sent
    kBroken,     // sent, but no whole answer came: reset, cut, timeout
    kTls,        // not the other side we were told to trust
  } kind = Kind::kNone;
  long status = 0;
  std::string body;                            // at most kMaxAnswerBytes
  std::string why;                             // of kNone, kBroken, kTls: libcurl's words, without anything the server said
  std::optional<int64_t> retry_after_ms;
  std::optional<int64_t> server_ms;            // its Date header, UTC
};
inline constexpr size_t kMaxAnswerBytes = 1u << 20;

struct HttpTimeouts {
  long connect_ms = 10'000, total_ms = 30'000;
};

class HttpClient {
 public:
  // `authorization`: the value of that header; empty: none is sent.
  HttpClient(const Endpoint& endpoint, const std::string& authorization, HttpTimeouts timeouts);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // `path` is appended to the endpoint's address. Adds Authorization and X-Experience-API-Version: 1.0.3.
  HttpAnswer get(const std::string& path);
  HttpAnswer post(const std::string& path, const std::string& body, const std::string& content_type = "application/json");

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace shixun
