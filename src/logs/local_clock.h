#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "logs/stamp.h"
#include "net/time.h"

namespace teiten {

/// Turns stamps into instants. A stamp without an offset is local time in one zone. An hour that
/// comes twice in autumn is in its first pass until the stamps jump back within it; an hour that
/// clocks skip in spring is read with the offset before the skip. Costs a few additions a stamp;
/// the zone database is asked again only when the log has moved on by weeks.
class LocalClock {
 public:
  explicit LocalClock(TimeZone zone) : zone_(std::move(zone)) {}

  /// Nothing where `year` has no such day (29 February). `year` is used only if the stamp has none.
  std::optional<UtcTime> resolve(const Stamp& stamp, int year);

 private:
  void load_spans(UtcTime local);
  UtcTime from_local(UtcTime local);
  /// True if the later of two passes of an hour is meant.
  bool in_second_pass(UtcTime local, std::chrono::seconds second_offset) const;

  TimeZone zone_;
  TimeRange window_;
  std::vector<TimeZone::Span> spans_;
  /// The stamp before, as written, and the offset it was read with.
  std::optional<UtcTime> previous_local_;
  std::chrono::seconds previous_offset_{0};
};

}  // namespace teiten
