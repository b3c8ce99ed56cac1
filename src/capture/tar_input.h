#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "capture/input.h"

namespace teiten {

/// True for the header of a tar member (POSIX.1-1988 ustar, GNU, and before): its checksum holds.
bool looks_like_tar(std::span<const std::byte> beginning);
/// Bytes that looks_like_tar() wants.
inline constexpr std::size_t kTarBlockBytes = 512;

/// The regular files of a tar archive one after another as one content, in their order. Names,
/// links, folders and the extra files of macOS (`._name`) are left out.
///
/// An archive holds logs or captures, as its first file does. Logs are one text, each ended by a
/// line end; each capture is a part of its own (Input::next_part). Files of the other sort, and
/// compressed ones, are not read: the end of the content is then an error (malformed) that says so.
class TarInput final : public Input {
 public:
  /// `archive` is at offset 0.
  explicit TarInput(std::unique_ptr<Input> archive) : archive_(std::move(archive)) {}

  const std::string& name() const override { return archive_->name(); }
  Result<std::span<const std::byte>> peek(std::size_t size) override;
  void skip(std::size_t size) override;
  std::uint64_t offset() const override { return offset_; }
  Result<void> rewind() override;
  std::int64_t modified_seconds() const override { return archive_->modified_seconds(); }
  Result<bool> next_part() override;
  std::string part_name() const override { return part_name_; }

 private:
  enum class Sort : std::uint8_t { log, capture, compressed };

  /// Moves more of the archive into the buffer, or notes the end and, if it came too early, why.
  Result<void> fill();
  Result<void> next_member();
  /// Decides by its first bytes whether the member at hand is part of the content.
  Result<void> judge_member(const std::string& member);
  Result<void> copy();
  void end(const char* why);

  std::unique_ptr<Input> archive_;
  std::vector<std::byte> buffer_;
  std::size_t taken_ = 0;       ///< bytes of the buffer already skipped
  std::uint64_t offset_ = 0;    ///< content offset of buffer_[taken_]
  std::uint64_t left_ = 0;      ///< of the member, its padding not counted
  std::uint64_t padding_ = 0;   ///< behind the member
  bool wanted_ = false;         ///< the member is part of the content
  bool ended_ = false;          ///< nothing comes after the buffer
  std::optional<Error> error_;  ///< why it ended, if that was not the end of the archive
  std::optional<Sort> sort_;    ///< of the archive's files
  bool part_ended_ = false;     ///< what follows the buffer is another part
  std::string part_name_;       ///< of the capture at hand
  std::uint64_t left_out_ = 0;  ///< files that are not of the archive's sort
  std::string first_left_out_;  ///< the first of them, and why
};

}  // namespace teiten
