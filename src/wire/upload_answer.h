#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "wire/uploader.h"

namespace teiten {

/// A collector's answer, as far as an uploader looks at it.
struct UploadAnswer {
  long status = 0;
  std::chrono::seconds retry_after{0};
  std::string body;  ///< its beginning
};

/// Longest wait that a collector can ask for.
inline constexpr auto kMaxRetryAfter = std::chrono::minutes(10);
/// Of a body what is kept for a message.
inline constexpr std::size_t kMaxAnswerBytes = 1024;

/// What an answer of `collector` means for the batch (docs/wire.md).
UploadResult result_of(const UploadAnswer& answer, std::string_view collector);

/// Seconds of a Retry-After field (RFC 9110 §10.2.3), at most kMaxRetryAfter; 0 for anything else,
/// also for its other form, a date: a sensor's clock may be wrong.
std::chrono::seconds parse_retry_after(std::string_view value);

/// The text on one line of printable ASCII, cut to `most`: what a collector says goes to a terminal
/// and a log.
std::string printable(std::string_view text, std::size_t most);

}  // namespace teiten
