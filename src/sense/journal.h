#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/time.h"

namespace teiten {

/// One line for the service manager's journal, on standard error.
void tell(std::string_view line);

/// Something that is wrong for a while: told when it begins and when it is over, not between.
class Trouble {
 public:
  /// `line` is told if all was well.
  void begins(std::string_view line, Duration now);
  /// `line` and for how long, if something was wrong.
  void ends(std::string_view line, Duration now);
  bool on() const { return since_.has_value(); }

 private:
  std::optional<Duration> since_;
};

/// "40 s", "3 min", "2 h".
std::string how_long(Duration time);

}  // namespace teiten
