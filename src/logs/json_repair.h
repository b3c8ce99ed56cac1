#pragma once

#include <string>
#include <string_view>

namespace teiten {

/// What could be made of a broken object.
struct JsonRepair {
  /// `text` is a whole object. What was unreadable is left out or null.
  bool done = false;
  /// Its end was missing: what it would have said there is not known.
  bool cut = false;
  std::string text;
};

/// Makes a whole object of the broken one that `text` begins with: quotes within texts that end
/// none, control characters and bytes that are no UTF-8, lost commas, values that are none, a lost
/// end. Never guesses a value: what stands where the damage is may be lost, what stands apart from
/// it is as written.
JsonRepair repair_object(std::string_view text);

}  // namespace teiten
