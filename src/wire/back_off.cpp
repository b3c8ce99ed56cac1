#include <algorithm>

#include "base/hash.h"
#include "wire/uploader.h"

namespace teiten {

BackOff::BackOff(std::chrono::milliseconds least, std::chrono::milliseconds most,
                 std::uint64_t seed)
    : least_(std::max(least, std::chrono::milliseconds(1))),
      most_(std::max(most, least_)),
      state_(seed) {}

std::chrono::milliseconds BackOff::next(std::chrono::milliseconds asked) {
  std::chrono::milliseconds ceiling = least_;
  for (unsigned i = 0; i < failures_ && ceiling < most_; ++i)
    ceiling = ceiling > most_ / 2 ? most_ : ceiling * 2;
  if (ceiling < most_) ++failures_;
  // Anything up to the ceiling: sensors that failed together do not come back together.
  state_ += 0x9e3779b97f4a7c15ULL;
  const auto span = static_cast<std::uint64_t>(ceiling.count());
  const std::chrono::milliseconds jitter(1 + static_cast<std::int64_t>(mix64(state_) % span));
  // Nor where the collector asked all of them to wait as long.
  return asked <= std::chrono::milliseconds(0) ? jitter : asked + jitter;
}

void BackOff::reset() {
  failures_ = 0;
}

}  // namespace teiten
