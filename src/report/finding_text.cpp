#include "report/finding_text.h"

#include <algorithm>

#include "report/finding_text_en.h"
#include "report/finding_text_ja.h"

namespace teiten {
namespace {

template <typename T>
bool disjoint(const std::vector<T>& a, const std::vector<T>& b) {
  return std::none_of(a.begin(), a.end(), [&b](const T& each) {
    return std::find(b.begin(), b.end(), each) != b.end();
  });
}

}  // namespace

const FindingText& FindingText::in(Language language) {
  static const JapaneseFindingText japanese;
  static const EnglishFindingText english;
  if (language == Language::ja) return japanese;
  return english;
}

bool is_near(Day published, Day change) {
  const auto apart = std::chrono::sys_days{change} - std::chrono::sys_days{published};
  return apart >= std::chrono::days{0} && apart <= kCauseWindow;
}

bool are_different_groups(const CoTargeting& a, const CoTargeting& b) {
  return disjoint(a.with, b.with) && disjoint(a.regions, b.regions) && a.odds_ratio_low > 1 &&
         b.odds_ratio_low > 1;
}

bool are_different_groups(const Family& a, const Family& b) {
  return !a.main_regions.empty() && !b.main_regions.empty() &&
         disjoint(a.main_regions, b.main_regions);
}

}  // namespace teiten
