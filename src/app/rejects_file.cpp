#include "app/rejects_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

namespace teiten {
namespace {

std::string escaped(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '\t':
        result += "\\t";
        break;
      case '\n':
        result += "\\n";
        break;
      case '\r':
        result += "\\r";
        break;
      case '\\':
        result += "\\\\";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
          result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        } else {
          result += c;
        }
    }
  }
  return result;
}

}  // namespace

Result<RejectsFile> RejectsFile::create(const std::string& path,
                                        std::span<const std::string> inputs) {
  for (const std::string& input : inputs) {
    std::error_code none;
    if (!std::filesystem::equivalent(path, input, none)) continue;
    return failure(ErrorCode::invalid_argument,
                   fmt::format("--rejects {}: that is an input and would be overwritten", path));
  }
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) {
    return failure(ErrorCode::io_error,
                   fmt::format("--rejects {}: {}", path, std::strerror(errno)));
  }
  RejectsFile rejects(path, file);
  TEITEN_CHECK(rejects.write("file\tline\treason\ttext\n"));
  return rejects;
}

Result<void> RejectsFile::write(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size()) return {};
  return failure(ErrorCode::io_error, fmt::format("--rejects {}: {}", path_, std::strerror(errno)));
}

Result<void> RejectsFile::add(std::string_view file, const Record& record) {
  return write(fmt::format("{}\t{}\t{}\t{}\n", escaped(file), record.line, record.rejection,
                           escaped(record.raw)));
}

Result<void> RejectsFile::finish() {
  if (std::fflush(file_.get()) == 0) return {};
  return failure(ErrorCode::io_error, fmt::format("--rejects {}: {}", path_, std::strerror(errno)));
}

}  // namespace teiten
