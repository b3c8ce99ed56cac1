#pragma once

#include <string_view>

#include "report/finding_text.h"

/// Both languages' texts, and what is known of one service.
namespace teiten::test {

inline Day july(unsigned d) {
  return std::chrono::year(2007) / std::chrono::month(7) / std::chrono::day(d);
}

inline const FindingText& ja() {
  return FindingText::in(Language::ja);
}
inline const FindingText& en() {
  return FindingText::in(Language::en);
}

inline FindingContext context_of(Language language) {
  FindingContext context;
  context.month = std::chrono::year(2007) / std::chrono::month(7);
  context.phrases = [language](std::string_view service) -> ServicePhrases {
    if (service != "1433/tcp") return {};
    if (language == Language::ja)
      return {"Microsoft SQL Server", "Microsoft SQL Serverの脆弱性や弱いパスワード"};
    return {"Microsoft SQL Server", "vulnerabilities and weak passwords of Microsoft SQL Server"};
  };
  return context;
}
inline const FindingContext kJa = context_of(Language::ja);
inline const FindingContext kEn = context_of(Language::en);

}  // namespace teiten::test
