#include "report/knowledge_base.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <tuple>

#include <fmt/format.h>

#include "report/knowledge.h"

namespace teiten {
namespace {

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return failure(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io_error,
                   fmt::format("{}: {}", path, std::strerror(errno)));
  std::string text;
  std::string block(1u << 16, '\0');
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
    text.append(block, 0, static_cast<std::size_t>(file.gcount()));
    if (text.size() > kMaxKnowledgeBytes)
      return failure(ErrorCode::limit_reached,
                     fmt::format("{}: larger than {} bytes, which no knowledge file needs to be",
                                 path, kMaxKnowledgeBytes));
  }
  if (file.bad()) return failure(ErrorCode::io_error, path + ": reading failed");
  return text;
}

/// An entry whose id is there takes its place, the others follow at the end.
template <typename Entry>
void merge(std::vector<Entry>& entries, std::vector<Entry> more) {
  std::map<std::string, std::size_t, std::less<>> places;
  for (std::size_t i = 0; i < entries.size(); ++i)
    places.emplace(entries[i].id, i);
  for (Entry& entry : more) {
    const auto same = places.find(entry.id);
    if (same == places.end()) {
      entries.push_back(std::move(entry));
    } else {
      entries[same->second] = std::move(entry);
    }
  }
}

template <typename Matches>
std::vector<const Advisory*> select(const std::vector<Advisory>& advisories, Service service,
                                    Matches matches) {
  std::vector<const Advisory*> found;
  for (const Advisory& each : advisories) {
    const bool concerns =
        std::find(each.services.begin(), each.services.end(), service) != each.services.end();
    if (concerns && matches(each.published)) found.push_back(&each);
  }
  return found;
}

}  // namespace

Result<KnowledgeBase> KnowledgeBase::load(std::span<const std::string> user_files) {
  KnowledgeBase base;
  const std::pair<std::string, std::string_view> built_in[] = {
      {"data/services.toml", services_toml()},
      {"data/advisories.toml", advisories_toml()},
      {"data/contacts.toml", contacts_toml()},
      {"data/tools.toml", tools_toml()}};
  for (const auto& [origin, text] : built_in) {
    TEITEN_TRY(KnowledgeFile file, parse_knowledge(origin, text));
    base.add(std::move(file));
  }
  for (const std::string& path : user_files) {
    TEITEN_TRY(const std::string text, read_file(path));
    TEITEN_TRY(KnowledgeFile file, parse_knowledge(path, text));
    if (!file.tools.empty())
      return failure(ErrorCode::invalid_argument,
                     path +
                         ": [[tool]] describes what the program recognises and cannot be added; "
                         "a knowledge file holds [[service]], [[advisory]] and [[contact]]");
    base.add(std::move(file));
  }
  return base;
}

void KnowledgeBase::add(KnowledgeFile file) {
  for (ServiceEntry& entry : file.services)
    services_.insert_or_assign(entry.service, std::move(entry));
  merge(advisories_, std::move(file.advisories));
  merge(contacts_, std::move(file.contacts));
  merge(tools_, std::move(file.tools));
  std::sort(advisories_.begin(), advisories_.end(), [](const Advisory& a, const Advisory& b) {
    return std::tie(a.published, a.id) < std::tie(b.published, b.id);
  });
}

const ServiceEntry* KnowledgeBase::service(Service service) const {
  const auto found = services_.find(service);
  return found == services_.end() ? nullptr : &found->second;
}

std::optional<ServiceName> KnowledgeBase::name(Service service, Day day, Language language) const {
  const ServiceEntry* entry = this->service(service);
  if (entry == nullptr || !entry->validity.holds_on(day)) return std::nullopt;
  return ServiceName{entry->iana, entry->description.in(language)};
}

std::optional<ServiceExplanation> KnowledgeBase::explain(Service service, Day day,
                                                         Language language) const {
  const ServiceEntry* entry = this->service(service);
  if (entry == nullptr || !entry->explained || !entry->validity.holds_on(day)) return std::nullopt;
  const auto text = [&](Topic topic) -> std::string {
    const auto index = static_cast<std::size_t>(topic);
    const std::optional<LocalizedText>* chosen = &entry->texts[index];
    for (const ExplanationPeriod& period : entry->periods) {
      if (period.validity.holds_on(day) && period.texts[index]) chosen = &period.texts[index];
    }
    return *chosen ? (*chosen)->in(language) : std::string();
  };
  ServiceExplanation explanation{text(Topic::listens),
                                 text(Topic::aimed_at),
                                 text(Topic::home),
                                 text(Topic::admin),
                                 text(Topic::product),
                                 text(Topic::hole),
                                 {}};
  std::vector<Malware> malware = entry->malware;
  std::stable_sort(malware.begin(), malware.end(), [](const Malware& a, const Malware& b) {
    return a.known_since < b.known_since;
  });
  for (const Malware& each : malware) {
    if (each.known_since <= day) explanation.malware.push_back(each.name);
  }
  return explanation;
}

std::vector<const Advisory*> KnowledgeBase::advisories(Service service, Day from, Day to) const {
  return select(advisories_, service,
                [&](Day published) { return from <= published && published <= to; });
}

std::vector<const Advisory*> KnowledgeBase::advisories_before(Service service, Day day) const {
  return select(advisories_, service, [&](Day published) { return published < day; });
}

std::vector<const Contact*> KnowledgeBase::contacts(Day day) const {
  std::vector<const Contact*> found;
  for (const Contact& each : contacts_) {
    if (each.validity.holds_on(day)) found.push_back(&each);
  }
  return found;
}

const ToolEntry* KnowledgeBase::tool(std::string_view id, Day day) const {
  const auto found = std::find_if(tools_.begin(), tools_.end(),
                                  [&](const ToolEntry& tool) { return tool.id == id; });
  return found != tools_.end() && found->known_since <= day ? &*found : nullptr;
}

}  // namespace teiten
