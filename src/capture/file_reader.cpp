#include "capture/file_reader.h"

#include <fmt/format.h>

namespace teiten {

std::string FileReader::before_it() const {
  return frames_ == 1 ? "1 whole frame was read before it"
                      : fmt::format("{} whole frames were read before it", frames_);
}

Result<bool> FileReader::end_at(std::uint64_t from, const char* what) {
  ended_ = true;
  const auto& error = window_.error();
  if (error && error->code != ErrorCode::malformed) return *error;
  const std::uint64_t end = window_.offset() + window_.left();
  if (error) {
    warning_ = fmt::format("{}; {}", error->message, before_it());
  } else if (end != from) {
    warning_ = fmt::format("{}: cut short at byte {}, inside the {} that begins at byte {}; {}",
                           name_, end, what, from, before_it());
  }
  return false;
}

Result<bool> FileReader::damaged_at(std::uint64_t from, const std::string& reason) {
  ended_ = true;
  warning_ = fmt::format("{}: damaged at byte {}: {}; {}", name_, from, reason, before_it());
  return false;
}

}  // namespace teiten
