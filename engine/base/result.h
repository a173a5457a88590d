#pragma once
// Result<T>: a value, or an Error a person can act on. Used at module borders and for
// everything a user can cause; assert is for what only we can break.

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace shixun {

// The exit codes of both programs.
enum class Code : int {
  kOk = 0,
  kFailed = 1,       // a check or a verdict failed; the input is bad
  kUsage = 2,        // the command line is wrong
  kEnvironment = 3,  // driver, display, disk, network, fonts
};

// What went wrong, where, and how to mend it. Printed as "where: what. hint".
struct Error {
  Code code = Code::kFailed;
  std::string where;  // "file:line:column", a file, a device; may be empty
  std::string what;   // what was found and what was expected
  std::string hint;   // how to mend it; may be empty

  std::string text() const {
    std::string s = where.empty() ? what : where + ": " + what;
    return hint.empty() ? s : s + ". " + hint;
  }
};

// What is wrong with the input itself.
inline Error failure(std::string where, std::string what, std::string hint) { return {Code::kFailed, std::move(where), std::move(what), std::move(hint)}; }

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : v_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : v_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return v_.index() == 0; }
  bool ok() const { return v_.index() == 0; }
  T& operator*() & { assert(ok()); return std::get<0>(v_); }
  const T& operator*() const& { assert(ok()); return std::get<0>(v_); }
  T&& operator*() && { assert(ok()); return std::get<0>(std::move(v_)); }
  T* operator->() { assert(ok()); return &std::get<0>(v_); }
  const T* operator->() const { assert(ok()); return &std::get<0>(v_); }
  const Error& error() const { assert(!ok()); return std::get<1>(v_); }

 private:
  std::variant<T, Error> v_;
};

struct Nothing {};
using Status = Result<Nothing>;
inline Status ok() { return Nothing{}; }

}  // namespace shixun
