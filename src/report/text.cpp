#include "report/text.h"

#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "net/service.h"
#include "report/countries.h"
#include "report/text_en.h"
#include "report/text_ja.h"

namespace teiten {
namespace {

std::optional<std::string> find_word(const ReportText& text, std::string_view key) {
  for (const auto& [name, word] : text.words()) {
    if (name == key) return std::string(word);
  }
  return std::nullopt;
}

}  // namespace

const ReportText& ReportText::in(Language language) {
  static const JapaneseText japanese;
  static const EnglishText english;
  if (language == Language::ja) return japanese;
  return english;
}

std::string ReportText::word(std::string_view key) const {
  if (auto found = find_word(*this, key)) return *found;
  fmt::print(stderr, "teiten: bug: the report has no word for {}\n", key);
  std::abort();
}

std::string ReportText::word(std::string_view key, Convention convention) const {
  if (auto found = find_word(*this, fmt::format("{}.{}", key, to_string(convention))))
    return *found;
  return word(key);
}

std::string ReportText::word(std::string_view key, const ReportData& data) const {
  if (data.is_public()) {
    if (auto found = find_word(*this, fmt::format("{}_public", key))) return *found;
  }
  return word(key);
}

std::string ReportText::service(std::string_view id) const {
  const auto service = Service::parse(id);
  return service ? service->display() : std::string(id);
}

std::string ReportText::region(std::string_view code) const {
  return region_name(code, language());
}

std::string ReportText::database(std::string_view region_source) const {
  if (region_source == "labels of the input") return word("text.input_labels");
  return std::string(region_source);
}

std::string_view to_string(Language language) {
  return language == Language::ja ? "ja" : "en";
}

}  // namespace teiten
