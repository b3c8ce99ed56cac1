#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "capture/byte_window.h"
#include "capture/capture_reader.h"

namespace teiten {

/// What the readers of both formats share: the way through the bytes, and how a file ends.
class FileReader : public CaptureReader {
 public:
  explicit FileReader(Input& input) : window_(input), name_(input.name()) {}

  const std::optional<std::string>& warning() const final { return warning_; }
  std::uint64_t frames() const final { return frames_; }

 protected:
  /// The end of the bytes, met while `what` that begins at `from` was read: a clean end if nothing
  /// of it was there, else a warning; or the error, if reading itself failed. Always false.
  Result<bool> end_at(std::uint64_t from, const char* what);
  const std::string& name() const { return name_; }
  /// Damage found in what begins at `from`: a warning, and no more frames. Always false.
  Result<bool> damaged_at(std::uint64_t from, const std::string& reason);

  ByteWindow window_;
  std::uint64_t frames_ = 0;
  bool ended_ = false;

 private:
  /// "3 whole frames were read before it".
  std::string before_it() const;

  std::string name_;
  std::optional<std::string> warning_;
};

}  // namespace teiten
