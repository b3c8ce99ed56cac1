#pragma once

#include "report/finding_text.h"

namespace teiten {

class JapaneseFindingText final : public FindingText {
 public:
  std::string level(const FindingContext& context,
                    const OverallStatement& statement) const override;
  std::string trend(const FindingContext& context,
                    const OverallStatement& statement) const override;
  std::string scanners(const FindingContext& context, const ScannerTotals& totals,
                       CountKind volume) const override;
  std::string surges(const FindingContext& context, std::span<const Surge> surges) const override;
  std::string surge(const FindingContext& context, const Surge& surge, std::string_view figure,
                    bool same_time) const override;
  std::string known_aims(const FindingContext& context, std::string_view service,
                         std::span<const KnownWeakness> weaknesses) const override;
  std::string co_targeting(const FindingContext& context, const CoTargeting& targeting,
                           std::span<const KnownMalware> malware,
                           const CoTargeting* other) const override;
  std::string new_service(const FindingContext& context, const NewService& service) const override;
  std::string one_source(const FindingContext& context, const OneSourceRise& rise) const override;
  std::string family(const FindingContext& context, const Family& family,
                     std::span<const std::string> risen, const Family* other) const override;
  std::string cannot_tell(const FindingContext& context, const CannotTell& said) const override;
  std::string number_name(std::string_view name) const override;
  std::string unit_name(std::string_view unit) const override;
};

}  // namespace teiten
