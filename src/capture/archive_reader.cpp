#include "capture/archive_reader.h"

#include <fmt/format.h>

namespace teiten {

void ArchiveReader::warn(const std::string& what) {
  if (warnings_++ == 0) first_warning_ = what;
  warning_ = warnings_ == 1 ? first_warning_
                            : fmt::format("{} (and {} more of the archive's files)", first_warning_,
                                          warnings_ - 1);
}

Result<void> ArchiveReader::open_next() {
  while (true) {
    auto more = input_.next_part();
    if (!more && more.error().code != ErrorCode::malformed) return more.error();
    if (!more) warn(more.error().message);
    if (!more || !*more) return {};
    auto reader = open_part(input_);
    if (reader) {
      reader_ = std::move(*reader);
      return {};
    }
    if (reader.error().code == ErrorCode::io_error) return reader.error();
    warn(fmt::format("{} (in {})", reader.error().message, input_.part_name()));
  }
}

Result<bool> ArchiveReader::next(Frame& frame) {
  while (reader_ != nullptr) {
    TEITEN_TRY(const bool more, reader_->next(frame));
    if (more) {
      ++frames_;
      return true;
    }
    if (const auto& said = reader_->warning())
      warn(fmt::format("{} (in {})", *said, input_.part_name()));
    dropped_ += reader_->dropped();
    reader_.reset();
    TEITEN_CHECK(open_next());
  }
  return false;
}

}  // namespace teiten
