#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace teiten {

/// A loan of the store that is worth a line in the log: few commands take so long, and one that
/// waits for its own input or its reader takes as long as that does.
inline constexpr std::chrono::seconds kLongLoan{60};

/// Says when a loan is long, again whenever it has taken twice as long, and once that it is over.
class LoanWatch {
 public:
  /// What there is to say: who has the store now, and for how long the first of them.
  std::optional<std::string> look(const std::vector<std::string>& borrowers,
                                  std::chrono::milliseconds age);

 private:
  std::chrono::seconds told_{0};  ///< how old the loan was when it was last said; 0: it was not
};

}  // namespace teiten
