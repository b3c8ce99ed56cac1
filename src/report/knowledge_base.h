#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "report/knowledge_entries.h"
#include "report/knowledge_parser.h"

namespace teiten {

/// A user's knowledge file larger than this is refused: the built-in ones have 0.2 MB together.
inline constexpr std::size_t kMaxKnowledgeBytes = 16u << 20;

/// What is said of a service on one day, in one language. A port proves nothing: the texts say what
/// is known or likely.
struct ServiceExplanation {
  std::string listens;
  std::string aimed_at;
  std::string home;
  std::string admin;
  std::string product;  ///< noun phrase, "" where there is none
  std::string hole;  ///< noun phrase for 「…を狙った」, "aimed at …"; "" where there is none
  std::vector<std::string> malware;  ///< names known by that day, oldest first
};

/// What a service is called.
struct ServiceName {
  std::string iana;         ///< short name in IANA's registry, "" where it has none there
  std::string description;  ///< what the port is known for
};

/// The program's knowledge and the user's, checked. Immutable; safe to read from several threads.
/// Pointers that it returns live as long as it does, and survive a move of it.
class KnowledgeBase {
 public:
  /// The built-in files, then `user_files` in their order: an entry with an id that is there
  /// already replaces that entry as a whole. User files hold [[service]], [[advisory]] and
  /// [[contact]]. not_found or io_error where a file cannot be read, limit_reached above
  /// kMaxKnowledgeBytes, invalid_argument with "path:line: …" at the first fault.
  static Result<KnowledgeBase> load(std::span<const std::string> user_files = {});

  /// Nothing where the service is not known.
  const ServiceEntry* service(Service service) const;
  /// Nothing where the service is not known, or not yet on `day`: 2375/tcp is no Docker in 2007.
  std::optional<ServiceName> name(Service service, Day day, Language language) const;
  /// Nothing where the service has no explanation, or none that holds on `day`.
  std::optional<ServiceExplanation> explain(Service service, Day day, Language language) const;

  /// Those that concern the service and were published from `from` to `to`, both included; by date,
  /// then id.
  std::vector<const Advisory*> advisories(Service service, Day from, Day to) const;
  /// Those that were public before `day`.
  std::vector<const Advisory*> advisories_before(Service service, Day day) const;

  /// Those that are there on `day`, in the order of the files.
  std::vector<const Contact*> contacts(Day day) const;

  /// Nothing where there is no such tool or it was not public on `day`.
  const ToolEntry* tool(std::string_view id, Day day) const;

  const std::map<Service, ServiceEntry>& services() const { return services_; }
  const std::vector<Advisory>& advisories() const { return advisories_; }
  const std::vector<Contact>& contacts() const { return contacts_; }
  const std::vector<ToolEntry>& tools() const { return tools_; }

 private:
  void add(KnowledgeFile file);

  std::map<Service, ServiceEntry> services_;
  std::vector<Advisory> advisories_;  ///< by date, then id
  std::vector<Contact> contacts_;
  std::vector<ToolEntry> tools_;
};

}  // namespace teiten
