#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "simulate/frame_builder.h"
#include "simulate/output_file.h"

namespace teiten {

/// A capture file in libpcap's format: little-endian on every machine, microseconds, Ethernet.
class PcapWriter {
 public:
  static Result<PcapWriter> create(const std::string& path);
  /// `time` in microseconds since 1970, not before it.
  Result<void> write(std::int64_t time, const FrameBuilder::Frame& frame);
  Result<void> finish() { return file_.finish(); }
  std::uint64_t size_bytes() const { return file_.size_bytes(); }

 private:
  explicit PcapWriter(OutputFile file) : file_(std::move(file)) {}
  OutputFile file_;
};

}  // namespace teiten
