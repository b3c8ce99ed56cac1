#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "capture/frame.h"
#include "capture/input.h"

namespace teiten {

/// Reads the frames of a pcap or pcapng file, or of those in a tar archive, in file order.
class CaptureReader {
 public:
  virtual ~CaptureReader() = default;

  /// True if the content begins like a capture file; leaves the input at offset 0.
  static Result<bool> recognises(Input& input);
  /// Errors: malformed (not a capture file), unsupported. The input must outlive the reader.
  static Result<std::unique_ptr<CaptureReader>> open(Input& input);
  /// The same for the capture at which the input is, and for no other of its archive.
  static Result<std::unique_ptr<CaptureReader>> open_part(Input& input);

  /// True and a frame, or false at the end. After false, `warning()` tells whether the end was
  /// clean. A file cut short or damaged half-way is no error: every whole frame before the damage
  /// is given. An error means that reading itself failed (I/O).
  virtual Result<bool> next(Frame& frame) = 0;
  /// One sentence with the byte offset, if the file was cut short or damaged.
  virtual const std::optional<std::string>& warning() const = 0;
  /// "pcap" or "pcapng".
  virtual std::string_view format() const = 0;
  /// Frames given so far.
  virtual std::uint64_t frames() const = 0;
  /// Frames the capturing program says it dropped, where the file tells (pcapng interface
  /// statistics).
  virtual std::uint64_t dropped() const = 0;
};

}  // namespace teiten
