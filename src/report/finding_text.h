#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyze/findings.h"
#include "report/model.h"

namespace teiten {

/// A weakness of a product behind a service, published by the report's month.
struct KnownWeakness {
  std::string id;  ///< "MS02-039", "CVE-2006-2369"
  Day published{};
  bool near_change = false;  ///< at most kCauseWindow before the change that the sentence is about
};

/// An advisory may be named as a possible cause only if it was published so shortly before the
/// change (METHODS §8 allows the same time after it, too; but what came later set nothing off).
inline constexpr std::chrono::days kCauseWindow{14};
bool is_near(Day published, Day change);

/// A worm or bot known by the report's month, and those of the services in question that it spreads
/// by.
struct KnownMalware {
  std::string name;
  std::vector<Service> services;
};

/// What a service is for, as known in the report's month and in its language; "" where nothing is.
struct ServicePhrases {
  std::string product;  ///< what is found behind it: "Microsoft SQL Server"
  /// What accesses are known to aim at, for 「…を狙う」 and "aim at …".
  std::string hole;
};

/// What sentences of one report share.
struct FindingContext {
  std::chrono::year_month month{};
  /// For a public report: nothing is said that withhold() takes from the finding.
  bool published = false;
  std::function<ServicePhrases(std::string_view service)> phrases = [](std::string_view) {
    return ServicePhrases();
  };
};

/// Two groups of sources that a sentence may tell apart: their other services and their regions
/// have nothing in common, and both differ from all other sources beyond chance.
bool are_different_groups(const CoTargeting& a, const CoTargeting& b);
/// The same of families that share a service which rose.
bool are_different_groups(const Family& a, const Family& b);

/// The sentences of findings in one language. What may be said is decided by the finding's rule;
/// these say it, with the finding's numbers and no others. Each returns whole sentences.
class FindingText {
 public:
  virtual ~FindingText() = default;
  static const FindingText& in(Language language);

  // --- all accesses together
  virtual std::string level(const FindingContext& context,
                            const OverallStatement& statement) const = 0;
  virtual std::string trend(const FindingContext& context,
                            const OverallStatement& statement) const = 0;

  /// How much known research scanners were, with both numbers; `volume` says what an access is.
  virtual std::string scanners(const FindingContext& context, const ScannerTotals& totals,
                               CountKind volume) const = 0;

  // --- what rose
  /// Which services rose, or that none did.
  virtual std::string surges(const FindingContext& context,
                             std::span<const Surge> surges) const = 0;
  /// `figure` is "" where the surge has none. `same_time`: the one told before began on the same
  /// day.
  virtual std::string surge(const FindingContext& context, const Surge& surge,
                            std::string_view figure, bool same_time) const = 0;
  /// What accesses to the service are known to aim at; "" where nothing is known.
  virtual std::string known_aims(const FindingContext& context, std::string_view service,
                                 std::span<const KnownWeakness> weaknesses) const = 0;
  /// `malware` spreads by the services that the sources also asked for; without one nothing is said
  /// of infected computers. `other` is a group of the same service told before, if there is one.
  virtual std::string co_targeting(const FindingContext& context, const CoTargeting& targeting,
                                   std::span<const KnownMalware> malware,
                                   const CoTargeting* other) const = 0;
  virtual std::string new_service(const FindingContext& context,
                                  const NewService& service) const = 0;
  virtual std::string one_source(const FindingContext& context,
                                 const OneSourceRise& rise) const = 0;

  // --- who travels together
  /// `risen`: services of the family that rose. `other`: a family told before that has one of them
  /// too.
  virtual std::string family(const FindingContext& context, const Family& family,
                             std::span<const std::string> risen, const Family* other) const = 0;

  virtual std::string cannot_tell(const FindingContext& context, const CannotTell& said) const = 0;

  /// Words of the evidence: the name of a number ("baseline", "share.JP") and of its unit, the name
  /// of a fact.
  virtual std::string number_name(std::string_view name) const = 0;
  virtual std::string unit_name(std::string_view unit) const = 0;
};

}  // namespace teiten
