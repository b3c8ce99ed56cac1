#include "capture/input.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "base/assert.h"
#include "base/file_descriptor.h"
#include "capture/compressed_input.h"
#include "capture/descriptor_input.h"
#include "capture/mapped_file.h"
#include "capture/spool.h"
#include "capture/tar_input.h"

namespace teiten {
namespace {

class PlainInput final : public Input {
 public:
  PlainInput(std::string name, MappedFile file, std::int64_t modified_seconds)
      : name_(std::move(name)),
        file_(std::move(file)),
        modified_seconds_(modified_seconds),
        end_(file_.size()) {}

  const std::string& name() const override { return name_; }
  Result<std::span<const std::byte>> peek(std::size_t size) override {
    const std::size_t wanted = std::max(size, kInputWindowBytes);
    shown_ = std::min(wanted, end_ - offset_);
    return file_.view(offset_, shown_, name_);
  }
  void skip(std::size_t size) override {
    TEITEN_ASSERT(size <= shown_);
    offset_ += size;
    shown_ -= size;
  }
  std::uint64_t offset() const override { return offset_; }
  Result<void> rewind() override {
    offset_ = 0;
    shown_ = 0;
    return {};
  }
  void end_at(std::uint64_t offset) override {
    end_ = static_cast<std::size_t>(std::min<std::uint64_t>(offset, end_));
  }
  std::int64_t modified_seconds() const override { return modified_seconds_; }

 private:
  std::string name_;
  MappedFile file_;
  std::int64_t modified_seconds_;
  std::size_t end_;
  std::size_t offset_ = 0;
  std::size_t shown_ = 0;
};

Result<std::unique_ptr<Input>> make_input(std::string name, MappedFile file,
                                          std::int64_t modified_seconds) {
  const std::size_t beginning_size = std::min(kCompressionMagicBytes, file.size());
  TEITEN_TRY(const auto beginning, file.view(0, beginning_size, name));
  std::unique_ptr<Input> input;
  if (looks_compressed(beginning)) {
    input = std::make_unique<CompressedInput>(std::move(name), std::move(file), modified_seconds);
  } else {
    input = std::make_unique<PlainInput>(std::move(name), std::move(file), modified_seconds);
  }
  // What is damaged from its first byte on is told when it is read.
  const auto block = input->peek(kTarBlockBytes);
  if (block.ok() && looks_like_tar(*block))
    return std::unique_ptr<Input>(std::make_unique<TarInput>(std::move(input)));
  return input;
}

Error system_error(const std::string& path, int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return failure(ErrorCode::not_found, fmt::format("{}: there is no such file", path));
    case EACCES:
    case EPERM:
      return failure(ErrorCode::permission_denied,
                     fmt::format("{}: no permission to read it", path));
    default:
      return failure(ErrorCode::io_error,
                     fmt::format("{}: cannot be opened: {}", path, std::strerror(number)));
  }
}

/// Maps what `source` reads: itself if it is a whole regular file, else a temporary copy of it.
Result<MappedFile> map_stream(FileDescriptor source, const std::string& name) {
  struct stat status {};
  if (::fstat(source.number(), &status) != 0) {
    return failure(ErrorCode::io_error,
                   fmt::format("{}: cannot be read: {}", name, std::strerror(errno)));
  }
  if (S_ISREG(status.st_mode) && ::lseek(source.number(), 0, SEEK_CUR) == 0)
    return MappedFile::map(std::move(source), name);
  TEITEN_TRY(FileDescriptor spooled, spool_to_unnamed_file(source.number(), name));
  return MappedFile::map(std::move(spooled), name);
}

Result<std::unique_ptr<Input>> open_standard_input() {
  const std::string name = "standard input";
  FileDescriptor source(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
  if (!source.is_open())
    return failure(ErrorCode::io_error, fmt::format("{}: {}", name, std::strerror(errno)));
  TEITEN_TRY(MappedFile file, map_stream(std::move(source), name));
  return make_input(name, std::move(file), std::time(nullptr));
}

}  // namespace

Result<std::unique_ptr<Input>> Input::open(const std::string& path) {
  if (path == "-") return open_standard_input();
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return system_error(path, errno);
  if (S_ISDIR(status.st_mode)) {
    return failure(ErrorCode::unsupported,
                   fmt::format("{}: is a directory; name the files in it", path));
  }
  if (!S_ISREG(status.st_mode) && !S_ISFIFO(status.st_mode)) {
    return failure(ErrorCode::unsupported, fmt::format("{}: is neither a file nor a pipe", path));
  }
  FileDescriptor source(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!source.is_open()) return system_error(path, errno);
  TEITEN_TRY(MappedFile file, map_stream(std::move(source), path));
  return make_input(path, std::move(file), status.st_mtime);
}

Result<std::unique_ptr<Input>> input_of_descriptor(const std::string& name, FileDescriptor file) {
  struct stat status {};
  if (::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode))
    return failure(ErrorCode::unsupported, fmt::format("{}: is no regular file", name));
  TEITEN_TRY(MappedFile mapped, MappedFile::map(std::move(file), name));
  return make_input(name, std::move(mapped), status.st_mtime);
}

std::unique_ptr<Input> Input::from_memory(std::string name, std::span<const std::byte> bytes) {
  // Memory cannot become shorter, the only way in which this fails.
  return make_input(std::move(name), MappedFile::of_memory(bytes), std::time(nullptr)).value();
}

Result<std::span<const std::byte>> Input::read(std::size_t size) {
  TEITEN_TRY(auto bytes, peek(size));
  bytes = bytes.first(std::min(size, bytes.size()));
  skip(bytes.size());
  return bytes;
}

Result<ContentDigests> Input::content_digests(std::span<const std::uint64_t> lengths) {
  TEITEN_CHECK(rewind());
  ContentDigests digests;
  Hasher hasher;
  while (true) {
    auto bytes = peek(1);
    if (!bytes && bytes.error().code != ErrorCode::malformed) return bytes.error();
    if (!bytes) break;
    if (bytes->empty()) {
      const auto more = next_part();
      if (!more && more.error().code != ErrorCode::malformed) return more.error();
      if (!more || !*more) break;
      continue;
    }
    const std::size_t shown = bytes->size();
    digests.ends_line = bytes->back() == std::byte{'\n'};
    auto rest = *bytes;
    for (; !lengths.empty() && lengths.front() <= digests.bytes + rest.size();
         lengths = lengths.subspan(1)) {
      const std::size_t before = lengths.front() - digests.bytes;
      hasher.update(rest.first(before));
      rest = rest.subspan(before);
      digests.bytes += before;
      digests.beginnings[digests.bytes] = hasher.digest();
    }
    hasher.update(rest);
    digests.bytes += rest.size();
    skip(shown);
  }
  digests.whole = hasher.digest();
  TEITEN_CHECK(rewind());
  return digests;
}

}  // namespace teiten
