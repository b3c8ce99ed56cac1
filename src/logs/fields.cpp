#include "logs/fields.h"

#include <algorithm>

namespace teiten {

void Fields::split(std::string_view line, char separator) {
  count_ = 0;
  while (true) {
    // Fields are short: a plain loop beats a call that looks 16 bytes ahead.
    const auto end =
        static_cast<std::size_t>(std::find(line.begin(), line.end(), separator) - line.begin());
    if (count_ < kMaxFields) fields_[count_] = line.substr(0, end);
    ++count_;
    if (end == line.size()) return;
    line.remove_prefix(end + 1);
  }
}

}  // namespace teiten
