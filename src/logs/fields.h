#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace teiten {

/// The fields of one line between single separators: no quoting, no copies. Views into the line.
class Fields {
 public:
  /// More than any log has whose fields are looked at; further ones are counted, not kept.
  static constexpr std::size_t kMaxFields = 128;

  /// Cuts `line` at each `separator`; an empty line has one empty field.
  void split(std::string_view line, char separator);
  /// Fields of the line split last, also those that are not kept.
  std::size_t count() const { return count_; }
  /// Field `index`, an empty one past the last.
  std::string_view operator[](std::size_t index) const {
    return index < count_ && index < kMaxFields ? fields_[index] : std::string_view();
  }

 private:
  std::array<std::string_view, kMaxFields> fields_;
  std::size_t count_ = 0;
};

/// A place in Fields that no column of a header took: reads as an empty field.
inline constexpr std::size_t kNoField = static_cast<std::size_t>(-1);

}  // namespace teiten
