#include "serve/loan_watch.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teiten {

std::optional<std::string> LoanWatch::look(const std::vector<std::string>& borrowers,
                                           std::chrono::milliseconds age) {
  // One loan may have ended and another begun since the last look.
  if (told_.count() > 0 && age < told_) {
    const auto told = std::exchange(told_, std::chrono::seconds(0));
    return fmt::format("the store is back after more than {} s", told.count());
  }
  if (age < std::max(kLongLoan, 2 * told_)) return std::nullopt;
  told_ = std::chrono::duration_cast<std::chrono::seconds>(age);
  return fmt::format(
      "teiten {} has had the store for {} s: nothing is stored until it ends, sensors keep their "
      "batches",
      fmt::join(borrowers, ", teiten "), told_.count());
}

}  // namespace teiten
