#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "net/service.h"
#include "net/time.h"
#include "report/model.h"

/// What is known of services, vulnerabilities, tools and those who help: the entries of data/*.toml
/// and of a user's own files. Their keys are described in docs/knowledge.md.
namespace teiten {

/// The same text in both languages; neither is empty.
struct LocalizedText {
  std::string ja;
  std::string en;
  const std::string& in(Language language) const { return language == Language::ja ? ja : en; }
};

/// The days on which something holds, the first and the last included; a missing end is open.
struct Validity {
  std::optional<Day> first;
  std::optional<Day> last;
  bool holds_on(Day day) const { return (!first || *first <= day) && (!last || day <= *last); }
};

/// What an explanation says; the names are the keys of the file.
enum class Topic { listens, aimed_at, home, admin, product, hole };
inline constexpr std::size_t kTopics = 6;

/// A text for each topic, or none.
using TopicTexts = std::array<std::optional<LocalizedText>, kTopics>;

/// Texts that replace others for a time.
struct ExplanationPeriod {
  Validity validity;
  TopicTexts texts;
};

/// A worm or bot and the first day of the month (or year) in which it became known.
struct Malware {
  std::string name;
  Day known_since{};
};

/// [[service]].
struct ServiceEntry {
  Service service;
  std::string iana;           ///< short name in IANA's registry, "" where it has none there
  LocalizedText description;  ///< what the port is known for, name first
  bool explained = false;  ///< whether the texts below are there (listens … admin all are, or none)
  Validity validity;       ///< of the explanation
  TopicTexts texts;
  std::vector<ExplanationPeriod> periods;  ///< of those that hold on a day the last one counts
  std::vector<Malware> malware;
};

/// [[advisory]]: a published vulnerability.
struct Advisory {
  std::string id;                 ///< as printed: "CVE-2017-0144", "MS03-026", "JVNVU#117929"
  std::vector<std::string> also;  ///< other names of it
  LocalizedText title;
  LocalizedText product;
  Day published{};  ///< the first day it was public
  std::vector<Service> services;
  std::vector<std::string> urls;  ///< http or https; at least one
};

enum class ContactPurpose { clean_up, report, advice };
enum class Audience { home, admin, everyone };

/// [[contact]]: whom to tell, who helps to clean up.
struct Contact {
  std::string id;
  LocalizedText name;
  LocalizedText role;  ///< one sentence
  ContactPurpose purpose = ContactPurpose::advice;
  Audience audience = Audience::everyone;
  std::string country;  ///< ISO 3166-1 alpha-2, or "*" for any
  std::string url;
  Validity validity;  ///< the first day is always given
};

/// [[tool]]: a scanner that leaves a mark in its packets.
struct ToolEntry {
  std::string id;  ///< "zmap", "masscan", …
  std::string name;
  LocalizedText text;  ///< one sentence
  Day known_since{};
};

}  // namespace teiten
