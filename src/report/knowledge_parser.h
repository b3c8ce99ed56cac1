#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "report/knowledge_entries.h"

namespace teiten {

/// What one knowledge file holds, in its order.
struct KnowledgeFile {
  std::vector<ServiceEntry> services;
  std::vector<Advisory> advisories;
  std::vector<Contact> contacts;
  std::vector<ToolEntry> tools;
};

/// Reads and checks a whole file; the first fault is the answer. `origin` names it in messages
/// ("path:line: …"). An id that comes twice is a fault.
Result<KnowledgeFile> parse_knowledge(const std::string& origin, std::string_view text);

}  // namespace teiten
