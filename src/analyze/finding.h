#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyze/bootstrap.h"
#include "analyze/family.h"
#include "analyze/surge.h"
#include "analyze/trend_words.h"
#include "base/result.h"
#include "store/store.h"

namespace teiten {

/// Findings of one rule set: raised whenever a rule or a bound changes.
inline constexpr int kFindingRulesVersion = 1;

/// What a finding says. The enumerator's name is the text in JSON and on the command line.
enum class FindingType {
  level,         ///< the month against the one before, overall
  trend,         ///< six months, overall
  surge,         ///< a service that more sources asked for
  new_service,   ///< a service that nobody asked for before
  one_source,    ///< packets that rose because of one address
  co_targeting,  ///< what the sources of a surge also asked for
  family,        ///< services that the same sources ask for
  cannot_tell,   ///< why something is not said (one sensor, two days, no month before, …)
};

/// One number of a finding, with what it is and what it is counted in.
struct FindingNumber {
  std::string name;  ///< "baseline", "level", "odds_ratio_low", …
  double value = 0;
  std::string unit;  ///< "sources/day", "packets", "ratio", "share", "p", …
};

/// Data first: a sentence is made from it and from nothing else.
struct Finding {
  std::string id;  ///< type and subject, the same in every run: "surge 1433/tcp"
  FindingType type = FindingType::cannot_tell;
  std::string rule;  ///< name of the rule that made it: "surge.prediction"
  int rule_version = kFindingRulesVersion;
  std::vector<FindingNumber> numbers;
  std::optional<Interval> interval;  ///< 95 %, of the number that the sentence leads with
  std::optional<double> p_value;
  std::optional<double> q_value;
  std::string query;  ///< the `teiten count …` command that gives the rows behind it
};

}  // namespace teiten
