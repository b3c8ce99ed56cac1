#include "simulate/output_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

namespace teiten {
namespace {

constexpr std::size_t kBufferBytes = 1 << 20;

ErrorCode code_of(int error) {
  if (error == EACCES || error == EPERM) return ErrorCode::permission_denied;
  return error == ENOENT ? ErrorCode::not_found : ErrorCode::io_error;
}

}  // namespace

OutputFile::OutputFile(std::string path, std::string temporary, std::FILE* file)
    : path_(std::move(path)), temporary_(std::move(temporary)), file_(file) {
  buffer_.reserve(kBufferBytes);
}

OutputFile::~OutputFile() {
  if (!file_ || temporary_.empty()) return;
  file_.reset();
  std::error_code ignored;
  std::filesystem::remove(temporary_, ignored);
}

Result<OutputFile> OutputFile::create(const std::string& path) {
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  const bool in_place =
      std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
  std::string temporary = in_place ? "" : path + ".part";
  std::FILE* file = std::fopen((in_place ? path : temporary).c_str(), "wb");
  if (file == nullptr) {
    const int error = errno;
    return failure(code_of(error), fmt::format("cannot write {}: {}", path, std::strerror(error)));
  }
  return OutputFile(path, std::move(temporary), file);
}

Error OutputFile::failed() const {
  const int error = errno;
  return failure(code_of(error), fmt::format("cannot write {}: {}", path_, std::strerror(error)));
}

Result<void> OutputFile::flush() {
  if (!buffer_.empty() &&
      std::fwrite(buffer_.data(), 1, buffer_.size(), file_.get()) != buffer_.size()) {
    return failed();
  }
  buffer_.clear();
  return {};
}

Result<void> OutputFile::write(std::span<const std::uint8_t> bytes) {
  size_bytes_ += bytes.size();
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  if (buffer_.size() >= kBufferBytes) return flush();
  return {};
}

Result<void> OutputFile::write(std::string_view text) {
  return write(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

Result<void> OutputFile::finish() {
  TEITEN_CHECK(flush());
  if (std::fflush(file_.get()) != 0) return failed();
  file_.reset();
  if (temporary_.empty()) return {};
  std::error_code error;
  std::filesystem::rename(temporary_, path_, error);
  if (error) {
    return failure(ErrorCode::io_error, fmt::format("cannot write {}: {}", path_, error.message()));
  }
  return {};
}

}  // namespace teiten
