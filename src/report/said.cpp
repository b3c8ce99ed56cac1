#include "report/said.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "report/compose.h"
#include "report/finding_words.h"
#include "report/numbers.h"
#include "report/publish.h"

namespace teiten {
namespace {

Day change_day(const Surge& surge) {
  return surge.change ? surge.change->day : surge.first;
}

std::vector<Service> sorted(std::vector<Service> services) {
  std::sort(services.begin(), services.end());
  return services;
}

std::vector<Service> services_of(const CoTargeting& targeting) {
  std::vector<Service> services = targeting.with;
  services.push_back(targeting.service);
  return sorted(std::move(services));
}

bool includes(const std::vector<Service>& all, const std::vector<Service>& some) {
  return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

bool has_regions(const CoTargeting& targeting, const std::vector<Region>& regions) {
  return std::all_of(regions.begin(), regions.end(), [&](Region region) {
    return std::find(targeting.regions.begin(), targeting.regions.end(), region) !=
           targeting.regions.end();
  });
}

/// Says the findings of one month, one after the other, in the order of findings_of().
class Speaker {
 public:
  Speaker(const MonthFindings& month, const KnowledgeBase& knowledge, Language language)
      : month_(month),
        knowledge_(knowledge),
        language_(language),
        text_(FindingText::in(language)),
        today_(last_day(month.month)),
        context_(finding_context(month, knowledge, language)) {}

  std::vector<SaidFinding> say_all();

 private:
  void say(std::string sentence);
  void say_surge(std::size_t index);
  void say_family(std::size_t index);
  void add_evidence(SaidFinding& said) const;

  const MonthFindings& month_;
  const KnowledgeBase& knowledge_;
  Language language_;
  const FindingText& text_;
  Day today_;
  FindingContext context_;
  std::vector<Finding> findings_;
  std::vector<SaidFinding> said_;
};

/// How the report counts accesses.
CountKind volume_kind_of(const MonthFindings& month) {
  return month.overall.empty() ? CountKind::packets : month.overall.front().kind;
}

void Speaker::say(std::string sentence) {
  SaidFinding said;
  said.finding = std::move(findings_.at(said_.size()));
  said.sentence = std::move(sentence);
  add_evidence(said);
  said_.push_back(std::move(said));
}

void Speaker::add_evidence(SaidFinding& said) const {
  const Finding& finding = said.finding;
  for (const FindingNumber& number : finding.numbers) {
    said.evidence.push_back(
        {text_.number_name(number.name), evidence_value(number.value, number.unit),
         text_.unit_name(number.unit), number.name.find('.') == std::string::npos});
  }
  const std::string unit = finding.type == FindingType::family ? "sources" : "ratio";
  if (finding.interval) {
    const bool steady = std::any_of(
        finding.facts.begin(), finding.facts.end(),
        [](const FindingFact& fact) { return fact.name == "word" && fact.text == "steady"; });
    said.evidence.push_back({text_.number_name(steady ? "interval_90" : "interval_95"),
                             fmt::format("{}–{}", evidence_value(finding.interval->low, unit),
                                         evidence_value(finding.interval->high, unit)),
                             text_.unit_name(unit)});
  }
  if (finding.p_value)
    said.evidence.push_back({text_.number_name("p"), evidence_value(*finding.p_value, "p"), ""});
  if (finding.q_value)
    said.evidence.push_back({text_.number_name("q"), evidence_value(*finding.q_value, "p"), ""});
}

void Speaker::say_surge(std::size_t index) {
  const Surge& surge = month_.surges[index];
  const std::string figure = surge_figure_of(month_, surge.service);
  const bool same_time = index > 0 && surge.dated && surge.open && month_.surges[index - 1].open &&
                         change_day(surge) == change_day(month_.surges[index - 1]);
  say(text_.surge(context_, surge, figure, same_time));
  said_.back().figure = figure;
  if (const auto service = Service::parse(surge.service)) {
    std::vector<KnownWeakness> known;
    for (const NamedWeakness& each : weaknesses_of(knowledge_, *service, change_day(surge), today_))
      known.push_back(
          {each.advisory->id, each.advisory->published, each.near_change && surge.dated});
    said_.back().background = text_.known_aims(context_, surge.service, known);
  }
  if (index >= month_.co_targetings.size()) return;
  const auto& targetings = month_.co_targetings[index];
  for (std::size_t i = 0; i < targetings.size(); ++i) {
    const CoTargeting* other = i > 0 ? &targetings[0] : nullptr;
    const auto malware = malware_of(knowledge_, targetings[i].with, today_, language_);
    say(text_.co_targeting(context_, targetings[i], malware, other));
    said_.back().figure = figure;
  }
}

void Speaker::say_family(std::size_t index) {
  const Family& family = month_.families[index];
  std::vector<std::string> risen;
  for (const Surge& surge : month_.surges) {
    // What has gone on since an earlier month did not rise in this one.
    if (is_continuing(surge, month_.month)) continue;
    const auto service = Service::parse(surge.service);
    if (service && std::find(family.services.begin(), family.services.end(), *service) !=
                       family.services.end())
      risen.push_back(surge.service);
  }
  const Family* other = nullptr;
  for (std::size_t i = 0; i < index && other == nullptr; ++i) {
    const auto& services = month_.families[i].services;
    const bool shares = std::any_of(risen.begin(), risen.end(), [&](const std::string& id) {
      return std::find(services.begin(), services.end(), *Service::parse(id)) != services.end();
    });
    if (shares) other = &month_.families[i];
  }
  say(text_.family(context_, family, risen, other));
}

std::vector<SaidFinding> Speaker::say_all() {
  findings_ = findings_of(month_);
  if (month_.published) std::for_each(findings_.begin(), findings_.end(), withhold);
  for (const OverallStatement& statement : month_.overall) {
    say(text_.level(context_, statement));
    say(text_.trend(context_, statement));
  }
  if (month_.scanners) say(text_.scanners(context_, *month_.scanners, volume_kind_of(month_)));
  for (std::size_t i = 0; i < month_.surges.size(); ++i)
    say_surge(i);
  for (const NewService& service : month_.new_services)
    say(text_.new_service(context_, service));
  for (const OneSourceRise& rise : month_.one_source)
    say(text_.one_source(context_, rise));
  for (std::size_t i = 0; i < month_.families.size(); ++i)
    say_family(i);
  for (const CannotTell& reason : month_.cannot_tell)
    say(text_.cannot_tell(context_, reason));
  return std::move(said_);
}

void add_reference(std::vector<Reference>& list, Reference reference) {
  const bool there = std::any_of(list.begin(), list.end(),
                                 [&](const Reference& each) { return each.url == reference.url; });
  if (!there) list.push_back(std::move(reference));
}

bool helps_users(const Contact& contact, std::string_view country) {
  const bool here = contact.country == "*" || contact.country == country;
  return here && contact.purpose != ContactPurpose::report && contact.audience != Audience::admin;
}

}  // namespace

std::string SaidFinding::text() const {
  if (background.empty()) return sentence;
  // Japanese sentences follow each other without a space.
  const bool ascii = static_cast<unsigned char>(sentence.back()) < 0x80;
  return sentence + (ascii ? " " : "") + background;
}

Day last_day(std::chrono::year_month month) {
  return Day{std::chrono::sys_days{(month + std::chrono::months(1)) / 1} - std::chrono::days(1)};
}

FindingContext finding_context(const MonthFindings& findings, const KnowledgeBase& knowledge,
                               Language language) {
  FindingContext context;
  context.month = findings.month;
  context.published = findings.published;
  const Day today = last_day(findings.month);
  context.phrases = [&knowledge, today, language](std::string_view id) -> ServicePhrases {
    const auto service = Service::parse(id);
    if (!service) return {};
    const auto explanation = knowledge.explain(*service, today, language);
    if (!explanation) return {};
    return {explanation->product, explanation->hole};
  };
  return context;
}

std::vector<SaidFinding> say_findings(const MonthFindings& findings, const KnowledgeBase& knowledge,
                                      Language language) {
  return Speaker(findings, knowledge, language).say_all();
}

const SaidFinding* find_said(const std::vector<SaidFinding>& said, std::string_view id) {
  const auto found = std::find_if(said.begin(), said.end(),
                                  [id](const SaidFinding& each) { return each.finding.id == id; });
  return found == said.end() ? nullptr : &*found;
}

std::vector<const CoTargeting*> untold_co_targetings(const MonthFindings& findings,
                                                     std::size_t index) {
  std::vector<const CoTargeting*> untold;
  if (index >= findings.co_targetings.size()) return untold;
  for (const CoTargeting& targeting : findings.co_targetings[index]) {
    const auto services = services_of(targeting);
    bool told = false;
    for (std::size_t i = 0; i < index && !told; ++i) {
      for (const CoTargeting& earlier : findings.co_targetings[i]) {
        told = told || (includes(services_of(earlier), services) &&
                        has_regions(earlier, targeting.regions));
      }
    }
    if (!told) untold.push_back(&targeting);
  }
  return untold;
}

std::vector<KnownMalware> malware_of(const KnowledgeBase& knowledge,
                                     std::span<const Service> services, Day day,
                                     Language language) {
  struct Known {
    KnownMalware malware;
    Day since{};
  };
  std::vector<Known> known;
  for (const Service& service : services) {
    const ServiceEntry* entry = knowledge.service(service);
    if (entry == nullptr || !knowledge.explain(service, day, language)) continue;
    for (const Malware& malware : entry->malware) {
      if (malware.known_since > day) continue;
      auto found = std::find_if(known.begin(), known.end(), [&](const Known& each) {
        return each.malware.name == malware.name;
      });
      if (found == known.end())
        found = known.insert(known.end(), {{malware.name, {}}, malware.known_since});
      found->malware.services.push_back(service);
    }
  }
  std::stable_sort(known.begin(), known.end(), [](const Known& a, const Known& b) {
    const std::size_t of_a = a.malware.services.size();
    const std::size_t of_b = b.malware.services.size();
    return of_a != of_b ? of_a > of_b : a.since > b.since;
  });
  std::vector<KnownMalware> named;
  for (std::size_t i = 0; i < std::min(known.size(), kMaxNamedMalware); ++i)
    named.push_back(std::move(known[i].malware));
  return named;
}

std::vector<NamedWeakness> weaknesses_of(const KnowledgeBase& knowledge, Service service,
                                         Day change, Day day) {
  const Day beginning = std::chrono::year(1970) / 1 / 1;
  std::vector<NamedWeakness> all;
  for (const Advisory* advisory : knowledge.advisories(service, beginning, day))
    all.push_back({advisory, is_near(advisory->published, change)});
  std::stable_sort(all.begin(), all.end(), [](const NamedWeakness& a, const NamedWeakness& b) {
    if (a.near_change != b.near_change) return a.near_change;
    return a.advisory->published > b.advisory->published;
  });
  if (all.size() > kMaxNamedWeaknesses) all.resize(kMaxNamedWeaknesses);
  return all;
}

Advice advice_of(const MonthFindings& findings, const KnowledgeBase& knowledge, Language language,
                 std::string_view country) {
  Advice advice;
  const Day today = last_day(findings.month);
  const std::vector<std::string> leading = leading_surge_services(findings);
  const auto& surges = findings.surges;
  std::set<std::string> done;
  for (std::size_t i = 0; i < surges.size(); ++i) {
    if (std::find(leading.begin(), leading.end(), surges[i].service) == leading.end()) continue;
    if (!done.insert(surges[i].service).second) continue;
    for (const CoTargeting* targeting : untold_co_targetings(findings, i)) {
      if (!malware_of(knowledge, targeting->with, today, language).empty()) advice.infection = true;
    }
    const auto service = Service::parse(surges[i].service);
    if (!service) continue;
    if (const auto explanation = knowledge.explain(*service, today, language)) {
      const std::string_view colon = language == Language::ja ? ":" : ": ";
      advice.checks.push_back(fmt::format("{}{}{}", service->display(), colon, explanation->admin));
    }
    for (const NamedWeakness& each :
         weaknesses_of(knowledge, *service, change_day(surges[i]), today)) {
      const Advisory& advisory = *each.advisory;
      add_reference(
          advice.references,
          {fmt::format("{} {}", advisory.id, advisory.title.in(language)), advisory.urls.front()});
    }
  }
  if (!advice.infection) return advice;
  const std::string_view colon = language == Language::ja ? ":" : ": ";
  for (const Contact* contact : knowledge.contacts(today)) {
    if (!helps_users(*contact, country)) continue;
    add_reference(advice.contacts, {fmt::format("{}{}{}", contact->name.in(language), colon,
                                                contact->role.in(language)),
                                    contact->url});
  }
  return advice;
}

}  // namespace teiten
