#include "capture/file_reader.h"

#include <fmt/format.h>

namespace teiten {

Result<bool> FileReader::end_at(std::uint64_t from, const char* what) {
  ended_ = true;
  const auto& error = window_.error();
  if (error && error->code != ErrorCode::malformed) return *error;
  const std::uint64_t end = window_.offset() + window_.left();
  if (error) {
    warning_ = fmt::format("{}; {} whole frames were read before it", error->message, frames_);
  } else if (end != from) {
    warning_ = fmt::format(
        "{}: cut short at byte {}, inside the {} that begins at byte {}; {} whole frames were read "
        "before it",
        name_, end, what, from, frames_);
  }
  return false;
}

Result<bool> FileReader::damaged_at(std::uint64_t from, const std::string& reason) {
  ended_ = true;
  warning_ = fmt::format("{}: damaged at byte {}: {}; {} whole frames were read before it", name_,
                         from, reason, frames_);
  return false;
}

}  // namespace teiten
