#include "wire/upload_answer.h"

#include <algorithm>

#include <fmt/format.h>

namespace teiten {
namespace {

constexpr std::size_t kReasonBytes = 200;

UploadOutcome outcome_of(long status) {
  if (status >= 200 && status < 300) return UploadOutcome::acknowledged;
  switch (status) {
    case 400:
    case 413:
    case 422:
      return UploadOutcome::refused;
    default:
      return UploadOutcome::retry_later;
  }
}

/// What a person may do about it.
const char* meaning_of(long status) {
  switch (status) {
    case 400:
      return "the batch is malformed";
    case 401:
    case 403:
      return "this sensor is unknown or disabled there: teiten sensor add or renew";
    case 404:
      return "this is no collector: look at its address";
    case 413:
      return "the batch is too large";
    case 415:
      return "the collector does not read this version: upgrade it";
    case 422:
      return "the batch's counts do not add up";
    case 429:
    case 503:
      return "the collector is busy";
    default:
      return status >= 300 && status < 400 ? "redirects are not followed" : "the collector failed";
  }
}

}  // namespace

UploadResult result_of(const UploadAnswer& answer, std::string_view collector) {
  UploadResult result;
  result.outcome = outcome_of(answer.status);
  if (result.outcome == UploadOutcome::acknowledged) return result;
  if (result.outcome == UploadOutcome::retry_later) result.retry_after = answer.retry_after;
  result.reason =
      fmt::format("{}: status {}: {}", collector, answer.status, meaning_of(answer.status));
  const std::string said = printable(answer.body, kReasonBytes);
  if (!said.empty()) result.reason += fmt::format(" ({})", said);
  return result;
}

std::chrono::seconds parse_retry_after(std::string_view value) {
  constexpr auto kMost = std::chrono::seconds(kMaxRetryAfter);
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!value.empty() && blank(value.front()))
    value.remove_prefix(1);
  while (!value.empty() && blank(value.back()))
    value.remove_suffix(1);
  std::chrono::seconds seconds{0};
  for (const char c : value) {
    if (c < '0' || c > '9') return std::chrono::seconds(0);
    seconds = std::min(seconds * 10 + std::chrono::seconds(c - '0'), kMost);
  }
  return seconds;
}

std::string printable(std::string_view text, std::size_t most) {
  std::string line;
  for (const char c : text) {
    if (line.size() == most) break;
    const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (blank && (line.empty() || line.back() == ' ')) continue;
    line += blank ? ' ' : c > 0x20 && c < 0x7f ? c : '?';
  }
  while (!line.empty() && line.back() == ' ')
    line.pop_back();
  return line;
}

}  // namespace teiten
