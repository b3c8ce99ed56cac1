#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "access/record_source.h"
#include "base/result.h"

namespace teiten {

/// A table of rejected records, tab-separated with a header: file, line, reason, text. Text keeps
/// its bytes but for control characters and backslashes, which are escaped (`\t`, `\n`, `\r`,
/// `\\`, `\xHH`), so that a record is a line.
class RejectsFile {
 public:
  /// Replaces what `path` held. invalid_argument if it is one of `inputs`.
  static Result<RejectsFile> create(const std::string& path, std::span<const std::string> inputs);

  Result<void> add(std::string_view file, const Record& record);
  /// Writes what is left; an error where not everything could be written.
  Result<void> finish();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  RejectsFile(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}
  Result<void> write(const std::string& text);

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace teiten
