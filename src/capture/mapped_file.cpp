#include "capture/mapped_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/assert.h"
#include "capture/input.h"

namespace teiten {

Result<MappedFile> MappedFile::map(FileDescriptor file, const std::string& name) {
  struct stat status {};
  if (::fstat(file.number(), &status) != 0)
    return failure(ErrorCode::io_error, fmt::format("{}: {}", name, std::strerror(errno)));
  MappedFile mapped;
  if (status.st_size > 0) {
    const auto size = static_cast<std::size_t>(status.st_size);
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.number(), 0);
    if (address == MAP_FAILED) {
      return failure(ErrorCode::io_error, fmt::format("{}: cannot be mapped into memory: {}", name,
                                                      std::strerror(errno)));
    }
    // Only advice: a kernel that refuses it reads all the same.
    ::madvise(address, size, MADV_SEQUENTIAL);
    mapped.bytes_ = {static_cast<const std::byte*>(address), size};
  }
  mapped.file_ = std::move(file);
  return mapped;
}

MappedFile MappedFile::of_memory(std::span<const std::byte> bytes) {
  MappedFile memory;
  memory.bytes_ = bytes;
  return memory;
}

MappedFile::MappedFile(MappedFile&& other) noexcept {
  *this = std::move(other);
}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  if (this != &other) {
    unmap();
    file_ = std::move(other.file_);
    bytes_ = std::exchange(other.bytes_, {});
    checked_from_ = other.checked_from_;
    checked_to_ = other.checked_to_;
    held_from_ = other.held_from_;
  }
  return *this;
}

MappedFile::~MappedFile() {
  unmap();
}

void MappedFile::unmap() {
  if (file_.is_open() && !bytes_.empty())
    ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
  bytes_ = {};
}

Result<std::span<const std::byte>> MappedFile::view(std::size_t offset, std::size_t size,
                                                    const std::string& name) {
  TEITEN_ASSERT(offset <= bytes_.size() && size <= bytes_.size() - offset);
  if (file_.is_open() && (offset < checked_from_ || offset + size > checked_to_))
    TEITEN_CHECK(look_after(offset, offset + size, name));
  return bytes_.subspan(offset, size);
}

Result<void> MappedFile::look_after(std::size_t offset, std::size_t end, const std::string& name) {
  struct stat status {};
  if (::fstat(file_.number(), &status) != 0)
    return failure(ErrorCode::io_error, fmt::format("{}: {}", name, std::strerror(errno)));
  if (static_cast<std::uint64_t>(status.st_size) < bytes_.size()) {
    return failure(ErrorCode::io_error,
                   fmt::format("{}: became shorter while it was read ({} bytes, now {}); read a "
                               "copy that nobody writes to",
                               name, bytes_.size(), status.st_size));
  }
  // One window back stays, so that a page is not given back while its neighbour is in use.
  const std::size_t keep_from = offset - std::min(offset, kInputWindowBytes);
  const std::size_t release_to = keep_from / kInputWindowBytes * kInputWindowBytes;
  if (release_to > held_from_) {
    ::madvise(const_cast<std::byte*>(bytes_.data()) + held_from_, release_to - held_from_,
              MADV_DONTNEED);
  }
  held_from_ = release_to;
  checked_from_ = offset;
  checked_to_ = std::max(end, std::min(bytes_.size(), offset + kInputWindowBytes));
  return {};
}

}  // namespace teiten
