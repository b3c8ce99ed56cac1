#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <variant>

/// Errors of operations that may fail (a file, a store, a configuration). Bad traffic is data, not
/// an error: see decode/anomaly.h and logs/rejection.h. A broken invariant is a bug: see
/// base/assert.h.
namespace teiten {

/// What kind of failure it was; callers decide by it, never by the wording.
enum class ErrorCode {
  invalid_argument,   ///< the user asked for something that makes no sense
  not_found,          ///< a file, month, sensor or database is not there
  permission_denied,  ///< the operating system refused
  io_error,           ///< reading or writing failed half-way
  malformed,          ///< content that is not what its format promises
  unsupported,        ///< well-formed, but of a kind or version this program cannot read
  busy,               ///< another process holds it
  limit_reached,      ///< a named limit (see the message)
  internal,           ///< a library failed in a way that has no better name
};

/// One failure: a code and one sentence for a person (what, where, what to do), without a final
/// newline.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
};

/// Either a value or an Error. std::expected is missing in C++20 on GCC 12 and Clang 14.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  bool ok() const { return state_.index() == 0; }
  /// The value. Calling it on a failure is a bug and aborts.
  T& value() & { return *checked(); }
  const T& value() const& { return *const_cast<Result*>(this)->checked(); }
  T&& value() && { return std::move(*checked()); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return checked(); }
  const T* operator->() const { return const_cast<Result*>(this)->checked(); }
  /// The failure. Calling it on a success is a bug and aborts.
  const Error& error() const {
    const Error* error = std::get_if<1>(&state_);
    if (error == nullptr) std::abort();
    return *error;
  }

 private:
  T* checked() {
    T* value = std::get_if<0>(&state_);
    if (value == nullptr) std::abort();
    return value;
  }
  std::variant<T, Error> state_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  explicit operator bool() const { return !error_.has_value(); }
  bool ok() const { return !error_.has_value(); }
  const Error& error() const {
    if (!error_) std::abort();
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

/// Shorthand: `return failure(ErrorCode::not_found, "…")`.
inline Error failure(ErrorCode code, std::string message) {
  return Error{code, std::move(message)};
}

}  // namespace teiten

// `target` may declare a variable: parentheses around it would not compile.
// NOLINTBEGIN(bugprone-macro-parentheses)
#define TEITEN_CONCAT_INNER(a, b) a##b
#define TEITEN_CONCAT(a, b) TEITEN_CONCAT_INNER(a, b)
#define TEITEN_TRY_INNER(name, target, expression) \
  auto name = (expression);                        \
  if (!name.ok()) return name.error();             \
  target = std::move(name).value()
// NOLINTEND(bugprone-macro-parentheses)

/// `TEITEN_TRY(auto file, open(path));` assigns the value or returns the error.
#define TEITEN_TRY(target, expression) \
  TEITEN_TRY_INNER(TEITEN_CONCAT(teiten_try_, __LINE__), target, expression)

/// `TEITEN_CHECK(write(x));` for Result<void>: returns the error, if there is one.
#define TEITEN_CHECK(expression)                                         \
  do {                                                                   \
    if (auto check_ = (expression); !check_.ok()) return check_.error(); \
  } while (false)
