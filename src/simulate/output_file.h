#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace teiten {

/// A file that is there whole or not at all: written beside its place and renamed by finish(). What
/// is not a regular file (a pipe, a device) is written straight away.
class OutputFile {
 public:
  static Result<OutputFile> create(const std::string& path);
  OutputFile(OutputFile&&) noexcept = default;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  /// Buffered; an error shows at the latest in finish().
  Result<void> write(std::span<const std::uint8_t> bytes);
  Result<void> write(std::string_view text);
  Result<void> finish();
  std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  OutputFile(std::string path, std::string temporary, std::FILE* file);
  Error failed() const;
  Result<void> flush();

  std::string path_;
  std::string temporary_;  ///< empty where the file is written in place
  std::unique_ptr<std::FILE, Close> file_;
  std::vector<std::uint8_t> buffer_;
  std::uint64_t size_bytes_ = 0;
};

}  // namespace teiten
