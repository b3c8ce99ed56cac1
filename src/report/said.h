#pragma once

#include <string>
#include <vector>

#include "report/finding_text.h"
#include "report/knowledge_base.h"
#include "report/model.h"

/// From findings and knowledge to what is said of them; used inside src/report only.
namespace teiten {

/// What sentences of one report share. `knowledge` must outlive it.
FindingContext finding_context(const MonthFindings& findings, const KnowledgeBase& knowledge,
                               Language language);

/// The findings of a report with their sentences, in the order of findings_of().
std::vector<SaidFinding> say_findings(const MonthFindings& findings, const KnowledgeBase& knowledge,
                                      Language language);

/// The finding with that id; null where there is none.
const SaidFinding* find_said(const std::vector<SaidFinding>& said, std::string_view id);

/// Co-targetings of the surge at `index` that say something new: not what an earlier surge's have
/// said of the same services and regions.
std::vector<const CoTargeting*> untold_co_targetings(const MonthFindings& findings,
                                                     std::size_t index);

/// Worms and bots known by the month's end to spread by the services, those for most of them first,
/// younger ones before older ones; at most kMaxNamedMalware.
inline constexpr std::size_t kMaxNamedMalware = 2;
std::vector<KnownMalware> malware_of(const KnowledgeBase& knowledge,
                                     std::span<const Service> services, Day day, Language language);

/// Weaknesses to name with a change on `change`: those published near it, then the youngest others;
/// at most kMaxNamedWeaknesses, none published after `day`.
inline constexpr std::size_t kMaxNamedWeaknesses = 2;
struct NamedWeakness {
  const Advisory* advisory = nullptr;
  bool near_change = false;
};
std::vector<NamedWeakness> weaknesses_of(const KnowledgeBase& knowledge, Service service,
                                         Day change, Day day);

/// What to check, whom to turn to, and what to read, for the services that rose.
struct Advice {
  std::vector<std::string> checks;
  bool infection = false;  ///< whether a sentence speaks of infected computers
  std::vector<Reference> contacts;
  std::vector<Reference> references;
};
/// `country`: ISO 3166-1 code of the readers, "" where it is not known.
Advice advice_of(const MonthFindings& findings, const KnowledgeBase& knowledge, Language language,
                 std::string_view country);

/// The last day of a month: what a report on it may know.
Day last_day(std::chrono::year_month month);

}  // namespace teiten
