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
  scanners,      ///< how much came from known research scanners
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

/// What a finding is about, as text: "service": "1433/tcp", "regions": "CN+JP", "first":
/// "2007-07-16".
struct FindingFact {
  std::string name;
  std::string text;
};

/// Data first: its sentence says nothing that is not here.
struct Finding {
  std::string id;  ///< type and subject, the same in every run: "surge 1433/tcp 2007-07-16"
  FindingType type = FindingType::cannot_tell;
  std::string rule;  ///< name of the rule that made it: "surge.prediction"
  int rule_version = kFindingRulesVersion;
  std::vector<FindingFact> facts;
  std::vector<FindingNumber> numbers;
  /// 95 % (of a steady level 90 %), of the number that the sentence leads with.
  std::optional<Interval> interval;
  std::optional<double> p_value;
  std::optional<double> q_value;
  std::string query;  ///< the `teiten count …` command that gives the rows behind it
};

}  // namespace teiten
