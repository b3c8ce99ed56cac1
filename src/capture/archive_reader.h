#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "capture/capture_reader.h"

namespace teiten {

/// Reads the captures of a tar archive one after another, each by its own reader. One that is
/// damaged costs its own rest only.
class ArchiveReader final : public CaptureReader {
 public:
  /// `first` reads the input's first part.
  ArchiveReader(Input& input, std::unique_ptr<CaptureReader> first)
      : input_(input), reader_(std::move(first)), format_(reader_->format()) {}

  Result<bool> next(Frame& frame) override;
  const std::optional<std::string>& warning() const override { return warning_; }
  /// The first capture's.
  std::string_view format() const override { return format_; }
  std::uint64_t frames() const override { return frames_; }
  std::uint64_t dropped() const override {
    return dropped_ + (reader_ != nullptr ? reader_->dropped() : 0);
  }

 private:
  Result<void> open_next();
  /// Keeps the first warning, and how many more there are.
  void warn(const std::string& what);

  Input& input_;
  std::unique_ptr<CaptureReader> reader_;  ///< null at the end
  std::string_view format_;
  std::uint64_t frames_ = 0;
  std::uint64_t dropped_ = 0;  ///< of the captures that are read
  std::uint64_t warnings_ = 0;
  std::string first_warning_;
  std::optional<std::string> warning_;
};

}  // namespace teiten
