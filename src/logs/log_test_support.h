#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "capture/input.h"
#include "logs/log_format.h"

namespace teiten::log_test {

/// Seconds since 1970 of a UTC time of day.
inline std::int64_t seconds_of(int year, unsigned month, unsigned day, int seconds = 0) {
  using namespace std::chrono;
  return sys_seconds{
             sys_days{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)}}
             .time_since_epoch()
             .count() +
         seconds;
}

/// Bytes that come in pieces of a few sizes, each piece in a heap block of exactly its size, so
/// that AddressSanitizer sees every read past it. May end in damage.
class PieceInput final : public Input {
 public:
  explicit PieceInput(std::string text, std::vector<std::size_t> pieces = {1 << 20},
                      std::int64_t modified = seconds_of(2013, 12, 31))
      : text_(std::move(text)), pieces_(std::move(pieces)), modified_(modified) {}

  void damage_at_end(std::string message) { damage_ = std::move(message); }

  const std::string& name() const override { return name_; }
  Result<std::span<const std::byte>> peek(std::size_t size) override {
    const std::size_t left = text_.size() - at_;
    if (left == 0 && !damage_.empty()) return failure(ErrorCode::malformed, damage_);
    const std::size_t count = std::min({size, left, pieces_[piece_ % pieces_.size()]});
    block_ = std::make_unique<std::byte[]>(count);
    std::transform(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                   text_.begin() + static_cast<std::ptrdiff_t>(at_ + count), block_.get(),
                   [](char c) { return static_cast<std::byte>(c); });
    return std::span<const std::byte>(block_.get(), count);
  }
  void skip(std::size_t size) override {
    at_ += size;
    ++piece_;
  }
  std::uint64_t offset() const override { return at_; }
  Result<void> rewind() override {
    at_ = 0;
    return {};
  }
  std::int64_t modified_seconds() const override { return modified_; }

 private:
  std::string name_ = "test.log";
  std::string text_;
  std::vector<std::size_t> pieces_;
  std::int64_t modified_;
  std::string damage_;
  std::size_t at_ = 0;
  std::size_t piece_ = 0;
  std::unique_ptr<std::byte[]> block_;
};

/// Everything a reader says about a text, or the error's message in `error`.
struct ReadLog {
  std::vector<LogLine> lines;
  std::vector<std::string> sensors;
  std::optional<std::string> warning;
  std::uint64_t counted = 0;
  std::string error;

  std::vector<Rejection> rejections() const {
    std::vector<Rejection> result;
    for (const LogLine& line : lines)
      result.push_back(line.rejection);
    return result;
  }
};

/// What does not hold together in what any reader gave of any text; empty if it is sound.
inline std::string_view fault_of(const ReadLog& log) {
  // PieceInput's name.
  if (log.warning && log.warning->find("test.log") == std::string::npos)
    return "a warning that does not say of which file";
  if (log.counted != log.lines.size()) return "records that are not counted";
  std::uint64_t number = 0;
  for (const LogLine& line : log.lines) {
    if (line.number != ++number) return "a record without its number";
    if (line.rejection >= Rejection::count) return "a reason that there is not";
    if (line.rejection != Rejection::none) continue;
    if (line.packet.source.is_unspecified()) return "a packet without a source";
    if (line.packet.packets == 0) return "a record of no packets";
    if (line.packet.time.time_since_epoch().count() < 0) return "a time before 1970";
    if (line.packet.sensor_label > log.sensors.size()) return "a sensor without a name";
  }
  return {};
}

inline ReadLog read_log_as(std::string_view format, Input& input, const LogOptions& options = {}) {
  ReadLog result;
  auto reader = open_log(*find_log_format(format), input, options);
  if (!reader.ok()) {
    result.error = reader.error().message;
    return result;
  }
  LogLine line;
  while (true) {
    auto more = (*reader)->next(line);
    if (!more.ok()) result.error = more.error().message;
    if (!more.ok() || !*more) break;
    result.lines.push_back(line);
  }
  result.sensors = (*reader)->sensor_names();
  result.warning = (*reader)->warning();
  result.counted = (*reader)->lines();
  return result;
}

inline ReadLog read_log_as(std::string_view format, std::string text,
                           const LogOptions& options = {}) {
  PieceInput input(std::move(text));
  return read_log_as(format, input, options);
}

inline ReadLog read_log(Input& input, const LogOptions& options = {}) {
  return read_log_as(options.csv ? "csv" : "iptables", input, options);
}

inline ReadLog read_log(std::string text, const LogOptions& options = {}) {
  PieceInput input(std::move(text));
  return read_log(input, options);
}

/// The only line of a text.
inline LogLine read_line(std::string text, const LogOptions& options = {}) {
  ReadLog log = read_log(std::move(text), options);
  return log.lines.size() == 1 ? log.lines.front() : LogLine{};
}

}  // namespace teiten::log_test
